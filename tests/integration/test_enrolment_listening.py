"""An exporter on one address of a device that has two."""

from dataclasses import replace

import pytest
import requests

from app.services.enrolment import EnrolmentRequest, failures
from app.services.progress import CancelToken, ignore
from tests.integration.enrolments import World, changed, request_for
from tests.lab import Device, Lab


@pytest.fixture
def second(lab: Lab, device: Device) -> str:
    """Another address of the device, in another network."""
    container = lab.engine.containers.get(device.container)
    lab.engine.networks.get("bridge").connect(container)
    container.reload()
    return str(container.attrs["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])


def listening_on(address: str, device: Device) -> EnrolmentRequest:
    request = request_for(device)
    return replace(request, draft=replace(request.draft, listen_address=address))


def squat(device: Device, address: str) -> None:
    """Something else listens on the exporter's port, of this address only."""
    script = f"my $s=IO::Socket::INET->new(LocalAddr=>q({address}),LocalPort=>9100,Listen=>1) or die;sleep 999"
    device.exec(["systemd-run", "--unit", "squatter", "perl", "-MIO::Socket::INET", "-e", script])
    device.exec(["timeout", "20", "sh", "-c", "until ss -ltn | grep -q :9100; do sleep 0.1; done"])


def listeners(device: Device) -> list[str]:
    return [line.split()[3] for line in device.exec(["ss", "-Hltn", "sport", "=", ":9100"]).out.splitlines()]


def test_only_that_address_answers(world: World, device: Device, second: str) -> None:
    before = device.snapshot()
    events = world.enrol(listening_on(second, device))
    assert events.details["metrics"].endswith(" series"), "asked at the right address, through SSH"
    assert world.targets.all() == [f"{second}:9100"]
    assert listeners(device) == [f"{second}:9100"]
    endpoint = world.inventory.endpoint("wtg-01")
    assert endpoint.listen_address == second
    assert endpoint.facts is not None
    assert {device.address, second} <= set(endpoint.facts.addresses)
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.ConnectionError):
            session.get(f"http://{device.address}:9100/metrics", timeout=5)
    world.remove("wtg-01")
    assert changed(before, device) == []


def test_a_port_is_taken_only_where_it_is_wanted(world: World, device: Device, second: str) -> None:
    squat(device, device.address)
    world.enrol(listening_on(second, device))
    assert sorted(listeners(device)) == sorted([f"{device.address}:9100", f"{second}:9100"])
    world.remove("wtg-01")

    before = device.snapshot()
    for address in (device.address, ""):
        with pytest.raises(failures.PortTakenError, match="perl"):
            world.enrol(listening_on(address, device))
    assert changed(before, device) == []
    assert world.leftovers() == []


@pytest.mark.usefixtures("second")
def test_a_port_taken_on_all_addresses_is_taken_on_each(world: World, device: Device) -> None:
    squat(device, "0.0.0.0")
    with pytest.raises(failures.PortTakenError, match="perl"):
        world.enrol(listening_on(device.address, device))


def test_an_address_of_another_device(world: World, device: Device) -> None:
    before = device.snapshot()
    with pytest.raises(failures.ListenAddressError, match=r"192\.0\.2\.1") as caught:
        world.service.preview(listening_on("192.0.2.1", device), report=ignore, token=CancelToken())
    assert device.address in caught.value.advice
    with pytest.raises(failures.ListenAddressError):
        world.enrol(listening_on("192.0.2.1", device))
    assert changed(before, device) == []
    assert world.leftovers() == []
