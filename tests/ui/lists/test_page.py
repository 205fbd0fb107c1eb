"""A list in the window: read, judged, mended in place, and begun with."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from app.errors import InventoryError
from app.models.device_list import Field
from app.ui.list_words import RowKind
from app.ui.models.list_rows import Fixed, ListModel
from app.ui.pages.lists import ListPage
from app.ui.pages.lists.history import Source
from app.ui.widgets.states import ViewState
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.hands import click, press, type_text
from tests.ui.lists.given import LIST, count, opened, section, settled, shown


def words_of(widget: QWidget) -> str:
    return " ".join(each.text() for each in widget.findChildren(QLabel) if each.isVisible())


def test_an_empty_page_says_what_it_takes(page: ListPage) -> None:
    assert page.view.state is ViewState.EMPTY
    assert "Paste a list of devices" in words_of(page)


def test_devices_are_looked_for_where_there_is_no_list(page: ListPage, desk: Desk) -> None:
    click(page.intake.zone.find_button)
    assert desk.gone_to == [("discovery", "")]


def test_a_pasted_list_is_judged_row_by_row(qtbot: QtBot, page: ListPage) -> None:
    QGuiApplication.clipboard().setText(LIST)
    click(page.intake.zone.paste_button)
    settled(qtbot, page)
    assert page.bench.counts.text == "2 good, 2 bad, 1 duplicate, 2 skipped"
    assert page.bench.source.text() == "Pasted · Table · pasted text, semicolons between cells"
    assert page.bench.start_button.text() == "Enrol 2 devices…"
    bad = page.bench.model.position_of(page.editor.work.now.preview.rows[2].id) if page.editor.work else -1
    assert shown(page, bad, Fixed.VERDICT) == "bad"
    assert "10.20.0.300" in shown(page, bad, Fixed.WHY)
    # Passwords are dropped, and that is told.
    assert "Password" in words_of(page.bench.notes)
    whole = "".join(
        shown(page, row, at)
        for row in range(page.bench.model.rowCount())
        for at in range(page.bench.model.columnCount())
    )
    assert "hunter2" not in whole


def test_the_note_about_passwords_is_told_once(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page)
    page.bench.notes.hold()
    page.editor.correct(lambda preview: preview.with_default(Field.SITE, "Thanet"))
    settled(qtbot, page)
    assert not page.bench.notes.isVisible()
    # Of another list it is told again.
    page.view.start_over()
    opened(qtbot, page)
    assert page.bench.notes.isVisible()


def test_a_cell_is_mended_in_place_and_undone(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page)
    table = page.bench.table
    press(table, Qt.Key.Key_F8)
    address = section(page, Field.ADDRESS)
    assert (table.currentIndex().row(), table.currentIndex().column()) == (2, address)
    assert "10.20.0.300" in page.bench.reason.text()
    press(table, Qt.Key.Key_Return)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    assert editor.text() == "10.20.0.300"
    editor.selectAll()
    type_text(editor, "10.20.0.12")
    press(editor, Qt.Key.Key_Return)
    # At once what was typed, and a moment later how it is judged.
    assert shown(page, 2, address) == "10.20.0.12"
    settled(qtbot, page)
    assert count(page, RowKind.GOOD) == 3
    assert page.bench.reason.text() == ""
    press(table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, page)
    assert shown(page, 2, address) == "10.20.0.300"
    assert count(page, RowKind.GOOD) == 2
    page.bench.redo_action.trigger()
    settled(qtbot, page)
    assert count(page, RowKind.GOOD) == 3


def test_esc_leaves_a_cell_as_it_was(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page)
    table = page.bench.table
    press(table, Qt.Key.Key_F8)
    press(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    type_text(editor, "x")
    press(editor, Qt.Key.Key_Escape)
    assert not page.editor.is_busy
    assert shown(page, 2, section(page, Field.ADDRESS)) == "10.20.0.300"


def test_what_cannot_be_looked_up_is_told_and_the_list_stays(
    qtbot: QtBot, page: ListPage, services: OperatorServices
) -> None:
    opened(qtbot, page)
    services.inventory.error = InventoryError("locked", reason="the database is locked.", what_to_do="Try again.")
    page.refresh()
    qtbot.waitUntil(lambda: page.bench.error is not None)
    assert count(page, RowKind.GOOD) == 2
    services.inventory.error = None
    page.refresh()
    qtbot.waitUntil(lambda: page.bench.error is None)


def test_bad_rows_are_walked_along(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page)
    table, seen = page.bench.table, []
    for _ in range(4):
        press(table, Qt.Key.Key_F8)
        seen.append(table.currentIndex().row())
    assert seen == [2, 3, 4, 2]
    press(table, Qt.Key.Key_F8, Qt.KeyboardModifier.ShiftModifier)
    assert table.currentIndex().row() == 4
    # The duplicate names the other row.
    assert page.bench.reason.text() == "Row 5: Address: Row 2 is at 10.20.0.11:22 already."


def test_only_bad_rows_are_shown(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page)
    click(page.bench.counts.chips[RowKind.BAD])
    settled(qtbot, page)
    assert page.bench.model.rowCount() == 2
    assert count(page, RowKind.GOOD) == 2
    assert page.go_back()
    settled(qtbot, page)
    assert page.bench.model.rowCount() == 7
    assert not page.go_back()


def test_what_a_column_means_is_corrected(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page, "a,b\nThanet,10.20.0.11\nThanet,10.20.0.12\n")
    columns = page.bench.table.columns
    first = columns.boxes[len(Fixed)]
    assert first.isVisible()
    assert first.toolTip()
    place = next(at for at, box in columns.boxes.items() if box.currentText() == "Address")
    assert "values are addresses" in columns.boxes[place].toolTip()
    other = next(box for at, box in columns.boxes.items() if at != place)
    other.setFocus()
    # The arrows open the choice; what one passes on the way is not chosen.
    press(other, Qt.Key.Key_Down)
    popup = other.view()
    qtbot.waitUntil(popup.isVisible)
    while other.view().currentIndex().data() != "Site":
        press(popup, Qt.Key.Key_Down)
    press(popup, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: other.currentText() == "Site")
    settled(qtbot, page)
    assert page.editor.sheet is not None
    assert [each.field for each in page.editor.sheet.columns][:2] == [Field.SITE, Field.ADDRESS]
    assert shown(page, page.bench.model.rowCount() - 1, section(page, Field.SITE)) == "Thanet"


def test_a_column_of_passwords_has_no_meaning_to_choose(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page)
    (box,) = [box for box in page.bench.table.columns.boxes.values() if not box.isEnabled()]
    assert "Plantwatch reads none from lists" in box.toolTip()


def test_what_holds_for_all_rows(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page, "10.20.0.11\n10.20.0.12\n")
    page.bench.defaults_fold.set_open(True)
    defaults = page.bench.defaults
    type_text(defaults.lines[Field.SITE], "Thanet")
    press(defaults.lines[Field.SITE], Qt.Key.Key_Return)
    type_text(defaults.names, "{site}-wtg-{n:03}")
    press(defaults.names, Qt.Key.Key_Return)
    settled(qtbot, page)
    assert shown(page, 1, section(page, Field.NAME)) == "Thanet-wtg-002"
    assert shown(page, 1, section(page, Field.SITE)) == "Thanet"
    type_text(defaults.lines[Field.PORT], "none")
    press(defaults.lines[Field.PORT], Qt.Key.Key_Return)
    assert page.bench.error is None
    assert count(page, RowKind.GOOD) == 2
    # Going back empties the field again.
    page.bench.undo_action.trigger()
    page.bench.undo_action.trigger()
    settled(qtbot, page)
    assert defaults.names.text() == ""


def test_rows_are_made_of_a_range(qtbot: QtBot, page: ListPage) -> None:
    form = page.intake.range
    click(form.make_button)
    assert form.address_field.error
    type_text(form.addresses, "10.20.0.11-59")
    type_text(form.site, "thanet")
    type_text(form.names, "{site}-wtg-{n:03}")
    qtbot.waitUntil(lambda: form.told.text().startswith("49 devices: thanet-wtg-001 at 10.20.0.11 to thanet-wtg-049"))
    press(form.names, Qt.Key.Key_Return)
    settled(qtbot, page)
    assert count(page, RowKind.GOOD) == 49
    assert page.bench.source.text() == "Rows made of a range · Plain list"


def test_a_file_is_dropped(qtbot: QtBot, page: ListPage, tmp_path: Path) -> None:
    path = tmp_path / "thanet.csv"
    path.write_bytes(LIST.encode("utf-16"))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    zone = page.intake.zone
    zone.dropEvent(
        QDropEvent(
            QPointF(10, 10),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    settled(qtbot, page)
    assert page.bench.source.text().startswith("thanet.csv · Table")


def test_what_is_no_list_is_told_and_the_list_before_is_kept(qtbot: QtBot, page: ListPage, tmp_path: Path) -> None:
    opened(qtbot, page)
    (tmp_path / "empty.csv").write_text("")
    page.open_source(Source(path=tmp_path / "empty.csv"))
    qtbot.waitUntil(lambda: page.intake.error is not None)
    assert "it is empty" in str(page.intake.error)
    click(page.intake.back_button)
    assert page.view.state is ViewState.CONTENT
    assert count(page, RowKind.GOOD) == 2


def test_another_list_takes_its_place_and_undo_brings_it_back(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page)
    click(page.bench.other_button)
    assert page.go_back()
    opened(qtbot, page, "10.20.0.77\n")
    assert count(page, RowKind.GOOD) == 1
    page.bench.undo_action.trigger()
    settled(qtbot, page)
    assert count(page, RowKind.BAD) == 2


def test_rows_are_left_out_and_taken_in_again(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page)
    table = page.bench.table
    table.go_to(1, Fixed.VERDICT)
    press(table, Qt.Key.Key_Delete)
    settled(qtbot, page)
    # What was its duplicate is good now.
    assert (count(page, RowKind.LEFT_OUT), count(page, RowKind.GOOD)) == (1, 2)
    page.bench.take_in_action.trigger()
    settled(qtbot, page)
    assert (count(page, RowKind.LEFT_OUT), count(page, RowKind.DUPLICATE)) == (0, 1)


def test_no_word_of_a_list_is_markup(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page, "name,ip,site,<i>note</i>\n<b>x</b> & y,10.20.0.11,<img src=x>,<b>a</b>\n<b>T</b>,<b>1</b>,,\n")
    model = page.bench.model
    for row in range(model.rowCount()):
        for at in range(model.columnCount()):
            tip = model.index(row, at).data(Qt.ItemDataRole.ToolTipRole) or ""
            assert "<b>" not in tip
            assert "<img" not in tip
    assert shown(page, 1, section(page, Field.NAME)) == "<b>x</b> & y"
    page.bench.table.go_to(1, section(page, Field.NAME))
    for label in page.findChildren(QLabel):
        if "<" in label.text():
            assert label.textFormat() is Qt.TextFormat.PlainText
    for box in page.bench.table.columns.boxes.values():
        assert "<i>" not in box.toolTip()
    assert not QToolTip.isVisible()


def test_rows_are_copied_as_inert_text(qtbot: QtBot, page: ListPage) -> None:
    opened(qtbot, page)
    table = page.bench.table
    table.go_to(5, Fixed.VERDICT)
    QGuiApplication.clipboard().clear()
    press(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(QGuiApplication.clipboard().text()))
    cells = QGuiApplication.clipboard().text().split("\t")
    assert cells[:4] == ["6", "good", "", "wtg-05"]
    assert "'=1+1" in cells
    assert "hunter2" not in cells


def test_bad_rows_are_saved_to_be_mended_elsewhere(qtbot: QtBot, page: ListPage, desk: Desk, tmp_path: Path) -> None:
    opened(qtbot, page)
    path = tmp_path / "mend.csv"
    page.save(path, only_to_mend=True)
    qtbot.waitUntil(lambda: bool(desk.notices))
    lines = path.read_text("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert "10.20.0.300 is" in lines[1]
    page.save(path, only_to_mend=False)
    qtbot.waitUntil(lambda: len(desk.notices) == 2)
    assert "exists already" in desk.notices[1].text


def test_what_is_enrolled_meanwhile_is_seen_when_one_comes_back(
    qtbot: QtBot, page: ListPage, services: OperatorServices
) -> None:
    opened(qtbot, page)
    page.deactivated()
    known = services.inventory.endpoints()[0]
    services.inventory.put(replace(known, id=99, name="other", address="10.20.0.15", port=22))
    page.activated()
    qtbot.waitUntil(lambda: count(page, RowKind.KNOWN) == 1)
    assert "other" in " ".join(shown(page, row, Fixed.WHY) for row in range(page.bench.model.rowCount()))


def test_everything_has_a_name_for_those_who_hear(page: ListPage, qtbot: QtBot) -> None:
    opened(qtbot, page)
    for widget in page.findChildren(QWidget):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and type(widget) is not QWidget:
            name = widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip()
            assert name, widget
    assert QApplication.focusWidget() is not None
    assert page.bench.model.index(2, Fixed.VERDICT).data(ListModel.KindRole) == RowKind.BAD
