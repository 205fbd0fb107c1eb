"""The pages where the operator acts, in each of their states."""

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QScrollArea

from app.errors import HostError, InventoryError, MonitoringError, StackError
from app.models.activity import Result
from app.models.stack import ServiceState
from app.services.enrolment import EnrolStep, failures
from app.services.enrolment.ssh_config import Offer, SuggestedJump
from app.ui.models.steps import StepState
from app.ui.pages.activity import ActivityPage
from app.ui.pages.alerts import AlertsPage
from app.ui.pages.dashboards import DashboardsPage
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from app.ui.pages.page import Page
from app.ui.pages.settings import SettingsPage
from app.ui.pages.stack import StackPage
from app.ui.widgets.states import StateView, ViewState
from tests.ui import fake_metrics
from tests.ui.fake_services import HOST_KEY, Gate, OperatorInventory, OperatorServices, SlowAlerts, build, some_alerts
from tests.ui.grafana_server import FakeDashboards, Grafana
from tests.ui.screens import Shot, Stage

if TYPE_CHECKING:
    from app.main import Services

PageKind = TypeVar("PageKind", bound=Page)
PROMETHEUS_AWAY = MonitoringError(
    "GET http://127.0.0.1:9090/api/v1/alerts: connection refused",
    service="Prometheus",
    reason="does not answer.",
    what_to_do="Look at the Stack page whether it runs, and deploy the stack again if it does not.",
)


def page_of(stage: Stage, key: str, kind: type[PageKind]) -> PageKind:
    """Go to the page of `key`."""
    stage.window.navigate(key)
    stage.wait_until(lambda: isinstance(stage.window.page, kind))
    shown = stage.window.page
    assert isinstance(shown, kind)
    return shown


def until(stage: Stage, view: StateView, state: ViewState) -> None:
    stage.wait_until(lambda: view.state is state)


def made(change: Callable[[OperatorServices], None]) -> "Callable[[], Services]":
    """Services that `change` has prepared."""

    def make() -> "Services":
        services = OperatorServices(inventory=OperatorInventory(fake_metrics.endpoints(3)))
        change(services)
        return services.as_services()

    return make


def working(change: Callable[[OperatorServices], None]) -> "Callable[[], Services]":
    """Services that `change` has prepared, with the stack that everything but the stack's own page takes for granted."""

    def on_a_stack(services: OperatorServices) -> None:
        deployed(services)
        change(services)

    return made(on_a_stack)


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


def deployed(services: OperatorServices) -> None:
    services.stack.deployed = True


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


# Enrol


def enrol(at: At) -> Callable[[Stage], None]:
    """The wizard at a step, with its fields filled."""

    def scene(stage: Stage) -> None:
        page = page_of(stage, "enrol", EnrolPage)
        page.verify.read_host_key = lambda _address, _port: HOST_KEY
        if at >= At.WHERE:
            _type(page.where.name.control, "turbine-07")
            _type(page.where.address.control, "10.20.0.7")
        if at >= At.LOGIN:
            page.go_on()
            stage.wait_until(lambda: page.at is At.LOGIN)
        if at >= At.VERIFY:
            page.login.form.user_line.setText("operator")
            page.login.form.password_edit.setText("not-a-secret")
            page.go_on()
            until(stage, page.verify.view, ViewState.CONTENT)
        if at >= At.PLAN:
            page.verify.check.same.setChecked(True)
            page.go_on()
            stage.wait_until(lambda: page.plan.plan is not None or page.footer.retry.isVisible())
        if at >= At.ENROL:
            page.go_on()
            stage.wait_until(lambda: page.at is At.DONE or _is_telling(page))
        if at is At.DONE:
            stage.wait_until(lambda: page.at is At.DONE)
            stage.wait_until(lambda: all(tile.value.text() != "–" for tile in page.done.tiles.values()))

    return scene


def _type(control: object, text: str) -> None:
    assert isinstance(control, QLineEdit)
    control.setText(text)


def _is_telling(page: EnrolPage) -> bool:
    return any(row.done or row.state is StepState.FAILED for row in page.enrolling.steps.rows)


def enrol_wrong(stage: Stage) -> None:
    page = page_of(stage, "enrol", EnrolPage)
    _type(page.where.address.control, "10.20.0")
    page.where.advanced.set_open(True)
    page.go_on()


def enrol_key(stage: Stage) -> None:
    enrol(At.LOGIN)(stage)
    page = page_of(stage, "enrol", EnrolPage)
    page.login.form.by_key.setChecked(True)
    page.login.form.ask_for_sudo()


def enrol_config(stage: Stage) -> None:
    enrol(At.WHERE)(stage)
    hint = page_of(stage, "enrol", EnrolPage).where.config
    stage.wait_until(lambda: not hint.isVisible())
    way = (SuggestedJump("ops@10.0.0.1:22"),)
    hint._take_offer("10.20.0.7", Offer("10.20.0.7", "operator", 2222, "/home/operator/.ssh/id_plant", way))


def enrol_jumps(stage: Stage) -> None:
    enrol(At.LOGIN)(stage)
    page = page_of(stage, "enrol", EnrolPage)
    page.login.form.by_agent.setChecked(True)
    page.login.jump_fold.set_open(True)
    page.login.jumps.add_button.click()
    first, second = page.login.jumps.jumps
    first.host_line.setText("ops@10.0.0.1")
    first.key_line.setText(HOST_KEY.fingerprint)
    second.host_line.setText("tech@192.168.7.1")
    second.way.setCurrentIndex(0)
    # Down to them, as far as it goes.
    bar = page.findChildren(QScrollArea)[0].verticalScrollBar()
    stage.wait_until(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())


def enrol_own_key(stage: Stage) -> None:
    enrol(At.LOGIN)(stage)
    page_of(stage, "enrol", EnrolPage).login.own_key.install.setChecked(True)


def enrol_other_key(stage: Stage) -> None:
    enrol(At.VERIFY)(stage)
    page = page_of(stage, "enrol", EnrolPage)
    page.verify.check.expected_line.setText("SHA256:" + "A" * 43)


def port_taken(services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.START] = failures.PortTakenError(
        "LISTEN 0 511 0.0.0.0:9100 users:((nginx,pid=612,fd=6))", target="10.20.0.7:22", port=9100, holder="nginx"
    )


def sudo_asks(services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.FACTS] = failures.SudoPasswordMissingError(
        "sudo: a password is required", target="10.20.0.7:22", user="operator"
    )


def known_already(services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.FACTS] = failures.AlreadyKnownError(
        target="10.20.0.7:22", name="THA-T004", known="10.20.0.112:22", address="10.20.0.7", port=22, way=""
    )


def cloned(services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.FACTS] = failures.ClonedDeviceError(
        target="10.20.0.7:22", name="THA-T004", what="machine-id", other="host key", known="10.20.0.112:22"
    )


def held(services: OperatorServices) -> None:
    services.enrolment.gate = Gate()


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


def nothing(_services: OperatorServices) -> None:
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
    Shot("enrol-1-where", working(nothing), enrol(At.WHERE)),
    Shot("enrol-1-config", working(nothing), enrol_config),
    Shot("enrol-1-wrong", working(nothing), enrol_wrong),
    Shot("enrol-2-login", working(nothing), enrol(At.LOGIN)),
    Shot("enrol-2-key", working(nothing), enrol_key),
    Shot("enrol-2-jumps", working(nothing), enrol_jumps),
    Shot("enrol-2-own-key", working(nothing), enrol_own_key),
    Shot("enrol-3-verify", working(nothing), enrol(At.VERIFY)),
    Shot("enrol-3-other-key", working(nothing), enrol_other_key),
    Shot("enrol-4-plan", working(nothing), enrol(At.PLAN)),
    Shot("enrol-4-failed", working(sudo_asks), enrol(At.PLAN)),
    Shot("enrol-4-known", working(known_already), enrol(At.PLAN)),
    Shot("enrol-4-clone", working(cloned), enrol(At.PLAN)),
    Shot("enrol-5-enrol", working(held), enrol(At.ENROL)),
    Shot("enrol-5-failed", working(port_taken), enrol(At.ENROL)),
    Shot("enrol-6-done", working(nothing), enrol(At.DONE)),
    Shot("settings", working(filled_kit), settings),
    Shot("settings-empty", working(nothing), settings),
    Shot("settings-wrong", working(filled_kit), settings_wrong),
    Shot("settings-fetching", working(half_fetched), settings_fetching),
    Shot("settings-database", working(filled_kit), settings_database),
    Shot("dashboards", serving_dashboards(as_it_is), dashboards(ViewState.CONTENT)),
    Shot("dashboards-empty", serving_dashboards(none_there), dashboards(ViewState.EMPTY)),
    Shot("dashboards-error", serving_dashboards(grafana_away), dashboards(ViewState.ERROR)),
]
