"""The share of endpoints that were up, and what the stack costs: on answers that are made up."""

import math

import numpy as np
import pytest

from app.errors import MonitoringError
from app.services.metrics import queries
from app.services.metrics.answers import Sample
from app.services.metrics.capacity import capacity_of
from app.services.metrics.site_trends import POINTS, STEP_SECONDS, SiteTrendReader
from tests.unit.services.metrics.prometheus_fake import NOW, FakePrometheus

_FIRST = math.floor(NOW / STEP_SECONDS) * STEP_SECONDS


@pytest.fixture
def fake() -> FakePrometheus:
    made = FakePrometheus()
    made.series = {queries.UP_SHARE: [({"site": "Thanet"}, [1.0] * POINTS), ({}, [0.5] * POINTS)]}
    return made


def test_a_day_on_a_grid_that_stays(fake: FakePrometheus) -> None:
    found = SiteTrendReader().read(fake.client(), NOW)
    assert found.times[-1] == _FIRST
    assert found.times[-1] - found.times[0] == 86400
    assert {site: float(row[0]) for site, row in found.shares.items()} == {"Thanet": 1.0, "": 0.5}


def test_only_what_is_new_is_asked_for(fake: FakePrometheus) -> None:
    reader, client = SiteTrendReader(), fake.client()
    first = reader.read(client, _FIRST)
    assert reader.read(client, _FIRST + STEP_SECONDS - 1) is first
    assert len(fake.asked) == 1
    fake.series = {queries.UP_SHARE: [({"site": "Thanet"}, [0.25, 0.0]), ({"site": "New"}, [None, 1.0])]}
    second = reader.read(client, _FIRST + 2 * STEP_SECONDS)
    assert second.times[-1] == _FIRST + 2 * STEP_SECONDS
    assert len(second.times) == POINTS
    np.testing.assert_array_equal(second.shares["Thanet"][-3:], [1.0, 0.25, 0.0])
    np.testing.assert_array_equal(second.shares[""][-3:], [0.5, np.nan, np.nan])
    np.testing.assert_array_equal(second.shares["New"][-3:], [np.nan, np.nan, 1.0])


def test_a_site_without_a_point_left_goes(fake: FakePrometheus) -> None:
    reader, client = SiteTrendReader(), fake.client()
    only_at_first = [1.0, *[None] * (POINTS - 1)]
    fake.series = {queries.UP_SHARE: [({"site": "Old"}, only_at_first)]}
    assert set(reader.read(client, _FIRST).shares) == {"Old"}
    fake.series = {queries.UP_SHARE: []}
    assert reader.read(client, _FIRST + STEP_SECONDS).shares == {}


@pytest.mark.parametrize("later", [-86400, 2 * 86400])
def test_another_clock_or_a_long_sleep_begins_anew(fake: FakePrometheus, later: int) -> None:
    reader, client = SiteTrendReader(), fake.client()
    reader.read(client, _FIRST)
    found = reader.read(client, _FIRST + later)
    assert found.times[-1] == _FIRST + later
    assert (found.shares["Thanet"] == 1).all()


def test_another_prometheus_begins_anew(fake: FakePrometheus) -> None:
    reader = SiteTrendReader()
    reader.read(fake.client(), _FIRST)
    fake.series = {queries.UP_SHARE: [({"site": "Elsewhere"}, [1.0] * POINTS)]}
    assert set(reader.read(fake.client(), _FIRST).shares) == {"Elsewhere"}


def test_a_failure_forgets_nothing(fake: FakePrometheus) -> None:
    reader, client = SiteTrendReader(), fake.client()
    reader.read(client, _FIRST)
    fake.failures = 10
    with pytest.raises(MonitoringError):
        reader.read(client, _FIRST + STEP_SECONDS)
    fake.failures = 0
    fake.series = {queries.UP_SHARE: [({"site": "Thanet"}, [0.75])]}
    assert reader.read(client, _FIRST + STEP_SECONDS).shares["Thanet"][-2:].tolist() == [1.0, 0.75]


def _own(name: str, value: float) -> Sample:
    return Sample({"__name__": name, "job": "prometheus", "instance": "prometheus"}, NOW, value)


def _host(name: str, instance: str, value: float) -> Sample:
    return Sample({"__name__": name, "job": "node", "instance": instance, "tags": ",docker-host,"}, NOW, value)


def test_capacity_is_told_apart_by_name() -> None:
    found = capacity_of(
        [
            *(_own(name, 1000.0) for name in queries.HISTORY_BYTES),
            _own(queries.HISTORY_BEGINS, NOW - 86400),
            _own(queries.SERIES, 48200.0),
            _own(queries.RESIDENT_BYTES, 5e8),
            _host("instance:node_filesystem_utilisation:max", "plant-srv", 0.64),
            _host("instance:node_memory_utilisation:ratio", "plant-srv", 0.5),
            _host("instance:node_memory_utilisation:ratio", "second-srv", 0.9),
        ]
    )
    assert (found.history_bytes, found.series, found.memory_bytes, found.host) == (3000, 48200, 5e8, "plant-srv")
    assert (found.host_disk, found.host_memory) == (0.64, 0.5)
    assert math.isnan(found.host_cpu)
    assert found.history_begins is not None


def test_what_is_not_told_is_not_known() -> None:
    # A Prometheus without a sample says that it begins at the end of time.
    found = capacity_of(
        [_own(queries.HISTORY_BEGINS, 9.2e15), _own(queries.SERIES, math.nan), _own(queries.HISTORY_BYTES[0], 0.0)]
    )
    assert (found.history_begins, found.series, found.host) == (None, 0, "")
    assert math.isnan(found.history_bytes)
