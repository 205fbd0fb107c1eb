"""The page that finds devices, in each of its states."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.services.discovery.scanning import OpenFilesError
from app.ui.pages.discovery import DiscoveryPage
from tests.ui import fake_metrics
from tests.ui.fake_services import OperatorInventory, OperatorServices
from tests.ui.gate import Gate
from tests.ui.screens import Shot, Stage

if TYPE_CHECKING:
    from app.main import Services


def having(change: Callable[[OperatorServices], None] = lambda _: None) -> "Callable[[], Services]":
    def make() -> "Services":
        services = OperatorServices(inventory=OperatorInventory(fake_metrics.endpoints(12)))
        services.stack.deployed = True
        change(services)
        return services.as_services()

    return make


def page(stage: Stage, typed: str = "10.20.0.0/24 !10.20.0.1") -> DiscoveryPage:
    stage.window.navigate("enrol")
    stage.wait_until(lambda: stage.window.page is not None and stage.window.page.title == "Enrol an endpoint")
    stage.window.navigate("discovery")
    stage.wait_until(lambda: isinstance(stage.window.page, DiscoveryPage))
    shown = stage.window.page
    assert isinstance(shown, DiscoveryPage)
    shown.form.type_addresses(typed)
    shown.form.exporters.setChecked(True)
    shown.form.names.setChecked(True)
    told = "addresses, ports" if typed else "Nothing is sent"
    stage.wait_until(lambda: told in shown.form.addresses.control.accessibleDescription())
    return shown


def empty(stage: Stage) -> None:
    page(stage, "")


def scanning(stage: Stage) -> None:
    shown = page(stage)
    shown.start()
    stage.wait_until(lambda: shown.model.rowCount() > 0 or "of" in shown.strip.told.text())


def done(stage: Stage) -> DiscoveryPage:
    shown = page(stage)
    shown.start()
    stage.wait_until(lambda: not shown.is_scanning)
    return shown


def chosen(stage: Stage) -> None:
    shown = done(stage)
    shown.offer_lists()
    shown.strip.new_button.click()


def failed(stage: Stage) -> None:
    done(stage)


def wrong(stage: Stage) -> None:
    shown = page(stage)
    shown.form.type_addresses("10.20.0.59-11")
    shown.start()
    stage.wait_until(lambda: not shown.is_scanning)


def held(services: OperatorServices) -> None:
    services.discovery.gate = Gate()


def nobody(services: OperatorServices) -> None:
    services.discovery.every = 0


def full(services: OperatorServices) -> None:
    services.discovery.every = 0
    services.discovery.error = OpenFilesError("[Errno 24] Too many open files")


SHOTS = [
    Shot("discovery-empty", having(), empty),
    Shot("discovery-scanning", having(held), scanning),
    Shot("discovery-found", having(), done),
    Shot("discovery-chosen", having(), chosen),
    Shot("discovery-nobody", having(nobody), done),
    Shot("discovery-error", having(full), failed),
    Shot("discovery-wrong", having(), wrong),
]
