"""What Prometheus tells about the fleet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from app.models.metric_groups import MetricGroup

Floats = npt.NDArray[np.float64]


class Health(StrEnum):
    """The state of an endpoint as shown, each with its own shape and colour."""

    UP = "up"
    ATTENTION = "attention"
    """Up, and an alert of severity warning or worse fires for it."""
    DOWN = "down"
    """The last scrape, made in time, failed."""
    UNKNOWN = "unknown"
    """Nobody can tell: Prometheus is away, or has never scraped it."""
    STALE = "stale"
    """Was seen, but not lately."""
    ENROLLING = "enrolling"


class FleetMetric(StrEnum):
    """The columns of the fleet that come from Prometheus. Units: ratios 0..1, °C, bytes per second."""

    CPU = "cpu"
    MEMORY = "memory"
    DISK = "disk"
    TEMPERATURE = "temperature"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Trend:
    """Samples of one metric of one endpoint on the snapshot's grid: `values` has shape (points,), NaN where there is no sample."""

    values: Floats

    @property
    def last(self) -> float:
        """The newest sample; NaN for none."""
        known = self.values[~np.isnan(self.values)]
        return float(known[-1]) if known.size else float("nan")


@dataclass(frozen=True, slots=True)
class EndpointHealth:
    """What Prometheus says about one target. `since` is when the present state began, if known; `last_error` is plain text from the scrape."""

    health: Health
    last_scrape: datetime | None = None
    since: datetime | None = None
    last_error: str = ""


@dataclass(frozen=True, slots=True)
class FleetSnapshot:
    """The fleet at `taken_at`. `times` has shape (points,), Unix seconds, shared by all trends. Keys are endpoint names."""

    taken_at: datetime
    times: Floats
    health: Mapping[str, EndpointHealth] = field(default_factory=dict)
    trends: Mapping[FleetMetric, Mapping[str, Trend]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: `values` has the shape of the chart's `times`, NaN for gaps."""

    label: str
    values: Floats


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A chart of the endpoint page: its PromQL with {instance} and {window} placeholders, and its unit.

    Units: "percent", "bytes", "bytes/s", "°C", "s" or "" for a plain number.
    """

    key: str
    title: str
    unit: str
    query: str
    legend: str
    """Name of the Prometheus label that names a line; empty for a single line called `title`."""
    minimum: float | None = 0.0
    maximum: float | None = None
    threshold: float | None = None
    group: MetricGroup | None = None
    """Without which there is nothing to draw; None: of what is always read."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A `ChartSpec` with its data. `times` has shape (points,), Unix seconds."""

    spec: ChartSpec
    times: Floats
    lines: tuple[Line, ...]
