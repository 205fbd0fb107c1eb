"""Scrapes of those who are waited for: one question to Prometheus for all of them, however many wait."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from app.services.metrics import queries
from app.services.metrics.prometheus import PrometheusClient

_LOOKBACK_MARGIN = 60
Outcomes = list[tuple[float, bool]]
"""Times of Prometheus' clock, and whether it got metrics."""


class ScrapeWatch:
    """Answers threads that each wait for the scrapes of one endpoint.

    An answer is shared by those who ask within `fresh_seconds` of it: sixty devices that are enrolled at once cost Prometheus four questions
    a second, not two hundred and forty.
    """

    def __init__(self, fresh_seconds: float) -> None:
        self._fresh_seconds = fresh_seconds
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

    def outcomes(self, client: PrometheusClient, name: str) -> Outcomes:
        """Of the scrapes of `name`, unsorted; empty when there was none. Raises MonitoringError."""
        with self._lock:
            if name not in self._asked_for or time.monotonic() - self._asked_at > self._fresh_seconds:
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
