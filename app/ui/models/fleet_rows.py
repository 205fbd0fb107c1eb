"""The fleet laid out for a table, without Qt: made by a worker, so that the window only has to show it."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum
from typing import cast

import numpy as np
import numpy.typing as npt

from app.models.endpoint import Endpoint, Lifecycle
from app.models.fleet_filter import NO_FILTER, FleetFilter
from app.models.metrics import EndpointHealth, FleetMetric, FleetSnapshot, Floats, Health
from app.services.fleet_filter import Columns, columns_of, matching, searched_text

METRICS = tuple(FleetMetric)
#: Less than this much of change does not fill the height of a sparkline: noise shall look like noise.
_LEAST_SPAN = {
    FleetMetric.CPU: 0.2,
    FleetMetric.MEMORY: 0.1,
    FleetMetric.DISK: 0.1,
    FleetMetric.TEMPERATURE: 10.0,
    FleetMetric.NETWORK: 10e3,
}
_WORST_FIRST = (Health.DOWN, Health.ATTENTION, Health.STALE, Health.UNKNOWN, Health.ENROLLING, Health.UP)
_NOT_KNOWN = EndpointHealth(Health.UNKNOWN)


class Column(IntEnum):
    """The columns in the order in which they stand."""

    STATE = 0
    NAME = 1
    SITE = 2
    CPU = 3
    MEMORY = 4
    DISK = 5
    TEMPERATURE = 6
    NETWORK = 7
    REGION = 8
    TAGS = 9
    ADDRESS = 10
    LAST_SEEN = 11


METRIC_OF = {Column(Column.CPU + number): metric for number, metric in enumerate(METRICS)}
_TEXT_COLUMNS = (Column.NAME, Column.SITE, Column.REGION, Column.TAGS, Column.ADDRESS)


@dataclass(frozen=True, slots=True)
class Fleet:
    """Endpoints with what is known about them, by position: endpoint i has `health[i]`, `values[:, i]` and `curves[:, i]`.

    `values` has shape (metrics, endpoints), in the units of `FleetMetric`, NaN for none. `curves` has shape (metrics, endpoints, points):
    the trends scaled to 0..1 for drawing, NaN for gaps. `taken_at` is None when Prometheus has told nothing yet.
    """

    endpoints: tuple[Endpoint, ...]
    health: tuple[EndpointHealth, ...]
    values: Floats
    curves: npt.NDArray[np.float32]
    taken_at: datetime | None
    columns: Columns
    """What filters ask."""
    ranks: Mapping[Column, npt.NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.endpoints)


@dataclass(frozen=True, slots=True)
class Section:
    """The head of one site's rows; `tally` counts the states of all its endpoints that pass the filter."""

    site: str
    tally: Mapping[Health, int]
    collapsed: bool

    @property
    def count(self) -> int:
        return sum(self.tally.values())


Row = int | Section
"""The position of an endpoint in the fleet, or the head of a section."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the operator wants to see of the fleet, and how."""

    wanted: FleetFilter = NO_FILTER
    names: frozenset[str] | None = None
    """Only the endpoints of these names; None: all."""
    column: Column = Column.NAME
    descending: bool = False
    grouped: bool = False
    collapsed: frozenset[str] = field(default_factory=frozenset)


def lay_out(
    endpoints: Sequence[Endpoint],
    snapshot: FleetSnapshot | None,
    state_words: Mapping[Health, str],
    flag_words: str = "",
) -> Fleet:
    """Bring the inventory and Prometheus' answer together.

    `state_words` are what searching for a state finds, `flag_words` what finds endpoints at which another device was seen.
    """
    known = snapshot.health if snapshot is not None else {}
    health = tuple(_health(endpoint, known) for endpoint in endpoints)
    points = len(snapshot.times) if snapshot is not None else 0
    trends = np.full((len(METRICS), len(endpoints), points), np.nan)
    if snapshot is not None and points:
        for number, metric in enumerate(METRICS):
            rows = snapshot.trends.get(metric, {})
            for position, endpoint in enumerate(endpoints):
                if (trend := rows.get(endpoint.name)) is not None:
                    trends[number, position] = trend.values
    values = _newest(trends)
    searched = [
        searched_text(endpoint, state_words[each.health], flag_words if endpoint.device_change else "")
        for endpoint, each in zip(endpoints, health, strict=True)
    ]
    return Fleet(
        endpoints=tuple(endpoints),
        health=health,
        values=values,
        curves=_scaled(trends),
        taken_at=snapshot.taken_at if snapshot is not None else None,
        columns=columns_of(endpoints, health, dict(zip(METRICS, values, strict=True)), searched),
        ranks=_ranks(endpoints, health),
    )


def arrange(fleet: Fleet, wish: Arrangement) -> list[Row]:
    """The rows to show, in order. Endpoints without a value come last, whichever way the column is sorted."""
    chosen = _sorted(fleet, wish.column, descending=wish.descending)
    if wish.wanted:
        kept = matching(wish.wanted, fleet.columns).tolist()
        chosen = [position for position in chosen if kept[position]]
    if wish.names is not None:
        chosen = [position for position in chosen if fleet.endpoints[position].name in wish.names]
    return _grouped(fleet, chosen, wish.collapsed) if wish.grouped else list(chosen)


def _health(endpoint: Endpoint, known: Mapping[str, EndpointHealth]) -> EndpointHealth:
    if endpoint.lifecycle is Lifecycle.ENROLLING:
        return EndpointHealth(Health.ENROLLING)
    return known.get(endpoint.name, _NOT_KNOWN)


def _newest(trends: Floats) -> Floats:
    """The last sample of each trend; NaN for none."""
    metrics, count, points = trends.shape
    if not points:
        return np.full((metrics, count), np.nan)
    known = ~np.isnan(trends)
    last = points - 1 - np.argmax(known[:, :, ::-1], axis=2)
    newest: Floats = np.take_along_axis(trends, last[:, :, np.newaxis], axis=2)[:, :, 0]
    return newest


def _scaled(trends: Floats) -> npt.NDArray[np.float32]:
    if not trends.size:
        return trends.astype(np.float32)
    gaps = np.isnan(trends)
    low = np.where(gaps, np.inf, trends).min(axis=2, keepdims=True)
    high = np.where(gaps, -np.inf, trends).max(axis=2, keepdims=True)
    least = np.array([_LEAST_SPAN[metric] for metric in METRICS])[:, np.newaxis, np.newaxis]
    with np.errstate(invalid="ignore"):
        slack = np.maximum(least - (high - low), 0) / 2
        # A quiet value near zero stays at the foot instead of floating in the middle.
        low = np.maximum(low - slack, np.minimum(low, 0))
        span = np.maximum(high + slack - low, least)
        scaled: npt.NDArray[np.float32] = ((trends - low) / span).astype(np.float32)
    return scaled


def _ranks(endpoints: Sequence[Endpoint], health: Sequence[EndpointHealth]) -> dict[Column, npt.NDArray[np.float64]]:
    texts = {
        Column.NAME: [each.name.casefold() for each in endpoints],
        Column.SITE: [each.site.casefold() for each in endpoints],
        Column.REGION: [each.region.casefold() for each in endpoints],
        Column.TAGS: [" ".join(each.tags).casefold() for each in endpoints],
        Column.ADDRESS: [each.address for each in endpoints],
    }
    ranks = {column: _text_ranks(texts[column]) for column in _TEXT_COLUMNS}
    worst = {state: float(rank) for rank, state in enumerate(_WORST_FIRST)}
    ranks[Column.STATE] = np.array([worst[each.health] for each in health], dtype=np.float64)
    ranks[Column.LAST_SEEN] = np.array(
        [each.last_scrape.timestamp() if each.last_scrape else np.nan for each in health], dtype=np.float64
    )
    return ranks


def _text_ranks(texts: Sequence[str]) -> npt.NDArray[np.float64]:
    """The place of each text in the alphabet; equal texts share one; NaN for none."""
    places = {text: float(place) for place, text in enumerate(sorted(set(texts)))}
    return np.array([places[text] if text else np.nan for text in texts], dtype=np.float64)


def _sorted(fleet: Fleet, column: Column, *, descending: bool) -> list[int]:
    metric = METRIC_OF.get(column)
    keys = fleet.ranks[column] if metric is None else fleet.values[METRICS.index(metric)]
    keys = np.where(np.isnan(keys), np.inf, -keys if descending else keys)
    order = np.lexsort((fleet.ranks[Column.NAME], keys))
    return cast("list[int]", order.tolist())


def _grouped(fleet: Fleet, chosen: Sequence[int], collapsed: Collection[str]) -> list[Row]:
    members: dict[str, list[int]] = {}
    for position in chosen:
        members.setdefault(fleet.endpoints[position].site, []).append(position)
    rows: list[Row] = []
    # Endpoints without a site come last.
    for site in sorted(members, key=lambda name: (not name, name.casefold())):
        tally = Counter(fleet.health[position].health for position in members[site])
        ordered = {state: tally[state] for state in _WORST_FIRST if tally[state]}
        rows.append(Section(site, ordered, site in collapsed))
        if site not in collapsed:
            rows.extend(members[site])
    return rows
