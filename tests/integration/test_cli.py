"""The main job by commands, from nothing to nothing: real processes, engine, keyring, Prometheus and devices.

The tests share one stack, deployed once; the last one takes it down.
"""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.models.activity import Result
from app.models.endpoint import EndpointDraft
from app.models.secret import Secret
from app.models.stack import ServiceName
from app.services.stack.probe import ask
from tests.integration.cli_session import Shell, enrol_words
from tests.integration.enrolments import changed
from tests.integration.monitoring import free_port, wait_for
from tests.lab import Device

pytestmark = pytest.mark.usefixtures("keyring_session")

PASSWORD = Device.password
SERVICES = ["prometheus", "alertmanager", "grafana"]


def prometheus(shell: Shell, path: str) -> object:
    """What the deployed Prometheus answers."""
    with shell.services() as services:
        answer = ask(services.stack.access(ServiceName.PROMETHEUS), "GET", path)
    assert answer.ok, answer
    return answer.document["data"]


def test_before_anything_is_deployed(alone: Shell) -> None:
    findings = {finding["subject"]: finding for finding in alone.done("doctor", "--json").document}
    assert findings["Docker host"]["verdict"] == "good"
    assert findings["Keyring"]["verdict"] == "good"
    assert findings["Stack"]["text"] == "not deployed"

    chosen = alone.choose_stack(**{"retention-days": "30"}).document
    plan = alone.done("stack", "plan", "--json").document
    assert plan["project"] == chosen["project"]
    started = [action["name"] for action in plan["actions"] if action["kind"] == "start container"]
    assert sorted(started) == sorted(SERVICES)

    unasked, status, alerts = alone.at_once(["stack", "deploy", "--json"], ["stack", "status", "--json"], ["alerts"])
    assert unasked.status == 2
    assert "there is no terminal" in unasked.error
    assert status.status == 8
    assert {service["state"] for service in status.document["services"]} == {"missing"}
    assert alerts.status == 8
    assert "not deployed" in alerts.err
    assert alerts.out == ""


def test_deploying_again_changes_nothing(plant: Shell) -> None:
    status, plan = plant.at_once(["stack", "status", "--json"], ["stack", "plan", "--json"])
    states = {service["name"]: service["state"] for service in status.document["services"]}
    assert states == dict.fromkeys(SERVICES, "healthy")
    assert plan.document["actions"] == []
    again = plant.done("stack", "deploy")  # nothing to do is nothing to confirm
    assert "created" not in again.err
    assert "runs already" in again.err
    for service in SERVICES:
        assert service in again.out


def test_an_endpoint_there_and_back(plant: Shell, device: Device) -> None:
    before = device.snapshot()
    assert [build["architecture"] for build in plant.done("kit", "list", "--json").document] == ["amd64"]
    words = enrol_words(device, "wtg-01", "--password-stdin", "--site", "Thanet", "--tag", "a", "--tag", "b")
    enrolled = plant.done(*words, typed=[PASSWORD])
    assert enrolled.out == "wtg-01: enrolled, the first scrape is up\n"
    assert "✓ first scrape" in enrolled.err

    taken = plant(*words, "--json", typed=[PASSWORD])
    assert taken.status == 2
    assert "wtg-01" in taken.error

    def measured() -> dict[str, float] | None:
        (endpoint,) = plant.done("endpoints", "list", "--json").document
        assert endpoint["health"] == "up"
        numbers = {name: endpoint["metrics"][name] for name in ("cpu", "memory", "disk")}
        return None if None in numbers.values() else numbers

    numbers = wait_for(measured, seconds=40, what="CPU, memory and disk are known")
    assert all(0 <= number <= 1 for number in numbers.values())

    shown = plant.done("endpoints", "show", "wtg-01")
    for expected in ("up", "Thanet", "a, b", f"{device.address}:9100", "Debian GNU/Linux 12", "SHA256:"):
        assert expected in shown.out
    assert plant.done("endpoints", "list", "--json", "--site", "elsewhere").document == []

    plant.done("endpoints", "set", "wtg-01", "--site", "Barrow", "--region", "North")

    def labels() -> dict[str, str]:
        targets = prometheus(plant, "/api/v1/targets?state=active")
        assert isinstance(targets, dict)
        return next(t["labels"] for t in targets["activeTargets"] if t["labels"].get("instance") == "wtg-01")

    wait_for(lambda: labels().get("site") == "Barrow", what="the site reaches Prometheus")
    assert labels()["region"] == "North"
    assert labels()["tags"] == ",a,b,"

    plant.done("endpoints", "metrics", "wtg-01", "--off", "network", "--off", "units")
    assert "all but network, units" in plant.done("endpoints", "show", "wtg-01").out
    (listed,) = plant.done("endpoints", "list", "--json").document
    assert len(listed["metric_groups"]) == 10
    back = plant.done("runs", "act", "metrics", "wtg-01", "--default", "--json").out
    assert '"detail": "all"' in back

    assert plant.done("alerts", "--json").document == []
    unasked = plant("endpoints", "remove", "wtg-01")
    assert unasked.status == 2
    assert plant.done("endpoints", "remove", "wtg-01", "--yes", "--json").document == {"removed": "wtg-01"}
    assert changed(before, device) == []
    assert plant.done("endpoints", "list", "--json").document == []

    done = [(line["action"], line["result"]) for line in plant.done("activity", "--json").document]
    assert [line for line in done if line[0] in ("remove", "change metrics", "change", "enrol")][:5] == [
        ("remove", "done"),
        *[("change metrics", "done")] * 2,
        ("change", "done"),
        ("enrol", "done"),
    ]
    assert plant.done("activity", "--json", "--text", "Barrow").document[0]["action"] == "change"


def test_certificates(plant: Shell, device: Device, tmp_path: Path) -> None:
    before = device.snapshot()
    plant.done(*enrol_words(device, "wtg-05", "--password-stdin"), typed=[PASSWORD])
    assert "until 20" in plant.done("endpoints", "show", "wtg-05").out

    def certificate() -> dict[str, Any]:
        (listed,) = plant.done("certificates", "list", "--json").document
        held: dict[str, Any] = listed["certificate"]
        return held

    first = certificate()
    assert device.address in first["names"]
    assert "good" in plant.done("certificates", "list").out
    assert plant("certificates", "renew").status == 2
    assert plant.done("certificates", "renew", "--due", "--json").document == {"renewed": [], "failed": {}}
    assert plant.done("certificates", "renew", "wtg-05").out == "wtg-05: renewed\n"
    second = certificate()
    assert second["serial"] != first["serial"]

    file = tmp_path / "authority.pem"
    (authority,) = plant.done("certificates", "authority", "--json", "--export", str(file)).document
    assert file.read_text().count("BEGIN CERTIFICATE") == 1
    assert "PRIVATE" not in file.read_text()
    assert plant("certificates", "rotate").status == 2
    rotated = plant.done("certificates", "rotate", "--yes", "--json").document["authority"]
    assert rotated != authority["fingerprint"]
    assert certificate()["authority"] == rotated

    changed_ = plant.done("endpoints", "set", "wtg-05", "--scrape-address", device.address, "--rename", "wtg-06")
    assert "another one" not in changed_.err
    plant.done("endpoints", "remove", "wtg-06", "--yes")
    assert changed(before, device) == []


@pytest.mark.parametrize("step", ["transfer", "first scrape"])
def test_ctrl_c_undoes_an_enrolment(plant: Shell, device: Device, step: str) -> None:
    before = device.snapshot()
    words = enrol_words(device, "wtg-03", "--password-stdin")
    left = plant.interrupted(f"… {step}", *words, typed=[PASSWORD])
    assert left.status == 130
    assert left.out == ""
    assert "cancelling, undoing what was done" in left.err
    assert left.err.endswith("cancelled\n")
    assert changed(before, device) == []
    assert plant.done("endpoints", "list", "--json").document == []
    newest = plant.done("activity", "--json", "--limit", "1").document[0]
    assert (newest["action"], newest["result"]) == ("enrol", "cancelled")
    assert plant.done("recover").out == "nothing was interrupted\n"


def test_an_unverified_host_key_is_never_accepted(alone: Shell, untouched: Device) -> None:
    words = ["enrol", "wtg-01", untouched.address, "--user", "iiot", "--password-stdin"]
    unasked, yes, wrong = alone.at_once(
        words, [*words, "--yes"], [*words, "--host-key", "ssh-ed25519 AAAA"], typed=[PASSWORD]
    )
    assert (unasked.status, yes.status, wrong.status) == (2, 2, 2)
    assert "no terminal to confirm it on" in unasked.err
    assert f'--host-key "{untouched.host_key}"' in unasked.err
    assert "--yes" in yes.err
    assert "This is not a fingerprint" in wrong.err


def test_what_cannot_be_done_has_its_own_status(alone: Shell) -> None:
    key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJNEuryflYItT8MORZDw+Q8w7OpOGjQcsbawBiXk/zjc"
    cases: list[tuple[list[str], int, str]] = [
        (["endpoints", "show", "nobody"], 3, "There is no endpoint named nobody."),
        (["endpoints", "remove", "nobody", "--yes"], 3, "There is no endpoint named nobody."),
        (["enrol", "wtg-01", "10.0.0.300", "--user", "iiot"], 2, "10.0.0.300 is neither"),
        (["enrol", "wtg-01", "10.0.0.1", "--user", "iiot", "--host-key", key], 2, "There is no terminal"),
        (["kit", "fetch", "--url", "http://127.0.0.1:9"], 11, "127.0.0.1:9"),
        (["stack", "set", "--retention-days", "0"], 2, "0 is not allowed"),
    ]
    outcomes = alone.at_once(*([*words, "--json"] for words, _, _ in cases))
    for (_, status, said), outcome in zip(cases, outcomes, strict=True):
        assert outcome.status == status, outcome
        assert said in outcome.error
        assert outcome.err == ""


def test_the_docker_host_is_gone(alone: Shell, tmp_path: Path) -> None:
    alone.done("stack", "set", "--host", f"unix://{tmp_path}/no.sock")
    *outcomes, doctor = alone.at_once(["stack", "status"], ["stack", "plan"], ["alerts"], ["doctor", "--json"])
    for outcome in outcomes:
        assert outcome.status == 7, outcome
        assert "no.sock" in outcome.err
    assert doctor.status == 1
    assert {finding["subject"] for finding in doctor.document if finding["verdict"] == "bad"} == {"Docker host"}


def test_no_keyring(alone: Shell) -> None:
    plan, doctor = alone.at_once(
        ["stack", "plan"], ["doctor", "--json"], DBUS_SESSION_BUS_ADDRESS="unix:path=/nonexistent"
    )
    assert plan.status == 5
    assert "gnome-keyring" in plan.err
    assert doctor.status == 1
    assert "Keyring" in {finding["subject"] for finding in doctor.document if finding["verdict"] == "bad"}


def test_an_auditors_questions(alone: Shell, tmp_path: Path) -> None:
    with alone.services() as services:
        services.inventory.add(EndpointDraft("wtg-01", "127.0.0.1", exporter_port=free_port()))
        services.inventory.log("enrol", "wtg-01", Result.DONE, fingerprints="host key SHA256:abc")
        services.inventory.log("change", "wtg-01", Result.DONE)
    html, pdf, log = (tmp_path / name for name in ("report.html", "report.pdf", "log.json"))
    made, exported = alone.at_once(
        ["audit", "report", "--html", str(html), "--pdf", str(pdf), "--json"], ["audit", "export", str(log)]
    )
    assert (made.status, exported.status) == (0, 0), (made, exported)
    assert made.document["endpoints"][0]["exposure"]["verdict"] == "not reached"
    assert "Directive (EU) 2022/2555" in html.read_text(encoding="utf-8")
    assert pdf.read_bytes().startswith(b"%PDF-")
    noted = json.loads(log.read_text(encoding="utf-8"))["head"]
    with closing(sqlite3.connect(alone.data / "inventory.db")) as database, database:
        database.execute("DROP TRIGGER activity_refuse_delete")
        database.execute("DELETE FROM activity WHERE id = 1")
    verified, missed = alone.at_once(["audit", "verify"], ["audit", "verify", "--noted", noted, "--json"])
    assert (verified.status, missed.status) == (20, 20)
    assert "Lines before line 2 are missing." in verified.out
    assert missed.document["noted_found"] is True, "the line itself is there"


def test_a_damaged_inventory(alone: Shell) -> None:
    alone.data.mkdir()
    damaged = alone.data / "inventory.db"
    damaged.write_bytes(b"not a database" * 1000)
    outcome, doctor = alone.at_once(["endpoints", "list", "--json"], ["doctor"])
    assert (outcome.status, doctor.status) == (6, 1)
    assert damaged.read_bytes() == b"not a database" * 1000, "what cannot be read is not touched"


def test_wrong_passwords(plant: Shell, untouched: Device) -> None:
    missing, refused = plant.at_once(
        enrol_words(untouched, "wtg-01", "--secret", "mine"),
        enrol_words(untouched, "wtg-02", "--password-stdin"),
        typed=["not it"],
    )
    assert refused.status == 10
    assert "does not accept this password for iiot" in refused.err
    assert "not it" not in refused.err + refused.out
    assert missing.status == 2
    with plant.services() as services:
        assert f"keyring set plantwatch {services.inventory.installation_id}/mine" in missing.err
        services.secrets.put("mine", Secret("not it"))
    named = plant(*enrol_words(untouched, "wtg-01", "--secret", "mine", "--json"))
    assert named.status == 10
    with plant.services() as services:
        services.secrets.delete("mine")
        assert services.inventory.endpoints() == []


def test_data_stay_until_told_otherwise(plant: Shell) -> None:
    def samples() -> float:
        found = prometheus(plant, "/api/v1/query?query=" + quote('sum(count_over_time(up{instance=~"wtg.*"}[1h]))'))
        assert isinstance(found, dict)
        return float(found["result"][0]["value"][1]) if found["result"] else 0.0

    before = samples()
    assert before > 0
    assert "its history stays" in plant.done("stack", "down", "--yes").out
    plant.done("stack", "deploy", "--yes", "--json")
    assert samples() >= before
    plant.done("stack", "down", "--yes", "--remove-data")
    with plant.services() as services:
        project = services.settings().stack.project
        assert services.secrets.get(f"stack/{project}/prometheus") is None
