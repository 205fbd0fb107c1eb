"""How the plant is at a glance: its sites, what fires, which endpoints need something, and what the history costs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np

from app.errors import AppError
from app.models.alert import Alert, Severity
from app.models.metrics import Floats, Health

NO_TIMES: Floats = np.empty(0)


@dataclass(frozen=True, slots=True)
class SiteTrends:
    """The share (0..1) of each site's endpoints that were up. `times` has shape (points,), Unix seconds; so has each of `shares`, NaN for gaps.

    Keys are names of sites; "" stands for the endpoints without one.
    """

    times: Floats
    shares: Mapping[str, Floats]


@dataclass(frozen=True, slots=True)
class SiteStatus:
    """One site. Endpoints that are being enrolled or removed are `busy` and not judged: nothing is expected of them."""

    name: str
    """Empty for the endpoints without a site."""
    region: str
    """Empty for none; of several, all of them."""
    counts: Mapping[Health, int]
    busy: int
    health: Health
    """The worst of its endpoints; ENROLLING where all are busy."""
    since: datetime | None = None
    """When the first of those that are in the worst state came into it, as far as it is known; never for UP, which would take weeks of
    samples to know."""
    is_bound: bool = False
    """It may have been so for longer than `since` tells."""
    doubtful: Mapping[Health, tuple[str, ...]] = field(default_factory=dict)
    """The names of those whose state is STALE or UNKNOWN."""
    trend: Floats | None = None
    """Of `SiteTrends`; None: there is none."""

    @property
    def total(self) -> int:
        """How many endpoints are judged."""
        return sum(self.counts.values())

    @property
    def well(self) -> int:
        return self.counts.get(Health.UP, 0)

    @property
    def up_share(self) -> float:
        """The mean of the trend, 0..1; NaN when nothing is known."""
        known = self.trend[~np.isnan(self.trend)] if self.trend is not None else NO_TIMES
        return float(known.mean()) if known.size else float("nan")


@dataclass(frozen=True, slots=True)
class SeverityGroup:
    """The firing alerts of one severity that somebody should see, oldest first. `held_back` counts those silenced or inhibited."""

    severity: Severity
    alerts: tuple[Alert, ...]
    held_back: int = 0


class NeedKind(StrEnum):
    """What endpoints may need, the most urgent first."""

    CERTIFICATE_ENDED = "certificate ended"
    ANOTHER_DEVICE = "another device"
    DISK_FULL = "disk full"
    DISK_FILLS = "disk fills"
    ALTERED = "altered"
    CERTIFICATE_ENDS = "certificate ends"
    PLAIN_HTTP = "plain http"
    UPDATE = "update"


@dataclass(frozen=True, slots=True)
class Need:
    """What the endpoints of these names, sorted, need."""

    kind: NeedKind
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HostCapacity:
    """What the stack costs its host, as far as Prometheus tells. NaN, 0 and None: not known."""

    history_bytes: float = float("nan")
    """On disk: the recorded history."""
    history_begins: datetime | None = None
    series: int = 0
    memory_bytes: float = float("nan")
    """That Prometheus takes."""
    host: str = ""
    """The endpoint with the tag docker-host; empty: none has it, and nothing is known of the host itself."""
    host_cpu: float = float("nan")
    """Ratio 0..1; the same for the next two."""
    host_memory: float = float("nan")
    host_disk: float = float("nan")
    """Of its fullest file system."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything at one glance. With `error` the rest is what was known before it, at `taken_at`; None: nothing yet."""

    taken_at: datetime | None = None
    sites: tuple[SiteStatus, ...] = ()
    """Worst first."""
    trend_times: Floats = field(default_factory=lambda: NO_TIMES)
    severities: tuple[SeverityGroup, ...] | None = ()
    """None: the alerts are not known."""
    needs: tuple[Need, ...] = ()
    capacity: HostCapacity | None = None
    retention_days: int = 0
    """For how long history is kept; 0: not known."""
    error: AppError | None = None
    """Why it is not newer than `taken_at`."""
    away_since: datetime | None = None
    """When that was first met."""

    @property
    def total(self) -> int:
        """How many endpoints are judged."""
        return sum(site.total for site in self.sites)

    @property
    def busy(self) -> int:
        """How many are being enrolled or removed."""
        return sum(site.busy for site in self.sites)

    def count(self, health: Health) -> int:
        """How many endpoints are in that state."""
        return sum(site.counts.get(health, 0) for site in self.sites)
