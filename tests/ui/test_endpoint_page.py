import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from app.errors import DeviceError
from app.models.bulk_parameters import MetricsChange
from app.models.device import DeviceChange, Receipt
from app.models.metric_groups import EVERY_GROUP, MetricGroup, choice_of
from app.services.enrolment import DeviceCheck
from app.services.enrolment.exporter import Item
from app.services.enrolment.failures import ExporterCrashedError, HostKeyChangedError
from app.services.kit import KitBuild
from app.ui.dialogs.danger import DangerDialog
from app.ui.dialogs.metrics import MetricsDialog
from app.ui.main_window import MainWindow
from app.ui.pages.endpoint import EndpointPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.endpoint_form import EndpointDialog
from app.ui.widgets.states import ViewState
from tests.ui.fakes import FakeServices, fleet_of
from tests.ui.hands import click
from tests.ui.shots.fleet import PROMETHEUS_AWAY

Open = Callable[..., EndpointPage]

# Nine charts are built and drawn for the first time, each in turns of 20 to 40 ms on a quiet machine.


@pytest.fixture
def window(qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> MainWindow:
    made = MainWindow(state=state, tasks=tasks, keeper=keeper)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow) -> Open:
    def open_page(services: FakeServices, name: str = "BEA-T001") -> EndpointPage:
        window.open_services(services.as_services())
        window.navigate("endpoint", name)
        qtbot.waitUntil(lambda: isinstance(window.page, EndpointPage))
        assert isinstance(window.page, EndpointPage)
        return window.page

    return open_page


def drawn(qtbot: QtBot, page: EndpointPage) -> EndpointPage:
    qtbot.waitUntil(lambda: page.charts_view.state is ViewState.CONTENT and page.board.is_complete)
    return page


def test_it_shows_state_facts_and_every_chart(qtbot: QtBot, window: MainWindow, opened: Open) -> None:
    page = drawn(qtbot, opened(fleet_of(59)))
    assert window.header.title == "BEA-T001"
    assert page.summary.accessibleName().startswith("Up; last seen")
    assert [view.accessibleName() for view in page.board.views][:2] == ["Processor", "Memory"]
    assert len(page.board.views) == 9


def test_down_says_since_when_and_why(qtbot: QtBot, opened: Open) -> None:
    page = drawn(qtbot, opened(fleet_of(59), "BAR-T008"))
    assert page.summary.accessibleName().startswith("Down since")
    assert "no route to host" in page.summary.evidence


def test_a_gap_is_a_gap(qtbot: QtBot, opened: Open) -> None:
    page = drawn(qtbot, opened(fleet_of(5)))
    view = page.board.views[0]
    assert view.chart is not None
    values = view.chart.lines[0].values
    gap = next(at for at, value in enumerate(values) if math.isnan(value))
    view.show_cursor(float(view.chart.times[gap]))
    assert view.value_of(view.chart.lines[0].label) == "–"


def test_the_cursor_is_shared(qtbot: QtBot, opened: Open) -> None:
    page = drawn(qtbot, opened(fleet_of(5)))
    first, other = page.board.views[:2]
    assert other.chart is not None
    newest = other.value_of("used")
    (used,) = [line.values for line in other.chart.lines if line.label == "used"]
    # What is invented goes up and down with the hour: where it is farthest from the newest, it reads differently.
    farthest = int(np.nanargmax(abs(used - used[-1])))
    first.cursor_moved.emit(float(other.chart.times[farthest]))
    assert other.value_of("used") != newest
    first.cursor_moved.emit(math.nan)
    assert other.value_of("used") == newest


def test_the_legend_isolates_a_line(qtbot: QtBot, opened: Open) -> None:
    page = drawn(qtbot, opened(fleet_of(5)))
    memory = page.board.views[1]
    memory.isolate("used")
    assert memory.shown_lines() == ["used"]
    memory.isolate("used")
    assert memory.shown_lines() == ["used", "cache", "total"]


def test_a_drag_zooms_and_escape_undoes_it(qtbot: QtBot, window: MainWindow, opened: Open) -> None:
    page = drawn(qtbot, opened(fleet_of(5)))
    before = page.board.views[0].chart
    assert before is not None
    start, end = float(before.times[50]), float(before.times[100])
    page.board.span_chosen.emit(start, end)
    qtbot.waitUntil(lambda: page.board.views[0].chart is not before and page.board.is_complete)
    zoomed = page.board.views[0].chart
    assert zoomed is not None
    assert (zoomed.times[0], zoomed.times[-1]) == pytest.approx((start, end))
    window.go_back()
    qtbot.waitUntil(lambda: page.board.views[0].chart is not zoomed and page.board.is_complete)
    assert window.page is page
    assert not page.whole_button.isVisible()


def test_the_range_is_kept_for_the_next_endpoint(qtbot: QtBot, state: QSettings, opened: Open) -> None:
    page = drawn(qtbot, opened(fleet_of(5)))
    before = page.board.views[0].chart
    page.ranges.setCurrentIndex(page.ranges.findData("30d"))
    qtbot.waitUntil(lambda: page.board.views[0].chart is not before and page.board.is_complete)
    chart = page.board.views[0].chart
    assert chart is not None
    assert chart.times[-1] - chart.times[0] == pytest.approx(30 * 86400)
    assert state.value("endpoint/range") == "30d"


def test_without_prometheus_the_endpoint_is_still_described(qtbot: QtBot, opened: Open) -> None:
    services = fleet_of(5)
    services.fleet.error = PROMETHEUS_AWAY
    page = opened(services)
    qtbot.waitUntil(lambda: page.charts_view.state is ViewState.ERROR)
    assert page.view.state is ViewState.CONTENT
    assert page.summary.accessibleName().startswith("Not known")


def test_one_removed_meanwhile_is_said_to_be_gone(qtbot: QtBot, tasks: TaskRunner, opened: Open) -> None:
    services = fleet_of(5)
    page = drawn(qtbot, opened(services))
    services.inventory.remove(services.inventory.endpoint("BEA-T001").id)
    page.refresh()
    qtbot.waitUntil(lambda: page.view.state is ViewState.EMPTY)
    assert tasks.tasks() == []


def test_another_endpoint_never_shows_the_last_ones_charts(qtbot: QtBot, window: MainWindow, opened: Open) -> None:
    page = drawn(qtbot, opened(fleet_of(5)))
    window.navigate("endpoint", "BAR-T001")
    assert page.view.state is ViewState.LOADING
    drawn(qtbot, page)
    assert window.header.title == "BAR-T001"


class TestChanging:
    def form(self, qtbot: QtBot, page: EndpointPage) -> EndpointDialog:
        page.edit_action.trigger()
        qtbot.waitUntil(lambda: bool(page.findChildren(EndpointDialog)))
        return page.findChildren(EndpointDialog)[0]

    def line(self, dialog: EndpointDialog, name: str) -> QLineEdit:
        control = dialog.fields[name].control
        assert isinstance(control, QLineEdit)
        return control

    def test_what_is_saved_is_shown(self, qtbot: QtBot, window: MainWindow, opened: Open) -> None:
        services = fleet_of(5)
        page = drawn(qtbot, opened(services))
        dialog = self.form(qtbot, page)
        self.line(dialog, "name").setText("BEA-renamed")
        self.line(dialog, "tags").setText("spare turbine")
        click(dialog.save_button)
        qtbot.waitUntil(lambda: window.header.title == "BEA-renamed")
        assert services.inventory.endpoint("BEA-renamed").tags == ("spare", "turbine")

    def test_a_name_that_is_taken_is_said_at_the_field(self, qtbot: QtBot, opened: Open) -> None:
        page = drawn(qtbot, opened(fleet_of(5)))
        dialog = self.form(qtbot, page)
        self.line(dialog, "name").setText("bar-t001")
        click(dialog.save_button)
        qtbot.waitUntil(lambda: "BAR-T001" in dialog.fields["name"].error)
        assert dialog.save_button.isEnabled()
        dialog.reject()

    def test_what_is_wrong_is_not_even_sent(self, qtbot: QtBot, opened: Open) -> None:
        services = fleet_of(5)
        page = drawn(qtbot, opened(services))
        dialog = self.form(qtbot, page)
        before = services.inventory.revision()
        self.line(dialog, "address").setText("no address/at all")
        click(dialog.save_button)
        assert "address" in dialog.fields["address"].error
        assert services.inventory.revision() == before
        dialog.reject()


def test_a_newer_exporter_in_the_kit_is_offered(qtbot: QtBot, window: MainWindow, opened: Open) -> None:
    services = fleet_of(5)
    known = services.inventory.endpoint("BEA-T001")
    services.inventory.put(replace(known, receipt=Receipt("1.5.0", "amd64")))
    page = drawn(qtbot, opened(services))
    assert not page.upgrade_button.isVisible()
    services.kit.newer = KitBuild("1.12.1", "amd64", "", 0, Path("/kit"))
    page.refresh()
    qtbot.waitUntil(page.upgrade_button.isVisible)
    assert page.upgrade_button.text() == "Upgrade to 1.12.1"
    assert "has the exporter 1.5.0, the kit has 1.12.1" in page.upgrade_button.toolTip()
    services.enrolment.error = ExporterCrashedError(target="10.20.0.1:22")
    click(page.upgrade_button)
    qtbot.waitUntil(lambda: "BEA-T001 keeps the exporter that it has." in notices(window))
    services.enrolment.error, services.kit.newer = None, None
    click(page.upgrade_button)
    qtbot.waitUntil(lambda: "BEA-T001 has the exporter 1.12.1." in notices(window))
    qtbot.waitUntil(lambda: not page.upgrade_button.isVisible())


class TestMetrics:
    def dialog(self, qtbot: QtBot, page: EndpointPage) -> MetricsDialog:
        page.metrics_action.trigger()
        qtbot.waitUntil(lambda: any(each.isVisible() for each in page.findChildren(MetricsDialog)))
        return next(each for each in page.findChildren(MetricsDialog) if each.isVisible())

    def test_what_is_switched_off_is_said_and_not_an_error(
        self, qtbot: QtBot, window: MainWindow, opened: Open
    ) -> None:
        services = fleet_of(5)
        page = drawn(qtbot, opened(services))
        assert page.summary.metrics == ""
        dialog = self.dialog(qtbot, page)
        assert dialog.change_button.text() == "Change BEA-T001"
        click(dialog.boxes[MetricGroup.TEMPERATURES])
        click(dialog.boxes[MetricGroup.UNITS])
        click(dialog.change_button)
        qtbot.waitUntil(lambda: "The exporter of BEA-T001 reads what was chosen." in notices(window))
        qtbot.waitUntil(lambda: page.summary.metrics == "Switched off: Temperatures and fans, Services")
        # And back, all at once.
        dialog = self.dialog(qtbot, page)
        click(dialog.all_button)
        assert dialog.change() == MetricsChange(only=EVERY_GROUP)
        click(dialog.change_button)
        qtbot.waitUntil(lambda: page.summary.metrics == "")

    def test_its_chart_says_so(self, qtbot: QtBot, opened: Open) -> None:
        services = fleet_of(5)
        known = services.inventory.endpoint("BEA-T001")
        services.inventory.put(replace(known, metrics=choice_of({*MetricGroup} - {MetricGroup.NETWORK})))
        page = drawn(qtbot, opened(services))
        (view,) = [each for each in page.board.views if each.chart and each.chart.spec.key == "network"]
        assert "Switched off." in [label.text() for label in view.findChildren(QLabel) if label.isVisible()]
        assert view.shown_lines() == []

    def test_a_failure_keeps_what_it_has(self, qtbot: QtBot, window: MainWindow, opened: Open) -> None:
        services = fleet_of(5)
        services.enrolment.error = ExporterCrashedError(target="10.20.0.1:22")
        page = drawn(qtbot, opened(services))
        dialog = self.dialog(qtbot, page)
        click(dialog.boxes[MetricGroup.RAID])
        click(dialog.change_button)
        qtbot.waitUntil(lambda: "BEA-T001 keeps the metrics that it has." in notices(window))
        assert page.summary.metrics == ""


def test_a_change_by_another_process_shows_up(qtbot: QtBot, opened: Open) -> None:
    services = fleet_of(5)
    page = drawn(qtbot, opened(services))
    services.inventory.put(replace(services.inventory.endpoint("BEA-T001"), site="Elsewhere"))
    page.refresh()
    qtbot.waitUntil(lambda: "Elsewhere" in page.summary.place)


class TestCertificate:
    def test_it_says_until_when(self, qtbot: QtBot, opened: Open) -> None:
        page = drawn(qtbot, opened(fleet_of(59)))
        assert page.summary.certificate.startswith("Read in TLS; certificate until ")

    def test_one_that_ends_soon_says_so_and_is_renewed(self, qtbot: QtBot, window: MainWindow, opened: Open) -> None:
        services = fleet_of(59)
        name = ends_soon(services)
        page = drawn(qtbot, opened(services, name))
        assert "ends on" in page.summary.certificate
        page.renew_action.trigger()
        qtbot.waitUntil(lambda: services.enrolment.renewed == [name])
        qtbot.waitUntil(lambda: f"{name} has a new certificate." in notices(window))
        page.refresh()
        qtbot.waitUntil(lambda: page.summary.certificate.startswith("Read in TLS"))

    def test_one_without_says_plain_http(self, qtbot: QtBot, opened: Open) -> None:
        services = fleet_of(59)
        plain = next(each.name for each in services.inventory.endpoints() if each.certificate is None)
        page = drawn(qtbot, opened(services, plain))
        assert page.summary.certificate.startswith("Read in plain HTTP")

    def test_a_failure_keeps_it_and_can_be_tried_again(self, qtbot: QtBot, window: MainWindow, opened: Open) -> None:
        services = fleet_of(5)
        services.enrolment.error = DeviceError(reason="The device does not answer.", what_to_do="Look at its cable.")
        page = drawn(qtbot, opened(services))
        page.renew_action.trigger()
        qtbot.waitUntil(lambda: "keeps what it has" in notices(window))

    def test_another_address_gets_another_certificate(self, qtbot: QtBot, opened: Open) -> None:
        services = fleet_of(5)
        page = drawn(qtbot, opened(services))
        dialog = TestChanging().form(qtbot, page)
        TestChanging().line(dialog, "address").setText("10.99.0.1")
        click(dialog.save_button)
        qtbot.waitUntil(lambda: services.enrolment.renewed == ["BEA-T001"])


def ends_soon(services: FakeServices) -> str:
    now = datetime.now(UTC)
    return next(
        each.name for each in services.inventory.endpoints() if each.certificate and each.certificate.expires_soon(now)
    )


def notices(window: MainWindow) -> str:
    return " ".join(label.text() for label in window.notices.findChildren(QLabel))


class TestAnotherDevice:
    SEEN_AT = datetime(2026, 11, 22, 13, 11, tzinfo=UTC)

    def page(self, qtbot: QtBot, opened: Open, services: FakeServices, change: DeviceChange) -> EndpointPage:
        services.inventory.put(replace(services.inventory.endpoint("BEA-T001"), device_change=change))
        return drawn(qtbot, opened(services))

    def test_another_host_key_is_told(self, qtbot: QtBot, opened: Open) -> None:
        page = self.page(qtbot, opened, fleet_of(5), DeviceChange(self.SEEN_AT, fingerprint="SHA256:abc"))
        assert "the host key SHA256:abc" in page.summary.change
        assert not page.summary.accept_button.isVisible()

    def test_another_machine_is_accepted_after_a_question(self, qtbot: QtBot, opened: Open) -> None:
        services = fleet_of(5)
        page = self.page(qtbot, opened, services, DeviceChange(self.SEEN_AT, machine_id="a" * 64))
        assert "another machine-id" in page.summary.change
        click(page.summary.accept_button)
        qtbot.waitUntil(lambda: bool(page.findChildren(DangerDialog)))
        click(page.findChildren(DangerDialog)[0].do_button)
        qtbot.waitUntil(lambda: not page.summary.change)
        assert services.inventory.endpoint("BEA-T001").device_change is None
        assert not page.summary.accept_button.isVisible()


class TestChecking:
    def test_what_is_not_as_it_was_made_is_named(self, qtbot: QtBot, window: MainWindow, opened: Open) -> None:
        services = fleet_of(5)
        services.enrolment.found = DeviceCheck(
            (Item("ok", "user", "plantwatch-exporter"), Item("stopped", "unit", "plantwatch-node-exporter.service")),
            ("/etc/plantwatch",),
        )
        page = drawn(qtbot, opened(services))
        assert page.summary.checked == ""
        page.check_action.trigger()
        qtbot.waitUntil(lambda: "not all is as it was made. stopped: plantwatch" in page.summary.checked)
        qtbot.waitUntil(
            lambda: (
                "not all is as it was made: stopped: plantwatch-node-exporter.service; "
                "not written down: /etc/plantwatch." in notices(window)
            )
        )

    def test_nothing_of_plantwatch_on_it(self, qtbot: QtBot, window: MainWindow, opened: Open) -> None:
        services = fleet_of(5)
        services.enrolment.found = DeviceCheck((), ())
        page = drawn(qtbot, opened(services))
        page.check_action.trigger()
        qtbot.waitUntil(lambda: "nothing of Plantwatch is on it" in notices(window))

    def test_another_device_is_told_and_its_key_compared(self, qtbot: QtBot, window: MainWindow, opened: Open) -> None:
        services = fleet_of(5)
        page = drawn(qtbot, opened(services))
        assert page._endpoint is not None
        services.enrolment.error = HostKeyChangedError(target=page._endpoint.ssh_target, file="/etc/ssh/x.pub")
        page.check_action.trigger()
        qtbot.waitUntil(lambda: "could not be checked." in notices(window))
        assert any(button.text() == "Compare the keys…" for button in window.notices.findChildren(QPushButton))
