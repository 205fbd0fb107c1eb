"""What everything that tells about the fleet must keep: FleetService on a real Prometheus, and the FakeFleet of the window's tests."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np
import pytest

from app.errors import Cancelled, NotFoundError
from app.models.endpoint import Endpoint, Lifecycle
from app.models.metrics import Chart, EndpointHealth, FleetMetric, FleetSnapshot, Health
from app.models.overview import HostCapacity, SiteTrends
from app.services.metrics import queries
from app.services.progress import CancelToken


class Fleet(Protocol):
    """The part of FleetService that the window uses."""

    def snapshot(self, *, points: int = 60, window_seconds: int = 3600) -> FleetSnapshot: ...
    def states(self) -> FleetSnapshot: ...
    def site_trends(self) -> SiteTrends: ...
    def capacity(self) -> HostCapacity: ...
    def charts(self, endpoint_name: str, *, start: datetime, end: datetime, points: int = 300) -> list[Chart]: ...
    def health(self, endpoint_name: str) -> EndpointHealth: ...
    def current(self, endpoint_name: str) -> dict[FleetMetric, float]: ...
    def wait_until_up(
        self, endpoint_name: str, *, since: datetime, timeout: float, token: CancelToken
    ) -> EndpointHealth: ...


def check_fleet(fleet: Fleet, endpoints: Sequence[Endpoint], up: str) -> None:
    """`endpoints` are all that the fleet knows; the one named `up` is up, with metrics."""
    _check_snapshot(fleet.snapshot(points=30, window_seconds=600), endpoints, up, points=30, seconds=600)
    _check_overview(fleet, endpoints)
    _check_charts(fleet, up)
    _check_one(fleet, up)
    token = CancelToken()
    since = datetime.now(UTC) - timedelta(seconds=5)
    assert fleet.wait_until_up(up, since=since, timeout=10, token=token).health is Health.UP
    token.cancel()
    with pytest.raises(Cancelled):
        fleet.wait_until_up(up, since=since, timeout=10, token=token)


def _check_snapshot(
    snapshot: FleetSnapshot, endpoints: Sequence[Endpoint], up: str, *, points: int, seconds: int
) -> None:
    assert set(snapshot.health) == {endpoint.name for endpoint in endpoints}
    assert abs((datetime.now(UTC) - snapshot.taken_at).total_seconds()) < 60
    assert snapshot.times.shape == (points,)
    assert np.allclose(np.diff(snapshot.times), seconds / points)
    assert set(snapshot.trends) == set(FleetMetric)
    for trends in snapshot.trends.values():
        assert set(trends) <= set(snapshot.health)
        for trend in trends.values():
            assert trend.values.shape == (points,)
            assert trend.values.dtype == np.float64
            assert not np.isinf(trend.values).any()
    for metric in (FleetMetric.CPU, FleetMetric.MEMORY, FleetMetric.DISK):
        assert 0 <= snapshot.trends[metric][up].last <= 1
    for endpoint in endpoints:
        state = snapshot.health[endpoint.name]
        assert (state.health is Health.ENROLLING) == (endpoint.lifecycle is Lifecycle.ENROLLING)
        for moment in (state.last_scrape, state.since):
            assert moment is None or moment.utcoffset() == timedelta(0)
        if state.health in (Health.UP, Health.ATTENTION, Health.DOWN):
            assert state.last_scrape is not None


def _check_overview(fleet: Fleet, endpoints: Sequence[Endpoint]) -> None:
    states = fleet.states()
    assert set(states.health) == {endpoint.name for endpoint in endpoints}
    assert not states.trends
    trends = fleet.site_trends()
    assert len(trends.times) == 145
    assert np.allclose(np.diff(trends.times), 600)
    for share in trends.shares.values():
        assert share.shape == trends.times.shape
        known = share[~np.isnan(share)]
        assert ((known >= 0) & (known <= 1)).all()
    capacity = fleet.capacity()
    assert capacity.series >= 0
    assert capacity.history_begins is None or capacity.history_begins.utcoffset() == timedelta(0)


def _check_charts(fleet: Fleet, up: str) -> None:
    end = datetime.now(UTC)
    charts = fleet.charts(up, start=end - timedelta(minutes=15), end=end, points=60)
    assert [chart.spec for chart in charts] == list(queries.CHARTS)
    for chart in charts:
        assert 2 <= len(chart.times) <= 60
        assert (np.diff(chart.times) > 0).all()
        assert abs(chart.times[-1] - end.timestamp()) <= 1
        assert len({line.label for line in chart.lines}) == len(chart.lines)
        for line in chart.lines:
            assert line.values.shape == chart.times.shape
            assert not np.isinf(line.values).any()


def _check_one(fleet: Fleet, up: str) -> None:
    assert fleet.health(up).health in (Health.UP, Health.ATTENTION)
    with pytest.raises(NotFoundError):
        fleet.health("nobody")
    current = fleet.current(up)
    assert {FleetMetric.CPU, FleetMetric.MEMORY, FleetMetric.DISK} <= set(current)
    assert all(math.isfinite(value) for value in current.values())
