"""Scrapes of those who are waited for: one question to Prometheus for all of them, however many wait."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.services.metrics import queries
from app.services.metrics.prometheus import PrometheusClient

_LOOKBACK_MARGIN = 60
_POLL_SECONDS = 0.25
#: With more than so many who wait, each asks less often: a second more of ten saves three quarters of what waiting costs.
_MANY, _LESS_OFTEN = 16, 4
#: Clocks drift by less than a millisecond in this time.
_CLOCK_SECONDS = 30.0
Outcomes = list[tuple[float, bool]]
"""Times of Prometheus' clock, and whether it got metrics."""


class ScrapeWatch:
    """Answers threads that each wait for the scrapes of one endpoint.

    An answer is shared by those who ask within half a pause of it: sixty devices that are enrolled at once cost Prometheus two questions
    a second, not two hundred and forty.
    """

    def __init__(self, pause_seconds: float = _POLL_SECONDS) -> None:
        self._pause_seconds = pause_seconds
        self._clock: tuple[PrometheusClient, float, float] | None = None
        self._since: dict[str, list[float]] = {}
        self._lock = threading.Lock()
        self._answer: dict[str, Outcomes] = {}
        self._asked_for: frozenset[str] = frozenset()
        self._asked_at = -math.inf

    @contextmanager
    def waiting(self, name: str, since: float) -> Iterator[None]:
        """Within the block, `outcomes` answers for `name`, from `since` (Unix time of this machine) on and somewhat before."""
        with self._lock:
            self._since.setdefault(name, []).append(since)
        try:
            yield
        finally:
            with self._lock:
                self._since[name].remove(since)
                if not self._since[name]:
                    del self._since[name]

    @property
    def pause_seconds(self) -> float:
        """How long those who wait pause between two questions."""
        return self._pause_seconds * (_LESS_OFTEN if len(self._since) > _MANY else 1)

    def clock_difference(self, client: PrometheusClient) -> float:
        """Prometheus' clock minus ours, in seconds, asked now or a moment ago. Raises MonitoringError."""
        with self._lock:
            if self._clock and self._clock[0] is client and time.monotonic() - self._clock[2] < _CLOCK_SECONDS:
                return self._clock[1]
            before = time.time()
            theirs = client.time()
            difference = theirs - (before + time.time()) / 2
            self._clock = client, difference, time.monotonic()
            return difference

    def outcomes(self, client: PrometheusClient, name: str) -> Outcomes:
        """Of the scrapes of `name`, unsorted; empty when there was none. Raises MonitoringError."""
        with self._lock:
            if name not in self._asked_for or time.monotonic() - self._asked_at > self.pause_seconds / 2:
                self._ask(client)
            return self._answer.get(name, [])

    def _ask(self, client: PrometheusClient) -> None:
        self._asked_for = frozenset()  # of a failure, nobody is to take an older answer
        wanted = frozenset(self._since)
        oldest = min(min(times) for times in self._since.values())
        lookback = math.ceil(max(time.time() - oldest, 0)) + _LOOKBACK_MARGIN
        answer: dict[str, Outcomes] = {}
        for series in client.raw_samples(queries.scrapes(sorted(wanted), lookback)):
            pairs = zip(series.times, series.values, strict=True)
            answer.setdefault(series.labels.get("instance", ""), []).extend(
                (float(when), bool(value)) for when, value in pairs
            )
        self._answer, self._asked_for, self._asked_at = answer, wanted, time.monotonic()
