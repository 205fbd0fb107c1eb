"""The fleet on a real Prometheus that scrapes a real node_exporter, with the shipped recording rules."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from app.errors import MonitoringError
from app.models.endpoint import Endpoint, Lifecycle
from app.models.metrics import ChartSpec, EndpointHealth, FleetMetric, Health
from app.models.secret import Secret
from app.models.stack import ServiceAccess, ServiceName
from app.services.metrics import queries
from app.services.metrics.answers import RangeResult
from app.services.metrics.fleet import FleetService
from app.services.metrics.prometheus import PrometheusClient
from app.services.metrics.targets import target_groups
from app.services.progress import CancelToken
from tests.contracts.fleet import check_fleet
from tests.integration.monitoring import Monitoring, free_port, running, wait_for
from tests.ui import fake_metrics

# Names hold characters that mean something in regular expressions; "T.1" must not find "T-1".
UP, OTHER, HOT, DOWN, NEW, GONE = "T.1 _a", "T-1 _a", "T-2-hot", "T-3-down", "T-4", "T-5"
INTERVAL = 1.0


def _endpoint(
    name: str,
    port: int,
    *,
    site: str = "Barrow",
    tags: tuple[str, ...] = (),
    lifecycle: Lifecycle = Lifecycle.MONITORED,
) -> Endpoint:
    model = fake_metrics.endpoints(1)[0]
    return replace(
        model,
        name=name,
        address="127.0.0.1",
        exporter_port=port,
        site=site,
        tags=tags,
        lifecycle=lifecycle,
        # The exporter of these tests answers in plain HTTP.
        certificate=None,
    )


class Plant:
    """The inventory and the running parts of one test module."""

    def __init__(self, monitoring: Monitoring) -> None:
        self.monitoring = monitoring
        exporter = monitoring.ports["exporter"]
        self.endpoints = [
            _endpoint(UP, exporter),
            _endpoint(OTHER, exporter, site="", tags=(queries.HOST_TAG,)),
            _endpoint(HOT, exporter),
            _endpoint(DOWN, free_port()),
            _endpoint(NEW, exporter, lifecycle=Lifecycle.ENROLLING),
        ]
        self.fleet = FleetService(monitoring.access, lambda: self.endpoints, scrape_interval=lambda: INTERVAL)
        self.client = PrometheusClient(monitoring.access(ServiceName.PROMETHEUS))

    def write_targets(self) -> None:
        self.monitoring.write_targets(target_groups(self.endpoints))

    def state(self, name: str, health: Health) -> EndpointHealth | None:
        """The state of an endpoint, once it is in `health`."""
        found = self.fleet.health(name)
        return found if found.health is health else None

    def has_rates(self) -> bool:
        rates = self.client.query(queries.fleet(FleetMetric.CPU))
        return len(rates) == 3


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running(tmp_path_factory.mktemp("monitoring")) as monitoring:
        plant = Plant(monitoring)
        plant.write_targets()
        # Recorded rates need two scrapes and an evaluation.
        wait_for(plant.has_rates, what="recorded rates of three endpoints")
        wait_for(lambda: plant.state(HOT, Health.ATTENTION), what="an alert")
        yield plant


def test_keeps_the_contract_of_a_fleet(plant: Plant) -> None:
    check_fleet(plant.fleet, plant.endpoints, UP)


def test_the_invented_fleet_keeps_the_same_contract() -> None:
    endpoints = fake_metrics.endpoints(59)
    check_fleet(fake_metrics.FakeFleet(lambda: endpoints), endpoints, endpoints[0].name)


def test_every_endpoint_has_its_state(plant: Plant) -> None:
    states = plant.fleet.snapshot().health
    assert {name: state.health for name, state in states.items()} == {
        UP: Health.UP,
        OTHER: Health.UP,
        HOT: Health.ATTENTION,
        DOWN: Health.DOWN,
        NEW: Health.ENROLLING,
    }
    assert "connection refused" in states[DOWN].last_error
    assert states[HOT].since is not None
    age = datetime.now(UTC) - (states[UP].last_scrape or datetime.min.replace(tzinfo=UTC))
    assert timedelta(0) < age < timedelta(seconds=3 * INTERVAL + 1)


def test_the_share_that_is_up_is_told_by_site(plant: Plant) -> None:
    shares = {sample.labels.get("site", ""): sample.value for sample in plant.client.query(queries.UP_SHARE)}
    assert shares == {"Barrow": pytest.approx(2 / 3), "": 1.0}


def test_prometheus_tells_what_its_history_takes_and_how_its_host_is(plant: Plant) -> None:
    wait_for(lambda: plant.fleet.capacity().series, what="Prometheus scrapes itself")
    found = plant.fleet.capacity()
    assert found.memory_bytes > 1e6
    assert found.history_begins is not None
    assert datetime.now(UTC) - found.history_begins < timedelta(minutes=10)
    assert found.host == OTHER
    assert 0 < found.host_memory < 1
    assert 0 < found.host_disk < 1


def test_trends_come_from_the_shipped_recording_rules(plant: Plant) -> None:
    trends = plant.fleet.snapshot(points=60, window_seconds=60).trends
    for metric in (FleetMetric.CPU, FleetMetric.MEMORY, FleetMetric.DISK, FleetMetric.NETWORK):
        assert set(trends[metric]) == {UP, OTHER, HOT}
    values = trends[FleetMetric.MEMORY][UP].values
    assert np.isfinite(values[-1]), "the newest sample is on the last point"
    assert np.isnan(values[0]), "before the first scrape there is a gap"


def test_a_site_that_was_renamed_leaves_one_trend(plant: Plant) -> None:
    before = plant.endpoints[1]
    plant.endpoints[1] = replace(before, site="Walney")
    plant.write_targets()
    renamed = f'up{{instance="{OTHER}",site="Walney"}} == 1'
    wait_for(lambda: plant.client.query(renamed), what="the new label")
    assert plant.client.query(queries.last_scrape([OTHER]))[0].labels == {"instance": OTHER}
    assert plant.fleet.snapshot().health[OTHER].health is Health.UP


def _two_series(plant: Plant) -> RangeResult | None:
    """The recorded series of the renamed endpoint, once the new one has taken over from the old one."""
    now = time.time()
    found = plant.client.query_range(queries.fleet(FleetMetric.MEMORY, OTHER), now - 60, now, 1)
    return found if np.isfinite(found.values[:, -1:]).sum(axis=1).tolist() in ([1, 0], [0, 1]) else None


def test_the_trend_of_a_renamed_site_goes_on(plant: Plant) -> None:
    parts = wait_for(lambda: _two_series(plant), what="recorded series of both sites")
    trend = plant.fleet.snapshot(points=60, window_seconds=60).trends[FleetMetric.MEMORY][OTHER]
    longest = np.isfinite(parts.values).sum(axis=1).max()
    assert np.isfinite(trend.values).sum() > longest
    assert FleetMetric.MEMORY in plant.fleet.current(OTHER)


def test_the_network_is_what_is_received_and_what_is_sent(plant: Plant) -> None:
    assert len(plant.client.query(queries.fleet(FleetMetric.NETWORK, UP))) == 2
    assert FleetMetric.NETWORK in plant.fleet.current(UP)
    assert UP in plant.fleet.snapshot().trends[FleetMetric.NETWORK]


@pytest.mark.parametrize("spec", queries.CHARTS, ids=lambda spec: spec.key)
def test_prometheus_accepts_the_query_of_each_chart(plant: Plant, spec: ChartSpec) -> None:
    now = time.time()
    found = plant.client.query_range(queries.chart(spec, UP, 60), now - 60, now, 1)
    if spec.key != "temperatures":  # a virtual machine has no sensor
        assert found.labels
        assert np.isfinite(found.values).any()
    if spec.legend:
        assert all(spec.legend in labels for labels in found.labels)
    else:
        assert len(found.labels) <= 1


def test_charts_show_the_parts_in_their_order(plant: Plant) -> None:
    end = datetime.now(UTC)
    charts = {chart.spec.key: chart for chart in plant.fleet.charts(UP, start=end - timedelta(minutes=5), end=end)}
    assert [line.label for line in charts["memory"].lines] == ["used", "cache", "total"]
    assert [line.label for line in charts["network"].lines] == ["received", "sent"]
    assert "/" in [line.label for line in charts["filesystems"].lines]
    total = charts["memory"].lines[2].values
    used = charts["memory"].lines[0].values
    assert np.nanmax(used) < np.nanmax(total)
    assert {"user", "system", "iowait"} <= {line.label for line in charts["cpu"].lines}


@pytest.mark.parametrize("days", [1, 7, 30])
def test_charts_of_long_ranges_stay_small(plant: Plant, days: int) -> None:
    end = datetime.now(UTC)
    for chart in plant.fleet.charts(UP, start=end - timedelta(days=days), end=end, points=300):
        assert len(chart.times) <= 300


def test_the_first_scrape_after_a_moment_is_awaited(plant: Plant) -> None:
    since = datetime.now(UTC)
    found = plant.fleet.wait_until_up(UP, since=since, timeout=10, token=CancelToken())
    assert found.health is Health.UP
    assert found.last_scrape is not None
    assert since < found.last_scrape < since + timedelta(seconds=5)


def test_a_failing_first_scrape_tells_why(plant: Plant) -> None:
    found = plant.fleet.wait_until_up(DOWN, since=datetime.now(UTC), timeout=10, token=CancelToken())
    assert found.health is Health.DOWN
    assert "connection refused" in found.last_error


def test_a_target_that_nobody_wrote_is_not_noticed(plant: Plant) -> None:
    found = plant.fleet.wait_until_up("nobody", since=datetime.now(UTC), timeout=0.6, token=CancelToken())
    assert found.health is Health.UNKNOWN
    assert "has not noticed a target named nobody" in found.last_error


def test_a_known_target_that_is_not_scraped_is_told_apart(plant: Plant) -> None:
    future = datetime.now(UTC) + timedelta(minutes=10)
    found = plant.fleet.wait_until_up(UP, since=future, timeout=0.6, token=CancelToken())
    assert found.health is Health.UNKNOWN
    assert plant.monitoring.exporter_target in found.last_error
    assert "has not scraped it" in found.last_error


def test_waiting_for_a_scrape_waits_for_prometheus(plant: Plant) -> None:
    """Prometheus restarts while the wizard waits: that is no failure of the enrolment."""
    plant.monitoring.prometheus.stop()
    restart = threading.Timer(1.0, plant.monitoring.prometheus.start)
    restart.start()
    try:
        found = plant.fleet.wait_until_up(UP, since=datetime.now(UTC), timeout=20, token=CancelToken())
    finally:
        restart.join()
    assert found.health is Health.UP


def test_an_endpoint_goes_down_and_comes_back(plant: Plant) -> None:
    plant.monitoring.exporter.stop()
    stopped = datetime.now(UTC)
    try:
        down = wait_for(lambda: plant.state(UP, Health.DOWN), what="down")
        assert down.last_error
        if down.since is not None:  # to the 15 seconds of the look-back
            assert abs(down.since - stopped) < timedelta(seconds=30)
    finally:
        plant.monitoring.exporter.start()
    back = wait_for(lambda: plant.state(UP, Health.UP), what="up")
    assert back.last_error == ""


def test_an_endpoint_without_target_is_stale_if_it_was_ever_seen(plant: Plant) -> None:
    plant.endpoints.append(_endpoint(GONE, plant.monitoring.ports["exporter"]))
    assert plant.fleet.snapshot().health[GONE].health is Health.UNKNOWN
    plant.write_targets()
    wait_for(lambda: plant.state(GONE, Health.UP), what="up")
    plant.monitoring.write_targets(target_groups(endpoint for endpoint in plant.endpoints if endpoint.name != GONE))
    stale = wait_for(lambda: plant.state(GONE, Health.STALE), what="stale")
    assert stale.last_scrape is None or datetime.now(UTC) - stale.last_scrape < timedelta(minutes=1)
    plant.endpoints.pop()


def test_what_prometheus_says_about_a_bad_query_is_told(plant: Plant) -> None:
    with pytest.raises(MonitoringError) as caught:
        plant.client.query("rate(up)")
    assert "expected type range vector" in caught.value.message
    assert "rate(up)" in caught.value.evidence


def test_a_wrong_password_is_named(plant: Plant) -> None:
    url = plant.monitoring.access(ServiceName.PROMETHEUS).url
    client = PrometheusClient(ServiceAccess(url, "plantwatch", Secret("wrong canary")))
    for ask in (client.time, client.targets, client.alerts, client.ready):
        with pytest.raises(MonitoringError) as caught:
            ask()
        assert caught.value.message == "Prometheus refuses Plantwatch's password."
        assert "canary" not in f"{caught.value!r} {caught.value.evidence} {caught.value.advice}"


def test_prometheus_away_is_an_error(plant: Plant) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    fleet = FleetService(lambda _: ServiceAccess(address, "plantwatch", Secret("x")), lambda: plant.endpoints)
    with pytest.raises(MonitoringError) as caught:
        fleet.snapshot()
    assert caught.value.message == f"Prometheus does not answer at {address}."
    assert "Stack page" in caught.value.advice
    with pytest.raises(MonitoringError):
        fleet.wait_until_up(UP, since=datetime.now(UTC), timeout=0.3, token=CancelToken())


def test_a_running_prometheus_is_ready(plant: Plant) -> None:
    assert plant.client.ready()
