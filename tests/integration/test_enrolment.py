"""Devices are brought into monitoring and out of it again: real sshd, systemd, sudo and node_exporter."""

import subprocess
from pathlib import Path

import pytest

from app.errors import HostError
from app.models.activity import Result
from app.models.endpoint import EndpointDraft, HostKey, Lifecycle, Login, LoginKind
from app.models.secret import Secret
from app.services.enrolment import EnrolStep, RemoveStep
from app.services.progress import CancelToken, ignore
from tests.contracts.fleet_probe import check_fleet_probe
from tests.integration.enrolments import World, changed, login, other_build, request_for
from tests.lab import Device


def test_there_and_back(world: World, device: Device) -> None:
    before = device.snapshot()
    events = world.enrol(request_for(device))

    assert events.started == [step.value for step in EnrolStep]
    assert sum(events.seconds[step] for step in EnrolStep if step not in ("register", "first_scrape")) <= 3
    endpoint = world.inventory.endpoint("wtg-01")
    assert endpoint.lifecycle is Lifecycle.MONITORED
    assert endpoint.facts is not None
    assert endpoint.facts.os_id == "debian"
    assert endpoint.facts.architecture == "amd64"
    assert endpoint.receipt is not None
    assert world.targets.all() == [f"{device.address}:9100"]
    on_device = changed(before, device)
    made = {change.name for change in endpoint.receipt.changes}
    files = {line.split(" ")[2].rstrip(":") for line in on_device if line.startswith("+ file")}
    assert files <= made
    assert not [line for line in on_device if line.startswith("-")]
    assert {line.split(":")[0] for line in on_device if line.startswith("~")} <= {
        f"~ file /etc/{name}" for name in ("passwd", "shadow", "group", "gshadow")
    }

    events = world.remove("wtg-01")
    assert events.started == [step.value for step in RemoveStep]
    assert changed(before, device) == []
    assert world.leftovers() == []
    assert endpoint.certificate is not None
    host_key = f"host key {HostKey.parse(device.host_key).fingerprint}"
    assert [(entry.action, entry.result, entry.fingerprints) for entry in world.inventory.activities()] == [
        ("remove", Result.DONE, host_key),
        ("enrol", Result.DONE, f"{host_key}, certificate SHA256:{endpoint.certificate.fingerprint}"),
    ]
    assert world.inventory.verify_activity().is_whole


def test_sudo_with_a_password(world: World, device: Device) -> None:
    before = device.snapshot()
    world.enrol(request_for(device, way_in=login("ask")))
    world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []


@pytest.mark.parametrize("kind", ["lab", "ecdsa", "rsa-pem", "passphrase"])
def test_by_key_file(world: World, device: Device, tmp_path: Path, kind: str) -> None:
    file, passphrase = device.key_file, ""
    if kind != "lab":
        file = tmp_path / "key"
        passphrase = "eine Passphrase" if kind == "passphrase" else ""
        options = {"ecdsa": ["-t", "ecdsa"], "rsa-pem": ["-t", "rsa", "-b", "2048", "-m", "PEM"], "passphrase": []}[
            kind
        ]
        subprocess.run(["ssh-keygen", "-q", "-N", passphrase, "-f", file, *options], check=True)
        device.put_file("/home/iiot/.ssh/authorized_keys", file.with_suffix(".pub").read_bytes(), mode=0o644)
    before = device.snapshot()
    way_in = Login("iiot", LoginKind.KEY_FILE, key_file=str(file), secret=Secret(passphrase))
    world.enrol(request_for(device, way_in=way_in))
    world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []


def test_a_key_and_a_sudo_password(world: World, device: Device) -> None:
    device.exec(
        ["sh", "-c", "mkdir -p ~ask/.ssh && cp ~iiot/.ssh/authorized_keys ~ask/.ssh/ && chown -R ask ~ask/.ssh"]
    )
    way_in = Login("ask", LoginKind.KEY_FILE, key_file=str(device.key_file), sudo_password=Secret("Ask-Pass1"))
    world.enrol(request_for(device, way_in=way_in))
    world.remove("wtg-01")  # with the sudo password from the keyring
    assert world.leftovers() == []


def test_preview_changes_nothing(world: World, device: Device) -> None:
    before = device.snapshot()
    plan = world.service.preview(request_for(device), report=ignore, token=CancelToken())
    assert plan.facts.hostname == device.name
    assert plan.build.architecture == "amd64"
    assert any("/usr/local/lib/plantwatch" in line for line in plan.lines)
    assert changed(before, device) == []
    assert world.leftovers() == []
    assert world.inventory.activities() == []


def test_what_is_there_already_is_not_sent_again_and_not_undone(world: World, device: Device) -> None:
    before = device.snapshot()
    world.enrol(request_for(device))
    world.service.remove("wtg-01", forget_only=True, report=ignore, token=CancelToken())
    installed = device.snapshot()

    world.targets.refuse = True
    with pytest.raises(HostError):
        world.enrol(request_for(device))
    assert installed.difference(device.snapshot()) == []

    world.targets.refuse = False
    events = world.enrol(request_for(device, "wtg-02"))
    assert events.details["transfer"] == "was there already"
    world.remove("wtg-02")
    assert changed(before, device) == []


def test_another_build_takes_the_place_of_the_installed_one(world: World, device: Device, tmp_path: Path) -> None:
    before = device.snapshot()
    world.enrol(request_for(device))
    world.service.remove("wtg-01", forget_only=True, report=ignore, token=CancelToken())
    installed = device.snapshot()

    newer = other_build(world, tmp_path / "kit")
    newer.targets.refuse = True
    with pytest.raises(HostError):
        newer.enrol(request_for(device))
    assert installed.difference(device.snapshot()) == [], "the former build is back"
    assert device.exec(["systemctl", "is-active", "plantwatch-node-exporter"]).out.strip() == "active"

    newer.targets.refuse = False
    newer.enrol(request_for(device))
    running = newer.inventory.endpoint("wtg-01").receipt
    assert running is not None
    assert running.exporter_version == "99.0.0"
    newer.remove("wtg-01")
    assert changed(before, device) == []


def test_the_exporter_can_stay(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    installed = device.snapshot()
    world.service.remove("wtg-01", keep_exporter=True, report=ignore, token=CancelToken())
    assert installed.difference(device.snapshot()) == []
    assert world.leftovers() == []


def test_the_stand_in_for_prometheus_keeps_its_contract(world: World, device: Device) -> None:
    world.enrol(request_for(device))
    world.inventory.add(EndpointDraft("gone", device.address, 2222, exporter_port=9999))
    check_fleet_probe(world.fleet, up="wtg-01", down="gone")


def test_another_port(world: World, device: Device) -> None:
    before = device.snapshot()
    events = world.enrol(request_for(device, port=9123))
    assert events.details["metrics"].endswith(" series")
    assert world.targets.all() == [f"{device.address}:9123"]
    world.remove("wtg-01")
    assert changed(before, device) == []


def test_where_forwarding_is_forbidden(world: World, device: Device) -> None:
    device.put_file("/etc/ssh/sshd_config.d/forward.conf", "AllowTcpForwarding no\n", mode=0o644)
    device.exec(["systemctl", "restart", "ssh"])
    events = world.enrol(request_for(device))
    assert events.details["metrics"] == "checked on the device"


def test_only_keyboard_interactive(world: World, device: Device) -> None:
    config = "PasswordAuthentication no\nKbdInteractiveAuthentication yes\nUsePAM yes\n"
    device.put_file("/etc/ssh/sshd_config.d/00-asks.conf", config, mode=0o644)
    device.exec(["systemctl", "restart", "ssh"])
    device.exec(["timeout", "20", "sh", "-c", "until ss -ltn | grep -q :22; do sleep 0.1; done"])
    assert world.enrol(request_for(device)).started[-1] == "first_scrape"


def test_profiles_that_print_and_other_locales_do_not_matter(world: World, device: Device) -> None:
    device.exec(["sh", "-c", "sed -i '1i echo -n Willkommen; echo @ready; printf \"\\\\033[31m\"' ~iiot/.bashrc"])
    device.put_file("/home/iiot/.ssh/rc", "echo noise from sshrc\n")
    before = device.snapshot()
    world.enrol(request_for(device))
    world.remove("wtg-01")
    assert changed(before, device) == []
