"""The simulated fleet on a real Prometheus: what the product asks of it, and what can be done to it."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import MonitoringError
from app.main import build_services
from app.models.metrics import FleetMetric, Health
from app.models.stack import ServiceName
from app.services.metrics import queries
from app.services.metrics.fleet import FleetService
from app.services.metrics.prometheus import PrometheusClient
from tests.integration.monitoring import wait_for
from tests.lab.fleet.farms import EVERY_TURBINE
from tests.lab.fleet.faults import Fault
from tests.lab.fleet.history import History
from tests.lab.fleet.running import SimulatedFleet, simulated_fleet

SMALL = 12


#: Nearly two minutes, most of them waiting for scrapes.
pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def small() -> Iterator[SimulatedFleet]:
    with simulated_fleet(n=SMALL, faulty=False, scrape_seconds=5) as fleet:
        wait_for(lambda: up(fleet) == SMALL, seconds=60, what="all are up")
        yield fleet


def client(fleet: SimulatedFleet) -> PrometheusClient:
    return PrometheusClient(fleet.access(ServiceName.PROMETHEUS))


def service(fleet: SimulatedFleet) -> FleetService:
    return FleetService(fleet.access, fleet.endpoints, scrape_interval=lambda: 5.0)


def up(fleet: SimulatedFleet) -> int:
    return sum(sample.value == 1 for sample in client(fleet).query(queries.up()))


def instances(fleet: SimulatedFleet, query: str) -> set[str]:
    return {sample.labels["instance"] for sample in client(fleet).query(query)}


def has_all(fleet: SimulatedFleet, query: str) -> Callable[[], bool]:
    everyone = {turbine.name for turbine in fleet.turbines}
    return lambda: everyone <= instances(fleet, query)


def test_every_recorded_metric_is_there_for_every_endpoint(small: SimulatedFleet) -> None:
    for metric in FleetMetric:
        wait_for(has_all(small, queries.fleet(metric)), seconds=90, what=f"{metric} of all")


def test_every_chart_of_every_endpoint_has_lines(small: SimulatedFleet) -> None:
    for spec in queries.CHARTS:
        for turbine in small.turbines:
            query = queries.chart(spec, turbine.name, 60)
            wait_for(lambda asked=query: client(small).query(asked), seconds=90, what=f"{spec.key} of {turbine.name}")  # type: ignore[misc] # asked is bound


def test_the_products_questions_about_the_fleet_are_answered(small: SimulatedFleet) -> None:
    names = [turbine.name for turbine in small.turbines]
    assert {sample.labels["instance"] for sample in client(small).query(queries.last_scrape())} == set(names)
    assert len(client(small).query(queries.UP_SHARE)) == len({turbine.farm for turbine in small.turbines})
    assert client(small).query(queries.last_time(names, 1, 3600, 15))
    assert client(small).raw_samples(queries.scrapes(names, 300))
    wait_for(lambda: service(small).capacity().series > SMALL * 100, what="Prometheus tells of itself")
    wait_for(lambda: service(small).capacity().host == names[0], seconds=90, what="the Docker host's figures")


def test_targets_have_the_labels_of_the_inventory(small: SimulatedFleet) -> None:
    found = {target.labels["instance"]: target.labels for target in client(small).targets()}
    for turbine in small.turbines:
        labels = found[turbine.name]
        assert (labels["site"], labels["region"]) == (turbine.farm.name, turbine.farm.region)
        assert labels["job"] == "node"


def test_endpoints_go_down_and_come_back(small: SimulatedFleet) -> None:
    site = small.turbines[0].farm.name
    names = small.names_at(site)
    fleet = service(small)
    small.break_down(Fault.DOWN, names)
    wait_for(
        lambda: {fleet.health(name).health for name in names} == {Health.DOWN}, seconds=60, what="the site is down"
    )
    assert up(small) == SMALL - len(names)
    small.mend(Fault.DOWN, names)
    wait_for(lambda: up(small) == SMALL, seconds=60, what="all are up again")


def test_a_lost_link_is_told_from_a_refusal(small: SimulatedFleet) -> None:
    name = small.turbines[-1].name
    small.break_down(Fault.LINK_LOST, [name])
    try:
        wait_for(lambda: service(small).health(name).health is Health.DOWN, seconds=60, what="it does not answer")
        assert "deadline" in service(small).health(name).last_error
    finally:
        small.mend(Fault.LINK_LOST, [name])
        wait_for(lambda: up(small) == SMALL, seconds=60, what="all are up again")


def test_the_services_of_the_product_work_on_it(small: SimulatedFleet) -> None:
    services = build_services(small.data_dir, make_stack=small.make_stack)
    try:
        snapshot = services.fleet.snapshot()
        assert [state.health for state in snapshot.health.values()] == [Health.UP] * SMALL
        assert services.stack.status().is_healthy
        assert services.alerts.firing() == []
        services.stack.write_targets(services.inventory.targets()[1:])
        wait_for(lambda: len(client(small).targets()) == SMALL - 1, what="one target less")
        services.stack.write_targets(services.inventory.targets())
        wait_for(lambda: up(small) == SMALL, what="all are up again")
    finally:
        services.close()


def test_prometheus_stops_freezes_and_dies(tmp_path_factory: pytest.TempPathFactory) -> None:
    with simulated_fleet(n=2, faulty=False) as fleet:
        ask = PrometheusClient(fleet.access(ServiceName.PROMETHEUS), timeout=2)
        assert ask.ready()
        fleet.prometheus.freeze()
        with pytest.raises(MonitoringError):
            ask.time()
        fleet.prometheus.thaw()
        wait_for(lambda: ask.time() > 0, what="it goes on")
        fleet.prometheus.kill()
        with pytest.raises(MonitoringError):
            ask.time()
        fleet.prometheus.start()
        assert ask.ready()
        programs, root = (fleet.prometheus, fleet.alertmanager, fleet.exporters), fleet.root
    assert [program.pids for program in programs] == [[], [], []]
    assert not root.exists()


@pytest.mark.full
@pytest.mark.alone
@pytest.mark.timeout(600)
def test_the_whole_fleet_with_a_month_of_history() -> None:
    begun = time.monotonic()
    with simulated_fleet(n=EVERY_TURBINE, history=History.FULL, faulty=False) as fleet:
        assert time.monotonic() - begun < 120 + 60, "history, inventory and start"
        wait_for(lambda: up(fleet) == EVERY_TURBINE, seconds=120, what="all are up")
        for metric in FleetMetric:
            wait_for(has_all(fleet, queries.fleet(metric)), seconds=120, what=f"{metric} of all")
        snapshot = service(fleet).snapshot()
        assert {state.health for state in snapshot.health.values()} <= {Health.UP, Health.ATTENTION}
        assert all(len(trends) == EVERY_TURBINE for trends in snapshot.trends.values())
        month_ago = datetime.now(UTC) - timedelta(days=29)
        for turbine in (fleet.turbines[0], fleet.turbines[-1]):
            found = client(fleet).query(queries.fleet(FleetMetric.CPU, turbine.name), at=month_ago.timestamp())
            assert len(found) == 1
        assert gap(fleet) <= 300
    assert not fleet.prometheus.pids


def gap(fleet: SimulatedFleet) -> float:
    """The longest time in seconds without a sample of one endpoint's outcome in the last two hours."""
    (series,) = client(fleet).raw_samples(queries.scrapes([fleet.turbines[0].name], 7200))
    pairs = zip(series.times, series.times[1:], strict=False)
    return max(float(later - earlier) for earlier, later in pairs)
