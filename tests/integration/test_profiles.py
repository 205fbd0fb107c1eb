"""One login for many devices: enrolled with it, changed in one place when they refuse it, by the services and by commands."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import InputError
from app.models.endpoint import EndpointDraft, HostKey
from app.models.metrics import EndpointHealth, Health
from app.models.secret import Secret
from app.services.credentials import CredentialService
from app.services.enrolment import Hop, failures, refused_credential
from app.services.progress import CancelToken, ignore
from tests.integration.cli_session import Shell
from tests.integration.enrolments import World, changed, login, request_for
from tests.lab import Device, Lab
from tests.lab.device_image import PASSWORDS

NEW, WRONG = "N3w-canary", "Wr0ng-canary"


@pytest.fixture
def logins(world: World) -> CredentialService:
    return CredentialService(world.inventory, world.secrets)


@pytest.fixture
def devices(lab: Lab) -> Iterator[tuple[Device, Device]]:
    """Two with the same password, which the test may change."""
    made = (lab.new_device(), lab.new_device())
    yield made
    for each in made:
        each.remove()


def test_one_change_mends_all_that_share_a_login(
    world: World, logins: CredentialService, devices: tuple[Device, Device]
) -> None:
    """Of one the device and the jump host before it, of the other the device: all of them the same account."""
    first, second = devices
    before = [device.snapshot() for device in devices]
    logins.add("Plant", login())
    shared = logins.login("Plant")
    world.enrol(request_for(first, "wtg-01", way_in=shared))
    hop = Hop(first.address, first.port, HostKey.parse(first.host_key), shared)
    world.enrol(replace(request_for(second, "wtg-02", way_in=shared), hops=(hop,)))
    (usage,) = logins.profiles()
    assert (usage.devices, usage.jumps) == (("wtg-01", "wtg-02"), ("wtg-02",))
    assert len(world.login_secrets) == 1  # asked once, kept once

    for device in devices:
        device.set_password("iiot", NEW)
    for name in ("wtg-01", "wtg-02"):
        with pytest.raises(failures.WrongPasswordError) as caught:
            world.service.check(name, report=ignore, token=CancelToken())
        endpoint = world.inventory.endpoint(name)
        assert refused_credential(endpoint, caught.value, world.inventory.credential) == usage.credential.id

    number = usage.credential.id
    with pytest.raises(failures.WrongPasswordError):
        world.service.try_login("wtg-02", number, login(password=WRONG), report=ignore, token=CancelToken())
    assert set(world.login_secrets.values()) == {PASSWORDS["iiot"]}
    world.service.try_login("wtg-02", number, login(password=NEW), report=ignore, token=CancelToken())
    logins.change(number, login(password=NEW))
    assert set(world.login_secrets.values()) == {NEW}

    for name in ("wtg-01", "wtg-02"):
        assert world.service.check(name, report=ignore, token=CancelToken()).unknown == ()
    # In this order: the second is reached through the first.
    world.remove("wtg-02")
    world.remove("wtg-01")
    for device, snapshot in zip(devices, before, strict=True):
        device.set_password("iiot", PASSWORDS["iiot"])
        assert [line for line in changed(snapshot, device) if "shadow" not in line] == []
    assert logins.login("Plant").secret == Secret(NEW)  # it outlives its endpoints
    logins.remove("Plant")
    assert world.login_secrets == {}
    assert NEW not in "".join(f"{line}" for line in world.inventory.activities())


def test_a_new_login_becomes_a_profile_once_it_is_enrolled(
    world: World, logins: CredentialService, device: Device
) -> None:
    request = replace(request_for(device), keep_as="Plant")
    world.fleet.answer = EndpointHealth(Health.DOWN)
    with pytest.raises(failures.NotScrapedError):
        world.enrol(request)
    assert logins.profiles() == []
    assert world.leftovers() == []
    world.fleet.answer = None
    world.enrol(request)
    (usage,) = logins.profiles()
    assert (usage.credential.name, usage.devices) == ("Plant", ("wtg-01",))
    with pytest.raises(InputError, match="Plant is the name"):
        world.enrol(replace(request, draft=replace(request.draft, name="wtg-02", address="10.0.0.99")))
    world.remove("wtg-01")
    assert [kept.credential.name for kept in logins.profiles()] == ["Plant"]


def test_sudo_is_tried_too(world: World, logins: CredentialService, device: Device) -> None:
    """Logging in is not enough: work on the device needs root."""
    number = logins.add("Plant", login()).id
    endpoint = world.inventory.add(
        EndpointDraft("wtg-01", device.address, device.port),
        host_key=HostKey.parse(device.host_key),
        credential_id=number,
    )
    way_in = replace(login("ask"), sudo_password=Secret(WRONG))
    with pytest.raises(failures.SudoPasswordWrongError) as caught:
        world.service.try_login("wtg-01", number, way_in, report=ignore, token=CancelToken())
    assert refused_credential(endpoint, caught.value, world.inventory.credential) == number
    world.service.try_login("wtg-01", number, login("ask"), report=ignore, token=CancelToken())


@pytest.mark.usefixtures("keyring_session")
def test_by_commands(lab: Lab, tmp_path: Path, devices: tuple[Device, Device]) -> None:
    shell = Shell(tmp_path / "data")
    with shell.services() as services:
        for at, device in enumerate(devices, 1):
            services.inventory.add(
                EndpointDraft(f"wtg-0{at}", device.address, device.port), host_key=HostKey.parse(device.host_key)
            )
    old = PASSWORDS["iiot"]
    assert shell("credentials", "add", "Plant", "--user", "iiot").status == 2  # nobody to ask, and no argument for it
    shell.done("credentials", "add", "Plant", "--user", "iiot", "--password-stdin", typed=[old])
    for name in ("wtg-01", "wtg-02"):
        shell.done("endpoints", "set", name, "--profile", "plant")
    (listed,) = shell.done("credentials", "list", "--json").document
    assert listed == {
        "name": "Plant", "user": "iiot", "kind": "password", "key_file": "", "endpoints": ["wtg-01", "wtg-02"], "jumps_of": [],
    }  # fmt: skip
    assert "Plant (iiot)" in shell.done("endpoints", "show", "wtg-01").out

    for device in devices:
        device.set_password("iiot", NEW)
    change = ("credentials", "set", "Plant", "--password-stdin", "--json", "--try", "wtg-02")
    refused = shell(*change, typed=[WRONG])
    assert refused.status == 10
    assert "does not accept this password for iiot" in refused.error
    changed_now = shell.done(*change, typed=[NEW])
    assert changed_now.document["endpoints"] == ["wtg-01", "wtg-02"]
    with shell.services() as services:
        number = services.inventory.profile("Plant").id
        for name in ("wtg-01", "wtg-02"):
            kept = services.credentials.login("Plant")
            services.enrolment.try_login(name, number, kept, report=ignore, token=CancelToken())
        assert kept.secret == Secret(NEW)

    shell.done("credentials", "rename", "Plant", "Farm")
    in_use = shell("credentials", "remove", "Farm", "--yes", "--json")
    assert (in_use.status, in_use.error) == (2, "Credential: The endpoints wtg-01, wtg-02 still use it.")
    shell.done("credentials", "set", "--of", "wtg-01", "--user", "ops", "--agent")
    shell.done("credentials", "set", "--of", "wtg-02", "--alone", "--user", "tech", "--questions")
    with shell.services() as services:
        farm = services.inventory.profile("Farm")
        assert (farm.user, services.credentials.usage(farm.id).endpoints) == ("ops", ("wtg-01",))
        for endpoint in services.inventory.endpoints():
            services.inventory.remove(endpoint.id)
    shell.done("credentials", "remove", "Farm", "--yes")
    assert shell.done("credentials", "list", "--json").document == []
    told = "".join(outcome.out + outcome.err for outcome in shell.outcomes)
    told += shell.done("activity", "--json").out
    assert not [secret for secret in (old, NEW, WRONG) if secret in told]
