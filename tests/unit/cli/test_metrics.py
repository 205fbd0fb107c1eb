"""`plantwatch endpoints metrics` and what `endpoints show` says of it: what needs no device."""

import json
from pathlib import Path

import pytest

from app import cli
from app.cli import endpoints
from app.models.endpoint import EndpointDraft
from app.paths import DataPaths
from app.services.inventory import Inventory


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    with Inventory.open(DataPaths.locate(place)) as inventory:
        inventory.add(EndpointDraft("wtg-01", "10.99.0.1"))
    return place


def run(data: Path, *words: str) -> int:
    return cli.run(["endpoints", *words, "--data-dir", str(data)])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "Say which groups of metrics: --on, --off, --only or --default."),
        (["--off", "gpio"], "“gpio” is not a group of metrics. There are cpu, memory, disks,"),
        (["--on", "cpu", "--off", "cpu"], "cpu cannot be both switched on and off."),
        (["--default", "--only", "cpu"], "All groups are either wanted or not."),
    ],
)
def test_what_cannot_be_is_said(data: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str) -> None:
    assert run(data, "metrics", "wtg-01", *words) != 0
    assert message in " ".join(capsys.readouterr().err.split())


def test_what_it_has_already_needs_no_device(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "metrics", "wtg-01", "--default") == 0
    assert capsys.readouterr().out == "wtg-01: all, as before\n"
    assert run(data, "metrics", "wtg-01", "--on", "cpu,raid", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["from"] == told["to"]
    assert told["to"][0] == "cpu"


def test_it_is_shown(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "_snapshot", lambda _services, **_told: None)  # there is no Prometheus
    assert run(data, "show", "wtg-01", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["metric_groups"]) == 12
