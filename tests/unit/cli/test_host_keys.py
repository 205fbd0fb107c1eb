"""`plantwatch host-keys` on a data directory."""

import json
from pathlib import Path

import pytest

from app import cli
from app.models.endpoint import EndpointDraft, Jump, LoginKind
from app.paths import DataPaths
from app.services.inventory import Inventory
from tests.unit.models.test_known_hosts import KEY
from tests.unit.services.test_host_keys import OTHER


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    with Inventory.open(DataPaths.locate(place)) as inventory:
        inventory.add(EndpointDraft("wtg-01", "10.20.0.11"), host_key=KEY)
    return place


def run(data: Path, *words: str) -> int:
    return cli.run(["host-keys", *words, "--data-dir", str(data)])


def test_there_and_back(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "known_hosts"
    assert run(data, "export") == 0
    assert capsys.readouterr().out == f"10.20.0.11 {KEY} wtg-01\n"
    assert run(data, "export", str(file), "--hash") == 0
    assert capsys.readouterr().out.endswith("known_hosts: 1 host key\n")
    assert run(data, "import", str(file)) == 0
    assert capsys.readouterr().out == "0 host keys trusted from now on, 1 known already\n"


def test_a_file_that_is_there_is_never_overwritten(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("mine")
    assert run(data, "export", str(file)) == 2
    assert "exists already" in capsys.readouterr().err
    assert file.read_text() == "mine"
    assert run(data, "export", str(tmp_path / "no" / "such")) == 2
    assert run(data, "import", str(tmp_path / "nothing")) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_contradiction_has_a_status_and_replacing_shows_both(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"10.20.0.11 {OTHER}\n")
    assert run(data, "import", str(file), "--json") == 2
    assert KEY.fingerprint in json.loads(capsys.readouterr().out)["error"]["evidence"]
    assert run(data, "import", str(file), "--replace") == 0
    assert f"wtg-01: {KEY.fingerprint} → {OTHER.fingerprint}" in capsys.readouterr().out
    assert run(data, "import", str(file), "--json") == 0
    assert json.loads(capsys.readouterr().out) == {"trusted": [], "unchanged": ["wtg-01"]}


def put_behind(data: Path, *hosts: str) -> None:
    with Inventory.open(DataPaths.locate(data)) as inventory:
        credential = inventory.add_credential("ops", LoginKind.AGENT)
        endpoint = inventory.endpoint("wtg-01")
        inventory.set_jumps(endpoint.id, tuple(Jump(host, 22, KEY, credential.id) for host in hosts))


def test_another_key_of_a_jump_host(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put_behind(data, "10.0.0.1", "10.0.0.2")
    assert run(data, "replace-jump", "wtg-01", "10.0.0.2", "--host-key", str(OTHER)) == 0
    assert capsys.readouterr().out.split() == [
        "10.0.0.2:22:", KEY.fingerprint, "→", f"{OTHER.fingerprint},", "on", "the", "way", "to", "wtg-01",
    ]  # fmt: skip
    with Inventory.open(DataPaths.locate(data)) as inventory:
        assert [jump.host_key for jump in inventory.endpoint("wtg-01").jumps] == [KEY, OTHER]
    assert run(data, "replace-jump", "wtg-01", "10.0.0.2:22", "--host-key", str(OTHER), "--json") == 0
    assert json.loads(capsys.readouterr().out)["endpoints"] == ["wtg-01"]


@pytest.mark.parametrize("words", [(), ("10.0.0.9",)])
def test_which_jump_host_has_to_be_clear(
    data: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert run(data, "replace-jump", "wtg-01", *words, "--host-key", str(OTHER)) == 2
    assert "No jump host" in capsys.readouterr().err
    put_behind(data, "10.0.0.1", "10.0.0.2")
    assert run(data, "replace-jump", "wtg-01", *words, "--host-key", str(OTHER)) == 2
    assert "10.0.0.1:22, 10.0.0.2:22" in capsys.readouterr().err
