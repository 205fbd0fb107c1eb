"""The longest list there may be: the window goes on while it is read, judged, corrected and forgotten."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.models.device_list import Field
from app.ui.list_words import RowKind
from app.ui.pages.lists import ListPage
from tests.ui.hands import press
from tests.ui.lists.given import count, opened, section, settled, shown

_MANY = 50_000


def large(rows: int = _MANY) -> str:
    lines = (f"wtg-{n};10.{30 + n // 62_500}.{n // 250 % 250}.{n % 250 + 1};Thanet;note {n}" for n in range(rows))
    return "name;ip;site;note\n" + "\n".join(lines)


@pytest.mark.usefixtures("watchdog")
def test_a_list_of_fifty_thousand(qtbot: QtBot, page: ListPage) -> None:
    text = large()
    page.open_text(text)
    settled(qtbot, page)
    assert count(page, RowKind.GOOD) == _MANY
    table, address = page.bench.table, section(page, Field.ADDRESS)
    # A row in the middle is made wrong, found from the top, and mended.
    table.go_to(30_000, address)
    page.bench.model.setData(page.bench.model.index(30_000, address), "nowhere at all")
    assert shown(page, 30_000, address) == "nowhere at all"
    settled(qtbot, page)
    assert (count(page, RowKind.GOOD), count(page, RowKind.BAD)) == (_MANY - 1, 1)
    assert table.currentIndex().row() == 30_000
    table.go_to(0, address)
    press(table, Qt.Key.Key_F8)
    assert table.currentIndex().row() == 30_000
    page.editor.show_kinds((RowKind.BAD,))
    settled(qtbot, page)
    assert page.bench.model.rowCount() == 1
    page.editor.show_kinds(())
    page.bench.undo_action.trigger()
    # Scrolled while workers are at it.
    for at in range(0, _MANY, 5_000):
        table.scrollTo(page.bench.model.index(at, 0))
        qtbot.wait(5)
    settled(qtbot, page)
    assert count(page, RowKind.GOOD) == _MANY
    # Every row is judged anew.
    page.editor.correct(lambda preview: preview.with_column(2, Field.REGION))
    settled(qtbot, page)
    assert count(page, RowKind.GOOD) == _MANY
    # Another list takes its place.
    opened(qtbot, page, "10.20.0.1\n")
    page.bench.defaults_fold.set_open(True)
    assert count(page, RowKind.GOOD) == 1


def test_as_many_columns_as_there_may_be(qtbot: QtBot, page: ListPage) -> None:
    head = "name;ip;" + ";".join(f"x{n}" for n in range(98))
    page.open_text(f"{head}\nwtg-1;10.30.0.1;{';' * 97}\nwtg-2;10.30.0.2;{';' * 97}\n")
    settled(qtbot, page)
    boxes = page.bench.table.columns.boxes
    qtbot.waitUntil(lambda: len(boxes) == 100)
    assert [box.currentText() for _, box in sorted(boxes.items())][:3] == ["Name", "Address", "not used"]
