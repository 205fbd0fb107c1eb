"""`plantwatch runs act` on a data directory: what needs no device."""

import json
from pathlib import Path

import pytest

from app import cli
from app.models.bulk import BulkAction
from app.models.endpoint import EndpointDraft, Login, LoginKind
from app.paths import DataPaths
from app.services.credentials import CredentialService
from app.services.inventory import Inventory
from app.services.stack import StackService


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    with Inventory.open(DataPaths.locate(place)) as inventory:
        for number, (site, tags) in enumerate(
            [("Thanet", ("a", "b")), ("Thanet", ("a",)), ("Barrow", ("b",)), ("", ())]
        ):
            inventory.add(EndpointDraft(f"wtg-{number}", f"10.99.0.{number}", site=site, region="North", tags=tags))
    return place


@pytest.fixture(autouse=True)
def nobody_to_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no Docker host to write targets on."""
    monkeypatch.setattr(StackService, "write_targets", lambda _stack, _groups: None)


def run(data: Path, *words: str) -> int:
    return cli.run(["runs", *words, "--data-dir", str(data)])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["wtg-3", "WTG-2"], "wtg-3, wtg-2"),
        (["--site", "Thanet"], "wtg-0, wtg-1"),
        (["--site", ""], "wtg-3"),
        (["--tag", "a", "--tag", "b"], "wtg-0"),
        (["--region", "North", "--tag", "b"], "wtg-0, wtg-2"),
        (["wtg-3", "--site", "Barrow"], "wtg-3, wtg-2"),
        (["--state", "plain-http", "--site", "Barrow"], "wtg-2"),
        (["--state", "monitored", "--all"], "wtg-0, wtg-1, wtg-2, wtg-3"),
    ],
)
def test_chosen_by_name_and_by_what_they_are(
    data: Path, capsys: pytest.CaptureFixture[str], words: list[str], expected: str
) -> None:
    assert run(data, "act", "labels", *words, "--set-region", "South", "--add-tag", "seen") == 0
    told = capsys.readouterr().err
    assert f"endpoint{'s' * (', ' in expected)}: {expected}\n" in told
    with Inventory.open(DataPaths.locate(data)) as inventory:
        changed = [each.name for each in inventory.endpoints() if each.region == "South" and "seen" in each.tags]
    assert changed == sorted(expected.split(", "))


def test_what_it_was_told_is_shown(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "act", "labels", "wtg-0", "--set-site", "", "--remove-tag", "a", "--json") == 0
    capsys.readouterr()
    assert run(data, "show", "1") == 0
    assert "Run 1: labels, without site, -a" in capsys.readouterr().err
    assert run(data, "show", "1", "--json") == 0
    assert json.loads(capsys.readouterr().out)["parameters"]["labels"] == {
        "site": "",
        "region": None,
        "added_tags": [],
        "removed_tags": ["a"],
    }


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["check"], "Say which endpoints"),
        (["check", "--site", "Nowhere"], "No endpoint is like that"),
        (["check", "--state", "happy"], "is none of"),
        (["labels", "--all"], "Say which labels"),
        (["check", "--all", "--set-site", "X"], "does not need all that was given"),
        (["metrics", "--all"], "Say which groups of metrics"),
        (["metrics", "--all", "--off", "disk"], "There are cpu, memory, disks, file-systems"),
        (["metrics", "--all", "--default", "--off", "cpu"], "Either all groups are named"),
        (["remove", "--all"], "no terminal to ask on"),
        (["enrol", "--all"], "comes from a list"),
    ],
)
def test_what_cannot_be_is_told_before_it_begins(
    data: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert run(data, "act", *words) != 0
    assert message in capsys.readouterr().err
    with Inventory.open(DataPaths.locate(data)) as inventory:
        assert [each for each in inventory.runs.runs() if each.action is not BulkAction.ENROL] == []


def test_rows_of_a_list_behind_a_jump_host_that_nobody_knows_are_left_out(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CredentialService, "login", lambda _service, _profile: Login("iiot", LoginKind.AGENT))
    file = tmp_path / "list.csv"
    file.write_text("name,address,jump host\nnew-1,10.20.0.11,hop@10.1.0.1\n")
    assert cli.run(["enrol", "--from", str(file), "--profile", "Plant", "--data-dir", str(data)]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert (
        "row 2 is left out: Jumps: The jump host hop@10.1.0.1:22 is not known yet. Enrol one device behind it" in told
    )
