"""The window is closed while a run goes on: nothing is asked, and the run ends properly."""

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.models.bulk import ItemState
from app.ui.main_window import MainWindow
from app.ui.pages.runs import RunPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui.fake_runs import RunWorld
from tests.ui.fakes import fleet_of
from tests.ui.hands import click


def opened(qtbot: QtBot, world: RunWorld, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> MainWindow:
    window = MainWindow(state=state, tasks=tasks, keeper=keeper)
    qtbot.addWidget(window)
    window.show()
    services = fleet_of(3).as_services()
    vars(services).update(bulk=world.bulk, runs=world.runs, credentials=world.credentials)
    window.open_services(services)
    qtbot.waitUntil(lambda: window.page is not None)
    return window


def test_a_run_goes_on_when_its_page_is_left_and_ends_in_a_notice(
    qtbot: QtBot, world: RunWorld, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper
) -> None:
    window = opened(qtbot, world, tasks, state, keeper)
    run = world.enrolment(2)
    assert window.page is not None
    window.page.run_started.emit(run.id)
    qtbot.waitUntil(lambda: isinstance(window.page, RunPage) and window.page.run_id == run.id)
    qtbot.waitUntil(lambda: run.id in world.bulk.runners)
    window.go_back()
    qtbot.waitUntil(lambda: not isinstance(window.page, RunPage))
    assert "Run 1: Enrol 2 devices" in window.status.tasks_button.text()
    runner = world.bulk.runners[run.id]
    runner.put(1, ItemState.DONE)
    runner.put(2, ItemState.DONE)
    runner.finish()
    qtbot.waitUntil(window.notices.isVisible)
    (button,) = window.notices.findChildren(QPushButton)
    click(button)
    qtbot.waitUntil(lambda: isinstance(window.page, RunPage))


def test_closing_asks_nothing_and_lets_what_is_under_way_wait_for_the_next_start(
    qtbot: QtBot, world: RunWorld, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper
) -> None:
    window = opened(qtbot, world, tasks, state, keeper)
    run = world.enrolment(3)
    window.page.run_started.emit(run.id)  # type: ignore[union-attr] # there is one
    qtbot.waitUntil(lambda: run.id in world.bulk.runners)
    runner = world.bulk.runners[run.id]
    runner.put(1, ItemState.DONE)
    runner.put(2, ItemState.RUNNING)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert not window.findChildren(QMessageBox)
    assert world.inventory.runs.run(run.id).counts == {ItemState.DONE: 1, ItemState.WAITING: 2}
    assert [each.id for each in world.runs.interrupted()] == [run.id]


def test_other_work_is_asked_about_still(
    qtbot: QtBot, world: RunWorld, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper
) -> None:
    window = opened(qtbot, world, tasks, state, keeper)
    run = world.enrolment(1)
    window.page.run_started.emit(run.id)  # type: ignore[union-attr] # there is one
    qtbot.waitUntil(lambda: run.id in world.bulk.runners)
    other = tasks.start(
        lambda _report, token: token.sleep(20),
        title="Deploy",
        owner=window,
        on_success=lambda _nothing: None,
        on_failure=lambda _error: None,
    )
    window.close()
    (question,) = window.findChildren(QMessageBox)
    assert "Deploy" in question.informativeText()
    assert "Run 1" not in question.informativeText()
    question.close()
    other.cancel()
    world.bulk.runners[run.id].put(1, ItemState.DONE)
    world.bulk.runners[run.id].finish()
    qtbot.waitUntil(lambda: not tasks.running())
