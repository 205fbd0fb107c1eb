"""Another login for endpoints of the lab: tried before it counts, and a key of Plantwatch's own goes off the device with it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.models.bulk import BulkAction, ItemState
from app.models.bulk_parameters import Parameters
from app.models.endpoint import Login, LoginKind
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.enrolment import failures
from app.services.progress import CancelToken, ignore
from tests.integration.enrolments import Events, World, changed, login, request_for
from tests.integration.own_keys import kind_of, our_lines, own_key_request
from tests.lab import Device, Lab, Snapshot
from tests.lab.device_image import PASSWORDS


@pytest.fixture(scope="module")
def device(lab: Lab) -> Iterator[Device]:
    made = lab.new_device()
    made.exec(["chown", "-R", "iiot:iiot", "/home/iiot/.ssh"])
    made.put_file("/etc/ssh/sshd_config.d/00-root.conf", "PermitRootLogin yes\n", mode=0o644)
    made.exec(["systemctl", "reload", "ssh"])
    yield made
    made.remove()


@pytest.fixture
def before(device: Device) -> Iterator[Snapshot]:
    found = device.snapshot()
    yield found
    assert changed(found, device) == []


def change(world: World, way_in: Login) -> Events:
    events = Events([])
    world.service.change_login("wtg-01", way_in, report=events.report, token=CancelToken())
    return events


def told_last(world: World) -> str:
    return next(each.detail for each in world.inventory.activities() if each.action == "change login")


@pytest.mark.parametrize(
    ("own", "new"),
    [
        ("ask", "iiot"),
        *(
            pytest.param(*users, marks=pytest.mark.full)
            for users in (("iiot", "iiot"), ("iiot", "ask"), ("iiot", "root"))
        ),
    ],
)
def test_our_key_goes_off_the_device(world: World, device: Device, before: Snapshot, own: str, new: str) -> None:
    world.enrol(own_key_request(device, own))
    assert len(our_lines(device, own)) == 1
    installed = world.inventory.endpoint("wtg-01")
    change(world, login(new, "Root-1" if new == "root" else ""))
    endpoint = world.inventory.endpoint("wtg-01")
    assert device.exec(["grep", "-rlF", "plantwatch:", "/home", "/root"]).out == ""
    assert kind_of(world) is not LoginKind.OWN_KEY
    assert endpoint.standby_credential_id is None
    assert endpoint.credential_id != installed.credential_id
    assert not any("PRIVATE KEY" in value for value in world.login_secrets.values())
    assert "own key was taken off the device" in told_last(world)
    world.remove("wtg-01")
    assert world.leftovers() == []


def test_a_login_that_is_refused_changes_nothing(world: World, device: Device, before: Snapshot) -> None:
    world.enrol(own_key_request(device))
    lines, secrets = our_lines(device, "iiot"), world.login_secrets
    with pytest.raises(failures.WrongPasswordError):
        change(world, login(password="wrong"))
    assert (our_lines(device, "iiot"), world.login_secrets) == (lines, secrets)
    world.service.check("wtg-01", report=ignore, token=CancelToken())
    world.remove("wtg-01")


def test_what_cannot_be_taken_out_is_said(world: World, device: Device, before: Snapshot) -> None:
    """`ask` may be root, and nobody else, on this device."""
    world.enrol(own_key_request(device, "iiot"))
    number = world.inventory.endpoint("wtg-01").credential_id
    (line,) = our_lines(device, "iiot")
    kept = device.exec(["cat", "/etc/sudoers.d/ask"]).out
    device.put_file("/etc/sudoers.d/ask", "ask ALL=(root) ALL\n", mode=0o440)
    events = change(world, login("ask"))
    device.put_file("/etc/sudoers.d/ask", kept, mode=0o440)
    assert our_lines(device, "iiot") == [line]
    assert f"take out the line with plantwatch:{world.inventory.installation_id}/{number}." in told_last(world)
    assert any("still in the authorized_keys of iiot" in each for each in events.log)
    assert not any("PRIVATE KEY" in value for value in world.login_secrets.values())
    world.service.check("wtg-01", report=ignore, token=CancelToken())
    device.exec(["sed", "-i", "/plantwatch:/d", "/home/iiot/.ssh/authorized_keys"])
    world.remove("wtg-01")
    assert world.leftovers() == []


def test_many_endpoints_in_one_run(world: World, lab: Lab) -> None:
    with ThreadPoolExecutor(2) as pool:
        devices = list(pool.map(lambda _: lab.new_device(), range(3)))
    snapshots = [device.snapshot() for device in devices]
    names = [f"wtg-{number:02}" for number in (1, 2, 3)]
    for name, device in zip(names, devices, strict=True):
        world.enrol(replace(request_for(device, name)))
    devices[2].set_password("ask", "another-1")
    logins = CredentialService(world.inventory, world.secrets)
    plant = logins.add("Plant", login("ask"))
    bulk = BulkService(world.inventory, world.service, logins)

    run = bulk.act(BulkAction.CREDENTIALS, names, Parameters(profile="Plant"))
    ended = bulk.runner(run.id, lambda _event: None, token=CancelToken()).execute(CancelToken())
    assert ended.counts == {ItemState.DONE: 2, ItemState.FAILED: 1}
    (failed,) = world.inventory.runs.items(run.id, [ItemState.FAILED])
    assert (failed.subject, failed.failure and failed.failure.kind) == ("wtg-03", "WrongPasswordError")
    assert [world.inventory.endpoint(name).credential_id == plant.id for name in names] == [True, True, False]
    # The logins of the first two are forgotten, that of the third is not.
    assert sorted(world.login_secrets.values()) == sorted([PASSWORDS["ask"], PASSWORDS["iiot"]])
    devices[2].set_password("ask", PASSWORDS["ask"])
    assert bulk.retry(run.id) == 1
    ended = bulk.runner(run.id, lambda _event: None, token=CancelToken()).execute(CancelToken())
    assert ended.counts == {ItemState.DONE: 3}
    for name in names:
        world.remove(name)
    for device, found in zip(devices, snapshots, strict=True):
        assert [each for each in changed(found, device) if "shadow" not in each] == []
        device.remove()
