"""The fleet, on answers that are made up; tests/integration/test_metrics.py has the same on a real Prometheus."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.errors import Cancelled, MonitoringError, NotFoundError
from app.models.metrics import FleetMetric, Health
from app.models.secret import Secret
from app.models.stack import ServiceAccess, ServiceName
from app.services.metrics import queries
from app.services.metrics.fleet import MAXIMUM_LINES, FleetService
from app.services.metrics.prometheus import PrometheusClient
from app.services.progress import CancelToken
from tests.contracts.fleet import check_fleet
from tests.ui import fake_metrics
from tests.unit.services.metrics.prometheus_fake import ACCESS, NOW, FakePrometheus

NAMES = ("a", "b", "c")


@pytest.fixture
def fake() -> FakePrometheus:
    made = FakePrometheus()
    made.scrapes = dict.fromkeys(NAMES, (NOW - 1, True))
    return made


def _service(fake: FakePrometheus, access: Callable[[ServiceName], ServiceAccess] = lambda _: ACCESS) -> FleetService:
    model = fake_metrics.endpoints(1)[0]
    known = [replace(model, name=name) for name in NAMES]
    return FleetService(access, lambda: known, connect=fake.client)


def test_the_invented_fleet_keeps_the_contract() -> None:
    endpoints = fake_metrics.endpoints(80)
    check_fleet(fake_metrics.FakeFleet(lambda: endpoints), endpoints, endpoints[0].name)


def test_the_invented_fleet_shows_every_state() -> None:
    assert {state.health for state in fake_metrics.snapshot(80).health.values()} == set(Health)


def test_a_snapshot_takes_one_range_query_a_metric(fake: FakePrometheus) -> None:
    fake.ranges = {queries.fleet(FleetMetric.CPU): {"a": 0.5, "b": 0.25, "stranger": 1.0}}
    found = _service(fake).snapshot(points=4, window_seconds=240)
    assert {name: trend.last for name, trend in found.trends[FleetMetric.CPU].items()} == {"a": 0.5, "b": 0.25}
    assert found.trends[FleetMetric.DISK] == {}
    assert set(found.health) == set(NAMES)
    assert len(fake.asked) == 3 + len(FleetMetric)


def test_the_grid_stays_while_time_goes_on(fake: FakePrometheus) -> None:
    service = _service(fake)
    first = service.snapshot(points=60, window_seconds=3600).times
    fake.now += 30
    second = service.snapshot(points=60, window_seconds=3600).times
    assert (first % 60 == 0).all()
    assert (first == second).all() or (first[1:] == second[:-1]).all()
    assert fake.now <= second[-1] < fake.now + 60


def test_series_that_follow_each_other_are_one_trend_and_parts_are_added(fake: FakePrometheus) -> None:
    old, new = {"instance": "a", "site": "Old"}, {"instance": "a", "site": "New"}
    fake.series = {
        queries.fleet(FleetMetric.NETWORK): [
            (old | {"__name__": "received"}, [1.0, 2.0, None, None]),
            (new | {"__name__": "received"}, [None, 2.0, 3.0, 4.0]),
            (old | {"__name__": "sent"}, [10.0, 10.0, None, None]),
            (new | {"__name__": "sent"}, [None, None, 10.0, None]),
        ]
    }
    found = _service(fake).snapshot(points=4, window_seconds=240).trends[FleetMetric.NETWORK]
    np.testing.assert_array_equal(found["a"].values, [11, 12, 13, np.nan])
    assert set(found) == {"a"}


def test_infinity_is_a_gap(fake: FakePrometheus) -> None:
    fake.ranges = {queries.fleet(FleetMetric.CPU): {"a": math.inf, "b": -math.inf}}
    service = _service(fake)
    for trend in service.snapshot().trends[FleetMetric.CPU].values():
        assert np.isnan(trend.values).all()
    fake.ranges = {
        queries.fleet(FleetMetric.CPU, "a"): {"a": math.inf},
        queries.fleet(FleetMetric.DISK, "a"): {"a": 0.5},
    }
    assert service.current("a") == {FleetMetric.DISK: 0.5}


def test_a_moved_prometheus_is_asked_where_it_is_now(fake: FakePrometheus) -> None:
    connected: list[ServiceAccess] = []
    where = [ACCESS]

    def connect(access: ServiceAccess) -> PrometheusClient:
        connected.append(access)
        return fake.client(access)

    service = FleetService(lambda _: where[0], list, connect=connect)
    service.snapshot()
    service.snapshot()
    where[0] = replace(ACCESS, password=Secret("another"))
    service.snapshot()
    assert [access.password for access in connected] == [ACCESS.password, Secret("another")]


def test_an_unknown_endpoint_is_not_found(fake: FakePrometheus) -> None:
    with pytest.raises(NotFoundError):
        _service(fake).health("nobody")


@pytest.mark.parametrize(
    ("span", "step"),
    [
        (timedelta(minutes=15), 15),
        (timedelta(hours=1), 15),
        (timedelta(hours=6), 73),
        (timedelta(days=30), 8669),
    ],
)
def test_the_points_of_a_chart_follow_the_range(fake: FakePrometheus, span: timedelta, step: int) -> None:
    end = datetime(2026, 3, 1, tzinfo=UTC)
    charts = _service(fake).charts("a", start=end - span, end=end)
    assert [chart.spec.key for chart in charts] == [spec.key for spec in queries.CHARTS]
    for chart in charts:
        assert np.diff(chart.times)[0] == step
        assert len(chart.times) <= 300
        assert chart.times[-1] == end.timestamp()
    assert f"[{max(60, step)}s]" in fake.asked[0]


def test_a_device_cannot_fill_a_chart_with_lines(fake: FakePrometheus) -> None:
    end = datetime(2026, 3, 1, tzinfo=UTC)
    query = queries.chart(queries.CHARTS[0], "a", 60)
    fake.ranges = {query: {f"mode {number}": 1.0 for number in range(1000)}}
    assert len(_service(fake).charts("a", start=end - timedelta(hours=1), end=end)[0].lines) == MAXIMUM_LINES


@pytest.mark.parametrize(("hours", "points"), [(0, 300), (-1, 300), (1, 1)])
def test_a_range_without_extent_is_refused(fake: FakePrometheus, hours: int, points: int) -> None:
    end = datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="range"):
        _service(fake).charts("a", start=end - timedelta(hours=hours), end=end, points=points)


def test_the_first_scrape_is_judged_by_prometheus_clock(fake: FakePrometheus) -> None:
    """Its clock is a year ahead of ours here: only what it scraped after the same moment counts."""
    service, since = _service(fake), datetime.now(UTC)
    fake.now = since.timestamp() + 365 * 86400
    fake.scrapes = {"a": (fake.now - 1, True), "b": (fake.now + 1, True), "c": (fake.now + 1, False)}
    fake.errors = {"c": "no route to host"}
    token = CancelToken()
    assert service.wait_until_up("a", since=since, timeout=0.05, token=token).health is Health.UNKNOWN
    found = service.wait_until_up("b", since=since, timeout=0.05, token=token)
    assert (found.health, found.last_scrape) == (Health.UP, found.since)
    failed = service.wait_until_up("c", since=since, timeout=0.05, token=token)
    assert (failed.health, failed.last_error) == (Health.DOWN, "no route to host")


def test_a_scrape_that_does_not_come_is_told_as_what_was_seen(fake: FakePrometheus) -> None:
    service, token = _service(fake), CancelToken()
    since = datetime.now(UTC)
    fake.now = since.timestamp()
    unnoticed = service.wait_until_up("nobody", since=since, timeout=0.05, token=token)
    assert unnoticed.last_error == "Prometheus has not noticed a target named nobody within 0.05 s."
    idle = service.wait_until_up("a", since=since, timeout=0.05, token=token)
    assert idle.last_error.startswith("Prometheus knows the target http://a:9100/metrics but has not scraped it")


def test_a_short_absence_of_prometheus_is_waited_out(fake: FakePrometheus) -> None:
    service, since = _service(fake), datetime.now(UTC)
    fake.now = since.timestamp() + 5
    fake.scrapes = {"a": (fake.now + 10, True)}
    fake.failures = 1
    assert service.wait_until_up("a", since=since, timeout=5, token=CancelToken()).health is Health.UP
    fake.failures = 1000
    with pytest.raises(MonitoringError):
        service.wait_until_up("b", since=since, timeout=0.05, token=CancelToken())


def test_waiting_can_be_cancelled(fake: FakePrometheus) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        _service(fake).wait_until_up("a", since=datetime.now(UTC), timeout=60, token=token)
    assert not fake.asked
