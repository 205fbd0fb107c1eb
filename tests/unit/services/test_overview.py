"""What the Overview says, decided without asking anybody; and what it asks, and does not ask."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.errors import Cancelled, MonitoringError
from app.models.alert import Alert, Severity
from app.models.device import DeviceChange, Receipt
from app.models.endpoint import Endpoint, Lifecycle
from app.models.metrics import EndpointHealth, FleetSnapshot, Health
from app.models.overview import HostCapacity, Need, NeedKind, SiteTrends
from app.models.security import Checks, DeviceCheckRecord, DeviceState
from app.services.overview import OverviewService, by_severity, needs_of, roll_up
from app.services.progress import CancelToken
from tests.ui import fake_metrics

NOW = datetime(2026, 11, 22, 14, 5, tzinfo=UTC)
GOOD = fake_metrics.certificate_until(NOW + timedelta(days=400))
MODEL = replace(fake_metrics.endpoints(1)[0], certificate=GOOD, receipt=None, region="East")
UP, UNKNOWN = EndpointHealth(Health.UP), EndpointHealth(Health.UNKNOWN)


def endpoint(name: str, site: str = "Thanet", **changes: object) -> Endpoint:
    return replace(MODEL, name=name, site=site, **changes)  # type: ignore[arg-type] # checked where it is used


def down(minutes: int | None) -> EndpointHealth:
    return EndpointHealth(Health.DOWN, NOW, NOW - timedelta(minutes=minutes) if minutes is not None else None)


def alert(name: str, severity: Severity = Severity.WARNING, instance: str = "a", **changes: object) -> Alert:
    made = Alert(name, severity, instance, "", "", "", "", "", NOW)
    return replace(made, **changes)  # type: ignore[arg-type] # checked where it is used


class TestRollUp:
    def test_the_worst_site_comes_first_and_equals_by_name(self) -> None:
        states = {
            "d": down(5),
            "t": EndpointHealth(Health.ATTENTION),
            "s": EndpointHealth(Health.STALE),
            "w": UP,
            "x": UP,
            "y": UP,
        }
        sites = {"x": "alpha", "w": "Zulu", "s": "Silent", "u": "Unsure", "t": "Tired", "d": "Dead", "y": ""}
        found = roll_up([endpoint(name, site) for name, site in sites.items()], states)
        assert [site.name for site in found] == ["Dead", "Tired", "Unsure", "Silent", "alpha", "Zulu", ""]

    def test_counts_add_up(self) -> None:
        states = {"a": UP, "b": UP, "c": down(9)}
        (site,) = roll_up([endpoint(name) for name in "abcd"], states)
        assert site.counts == {Health.DOWN: 1, Health.UNKNOWN: 1, Health.UP: 2}
        assert (site.total, site.well, site.region) == (4, 2, "East")
        assert site.doubtful == {Health.UNKNOWN: ("d",)}

    def test_it_is_so_since_the_first_of_the_worst(self) -> None:
        (site,) = roll_up([endpoint("a"), endpoint("b")], {"a": down(5), "b": down(64)})
        assert (site.since, site.is_bound) == (NOW - timedelta(minutes=64), False)

    def test_one_of_unknown_age_makes_it_a_bound(self) -> None:
        (site,) = roll_up([endpoint("a"), endpoint("b")], {"a": down(5), "b": down(None)})
        assert (site.since, site.is_bound) == (NOW - timedelta(minutes=5), True)
        (site,) = roll_up([endpoint("a")], {"a": down(None)})
        assert (site.since, site.is_bound) == (None, False)

    def test_what_comes_or_goes_is_not_judged(self) -> None:
        members = [
            endpoint("a"),
            endpoint("b", lifecycle=Lifecycle.ENROLLING),
            endpoint("c", lifecycle=Lifecycle.REMOVING),
        ]
        (site,) = roll_up(members, {"a": UP, "c": down(1)})
        assert (site.health, site.total, site.busy) == (Health.UP, 1, 2)
        (site,) = roll_up(members[1:], {})
        assert (site.health, site.total, site.busy) == (Health.ENROLLING, 0, 2)

    def test_nothing_known_is_unknown_and_not_down(self) -> None:
        (site,) = roll_up([endpoint("a"), endpoint("b")], {})
        assert (site.health, site.counts, site.since) == (Health.UNKNOWN, {Health.UNKNOWN: 2}, None)

    def test_the_trend_is_that_of_the_site(self) -> None:
        trends = SiteTrends(np.array([0.0, 600.0]), {"": np.array([0.5, np.nan])})
        with_site, without = roll_up([endpoint("a"), endpoint("b", "")], {"a": UP, "b": UP}, trends)
        assert with_site.trend is None
        assert np.isnan(with_site.up_share)
        assert without.up_share == 0.5

    def test_regions_of_a_site_are_all_named(self) -> None:
        (site,) = roll_up([endpoint("a", region="West"), endpoint("b", region="East"), endpoint("c", region="")], {})
        assert site.region == "East, West"


def test_silenced_and_inhibited_alerts_are_only_counted() -> None:
    first = replace(alert("Old"), since=NOW - timedelta(hours=1))
    groups = by_severity(
        [
            alert("Young"),
            first,
            alert("S", silenced=True),
            alert("I", Severity.CRITICAL, inhibited=True),
            alert("N", Severity.INFO),
        ]
    )
    assert [(group.severity, [each.name for each in group.alerts], group.held_back) for group in groups] == [
        (Severity.CRITICAL, [], 1),
        (Severity.WARNING, ["Old", "Young"], 1),
        (Severity.INFO, ["N"], 0),
    ]


class TestNeeds:
    def found(
        self, members: Sequence[Endpoint], checks: dict[int, Checks] | None = None, alerts: Sequence[Alert] = ()
    ) -> dict[NeedKind, tuple[str, ...]]:
        def newer(version: str, architecture: str) -> bool:
            return (version, architecture) == ("1.0", "amd64")

        return {need.kind: need.names for need in needs_of(members, checks or {}, alerts, newer, NOW)}

    def test_nothing_is_needed_of_what_is_well(self) -> None:
        assert self.found([endpoint("a")], {MODEL.id: Checks(device=_check(DeviceState.AS_IT_WAS))}) == {}

    def test_certificates(self) -> None:
        ended = fake_metrics.certificate_until(NOW)
        soon = fake_metrics.certificate_until(NOW + timedelta(days=29))
        members = [endpoint("e", certificate=ended), endpoint("s", certificate=soon), endpoint("n", certificate=None)]
        assert self.found(members) == {
            NeedKind.CERTIFICATE_ENDED: ("e",),
            NeedKind.CERTIFICATE_ENDS: ("s",),
            NeedKind.PLAIN_HTTP: ("n",),
        }

    def test_devices(self) -> None:
        members = [endpoint("b", id=1), endpoint("A", id=2), endpoint("c", id=3, device_change=DeviceChange(NOW))]
        checks = {number: Checks(device=_check(DeviceState.ALTERED)) for number in (1, 2)}
        assert self.found(members, checks) == {NeedKind.ANOTHER_DEVICE: ("c",), NeedKind.ALTERED: ("A", "b")}

    def test_a_newer_exporter(self) -> None:
        members = [endpoint("old", receipt=Receipt("1.0", "amd64")), endpoint("new", receipt=Receipt("1.1", "amd64"))]
        assert self.found(members) == {NeedKind.UPDATE: ("old",)}

    def test_disks_are_told_by_the_alerts(self) -> None:
        alerts = [
            alert("DiskAlmostFull", instance="a"),
            alert("DiskWillFill", instance="a"),
            alert("DiskWillFill", instance="b"),
            alert("DiskAlmostFull", instance="stranger"),
            alert("DiskAlmostFull", instance="b", silenced=True),
        ]
        assert self.found([endpoint("a"), endpoint("b")], alerts=alerts) == {
            NeedKind.DISK_FULL: ("a",),
            NeedKind.DISK_FILLS: ("b",),
        }

    def test_who_is_being_removed_needs_nothing(self) -> None:
        assert self.found([endpoint("a", certificate=None, lifecycle=Lifecycle.REMOVING)]) == {}


def _check(state: DeviceState) -> DeviceCheckRecord:
    return DeviceCheckRecord(NOW, state)


AWAY = MonitoringError(service="Prometheus", reason="does not answer.", what_to_do="Look.")


class Sources:
    """Everything that the service asks, and how often."""

    def __init__(self) -> None:
        self.members = [endpoint("a", id=1), endpoint("b", id=2)]
        self.health = {"a": UP, "b": down(5)}
        self.error: MonitoringError | None = None
        self.alerts_error: MonitoringError | None = None
        self.number = 1
        self.asked: list[str] = []

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        if self.error is not None:
            raise self.error

    def states(self) -> FleetSnapshot:
        self._ask("states")
        return FleetSnapshot(NOW, np.empty(0), dict(self.health))

    def site_trends(self) -> SiteTrends:
        self._ask("trends")
        return SiteTrends(np.array([0.0]), {"Thanet": np.array([0.5])})

    def capacity(self) -> HostCapacity:
        self._ask("capacity")
        return HostCapacity(series=7)

    def firing(self) -> list[Alert]:
        self._ask("alerts")
        if self.alerts_error is not None:
            raise self.alerts_error
        return [alert("X")]

    def revision(self) -> int:
        return self.number

    def endpoints(self) -> list[Endpoint]:
        self.asked.append("endpoints")
        return list(self.members)

    def checks(self) -> dict[int, Checks]:
        self.asked.append("checks")
        return {}

    def newer_than(self, version: str, architecture: str) -> None:
        self.asked.append(f"kit {version} {architecture}")


@pytest.fixture
def sources() -> Sources:
    return Sources()


@pytest.fixture
def service(sources: Sources) -> OverviewService:
    return OverviewService(sources, sources, sources, sources, retention_days=lambda: 15)


class TestService:
    def test_everything_is_there(self, service: OverviewService) -> None:
        found = service.read(token=CancelToken())
        (site,) = found.sites
        assert (found.taken_at, found.total, found.count(Health.DOWN), site.up_share) == (NOW, 2, 1, 0.5)
        assert found.severities is not None
        assert [each.alerts[0].name for each in found.severities] == ["X"]
        assert (found.capacity, found.retention_days, found.error) == (HostCapacity(series=7), 15, None)

    def test_without_endpoints_nobody_is_asked(self, service: OverviewService, sources: Sources) -> None:
        sources.members = []
        assert service.read(token=CancelToken()).sites == ()
        assert sources.asked == ["endpoints", "checks"]

    def test_what_was_known_stays_while_prometheus_is_away(self, service: OverviewService, sources: Sources) -> None:
        before = service.read(token=CancelToken())
        sources.error = AWAY
        sources.asked.clear()
        found = service.read(token=CancelToken())
        assert sources.asked == ["states"], "each question would wait as long again"
        assert (found.sites, found.taken_at, found.error) == (before.sites, NOW, AWAY)
        assert found.away_since is not None
        assert service.read(token=CancelToken()).away_since == found.away_since
        sources.error = None
        assert service.read(token=CancelToken()).away_since is None

    def test_never_seen_is_unknown(self, service: OverviewService, sources: Sources) -> None:
        sources.error = AWAY
        found = service.read(token=CancelToken())
        assert (found.taken_at, found.count(Health.UNKNOWN), found.count(Health.DOWN)) == (None, 2, 0)
        assert found.severities is None

    def test_alerts_that_are_not_known_are_not_called_none(self, service: OverviewService, sources: Sources) -> None:
        sources.alerts_error = AWAY
        found = service.read(token=CancelToken())
        assert (found.severities, found.error, found.total) == (None, None, 2)

    def test_the_inventory_is_read_again_when_it_changed(self, service: OverviewService, sources: Sources) -> None:
        service.read(token=CancelToken())
        service.read(token=CancelToken())
        assert sources.asked.count("endpoints") == 1
        sources.members.append(endpoint("c", receipt=Receipt("1.0", "arm64")))
        sources.number = 2
        assert service.read(token=CancelToken()).total == 3
        assert sources.asked.count("kit 1.0 arm64") == 1

    def test_it_stops_between_two_questions(self, service: OverviewService, sources: Sources) -> None:
        token = CancelToken()
        token.cancel()
        with pytest.raises(Cancelled):
            service.read(token=token)
        assert "states" not in sources.asked


def test_needs_are_in_order_of_urgency() -> None:
    ended = fake_metrics.certificate_until(NOW)
    found = needs_of(
        [endpoint("a", certificate=ended, device_change=DeviceChange(NOW))], {}, (), lambda _v, _a: True, NOW
    )
    assert found == (Need(NeedKind.CERTIFICATE_ENDED, ("a",)), Need(NeedKind.ANOTHER_DEVICE, ("a",)))
