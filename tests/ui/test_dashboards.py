"""The dashboards page on a real web view and a web server of this machine."""

import os
from collections.abc import Iterator

os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.errors import MonitoringError
from app.ui.pages.dashboards import DashboardsPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.states import ViewState
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.grafana_server import FakeDashboards, Grafana, serving
from tests.ui.hands import click

pytestmark = pytest.mark.may_block(15.0, "Qt starts Chromium on the window's thread, and waits for its process")
# What Chromium says where there is no graphics card and no system bus.
_NOISE = ["QRhiGles2", "Failed to create RHI", "GPUInfo", "Failed to create temporary context"]


@pytest.fixture(autouse=True)
def _noise(expected_log: list[str]) -> None:
    expected_log.extend(_NOISE)


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    with serving() as server:
        yield server


@pytest.fixture
def dashboards(grafana: Grafana) -> FakeDashboards:
    return FakeDashboards(grafana)


@pytest.fixture
def desk(dashboards: FakeDashboards, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> Desk:
    services = OperatorServices()
    services.dashboards = dashboards
    return Desk(services, tasks, state, keeper)


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> DashboardsPage:
    page = DashboardsPage(desk.context)
    qtbot.addWidget(page)
    page.resize(1000, 600)
    page.show()
    return page


def show(qtbot: QtBot, page: DashboardsPage, state: ViewState = ViewState.CONTENT) -> None:
    page.activated()
    qtbot.waitUntil(lambda: page.view.state is state, timeout=20_000)


def last_dashboard(grafana: Grafana) -> str:
    return next(path for path in reversed(grafana.asked) if path.startswith("/d/"))


def test_a_dashboard_is_shown_signed_in_in_kiosk_and_theme(
    qtbot: QtBot, page: DashboardsPage, grafana: Grafana
) -> None:
    show(qtbot, page)
    shown = last_dashboard(grafana)
    assert shown.startswith("/d/plantwatch-site?")
    assert "theme=light" in shown
    assert shown.endswith("&kiosk")
    assert not any(path.startswith("/login") for path in grafana.asked)


def test_the_endpoint_and_the_range_travel_in_the_address(qtbot: QtBot, page: DashboardsPage, grafana: Grafana) -> None:
    page.show_subject("turbine-07")
    show(qtbot, page)
    page.range.setCurrentIndex(page.range.findData("now-24h"))
    page.range.activated.emit(page.range.currentIndex())
    qtbot.waitUntil(lambda: "from=now-24h" in last_dashboard(grafana))
    shown = last_dashboard(grafana)
    assert shown.startswith("/d/plantwatch-endpoint?")
    assert "var-endpoint=turbine-07" in shown


def test_the_theme_is_handed_over_when_it_changes(
    qtbot: QtBot, page: DashboardsPage, grafana: Grafana, keeper: ThemeKeeper
) -> None:
    show(qtbot, page)
    keeper.choose("dark")
    qtbot.waitUntil(lambda: "theme=dark" in last_dashboard(grafana))


def test_an_ended_session_is_renewed_by_itself(
    qtbot: QtBot, page: DashboardsPage, grafana: Grafana, dashboards: FakeDashboards
) -> None:
    show(qtbot, page)
    grafana.cookie = "session-2"
    page.chooser.setCurrentIndex(1)
    page.chooser.activated.emit(1)
    qtbot.waitUntil(lambda: dashboards.sign_ins == 2)
    qtbot.waitUntil(lambda: page._web is not None and page._web.page.title() == "/d/plantwatch-endpoint")


def test_sessions_that_never_hold_end_in_an_error(
    qtbot: QtBot, page: DashboardsPage, dashboards: FakeDashboards
) -> None:
    dashboards.cookie = "wrong"
    show(qtbot, page, ViewState.ERROR)
    assert dashboards.sign_ins == 3


def test_grafana_away_is_told_and_can_be_tried_again(
    qtbot: QtBot, page: DashboardsPage, dashboards: FakeDashboards
) -> None:
    dashboards.error = MonitoringError(service="Grafana", reason="does not answer.", what_to_do="Look at the stack.")
    show(qtbot, page, ViewState.ERROR)
    dashboards.error = None
    click_reload(page)
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT, timeout=20_000)


def click_reload(page: DashboardsPage) -> None:
    page.reload_button.show()
    click(page.reload_button)


def test_no_dashboards_leads_to_the_stack(
    qtbot: QtBot, page: DashboardsPage, dashboards: FakeDashboards, desk: Desk
) -> None:
    dashboards.none = True
    show(qtbot, page, ViewState.EMPTY)


def test_the_web_view_keeps_to_its_origin(qtbot: QtBot, page: DashboardsPage, desk: Desk) -> None:
    show(qtbot, page)
    assert page._web is not None
    page._web.page.runJavaScript("document.getElementById('away').click()")
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert "192.0.2.1" in desk.notices[0].text
    assert page._web.page.title() == "/d/plantwatch-site"


def test_downloads_are_refused(qtbot: QtBot, page: DashboardsPage, desk: Desk) -> None:
    show(qtbot, page)
    assert page._web is not None
    page._web.page.runJavaScript("document.getElementById('file').click()")
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert "panel.csv" in desk.notices[0].text
