"""Runs as commands that contact nothing: what was noted, reports, a pause from outside."""

import json
from pathlib import Path

import pytest

from app import cli
from app.errors import InputError, NotFoundError
from app.models.bulk import BulkAction, Failure, ItemState, NewItem
from app.paths import DataPaths
from app.services.bulk.device_log import Notebook
from app.services.inventory import Inventory


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with run 1: one device failed, one waits."""
    monkeypatch.setattr("app.main.KeyringStore", lambda _name: None)
    with Inventory.open(DataPaths.locate(tmp_path)) as inventory:
        inventory.runs.add(BulkAction.CHECK, [NewItem("wtg-1", endpoint_id=1), NewItem("wtg-2", endpoint_id=2)])
        (first, _) = inventory.runs.items(1)
        book = Notebook()
        book.note(1, ["connect …"])
        failure = Failure("PortClosedError", "=nothing listens.", "Connection refused", "Check the port.")
        inventory.runs.end_item(first, ItemState.FAILED, failure=failure, notes=book.take(1))
    return tmp_path


def plantwatch(folder: Path, *arguments: str) -> int:
    return cli.run(["runs", *arguments, "--data-dir", str(folder)])


def test_the_log_of_a_device(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plantwatch(folder, "log", "1", "1") == 0
    assert "connect …" in capsys.readouterr().out
    assert plantwatch(folder, "log", "1", "1", "--json") == 0
    assert [note["text"] for note in json.loads(capsys.readouterr().out)] == ["connect …"]
    assert plantwatch(folder, "log", "1", "2") == 0
    assert "Nothing has been noted" in capsys.readouterr().err
    assert plantwatch(folder, "log", "7", "1") == NotFoundError.exit_status


def test_reports(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, page = folder / "run.csv", folder / "run.html"
    assert plantwatch(folder, "report", "1", "--csv", str(table), "--html", str(page)) == 0
    assert "'=nothing listens." in table.read_text(encoding="utf-8-sig")
    assert "=nothing listens." in page.read_text(encoding="utf-8")
    capsys.readouterr()
    assert plantwatch(folder, "report", "1", "--csv", "-") == 0
    assert capsys.readouterr().out.splitlines()[0].startswith("number,device,asked")
    assert plantwatch(folder, "report", "1") == InputError.exit_status
    assert plantwatch(folder, "report", "1", "--html", str(folder / "missing" / "x.html")) == InputError.exit_status


def test_a_pause_is_seen_by_whoever_works_on_it(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """This process does, in the test: it lives."""
    assert plantwatch(folder, "pause", "1") == 0
    assert "Run 1 stands" in capsys.readouterr().err
    with Inventory.open(DataPaths.locate(folder)) as inventory:
        assert inventory.runs.is_paused(1)
    assert plantwatch(folder, "resume", "1") == 0
    assert "goes on in the window or command" in capsys.readouterr().err
    with Inventory.open(DataPaths.locate(folder)) as inventory:
        assert not inventory.runs.is_paused(1)
        inventory.runs.end(1)
    assert plantwatch(folder, "pause", "1") == InputError.exit_status
