"""The fleet in each of its states."""

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from app.errors import MonitoringError, SecretStoreError
from app.models.metric_groups import MetricGroup, choice_of
from app.ui.dialogs.shared_login import SharedLoginDialog
from app.ui.pages.fleet import FleetPage
from app.ui.widgets.states import ViewState
from tests.ui import fake_metrics
from tests.ui.fakes import FakeInventory, FakeServices, fleet_of
from tests.ui.screens import Shot, Stage

if TYPE_CHECKING:
    from app.main import Services

PROMETHEUS_AWAY = MonitoringError(
    "GET http://plant-srv:9090/api/v1/query_range: connection refused",
    service="Prometheus",
    reason="does not answer.",
    what_to_do="Look at the Stack page whether it runs, and deploy the stack again if it does not.",
)


def fleet(count: int) -> "Services":
    return fleet_of(count).as_services()


def page(stage: Stage) -> FleetPage:
    if not isinstance(stage.window.page, FleetPage):
        stage.window.navigate("fleet")
    stage.wait_until(lambda: isinstance(stage.window.page, FleetPage))
    shown = stage.window.page
    assert isinstance(shown, FleetPage)
    return shown


def content(stage: Stage) -> FleetPage:
    shown = page(stage)
    stage.wait_until(lambda: shown.view.state is ViewState.CONTENT)
    settle(stage, shown)
    return shown


def settle(stage: Stage, shown: FleetPage) -> None:
    stage.window.repaint()
    stage.wait_until(lambda: shown.table.is_complete)


def selected(stage: Stage) -> None:
    shown = content(stage)
    shown.table.selectRow(2)
    shown.table.setFocus()


def grouped(stage: Stage) -> None:
    shown = content(stage)
    shown.group_action.setChecked(True)
    shown.model.toggle("Beatrice")
    settle(stage, shown)


def nothing_found(stage: Stage) -> None:
    shown = content(stage)
    shown.search.setText("no such turbine")
    stage.wait_until(lambda: not shown.model.rows)


def every_column(stage: Stage) -> None:
    shown = content(stage)
    for action in shown.column_actions.values():
        action.setChecked(True)
    shown.comfortable_action.setChecked(True)
    settle(stage, shown)


def remove(stage: Stage) -> None:
    shown = content(stage)
    shown.table.selectAll()
    shown.actions_on.remove_action.trigger()


def many(stage: Stage) -> None:
    shown = content(stage)
    shown.table.selectAll()
    shown.table.setFocus()


def labels(stage: Stage) -> None:
    many(stage)
    page(stage).actions_on.labels_action.trigger()


def with_choices() -> "Services":
    """Some read less than others."""
    made = fleet_of(12)
    for number, each in enumerate(made.inventory.endpoints()):
        off = {MetricGroup.UNITS} | ({MetricGroup.NETWORK, MetricGroup.RAID} if number % 3 == 0 else set())
        made.inventory.put(replace(each, metrics=choice_of({*MetricGroup} - off)))
    return made.as_services()


def metrics(stage: Stage) -> None:
    many(stage)
    page(stage).actions_on.metrics_action.trigger()


def login_for_many(stage: Stage) -> None:
    many(stage)
    page(stage).actions_on.login_action.trigger()
    (dialog,) = page(stage).findChildren(SharedLoginDialog)
    stage.wait_until(dialog.use_button.isEnabled)


def with_a_login() -> "Services":
    services = fleet_of(12)
    services.credentials.hold(8, "Thanet turbines")
    return services.as_services()


def palette(stage: Stage) -> None:
    content(stage)
    opened = stage.window.open_palette()
    assert opened is not None
    opened.search.setText("bar")


def tasks(stage: Stage) -> None:
    content(stage)
    for title in ("Enrol BAR-T017", "Fetch the kit"):
        stage.tasks.start(
            lambda _report, token: token.sleep(60),
            title=title,
            owner=stage.window,
            on_success=lambda _result: None,
            on_failure=lambda _error: None,
        )
    stage.wait_until(lambda: all(task.state == "running" for task in stage.tasks.tasks()))
    stage.window.status.open_tasks()


def waiting() -> "Services":
    services = fleet_of(12)
    services.inventory.gate = threading.Event()
    return services.as_services()


def skeleton(stage: Stage) -> None:
    shown = page(stage)
    stage.wait_until(lambda: shown.view.is_showing_skeleton)


def unreachable() -> "Services":
    services = fleet_of(12)
    services.fleet.error = PROMETHEUS_AWAY
    return services.as_services()


def failed(stage: Stage) -> None:
    shown = page(stage)
    stage.wait_until(lambda: shown.view.state is ViewState.CONTENT_WITH_ERROR)
    settle(stage, shown)


def went_away(stage: Stage) -> None:
    shown = content(stage)
    shown.context.services.fleet.error = PROMETHEUS_AWAY  # type: ignore[attr-defined] # the fake's
    shown.refresh()
    failed(stage)


def empty(stage: Stage) -> None:
    shown = page(stage)
    stage.wait_until(lambda: shown.view.state is ViewState.EMPTY)


def enrolling() -> "Services":
    return FakeServices(inventory=FakeInventory(fake_metrics.endpoints(24))).as_services()


def no_services(stage: Stage) -> None:
    error = SecretStoreError(
        "org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided",
        reason="no Secret Service runs.",
        what_to_do="Install and start gnome-keyring (or KWallet), log in again, then try again.",
    )
    stage.window.show_load_error(error, lambda: None)


SHOTS = [
    Shot("fleet", lambda: fleet(59), content),
    Shot("fleet-selected", lambda: fleet(59), selected),
    Shot("fleet-grouped", lambda: fleet(59), grouped),
    Shot("fleet-columns", lambda: fleet(59), every_column),
    Shot("fleet-nothing-found", lambda: fleet(59), nothing_found),
    Shot("fleet-enrolling", enrolling, content),
    Shot("fleet-remove", lambda: fleet(12), remove),
    Shot("fleet-many", lambda: fleet(12), many),
    Shot("fleet-labels", lambda: fleet(12), labels),
    Shot("fleet-metrics", with_choices, metrics),
    Shot("fleet-login", with_a_login, login_for_many),
    Shot("fleet-empty", lambda: fleet(0), empty),
    Shot("fleet-loading", waiting, skeleton),
    Shot("fleet-error", unreachable, failed),
    Shot("fleet-stale", lambda: fleet(59), went_away),
    Shot("window-palette", lambda: fleet(59), palette),
    Shot("window-tasks", lambda: fleet(12), tasks),
    Shot("window-load-error", lambda: None, no_services),
    Shot("window-loading", lambda: None, lambda _stage: None),
]
