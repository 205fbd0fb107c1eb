"""The whole way with nothing stood in for: a real stack, a real Prometheus, the real keyring, a real device."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import StackError
from app.models.endpoint import EndpointDraft, Lifecycle
from app.models.metrics import FleetMetric, Health
from app.models.stack import ServiceName
from app.services.enrolment import EnrolmentService, failures
from app.services.kit import Kit
from app.services.metrics.fleet import FleetService
from app.services.progress import CancelToken, ignore
from app.services.secrets import KeyringStore
from tests.contracts.fleet_probe import check_fleet_probe
from tests.integration.enrolments import changed, kit_folder, request_for
from tests.integration.stacks import Stack
from tests.lab import Device, Lab

#: The rules that record metrics run as often as is scraped, but not at the same moment.
_RECORDED_SECONDS = 45


@pytest.fixture(scope="module")
def stack(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("stack"), lab.docker_host, lab.engine)
    made.choose(scrape_interval_seconds=5)
    try:
        made.deploy()
        yield made
    finally:
        made.dispose()


@pytest.fixture
def fleet(stack: Stack) -> FleetService:
    return FleetService(stack.service.access, stack.inventory.endpoints, scrape_interval=lambda: 5.0)


@pytest.fixture
def service(lab: Lab, stack: Stack, fleet: FleetService) -> EnrolmentService:
    return EnrolmentService(stack.inventory, stack.secrets, Kit(kit_folder(lab)), stack.service, fleet)


def test_from_submit_to_the_first_scrape_and_back(
    service: EnrolmentService, fleet: FleetService, stack: Stack, device: Device
) -> None:
    before = device.snapshot()
    endpoint = service.enrol(request_for(device), report=ignore, token=CancelToken())
    assert endpoint.lifecycle is Lifecycle.MONITORED
    assert fleet.health("wtg-01").health in (Health.UP, Health.ATTENTION)
    begun = datetime.now(UTC)
    deadline = time.monotonic() + _RECORDED_SECONDS
    while fleet.current("wtg-01").get(FleetMetric.MEMORY) is None:
        assert time.monotonic() < deadline, "its metrics are not recorded"
        time.sleep(0.2)
    service.remove("wtg-01", report=ignore, token=CancelToken())
    assert changed(before, device) == []
    assert stack.inventory.endpoints() == []
    charts = fleet.charts("wtg-01", start=begun - timedelta(minutes=5), end=datetime.now(UTC))
    assert any(line.values.size for chart in charts for line in chart.lines), "its history stays"


def test_prometheus_does_not_reach_the_device(
    service: EnrolmentService, stack: Stack, device: Device, lab: Lab
) -> None:
    before = device.snapshot()
    request = request_for(device)
    elsewhere = replace(request, draft=replace(request.draft, scrape_address=lab.nobody))
    with pytest.raises(failures.NotScrapedError) as caught:
        service.enrol(elsewhere, report=ignore, token=CancelToken())
    assert "Prometheus says" in caught.value.evidence
    assert f"{lab.nobody}:9100" in caught.value.message
    assert changed(before, device) == []
    assert stack.inventory.endpoints() == []


def test_what_enrolment_relies_on(service: EnrolmentService, fleet: FleetService, stack: Stack, device: Device) -> None:
    service.enrol(request_for(device), report=ignore, token=CancelToken())
    gone = stack.inventory.add(EndpointDraft("gone", device.address, 2222, exporter_port=9999))
    stack.service.write_targets(stack.inventory.targets())
    check_fleet_probe(fleet, up="wtg-01", down="gone")
    stack.inventory.remove(gone.id)
    service.remove("wtg-01", report=ignore, token=CancelToken())


def test_a_stack_that_is_not_there(lab: Lab, device: Device, tmp_path: Path, keyring_session: None) -> None:
    absent = Stack(tmp_path, lab.docker_host, lab.engine)
    try:
        before = device.snapshot()
        secrets = KeyringStore(absent.inventory.installation_id)
        fleet = FleetService(absent.service.access, absent.inventory.endpoints)
        service = EnrolmentService(absent.inventory, secrets, Kit(kit_folder(lab)), absent.service, fleet)
        with pytest.raises(StackError):
            service.enrol(request_for(device), report=ignore, token=CancelToken())
        assert changed(before, device) == []
        assert absent.inventory.endpoints() == []
        with pytest.raises(StackError):
            absent.service.access(ServiceName.PROMETHEUS)
    finally:
        absent.dispose()
