"""An impostor at the address of a device or of the Docker host: nothing but the key exchange reaches it, on every way that connects."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from app.errors import HostError
from app.models.bulk_parameters import MetricsChange
from app.models.endpoint import EndpointDraft, HostKey, Lifecycle, Login, LoginKind
from app.models.expected_key import ExpectedKey
from app.models.metrics import EndpointHealth, Health
from app.models.own_key import OwnKeyWish
from app.models.secret import Secret
from app.services.enrolment import EnrolmentRequest, Hop, WantedHop, failures, fetch_host_key, verified_key
from app.services.enrolment.steps import KeyStep
from app.services.progress import CancelToken, Event, StepStarted, ignore
from tests.integration.cli_session import Shell
from tests.integration.enrolments import World, changed, kit_folder, login
from tests.integration.impostor import Crossing, Impostor, impostor
from tests.integration.ssh_host import SshHost, ssh_host
from tests.integration.stacks import Stack
from tests.lab import Device, Lab, Snapshot

#: Whoever is asked first is told this; it must never be the impostor.
PASSWORD = "c4nary-of-the-impostor-tests"
OTHER_KINDS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"]


@pytest.fixture
def world(lab: Lab, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path / "world", kit_folder(lab))
    yield made
    made.close()


@pytest.fixture(scope="module")
def real(lab: Lab) -> Iterator[tuple[Device, Snapshot]]:
    """A device and what it is; each test leaves it so."""
    device = lab.new_device()
    yield device, device.snapshot()
    device.remove()


@pytest.fixture
def posing() -> Iterator[tuple[Impostor, int]]:
    with impostor() as made:
        yield made


@pytest.fixture
def crossing(real: tuple[Device, Snapshot]) -> Iterator[Crossing]:
    made = Crossing(real[0].address, real[0].port)
    yield made
    made.close()


def request_at(port: int, key: HostKey, way_in: Login | None = None, scraped: str = "") -> EnrolmentRequest:
    draft = EndpointDraft("wtg-01", "127.0.0.1", port, scrape_address=scraped)
    return EnrolmentRequest(draft, way_in or login(password=PASSWORD), key)


def enrolled_through(world: World, crossing: Crossing, device: Device) -> None:
    world.enrol(request_at(crossing.port, HostKey.parse(device.host_key), login(), scraped=device.address))


# The measure itself


def test_the_impostor_hears_whoever_trusts_it(world: World, posing: tuple[Impostor, int]) -> None:
    """The control of all tests below: with its key taken for the device's, it gets the password."""
    server, port = posing
    with pytest.raises(failures.ConnectionLostError):
        world.service.preview(request_at(port, server.host_key), report=ignore, token=CancelToken())
    assert ("password", "iiot", PASSWORD) in server.attempts
    assert any(said.startswith("exec") for said in server.channels)


# First contact


@pytest.mark.parametrize("kind", OTHER_KINDS)
@pytest.mark.parametrize("way", ["preview", "enrol"])
def test_at_first_contact(world: World, real: tuple[Device, Snapshot], kind: str, way: str) -> None:
    device, before = real
    key_login = Login("iiot", LoginKind.KEY_FILE, key_file=str(device.key_file), sudo_password=Secret(PASSWORD))
    with impostor(kind) as (server, port):
        for way_in in (login(password=PASSWORD), key_login):
            request = request_at(port, HostKey.parse(device.host_key), way_in)
            with pytest.raises(failures.HostKeyChangedError) as caught:
                getattr(world.service, way)(request, report=ignore, token=CancelToken())
            assert server.host_key.fingerprint in caught.value.evidence
        assert server.connections >= 2
        assert server.has_learnt == []
    assert world.leftovers() == []
    assert changed(before, device) == []


def test_asking_for_the_key_tells_nothing(posing: tuple[Impostor, int], real: tuple[Device, Snapshot]) -> None:
    server, port = posing
    assert fetch_host_key("127.0.0.1", port) == server.host_key
    expected = HostKey.parse(real[0].host_key)
    for pasted in (expected.fingerprint, f"[127.0.0.1]:{port} {expected}\n{expected}"):
        with pytest.raises(failures.UnexpectedHostKeyError):
            verified_key(ExpectedKey.parse(pasted), "127.0.0.1", port)
    assert server.has_learnt == []


@pytest.mark.usefixtures("keyring_session")
def test_on_the_command_line(posing: tuple[Impostor, int], real: tuple[Device, Snapshot], tmp_path: Path) -> None:
    server, port = posing
    expected = HostKey.parse(real[0].host_key)
    shell = Shell(tmp_path)
    words = ["enrol", "wtg-01", "127.0.0.1", "--port", str(port), "--user", "iiot", "--password-stdin", "--host-key"]
    refused = shell(*words, expected.fingerprint, "--json", typed=[PASSWORD])
    assert refused.status == 10
    assert "another host key than the expected one" in refused.error
    with shell.services() as services:
        services.inventory.add(EndpointDraft("wtg-02", "127.0.0.1", port), host_key=expected)
    kept = shell("endpoints", "set", "wtg-02", "--host-key", expected.fingerprint, "--json")
    assert "another host key than the expected one" in kept.error
    taken = shell("endpoints", "set", "wtg-02", "--host-key", server.host_key.fingerprint)
    assert f"known until now: {expected.fingerprint}" in taken.out
    assert f"trusted from now on: {server.host_key.fingerprint}" in taken.out
    newest = shell.done("activity", "--json", "--limit", "1").document[0]
    assert expected.fingerprint in newest["detail"]
    assert server.host_key.fingerprint in newest["detail"]
    assert server.connections == 3
    assert server.has_learnt == []


# A device that is known


def test_when_it_is_removed(
    world: World, real: tuple[Device, Snapshot], crossing: Crossing, posing: tuple[Impostor, int]
) -> None:
    (device, before), (server, port) = real, posing
    enrolled_through(world, crossing, device)
    crossing.lead_to("127.0.0.1", port)
    with pytest.raises(failures.HostKeyChangedError):
        world.remove("wtg-01")
    assert server.connections == 1
    assert world.service.shown_key("wtg-01", token=CancelToken()) == server.host_key
    assert server.has_learnt == []
    assert world.inventory.endpoint("wtg-01").lifecycle is Lifecycle.MONITORED
    crossing.lead_to(device.address, device.port)
    world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []


@pytest.mark.parametrize("action", ["check", "renew", "upgrade", "change_metrics", "change_login"])
def test_when_something_is_done_with_it(
    world: World, real: tuple[Device, Snapshot], crossing: Crossing, posing: tuple[Impostor, int], action: str
) -> None:
    (device, before), (server, port) = real, posing
    enrolled_through(world, crossing, device)
    had, secrets = world.inventory.endpoint("wtg-01"), world.login_secrets
    told = {"change_login": login(password="another"), "change_metrics": MetricsChange(only=())}
    more = [told[action]] if action in told else []
    crossing.lead_to("127.0.0.1", port)
    with pytest.raises(failures.HostKeyChangedError):
        getattr(world.service, action)("wtg-01", *more, report=ignore, token=CancelToken())
    assert server.connections == 1
    assert server.has_learnt == []
    is_now = world.inventory.endpoint("wtg-01")
    assert (is_now.certificate, is_now.metrics, is_now.credential_id, world.login_secrets) == (
        had.certificate,
        had.metrics,
        had.credential_id,
        secrets,
    )
    crossing.lead_to(device.address, device.port)
    world.remove("wtg-01")
    assert changed(before, device) == []


def test_when_an_own_key_is_tried_renewed_and_settled(
    world: World, real: tuple[Device, Snapshot], crossing: Crossing, posing: tuple[Impostor, int]
) -> None:
    """Each time that the new key would be shown for the first time, somebody else is there."""
    (device, before), (server, port) = real, posing

    def exchange(event: Event) -> None:
        if isinstance(event, StepStarted) and event.step is KeyStep.TRY_KEY:
            crossing.lead_to("127.0.0.1", port)

    asking = request_at(crossing.port, HostKey.parse(device.host_key), login("ask"), scraped=device.address)
    request = replace(asking, own_key=OwnKeyWish())
    with pytest.raises(failures.NotCleanedError, match="another host key"):
        world.service.enrol(request, report=exchange, token=CancelToken())
    crossing.lead_to(device.address, device.port)
    world.service.recover(report=ignore, token=CancelToken())
    assert changed(before, device) == []

    world.enrol(request)
    had = world.login_secrets
    with pytest.raises(failures.HostKeyChangedError):
        world.service.renew_key("wtg-01", None, report=exchange, token=CancelToken())
    with pytest.raises(failures.HostKeyChangedError):
        world.service.renew_key("wtg-01", None, report=ignore, token=CancelToken())
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "another host key" in sentence
    assert server.connections == 5
    assert server.has_learnt == []
    assert world.login_secrets == had
    crossing.lead_to(device.address, device.port)
    world.service.recover(report=ignore, token=CancelToken())
    world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []


def test_when_an_enrolment_is_undone_and_recovered(
    world: World, real: tuple[Device, Snapshot], crossing: Crossing, posing: tuple[Impostor, int]
) -> None:
    """The device is exchanged in the middle: connecting again, to undo, meets the impostor; so does the next start."""
    (device, before), (server, port) = real, posing

    class Exchanged:
        def wait_until_up(
            self, endpoint_name: str, *, since: datetime, timeout: float, token: CancelToken
        ) -> EndpointHealth:
            crossing.lead_to("127.0.0.1", port)
            return EndpointHealth(Health.DOWN, last_error="connection refused")

    world.service = world.service_with(fleet=Exchanged())
    with pytest.raises(failures.NotCleanedError, match="could not be undone"):
        enrolled_through(world, crossing, device)
    assert server.connections == 1
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "another host key" in sentence
    assert server.connections == 2
    assert server.has_learnt == []
    crossing.lead_to(device.address, device.port)
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "has been undone" in sentence
    assert changed(before, device) == []
    assert world.leftovers() == []


@pytest.mark.parametrize("left", ["removal", "the very end of an enrolment"])
def test_when_interrupted_work_is_finished(
    world: World, real: tuple[Device, Snapshot], crossing: Crossing, posing: tuple[Impostor, int], left: str
) -> None:
    (device, before), (server, port) = real, posing
    enrolled_through(world, crossing, device)
    endpoint = world.inventory.endpoint("wtg-01")
    if left == "removal":
        world.inventory.set_lifecycle(endpoint.id, Lifecycle.REMOVING)
    else:
        operation = world.inventory.begin_operation("enrol", endpoint.id)
        world.inventory.advance_operation(operation, "keep")
        with closing(sqlite3.connect(world.paths.database, isolation_level=None)) as database:
            database.execute("UPDATE operations SET process_start = 0")  # of a process that is gone
    crossing.lead_to("127.0.0.1", port)
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "removal" in sentence or "complete" in sentence
    assert server.connections == 1
    assert server.has_learnt == []
    crossing.lead_to(device.address, device.port)
    if left == "removal":
        world.service.recover(report=ignore, token=CancelToken())
    else:
        world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []


# A jump host


def request_beyond(port: int, device: Device) -> EnrolmentRequest:
    """The device, seen from itself as from a jump host that is reached at `port`."""
    key = HostKey.parse(device.host_key)
    hop = Hop("127.0.0.1", port, key, login("plain"))
    return EnrolmentRequest(EndpointDraft("wtg-01", device.address, device.port), login(), key, (hop,))


@pytest.mark.parametrize("way", ["preview", "enrol"])
def test_as_a_jump_host_at_first_contact(
    world: World, real: tuple[Device, Snapshot], posing: tuple[Impostor, int], way: str
) -> None:
    (device, before), (server, port) = real, posing
    request = request_beyond(port, device)
    with pytest.raises(failures.HostKeyChangedError, match=f"127.0.0.1:{port}"):
        getattr(world.service, way)(request, report=ignore, token=CancelToken())
    with pytest.raises(failures.HostKeyChangedError):
        world.service.host_key_at(device.address, device.port, request.hops, CancelToken())
    by_fingerprint = [
        WantedHop(hop.address, hop.port, ExpectedKey.parse(hop.host_key.fingerprint), hop.login) for hop in request.hops
    ]
    with pytest.raises(failures.UnexpectedHostKeyError):
        world.service.verify_hops(by_fingerprint, token=CancelToken())
    assert server.connections == 3
    assert server.has_learnt == []
    assert world.leftovers() == []
    assert changed(before, device) == []


def test_as_the_jump_host_of_a_known_device(
    world: World, real: tuple[Device, Snapshot], crossing: Crossing, posing: tuple[Impostor, int]
) -> None:
    """On every way back to it; and the device itself, of which nothing was seen, is not suspected."""
    (device, before), (server, port) = real, posing
    world.enrol(request_beyond(crossing.port, device))
    crossing.lead_to("127.0.0.1", port)
    service = world.service
    ways: tuple[Callable[[], object], ...] = (
        lambda: service.check("wtg-01", report=ignore, token=CancelToken()),
        lambda: service.renew("wtg-01", report=ignore, token=CancelToken()),
        lambda: service.shown_key("wtg-01", token=CancelToken()),
        lambda: service.shown_key_at("wtg-01", device.address, device.port, token=CancelToken()),
        lambda: world.remove("wtg-01"),
    )
    for number, contact in enumerate(ways, start=1):
        with pytest.raises(failures.HostKeyChangedError, match=f"127.0.0.1:{crossing.port}"):
            contact()
        assert server.connections == number
    endpoint = world.inventory.endpoint("wtg-01")
    # To be shown, and compared by a person: it is asked for its key, and no more.
    assert service.shown_jump_key("wtg-01", endpoint.jumps[0], token=CancelToken()) == server.host_key
    world.inventory.set_lifecycle(endpoint.id, Lifecycle.REMOVING)
    (sentence,) = service.recover(report=ignore, token=CancelToken())
    assert "another host key" in sentence
    assert server.has_learnt == []
    assert world.inventory.endpoint("wtg-01").device_change is None
    crossing.lead_to(device.address, device.port)
    assert service.shown_key("wtg-01", token=CancelToken()) == HostKey.parse(device.host_key)
    world.inventory.set_lifecycle(endpoint.id, Lifecycle.MONITORED)
    service.renew("wtg-01", report=ignore, token=CancelToken())
    assert service.check("wtg-01", report=ignore, token=CancelToken()).unknown == ()
    world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []


# The Docker host


@pytest.fixture
def host(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshHost]:
    with ssh_host(tmp_path / "ssh", lab.docker_host) as running:
        monkeypatch.setenv("HOME", str(running.home))
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        yield running


@pytest.fixture
def stack(lab: Lab, tmp_path: Path) -> Iterator[Stack]:
    folder = tmp_path / "stack"
    folder.mkdir()
    made = Stack(folder, lab.docker_host, lab.engine)
    yield made
    made.dispose()


# The SDK leaves the socket of a connection that failed to the garbage collector, which says so.
@pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("known_as", ["", "{name} {key}", "@revoked {name} {own}", "@cert-authority * {own}"])
def test_as_a_docker_host(stack: Stack, host: SshHost, posing: tuple[Impostor, int], known_as: str) -> None:
    """Unknown, or known with the key of the right host, or named in a line that does not make it trusted."""
    server, port = posing
    line = known_as.format(name=f"[127.0.0.1]:{port}", key=host.known_hosts_line.split(" ", 1)[1], own=server.host_key)
    (host.home / ".ssh" / "known_hosts").write_text(f"{line}\n")
    stack.use_host(f"ssh://root@127.0.0.1:{port}")
    for call in (
        stack.service.plan,
        stack.service.status,
        stack.deploy,
        stack.down,
        lambda: stack.service.write_targets([]),
    ):
        with pytest.raises(HostError, match=r"SSH host key|known_hosts"):
            call()
    assert server.connections > 0
    assert server.has_learnt == []


@pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning")
def test_as_a_docker_host_that_was_right_a_moment_ago(
    stack: Stack, host: SshHost, posing: tuple[Impostor, int]
) -> None:
    server, port = posing
    crossing = Crossing("127.0.0.1", int(host.url.rpartition(":")[2]))
    try:
        key = host.known_hosts_line.split(" ", 1)[1]
        (host.home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{crossing.port} {key}\n")
        stack.use_host(f"ssh://root@127.0.0.1:{crossing.port}")
        assert not stack.service.plan().is_empty
        crossing.lead_to("127.0.0.1", port)
        for _ in range(3):
            with pytest.raises(HostError):
                stack.service.plan()
        with pytest.raises(HostError, match="another SSH host key"):
            stack.service.plan()
        assert server.connections > 0
        assert server.has_learnt == []
    finally:
        stack.service.close()
        crossing.close()
