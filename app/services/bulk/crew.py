"""Works through many items with threads of its own: one that hangs holds up nobody."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, Generic, TypeVar

from app.services.bulk.pace import Pace
from app.services.progress import CancelToken

T = TypeVar("T")

#: Each keeps its connection, two threads and some 200 KiB. Prometheus' first scrape is ten seconds away: at twenty devices a second, this many.
_MOST_ASIDE = 200


class Crew(Generic[T]):
    """Calls `work(item)` for every item, for as many at a time as `pace` allows. `work` must raise nothing.

    `take` gives the next item, or None when there is none now: it is asked when there is room for one, and again when something has ended or
    somebody has called `look_again`, which may have brought new ones. So only what is under way takes memory, however many items there are.
    """

    def __init__(self, take: Callable[[], T | None], work: Callable[[T], None], pace: Pace) -> None:
        self._take = take
        self._work = work
        self._pace = pace
        self._change = threading.Condition()
        self._active = self._news = 0
        self._aside = self._returning = 0
        self._is_paused = False

    def run(self, token: CancelToken) -> None:
        """Until no item is left, or `token` is cancelled; in any case until what was begun has ended. Raises what `take` raises, then."""
        try:
            with token.on_cancel(self._wake):
                while self._may_begin(token):
                    news = self._news
                    item = self._take()
                    if item is not None:
                        self._begin(item)
                    elif not self._wait_for_news(news, token):
                        break
        finally:
            with self._change:
                self._change.wait_for(lambda: not self._under_way)

    def pause(self) -> None:
        """Begin nothing new. What is under way goes on."""
        with self._change:
            self._is_paused = True

    def resume(self) -> None:
        """Go on beginning."""
        with self._change:
            self._is_paused = False
            self._change.notify_all()

    def look_again(self) -> None:
        """There may be new items: ask for them although nothing has ended."""
        with self._change:
            self._news += 1
            self._change.notify_all()

    def _may_begin(self, token: CancelToken) -> bool:
        """Waits for room. False: there will be none any more."""
        with self._change:
            self._change.wait_for(lambda: token.cancelled or (not self._is_paused and self._has_room))
        return not token.cancelled

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Within the block, work that was begun here only waits, and makes room for another one. It comes back before any new one begins.

        59 devices that each wait ten seconds for their first scrape take 17 s in all instead of 51. Does nothing when very many wait already.
        """
        with self._change:
            if makes_room := self._aside < _MOST_ASIDE:
                self._aside += 1
                self._active -= 1
                self._change.notify_all()
        try:
            yield
        finally:
            if makes_room:
                self._come_back()

    def _come_back(self) -> None:
        with self._change:
            self._returning += 1
            self._change.wait_for(lambda: self._active < self._pace.limit)
            self._returning -= 1
            self._aside -= 1
            self._active += 1
            self._change.notify_all()

    @property
    def _under_way(self) -> int:
        return self._active + self._aside

    @property
    def _has_room(self) -> bool:
        return self._active < self._pace.limit and not self._returning

    def _begin(self, item: T) -> None:
        with self._change:
            self._active += 1
        threading.Thread(target=self._do, args=(item,), name="plantwatch-bulk", daemon=True).start()

    def _wait_for_news(self, news: int, token: CancelToken) -> bool:
        """Until something has ended or come since there were `news`. False when nothing is under way that could bring any."""
        with self._change:
            self._change.wait_for(lambda: token.cancelled or self._news > news or not self._under_way)
            return self._news > news

    def _do(self, item: T) -> None:
        try:
            self._work(item)
        finally:
            with self._change:
                self._active -= 1
                self._news += 1
                self._change.notify_all()

    def _wake(self) -> None:
        with self._change:
            self._change.notify_all()


class CrewToken(CancelToken):
    """For the work of a crew: what waits `aside` makes room in it. `crew` may be set after construction, since a crew needs its work first."""

    crew: Crew[Any] | None = None

    @contextmanager
    def aside(self) -> Iterator[None]:
        """See `Crew.aside`."""
        with self.crew.aside() if self.crew else nullcontext():
            yield
