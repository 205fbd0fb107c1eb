"""Notices that the computer slept, and which devices may be tried again because of it."""

import threading
import time
from collections.abc import Callable, Collection

#: Nobody has looked for so long, where somebody looks every second: the computer slept, or the process was stopped.
_SLEPT_SECONDS = 20.0
#: The network takes a while to return.
_RECOVERY_SECONDS = 60.0
_CHANCES = 4


class Wake:
    """Its connections are gone when a computer wakes up. Devices that this hits are no failures. May be used by several threads.

    `clock` gives the seconds of the day's clock, which goes on while the computer sleeps. That somebody sets it looks like a sleep, and
    does no harm.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._looked_at = clock()
        self._woke_at = float("-inf")
        self._chances: dict[int, int] = {}
        self._lock = threading.Lock()

    def look(self, under_way: Collection[int]) -> None:
        """To be called every second, and before `excuses`, with the numbers of the devices that are being worked on."""
        with self._lock:
            before, self._looked_at = self._looked_at, self._clock()
            if self._looked_at - before > _SLEPT_SECONDS:
                self._woke_at = self._looked_at
                self._chances = dict.fromkeys(under_way, _CHANCES)

    def begins(self, number: int) -> None:
        """Work on a device begins."""
        with self._lock:
            if self._clock() - self._woke_at < _RECOVERY_SECONDS:
                self._chances.setdefault(number, _CHANCES)

    def excuses(self, number: int) -> bool:
        """Whether a connection that broke, or did not come about, may be the sleep's doing. True a few times only for each device."""
        with self._lock:
            left = self._chances.pop(number, 0)
            if left > 1:
                self._chances[number] = left - 1
        return left > 0
