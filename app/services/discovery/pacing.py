"""How gently a scan goes: so many connections a second, and no longer a wait than the network needs.

Control networks are fragile. Controllers and old serial gateways have room for a handful of connections and have been seen to stop at a
port scan; cheap switches and firewalls keep a table of connections that a burst overruns; and for every address that nobody has, the
router asks the whole segment by ARP. So connections begin one by one, evenly and without bursts, few are open at a time, and one address
is never asked twice at the same time: see `scanning`.
"""

import threading
import time
from collections.abc import Callable

#: Before anything has answered.
_FIRST_SECONDS = 2.0
#: The kernel sends a lost first packet again after one second; a shorter wait would take a lossy radio link for nobody.
_LEAST_SECONDS = 1.2
_MOST_SECONDS = 3.0


class Throttle:
    """Lets connections begin evenly, whichever thread wants them. What was not used is not saved up for a burst."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._between = 1 / rate
        self._clock = clock
        self._lock = threading.Lock()
        self._next = clock()
        self.count = 0
        """Connections that were let through."""

    def reserve(self) -> float:
        """The right to begin one connection, in so many seconds from now."""
        with self._lock:
            now = self._clock()
            at = max(self._next, now)
            self._next = at + self._between
            self.count += 1
            return at - now


class Patience:
    """How long to wait for an answer to a connection: as TCP reckons from those that came (RFC 6298), within limits."""

    def __init__(self) -> None:
        self._mean = 0.0
        self._deviation = 0.0
        self._has_heard = False

    def heard(self, seconds: float) -> None:
        """An answer came after so long, whichever."""
        if not self._has_heard:
            self._has_heard, self._mean, self._deviation = True, seconds, seconds / 2
            return
        self._deviation += (abs(seconds - self._mean) - self._deviation) / 4
        self._mean += (seconds - self._mean) / 8

    @property
    def seconds(self) -> float:
        if not self._has_heard:
            return _FIRST_SECONDS
        return min(max(self._mean + 4 * self._deviation, _LEAST_SECONDS), _MOST_SECONDS)
