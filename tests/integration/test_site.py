"""A whole site of 59 real devices by the command: enrolled in one run, cut off in the middle, and removed without a trace."""

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.models.metrics import Health
from app.models.stack import ServiceName
from app.services.stack.probe import ask
from tests.integration.cli_session import Outcome, Shell
from tests.integration.enrolments import changed
from tests.lab import Device, Lab, Snapshot
from tests.lab.device_image import PASSWORDS

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

_DEVICES = 59
_PROFILE = "Site"
_KEPT = "/run/shadow"
_SQUATTER = "my $s=IO::Socket::INET->new(LocalPort=>9100,Listen=>1) or die;sleep"


@dataclass(frozen=True)
class Site:
    """The devices by the names that they are enrolled under, and how they were before."""

    devices: dict[str, Device]
    before: dict[str, Snapshot]

    def write_list(self, file: Path) -> Path:
        lines = [f"{name};{device.address};{device.host_key}" for name, device in self.devices.items()]
        file.write_text("\n".join(["name;address;host key", *lines]), encoding="utf-8")
        return file

    def traces(self) -> dict[str, list[str]]:
        """What is other than before, by device; nothing for those that are as they were."""
        with ThreadPoolExecutor(2) as pool:
            found = pool.map(lambda name: changed(self.before[name], self.devices[name]), self.devices)
        return {name: differences for name, differences in zip(self.devices, found, strict=True) if differences}


@pytest.fixture(scope="module")
def site(lab: Lab) -> Iterator[Site]:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: lab.new_device(), range(_DEVICES)))
        devices = {f"thanet-wtg-{number:03}": device for number, device in enumerate(made, 1)}
        try:
            before = dict(zip(devices, pool.map(Device.snapshot, made), strict=True))
            yield Site(devices, before)
        finally:
            list(pool.map(Device.remove, made))


@pytest.fixture(scope="module")
def patient(plant: Shell) -> Shell:
    """The plant's commands, with a login for the devices, and the time that a whole site may take on a busy machine."""
    plant.done("credentials", "add", _PROFILE, "--user", "iiot", "--password-stdin", typed=[PASSWORDS["iiot"]])
    return replace(plant, seconds=400)


def lines_of(outcome: Outcome) -> list[dict[str, Any]]:
    return [json.loads(line) for line in outcome.out.splitlines()]


def states(plant: Shell) -> Counter[str]:
    return Counter(each["health"] for each in plant.done("endpoints", "list", "--json").document)


def targets(plant: Shell) -> list[str]:
    """Where Prometheus scrapes devices, as it says itself."""
    with plant.services() as services:
        answer = ask(services.stack.access(ServiceName.PROMETHEUS), "GET", "/api/v1/targets?state=active")
    found = answer.document["data"]["activeTargets"]
    return sorted(each["labels"]["instance"] for each in found if each["labels"]["job"] == "node")


def until_all_up(plant: Shell, count: int) -> None:
    deadline = time.monotonic() + 60
    while states(plant) != {Health.UP.value: count}:
        assert time.monotonic() < deadline, states(plant)


def test_fifty_nine_devices_three_of_them_broken(patient: Shell, site: Site, tmp_path: Path) -> None:
    names = list(site.devices)
    refusing, taken, closed = (site.devices[name] for name in names[20:23])
    refusing.exec(["cp", "-p", "/etc/shadow", _KEPT])
    refusing.set_password("iiot", "something else")
    taken.exec(["systemd-run", "--unit", "squatter", "perl", "-MIO::Socket::INET", "-e", _SQUATTER])
    closed.exec(["systemctl", "stop", "ssh.socket", "ssh.service"])
    file = site.write_list(tmp_path / "thanet.csv")

    begun = time.monotonic()
    ended = patient("enrol", "--from", str(file), "--profile", _PROFILE, "--json")
    print(f"{_DEVICES} devices in {time.monotonic() - begun:.1f} s")  # noqa: T201 - for whoever runs it with -rP
    lines = lines_of(ended)
    assert (ended.status, lines[-1]["counts"]) == (3, {"done": 56, "failed": 3})
    failed = {line["device"]: line["failure"] for line in lines if line.get("state") == "failed"}
    assert {name: failure["kind"] for name, failure in failed.items()} == {
        names[20]: "WrongPasswordError",
        names[21]: "PortTakenError",
        names[22]: "PortClosedError",
    }
    assert all(failure["advice"] for failure in failed.values())
    until_all_up(patient, 56)
    assert targets(patient) == sorted(set(names) - set(failed))

    mend(refusing, taken, closed)
    assert patient.done("runs", "retry", str(lines[-1]["run"])).status == 0
    until_all_up(patient, _DEVICES)
    remove_all(patient, names)
    assert site.traces() == {}


def mend(refusing: Device, taken: Device, closed: Device) -> None:
    refusing.exec(["cp", "-p", _KEPT, "/etc/shadow"])
    taken.exec(["systemctl", "stop", "squatter"])
    closed.exec(["systemctl", "start", "ssh.service"])


def remove_all(patient: Shell, names: Sequence[str]) -> None:
    ended = patient.done("runs", "act", "remove", *names, "--yes", "--json")
    assert lines_of(ended)[-1]["counts"] == {"done": len(names)}
    assert patient.done("endpoints", "list", "--json").document == []
    assert targets(patient) == []


def test_killed_in_the_middle(patient: Shell, site: Site, tmp_path: Path) -> None:
    file = site.write_list(tmp_path / "thanet.csv")
    killed = patient.start("enrol", "--from", str(file), "--profile", _PROFILE, "--json")
    assert killed.stdout is not None
    done = 0
    for text in killed.stdout:
        line = json.loads(text)
        done += line.get("state") == "done"
        if done == 20:
            break
    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    (run,) = [run for run in patient.done("runs", "list", "--json").document if run["ended_at"] is None]
    resumed = patient("runs", "resume", str(run["run"]), "--json")
    items = patient.done("runs", "show", str(run["run"]), "--json").document["items"]
    assert [item["failure"] for item in items if item["failure"]] == []
    assert lines_of(resumed)[-1]["counts"] == {"done": _DEVICES}
    until_all_up(patient, _DEVICES)
    endpoints = patient.done("endpoints", "list", "--json").document
    assert sorted(each["name"] for each in endpoints) == targets(patient) == list(site.devices)
    checked = patient.done("runs", "act", "check", *site.devices, "--json")
    told = {line["device"]: line["detail"] for line in lines_of(checked) if line.get("state") == "done"}
    assert told == dict.fromkeys(site.devices, "as it was")
    remove_all(patient, list(site.devices))
    assert site.traces() == {}
