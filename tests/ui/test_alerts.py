"""The alerts page: what fires, worst first, and what to do about it."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.errors import MonitoringError
from app.models.alert import Alert, Severity
from app.ui.models.alerts import AlertColumn, AlertGrouping, AlertModel
from app.ui.pages.alerts import AlertsPage
from app.ui.widgets.states import ViewState
from tests.ui.fake_services import Desk, OperatorServices, some_alerts
from tests.ui.hands import click, press, type_text


@pytest.fixture
def services() -> OperatorServices:
    services = OperatorServices()
    services.alerts.alerts = some_alerts()
    return services


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> AlertsPage:
    page = AlertsPage(desk.context)
    qtbot.addWidget(page)
    page.resize(1080, 640)
    return page


def show(qtbot: QtBot, page: AlertsPage, state: ViewState = ViewState.CONTENT) -> None:
    page.show()
    page.activated()
    qtbot.waitUntil(lambda: page.view.state is state)


def titles(model: AlertModel) -> list[str]:
    return [str(model.index(row, 0).data(AlertModel.TitleRole)) for row in range(model.rowCount())]


def alert_at(model: AlertModel, group: int, row: int) -> Alert:
    alert = model.index(row, 0, model.index(group, 0)).data(AlertModel.AlertRole)
    assert isinstance(alert, Alert)
    return alert


def test_worst_stands_first_and_is_explained(qtbot: QtBot, page: AlertsPage, desk: Desk) -> None:
    show(qtbot, page)
    assert titles(page.model) == ["Critical", "Warning", "Information"]
    assert page.detail.summary.text() == "turbine-07 does not answer"
    assert page.detail.severity.text() == "Critical"
    assert page.detail.action.text().startswith("Look whether")
    click(page.detail.open_button)
    assert desk.gone_to == [("endpoint", "turbine-07")]


def test_navigation_counts_what_asks_for_action(qtbot: QtBot, page: AlertsPage, desk: Desk) -> None:
    show(qtbot, page)
    assert desk.counts == {"alerts": 3}


def test_silenced_alerts_stand_last_and_say_so(qtbot: QtBot, page: AlertsPage) -> None:
    show(qtbot, page)
    warnings = page.model.index(1, 0)
    last = page.model.index(page.model.rowCount(warnings) - 1, 0, warnings)
    assert last.data(AlertModel.AlertRole).silenced
    assert "silenced" in last.data()
    page.list.setCurrentIndex(last)
    assert page.detail.severity.text() == "Warning, silenced"


def test_grouping_by_site_is_remembered(qtbot: QtBot, page: AlertsPage, desk: Desk) -> None:
    show(qtbot, page)
    page.grouping.setCurrentIndex(page.grouping.findData(AlertGrouping.SITE))
    assert titles(page.model) == ["Thanet", "Barrow", "Without a site"]
    again = AlertsPage(desk.context)
    qtbot.addWidget(again)
    assert again.grouping.currentData() == AlertGrouping.SITE


def test_search_hides_and_says_how_many(qtbot: QtBot, page: AlertsPage) -> None:
    show(qtbot, page)
    type_text(page.search, "disk")
    assert page.model.shown == 1
    assert "hidden by the search" in page.told.text()
    assert alert_at(page.model, 0, 0).name == "DiskWillFill"
    assert page.go_back()
    assert page.model.shown == 5


def test_selection_and_folds_stay_over_a_refresh(qtbot: QtBot, page: AlertsPage, services: OperatorServices) -> None:
    show(qtbot, page)
    page.list.setExpanded(page.model.index(2, 0), False)
    page.list.setCurrentIndex(page.model.index(0, 0, page.model.index(1, 0)))
    chosen = page.detail.summary.text()
    services.alerts.alerts = [each for each in some_alerts() if each.severity is not Severity.CRITICAL]
    page.refresh()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert page.detail.summary.text() == chosen
    assert not page.list.isExpanded(page.model.index(1, 0))


def test_return_opens_the_endpoint(qtbot: QtBot, page: AlertsPage, desk: Desk) -> None:
    show(qtbot, page)
    page.list.setFocus()
    press(page.list, Qt.Key.Key_Return)
    assert desk.gone_to == [("endpoint", "turbine-07")]


def test_nothing_fires_is_good_news_with_a_time(qtbot: QtBot, page: AlertsPage, services: OperatorServices) -> None:
    services.alerts.alerts = []
    show(qtbot, page, ViewState.EMPTY)
    assert page.told.text().startswith("Checked at")


def test_what_was_known_stays_when_prometheus_is_away(
    qtbot: QtBot, page: AlertsPage, services: OperatorServices
) -> None:
    show(qtbot, page)
    services.alerts.error = MonitoringError(
        service="Prometheus", reason="does not answer.", what_to_do="Look at the stack."
    )
    page.refresh()
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT_WITH_ERROR)
    assert page.model.shown == 5


def test_screen_readers_hear_severity_and_place(qtbot: QtBot, page: AlertsPage) -> None:
    show(qtbot, page)
    index = page.model.index(0, AlertColumn.WHAT, page.model.index(0, 0))
    heard = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert heard == "Critical, turbine-07 does not answer, turbine-07, Thanet"
