"""How long a run will still take, learnt from how it goes."""

import time
from collections import deque
from collections.abc import Callable

_LOOKED_AT = 40
_AT_LEAST = 3


class Forecast:
    """Learns from the moments at which items ended. `clock` gives seconds, and never goes back.

    What counts is the pace of the last 40: the first ones wait for a connection each, and a site behind a thin line is slower than the one
    before it. Time in which the run was paused does not count.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._left = total
        self._clock = clock
        self._ends: deque[float] = deque([clock()], maxlen=_LOOKED_AT + 1)
        self._paused_at: float | None = None
        self._ended = 0

    def item_ended(self) -> None:
        """One item is over, well or not."""
        self._left -= 1
        self._ended += 1
        self._ends.append(self._clock())

    def items_added(self, count: int) -> None:
        """So many are to be done (again)."""
        self._left += count

    def paused(self) -> None:
        """Nothing new is begun from now on."""
        if self._paused_at is None:
            self._paused_at = self._clock()

    def resumed(self) -> None:
        """It goes on: what was learnt stays."""
        if self._paused_at is not None:
            stood = self._clock() - self._paused_at
            self._ends = deque((end + stood for end in self._ends), maxlen=_LOOKED_AT + 1)
            self._paused_at = None

    @property
    def remaining_seconds(self) -> float | None:
        """None while too little is known, and while paused."""
        if self._left <= 0:
            return 0.0
        if self._ended < _AT_LEAST or self._paused_at is not None:
            return None
        now = self._clock()
        a_piece = (now - self._ends[0]) / (len(self._ends) - 1)
        return a_piece * self._left
