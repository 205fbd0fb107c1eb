"""What is done with the endpoints that are chosen."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.models.bulk import BulkAction
from app.models.bulk_parameters import NOTHING_MORE, LabelChange, MetricsChange, Parameters
from app.models.device_list import Field
from app.models.metric_groups import MetricGroup, choice_of
from app.services.lists import preview_of, read_file
from app.ui.dialogs.labels import LabelsDialog
from app.ui.dialogs.metrics import MetricsDialog
from app.ui.dialogs.shared_login import SharedLoginDialog
from app.ui.main_window import MainWindow
from app.ui.pages.fleet import FleetPage
from app.ui.widgets.fleet_export import export
from app.ui.widgets.removal import RemovalDialog, Way
from app.ui.widgets.states import ViewState
from tests.ui import fake_metrics
from tests.ui.fake_services import OperatorInventory
from tests.ui.fakes import FakeServices, fleet_of
from tests.ui.fleet.given import Open, flagged_fleet, names, press_button, shown, words_of
from tests.ui.hands import click, press, type_text
from tests.ui.shots.fleet import PROMETHEUS_AWAY


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
