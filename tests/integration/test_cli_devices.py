"""The command line with devices that are reached or logged in to in other ways than by a password, and with lists of them."""

import json
from pathlib import Path

import pytest

from app.models.endpoint import EndpointDraft, HostKey
from app.models.secret import Secret
from tests.integration.careful_devices import Operator, careful_device
from tests.integration.cli_session import Shell, enrol_words
from tests.integration.enrolments import changed
from tests.lab import Device, Lab
from tests.lab.device_image import PASSWORDS

pytestmark = pytest.mark.usefixtures("keyring_session")

PASSWORD = Device.password
SERVICES = ["prometheus", "alertmanager", "grafana"]


def test_a_key_another_host_key_and_an_exporter_that_stays(plant: Shell, device: Device) -> None:
    enrolled = plant.done(*enrol_words(device, "wtg-02", "--key", str(device.key_file), "--json"))
    assert enrolled.err == ""
    assert enrolled.document["target"] == f"{device.address}:9100"
    assert enrolled.document["facts"]["os_id"] == "debian"
    new_key = device.restart_with_new_host_key()
    refused = plant("endpoints", "remove", "wtg-02", "--yes", "--json")
    assert refused.status == 10
    assert "another host key" in refused.error
    plant.done("endpoints", "set", "wtg-02", "--host-key", new_key)
    installed = device.snapshot()
    plant.done("endpoints", "remove", "wtg-02", "--yes", "--keep-exporter")
    assert changed(installed, device) == []


def test_a_key_of_plantwatchs_own(plant: Shell, device: Device) -> None:
    """The password is typed once; what follows needs it no more."""
    device.exec(["chown", "-R", "iiot:iiot", "/home/iiot/.ssh"])
    before = device.snapshot()
    words = enrol_words(device, "wtg-06", "--password-stdin", "--own-key-from", "here")
    enrolled = plant.done(*words, typed=[PASSWORD])
    for step in ("install key", "try key", "keep key"):
        assert f"✓ {step}" in enrolled.err
    device.set_password("iiot", "another-1")
    renewed = plant.done("endpoints", "renew-key", "wtg-06", "--json")
    assert renewed.document == {"renewed": "wtg-06"}
    (line,) = [
        each for each in device.exec(["cat", "/home/iiot/.ssh/authorized_keys"]).out.splitlines() if "from=" in each
    ]
    assert line.startswith("restrict,from=")
    nonsense = plant("endpoints", "renew-key", "wtg-06", "--from", "the office", "--json")
    assert nonsense.status == 2
    assert "neither an IP address nor a network" in nonsense.error
    plant.done("endpoints", "remove", "wtg-06", "--yes")
    device.set_password("iiot", PASSWORD)
    assert [each for each in changed(before, device) if "/etc/shadow" not in each] == []
    told = plant.done("activity", "--json", "--text", "wtg-06").document
    keys = [each["fingerprints"].partition("own key ")[2] for each in told if each["action"] in ("enrol", "renew key")]
    assert len({key for key in keys if key.startswith("SHA256:")}) == 2


def test_another_machine_is_left_alone_until_it_is_accepted(plant: Shell, device: Device) -> None:
    plant.done(*enrol_words(device, "wtg-04", "--password-stdin", "--listen", device.address), typed=[PASSWORD])
    checked = plant.done("endpoints", "check", "wtg-04", "--json").document
    assert {item["condition"] for item in checked["items"]} == {"ok"}
    assert checked["unknown"] == []

    device.put_file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n", mode=0o444)
    refused = plant("endpoints", "remove", "wtg-04", "--yes", "--json")
    assert refused.status == 10
    assert "another device" in refused.error
    shown = plant.done("endpoints", "show", "wtg-04").out
    assert "device changed" in shown
    assert "wtg-04: another device was seen" in plant.done("endpoints", "list").err
    assert f"listens on      {device.address}" in shown
    plant.done("endpoints", "set", "wtg-04", "--accept-device")
    assert "device changed" not in plant.done("endpoints", "show", "wtg-04").out
    assert plant("endpoints", "set", "wtg-04", "--accept-device").status == 2
    plant.done("endpoints", "remove", "wtg-04", "--yes")


def test_questions_on_a_terminal(plant: Shell, untouched: Device) -> None:
    words = ["enrol", "wtg-01", untouched.address, "--user", "iiot"]
    with plant.terminal(*words) as terminal:
        terminal.wait_for("Is it the same? [y/N]: ")
        terminal.type("n\n")
        assert terminal.status() == 130
    with plant.terminal(*words) as terminal:
        terminal.wait_for("Is it the same? [y/N]: ")
        terminal.type("y\n")
        terminal.wait_for("Password of iiot: ")
        terminal.type("not it\n")
        assert terminal.status() == 10
    assert "SHA256:" in terminal.shown
    assert "does not accept this password" in terminal.shown
    assert "not it" not in terminal.shown
    with plant.terminal(*words, "--host-key", untouched.host_key) as terminal:
        terminal.wait_for("Password of iiot: ")
        terminal.type("\x03")
        assert terminal.status() == 130
    assert "cancelled" in terminal.shown


@pytest.mark.full
def test_one_time_codes_on_a_terminal(plant: Shell, lab: Lab) -> None:
    device, operator = careful_device(lab), Operator(PASSWORDS["iiot"])
    words = enrol_words(device, "careful-01", "--questions", "--json")
    try:
        with plant.terminal(*words) as terminal:
            terminal.wait_for(f"{device.address}:22 asks iiot:")
            terminal.wait_for("Password: ")
            terminal.type("\x03")
            assert terminal.status() == 130
        unattended = plant(*words)
        assert "nobody is here to answer" in unattended.error
        with plant.terminal(*words) as terminal:
            terminal.wait_for("Password: ")
            terminal.type(f"{operator.password}\n")
            terminal.wait_for("One-time password (OATH) for `iiot': ")
            terminal.type(f"{(code := operator.code())}\n")
            assert terminal.status() == 0, terminal.shown
        assert operator.password not in terminal.shown
        assert code not in terminal.shown
        plant.done("endpoints", "remove", "careful-01", "--yes", "--forget-only")
    finally:
        device.remove()


def test_a_list(plant: Shell, lab: Lab, tmp_path: Path) -> None:
    known, unknown, closed = devices = [lab.new_device() for _ in range(3)]
    before = [device.snapshot() for device in devices]
    rows = [
        "name,address,port,site,host key",
        f"list-01,{known.address},22,Lynn,{HostKey.parse(known.host_key).fingerprint}",
        f"list-02,{unknown.address},22,Lynn,",
        f"list-03,{closed.address},2222,Lynn,{closed.host_key}",
        "list-04,not an address,22,Lynn,",
    ]
    file = tmp_path / "thanet.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    try:
        assert "--profile" in plant("enrol", "--from", str(file)).err
        plant.done("credentials", "add", "Lab", "--user", "iiot", "--password-stdin", typed=[PASSWORD])
        ended = plant("enrol", "--from", str(file), "--profile", "Lab", "--json")
        assert ended.status == 3, "two devices, and a row"
        lines = [json.loads(line) for line in ended.out.splitlines()]
        assert lines[-1]["counts"] == {"done": 1, "failed": 2}
        over = {
            line["device"]: line for line in lines if line["event"] == "device" and line["state"] in ("done", "failed")
        }
        assert over["list-01"]["state"] == "done"
        assert over["list-02"]["failure"]["kind"] == "HostKeyUnknownError"
        assert over["list-03"]["failure"]["kind"] == "PortClosedError"
        assert any(line["event"] == "step" and line["step"] == "transfer" for line in lines)
        (left_out,) = [line for line in lines if line["event"] == "left out"]
        assert (left_out["row"], left_out["verdict"]) == ("5", "bad")
        run = str(lines[-1]["run"])

        refused = plant("runs", "accept", run)
        assert (refused.status, HostKey.parse(unknown.host_key).fingerprint in refused.err) == (2, True)
        again = plant("runs", "retry", run)
        assert again.status == 2
        assert "1 done, 2 failed" in again.err
        shown = plant.done("runs", "show", run, "--json").document
        assert [item["state"] for item in shown["items"]] == ["done", "failed", "failed"]
        assert [each["run"] for each in plant.done("runs", "list", "--json").document] == [int(run)]
        plant.done("runs", "forget", run)
        assert plant.done("runs", "list", "--json").document == []

        plant.done("runs", "act", "check", "--site", "Lynn")
        plant.done("runs", "act", "remove", "list-01", "--yes")
        assert [device.snapshot().difference(past) for device, past in zip(devices, before, strict=True)] == [[]] * 3
        plant.done("credentials", "remove", "Lab", "--yes")
    finally:
        for device in devices:
            device.remove()


def test_over_two_jump_hosts(plant: Shell, lab: Lab) -> None:
    first, second, device = devices = [lab.new_device() for _ in range(3)]
    before = device.snapshot()
    way = [f"--jump=plain@{first.address}", f"--jump=iiot@{second.address}:22"]
    keys = [f"--jump-host-key={first.host_key}", f"--jump-host-key={second.host_key}"]
    words = enrol_words(device, "behind-01", "--password-stdin", *way)
    try:
        typed = [PASSWORDS["plain"], PASSWORDS["iiot"], PASSWORDS["iiot"]]
        assert first.host_key in plant(*words, typed=typed).err
        done = plant.done(*words, *keys, typed=typed)
        assert f"through {first.address}:22, {second.address}:22" in done.err
        plant.done("endpoints", "remove", "behind-01", "--yes")
        assert changed(before, device) == []
    finally:
        for each in devices:
            each.remove()


def test_another_way_to_a_known_device(plant: Shell, untouched: Device) -> None:
    """Written down only: the jump host is asked for its key, to be compared with the fingerprint; the device is not contacted."""
    with plant.services() as services:
        services.inventory.add(EndpointDraft("wtg-07", "10.20.0.7"), host_key=HostKey.parse(untouched.host_key))
    jump = f"iiot@{untouched.address}:{untouched.port}"
    fingerprint = HostKey.parse(untouched.host_key).fingerprint
    words = ("endpoints", "set", "wtg-07", "--address", "10.20.0.9", "--jump", jump, "--password-stdin")
    refused = plant(*words, "--jump-host-key", "SHA256:" + "A" * 43, "--json", typed=[PASSWORD])
    assert refused.status == 10
    assert "another host key than the expected one" in refused.error
    found = plant.done(*words, "--jump-host-key", fingerprint, "--json", typed=[PASSWORD]).document
    assert (found["address"], [each["address"] for each in found["jumps"]]) == ("10.20.0.9", [untouched.address])
    with plant.services() as services:
        (taken,) = services.inventory.endpoint("wtg-07").jumps
        assert services.secrets.get(f"credential/{taken.credential_id}") == Secret(PASSWORD)
    assert plant.done("endpoints", "set", "wtg-07", "--no-jump", "--json").document["jumps"] == []
    with plant.services() as services:
        assert services.secrets.get(f"credential/{taken.credential_id}") is None
    plant.done("endpoints", "remove", "wtg-07", "--forget-only", "--yes")
