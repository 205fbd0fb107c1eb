"""What goes wrong with devices: each told so that a technician understands it, with nothing left behind anywhere."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from app.errors import AppError, DuplicateError, HostError, InputError, KitError
from app.models.activity import Result
from app.models.endpoint import EndpointDraft, HostKey, Login, LoginKind
from app.models.metrics import EndpointHealth, Health
from app.models.secret import Secret
from app.services.enrolment import EnrolmentRequest, failures, fetch_host_key
from app.services.enrolment.ssh import SshConnector
from app.services.progress import CancelToken, ignore
from tests.integration.enrolments import World, changed, login, request_for, write_build
from tests.lab import Device, Lab

_SOME_KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbVyrbpNcXDowPtdsd4+QAO5HXlvQhAxqrW5gw0Bw5E")
_FAKE_UNAME = '#!/bin/sh\ncase "$*" in *m*) echo "$(/bin/uname.real -n) 5.10.0 loongarch64";; *) exec /bin/uname.real "$@";; esac\n'


@pytest.fixture(scope="module")
def unchanged(lab: Lab) -> Iterator[Device]:
    """A device for tests that leave it as it is."""
    made = lab.new_device()
    yield made
    made.remove()


def check_refused(
    world: World,
    request: EnrolmentRequest,
    kind: type[AppError],
    *words: str,
) -> AppError:
    """Enrolling fails with an error of this kind that speaks of all `words`, and leaves nothing here."""
    with pytest.raises(kind) as caught:
        world.enrol(request)
    error = caught.value
    told = f"{error.message}\n{error.advice}\n{error.evidence}".lower()
    assert [word for word in words if word.lower() not in told] == [], told
    assert error.advice
    assert "{" not in error.message + error.advice
    assert world.leftovers() == []
    (entry, *_) = world.inventory.activities()
    assert (entry.action, entry.subject, entry.result) == ("enrol", request.draft.name, Result.FAILED)
    assert entry.detail == error.message
    return error


def request_at(address: str, port: int = 22) -> EnrolmentRequest:
    return EnrolmentRequest(EndpointDraft("wtg-01", address, port), login(), _SOME_KEY)


# On the way


def test_unreachable_address(world: World, lab: Lab) -> None:
    world.service = world.service_with(connect=SshConnector(connect_seconds=1.0))
    check_refused(world, request_at(lab.nobody), failures.UnreachableError, f"{lab.nobody}:22", "address", "firewall")


def test_unknown_name(world: World) -> None:
    check_refused(world, request_at("no-such-device.invalid"), failures.NameUnknownError, "no-such-device", "spelling")


def test_closed_port(world: World, unchanged: Device) -> None:
    check_refused(world, request_at(unchanged.address, 2222), failures.PortClosedError, "refuses", "2222", "port")


def test_not_an_ssh_server(world: World) -> None:
    with serving(lambda connection: connection.sendall(b"220 mail.example ESMTP\r\n")) as port:
        check_refused(world, request_at("127.0.0.1", port), failures.NotAnSshServerError, "not an ssh server", "ESMTP")


def test_a_web_server(world: World) -> None:
    def answer(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request")

    with serving(answer) as port:
        check_refused(world, request_at("127.0.0.1", port), failures.NotAnSshServerError, "HTTP/1.1 400")


def test_a_silent_server(world: World) -> None:
    world.service = world.service_with(connect=SshConnector(greeting_seconds=0.5))
    with serving(lambda connection: connection.recv(1) and connection.recv(100000) and connection.recv(1)) as port:
        check_refused(world, request_at("127.0.0.1", port), failures.SilentError, "says nothing")


def test_a_server_that_drops_connections_is_tried_again(world: World) -> None:
    world.service = world.service_with(connect=SshConnector(retry_waits=(0.05, 0.05, 0.05)))
    tries = []
    with serving(lambda connection: tries.append(1)) as port:
        check_refused(world, request_at("127.0.0.1", port), failures.DroppedError, "MaxStartups")
    assert len(tries) == 4


# Logging in


def test_wrong_password(world: World, unchanged: Device) -> None:
    before = unchanged.snapshot()
    error = check_refused(
        world,
        request_for(unchanged, way_in=login(password="Wr0ng-Secret")),
        failures.WrongPasswordError,
        "password",
        "iiot",
    )
    assert "Wr0ng" not in f"{error!r}{error.message}{error.evidence}{error.advice}"
    assert changed(before, unchanged) == []


def test_password_not_allowed(world: World, device: Device) -> None:
    device.put_file("/etc/ssh/sshd_config.d/00-keys.conf", "AuthenticationMethods publickey\n", mode=0o644)
    device.exec(["systemctl", "reload", "ssh"])
    check_refused(world, request_for(device), failures.PasswordNotAllowedError, "key file", "publickey")


def test_a_key_that_the_device_does_not_know(world: World, unchanged: Device) -> None:
    way_in = Login("plain", LoginKind.KEY_FILE, key_file=str(unchanged.key_file))
    check_refused(world, request_for(unchanged, way_in=way_in), failures.KeyRefusedError, "authorized_keys", "plain")


def test_host_key_changed(world: World, device: Device) -> None:
    request = request_for(device)
    device.restart_with_new_host_key()
    before = device.snapshot()
    new = fetch_host_key(device.address)
    error = check_refused(world, request, failures.HostKeyChangedError, "another host key", "ssh-keygen -lf")
    assert request.host_key.fingerprint in error.evidence
    assert new.fingerprint in error.evidence
    assert changed(before, device) == []


def test_host_key_of_another_kind_now(world: World, device: Device) -> None:
    request = request_for(device)
    device.exec(["sh", "-c", "ssh-keygen -q -t ecdsa -N '' -f /etc/ssh/ssh_host_ecdsa_key"])
    device.put_file("/etc/ssh/sshd_config.d/00-ecdsa.conf", "HostKey /etc/ssh/ssh_host_ecdsa_key\n", mode=0o644)
    device.exec(["systemctl", "restart", "ssh"])
    device.exec(["timeout", "20", "sh", "-c", "until ss -ltn | grep -q :22; do sleep 0.1; done"])
    check_refused(world, request, failures.HostKeyChangedError, "ecdsa-sha2-nistp256", "ssh_host_ecdsa_key.pub")


# Root


def test_no_sudo_rights(world: World, unchanged: Device) -> None:
    before = unchanged.snapshot()
    check_refused(world, request_for(unchanged, way_in=login("plain")), failures.NoRootRightsError, "plain", "sudoers")
    assert changed(before, unchanged) == []


def test_no_sudo_at_all(world: World, device: Device) -> None:
    device.exec(["sh", "-c", "mv /usr/bin/sudo /usr/bin/sudo.away"])
    check_refused(world, request_for(device), failures.NoRootRightsError, "iiot", "root")


def test_wrong_sudo_password(world: World, device: Device) -> None:
    before = device.snapshot()
    device.exec(
        ["sh", "-c", "mkdir -p ~ask/.ssh && cp ~iiot/.ssh/authorized_keys ~ask/.ssh/ && chown -R ask ~ask/.ssh"]
    )
    with_key = device.snapshot()
    key = str(device.key_file)
    wrong = Login("ask", LoginKind.KEY_FILE, key_file=key, sudo_password=Secret("Wr0ng-Secret"))
    check_refused(world, request_for(device, way_in=wrong), failures.SudoPasswordWrongError, "sudo", "ask")
    none = Login("ask", LoginKind.KEY_FILE, key_file=key)
    check_refused(world, request_for(device, way_in=none), failures.SudoPasswordMissingError, "sudo", "ask")
    assert with_key.difference(device.snapshot()) == []
    assert before != with_key


# What the device is


def test_unknown_architecture(world: World, device: Device) -> None:
    device.exec(["sh", "-c", "mv /bin/uname /bin/uname.real"])
    device.put_file("/bin/uname", _FAKE_UNAME)
    before = device.snapshot()
    check_refused(world, request_for(device), failures.UnknownArchitectureError, "loongarch64", "processor")
    assert changed(before, device) == []


def test_no_build_in_the_kit(world: World, unchanged: Device, tmp_path: Path) -> None:
    empty = World(world.folder, tmp_path / "empty")
    check_refused(empty, request_for(unchanged), KitError, "amd64", "kit fetch")


def test_no_systemd(world: World, device: Device) -> None:
    device.exec(["sh", "-c", "mv /run/systemd/system /run/systemd/away"])
    check_refused(world, request_for(device), failures.UnsupportedInitError, "systemd")


def test_no_space_left(world: World, lab: Lab) -> None:
    small = lab.new_device(small_disks={"/usr/local/lib": 8 * 1024 * 1024})
    try:
        before = small.snapshot()
        check_refused(world, request_for(small), failures.NoSpaceError, "space", "/usr/local/lib", "8 MB")
        assert changed(before, small) == []
    finally:
        small.remove()


def test_space_that_runs_out_while_it_is_sent(world: World, lab: Lab) -> None:
    small = lab.new_device(small_disks={"/usr/local/lib": 8 * 1024 * 1024})
    small.put_file("/usr/bin/df", "#!/bin/sh\necho tmpfs 99999999 0 99999999 0% /usr/local/lib\n")
    try:
        before = small.snapshot()
        check_refused(world, request_for(small), failures.NotWritableError, "/usr/local/lib", "No space left")
        assert changed(before, small) == []
    finally:
        small.remove()


@pytest.mark.parametrize("listen", ["0.0.0.0", "127.0.0.1"])
def test_port_taken(world: World, device: Device, listen: str) -> None:
    script = f"my $s=IO::Socket::INET->new(LocalAddr=>q({listen}),LocalPort=>9100,Listen=>1) or die;sleep 999"
    device.exec(["systemd-run", "--unit", "squatter", "perl", "-MIO::Socket::INET", "-e", script])
    device.exec(["timeout", "20", "sh", "-c", "until ss -ltn | grep -q :9100; do sleep 0.1; done"])
    before = device.snapshot()
    check_refused(world, request_for(device), failures.PortTakenError, "9100", "perl", "port")
    assert changed(before, device) == []


@pytest.mark.parametrize("binary", [b"#!/bin/sh\necho pump stuck >&2\nexit 3\n", b"\x7fELF broken"])
def test_exporter_crashing_at_start(world: World, unchanged: Device, tmp_path: Path, binary: bytes) -> None:
    write_build(tmp_path / "kit" / "1.5.0" / "amd64", binary)
    broken = World(world.folder, tmp_path / "kit")
    before = unchanged.snapshot()
    # What systemd's own child says in the last moment of its life ("Exec format error") may miss the journal; the status does not.
    word = "pump stuck" if b"pump" in binary else "203/EXEC"
    check_refused(broken, request_for(unchanged), failures.ExporterCrashedError, "does not run", word)
    assert changed(before, unchanged) == []


@pytest.mark.open_exporter("what the kit holds is no exporter, and answers everybody")
def test_exporter_that_listens_and_is_another(world: World, unchanged: Device, tmp_path: Path) -> None:
    script = (
        b"#!/usr/bin/perl\nuse IO::Socket::INET;my $s=IO::Socket::INET->new(LocalPort=>9100,Listen=>5,ReuseAddr=>1)or die;"
        b'while(my $c=$s->accept){<$c>;print $c "HTTP/1.0 200 OK\\r\\n\\r\\nhello\\n";close $c}\n'
    )
    write_build(tmp_path / "kit" / "1.5.0" / "amd64", script)
    other = World(world.folder, tmp_path / "kit")
    before = unchanged.snapshot()
    check_refused(other, request_for(unchanged), failures.MetricsWrongError, "9100", "not the exporter", "TLS")
    assert changed(before, unchanged) == []


def test_a_file_of_somebody_else_in_the_way(world: World, device: Device) -> None:
    device.put_file("/usr/local/lib/plantwatch/node_exporter", "theirs")
    before = device.snapshot()
    check_refused(world, request_for(device), failures.FileInTheWayError, "/usr/local/lib/plantwatch/node_exporter")
    assert changed(before, device) == []


# Prometheus


@pytest.mark.parametrize(
    ("said", "word"),
    [("connect: connection refused", "scrape address"), ("context deadline exceeded", "firewall"), ("", "page Stack")],
)
def test_first_scrape_fails(world: World, unchanged: Device, said: str, word: str) -> None:
    world.fleet.answer = EndpointHealth(Health.DOWN if said else Health.UNKNOWN, last_error=said)
    before = unchanged.snapshot()
    check_refused(world, request_for(unchanged), failures.NotScrapedError, "Prometheus", said, word)
    assert changed(before, unchanged) == []


def test_docker_host_away(world: World, unchanged: Device) -> None:
    world.targets.refuse = True
    before = unchanged.snapshot()
    with pytest.raises(HostError):
        world.enrol(request_for(unchanged))
    assert changed(before, unchanged) == []
    assert world.leftovers() == []


# The form


def test_name_and_address_taken(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    with pytest.raises(DuplicateError) as caught:
        world.enrol(request_at("10.0.0.9"))
    assert (caught.value.field, caught.value.other) == ("name", "wtg-01")
    with pytest.raises(DuplicateError) as caught:
        world.enrol(request_for(device, "wtg-02"))
    assert (caught.value.field, caught.value.other) == ("address", "wtg-01")
    assert [endpoint.name for endpoint in world.inventory.endpoints()] == ["wtg-01"]
    assert world.targets.all() == [f"{device.address}:9100"]
    assert [name for name in world.secrets.all() if name.startswith("credential/")] == ["credential/1"]


@pytest.mark.parametrize("address", ["10.0.0", "10.0.0.999", "user@host", "10.0.0.1:22", "two words", ""])
def test_malformed_address(address: str) -> None:
    with pytest.raises(InputError) as caught:
        EndpointDraft("wtg-01", address)
    assert caught.value.field == "address"


# Removing


def test_removing_while_the_device_is_away(world: World, device: Device) -> None:
    before = device.snapshot()
    world.enrol(request_for(device))
    target = world.targets.all()
    device.exec(["systemctl", "stop", "ssh"])
    with pytest.raises(failures.PortClosedError):
        world.service.remove("wtg-01", report=ignore, token=CancelToken())
    assert world.targets.all() == target
    assert world.inventory.endpoint("wtg-01").lifecycle == "monitored"
    device.exec(["systemctl", "start", "ssh"])
    device.exec(["timeout", "20", "sh", "-c", "until ss -ltn | grep -q :22; do sleep 0.1; done"])
    world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []


def test_forgetting_a_device_that_is_gone(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    device.exec(["systemctl", "stop", "ssh"])
    world.service.remove("wtg-01", forget_only=True, report=ignore, token=CancelToken())
    assert world.leftovers() == []


def test_a_device_that_goes_away_before_it_can_be_undone(world: World, device: Device) -> None:
    before = device.snapshot()

    class Away:
        """The device loses its network while Prometheus is waited for."""

        def wait_until_up(
            self, endpoint_name: str, *, since: datetime, timeout: float, token: CancelToken
        ) -> EndpointHealth:
            device.exec(["sh", "-c", "systemctl stop ssh; pkill -KILL sshd"])
            return EndpointHealth(Health.DOWN, last_error="connection refused")

    world.service = world.service_with(fleet=Away())
    with pytest.raises(failures.NotCleanedError) as caught:
        world.enrol(request_for(device))
    assert "could not be undone" in caught.value.message
    assert world.inventory.endpoint("wtg-01").lifecycle == "enrolling"
    assert world.targets.all() == []

    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "cannot be undone yet" in sentence
    assert "remove only the record" in sentence
    device.exec(["systemctl", "start", "ssh"])
    device.exec(["timeout", "20", "sh", "-c", "until ss -ltn | grep -q :22; do sleep 0.1; done"])
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "has been undone" in sentence
    assert changed(before, device) == []
    assert world.leftovers() == []


@contextmanager
def serving(answer: Callable[[socket.socket], object]) -> Iterator[int]:
    """Something that is not an SSH server on a port of this machine: each connection gets `answer`, then ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection:
                connection.settimeout(5)
                try:
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        thread.join()
        listener.close()
