"""How many devices are worked on at a time."""

import os
import threading

#: An enrolment waits, for the device and for the network, about nine tenths of its time.
_A_CORE = 8
_MOST = 64
_LEAST = 1
#: So many successes in a row, as a share of the present limit, make room for one more.
_SUCCESSES = 0.5


class Pace:
    """A limit that grows while work succeeds and is halved when the network or a jump host is overburdened.

    As TCP finds the capacity of a path (additive increase, multiplicative decrease: Chiu and Jain, 1989): what a site's line, its jump
    host or the desktop can bear is known to nobody beforehand. May be used by several threads.
    """

    def __init__(self, *, start: int = 0, most: int = _MOST) -> None:
        """`start` 0: by the number of this machine's cores."""
        self._most = max(_LEAST, most)
        self._limit = min(start or _A_CORE * (os.cpu_count() or 1), self._most)
        self._successes = 0
        self._lock = threading.Lock()

    @property
    def limit(self) -> int:
        """How many may be worked on now."""
        return self._limit

    def succeeded(self) -> None:
        """One has gone well."""
        with self._lock:
            self._successes += 1
            if self._successes >= self._limit * _SUCCESSES and self._limit < self._most:
                self._limit += 1
                self._successes = 0

    def overburdened(self) -> None:
        """One has failed as it does when there are too many: a connection that was dropped, refused by a busy server, or too slow."""
        with self._lock:
            self._limit = max(_LEAST, self._limit // 2)
            self._successes = 0
