"""The fleet as a table: what it shows, and when."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.models.device import DeviceChange
from app.models.endpoint import Lifecycle
from app.models.fleet_filter import parse_filter
from app.ui.main_window import MainWindow
from app.ui.models.fleet_rows import Column
from app.ui.pages.endpoint import EndpointPage
from app.ui.pages.fleet import FleetPage
from app.ui.widgets.states import ViewState
from tests.ui.fakes import fleet_of
from tests.ui.fleet.given import Open, flagged_fleet, names, press_button, shown
from tests.ui.hands import press
from tests.ui.shots.fleet import PROMETHEUS_AWAY


def test_an_empty_fleet_offers_to_enrol(qtbot: QtBot, window: MainWindow, opened: Open) -> None:
    page = opened(fleet_of(0))
    qtbot.waitUntil(lambda: page.view.state is ViewState.EMPTY)
    press_button(page, "Enrol an endpoint")
    assert window.navigation.marked == "enrol"


def test_every_endpoint_has_a_row(qtbot: QtBot, opened: Open) -> None:
    services = fleet_of(59)
    page = shown(qtbot, opened(services))
    assert names(page) == [endpoint.name for endpoint in services.inventory.endpoints()]


def test_unknown_is_not_down(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    words = {page.model.data(page.model.index(row, Column.STATE)) for row in range(page.model.rowCount())}
    assert {"Up", "Down", "Unknown", "Stale", "Attention"} <= words


def test_loading_shows_a_skeleton_until_there_is_something(qtbot: QtBot, opened: Open) -> None:
    services = fleet_of(5)
    gate = services.inventory.gate = threading.Event()
    page = opened(services)
    qtbot.waitUntil(lambda: page.view.is_showing_skeleton)
    gate.set()
    shown(qtbot, page)


def test_without_prometheus_the_endpoints_are_listed_as_unknown(qtbot: QtBot, opened: Open) -> None:
    services = fleet_of(5)
    services.fleet.error = PROMETHEUS_AWAY
    page = opened(services)
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT_WITH_ERROR)
    assert page.model.data(page.model.index(0, Column.STATE)) == "Unknown"
    services.fleet.error = None
    press_button(page, "Try again")
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)


def test_the_last_good_data_stay_when_prometheus_goes(qtbot: QtBot, opened: Open) -> None:
    services = fleet_of(5)
    page = shown(qtbot, opened(services))
    before = page.model.data(page.model.index(0, Column.CPU))
    services.fleet.error = PROMETHEUS_AWAY
    page.refresh()
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT_WITH_ERROR)
    assert page.model.data(page.model.index(0, Column.CPU)) == before


def test_what_another_process_adds_shows_up(qtbot: QtBot, opened: Open) -> None:
    services = fleet_of(3)
    page = shown(qtbot, opened(services))
    first = services.inventory.endpoints()[0]
    services.inventory.put(replace(first, id=99, name="Added elsewhere", lifecycle=Lifecycle.ENROLLING))
    page.refresh()
    qtbot.waitUntil(lambda: "Added elsewhere" in names(page))


def test_a_tick_is_skipped_while_the_last_one_runs(qtbot: QtBot, opened: Open) -> None:
    services = fleet_of(3)
    page = shown(qtbot, opened(services))
    gate = services.inventory.gate = threading.Event()
    polls = services.fleet.polls
    for _ in range(5):
        page.refresh()
    gate.set()
    qtbot.waitUntil(lambda: services.fleet.polls == polls + 1)
    qtbot.waitUntil(lambda: not page.is_fetching)
    assert services.fleet.polls == polls + 1


def test_groups_fold_by_keyboard(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    page.group_action.setChecked(True)
    assert page.model.rowCount() == 59 + 6
    page.table.setCurrentIndex(page.model.index(0, 0))
    press(page.table, Qt.Key.Key_Left)
    assert page.model.rowCount() == 59 + 6 - 10
    press(page.table, Qt.Key.Key_Right)
    assert page.model.rowCount() == 59 + 6


def test_the_head_of_a_group_stands_for_its_endpoints(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    page.group_action.setChecked(True)
    page.model.toggle("Barrow")
    page.table.selectRow(0)
    assert len(page.table.chosen()) == 10


def test_selection_follows_its_endpoint_when_rows_move(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    page.table.choose("BEA-T003")
    page.table.sortByColumn(Column.NAME, Qt.SortOrder.DescendingOrder)
    assert [endpoint.name for endpoint in page.table.chosen()] == ["BEA-T003"]


def test_copying_gives_a_table_as_text(qtbot: QtBot, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(5)))
    page.table.selectAll()
    press(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].split("\t")[:3] == ["State", "Name", "Site"]
    assert [line.split("\t")[1] for line in lines[1:]] == names(page)


def test_enter_opens_and_escape_leads_back(qtbot: QtBot, window: MainWindow, opened: Open) -> None:
    page = shown(qtbot, opened(fleet_of(5)))
    page.table.choose("BEA-T001")
    press(page.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.page, EndpointPage))
    assert window.header.title == "BEA-T001"
    window.go_back()
    assert window.page is page


def test_columns_sorting_and_filters_are_remembered(
    qtbot: QtBot, open_again: Callable[[], MainWindow], window: MainWindow, opened: Open
) -> None:
    page = shown(qtbot, opened(fleet_of(59)))
    page.column_actions[Column.REGION].setChecked(True)
    page.column_actions[Column.DISK].setChecked(False)
    page.group_action.setChecked(True)
    page.table.sortByColumn(Column.CPU, Qt.SortOrder.DescendingOrder)
    page.search.setText("T00")
    qtbot.waitUntil(lambda: page.model.arrangement.wanted == parse_filter("T00"))
    window.close()

    again = open_again()
    again.open_services(fleet_of(59).as_services())
    qtbot.waitUntil(lambda: isinstance(again.page, FleetPage))
    other = again.page
    assert isinstance(other, FleetPage)
    assert not other.table.isColumnHidden(Column.REGION)
    assert other.table.isColumnHidden(Column.DISK)
    qtbot.waitUntil(lambda: other.model.arrangement.wanted == parse_filter("T00"))
    assert other.model.arrangement.grouped
    assert (other.model.arrangement.column, other.model.arrangement.descending) == (Column.CPU, True)


def test_nonsense_in_the_remembered_state_does_no_harm(qtbot: QtBot, state: QSettings, opened: Open) -> None:
    for key in ("columns", "widths", "sort", "grouped", "collapsed", "comfortable", "text"):
        state.setValue(f"fleet/{key}", "{broken")
    shown(qtbot, opened(fleet_of(5)))


def test_another_device_is_marked_by_a_shape_and_told_in_words(qtbot: QtBot, opened: Open) -> None:
    services, name = flagged_fleet()
    page = shown(qtbot, opened(services))
    rows = {each: page.model.index(page.model.row_of(each), Column.NAME) for each in names(page)}
    told = {each: index.data(Qt.ItemDataRole.AccessibleTextRole) for each, index in rows.items()}
    assert told == {each: f"{each}, another device seen" if each == name else each for each in rows}
    assert "SHA256:AAAA" in rows[name].data(Qt.ItemDataRole.ToolTipRole)
    assert rows[name].data() == name  # what is copied is the name

    def picture() -> QImage:
        page.table.clearSelection()
        return page.table.viewport().grab(page.table.visualRect(rows[name])).toImage()

    marked = picture()
    services.inventory.put(replace(services.inventory.endpoint(name), device_change=None))
    page.refresh()
    qtbot.waitUntil(lambda: rows[name].data(Qt.ItemDataRole.AccessibleTextRole) == name)
    assert picture() != marked

    page.search.setText("another device")
    qtbot.waitUntil(lambda: names(page) == [])
    services.inventory.put(replace(services.inventory.endpoint(name), device_change=DeviceChange(datetime.now(UTC))))
    page.refresh()
    qtbot.waitUntil(lambda: names(page) == [name])
