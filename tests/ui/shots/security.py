"""The page about the security of the endpoints, in each of its states."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtTest import QTest

from app.errors import InventoryError
from app.models.activity import ChainFault, FaultKind
from app.models.security import DeviceCheckRecord, DeviceState
from app.ui.pages.security import SecurityPage
from app.ui.widgets.states import ViewState
from tests.ui import fake_metrics
from tests.ui.fake_services import OperatorInventory, OperatorServices
from tests.ui.gate import Gate
from tests.ui.screens import Shot, Stage

if TYPE_CHECKING:
    from app.main import Services

COUNT = 26


def known_of_devices(services: OperatorServices) -> None:
    """Every fifth was never checked."""
    states, now = list(DeviceState), datetime.now(UTC)
    services.audit.device_checks = {
        each.id: DeviceCheckRecord(now, states[each.id % len(states)])
        for each in services.inventory.endpoints()
        if each.id % 5
    }


def having(count: int, change: Callable[[OperatorServices], None] = lambda _: None) -> "Callable[[], Services]":
    def make() -> "Services":
        services = OperatorServices(inventory=OperatorInventory(fake_metrics.endpoints(count)))
        services.stack.deployed = True
        known_of_devices(services)
        change(services)
        return services.as_services()

    return make


def page_in(state: ViewState) -> Callable[[Stage], SecurityPage]:
    def scene(stage: Stage) -> SecurityPage:
        stage.window.navigate("security")
        stage.wait_until(lambda: isinstance(stage.window.page, SecurityPage))
        page = stage.window.page
        assert isinstance(page, SecurityPage)
        stage.wait_until(lambda: page.view.state is state)
        return page

    return scene


def checked(stage: Stage) -> None:
    page = page_in(ViewState.CONTENT)(stage)
    page.check()
    stage.wait_until(page.check_button.isEnabled)


def checking(stage: Stage) -> None:
    page_in(ViewState.CONTENT)(stage).check()


def loading(stage: Stage) -> None:
    page_in(ViewState.LOADING)(stage)
    # The skeleton waits 200 ms, lest it flash.
    QTest.qWait(300)


def tampered(services: OperatorServices) -> None:
    faults = (ChainFault(FaultKind.ALTERED, 17, 16), ChainFault(FaultKind.MISSING, 31, 27))
    services.audit.chain = replace(services.audit.chain, lines=125, faults=faults)


def away(services: OperatorServices) -> None:
    services.inventory.error = InventoryError(
        "database is locked", reason="the database is locked.", what_to_do="Close other windows, then try again."
    )


def held(services: OperatorServices) -> None:
    services.audit.gate = Gate()


def slow(services: OperatorServices) -> None:
    known = services.audit.recorded

    def late() -> object:
        threading.Event().wait(1.5)
        return known()

    services.audit.recorded = late  # type: ignore[assignment,method-assign] # a fake


SHOTS = [
    Shot("security", having(COUNT), checked),
    Shot("security-recorded", having(COUNT), page_in(ViewState.CONTENT)),
    Shot("security-checking", having(COUNT, held), checking),
    Shot("security-tampered", having(COUNT, tampered), checked),
    Shot("security-loading", having(COUNT, slow), loading),
    Shot("security-empty", having(0), page_in(ViewState.EMPTY)),
    Shot("security-error", having(COUNT, away), page_in(ViewState.ERROR)),
]
