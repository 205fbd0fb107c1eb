"""`plantwatch endpoints list`, which finds what is asked for; without a Prometheus."""

import json
from pathlib import Path

import pytest

from app import cli
from app.cli import endpoints
from app.models.endpoint import EndpointDraft, Lifecycle
from app.paths import DataPaths
from app.services.inventory import Inventory


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(endpoints, "_snapshot", lambda _services, **_told: None)
    place = tmp_path / "data"
    with Inventory.open(DataPaths.locate(place)) as inventory:
        for name, site in (("wtg-01", "Thanet"), ("wtg-02", "Barrow"), ("gate", "Thanet")):
            made = inventory.add(EndpointDraft(name, f"{name}.plant.example", site=site))
            if name == "wtg-02":
                inventory.set_lifecycle(made.id, Lifecycle.ENROLLING)
    return place


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["gate", "wtg-01", "wtg-02"]),
        ("site:thanet wtg", ["wtg-01"]),
        ("-site:thanet", ["wtg-02"]),
        # Nobody can be asked: what is monitored is unknown, not down, and no number is known.
        ("state:unknown", ["gate", "wtg-01"]),
        ("state:down", []),
        ("cpu>=0", []),
    ],
)
def test_it_lists_what_is_asked_for(
    data: Path, capsys: pytest.CaptureFixture[str], asked: str, found: list[str]
) -> None:
    assert cli.run(["endpoints", "list", "--json", "--filter", asked, "--data-dir", str(data)]) == 0
    assert [each["name"] for each in json.loads(capsys.readouterr().out)] == found


def test_what_cannot_be_read_is_said(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["endpoints", "list", "--filter", "colour:red", "--data-dir", str(data)]) == 2
    assert "“colour” is nothing that can be asked. There are state, name, site," in " ".join(
        capsys.readouterr().err.split()
    )
