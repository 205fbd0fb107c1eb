"""The activity log as a file: complete, readable by other programs, harmless in a spreadsheet."""

import csv
import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import Cancelled, InputError
from app.models.activity import Activity, Result
from app.paths import DataPaths
from app.services.audit import export, export_log
from app.services.audit.export import csv_text
from app.services.inventory import Inventory
from app.services.progress import CancelToken


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path / "data")) as inventory:
        for number in range(5):
            inventory.log(
                "enrol", f"T-{number}", Result.FAILED, 'Brücke "風力"\n\x1b[2J\u2028', fingerprints="host key SHA256:x"
            )
        yield inventory


def test_json_can_be_checked_without_plantwatch(
    inventory: Inventory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_PORTION", 2)
    file = tmp_path / "log.json"
    assert export_log(inventory, file, token=CancelToken()) == 5
    document = json.loads(file.read_text(encoding="utf-8"))
    columns = ("id", "at", "operator", "action", "subject", "result", "detail", "fingerprints", "previous_hash")
    previous = ""
    for line in document["lines"]:
        assert line["previous_hash"] == previous
        text = json.dumps([line[column] for column in columns], ensure_ascii=False, separators=(",", ":"))
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert line["line_hash"] == previous
    assert (document["head"], document["count"]) == (inventory.verify_activity().head, 5)


def test_csv_has_every_line_oldest_first(inventory: Inventory, tmp_path: Path) -> None:
    file = tmp_path / "LOG.CSV"
    assert export_log(inventory, file, token=CancelToken()) == 5
    with file.open(encoding="utf-8", newline="") as read:
        rows = list(csv.DictReader(read))
    assert [row["subject"] for row in rows] == [f"T-{number}" for number in range(5)]
    assert rows[-1]["line_hash"] == inventory.verify_activity().head
    assert rows[0]["fingerprints"] == "host key SHA256:x"


def test_an_empty_log_is_a_document_too(tmp_path: Path) -> None:
    with Inventory.open(DataPaths.locate(tmp_path / "data")) as inventory:
        export_log(inventory, tmp_path / "log.json", token=CancelToken())
    assert json.loads((tmp_path / "log.json").read_text(encoding="utf-8")) == {"lines": [], "count": 0, "head": ""}


def test_csv_cells_cannot_become_formulas() -> None:
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert "'=HYPERLINK" in csv_text([Activity(1, at, "op", "change", "=HYPERLINK(1)", Result.DONE)])


@pytest.mark.parametrize("name", ["log", "log.xlsx", "missing/log.csv"])
def test_a_file_that_cannot_be_written_is_told(inventory: Inventory, tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        export_log(inventory, tmp_path / name, token=CancelToken())


def test_a_cancelled_export_leaves_the_old_file(inventory: Inventory, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("old", encoding="utf-8")
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        export_log(inventory, file, token=token)
    assert file.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.glob("*.part")) == []
