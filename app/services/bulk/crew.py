"""Works through many items with threads of its own: one that hangs holds up nobody."""

import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from app.services.bulk.pace import Pace
from app.services.progress import CancelToken

T = TypeVar("T")


class Crew(Generic[T]):
    """Calls `work(item)` for every item, for as many at a time as `pace` allows. `work` must raise nothing.

    Items are asked for one by one, when there is room for them: of any number of them, only those under way take memory.
    """

    def __init__(self, items: Iterator[T], work: Callable[[T], None], pace: Pace) -> None:
        self._items = items
        self._work = work
        self._pace = pace
        self._change = threading.Condition()
        self._active = 0
        self._is_paused = False

    def run(self, token: CancelToken) -> None:
        """Until no item is left, or `token` is cancelled; in any case until what was begun has ended."""
        with token.on_cancel(self._wake):
            while self._may_begin(token):
                try:
                    item = next(self._items)
                except StopIteration:
                    break
                with self._change:
                    self._active += 1
                threading.Thread(target=self._do, args=(item,), name="plantwatch-bulk", daemon=True).start()
        with self._change:
            self._change.wait_for(lambda: not self._active)

    def pause(self) -> None:
        """Begin nothing new. What is under way goes on."""
        with self._change:
            self._is_paused = True

    def resume(self) -> None:
        """Go on beginning."""
        with self._change:
            self._is_paused = False
            self._change.notify_all()

    def _may_begin(self, token: CancelToken) -> bool:
        """Waits for room. False: there will be none any more."""
        with self._change:
            self._change.wait_for(lambda: token.cancelled or (not self._is_paused and self._active < self._pace.limit))
        return not token.cancelled

    def _do(self, item: T) -> None:
        try:
            self._work(item)
        finally:
            with self._change:
                self._active -= 1
                self._change.notify_all()

    def _wake(self) -> None:
        with self._change:
            self._change.notify_all()
