"""`plantwatch host-keys` on a data directory."""

import json
from pathlib import Path

import pytest

from app import cli
from app.models.endpoint import EndpointDraft
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
