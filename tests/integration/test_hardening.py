"""What runs on a device may do as little as possible, and still sees all that an exporter without any fetters sees."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.integration.enrolments import World, kit_folder, request_for
from tests.lab import Device, Lab
from tests.lab.system import wait_until

_UNIT = "plantwatch-node-exporter.service"
_ACCOUNT = "plantwatch-exporter"
_OK = 3.0
"""systemd's own limit of "OK"."""
_FREE_PORT = 9199
#: hwmon and thermal_zone depend on the machine: they are compared, not demanded.
_DEMANDED = {"cpu", "filesystem", "meminfo", "netdev", "pressure", "processes", "stat", "systemd", "timex", "uname"}


@dataclass(frozen=True)
class Seen:
    """What one scrape had."""

    names: frozenset[str]
    mount_points: frozenset[str]
    units: frozenset[str]
    collectors: frozenset[str]
    """Those that worked."""

    @classmethod
    def of(cls, text: str) -> "Seen":
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        return cls(
            frozenset(re.split(r"[{ ]", line, maxsplit=1)[0] for line in lines),
            frozenset(re.findall(r'^node_filesystem_size_bytes\{.*mountpoint="([^"]*)"', text, re.M)),
            frozenset(re.findall(r'^node_systemd_unit_state\{name="([^"]*)"', text, re.M)),
            frozenset(re.findall(r'^node_scrape_collector_success\{collector="(\w+)"\} 1$', text, re.M)),
        )


@pytest.fixture(scope="module")
def world(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"), kit_folder(lab))
    yield made
    made.close()


@pytest.fixture(scope="module")
def enrolled(lab: Lab, world: World) -> Iterator[Device]:
    """A device with file systems of their own where sandboxing likes to hide things."""
    device = lab.new_device(small_disks={"/home": 4 << 20, "/boot": 4 << 20, "/srv/data": 4 << 20})
    world.enrol(request_for(device))
    yield device
    device.remove()


def said(device: Device, *argv: str) -> str:
    """What a command on the device printed; it must succeed."""
    result = device.exec(argv)
    assert result.code == 0, result.out
    return result.out


def test_systemd_calls_the_exposure_ok(enrolled: Device) -> None:
    out = said(enrolled, "systemd-analyze", "security", "--no-pager", _UNIT)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", out)
    assert found, out
    assert float(found[1]) <= _OK, out


def test_the_sandbox_is_real(enrolled: Device) -> None:
    pid = said(enrolled, "systemctl", "show", "-P", "MainPID", _UNIT).strip()
    status = dict(
        line.split(":\t", 1) for line in said(enrolled, "cat", f"/proc/{pid}/status").splitlines() if ":\t" in line
    )
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"
    assert {status[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    inside = ["nsenter", "-t", pid, "-m", "--"]
    for folder in ("/etc", "/home", "/usr/local/lib/plantwatch", "/boot", "/var/lib"):
        assert enrolled.exec([*inside, "touch", f"{folder}/trace"]).code != 0, folder


@pytest.mark.open_exporter("one without TLS stands beside it, to compare with")
def test_nothing_is_missing_from_the_metrics(enrolled: Device, world: World) -> None:
    with_fetters = Seen.of(world.fleet.scrape("wtg-01").decode())
    with running_bare(enrolled), requests.Session() as session:
        session.trust_env = False
        without = Seen.of(session.get(f"http://{enrolled.address}:{_FREE_PORT}/metrics", timeout=10).text)
    assert {"/", "/home", "/boot", "/srv/data"} <= without.mount_points
    assert without.mount_points <= with_fetters.mount_points
    assert without.names <= with_fetters.names
    assert without.collectors <= with_fetters.collectors
    assert without.units - {"bare.service"} <= with_fetters.units
    demanded = _DEMANDED if enrolled.exec(["test", "-d", "/proc/pressure"]).code == 0 else _DEMANDED - {"pressure"}
    assert demanded <= with_fetters.collectors


@contextmanager
def running_bare(device: Device) -> Iterator[None]:
    """The same exporter as root, from the same unit without any hardening and TLS, on a port of its own."""
    text = said(device, "cat", f"/etc/systemd/system/{_UNIT}")
    command = re.search(r"^ExecStart=(?:.*\\\n)*.*$", text, re.M)
    assert command
    bare = re.sub(r"(--web\.listen-address=\S*):\d+", rf"\1:{_FREE_PORT}", command[0])
    bare = re.sub(r"--web\.config\.file=\S+", "", bare)
    device.put_file("/etc/systemd/system/bare.service", f"[Service]\n{bare}\n", mode=0o644)
    said(device, "systemctl", "daemon-reload")
    said(device, "systemctl", "start", "bare.service")
    wait_until(
        lambda: f":{_FREE_PORT}" in device.exec(["ss", "-ltn"]).out, seconds=20, what="the bare exporter to listen"
    )
    yield
    said(device, "systemctl", "stop", "bare.service")


def test_the_account_is_no_way_in(enrolled: Device) -> None:
    _, password, _, _, _, home, shell = said(enrolled, "getent", "passwd", _ACCOUNT).strip().split(":")
    assert (password, home, Path(shell).name) == ("x", "/nonexistent", "nologin")
    assert said(enrolled, "getent", "shadow", _ACCOUNT).split(":")[1].startswith("!")
    assert said(enrolled, "id", "-Gn", _ACCOUNT).split() == [_ACCOUNT]


def test_the_service_may_write_nothing_that_was_installed(enrolled: Device) -> None:
    receipt = said(enrolled, "cat", "/var/lib/plantwatch/receipt").splitlines()
    installed = [words[1] for line in receipt if (words := line.split())[0] in ("file", "directory", "link")]
    assert "/usr/local/lib/plantwatch/node_exporter" in installed
    for name in [*installed, "/var/lib/plantwatch", "/var/lib/plantwatch/receipt"]:
        assert said(enrolled, "stat", "-c", "%U", name).strip() == "root", name
        writable = enrolled.exec(["test", "-w", name], user=_ACCOUNT)
        assert writable.code == 1, name
