"""One endpoint in each of its states."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel

from app.models.device import DeviceChange
from app.models.endpoint import HostKey, Jump
from app.models.metric_groups import MetricGroup, choice_of
from app.services.enrolment.failures import HostKeyChangedError
from app.ui.dialogs.danger import DangerDialog
from app.ui.dialogs.host_key import HostKeyDialog
from app.ui.pages.endpoint import EndpointPage
from app.ui.pages.fleet import FleetPage
from app.ui.widgets.endpoint_form import EndpointDialog
from app.ui.widgets.states import ViewState
from tests.ui.fakes import fleet_of
from tests.ui.screens import Shot, Stage
from tests.ui.shots.fleet import PROMETHEUS_AWAY

if TYPE_CHECKING:
    from app.main import Services


KNOWN = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBlvgEJqwVefXc38YrDef3MUyFC0igQ+MXwPOZJvv5YA")
NEW = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJNEuryflYItT8MORZDw+Q8w7OpOGjQcsbawBiXk/zjc")


def fleet() -> "Services":
    return fleet_of(59).as_services()


def switched_off() -> "Services":
    services = fleet_of(59)
    known = services.inventory.endpoint("BAR-T001")
    off = {MetricGroup.MEMORY, MetricGroup.TEMPERATURES, MetricGroup.UNITS}
    services.inventory.put(replace(known, metrics=choice_of({*MetricGroup} - off)))
    return services.as_services()


def metrics(stage: Stage) -> None:
    shown(stage).metrics_action.trigger()


def another_key() -> "Services":
    services = fleet_of(59)
    services.inventory.put(replace(services.inventory.endpoint("BAR-T001"), host_key=KNOWN))
    services.enrolment.shown = NEW
    return services.as_services()


def opened(stage: Stage, name: str) -> EndpointPage:
    stage.wait_until(lambda: stage.window.page is not None)
    stage.window.navigate("endpoint", name)
    stage.wait_until(lambda: isinstance(stage.window.page, EndpointPage))
    page = stage.window.page
    assert isinstance(page, EndpointPage)
    return page


def shown(stage: Stage, name: str = "BAR-T001") -> EndpointPage:
    page = opened(stage, name)
    stage.wait_until(lambda: page.charts_view.state is ViewState.CONTENT and page.board.is_complete)
    return page


def cursor(stage: Stage) -> None:
    page = shown(stage)
    first = page.board.views[0]
    assert first.chart is not None
    when = float(first.chart.times[150])
    first.cursor_moved.emit(when)
    page.board.views[1].isolate("used")


def form(stage: Stage) -> None:
    page = shown(stage)
    page.edit_action.trigger()
    stage.wait_until(lambda: bool(page.findChildren(EndpointDialog)))


def host_key(stage: Stage) -> None:
    page = shown(stage)
    page.host_key_action.trigger()
    stage.wait_until(lambda: bool(page.findChildren(HostKeyDialog)))
    (dialog,) = page.findChildren(HostKeyDialog)
    stage.wait_until(lambda: dialog.view.state is ViewState.CONTENT)


def zoomed(stage: Stage) -> None:
    page = shown(stage)
    chart = page.board.views[0].chart
    assert chart is not None
    page.board.span_chosen.emit(float(chart.times[100]), float(chart.times[160]))
    stage.wait_until(lambda: page.board.views[0].chart is not chart and page.board.is_complete)


def jump_key() -> "Services":
    """The fleet behind a jump host whose key has changed."""
    made = fleet_of(59)
    for each in made.inventory.endpoints():
        if each.name.startswith("BAR"):
            made.inventory.put(replace(each, jumps=(Jump("10.20.0.254", 22, KNOWN, 1),)))
    made.enrolment.shown = NEW
    made.enrolment.key_error = HostKeyChangedError(target="10.20.0.254:22", file="/etc/ssh/x.pub")
    return made.as_services()


def jump_host_key(stage: Stage) -> None:
    page = shown(stage)
    page.host_key_action.trigger()
    stage.wait_until(lambda: any(each.check.isVisible() for each in page.findChildren(HostKeyDialog)))


def removed(stage: Stage) -> None:
    page = opened(stage, "never-heard-of")
    stage.wait_until(lambda: page.view.state is ViewState.EMPTY)


def with_another(change: DeviceChange) -> Callable[[], "Services"]:
    """The fleet, with something else seen in place of one device."""

    def services() -> "Services":
        made = fleet_of(59)
        made.inventory.put(replace(made.inventory.endpoint("BAR-T001"), device_change=change))
        return made.as_services()

    return services


def accepting(stage: Stage) -> None:
    page = shown(stage)
    page.summary.accept_button.click()
    stage.wait_until(lambda: bool(page.findChildren(DangerDialog)))


def checked(stage: Stage) -> None:
    page = shown(stage)
    page.check_action.trigger()
    stage.wait_until(lambda: "known device" in " ".join(each.text() for each in stage.window.findChildren(QLabel)))


def flagged(stage: Stage) -> None:
    stage.window.navigate("fleet")
    stage.wait_until(lambda: isinstance(stage.window.page, FleetPage))
    page = stage.window.page
    assert isinstance(page, FleetPage)
    stage.wait_until(lambda: page.view.state is ViewState.CONTENT and page.table.is_complete)
    page.table.choose("BAR-T001")


SEEN_AT = datetime(2026, 11, 22, 13, 11, tzinfo=UTC)
OTHER_KEY = DeviceChange(SEEN_AT, fingerprint="SHA256:/A0jWbXSxwm6zcixDX0Lkhwh3UOqhLpaOUJxr9tAXd8")
OTHER_MACHINE = DeviceChange(SEEN_AT, machine_id="5739" * 16)


def unreachable() -> "Services":
    services = fleet_of(59)
    services.fleet.error = PROMETHEUS_AWAY
    return services.as_services()


def failed(stage: Stage) -> None:
    page = opened(stage, "BAR-T001")
    stage.wait_until(lambda: page.charts_view.state is ViewState.ERROR)


def went_away(stage: Stage) -> None:
    page = shown(stage)
    page.context.services.fleet.error = PROMETHEUS_AWAY  # type: ignore[attr-defined] # the fake's
    page.refresh()
    stage.wait_until(lambda: page.charts_view.state is ViewState.CONTENT_WITH_ERROR)


SHOTS = [
    Shot("endpoint", fleet, shown),
    Shot("endpoint-down", fleet, lambda stage: shown(stage, "BAR-T008")),
    Shot("endpoint-switched-off", switched_off, shown),
    Shot("endpoint-metrics", switched_off, metrics),
    Shot("endpoint-cursor", fleet, cursor),
    Shot("endpoint-zoomed", fleet, zoomed),
    Shot("endpoint-form", fleet, form),
    Shot("endpoint-host-key", another_key, host_key),
    Shot("endpoint-jump-key", jump_key, jump_host_key),
    Shot("endpoint-other-key", with_another(OTHER_KEY), shown),
    Shot("endpoint-other-machine", with_another(OTHER_MACHINE), shown),
    Shot("endpoint-checked", fleet, checked),
    Shot("fleet-flagged", with_another(OTHER_KEY), flagged),
    Shot("endpoint-accept", with_another(OTHER_MACHINE), accepting),
    Shot("endpoint-removed", fleet, removed),
    Shot("endpoint-error", unreachable, failed),
    Shot("endpoint-stale", fleet, went_away),
]
