"""What pages tell each other by way of the window, which knows none of them."""

from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance

from app.ui.pages.page import Page, PageContext


@runtime_checkable
class StartsRuns(Protocol):
    """A page that writes runs down."""

    run_started: SignalInstance


def connect_page(page: Page, context: PageContext) -> None:
    """Have heard what `page` tells others."""
    if isinstance(page, StartsRuns):
        page.run_started.connect(partial(_work_on, page, context))


def _work_on(page: Page, context: PageContext, run_id: int) -> None:
    # It brings the database's library along, and the window is to be seen before that.
    from app.ui.runs import work_on  # noqa: PLC0415

    work_on(context, run_id, page.window())
