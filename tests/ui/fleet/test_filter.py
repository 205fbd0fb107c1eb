"""The line in which the fleet is searched and asked."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ui.models.fleet_rows import Column
from tests.ui.fakes import fleet_of
from tests.ui.fleet.given import Open, names, shown
from tests.ui.hands import press, type_text


def test_typing_filters(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    type_text(page.search, "bea-t00")
    qtbot.waitUntil(lambda: len(names(page)) == 9)
    assert page.go_back()
    qtbot.waitUntil(lambda: len(names(page)) == 59)


def test_one_site_can_be_chosen(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    page.sites.setCurrentIndex(page.sites.findText("Beatrice"))
    assert {page.model.data(page.model.index(row, Column.SITE)) for row in range(page.model.rowCount())} == {"Beatrice"}


def test_the_chooser_of_sites_and_the_line_say_the_same(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    page.sites.setCurrentIndex(page.sites.findText("Beatrice"))
    assert page.search.text() == 'site:"Beatrice"'
    type_text(page.search, ' -name:"BEA-T001"')
    qtbot.waitUntil(lambda: "BEA-T001" not in names(page))
    assert page.sites.currentText() == "Beatrice"
    page.sites.setCurrentIndex(0)
    assert page.search.text() == '-name:"BEA-T001"'


def test_what_cannot_be_read_is_told_and_the_last_filter_stays(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    page.show_filter("site:beatrice")
    before = names(page)
    assert 0 < len(before) < 59
    page.show_filter("site:beatrice cpu>much")
    assert names(page) == before
    assert page.complaint.isVisible()
    assert "“much” is not a number for cpu. Write cpu>90." in page.complaint.text.text()
    page.show_filter("cpu>=0")
    assert not page.complaint.isVisible()
    assert page.search.accessibleDescription() == ""


def test_what_could_come_next_is_offered_and_taken_by_keyboard(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    page.search.setFocus()
    type_text(page.search, "site:bea")
    popup = page.search.offers
    qtbot.waitUntil(popup.isVisible)
    press(popup, Qt.Key.Key_Down)
    press(popup, Qt.Key.Key_Return)
    assert page.search.text() == "site:Beatrice"
    assert not popup.isVisible()
