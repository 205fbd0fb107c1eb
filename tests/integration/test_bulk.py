"""Many real devices in one run: some broken, some killed in the middle of, all accounted for."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import msgspec
import pytest

from app.models.bulk import BulkAction, BulkRun, EnrolOrder, ItemState
from app.models.endpoint import EndpointDraft, HostKey, Lifecycle
from app.services.bulk.events import BulkEvent
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.progress import CancelToken
from tests.integration.enrolments import World, changed, kit_folder, login
from tests.lab import Device, Lab, Snapshot

_DEVICES = 5
_PROFILE = "Lab devices"


@pytest.fixture(scope="module")
def shared(lab: Lab) -> Iterator[list[tuple[Device, Snapshot]]]:
    """Devices and what they are; each test leaves them so."""
    with ThreadPoolExecutor(2) as pool:
        devices = list(pool.map(lambda _: lab.new_device(), range(_DEVICES)))
    yield [(device, device.snapshot()) for device in devices]
    for device in devices:
        device.remove()


@pytest.fixture
def devices(shared: list[tuple[Device, Snapshot]]) -> Iterator[list[Device]]:
    yield [device for device, _ in shared]
    for device, before in shared:
        assert changed(before, device) == []


@pytest.fixture
def bulk(world: World) -> BulkService:
    logins = CredentialService(world.inventory, world.secrets)
    logins.add(_PROFILE, login())
    return BulkService(world.inventory, world.service, logins)


def order(device: Device, number: int, *, port: int = 0, host_key: str = "") -> EnrolOrder:
    draft = EndpointDraft(f"wtg-{number:02}", device.address, port or device.port, site="Thanet")
    return EnrolOrder(draft, _PROFILE, host_key or device.host_key)


def execute(bulk: BulkService, run: BulkRun) -> tuple[BulkRun, list[BulkEvent]]:
    events: list[BulkEvent] = []
    return bulk.runner(run.id, events.append, token=CancelToken()).execute(CancelToken()), events


def remove_all(bulk: BulkService, world: World) -> None:
    names = [endpoint.name for endpoint in world.inventory.endpoints()]
    ended, _ = execute(bulk, bulk.act(BulkAction.REMOVE, names))
    assert ended.counts == {ItemState.DONE: len(names)}
    assert world.inventory.endpoints() == []
    assert world.targets.all() == []


def test_the_good_ones_go_on_and_the_others_say_why(bulk: BulkService, world: World, devices: list[Device]) -> None:
    good, (closed, impostor) = devices[:3], devices[3:]
    orders = [order(device, number) for number, device in enumerate(good, 1)]
    orders += [order(closed, 4, port=2222), order(impostor, 5, host_key=good[0].host_key)]
    ended, _ = execute(bulk, bulk.enrol(orders))
    assert ended.counts == {ItemState.DONE: 3, ItemState.FAILED: 2}
    failures = {item.subject: item.failure for item in world.inventory.runs.items(ended.id, [ItemState.FAILED])}
    assert {name: failure.kind for name, failure in failures.items() if failure} == {
        "wtg-04": "PortClosedError",
        "wtg-05": "HostKeyChangedError",
    }
    assert sorted(world.targets.all()) == sorted(f"{device.address}:9100" for device in good)
    assert {endpoint.lifecycle for endpoint in world.inventory.endpoints()} == {Lifecycle.MONITORED}
    # One login for all of them, asked once.
    assert len({endpoint.credential_id for endpoint in world.inventory.endpoints()}) == 1

    checked, _ = execute(bulk, bulk.act(BulkAction.CHECK, ["wtg-01", "wtg-02", "wtg-03"]))
    assert {item.detail for item in world.inventory.runs.items(checked.id)} == {"as it was"}
    before = {endpoint.name: endpoint.certificate for endpoint in world.inventory.endpoints()}
    execute(bulk, bulk.act(BulkAction.RENEW, ["wtg-01", "wtg-02", "wtg-03"]))
    assert all(endpoint.certificate != before[endpoint.name] for endpoint in world.inventory.endpoints())
    remove_all(bulk, world)


def test_what_failed_is_tried_again_with_the_login_changed_in_one_place(
    bulk: BulkService, world: World, devices: list[Device]
) -> None:
    logins = CredentialService(world.inventory, world.secrets)
    wrong = logins.change(world.inventory.profile(_PROFILE).id, login(password="wrong"))
    assert wrong.name == _PROFILE
    run = bulk.enrol([order(device, number) for number, device in enumerate(devices[:3], 1)])
    ended, _ = execute(bulk, run)
    assert ended.counts == {ItemState.FAILED: 3}
    kinds = {item.failure.kind for item in world.inventory.runs.items(run.id) if item.failure}
    assert kinds == {"WrongPasswordError"}
    logins.change(world.inventory.profile(_PROFILE).id, login())
    assert bulk.retry(run.id) == 3
    ended, _ = execute(bulk, run)
    assert ended.counts == {ItemState.DONE: 3}
    remove_all(bulk, world)


def test_a_key_that_nobody_has_compared_is_asked_about(bulk: BulkService, world: World, devices: list[Device]) -> None:
    orders = [replace(order(device, number), expected_key="") for number, device in enumerate(devices[:3], 1)]
    run = bulk.enrol([*orders[:2], replace(orders[2], expected_key=HostKey.parse(devices[2].host_key).fingerprint)])
    ended, _ = execute(bulk, run)
    assert ended.counts == {ItemState.DONE: 1, ItemState.FAILED: 2}
    shown = {item.number: key for item, key in bulk.unknown_keys(run.id)}
    assert shown == {number: HostKey.parse(device.host_key) for number, device in enumerate(devices[:2], 1)}
    # Somebody compares one of them, and finds that the other is none of his.
    assert bulk.accept_keys(run.id, {1: shown[1], 2: shown[1]}) == 1
    ended, _ = execute(bulk, run)
    assert ended.counts == {ItemState.DONE: 2, ItemState.FAILED: 1}
    remove_all(bulk, world)


@pytest.mark.parametrize("done", [pytest.param(1, marks=pytest.mark.full), 3])
def test_killed_in_the_middle_it_goes_on(
    bulk: BulkService, world: World, devices: list[Device], lab: Lab, done: int
) -> None:
    orders = [order(device, number) for number, device in enumerate(devices, 1)]
    worker = [sys.executable, "-m", "tests.integration.bulk_worker", str(world.folder), str(kit_folder(lab)), str(done)]
    killed = subprocess.run(worker, input=msgspec.json.encode(orders), check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    (left,) = world.inventory.runs.interrupted()
    assert left.count(ItemState.DONE) >= done
    (told,) = bulk.interrupted()
    assert f"plantwatch runs resume {left.id}" in told
    ended, _ = execute(bulk, left)
    assert ended.counts == {ItemState.DONE: _DEVICES}
    assert sorted(world.targets.all()) == sorted(f"{device.address}:9100" for device in devices)
    assert sorted(endpoint.address for endpoint in world.inventory.endpoints()) == sorted(
        device.address for device in devices
    )
    assert world.inventory.interrupted_operations() == []
    assert bulk.interrupted() == []
    remove_all(bulk, world)
