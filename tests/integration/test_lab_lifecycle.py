"""The lab starts from anything and leaves nothing. On a lab of its own, so that the shared one is not disturbed."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import Device, Document, Lab, Places
from tests.lab.system import command_line, processes_of

_DEVICES = "2"


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """The places of a second lab; it is down again after the test."""
    monkeypatch.setenv("LAB_IMAGES", "none")
    monkeypatch.delenv("PLANTWATCH_LAB_KEEP", raising=False)
    with tempfile.TemporaryDirectory(prefix="pwlab-", dir="/var/tmp") as scratch:
        places = Places(state=Path(scratch) / "lab", cache=Places.from_environment().cache)
        yield places
        Lab(places).down()


def _up(places: Places) -> Document:
    document: Document = json.loads(_command(places, "up", "--devices", _DEVICES).splitlines()[-1])
    return document


def _command(places: Places, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.lab", *arguments],
        env={**os.environ, "PLANTWATCH_LAB_DIR": str(places.state)},
        capture_output=True,
        text=True,
        check=False,
        timeout=170,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _leftovers(places: Places) -> list[str]:
    """Everything on the machine that carries this lab's name or directory."""
    found = [f"process {entry.name}: {line}" for entry in Path("/proc").iterdir()
             if entry.name.isdigit() and str(places.state) in (line := command_line(int(entry.name)))]  # fmt: skip
    found += [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if str(places.state) in line]
    found += [line for line in _output("ip", "-oneline", "link") if places.id in line]
    found += [line for line in _output("iptables", "-w", "-S") if places.name in line]
    groups = Path("/sys/fs/cgroup")
    found += [str(path) for path in (groups / places.name, *groups.glob(f"*/{places.name}")) if path.exists()]
    return found + ([str(places.state)] if places.state.exists() else [])


def _ends_of_containers(places: Places) -> set[str]:
    """Names of the interfaces, "veth1a2b3c4@if5:", by which containers hang on the lab's bridges."""
    lines = [line.split() for line in _output("ip", "-oneline", "link")]
    return {words[1] for words in lines if "master" in words and places.id in words[words.index("master") + 1]}


def _output(*argv: str) -> list[str]:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.splitlines()


def _engine(places: Places) -> int:
    (pid,) = processes_of("dockerd", f"{places.state}/")
    return pid


@pytest.mark.full
def test_down_leaves_nothing(places: Places) -> None:
    document = _up(places)
    assert len(document["devices"]) == int(_DEVICES)
    assert len(_leftovers(places)) > 5, "the check for leftovers sees a running lab"
    ends = _ends_of_containers(places)
    assert ends
    lab = Lab(places)
    lab.engine.networks.create("stack")
    lab.close()
    _command(places, "down")
    assert _leftovers(places) == []
    assert not ends & {line.split()[1] for line in _output("ip", "-oneline", "link")}


@pytest.mark.full
def test_a_killed_engine_comes_back_and_a_stale_pid_file_hurts_nobody(places: Places) -> None:
    before = _up(places)
    os.kill(_engine(places), signal.SIGKILL)
    with subprocess.Popen(["sleep", "600"]) as stranger:
        try:
            (places.state / "engine" / "docker.pid").write_text(str(stranger.pid))
            after = _up(places)
            keys = [
                {device["name"]: device["host_key"] for device in document["devices"]} for document in (before, after)
            ]
            assert keys[0] == keys[1]
            lab = Lab(places)
            for device in lab.devices():
                assert device.exec(["systemctl", "is-system-running"]).out.strip() == "running"
            lab.close()
            assert stranger.poll() is None
        finally:
            stranger.kill()


@pytest.mark.full
def test_down_after_everything_was_killed_leaves_nothing(places: Places) -> None:
    _up(places)
    for pid in [_engine(places), *processes_of("containerd", f"{places.state}/")]:
        os.kill(pid, signal.SIGKILL)
    _command(places, "down")
    assert _leftovers(places) == []


@pytest.mark.full
def test_two_labs_do_not_meet_and_use_does_not_end_one_that_was_up(lab: Lab, places: Places, device: Device) -> None:
    other = _up(places)
    assert other["docker_host"] != lab.docker_host
    assert not {d.address for d in lab.devices()} & {entry["address"] for entry in other["devices"]}
    user = Lab(places)
    with user.in_use():
        pass
    assert user.is_up()
    user.close()
    _command(places, "down")
    assert device.exec(["systemctl", "is-system-running"]).out.strip() == "running"
    assert lab.is_up()


def test_a_lab_started_for_use_ends_with_its_last_user(places: Places) -> None:
    first, second = Lab(places), Lab(places)
    with first.in_use():
        with second.in_use():
            assert second.is_up()
        second.close()
        assert first.is_up()
    assert _leftovers(places) == []
