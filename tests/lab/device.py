"""One lab device: a container that boots systemd and sshd, reached at its own address on the plant network."""

import io
import socket
import sys
import tarfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypedDict

import docker
from docker.errors import NotFound
from docker.models.containers import Container

from tests.lab import device_image
from tests.lab.errors import LabError
from tests.lab.images import LABEL
from tests.lab.places import Places
from tests.lab.snapshot import SNAPSHOT_SCRIPT, Snapshot
from tests.lab.system import wait_until

_DEVICE_LABEL = f"{LABEL}.device"
_READ_TRIES = 5
_BEGIN, _END = "== begin of output", "== end of output"
_HOST_KEY = "/etc/ssh/ssh_host_ed25519_key"


class DeviceEntry(TypedDict):
    """A device as the lab's JSON document describes it."""

    name: str
    address: str
    port: int
    user: str
    password: str
    key_file: str
    host_key: str
    container: str


class ExecResult(NamedTuple):
    """What a command on a device left: exit code, and standard output and error together."""

    code: int
    out: str


@dataclass(frozen=True)
class DeviceOptions:
    """What a fresh device has beside the usual.

    small_disks: path -> size in bytes; an empty file system of this size is mounted there.
    files: path -> content, written before the first boot, executable, owned by root.
    """

    small_disks: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)


class Device:
    """A running device. `name` is its host name; `container` the name of its container."""

    port = 22
    user = device_image.USER
    password = device_image.PASSWORDS[device_image.USER]

    def __init__(self, places: Places, container: Container) -> None:
        self._places = places
        self._container = container
        self.name: str = container.labels[_DEVICE_LABEL]
        self.container: str = str(container.name)
        self.key_file: Path = places.device_key
        self.is_removed = False

    @property
    def address(self) -> str:
        """Its address on the plant network; containers of the same engine and this machine reach it there."""
        networks = self._container.attrs["NetworkSettings"]["Networks"]
        return str(networks[self._places.plant_network]["IPAddress"])

    @property
    def host_key(self) -> str:
        """`ssh-ed25519 AAAA…`, read on the device itself and not over the network."""
        return " ".join(self._read(["cat", f"{_HOST_KEY}.pub"]).split()[:2])

    @property
    def entry(self) -> DeviceEntry:
        """The device for the lab's JSON document."""
        return DeviceEntry(
            name=self.name, address=self.address, port=self.port, user=self.user, password=self.password,
            key_file=str(self.key_file), host_key=self.host_key, container=self.container,
        )  # fmt: skip

    @property
    def listening(self) -> set[tuple[str, int]]:
        """Addresses and ports on which its programs take connections from outside, as the kernel tells it. Empty while it is off.

        No process is started for it, neither here nor there: it may be asked some times a second. The kernel walks a large table each time.
        """
        pid = self._container.attrs["State"]["Pid"]
        try:
            own = self.address
            tables = [Path(f"/proc/{pid}/net/{table}").read_text() for table in ("tcp", "tcp6")] if pid else []
        except (OSError, KeyError):  # it has just been switched off
            return set()
        return {(own if address.is_unspecified else str(address), port) for address, port in _listening(tables)}

    def exec(
        self, argv: Sequence[str], *, user: str = "root", environment: Mapping[str, str] | None = None
    ) -> ExecResult:
        """Runs a command on the device, not through SSH."""
        code, out = self._container.exec_run(list(argv), user=user, environment=dict(environment or {}))
        assert isinstance(out, bytes)
        assert code is not None
        return ExecResult(code, out.decode(errors="replace"))

    def set_password(self, user: str, password: str) -> None:
        """Changes a password on the device; it appears in no process's arguments."""
        self._checked(
            ["sh", "-c", 'printf "%s:%s\\n" "$LAB_USER" "$LAB_PASSWORD" | chpasswd'],
            environment={"LAB_USER": user, "LAB_PASSWORD": password},
        )

    def put_file(self, path: str, content: bytes | str, *, mode: int = 0o755) -> None:
        """Writes a file owned by root; its directory is made if need be."""
        _put(self._container, path, content.encode() if isinstance(content, str) else content, mode=mode)

    def snapshot(self) -> Snapshot:
        """What is on the device now: every file but logs and temporary ones, accounts, enabled units."""
        return Snapshot.parse(self._read(["bash", "-c", SNAPSHOT_SCRIPT]), device_image.sums(self._places))

    def restart_with_new_host_key(self) -> str:
        """Gives the device another host key, as a reinstalled one has. Returns the new key."""
        self._checked(["sh", "-c", f"rm -f {_HOST_KEY}* && systemctl restart ssh"])
        self._wait_for_ssh()
        return self.host_key

    def stop(self) -> None:
        """Pulls the plug."""
        self._container.kill()
        self._container.wait()

    def start(self) -> None:
        """Boots the device if it is stopped, and returns when sshd answers. Its address may be another one after a boot."""
        self._container.reload()
        if self._container.status == "running":
            self._wait_for_ssh()
            return
        self._container.start()
        self._container.reload()
        self._wait_for_ssh()
        self._wait_for_systemd()

    def _wait_for_systemd(self) -> None:
        """Returns when all units have started. Raises LabError with the failed ones, so that no test runs on half a device."""
        seen = ExecResult(0, "")

        def finished() -> bool:
            nonlocal seen
            seen = self.exec(["systemctl", "is-system-running", "--wait"])
            return seen.out.strip() in ("running", "degraded")

        try:
            wait_until(finished, seconds=60, what=f"{self.container} to finish booting")
        except LabError as error:
            raise LabError(f"{error}; systemctl says: {seen}") from None
        if seen.code:
            failed = self.exec(["systemctl", "--failed", "--no-legend", "--plain"]).out
            raise LabError(f"{self.container} has failed units: {failed}")

    def remove(self) -> None:
        """Ends and deletes the device. Does nothing when it is gone already."""
        self.is_removed = True
        with suppress(NotFound):
            self._container.remove(force=True, v=True)

    def _wait_for_ssh(self) -> None:
        try:
            wait_until(
                lambda: _is_sshd(self.address, self.port), seconds=60, what=f"sshd of {self.container} to answer"
            )
        except (LabError, ValueError) as error:  # no address: it has stopped again
            said = self._container.logs(tail=10).decode(errors="replace")
            raise LabError(f"{self.container}: {error}\n{said}") from None

    def _read(self, argv: Sequence[str]) -> str:
        """Output of a command that may be repeated: on a busy machine the engine sometimes loses the first or the last of what one has printed."""
        for _ in range(_READ_TRIES):
            out = self._checked(["sh", "-c", f'echo "{_BEGIN}" && "$@" && echo "{_END}"', "sh", *argv])
            if out.startswith(f"{_BEGIN}\n") and out.endswith(f"{_END}\n"):
                return out.removeprefix(f"{_BEGIN}\n").removesuffix(f"{_END}\n")
        raise LabError(f"{self.container}: the engine lost the output of {argv[0]} {_READ_TRIES} times")

    def _checked(self, argv: Sequence[str], *, environment: Mapping[str, str] | None = None) -> str:
        code, out = self.exec(argv, environment=environment)
        if code:
            raise LabError(f"{self.container}: exit code {code}: {out.strip()[-1000:]}")
        return out


def devices_of(places: Places, client: docker.DockerClient) -> list[Device]:
    """Every device of this lab, stopped ones too, by name."""
    found = client.containers.list(all=True, filters={"label": f"{LABEL}={places.name}"}, ignore_removed=True)
    return sorted((Device(places, c) for c in found if _DEVICE_LABEL in c.labels), key=lambda device: device.name)


def create(places: Places, client: docker.DockerClient, name: str, options: DeviceOptions) -> Device:
    """A new device, booted and ready for SSH."""
    container = client.containers.create(
        device_image.IMAGE,
        name=f"{places.name}-{name}",
        hostname=name,
        network=places.plant_network,
        labels={LABEL: places.name, _DEVICE_LABEL: name},
        tmpfs={
            "/run": "",
            "/run/lock": "",
            **{p: f"rw,exec,mode=755,size={s}" for p, s in options.small_disks.items()},
        },
        volumes=["/sys/fs/cgroup:/sys/fs/cgroup:rw"],
        # Without SYS_ADMIN systemd silently skips the sandboxing of units, and tests of hardening would prove nothing.
        cap_add=["SYS_ADMIN"],
        security_opt=["seccomp=unconfined", "apparmor=unconfined"],
        cgroupns="host",
        stop_signal=device_image.STOP_SIGNAL,
    )
    key = places.device_key.with_suffix(".pub").read_bytes()
    _put(container, f"/home/{device_image.USER}/.ssh/authorized_keys", key, mode=0o644)
    for path, content in options.files.items():
        _put(container, path, content.encode(), mode=0o755)
    device = Device(places, container)
    device.start()
    return device


def _listening(tables: Sequence[str]) -> Iterator[tuple[IPv4Address | IPv6Address, int]]:
    """From the text of /proc/net/tcp and tcp6: the local sockets in the state LISTEN, but for those on the loopback."""
    for line in chain.from_iterable(table.splitlines()[1:] for table in tables):
        _, local, _, state, *_ = line.split()
        address, port = _socket_address(local)
        if state == "0A" and not address.is_loopback:
            yield address, port


def _socket_address(text: str) -> tuple[IPv4Address | IPv6Address, int]:
    """Of "0100007F:1F90": 32-bit words in the machine's order of bytes, and the port."""
    words, port = text.split(":")
    packed = b"".join(int(words[at : at + 8], 16).to_bytes(4, sys.byteorder) for at in range(0, len(words), 8))
    return ip_address(packed), int(port, 16)


def _put(container: Container, path: str, content: bytes, *, mode: int) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.size, entry.mode, entry.mtime = len(content), mode, int(time.time())
        tar.addfile(entry, io.BytesIO(content))
    container.put_archive("/", buffer.getvalue())


def _is_sshd(address: str, port: int) -> bool:
    IPv4Address(address)  # an unconnected container has an empty address, which would mean this machine
    try:
        with socket.create_connection((address, port), timeout=3) as connection:
            return connection.recv(16).startswith(b"SSH-")
    except OSError:
        return False
