"""The plant at a glance, put together from the states of the fleet, the inventory, the alerts and the kit.

What decides is in functions of their own, which ask nobody: `roll_up`, `by_severity` and `needs_of`.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from app.errors import AppError
from app.models.alert import Alert, Severity
from app.models.endpoint import Endpoint, Lifecycle
from app.models.metrics import EndpointHealth, FleetSnapshot, Health
from app.models.overview import (
    NO_TIMES,
    HostCapacity,
    Need,
    NeedKind,
    Overview,
    SeverityGroup,
    SiteStatus,
    SiteTrends,
)
from app.models.security import Checks, DeviceState
from app.services.progress import CancelToken

T = TypeVar("T")

WORST_FIRST = (Health.DOWN, Health.ATTENTION, Health.UNKNOWN, Health.STALE, Health.UP, Health.ENROLLING)
_RANK = {health: rank for rank, health in enumerate(WORST_FIRST)}
_UNKNOWN = EndpointHealth(Health.UNKNOWN)
_NO_TRENDS = SiteTrends(NO_TIMES, {})

#: The rules of stack/prometheus/rules/alerting.yaml that tell of a disk.
_DISK_ALERTS = {
    "DiskAlmostFull": NeedKind.DISK_FULL,
    "DiskWillFill": NeedKind.DISK_FILLS,
    "InodesWillRunOut": NeedKind.DISK_FILLS,
}
#: What is in the inventory is looked at again this often even when no endpoint was changed: certificates end, devices are checked.
_RECORDS_SECONDS = 30.0


class FleetSource(Protocol):
    """What is asked of FleetService."""

    def states(self) -> FleetSnapshot: ...
    def site_trends(self) -> SiteTrends: ...
    def capacity(self) -> HostCapacity: ...


class AlertSource(Protocol):
    """What is asked of AlertService."""

    def firing(self) -> list[Alert]: ...


class Records(Protocol):
    """What is asked of the inventory."""

    def revision(self) -> int: ...
    def endpoints(self) -> list[Endpoint]: ...
    def checks(self) -> dict[int, Checks]: ...


class Builds(Protocol):
    """What is asked of the kit."""

    def newer_than(self, version: str, architecture: str) -> object | None: ...


def roll_up(
    endpoints: Iterable[Endpoint], states: Mapping[str, EndpointHealth], trends: SiteTrends = _NO_TRENDS
) -> tuple[SiteStatus, ...]:
    """The sites, worst first and by name within; the endpoints without a site come last among equals.

    An endpoint that `states` does not have is unknown.
    """
    members: dict[str, list[Endpoint]] = defaultdict(list)
    for endpoint in endpoints:
        members[endpoint.site].append(endpoint)
    sites = [_site(name, found, states, trends) for name, found in members.items()]
    return tuple(sorted(sites, key=lambda site: (_RANK[site.health], not site.name, site.name.casefold(), site.name)))


def _site(
    name: str, members: Sequence[Endpoint], states: Mapping[str, EndpointHealth], trends: SiteTrends
) -> SiteStatus:
    by_name = {each.name: states.get(each.name, _UNKNOWN) for each in members if each.lifecycle is Lifecycle.MONITORED}
    judged = by_name.values()
    counts = Counter(each.health for each in judged)
    worst = min(counts, key=_RANK.__getitem__, default=Health.ENROLLING)
    since, is_bound = _began([each.since for each in judged if each.health is worst])
    return SiteStatus(
        name=name,
        region=", ".join(sorted({each.region for each in members if each.region}, key=str.casefold)),
        counts={health: counts[health] for health in WORST_FIRST if counts[health]},
        busy=len(members) - len(judged),
        health=worst,
        since=since,
        is_bound=is_bound,
        doubtful={
            doubt: tuple(each for each, state in by_name.items() if state.health is doubt)
            for doubt in (Health.STALE, Health.UNKNOWN)
            if counts[doubt]
        },
        trend=trends.shares.get(name),
    )


def _began(times: Sequence[datetime | None]) -> tuple[datetime | None, bool]:
    """The first of these, and whether one that is not known may lie before it."""
    known = [each for each in times if each is not None]
    return (min(known), len(known) < len(times)) if known else (None, False)


def by_severity(alerts: Iterable[Alert]) -> tuple[SeverityGroup, ...]:
    """The alerts by severity, worst first; those that are silenced, or held back by a worse one, are only counted."""
    shown: dict[Severity, list[Alert]] = defaultdict(list)
    held_back: Counter[Severity] = Counter()
    for alert in alerts:
        if alert.silenced or alert.inhibited:
            held_back[alert.severity] += 1
        else:
            shown[alert.severity].append(alert)
    return tuple(
        SeverityGroup(
            severity, tuple(sorted(shown[severity], key=lambda each: (each.since, each.name))), held_back[severity]
        )
        for severity in Severity
        if shown[severity] or held_back[severity]
    )


def needs_of(
    endpoints: Iterable[Endpoint],
    checks: Mapping[int, Checks],
    alerts: Iterable[Alert],
    newer: Callable[[str, str], bool],
    now: datetime,
) -> tuple[Need, ...]:
    """What endpoints need, the most urgent first. `newer(version, architecture)`: whether the kit has a newer exporter."""
    found: dict[NeedKind, set[str]] = defaultdict(set)
    names = set()
    for endpoint in endpoints:
        if endpoint.lifecycle is not Lifecycle.MONITORED:
            continue
        names.add(endpoint.name)
        for kind in _needs_on_record(endpoint, checks.get(endpoint.id, Checks()), newer, now):
            found[kind].add(endpoint.name)
    for alert in alerts:
        disk = _DISK_ALERTS.get(alert.name)
        if disk is not None and alert.instance in names and not alert.silenced:
            found[disk].add(alert.instance)
    # What is full will not be told to fill.
    found[NeedKind.DISK_FILLS] -= found[NeedKind.DISK_FULL]
    return tuple(Need(kind, tuple(sorted(found[kind], key=str.casefold))) for kind in NeedKind if found[kind])


def _needs_on_record(
    endpoint: Endpoint, checks: Checks, newer: Callable[[str, str], bool], now: datetime
) -> Iterable[NeedKind]:
    made, receipt = endpoint.certificate, endpoint.receipt
    state = checks.device.state if checks.device is not None else None
    if made is None:
        yield NeedKind.PLAIN_HTTP
    elif made.ends_at <= now:
        yield NeedKind.CERTIFICATE_ENDED
    elif made.expires_soon(now):
        yield NeedKind.CERTIFICATE_ENDS
    # A change that was accepted since the check is none any more: only `device_change` knows.
    if endpoint.device_change is not None:
        yield NeedKind.ANOTHER_DEVICE
    if state is DeviceState.ALTERED:
        yield NeedKind.ALTERED
    if receipt is not None and newer(receipt.exporter_version, receipt.architecture):
        yield NeedKind.UPDATE


@dataclass(frozen=True, slots=True)
class _OnRecord:
    """What the inventory and the kit told, and when (monotonic seconds)."""

    revision: int
    read_at: float
    endpoints: list[Endpoint]
    checks: Mapping[int, Checks]
    newer: Mapping[tuple[str, str], bool]


@dataclass(frozen=True, slots=True)
class _Told:
    """What Prometheus and Alertmanager told last; None: they did not."""

    snapshot: FleetSnapshot
    trends: SiteTrends
    alerts: list[Alert] | None
    capacity: HostCapacity | None


class OverviewService:
    """Remembers what it was last told, so that a Prometheus that goes away empties nothing. May be used by several threads."""

    def __init__(
        self,
        inventory: Records,
        fleet: FleetSource,
        alerts: AlertSource,
        kit: Builds,
        *,
        retention_days: Callable[[], int] = lambda: 0,
    ) -> None:
        self._inventory = inventory
        self._fleet = fleet
        self._alerts = alerts
        self._kit = kit
        self._retention_days = retention_days
        self._lock = threading.Lock()
        self._record: _OnRecord | None = None
        self._told: _Told | None = None
        self._away_since: datetime | None = None

    def read(self, *, token: CancelToken) -> Overview:
        """The plant now. While Prometheus is away: what was known of it, with the `error`. Raises InventoryError, Cancelled."""
        record = self._on_record()
        token.check()
        if not record.endpoints:
            return Overview()
        told: _Told | None
        error: AppError | None = None
        try:
            told = self._ask(token)
        except AppError as met:
            # Nothing else is asked: each question would wait for as long again.
            told, error = self._told, met
        with self._lock:
            self._told = told
            self._away_since = (self._away_since or datetime.now(UTC)) if error else None
            away_since = self._away_since
        return self._composed(record, told, error, away_since)

    def _ask(self, token: CancelToken) -> _Told:
        snapshot = self._fleet.states()
        token.check()
        trends = _or_none(self._fleet.site_trends)
        token.check()
        alerts = _or_none(self._alerts.firing)
        token.check()
        return _Told(snapshot, trends or _NO_TRENDS, alerts, _or_none(self._fleet.capacity))

    def _on_record(self) -> _OnRecord:
        with self._lock:
            known = self._record
        revision, now = self._inventory.revision(), time.monotonic()
        if known is not None and known.revision == revision and now - known.read_at < _RECORDS_SECONDS:
            return known
        is_same = known is not None and known.revision == revision
        endpoints = known.endpoints if known is not None and is_same else self._inventory.endpoints()
        versions = {(each.receipt.exporter_version, each.receipt.architecture) for each in endpoints if each.receipt}
        fresh = _OnRecord(
            revision=revision,
            read_at=now,
            endpoints=endpoints,
            checks=self._inventory.checks(),
            newer={each: self._kit.newer_than(*each) is not None for each in versions},
        )
        with self._lock:
            self._record = fresh
        return fresh

    def _composed(
        self, record: _OnRecord, told: _Told | None, error: AppError | None, away_since: datetime | None
    ) -> Overview:
        alerts = told.alerts if told is not None else None
        trends = told.trends if told is not None else _NO_TRENDS
        return Overview(
            taken_at=told.snapshot.taken_at if told is not None else None,
            sites=roll_up(record.endpoints, told.snapshot.health if told is not None else {}, trends),
            trend_times=trends.times,
            severities=by_severity(alerts) if alerts is not None else None,
            needs=needs_of(
                record.endpoints,
                record.checks,
                alerts or (),
                lambda version, architecture: record.newer[version, architecture],
                datetime.now(UTC),
            ),
            capacity=told.capacity if told is not None else None,
            retention_days=self._retention_days(),
            error=error,
            away_since=away_since,
        )


def _or_none(ask: Callable[[], T]) -> T | None:
    """What is good to have, where the states of the fleet are known already: without it the rest still stands."""
    try:
        return ask()
    except AppError:
        return None
