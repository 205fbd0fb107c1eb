"""Devices that are loopback addresses: each an sshd with a host key of its own, whose sessions see a root directory of their own.

The root directory lies on a tmpfs: /usr is this machine's under an overlay, /etc and the rest are the device's. `systemctl` is a stand-in that
has a process of the benchmark serve what the unit would (see exporters.py); everything else that runs on a device is the real thing.
Expects to be root in namespaces of its own (see __main__.py), so that nothing of it outlives the benchmark.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.bench.enrol.mounts import bind, mount_overlay
from tests.lab.debian import unpacked
from tests.lab.places import Places

INSTALL_PLACE = "usr/local/lib/plantwatch"
_FIRST_PORT = 20_000
_A_NETWORK = 250
_READY_SECONDS = 60.0
#: Where everybody's work ends; all of it goes at a reset.
_CHANGED = (INSTALL_PLACE, "var/lib/plantwatch", "run/active", "run/plantwatch.lock", "root", "etc")
_ETC = (
    "login.defs",
    "nsswitch.conf",
    "os-release",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "alternatives",
    "localtime",
)
_PASSWD = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n"
_SSHD = "sshd:x:199:65534::/run/sshd:/usr/sbin/nologin\n"

#: As much of systemctl as the remote program asks for.
_SYSTEMCTL = """\
#!/bin/sh
tell() { read -r address </etc/address; printf '%s %s\\n' "$1" "$address" >/run/exporters; }
case $1 in
start | restart) : >/run/active; tell start ;;
stop) if [ -e /run/active ]; then rm -f /run/active; tell stop; fi ;;
is-active) [ -e /run/active ] ;;
show) if [ -e /run/active ]; then echo SubState=running; else echo SubState=dead; fi; echo NRestarts=0 ;;
esac
"""

_CONFIGURATION = """\
ListenAddress {address}:22
HostKey {folder}/host_key
AuthorizedKeysFile {keys}
PidFile none
PermitRootLogin prohibit-password
StrictModes no
UsePAM no
PasswordAuthentication no
UseDNS no
PrintMotd no
MaxStartups 300:30:600
LogLevel ERROR
ChrootDirectory {root}
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True, slots=True)
class LoopbackDevice:
    """`root` is its root directory, `host_key` "TYPE BASE64"; its exporter listens on a port that no other device has."""

    number: int
    root: Path
    host_key: str

    @property
    def name(self) -> str:
        return f"dev-{self.number:04}"

    @property
    def address(self) -> str:
        return address_of(self.number)

    @property
    def exporter_port(self) -> int:
        return _FIRST_PORT + self.number


def address_of(number: int) -> str:
    """The loopback address of the device with this number."""
    return f"127.77.{number // _A_NETWORK}.{number % _A_NETWORK + 1}"


class Devices:
    """`count` of them, under `folder`, which is on a tmpfs. `key` is the private key of root on all of them."""

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder
        self._fifo = folder / "exporters"
        self.key = folder / "id_ed25519"
        self.known_hosts = folder / "known_hosts"
        self._servers: list[subprocess.Popen[bytes]] = []
        self._prepare()
        self._exporters = self._start_exporters()
        sshd, environment = _sshd(folder)
        self.all = [self._make(number) for number in range(count)]
        with ThreadPoolExecutor(4) as pool:
            self._servers = list(pool.map(lambda device: self._serve(device, sshd, environment), self.all))
        self.known_hosts.write_text("".join(f"{device.address} {device.host_key}\n" for device in self.all))
        for device in self.all:
            _wait_for_ssh(device.address)

    def reset(self, count: int) -> None:
        """The first `count` devices are as they were at the beginning."""
        self._tell("stop all")
        for device in self.all[:count]:
            for name in _CHANGED:
                place = device.root / name
                if place.is_dir():
                    shutil.rmtree(place)
                else:
                    place.unlink(missing_ok=True)
            self._furnish(device.root, device.number)

    def close(self) -> None:
        """End the servers."""
        for server in (*self._servers, self._exporters):
            server.terminate()
        for server in (*self._servers, self._exporters):
            with suppress(subprocess.TimeoutExpired):
                server.wait(10)

    def _tell(self, line: str) -> None:
        with self._fifo.open("w") as exporters:
            exporters.write(f"{line}\n")

    def _prepare(self) -> None:
        os.mkfifo(self._fifo)
        tools = self._folder / "common" / "bin"
        tools.mkdir(parents=True)
        systemctl = tools / "systemctl"
        systemctl.write_text(_SYSTEMCTL)
        systemctl.chmod(0o755)
        public = write_key(self.key)
        (self._folder / "authorized_keys").write_text(f"{public}\n")

    def _start_exporters(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.bench.enrol.exporters", str(self._folder)]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def _make(self, number: int) -> LoopbackDevice:
        address = address_of(number)
        root = self._folder / "roots" / address
        layers = self._folder / "layers" / address
        for place in (root / "usr", root / "proc", root / "dev", layers / "upper", layers / "work"):
            place.mkdir(parents=True)
        mount_overlay(root / "usr", (self._folder / "common", Path("/usr")), layers / "upper", layers / "work")
        bind(Path("/proc"), root / "proc")
        bind(Path("/dev"), root / "dev")
        for name in ("bin", "sbin", "lib", "lib64"):
            (root / name).symlink_to(f"usr/{name}")
        for name in ("run/systemd/system", "var/lib", "var/tmp", "home"):
            (root / name).mkdir(parents=True)
        (root / "tmp").mkdir()
        (root / "tmp").chmod(0o1777)
        # One pipe under many names: whoever starts a unit tells the one process that serves them all.
        os.link(self._fifo, root / "run" / "exporters")
        self._furnish(root, number)
        return LoopbackDevice(number, root, write_key(layers / "host_key"))

    def _furnish(self, root: Path, number: int) -> None:
        etc = root / "etc"
        (etc / "systemd/system/multi-user.target.wants").mkdir(parents=True)
        (root / "root").mkdir(mode=0o700)
        for name in _ETC:
            source = Path("/etc", name)
            if source.is_dir():
                shutil.copytree(source, etc / name, symlinks=True)
            elif source.exists():
                shutil.copy(source, etc / name)
        (etc / "passwd").write_text(_PASSWD)
        (etc / "group").write_text("root:x:0:\nnogroup:x:65534:\n")
        for name in ("shadow", "gshadow"):
            (etc / name).touch(0o640)
        (etc / "shadow").write_text("root:*:19000:0:99999:7:::\nnobody:*:19000:0:99999:7:::\n")
        (etc / "address").write_text(f"{address_of(number)}\n")
        (etc / "machine-id").write_text(f"{uuid.uuid5(uuid.NAMESPACE_DNS, address_of(number)).hex}\n")

    def _serve(
        self, device: LoopbackDevice, sshd: Sequence[str], environment: dict[str, str]
    ) -> subprocess.Popen[bytes]:
        folder = self._folder / "layers" / device.address
        configuration = folder / "sshd_config"
        configuration.write_text(
            _CONFIGURATION.format(
                address=device.address, folder=folder, root=device.root, keys=self._folder / "authorized_keys"
            )
        )
        command = [*sshd, "-D", "-e", "-f", str(configuration)]
        with (folder / "log").open("wb") as log:
            return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stderr=log)


def write_key(place: Path) -> str:
    """A new Ed25519 key in OpenSSH's form; returns the public half as "TYPE BASE64"."""
    made = Ed25519PrivateKey.generate()
    form = serialization.PrivateFormat.OpenSSH
    place.touch(0o600)
    place.write_bytes(made.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    public = made.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return public.decode("ascii")


def _sshd(folder: Path) -> tuple[list[str], dict[str, str]]:
    """The program and its environment. Debian's, unpacked: installed, it would start a service.

    It wants an account and a directory of its own, which it gets in this namespace.
    """
    packages = unpacked(Places.from_environment(), "openssh-server", "libwrap0")
    libraries = ":".join(str(found) for pattern in ("usr/lib/*-gnu*", "lib/*-gnu*") for found in packages.glob(pattern))
    accounts = folder / "passwd"
    accounts.write_text(Path("/etc/passwd").read_text() + _SSHD)
    bind(accounts, Path("/etc/passwd"))
    (folder / "run" / "sshd").mkdir(parents=True)
    bind(folder / "run", Path("/run"))
    return [str(packages / "usr/sbin/sshd")], {"PATH": os.defpath, "LD_LIBRARY_PATH": libraries}


def _wait_for_ssh(address: str) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            with socket.create_connection((address, 22), timeout=5):
                return
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
