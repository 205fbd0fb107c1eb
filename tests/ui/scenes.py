"""What scenes begin with: services in some state, and the way to a page."""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")


from app.ui.pages.page import Page
from app.ui.widgets.states import StateView, ViewState
from tests.ui import fake_metrics
from tests.ui.fake_services import OperatorInventory, OperatorServices
from tests.ui.screens import Stage

if TYPE_CHECKING:
    from app.main import Services

PageKind = TypeVar("PageKind", bound=Page)


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


def deployed(services: OperatorServices) -> None:
    services.stack.deployed = True


def nothing(_services: OperatorServices) -> None:
    pass
