"""From the page that finds devices to the page that takes lists, which do not know each other."""

from collections.abc import Callable, Collection
from typing import Protocol, runtime_checkable

from PySide6.QtCore import SignalInstance

from app.ui.pages.page import Page

_LISTS = "lists"


@runtime_checkable
class PicksDevices(Protocol):
    """A page whose picks are a list as text."""

    picked: SignalInstance

    def offer_lists(self) -> None: ...


@runtime_checkable
class TakesLists(Protocol):
    """A page that reads a list."""

    def open_text(self, text: str) -> None: ...


class PickedDevices:
    """Keeps what was picked until the page of lists is there: it is built at its first visit, on which a worker loads it first."""

    def __init__(self, navigate: Callable[[str, str], None], keys: Collection[str]) -> None:
        self._navigate = navigate
        self._has_lists = _LISTS in keys
        self._taker: TakesLists | None = None
        self._text = ""

    def connect_page(self, page: Page) -> None:
        """Hear what `page` picks, or let it take what was picked."""
        if isinstance(page, PicksDevices) and self._has_lists:
            page.picked.connect(self._take)
            page.offer_lists()
        if isinstance(page, TakesLists):
            self._taker = page
            self._hand_over()

    def _take(self, text: str) -> None:
        self._text = text
        self._navigate(_LISTS, "")
        self._hand_over()

    def _hand_over(self) -> None:
        if self._text and self._taker is not None:
            text, self._text = self._text, ""
            self._taker.open_text(text)
