"""Docker hosts that are elsewhere, away, or go away."""

import gc
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import HostError, StackError
from app.models.stack import ServiceName
from app.services.stack import DeployStep
from app.services.stack.probe import ask
from tests.integration.ssh_host import SshHost, ssh_host
from tests.integration.stacks import NOTHING, Stack, at
from tests.lab import Lab


@pytest.fixture
def stack(lab: Lab, tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path, lab.docker_host, lab.engine)
    yield made
    made.dispose()


@pytest.fixture
def host(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SshHost]:
    with ssh_host(tmp_path / "ssh", lab.docker_host) as running:
        monkeypatch.setenv("HOME", str(running.home))
        monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
        yield running


class Wire:
    """A socket in front of the engine's that can be cut."""

    def __init__(self, path: Path, engine_url: str) -> None:
        self.url = f"unix://{path}"
        self._path = path
        target = engine_url.removeprefix("unix://")
        connections = self._connections = set[socket.socket]()

        class Relay(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                with socket.socket(socket.AF_UNIX) as far:
                    far.connect(target)
                    connections.update({far, self.request})
                    back = threading.Thread(target=_copy, args=(far, self.request))
                    back.start()
                    _copy(self.request, far)
                    back.join()

        self._server = socketserver.ThreadingUnixStreamServer(str(path), Relay)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def cut(self) -> None:
        """Ends every connection; new ones are refused."""
        if not self._path.exists():
            return
        self._path.unlink()
        self._server.shutdown()
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._server.server_close()
        self._thread.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.fixture
def wire(lab: Lab, tmp_path: Path) -> Iterator[Wire]:
    made = Wire(tmp_path / "w.sock", lab.docker_host)
    yield made
    made.cut()


@pytest.mark.parametrize(
    ("step", "subject"),
    [
        pytest.param(DeployStep.VOLUMES, "", marks=pytest.mark.full),
        pytest.param(DeployStep.CREATE, "prometheus", marks=pytest.mark.full),
        (DeployStep.START, "grafana"),
    ],
)
def test_a_host_that_goes_away_in_the_middle(
    stack: Stack, wire: Wire, lab: Lab, step: DeployStep, subject: str
) -> None:
    stack.use_host(wire.url)
    with pytest.raises(HostError, match="does not answer any more") as caught:
        stack.deploy(report=at(step, subject, wire.cut))
    assert caught.value.advice
    with pytest.raises(HostError):
        stack.service.plan()
    gc.collect()  # Sockets that were left open would be told of now, and fail this test rather than another.
    stack.use_host(lab.docker_host)
    assert not stack.service.plan().is_empty
    assert stack.deploy().is_healthy


def test_no_engine_at_the_socket(stack: Stack, tmp_path: Path) -> None:
    stack.use_host(f"unix://{tmp_path}/nothing.sock")
    for call in (stack.service.plan, stack.service.status, stack.deploy, stack.down):
        with pytest.raises(HostError, match="has no engine at that socket"):
            call()
    gc.collect()  # Sockets that were left open would be told of now, and fail this test rather than another.


def test_proxies_and_certificates_of_the_environment_do_not_matter(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    stack.service.plan()


def test_a_host_over_ssh_is_deployed_to_and_reached_through_the_same_connection(stack: Stack, host: SshHost) -> None:
    host.trust()
    stack.use_host(host.url)
    status = stack.deploy()
    assert status.is_healthy
    access = stack.service.access(ServiceName.PROMETHEUS)
    # The port itself is taken on this machine, since engine and client share it: the tunnel has another.
    assert access.url.startswith("http://127.0.0.1:")
    assert access.url != f"http://127.0.0.1:{stack.settings.stack.prometheus_port}"
    assert ask(access, "GET", "/-/ready").ok
    stack.service.write_targets([])
    stack.down(keep_data=False)
    assert stack.remains() == NOTHING


def test_an_unknown_host_key_is_never_accepted(stack: Stack, host: SshHost) -> None:
    stack.use_host(host.url)
    with pytest.raises(HostError, match="does not know") as caught:
        stack.service.plan()
    assert "compare the fingerprint" in caught.value.advice
    assert not (host.home / ".ssh" / "known_hosts").exists()


def test_a_changed_host_key_is_refused(stack: Stack, host: SshHost, tmp_path: Path) -> None:
    other = tmp_path / "other"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other)], check=True)
    name = host.known_hosts_line.split()[0]
    (host.home / ".ssh" / "known_hosts").write_text(f"{name} {other.with_suffix('.pub').read_text()}")
    stack.use_host(host.url)
    with pytest.raises(HostError, match="another SSH host key"):
        stack.service.plan()


def test_a_key_that_the_host_does_not_know(stack: Stack, host: SshHost) -> None:
    host.trust()
    (host.home / ".ssh" / "id_ed25519").unlink()
    stack.use_host(host.url)
    with pytest.raises(HostError, match="SSH key"):
        stack.service.plan()


def test_publishing_to_the_network_of_a_remote_host_is_refused(stack: Stack, host: SshHost) -> None:
    host.trust()
    stack.use_host(host.url)
    stack.choose(publish_address="0.0.0.0")
    for call in (stack.service.plan, stack.deploy):
        with pytest.raises(StackError, match="plain text"):
            call()
    assert stack.remains() == NOTHING


def test_nothing_listens_at_the_ssh_port(stack: Stack) -> None:
    stack.use_host("ssh://root@127.0.0.1:1")
    with pytest.raises(HostError, match="refuses the connection"):
        stack.service.plan()
