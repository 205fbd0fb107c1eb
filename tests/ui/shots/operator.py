"""The pages where the operator acts, in each of their states."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")

from PySide6.QtTest import QTest

from app.errors import HostError, InventoryError, MonitoringError, StackError
from app.models.activity import Result
from app.models.stack import ServiceState
from app.ui.pages.activity import ActivityPage
from app.ui.pages.alerts import AlertsPage
from app.ui.pages.dashboards import DashboardsPage
from app.ui.pages.settings import SettingsPage
from app.ui.pages.stack import StackPage
from app.ui.widgets.states import ViewState
from tests.ui.fake_enrolment import build
from tests.ui.fake_services import OperatorServices, SlowAlerts, some_alerts
from tests.ui.gate import Gate
from tests.ui.grafana_server import FakeDashboards, Grafana
from tests.ui.scenes import deployed, made, nothing, page_of, until, working
from tests.ui.screens import Shot, Stage

if TYPE_CHECKING:
    from app.main import Services

PROMETHEUS_AWAY = MonitoringError(
    "GET http://127.0.0.1:9090/api/v1/alerts: connection refused",
    service="Prometheus",
    reason="does not answer.",
    what_to_do="Look at the Stack page whether it runs, and deploy the stack again if it does not.",
)


# Alerts


def alerts(state: ViewState) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        until(stage, page_of(stage, "alerts", AlertsPage).view, state)

    return scene


def alerts_then_away(stage: Stage) -> None:
    page = page_of(stage, "alerts", AlertsPage)
    until(stage, page.view, ViewState.CONTENT)
    page.context.services.alerts.error = PROMETHEUS_AWAY  # type: ignore[attr-defined] # a fake
    page.refresh()
    until(stage, page.view, ViewState.CONTENT_WITH_ERROR)


def alerts_loading(stage: Stage) -> None:
    page = page_of(stage, "alerts", AlertsPage)
    until(stage, page.view, ViewState.LOADING)
    # The skeleton waits 200 ms, lest it flash.
    QTest.qWait(300)


def answer_slowly(services: OperatorServices) -> None:
    services.alerts = SlowAlerts()


def fire(services: OperatorServices) -> None:
    services.alerts.alerts = some_alerts()


def away(services: OperatorServices) -> None:
    services.alerts.error = PROMETHEUS_AWAY


# Stack


def drifted(services: OperatorServices) -> None:
    services.stack.deployed = True
    services.stack.drift = "its configuration is another one"
    services.stack.state = ServiceState.UNHEALTHY


def host_away(services: OperatorServices) -> None:
    services.stack.error = HostError(
        "connect to host plant-srv port 22: No route to host",
        host="plant-srv",
        reason="does not answer.",
        what_to_do="Check that it is switched on and reachable, or choose another host.",
    )


def half_deployed(services: OperatorServices) -> None:
    services.stack.gate = Gate()


def stack(state: ViewState) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        until(stage, page_of(stage, "stack", StackPage).view, state)

    return scene


def stack_plan(stage: Stage) -> None:
    page = page_of(stage, "stack", StackPage)
    until(stage, page.view, ViewState.EMPTY)
    page.start_button.click()
    page.setup_view.options.set_open(True)
    page.setup_view.ask_for_plan()
    stage.wait_until(page.setup_view.deploy_button.isVisible)


def stack_deploying(stage: Stage) -> None:
    page = page_of(stage, "stack", StackPage)
    until(stage, page.view, ViewState.EMPTY)
    page.deploy()
    stage.wait_until(lambda: any(row.done for row in page.work_view.steps.rows))


def stack_failed(stage: Stage) -> None:
    page = page_of(stage, "stack", StackPage)
    until(stage, page.view, ViewState.EMPTY)
    page.context.services.stack.error = StackError(  # type: ignore[attr-defined] # a fake
        "manifest for prom/prometheus:v3.14.0 not found: manifest unknown",
        reason="The image prom/prometheus:v3.14.0 cannot be had.",
        what_to_do="Check that the host reaches the registry, or load the image from a file with docker load.",
    )
    page.deploy()
    stage.wait_until(lambda: page.work_view.error is not None)


def stack_down(stage: Stage) -> None:
    page = page_of(stage, "stack", StackPage)
    until(stage, page.view, ViewState.CONTENT)
    page.down_button.click()


def stack_log(stage: Stage) -> None:
    page = page_of(stage, "stack", StackPage)
    until(stage, page.view, ViewState.CONTENT)
    next(iter(page.status_view.cards.values())).log_button.click()


# Activity


def acted(services: OperatorServices) -> None:
    log = services.inventory.log
    log("deploy", "plantwatch on local engine", Result.DONE)
    for number in range(1, 9):
        log("enrol", f"turbine-{number:02}", Result.DONE)
    log("enrol", "turbine-09", Result.FAILED, "10.20.0.9:22 refuses the connection: nothing listens on this port.")
    log("enrol", "turbine-09", Result.CANCELLED)
    log("remove", "turbine-03", Result.DONE)
    log("change", "turbine-04", Result.DONE, "site: Thanet → Barrow; notes")
    log("enrol", "gateway-1", Result.INTERRUPTED, "the application ended in START; undone at the next start")


def broken(services: OperatorServices) -> None:
    services.inventory.error = InventoryError(
        "database is locked", reason="the database is locked.", what_to_do="Close other windows, then try again."
    )


def activity(state: ViewState) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        until(stage, page_of(stage, "activity", ActivityPage).view, state)

    return scene


# Settings


def settings(stage: Stage) -> SettingsPage:
    page = page_of(stage, "settings", SettingsPage)
    # The last of the sections, which are made in turns.
    stage.wait_until(lambda: bool(page.kit.held.text()) and "about" in vars(page) and page.about.isVisible())
    return page


def filled_kit(services: OperatorServices) -> None:
    services.kit.held = [replace(build(), architecture=each) for each in ("amd64", "arm64", "armv7", "riscv64")]


def settings_wrong(stage: Stage) -> None:
    page = settings(stage)
    page.kit.url_line.setText("ftp://mirror")
    page.kit.fetch()


def settings_fetching(stage: Stage) -> None:
    page = settings(stage)
    page.kit.fetch()
    stage.wait_until(lambda: any(row.done for row in page.kit.steps.rows))
    page.show_subject("kit")


def settings_database(stage: Stage) -> None:
    page = settings(stage)
    page.database.shared.setChecked(True)
    QTest.qWait(20)
    page._scroll.ensureWidgetVisible(page.about)


def half_fetched(services: OperatorServices) -> None:
    services.kit.gate = Gate()


# Dashboards


def serving_dashboards(change: Callable[[FakeDashboards], None]) -> "Callable[[], Services]":
    """Services with a web server behind the dashboards, which ends with the process."""

    def make() -> "Services":
        server = Grafana()
        threading.Thread(target=server.serve_forever, daemon=True).start()
        services = OperatorServices()
        services.dashboards = dashboards = FakeDashboards(server)
        change(dashboards)
        return services.as_services()

    return make


def dashboards(state: ViewState) -> Callable[[Stage], None]:
    def scene(stage: Stage) -> None:
        page = page_of(stage, "dashboards", DashboardsPage)
        until(stage, page.view, state)
        # The picture of the page comes a moment after it is loaded.
        QTest.qWait(1000 if state is ViewState.CONTENT else 0)

    return scene


def grafana_away(dashboards: FakeDashboards) -> None:
    dashboards.error = MonitoringError(
        "GET http://127.0.0.1:3000/login: connection refused",
        service="Grafana",
        reason="does not answer.",
        what_to_do="Look at the Stack page whether it runs, and deploy the stack again if it does not.",
    )


def none_there(dashboards: FakeDashboards) -> None:
    dashboards.none = True


def as_it_is(_dashboards: FakeDashboards) -> None:
    pass


SHOTS = [
    Shot("alerts", working(fire), alerts(ViewState.CONTENT)),
    Shot("alerts-loading", working(answer_slowly), alerts_loading),
    Shot("alerts-empty", working(nothing), alerts(ViewState.EMPTY)),
    Shot("alerts-error", working(away), alerts(ViewState.ERROR)),
    Shot("alerts-stale", working(fire), alerts_then_away),
    Shot("stack", made(deployed), stack(ViewState.CONTENT)),
    Shot("stack-attention", made(drifted), stack(ViewState.CONTENT)),
    Shot("stack-empty", made(nothing), stack(ViewState.EMPTY)),
    Shot("stack-error", made(host_away), stack(ViewState.ERROR)),
    Shot("stack-plan", made(nothing), stack_plan),
    Shot("stack-deploying", made(half_deployed), stack_deploying),
    Shot("stack-failed", made(nothing), stack_failed),
    Shot("stack-remove", made(deployed), stack_down),
    Shot("stack-log", made(deployed), stack_log),
    Shot("activity", working(acted), activity(ViewState.CONTENT)),
    Shot("activity-empty", working(nothing), activity(ViewState.EMPTY)),
    Shot("activity-error", working(broken), activity(ViewState.ERROR)),
    Shot("settings", working(filled_kit), settings),
    Shot("settings-empty", working(nothing), settings),
    Shot("settings-wrong", working(filled_kit), settings_wrong),
    Shot("settings-fetching", working(half_fetched), settings_fetching),
    Shot("settings-database", working(filled_kit), settings_database),
    Shot("dashboards", serving_dashboards(as_it_is), dashboards(ViewState.CONTENT)),
    Shot("dashboards-empty", serving_dashboards(none_there), dashboards(ViewState.EMPTY)),
    Shot("dashboards-error", serving_dashboards(grafana_away), dashboards(ViewState.ERROR)),
]
