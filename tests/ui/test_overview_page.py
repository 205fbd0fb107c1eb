"""The first page: where it leads, what it asks, and what it says while nobody answers."""

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QListView, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.main_window import MainWindow
from app.ui.models.overview import LineKind
from app.ui.pages.alerts import AlertsPage
from app.ui.pages.fleet import FleetPage
from app.ui.pages.overview import OverviewPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.states import ViewState
from tests.ui.fake_plant import FARMS, PlantFleet, harmed, plant
from tests.ui.fake_services import OperatorServices
from tests.ui.fakes import FakeServices
from tests.ui.hands import click, press
from tests.ui.shots.fleet import PROMETHEUS_AWAY
from tests.ui.shots.overview import SMALL

Open = Callable[[FakeServices | OperatorServices], OverviewPage]


@pytest.fixture
def window(qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> MainWindow:
    made = MainWindow(state=state, tasks=tasks, keeper=keeper)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow) -> Open:
    def open_page(services: FakeServices | OperatorServices) -> OverviewPage:
        window.open_services(services.as_services())
        qtbot.waitUntil(lambda: isinstance(window.page, OverviewPage))
        assert isinstance(window.page, OverviewPage)
        return window.page

    return open_page


@pytest.fixture
def troubled() -> tuple[FakeServices, PlantFleet]:
    services, fleet = plant(SMALL)
    harmed(services, fleet)
    return services, fleet


def shown(qtbot: QtBot, page: OverviewPage) -> OverviewPage:
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)
    return page


def sites(page: OverviewPage) -> list[str]:
    return [card.title for card in page.sites.cards]


def line(page: OverviewPage, text: str) -> int:
    return next(row for row, each in enumerate(page.lines.lines) if text in each.text)


def click_row(view: QListView, row: int) -> None:
    index = view.model().index(row, 0)
    view.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(index).center())


def test_it_is_the_first_page_and_says_where_and_since_when(
    qtbot: QtBot, opened: Open, troubled: tuple[FakeServices, PlantFleet]
) -> None:
    page = shown(qtbot, opened(troubled[0]))
    assert page.headline.text().startswith("54 of 59 endpoints are well; Thanet: 2 down since ")
    assert sites(page) == ["Thanet", "Kentish Flats", "Barrow"]


def test_without_endpoints_it_offers_to_begin(qtbot: QtBot, opened: Open, window: MainWindow) -> None:
    page = opened(OperatorServices())
    qtbot.waitUntil(lambda: page.view.state is ViewState.EMPTY)
    buttons = {each.text(): each for each in page.findChildren(QPushButton) if each.isVisible()}
    click(buttons["Set up the stack"])
    assert window.navigation.marked == "stack"


def test_arrows_go_between_the_cards_and_enter_opens_the_fleet_of_the_site(
    qtbot: QtBot, opened: Open, window: MainWindow, troubled: tuple[FakeServices, PlantFleet]
) -> None:
    page = shown(qtbot, opened(troubled[0]))
    assert window.focusWidget() is page.cards
    press(page.cards, Qt.Key.Key_Right)
    assert page.cards.currentIndex().data() == "Kentish Flats"
    press(page.cards, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.page, FleetPage))
    fleet = window.page
    assert isinstance(fleet, FleetPage)
    qtbot.waitUntil(lambda: fleet.view.state is ViewState.CONTENT)
    assert {fleet.model.endpoint(row).site for row in range(len(fleet.model.rows))} == {"Kentish Flats"}  # type: ignore[union-attr] # all are endpoints
    assert fleet.sites.currentData() == "Kentish Flats"


def test_an_endpoint_is_of_the_fleet_wherever_it_is_opened_from(
    qtbot: QtBot, opened: Open, window: MainWindow, troubled: tuple[FakeServices, PlantFleet]
) -> None:
    shown(qtbot, opened(troubled[0]))
    assert window.navigation.marked == "overview"
    window.navigate("endpoint", troubled[0].inventory.endpoints()[0].name)
    assert window.navigation.marked == "fleet"


def test_one_click_opens_the_endpoints_without_a_site(qtbot: QtBot, opened: Open, window: MainWindow) -> None:
    services, _ = plant((("Barrow", "North West", 3), ("", "", 2)))
    page = shown(qtbot, opened(services))
    assert sites(page) == ["Barrow", "No site"]
    click_row(page.cards, 1)
    qtbot.waitUntil(lambda: isinstance(window.page, FleetPage))
    fleet = window.page
    assert isinstance(fleet, FleetPage)
    qtbot.waitUntil(lambda: len(fleet.model.rows) == 2)
    assert fleet.sites.currentText() == "Without a site"


def test_a_need_leads_to_its_endpoints_and_back_to_all(
    qtbot: QtBot, opened: Open, window: MainWindow, troubled: tuple[FakeServices, PlantFleet]
) -> None:
    page = shown(qtbot, opened(troubled[0]))
    click_row(page.line_list, line(page, "Certificate ends"))
    qtbot.waitUntil(lambda: isinstance(window.page, FleetPage))
    fleet = window.page
    assert isinstance(fleet, FleetPage)
    qtbot.waitUntil(lambda: len(fleet.model.rows) == 1)
    assert fleet.limit.text.text() == "Only 1: Certificate ends within 30 days"
    click(fleet.limit.all_button)
    assert len(fleet.model.rows) == 59
    assert not fleet.limit.isVisible()


def test_escape_lifts_the_limit_of_the_fleet(
    qtbot: QtBot, opened: Open, window: MainWindow, troubled: tuple[FakeServices, PlantFleet]
) -> None:
    page = shown(qtbot, opened(troubled[0]))
    page.line_list.followed.emit(*(page.lines.lines[line(page, "Read in plain HTTP")].target or ("", "")))
    qtbot.waitUntil(lambda: isinstance(window.page, FleetPage))
    fleet = window.page
    assert isinstance(fleet, FleetPage)
    qtbot.waitUntil(lambda: len(fleet.model.rows) == 1)
    window.go_back()
    assert len(fleet.model.rows) == 59


def test_a_severity_leads_to_its_alerts(
    qtbot: QtBot, opened: Open, window: MainWindow, troubled: tuple[FakeServices, PlantFleet]
) -> None:
    page = shown(qtbot, opened(troubled[0]))
    page.line_list.setFocus()
    assert page.line_list.currentIndex().data() == "Critical"
    press(page.line_list, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.page, AlertsPage))
    alerts = window.page
    assert isinstance(alerts, AlertsPage)
    qtbot.waitUntil(lambda: alerts.model.total > 0)
    assert (alerts.search.text(), alerts.model.shown) == ("severity:critical", 3)


def test_headings_are_passed_over_by_the_keyboard(
    qtbot: QtBot, opened: Open, troubled: tuple[FakeServices, PlantFleet]
) -> None:
    page = shown(qtbot, opened(troubled[0]))
    page.line_list.setFocus()
    met = []
    for _ in page.lines.lines:
        met.append(page.lines.lines[page.line_list.currentIndex().row()].kind)
        press(page.line_list, Qt.Key.Key_Down)
    assert LineKind.HEADING not in met
    assert page.line_list.currentIndex().row() == len(page.lines.lines) - 1


def test_while_prometheus_is_away_nothing_is_down_that_is_not_known_to_be(
    qtbot: QtBot, opened: Open, troubled: tuple[FakeServices, PlantFleet]
) -> None:
    services, fleet = troubled
    fleet.error = PROMETHEUS_AWAY
    page = opened(services)
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT_WITH_ERROR)
    assert page.headline.text() == "Nothing is known of the 59 endpoints."
    assert page.silence.text().startswith("No answer since ")
    assert all("unknown" in card.state for card in page.sites.cards)
    fleet.error = None
    click(next(each for each in page.findChildren(QPushButton) if each.text() == "Try again" and each.isVisible()))
    shown(qtbot, page)
    assert page.silence.text() == ""


def test_what_was_known_stays_with_its_age(
    qtbot: QtBot, opened: Open, troubled: tuple[FakeServices, PlantFleet]
) -> None:
    services, fleet = troubled
    page = shown(qtbot, opened(services))
    fleet.error = PROMETHEUS_AWAY
    page.refresh()
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT_WITH_ERROR)
    assert page.headline.text().startswith("As of ")
    assert sites(page)[0] == "Thanet"


def test_a_broken_inventory_is_told(qtbot: QtBot, opened: Open) -> None:
    services, _ = plant(SMALL)
    services.inventory.error = PROMETHEUS_AWAY
    page = opened(services)
    qtbot.waitUntil(lambda: page.view.state is ViewState.ERROR)


def test_loading_shows_a_skeleton(qtbot: QtBot, opened: Open) -> None:
    services, _ = plant(SMALL)
    gate = services.inventory.gate = threading.Event()
    page = opened(services)
    qtbot.waitUntil(lambda: page.view.is_showing_skeleton)
    gate.set()
    shown(qtbot, page)


def test_nothing_is_asked_while_it_is_not_seen(
    qtbot: QtBot, opened: Open, window: MainWindow, tasks: TaskRunner
) -> None:
    services, fleet = plant(SMALL)
    page = shown(qtbot, opened(services))
    window.navigate("activity")
    qtbot.waitUntil(lambda: window.page is not page and tasks.is_idle())
    before = fleet.polls
    page.refresh()
    assert not page.is_fetching
    assert fleet.polls == before


def test_leaving_cancels_and_coming_back_asks_again(
    qtbot: QtBot, opened: Open, window: MainWindow, tasks: TaskRunner
) -> None:
    services, fleet = plant(SMALL)
    page = shown(qtbot, opened(services))
    qtbot.waitUntil(tasks.is_idle)
    gate = services.inventory.gate = threading.Event()
    page.refresh()
    before = fleet.polls
    window.navigate("alerts")
    window.navigate("overview")
    services.inventory.gate = None
    gate.set()
    qtbot.waitUntil(lambda: fleet.polls > before and not page.is_fetching)
    assert window.page is page


def test_the_keyboard_stays_at_its_site_when_the_order_changes(qtbot: QtBot, opened: Open) -> None:
    services, fleet = plant(SMALL)
    page = shown(qtbot, opened(services))
    assert sites(page) == ["Barrow", "Kentish Flats", "Thanet"]
    page.cards.setCurrentIndex(page.sites.index(0, 0))
    harmed(services, fleet)
    page.refresh()
    qtbot.waitUntil(lambda: sites(page)[0] == "Thanet")
    assert page.cards.currentIndex().data() == "Barrow"


def test_a_plant_of_39_sites_does_not_hold_the_window(qtbot: QtBot, opened: Open, window: MainWindow) -> None:
    services, fleet = plant(FARMS)
    harmed(services, fleet)
    window.resize(1920, 1080)
    page = shown(qtbot, opened(services))
    assert len(sites(page)) == 39
    qtbot.waitUntil(lambda: page.cards.is_complete)
    press(page.cards, Qt.Key.Key_End)
    assert page.cards.currentIndex().row() == 38
    # Screen readers hear the whole card.
    assert "in the last 24 h" in page.cards.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
