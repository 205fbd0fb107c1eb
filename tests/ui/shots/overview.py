"""The Overview in each of its states, of plants from nothing to every offshore turbine of a country."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.ui.pages.fleet import FleetPage
from app.ui.pages.overview import OverviewPage
from app.ui.widgets.states import ViewState
from tests.ui.fake_plant import FARMS, PlantFleet, harmed, plant
from tests.ui.fakes import fleet_of
from tests.ui.screens import Shot, Stage
from tests.ui.shots.fleet import PROMETHEUS_AWAY

if TYPE_CHECKING:
    from app.main import Services

#: The average site of a small operator, as large as the requirement says.
SMALL = (("Barrow", "North West", 30), ("Thanet", "South East", 24), ("Kentish Flats", "South East", 5))
NAMES = (
    ("محطة الرياح البحرية الشمالية", "الخليج", 30),
    ("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch offshore extension west", "North Wales", 20),
    ("תחנת רוח", "", 5),
    ("", "", 4),
)


def page(stage: Stage) -> OverviewPage:
    stage.wait_until(lambda: isinstance(stage.window.page, OverviewPage))
    shown = stage.window.page
    assert isinstance(shown, OverviewPage)
    return shown


def content(stage: Stage) -> OverviewPage:
    shown = page(stage)
    stage.wait_until(lambda: shown.view.state is ViewState.CONTENT)
    settle(stage, shown)
    return shown


def settle(stage: Stage, shown: OverviewPage) -> None:
    stage.window.repaint()
    stage.wait_until(lambda: shown.cards.is_complete)


def well(farms: tuple[tuple[str, str, int], ...]) -> "Callable[[], Services]":
    def made() -> "Services":
        return plant(farms)[0].as_services()

    return made


def troubled(farms: tuple[tuple[str, str, int], ...]) -> "Callable[[], Services]":
    def made() -> "Services":
        services, fleet = plant(farms)
        harmed(services, fleet)
        return services.as_services()

    return made


def three() -> "Services":
    return fleet_of(3).as_services()


def no_endpoint() -> "Services":
    return fleet_of(0).as_services()


def empty(stage: Stage) -> None:
    shown = page(stage)
    stage.wait_until(lambda: shown.view.state is ViewState.EMPTY)


def waiting() -> "Services":
    services, _ = plant(SMALL)
    services.inventory.gate = threading.Event()
    return services.as_services()


def skeleton(stage: Stage) -> None:
    shown = page(stage)
    stage.wait_until(lambda: shown.view.is_showing_skeleton)


def unreachable() -> "Services":
    services, fleet = plant(SMALL)
    fleet.error = PROMETHEUS_AWAY
    return services.as_services()


def failed(stage: Stage) -> None:
    shown = page(stage)
    stage.wait_until(lambda: shown.view.state is ViewState.CONTENT_WITH_ERROR)
    settle(stage, shown)


def went_away(stage: Stage) -> None:
    shown = content(stage)
    fleet: PlantFleet = shown.context.services.fleet  # type: ignore[assignment] # the fake
    fleet.error = PROMETHEUS_AWAY
    shown.refresh()
    failed(stage)


def needy(stage: Stage) -> None:
    """The fleet, opened by a line of what endpoints need."""
    shown = content(stage)
    target = next(line.target for line in shown.lines.lines if line.text.startswith("Certificate"))
    assert target is not None
    stage.window.navigate(*target)
    stage.wait_until(lambda: isinstance(stage.window.page, FleetPage))
    fleet = stage.window.page
    assert isinstance(fleet, FleetPage)
    stage.wait_until(lambda: len(fleet.model.rows) == 1 and fleet.view.state is ViewState.CONTENT)


SHOTS = [
    Shot("overview", troubled(SMALL), content),
    Shot("overview-well", well(SMALL), content),
    Shot("overview-three", three, content),
    Shot("overview-many", troubled(FARMS), content),
    Shot("overview-names", troubled(NAMES), content),
    Shot("overview-empty", no_endpoint, empty),
    Shot("overview-loading", waiting, skeleton),
    Shot("overview-error", unreachable, failed),
    Shot("overview-need", troubled(SMALL), needy),
    Shot("overview-stale", troubled(SMALL), went_away),
]
