"""Machine-id and host key make the device: moved, cloned and swapped devices are told apart."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.errors import AppError
from app.models.activity import Result
from app.models.endpoint import Endpoint, EndpointDraft, HostKey, Lifecycle
from app.models.security import DeviceState
from app.services.endpoints import EndpointService, moved_to
from app.services.enrolment import EnrolmentRequest, failures
from app.services.enrolment.machine_id import hashed
from app.services.progress import CancelToken, ignore
from tests.integration.enrolments import World, changed, login, request_for
from tests.lab import Device, Lab

_HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"
_IMAGE_ID = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def other(lab: Lab) -> Iterator[Device]:
    """Another device."""
    fresh = lab.new_device()
    yield fresh
    fresh.remove()


def read(device: Device, path: str) -> str:
    result = device.exec(["cat", path])
    assert result.code == 0, result.out
    return result.out


def set_machine_id(device: Device, machine_id: str) -> None:
    for path in ("/etc/machine-id", "/var/lib/dbus/machine-id"):
        device.put_file(path, f"{machine_id}\n", mode=0o444)


def copy_host_key(source: Device, target: Device) -> None:
    """As in an image that was made with its keys."""
    target.put_file(_HOST_KEY, read(source, _HOST_KEY), mode=0o600)
    target.put_file(f"{_HOST_KEY}.pub", read(source, f"{_HOST_KEY}.pub"), mode=0o644)
    assert target.exec(["systemctl", "restart", "ssh"]).code == 0
    assert target.host_key == source.host_key
    target.start()  # returns when sshd answers


def stand_in_for(world: World, name: str, device: Device) -> Endpoint:
    """The endpoint's address leads to another device now, as when that got it from the router."""
    known = world.inventory.endpoint(name)
    draft = EndpointDraft(name, device.address, site=known.site)
    return world.inventory.change(known.id, draft)


def check(world: World, name: str = "wtg-01") -> None:
    world.service.check(name, report=ignore, token=CancelToken())


def refused(world: World, request: EnrolmentRequest, kind: type[AppError]) -> AppError:
    """Refused by the preview and by the enrolment, with nothing left here."""
    with pytest.raises(kind):
        world.service.preview(request, report=ignore, token=CancelToken())
    with pytest.raises(kind) as caught:
        world.enrol(request)
    assert request.draft.name not in [endpoint.name for endpoint in world.inventory.endpoints()]
    return caught.value


# What is found out


def test_the_id_is_hashed_on_the_device(world: World, device: Device) -> None:
    raw = read(device, "/etc/machine-id").strip()
    world.enrol(request_for(device))
    facts = world.inventory.endpoint("wtg-01").facts
    assert facts is not None
    assert facts.machine_id == hashed(raw)
    assert raw not in repr(world.inventory.endpoints()) + repr(world.inventory.activities())


@pytest.mark.parametrize(
    "content", ["", *(pytest.param(content, marks=pytest.mark.full) for content in ("uninitialized\n", "0123\n"))]
)
def test_a_device_without_an_id_is_known_by_its_host_key(
    world: World, device: Device, other: Device, content: str
) -> None:
    for each in (device, other):
        each.exec(["rm", "-f", "/var/lib/dbus/machine-id"])
        each.put_file("/etc/machine-id", content, mode=0o444)
    world.enrol(request_for(device))
    world.enrol(request_for(other, "wtg-02"))
    assert [endpoint.facts and endpoint.facts.machine_id for endpoint in world.inventory.endpoints()] == ["", ""]
    check(world)


def test_the_id_may_be_where_dbus_keeps_it(world: World, device: Device) -> None:
    set_machine_id(device, _IMAGE_ID)
    device.exec(["rm", "/etc/machine-id"])
    plan = world.service.preview(request_for(device), report=ignore, token=CancelToken())
    assert plan.facts.machine_id == hashed(_IMAGE_ID)


def test_an_id_of_this_boot_only_is_none(world: World, device: Device) -> None:
    device.exec(["sh", "-c", "cp /etc/machine-id /run/machine-id && mount --bind /run/machine-id /etc/machine-id"])
    plan = world.service.preview(request_for(device), report=ignore, token=CancelToken())
    assert plan.facts.machine_id == ""


# Enrolling what is known already


def test_a_known_device_at_another_address_can_be_moved(world: World, lab: Lab, device: Device) -> None:
    world.enrol(request_for(device))
    container = lab.engine.containers.get(device.container)
    lab.engine.networks.get("bridge").connect(container)
    container.reload()
    address = str(container.attrs["NetworkSettings"]["Networks"]["bridge"]["IPAddress"])
    installed = device.snapshot()
    request = request_for(device, "wtg-02")
    request = replace(request, draft=replace(request.draft, address=address))

    error = refused(world, request, failures.AlreadyKnownError)
    assert "enrolled as wtg-01" in error.message
    assert f'plantwatch endpoints set "wtg-01" --address {address} --port 22' in error.advice
    assert changed(installed, device) == []

    world.service.move("wtg-01", moved_to(world.inventory.endpoint("wtg-01"), request.draft), ())
    assert world.targets.all() == [f"{address}:9100"]
    check(world)
    assert world.inventory.endpoint("wtg-01").device_change is None


def test_a_device_enrolled_before_ids_were_asked_for(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    endpoint = world.inventory.endpoint("wtg-01")
    assert endpoint.facts is not None
    world.inventory.set_facts(endpoint.id, replace(endpoint.facts, machine_id=""))
    # The same device, as by a name in place of its address.
    world.inventory.change(endpoint.id, EndpointDraft("wtg-01", "wtg-01.plant.example"))
    refused(world, request_for(device, "wtg-02"), failures.AlreadyKnownError)

    world.inventory.change(endpoint.id, EndpointDraft("wtg-01", device.address))
    check(world)
    assert world.inventory.endpoint("wtg-01").facts == endpoint.facts, "learnt at the contact"


def test_a_known_device_is_known_by_a_key_of_another_kind(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    world.inventory.change(world.inventory.endpoint("wtg-01").id, EndpointDraft("wtg-01", "wtg-01.plant.example"))
    device.exec(["sh", "-c", "ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key && systemctl restart ssh"])
    device.start()
    ecdsa = HostKey.parse(read(device, "/etc/ssh/ssh_host_ecdsa_key.pub"))
    request = replace(request_for(device, "wtg-02"), host_key=ecdsa)
    refused(world, request, failures.AlreadyKnownError)


def test_a_clone_is_asked_about(world: World, device: Device, other: Device) -> None:
    for each in (device, other):
        set_machine_id(each, _IMAGE_ID)
    world.enrol(request_for(device))
    before = other.snapshot()
    error = refused(world, request_for(other, "wtg-02"), failures.ClonedDeviceError)
    assert "same machine-id as the endpoint wtg-01, but another host key" in error.message
    assert changed(before, other) == []

    events = world.enrol(replace(request_for(other, "wtg-02"), accepts_clone=True))
    assert any("same machine-id as wtg-01" in line for line in events.log)
    assert any(entry.action == "recognise" and "wtg-01" in entry.detail for entry in world.inventory.activities())
    for name in ("wtg-01", "wtg-02"):
        check(world, name)
        world.remove(name)
    assert world.leftovers() == []


def test_a_clone_of_the_host_key_is_asked_about(world: World, device: Device, other: Device) -> None:
    copy_host_key(device, other)
    world.enrol(request_for(device))
    error = refused(world, request_for(other, "wtg-02"), failures.ClonedDeviceError)
    assert "same host key as the endpoint wtg-01" in error.message
    world.enrol(replace(request_for(other, "wtg-02"), accepts_clone=True))
    assert len(world.inventory.endpoints()) == 2


# Another device at the address


def test_a_new_host_key_is_flagged_and_the_device_left_alone(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    old = HostKey.parse(device.host_key)
    new = HostKey.parse(device.restart_with_new_host_key())
    installed = device.snapshot()
    with pytest.raises(failures.HostKeyChangedError):
        world.remove("wtg-01")
    assert changed(installed, device) == []
    endpoint = world.inventory.endpoint("wtg-01")
    assert endpoint.lifecycle is Lifecycle.MONITORED
    assert endpoint.device_change is not None
    assert (endpoint.device_change.fingerprint, endpoint.device_change.machine_id) == (new.fingerprint, "")
    seen = [entry for entry in world.inventory.activities() if entry.action == "recognise"]
    assert [(entry.subject, entry.result) for entry in seen] == [("wtg-01", Result.FAILED)]
    assert old.fingerprint in seen[0].detail
    assert new.fingerprint in seen[0].detail

    changed_one = EndpointService(world.inventory, world.targets).replace_host_key(endpoint.id, new)
    assert changed_one.device_change is None
    world.remove("wtg-01")
    assert world.leftovers() == []


def test_swapped_addresses_are_flagged(world: World, device: Device, other: Device) -> None:
    world.enrol(request_for(device))
    stand_in_for(world, "wtg-01", other)
    before = other.snapshot()
    with pytest.raises(failures.HostKeyChangedError):
        check(world)
    assert world.inventory.endpoint("wtg-01").device_change is not None
    assert changed(before, other) == []

    stand_in_for(world, "wtg-01", device)
    check(world)
    assert world.inventory.endpoint("wtg-01").device_change is None
    assert any(line.detail.endswith("is the known device again") for line in world.inventory.activities())


def test_what_the_last_check_found_is_written_down(world: World, device: Device, other: Device) -> None:
    world.enrol(request_for(device))
    endpoint = world.inventory.endpoint("wtg-01")

    def last() -> tuple[DeviceState, str]:
        found = world.inventory.checks_of(endpoint.id).device
        assert found is not None
        return found.state, found.detail

    assert world.inventory.checks_of(endpoint.id).device is None
    check(world)
    assert last() == (DeviceState.AS_IT_WAS, "")
    device.exec(["systemctl", "stop", "plantwatch-node-exporter.service"])
    check(world)
    assert last() == (DeviceState.ALTERED, "stopped: plantwatch-node-exporter.service")

    stand_in_for(world, "wtg-01", other)
    with pytest.raises(failures.HostKeyChangedError):
        check(world)
    assert last()[0] is DeviceState.ANOTHER
    world.inventory.change(endpoint.id, EndpointDraft("wtg-01", device.address, 2222))
    with pytest.raises(failures.PortClosedError):
        check(world)
    assert last()[0] is DeviceState.NOT_SEEN
    told = [(line.result, line.detail) for line in world.inventory.activities() if line.action == "check"]
    assert [result for result, _ in told] == [Result.FAILED, Result.FAILED, Result.DONE, Result.DONE]
    assert told[2][1] == "altered: stopped: plantwatch-node-exporter.service"


def test_a_stranger_with_the_known_key_is_not_cleaned(world: World, device: Device, other: Device) -> None:
    """Its image has the keys of the known device: only the machine-id gives it away."""
    world.enrol(request_for(device))
    copy_host_key(device, other)
    stand_in_for(world, "wtg-01", other)
    before = other.snapshot()
    with pytest.raises(failures.DeviceSwappedError, match="another device than the one that was enrolled as wtg-01"):
        world.remove("wtg-01")
    assert changed(before, other) == []
    endpoint = world.inventory.endpoint("wtg-01")
    assert endpoint.lifecycle is Lifecycle.MONITORED
    assert endpoint.device_change is not None
    assert endpoint.device_change.machine_id == hashed(read(other, "/etc/machine-id").strip())
    (seen,) = [entry for entry in world.inventory.activities() if entry.action == "recognise"]
    assert "hashed machine-id" in seen.detail


def test_the_explicit_decision_is_to_accept_it_or_to_forget(world: World, device: Device) -> None:
    before = device.snapshot()
    world.enrol(request_for(device))
    original = read(device, "/etc/machine-id").strip()
    set_machine_id(device, _IMAGE_ID)
    with pytest.raises(failures.DeviceSwappedError, match="another device"):
        world.remove("wtg-01")
    endpoint = world.inventory.endpoint("wtg-01")
    accepted = EndpointService(world.inventory, world.targets).accept_device(endpoint.id)
    assert accepted.device_change is None
    assert accepted.facts is not None
    assert accepted.facts.machine_id == hashed(_IMAGE_ID)
    world.remove("wtg-01")
    set_machine_id(device, original)
    assert [line for line in changed(before, device) if "machine-id" not in line] == []
    assert world.leftovers() == []


def test_an_interrupted_removal_does_not_go_on_with_a_stranger(world: World, device: Device, other: Device) -> None:
    world.enrol(request_for(device))
    endpoint = stand_in_for(world, "wtg-01", other)
    world.inventory.set_lifecycle(endpoint.id, Lifecycle.REMOVING)
    before = other.snapshot()
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "another host key" in sentence
    assert changed(before, other) == []
    assert world.inventory.endpoint("wtg-01").device_change is not None


def test_a_check_says_what_is_missing(world: World, device: Device) -> None:
    world.enrol(request_for(device, way_in=login("ask")))
    device.exec(["systemctl", "stop", "plantwatch-node-exporter"])
    found = world.service.check("wtg-01", report=ignore, token=CancelToken())
    assert [(item.condition, item.kind) for item in found.items if item.condition != "ok"] == [("stopped", "unit")]
    assert found.unknown == ()
