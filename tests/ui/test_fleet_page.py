import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.models.bulk import BulkAction
from app.models.bulk_parameters import NOTHING_MORE, LabelChange, MetricsChange, Parameters
from app.models.device import DeviceChange
from app.models.device_list import Field
from app.models.endpoint import Lifecycle
from app.models.fleet_filter import parse_filter
from app.models.metric_groups import MetricGroup, choice_of
from app.services.lists import preview_of, read_file
from app.ui.dialogs.labels import LabelsDialog
from app.ui.dialogs.metrics import MetricsDialog
from app.ui.dialogs.shared_login import SharedLoginDialog
from app.ui.main_window import MainWindow
from app.ui.models.fleet_rows import Column
from app.ui.pages.endpoint import EndpointPage
from app.ui.pages.fleet import FleetPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.fleet_export import export
from app.ui.widgets.removal import RemovalDialog, Way
from app.ui.widgets.states import ViewState
from tests.ui import fake_metrics
from tests.ui.fake_services import OperatorInventory
from tests.ui.fakes import FakeServices, fleet_of
from tests.ui.hands import click, press, type_text
from tests.ui.shots.fleet import PROMETHEUS_AWAY

Open = Callable[[FakeServices], FleetPage]


@pytest.fixture
def open_again(qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> Callable[[], MainWindow]:
    """Opens a window that remembers what the last one did."""

    def open_window() -> MainWindow:
        made = MainWindow(state=state, tasks=tasks, keeper=keeper)
        qtbot.addWidget(made)
        made.show()
        return made

    return open_window


@pytest.fixture
def window(open_again: Callable[[], MainWindow]) -> MainWindow:
    return open_again()


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow) -> Open:
    def open_page(services: FakeServices) -> FleetPage:
        window.open_services(services.as_services())
        window.navigate("fleet")
        qtbot.waitUntil(lambda: isinstance(window.page, FleetPage))
        assert isinstance(window.page, FleetPage)
        return window.page

    return open_page


def shown(qtbot: QtBot, page: FleetPage) -> FleetPage:
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)
    return page


def names(page: FleetPage) -> list[str]:
    endpoints = (page.model.endpoint(row) for row in range(page.model.rowCount()))
    return [each.name for each in endpoints if each is not None]


def press_button(page: FleetPage, text: str) -> None:
    click(next(each for each in page.window().findChildren(QPushButton) if each.text() == text and each.isVisible()))


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


class TestRemoving:
    def asked(self, qtbot: QtBot, page: FleetPage, name: str) -> RemovalDialog:
        page.table.choose(name)
        press(page.table, Qt.Key.Key_Delete)
        return next(each for each in page.findChildren(RemovalDialog) if each.isVisible())

    def test_it_names_what_goes_and_enter_does_not_remove(self, qtbot: QtBot, opened: Open) -> None:
        page = shown(qtbot, opened(fleet_of(5)))
        dialog = self.asked(qtbot, page, "BEA-T001")
        assert dialog.remove_button.text() == "Remove BEA-T001"
        press(dialog, Qt.Key.Key_Return)
        assert not any(each.isVisible() for each in page.findChildren(RemovalDialog))
        assert "BEA-T001" in names(page)

    @pytest.mark.parametrize(
        ("way", "expected"), [(Way.UNINSTALL, (False, False)), (Way.KEEP, (True, False)), (Way.FORGET, (False, True))]
    )
    def test_it_does_what_was_chosen(self, qtbot: QtBot, opened: Open, way: Way, expected: tuple[bool, bool]) -> None:
        services = fleet_of(5)
        page = shown(qtbot, opened(services))
        dialog = self.asked(qtbot, page, "BEA-T001")
        dialog.choose(way)
        click(dialog.remove_button)
        qtbot.waitUntil(lambda: services.enrolment.removed == [("BEA-T001", *expected)])
        page.refresh()
        qtbot.waitUntil(lambda: "BEA-T001" not in names(page))

    def test_a_failure_stays_until_seen_and_can_be_tried_again(
        self, qtbot: QtBot, window: MainWindow, opened: Open
    ) -> None:
        services = fleet_of(5)
        services.enrolment.error = PROMETHEUS_AWAY
        page = shown(qtbot, opened(services))
        click(self.asked(qtbot, page, "BEA-T001").remove_button)
        qtbot.waitUntil(window.notices.isVisible)
        services.enrolment.error = None
        press_button(page, "Try again")
        qtbot.waitUntil(lambda: bool(services.enrolment.removed))


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


def flagged_fleet() -> tuple[FakeServices, str]:
    services = fleet_of(5)
    flagged = services.inventory.endpoints()[2]
    change = DeviceChange(datetime.now(UTC), fingerprint="SHA256:" + "A" * 43)
    services.inventory.put(replace(flagged, device_change=change))
    return services, flagged.name


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


def test_the_chosen_endpoints_are_checked_now(qtbot: QtBot, window: MainWindow, opened: Open) -> None:
    services, name = flagged_fleet()
    page = shown(qtbot, opened(services))
    page.table.choose(name)
    press_button(page, "Check now")
    text = f"{name} is the known device, and all that was made on it is as it was."
    qtbot.waitUntil(lambda: any(label.text() == text for label in window.notices.findChildren(QLabel)))
    assert services.inventory.endpoint(name).device_change is None


def test_a_narrow_window_shows_the_actions_by_their_icons(qtbot: QtBot, window: MainWindow, opened: Open) -> None:
    services, name = flagged_fleet()
    page = shown(qtbot, opened(services))
    page.table.choose(name)
    buttons = page.selection_bar.findChildren(QPushButton)
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: all(button.text() for button in buttons))
    window.resize(window.minimumWidth(), 720)
    qtbot.waitUntil(lambda: not any(button.text() for button in buttons))
    assert all(button.accessibleName() and button.isVisible() for button in buttons)
    assert page.width() <= window.width()


class TestMany:
    """What is done with several endpoints at once is a run."""

    @pytest.fixture
    def services(self) -> FakeServices:
        return fleet_of(5)

    @pytest.fixture
    def page(self, qtbot: QtBot, opened: Open, services: FakeServices) -> FleetPage:
        page = shown(qtbot, opened(services))
        page.table.selectAll()
        return page

    @pytest.mark.parametrize("action", [BulkAction.CHECK, BulkAction.RENEW, BulkAction.UPGRADE])
    def test_one_press_begins_it(
        self, qtbot: QtBot, window: MainWindow, services: FakeServices, page: FleetPage, action: BulkAction
    ) -> None:
        with qtbot.waitSignal(page.run_started) as started:
            getattr(page.actions_on, f"{action}_action").trigger()
        assert started.args == [1]
        assert services.bulk.acted == [(action, names(page), NOTHING_MORE)]
        qtbot.waitUntil(lambda: "Run 1 has ended: 5 done." in words_of(window))

    def test_what_failed_is_told(
        self, qtbot: QtBot, window: MainWindow, services: FakeServices, page: FleetPage
    ) -> None:
        services.bulk.failing = 2
        page.actions_on.check_action.trigger()
        qtbot.waitUntil(lambda: "Run 1 has ended: 3 done · 2 failed." in words_of(window))

    def test_what_cannot_be_written_down_is_told(
        self, qtbot: QtBot, window: MainWindow, services: FakeServices, page: FleetPage
    ) -> None:
        services.bulk.error = PROMETHEUS_AWAY
        page.actions_on.check_action.trigger()
        qtbot.waitUntil(lambda: "does not answer" in words_of(window))

    def test_removing_names_what_is_lost(self, qtbot: QtBot, services: FakeServices, page: FleetPage) -> None:
        press(page.table, Qt.Key.Key_Delete)
        dialog = next(each for each in page.findChildren(RemovalDialog) if each.isVisible())
        assert dialog.remove_button.text() == "Remove 5 endpoints"
        assert services.bulk.acted == []
        dialog.choose(Way.KEEP)
        click(dialog.remove_button)
        qtbot.waitUntil(lambda: bool(services.bulk.acted))
        assert services.bulk.acted == [(BulkAction.REMOVE, names(page), Parameters(removal=Way.KEEP))]

    def test_labels(self, qtbot: QtBot, services: FakeServices, page: FleetPage) -> None:
        press_button(page, "Labels…")
        dialog = next(each for each in page.findChildren(LabelsDialog) if each.isVisible())
        qtbot.waitUntil(lambda: dialog.site.count() == len(services.inventory.sites()))
        click(dialog.change_button)
        assert dialog.fields[-1].error == "Nothing is changed yet."
        assert not dialog.site.isEnabled()
        click(dialog.change_site)
        dialog.site.setCurrentText("Barrow")
        type_text(dialog.added, "offshore")
        type_text(dialog.removed, "offshore")
        click(dialog.change_button)
        assert dialog.fields[-1].error == "A tag cannot be both given and taken."
        dialog.removed.setText("old")
        click(dialog.change_button)
        qtbot.waitUntil(lambda: bool(services.bulk.acted))
        change = LabelChange(site="Barrow", added_tags=("offshore",), removed_tags=("old",))
        assert services.bulk.acted == [(BulkAction.LABELS, names(page), Parameters(labels=change))]

    def test_metrics(self, qtbot: QtBot, services: FakeServices, page: FleetPage) -> None:
        """What the endpoints differ in stays as each has it, unless it is spoken of."""
        without = choice_of({*MetricGroup} - {MetricGroup.NETWORK, MetricGroup.RAID})
        services.inventory.put(replace(services.inventory.endpoint(names(page)[0]), metrics=without))
        page.refresh()
        qtbot.waitUntil(lambda: any(each.metrics == without for each in page.table.chosen()))
        page.actions_on.metrics_action.trigger()
        dialog = next(each for each in page.findChildren(MetricsDialog) if each.isVisible())
        assert dialog.change_button.text() == "Change 5 endpoints"
        boxes = dialog.boxes
        half = Qt.CheckState.PartiallyChecked
        assert {group for group, box in boxes.items() if box.checkState() is half} == {
            MetricGroup.NETWORK,
            MetricGroup.RAID,
        }
        click(dialog.change_button)
        assert dialog.complaint.text() == "Nothing is changed yet."
        click(boxes[MetricGroup.NETWORK])
        click(boxes[MetricGroup.UNITS])
        assert dialog.complaint.text() == ""
        click(dialog.change_button)
        qtbot.waitUntil(lambda: bool(services.bulk.acted))
        change = MetricsChange(on=(MetricGroup.NETWORK,), off=(MetricGroup.UNITS,))
        assert services.bulk.acted == [(BulkAction.METRICS, names(page), Parameters(metrics=change))]

    def test_login(self, qtbot: QtBot, services: FakeServices, page: FleetPage) -> None:
        services.credentials.hold(8, "Substations", user="ops")
        press_button(page, "Login…")
        dialog = next(each for each in page.findChildren(SharedLoginDialog) if each.isVisible())
        qtbot.waitUntil(dialog.use_button.isEnabled)
        assert dialog.use_button.text() == "Use it for 5 endpoints"
        click(dialog.use_button)
        qtbot.waitUntil(lambda: bool(services.bulk.acted))
        assert services.bulk.acted == [(BulkAction.CREDENTIALS, names(page), Parameters(profile="Substations"))]

    def test_without_a_kept_login_it_says_where_one_is_made(self, qtbot: QtBot, page: FleetPage) -> None:
        press_button(page, "Login…")
        dialog = next(each for each in page.findChildren(SharedLoginDialog) if each.isVisible())
        qtbot.waitUntil(lambda: dialog.view.state is ViewState.EMPTY)
        assert not dialog.use_button.isEnabled()


def words_of(window: MainWindow) -> str:
    return " ".join(each.text() for each in window.notices.findChildren(QLabel))


def test_the_chosen_ones_are_written_as_a_list(qtbot: QtBot, opened: Open, tmp_path: Path) -> None:
    services = FakeServices(inventory=OperatorInventory(fake_metrics.endpoints(3)))
    page = shown(qtbot, opened(services))
    names = [each.name for each in services.inventory.endpoints()]
    page.table.choose(names[1])
    path = tmp_path / "fleet.csv"
    export(page.context, page.table.chosen(), path, page)
    qtbot.waitUntil(path.exists)
    assert [row.values[Field.NAME] for row in preview_of(read_file(path)).good] == [names[1]]
    page.export_action.trigger()
    (dialog,) = page.findChildren(QFileDialog)
    assert dialog.windowTitle() == "Export as list"
    dialog.reject()
