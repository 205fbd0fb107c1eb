"""The page of a run: live, when it is over, and when nobody works on it."""

import threading
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from app.models.bulk import BulkAction, ItemState, NewItem
from app.models.run_log import LogNote
from app.ui.dialogs.login import LoginDialog
from app.ui.dialogs.new_keys import NewKeysDialog
from app.ui.models.run import RunColumn
from app.ui.pages.runs.deeds import write_report
from app.ui.theme import Meaning
from app.ui.widgets.states import ViewState
from tests.ui.hands import click, press, type_text
from tests.ui.runs.scene import CLOSED, REFUSED, TAKEN, UNKNOWN, Scene

DONE, FAILED, RUNNING, WAITING = ItemState.DONE, ItemState.FAILED, ItemState.RUNNING, ItemState.WAITING


def test_devices_are_followed_while_they_are_worked_on(scene: Scene) -> None:
    run = scene.world.enrolment(4)
    page = scene.show(run)
    runner = scene.begin(run)
    runner.put(1, RUNNING)
    runner.step(1)
    scene.qtbot.waitUntil(lambda: scene.cell(1, RunColumn.STEP) == "Transfer the exporter")
    assert scene.cell(1, RunColumn.STATE) == "Under way"
    assert scene.cell(2, RunColumn.STATE) == "Waiting"
    assert page.title == "Run 1: Enrol 4 devices"
    runner.put(1, DONE, detail="Debian GNU/Linux 12")
    runner.put(2, FAILED, failure=CLOSED)
    runner.remaining = 125
    runner.tell()
    scene.qtbot.waitUntil(lambda: scene.cell(2, RunColumn.STATE) == "Failed")
    assert scene.cell(1, RunColumn.STEP) == "–"
    assert scene.cell(1, RunColumn.OUTCOME) == "Debian GNU/Linux 12"
    assert page.strip.counts.text() == "1 done · 1 failed · 2 waiting"
    scene.qtbot.waitUntil(lambda: page.strip.remaining.text() == "about 2 min left")
    assert page.strip.pace.text() == "6 at a time"
    assert "drops connections" not in page.strip.pace.text()
    runner.put(3, DONE)
    runner.put(4, DONE)
    runner.finish()
    scene.until_ended(run)
    scene.qtbot.waitUntil(lambda: not page.is_at_work and page.retry_button.isVisible())
    assert page.retry_button.text() == "Try 1 device again"
    assert not page.pause_button.isVisible()


def test_the_task_in_the_status_bar_shows_how_far_it_is_and_leads_there(scene: Scene) -> None:
    run = scene.world.enrolment(4)
    scene.show(run)
    wanted: list[int] = []
    scene.page.context.runs.look_wanted.connect(wanted.append)
    runner = scene.begin(run)
    runner.remaining = 61
    runner.put(1, DONE)
    (task,) = scene.page.context.tasks.running()
    scene.qtbot.waitUntil(lambda: task.fraction == 0.25)
    assert task.title == "Run 1: Enrol 4 devices"
    assert task.remaining_seconds == 61
    assert task.look is not None
    task.look()
    assert wanted == [run.id]


def test_it_pauses_and_goes_on(scene: Scene) -> None:
    run = scene.world.enrolment(3)
    page = scene.show(run)
    runner = scene.begin(run)
    scene.qtbot.waitUntil(page.pause_button.isVisible)
    click(page.pause_button)
    scene.qtbot.waitUntil(page.go_on_button.isVisible)
    assert runner.is_paused
    assert "paused" in page.strip.remaining.text()
    click(page.go_on_button)
    scene.qtbot.waitUntil(page.pause_button.isVisible)
    assert not runner.is_paused


def test_cancelling_is_asked_about_and_undoes_what_is_under_way(scene: Scene) -> None:
    run = scene.world.enrolment(3)
    page = scene.show(run)
    runner = scene.begin(run)
    runner.put(1, RUNNING)
    scene.qtbot.waitUntil(lambda: page.model.counts().get(RUNNING) == 1)
    scene.settle()
    dialog = page.ask_to_cancel()
    assert dialog is not None
    assert "1 device is undone" in dialog.text.text()
    assert "2 devices that wait" in dialog.text.text()
    click(dialog.keep_button)
    assert page.context.runs.live(run.id) is not None
    dialog = page.ask_to_cancel()
    assert dialog is not None
    click(dialog.do_button)
    scene.until_ended(run)
    scene.qtbot.waitUntil(lambda: scene.cell(1, RunColumn.STATE) == "Cancelled")
    # What waits is left: the run can go on.
    scene.qtbot.waitUntil(page.go_on_button.isVisible)
    click(page.go_on_button)
    scene.qtbot.waitUntil(lambda: len(scene.world.bulk.begun) == 2)


def test_what_failed_is_tried_again_while_the_run_goes_on(scene: Scene) -> None:
    run = scene.world.enrolment(3)
    page = scene.show(run)
    runner = scene.begin(run)
    runner.put(1, FAILED, failure=CLOSED)
    runner.put(2, FAILED, failure=CLOSED)
    scene.qtbot.waitUntil(page.retry_button.isVisible)
    page.table.choose([2])
    page.retry_action.trigger()
    scene.qtbot.waitUntil(lambda: scene.cell(2, RunColumn.STATE) == "Waiting")
    assert scene.cell(1, RunColumn.STATE) == "Failed"
    assert scene.world.bulk.begun == [run.id]


def test_what_failed_is_tried_again_when_the_run_is_over(scene: Scene) -> None:
    run = scene.world.enrolment(2)
    scene.world.settle(run, [(DONE, None), (FAILED, CLOSED)])
    scene.world.inventory.runs.end(run.id)
    page = scene.show(run)
    assert [row.fix_button.text() for row in page.causes.rows] == ["Try it again"]
    click(page.causes.rows[0].fix_button)
    scene.qtbot.waitUntil(lambda: scene.world.bulk.begun == [run.id])
    assert scene.world.items(run)[1].state is WAITING


def test_failures_stand_together_by_their_cause(scene: Scene) -> None:
    run = scene.world.enrolment(8)
    states = [(FAILED, REFUSED)] * 3 + [(FAILED, CLOSED)] * 2 + [(FAILED, TAKEN), (FAILED, UNKNOWN), (DONE, None)]
    scene.world.settle(run, states)
    page = scene.show(run)
    titles = [row.accessibleName() for row in page.causes.rows]
    assert titles[0] == "3 devices: the login “Wind farm” was refused"
    assert titles[1] == "2 devices: 10.20.0.3:22 refuses the connection."
    assert len(titles) == 3
    click(page.causes.more_button)
    verbs = {row.fix_button.text() for row in page.causes.rows}
    assert verbs == {"Change the login…", "Try them again", "Use port 9101", "Compare…"}
    click(page.causes.rows[0].show_button)
    assert [item.number for item in page.table.chosen()] == [1, 2, 3]


def test_another_port_mends_all_of_them(scene: Scene) -> None:
    run = scene.world.enrolment(2)
    scene.world.settle(run, [(FAILED, TAKEN), (FAILED, TAKEN)])
    scene.world.inventory.runs.end(run.id)
    page = scene.show(run)
    click(page.causes.rows[0].fix_button)
    scene.qtbot.waitUntil(lambda: scene.world.bulk.begun == [run.id])
    assert [item.order.draft.exporter_port for item in scene.world.items(run) if item.order] == [9101, 9101]


def test_new_host_keys_are_compared_in_one_table(scene: Scene) -> None:
    run = scene.world.enrolment(3)
    scene.world.settle(run, [(FAILED, UNKNOWN)] * 3)
    scene.world.inventory.runs.end(run.id)
    page = scene.show(run)
    click(page.causes.rows[0].fix_button)
    scene.qtbot.waitUntil(lambda: bool(page.findChildren(NewKeysDialog)))
    (dialog,) = page.findChildren(NewKeysDialog)
    # Nothing is trusted that nobody says was compared.
    click(dialog.trust_button)
    assert dialog.why.text() == "Tick those that you have compared."
    assert dialog.model.index(0, 2).data() == "SHA256:" + dialog.model.index(0, 2).data()[7:]
    box = Qt.ItemDataRole.CheckStateRole
    for row in (0, 2):
        assert dialog.model.setData(dialog.model.index(row, 0), Qt.CheckState.Checked.value, box)
    assert dialog.trust_button.text() == "Trust 2 keys"
    dialog.copy()
    assert QApplication.clipboard().text().count("SHA256:") == 3
    click(dialog.trust_button)
    scene.qtbot.waitUntil(lambda: scene.world.bulk.begun == [run.id])
    states = [item.state for item in scene.world.items(run)]
    assert states == [WAITING, FAILED, WAITING]


def test_a_refused_login_is_changed_in_one_place_and_then_they_wait_again(scene: Scene) -> None:
    run = scene.world.enrolment(3)
    scene.world.settle(run, [(FAILED, REFUSED), (FAILED, REFUSED), (DONE, None)])
    scene.world.inventory.runs.end(run.id)
    page = scene.show(run)
    click(page.causes.rows[0].fix_button)
    scene.qtbot.waitUntil(lambda: bool(page.findChildren(LoginDialog)))
    (dialog,) = page.findChildren(LoginDialog)
    scene.qtbot.waitUntil(dialog.change_button.isEnabled)
    assert "does not accept this password" in dialog.reason.text()
    type_text(dialog.form.password_edit, "an0ther")
    click(dialog.change_button)
    scene.qtbot.waitUntil(lambda: scene.world.bulk.begun == [run.id])
    assert [item.state for item in scene.world.items(run)] == [WAITING, WAITING, DONE]
    assert scene.world.credentials.login("Wind farm").secret.reveal() == "an0ther"


def test_endpoints_have_no_address_column_and_retry(scene: Scene) -> None:
    items = [NewItem(f"wtg-{n}", endpoint_id=n) for n in (1, 2)]
    run = scene.world.inventory.runs.add(BulkAction.CHECK, items)
    page = scene.show(run)
    assert page.table.isColumnHidden(RunColumn.ADDRESS)
    assert page.title == "Run 1: Check 2 devices"


def test_a_run_of_another_process_is_read_again(scene: Scene) -> None:
    run = scene.world.enrolment(2)
    page = scene.show(run)
    # This process lives and holds the run, but no task of the window works on it: as if another one did.
    assert "another window or command" in page.strip.remaining.text()
    assert not page.cancel_button.isVisible()
    scene.world.settle(run, [(DONE, None)])
    page.refresh()
    scene.qtbot.waitUntil(lambda: scene.cell(1, RunColumn.STATE) == "Done")
    click(page.pause_button)
    scene.qtbot.waitUntil(lambda: scene.world.inventory.runs.is_paused(run.id))


def test_it_can_be_searched_filtered_and_sorted(scene: Scene) -> None:
    run = scene.world.enrolment(5)
    scene.world.settle(run, [(DONE, None), (FAILED, CLOSED), (DONE, None)])
    page = scene.show(run)
    page.states.setCurrentIndex(page.states.findData(FAILED))
    assert [page.model.item(row).number for row in range(page.model.rowCount())] == [2]
    page.states.setCurrentIndex(0)
    page.search.setText("wtg-0003")
    scene.qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    page.search.clear()
    scene.qtbot.waitUntil(lambda: page.model.rowCount() == 5)
    page.table.choose([4])
    page.table.sortByColumn(RunColumn.STATE, Qt.SortOrder.AscendingOrder)
    assert [page.model.item(row).number for row in range(5)] == [2, 4, 5, 1, 3]
    assert [item.number for item in page.table.chosen()] == [4]
    for column in RunColumn:
        page.table.sortByColumn(column, Qt.SortOrder.DescendingOrder)
    assert [item.number for item in page.table.chosen()] == [4]
    press(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().splitlines()[1].split("\t")[:2] == ["4", "WTG-0004"]


def test_the_log_of_a_device_is_live(scene: Scene) -> None:
    run = scene.world.enrolment(2)
    begun_at = run.begun_at
    scene.world.inventory.runs.add_notes(run.id, {1: [LogNote(begun_at, "connect …"), LogNote(begun_at, "<b>&</b>")]})
    page = scene.show(run)
    page.table.choose([1])
    dialog = page.open_log()
    assert dialog is not None
    scene.qtbot.waitUntil(lambda: "connect …" in dialog.text.toPlainText())
    assert "<b>&</b>" in dialog.text.toPlainText()
    scene.world.inventory.runs.add_notes(run.id, {1: [LogNote(begun_at, "log in ✓")]})
    scene.qtbot.waitUntil(lambda: "log in ✓" in dialog.text.toPlainText(), timeout=4000)
    dialog.filter.setText("log in")
    assert len(dialog.text.toPlainText().splitlines()) == 1
    dialog.close()


def test_a_report_is_written_and_told(scene: Scene, tmp_path: Path) -> None:
    run = scene.world.enrolment(2)
    page = scene.show(run)
    write_report(page.context, page, run.id, tmp_path / "run.html")
    scene.qtbot.waitUntil(lambda: bool(scene.notices))
    assert scene.notices[0].meaning is Meaning.UP
    assert "WTG-0002" in (tmp_path / "run.html").read_text(encoding="utf-8")
    write_report(page.context, page, run.id, tmp_path / "missing" / "run.csv")
    scene.qtbot.waitUntil(lambda: len(scene.notices) == 2)
    assert scene.notices[1].meaning is Meaning.DOWN


def test_devices_put_back_as_the_last_one_ends_are_not_forgotten(scene: Scene) -> None:
    run = scene.world.enrolment(2)
    scene.show(run)
    runner = scene.begin(run)
    runner.put(1, DONE)
    runner.finish()  # the second one was put back when nobody looked any more
    scene.qtbot.waitUntil(lambda: scene.world.bulk.begun == [run.id, run.id])


def test_what_a_device_says_is_no_markup(scene: Scene) -> None:
    run = scene.world.enrolment(1)
    nasty = replace(CLOSED, message="<b>bold</b> & more", evidence="<script>")
    scene.world.settle(run, [(FAILED, nasty)])
    page = scene.show(run)
    tip = page.model.index(0, RunColumn.OUTCOME).data(Qt.ItemDataRole.ToolTipRole)
    assert "<b>" not in tip
    assert "&lt;b&gt;" in tip
    assert "<b>bold</b>" in page.causes.rows[0].accessibleName()


def test_a_run_that_is_gone_is_told(scene: Scene) -> None:
    page = scene.page
    page.show()
    page.show_run(99)
    scene.qtbot.waitUntil(lambda: page.view.state is ViewState.ERROR)


def test_events_of_many_threads_arrive_in_batches(scene: Scene) -> None:
    run = scene.world.enrolment(200)
    page = scene.show(run)
    runner = scene.begin(run)
    batches: list[int] = []
    page.model.dataChanged.connect(lambda *_: batches.append(1))

    def work(first: int) -> None:
        for number in range(first, 201, 4):
            runner.step(number)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scene.qtbot.waitUntil(lambda: scene.cell(200, RunColumn.STEP) != "–")
    assert len(batches) < 10
