"""Through jump hosts: two hops, each with a login and a host key of its own, on real devices."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from app.errors import AppError
from app.models.bulk import EnrolOrder, ItemState
from app.models.endpoint import EndpointDraft, HostKey, Login, LoginKind
from app.models.expected_key import ExpectedKey
from app.models.secret import Secret
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.endpoints import EndpointService, draft_of, moved_to
from app.services.enrolment import EnrolmentRequest, Hop, WantedHop, failures
from app.services.progress import CancelToken, ignore
from tests.integration.enrolments import World, changed, login, request_for
from tests.lab import Device, Lab
from tests.lab.device_image import PASSWORDS


@pytest.fixture(scope="module")
def way(lab: Lab) -> Iterator[tuple[Device, Device, Device]]:
    """Two jump hosts and the device behind them."""
    made = (lab.new_device(), lab.new_device(), lab.new_device())
    yield made
    for each in made:
        each.remove()


def hop_at(device: Device, way_in: Login) -> Hop:
    return Hop(device.address, device.port, HostKey.parse(device.host_key), way_in)


def through(way: tuple[Device, Device, Device]) -> EnrolmentRequest:
    """By password over the first, and by key over the second."""
    first, second, device = way
    by_key = Login("iiot", LoginKind.KEY_FILE, key_file=str(second.key_file))
    return replace(request_for(device), hops=(hop_at(first, login("plain")), hop_at(second, by_key)))


def logins_seen(device: Device) -> str:
    """Whose passwords and keys the device's sshd was offered."""
    return device.exec(["journalctl", "--no-pager", "-o", "cat", "-u", "ssh"]).out


def test_enrolled_over_two_hops(world: World, way: tuple[Device, Device, Device]) -> None:
    first, second, device = way
    before = device.snapshot()
    events = world.enrol(through(way))

    assert events.details["connect"] == f"through {first.address}:22, {second.address}:22"
    endpoint = world.inventory.endpoint("wtg-01")
    assert [(jump.address, str(jump.host_key)) for jump in endpoint.jumps] == [
        (first.address, first.host_key),
        (second.address, second.host_key),
    ]
    assert set(world.login_secrets.values()) == {PASSWORDS["plain"], PASSWORDS["iiot"]}
    assert f"Accepted password for iiot from {second.address}" in logins_seen(device)
    assert f"Accepted publickey for iiot from {first.address}" in logins_seen(second)

    world.remove("wtg-01")  # by what the inventory and the keyring know
    assert changed(before, device) == []
    assert world.leftovers() == []


def test_a_list_names_a_way_that_is_known(world: World, lab: Lab, way: tuple[Device, Device, Device]) -> None:
    first, second, _ = way
    other = lab.new_device()
    before = other.snapshot()
    logins = CredentialService(world.inventory, world.secrets)
    logins.add("Plant", login())
    bulk = BulkService(world.inventory, world.service, logins)
    jumps = (("plain", first.address, 22), ("iiot", second.address, 22))
    draft = EndpointDraft("wtg-02", other.address, other.port)
    run = bulk.enrol([EnrolOrder(draft, "Plant", HostKey.parse(other.host_key).fingerprint, jumps=jumps)])

    def execute() -> dict[ItemState, int]:
        return bulk.runner(run.id, lambda _event: None, token=CancelToken()).execute(CancelToken()).counts

    assert execute() == {ItemState.FAILED: 1}
    (item,) = world.inventory.runs.items(run.id)
    assert item.failure
    assert f"The jump host plain@{first.address}:22 is not known yet." in item.failure.message

    world.enrol(through(way))
    bulk.retry(run.id)
    assert execute() == {ItemState.DONE: 1}
    assert world.inventory.endpoint("wtg-02").jumps == world.inventory.endpoint("wtg-01").jumps
    assert f"Accepted password for iiot from {second.address}" in logins_seen(other)
    # The logins at the jump hosts are shared: they go with the last who needs them.
    world.remove("wtg-01")
    world.service.check("wtg-02", report=ignore, token=CancelToken())
    world.remove("wtg-02")
    assert set(world.login_secrets.values()) == {PASSWORDS["iiot"]}, "that of the profile"
    assert changed(before, other) == []
    other.remove()


def test_the_key_of_a_device_is_read_over_the_hops(world: World, way: tuple[Device, Device, Device]) -> None:
    request = through(way)
    shown = world.service.host_key_at(request.draft.address, request.draft.port, request.hops, CancelToken())
    assert shown == request.host_key


def test_a_fingerprint_is_enough_to_know_a_hop(world: World, way: tuple[Device, Device, Device]) -> None:
    hops = through(way).hops
    wanted = [WantedHop(hop.address, hop.port, ExpectedKey.parse(hop.host_key.fingerprint), hop.login) for hop in hops]
    assert world.service.verify_hops(wanted, token=CancelToken()) == hops

    wrong = replace(wanted[0], expected=ExpectedKey.parse("SHA256:" + "A" * 43))
    seen = logins_seen(way[0]).count("Accepted")
    with pytest.raises(failures.UnexpectedHostKeyError):
        world.service.verify_hops([wrong, wanted[1]], token=CancelToken())
    assert logins_seen(way[0]).count("Accepted") == seen


@pytest.mark.parametrize("at", [0, 1])
def test_an_impostor_at_a_hop_is_sent_nothing(world: World, way: tuple[Device, Device, Device], at: int) -> None:
    request = through(way)
    impostor = way[at]
    expected = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbVyrbpNcXDowPtdsd4+QAO5HXlvQhAxqrW5gw0Bw5E")
    hops = list(request.hops)
    hops[at] = replace(hops[at], host_key=expected)
    seen = [logins_seen(device).count("Accepted") for device in way[at:]]
    with pytest.raises(failures.HostKeyChangedError) as caught:
        world.enrol(replace(request, hops=tuple(hops)))
    assert f"{impostor.address}:22" in caught.value.message
    assert [logins_seen(device).count("Accepted") for device in way[at:]] == seen
    assert world.leftovers() == []


def test_an_error_says_which_hop(world: World, way: tuple[Device, Device, Device]) -> None:
    request = through(way)
    first, second = request.hops
    wrong = replace(second, login=Login("iiot", LoginKind.PASSWORD, secret=Secret("Wr0ng-Secret")))
    _check(world, replace(request, hops=(first, wrong)), failures.WrongPasswordError, second.target)
    nowhere = replace(second, port=2222)
    _check(world, replace(request, hops=(first, nowhere)), failures.JumpFailedError, f"{second.address}:2222")


def test_a_jump_host_that_forbids_it(world: World, way: tuple[Device, Device, Device]) -> None:
    first = way[0]
    first.put_file("/etc/ssh/sshd_config.d/00-closed.conf", "AllowTcpForwarding no\n", mode=0o644)
    first.exec(["systemctl", "reload", "ssh"])
    try:
        _check(world, through(way), failures.JumpForbiddenError, f"{first.address}:22")
    finally:
        first.exec(["rm", "/etc/ssh/sshd_config.d/00-closed.conf"])
        first.exec(["systemctl", "reload", "ssh"])


def test_a_known_device_is_moved_behind_two_hops(world: World, way: tuple[Device, Device, Device]) -> None:
    request, device = through(way), way[2]
    world.enrol(replace(request, hops=()))
    installed = device.snapshot()
    # The same device, by a name in place of its address: a draft of the same address would be refused before.
    endpoint = world.inventory.endpoint("wtg-01")
    world.inventory.change(endpoint.id, replace(draft_of(endpoint), address="wtg-01.plant.example"))
    again = replace(request, draft=replace(request.draft, name="wtg-02"))
    with pytest.raises(failures.AlreadyKnownError) as caught:
        world.enrol(again)
    assert f"--port 22 --jump plain@{way[0].address}:22 --jump iiot@{way[1].address}:22" in caught.value.advice

    moved = world.service.move("wtg-01", moved_to(world.inventory.endpoint("wtg-01"), again.draft), again.hops)
    assert [jump.target for jump in moved.jumps] == [hop.target for hop in again.hops]
    assert set(world.login_secrets.values()) == {PASSWORDS["plain"], PASSWORDS["iiot"]}
    assert changed(installed, device) == []
    seen = logins_seen(way[1]).count("Accepted")
    world.service.check("wtg-01", report=ignore, token=CancelToken())
    assert logins_seen(way[1]).count("Accepted") == seen + 1  # by the new way
    world.remove("wtg-01")
    assert world.leftovers() == []


def test_another_key_of_a_hop_is_refused_until_it_is_replaced(world: World, lab: Lab) -> None:
    with ExitStack() as ending:
        first, second, device = (lab.new_device() for _ in range(3))
        for each in (first, second, device):
            ending.callback(each.remove)
        world.enrol(through((first, second, device)))
        old = HostKey.parse(second.host_key)
        new = HostKey.parse(second.restart_with_new_host_key())
        with pytest.raises(failures.HostKeyChangedError, match=f"{second.address}:22"):
            world.remove("wtg-01")
        endpoint = world.inventory.endpoint("wtg-01")
        assert endpoint.device_change is None  # nothing is known of the device itself

        jump = endpoint.jumps[1]
        assert world.service.shown_jump_key("wtg-01", jump, token=CancelToken()) == new
        EndpointService(world.inventory, world.targets).replace_jump_key(jump, new)
        line = world.inventory.activities()[0]
        assert f"{old.fingerprint} → {new.fingerprint}" in line.detail
        world.remove("wtg-01")
        assert world.leftovers() == []


def _check(world: World, request: EnrolmentRequest, kind: type[AppError], words: str) -> None:
    with pytest.raises(kind) as caught:
        world.enrol(request)
    assert words in caught.value.message
    assert world.leftovers() == []
