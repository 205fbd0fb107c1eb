"""Works through many items with threads of its own: one that hangs holds up nobody."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from app.services.bulk.pace import Pace
from app.services.progress import CancelToken

T = TypeVar("T")


class Crew(Generic[T]):
    """Calls `work(item)` for every item, for as many at a time as `pace` allows. `work` must raise nothing.

    `take` gives the next item, or None when there is none now: it is asked when there is room for one, and again when something has ended,
    which may have brought new ones. So only what is under way takes memory, however many items there are.
    """

    def __init__(self, take: Callable[[], T | None], work: Callable[[T], None], pace: Pace) -> None:
        self._take = take
        self._work = work
        self._pace = pace
        self._change = threading.Condition()
        self._active = self._ended = 0
        self._is_paused = False

    def run(self, token: CancelToken) -> None:
        """Until no item is left, or `token` is cancelled; in any case until what was begun has ended. Raises what `take` raises, then."""
        try:
            with token.on_cancel(self._wake):
                while self._may_begin(token):
                    ended = self._ended
                    item = self._take()
                    if item is not None:
                        self._begin(item)
                    elif not self._wait_for_another_end(ended, token):
                        break
        finally:
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

    def _begin(self, item: T) -> None:
        with self._change:
            self._active += 1
        threading.Thread(target=self._do, args=(item,), name="plantwatch-bulk", daemon=True).start()

    def _wait_for_another_end(self, ended: int, token: CancelToken) -> bool:
        """Until more than `ended` have ended. False when nothing is under way that could."""
        with self._change:
            self._change.wait_for(lambda: token.cancelled or self._ended > ended or not self._active)
            return self._ended > ended

    def _do(self, item: T) -> None:
        try:
            self._work(item)
        finally:
            with self._change:
                self._active -= 1
                self._ended += 1
                self._change.notify_all()

    def _wake(self) -> None:
        with self._change:
            self._change.notify_all()
