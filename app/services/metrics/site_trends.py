"""How many of each site's endpoints were up over the last day: asked once, and then only for what is new."""

import math
import threading

import numpy as np

from app.models.metrics import Floats
from app.models.overview import SiteTrends
from app.services.metrics import queries
from app.services.metrics.prometheus import PrometheusClient

#: Every ten minutes for a day. Finer, a day of 2,292 endpoints would cost Prometheus more than the fleet's states do.
STEP_SECONDS = 600
POINTS = 145


class SiteTrendReader:
    """Keeps what is known of one Prometheus. May be used by several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: PrometheusClient | None = None
        self._known: SiteTrends | None = None

    def read(self, client: PrometheusClient, now: float) -> SiteTrends:
        """The last day up to `now` (Unix seconds, Prometheus' clock), on multiples of the step. Raises `MonitoringError`."""
        last = math.floor(now / STEP_SECONDS) * STEP_SECONDS
        times = last - STEP_SECONDS * np.arange(POINTS - 1, -1, -1, dtype=np.float64)
        with self._lock:
            known = self._known if self._client is client else None
        if known is None or not known.times[0] <= times[0] <= known.times[-1]:
            fresh = _asked(client, times)
        elif known.times[-1] == last:
            return known
        else:
            fresh = _joined(known, _asked(client, times[times > known.times[-1]]), times)
        with self._lock:
            self._client, self._known = client, fresh
        return fresh


def _asked(client: PrometheusClient, times: Floats) -> SiteTrends:
    found = client.query_range(queries.UP_SHARE, float(times[0]), float(times[-1]), STEP_SECONDS)
    return SiteTrends(
        times, {labels.get("site", ""): row for labels, row in zip(found.labels, found.values, strict=True)}
    )


def _joined(known: SiteTrends, fresh: SiteTrends, times: Floats) -> SiteTrends:
    """What is still within `times`, and then the new. A site of which nothing is left goes."""
    kept = len(times) - len(fresh.times)
    gap = np.full(len(fresh.times), np.nan)
    shares = {}
    for site in {**known.shares, **fresh.shares}:
        before = known.shares.get(site)
        row = np.concatenate(
            (
                before[-kept:] if before is not None else np.full(kept, np.nan),
                fresh.shares.get(site, gap),
            )
        )
        if not np.isnan(row).all():
            shares[site] = row
    return SiteTrends(times, shares)
