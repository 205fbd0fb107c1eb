"""`plantwatch audit` on a real inventory, without a keyring."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from app import cli
from app.cli.audit import TAMPERED_STATUS
from app.models.activity import Result
from app.models.endpoint import EndpointDraft
from app.models.security import Demand, Exposure, Verdict
from app.paths import DataPaths
from app.services.audit import AuditService
from app.services.inventory import Inventory
from app.services.inventory.database import Database
from app.services.progress import CancelToken
from app.settings import Settings


def looking(address: str, port: int, *, token: CancelToken) -> Exposure:
    now = datetime.now(UTC)
    return Exposure(f"{address}:{port}", now, Verdict.OPEN, serves_plain_http=True, demand=Demand.NOTHING)


@pytest.fixture
def inventory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path / "data")) as inventory:
        for number in range(3):
            inventory.log("enrol", f"T-{number}", Result.DONE)
        inventory.add(EndpointDraft("T-1", "10.0.0.1"))
        audit = AuditService(inventory, Settings, look=looking)
        services = SimpleNamespace(inventory=inventory, audit=audit, close=lambda: None)
        monkeypatch.setattr("app.cli.context.build_services", lambda _path, **_: services)
        monkeypatch.setattr("app.cli.context.write_log", lambda _paths: None)
        yield inventory


@pytest.fixture
def tampered(inventory: Inventory, tmp_path: Path) -> Inventory:
    database = Database.at_file(DataPaths(tmp_path / "data").database)
    with database.write() as connection:
        connection.execute(sa.text("DROP TRIGGER activity_refuse_update"))
        connection.execute(sa.text("UPDATE activity SET subject = 'T-9' WHERE id = 2"))
    database.close()
    return inventory


def run(tmp_path: Path, *words: str) -> int:
    return cli.run([*words, "--data-dir", str(tmp_path / "data")])


def test_a_whole_log_is_told_with_its_newest_hash(
    inventory: Inventory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "audit", "verify") == 0
    shown = capsys.readouterr()
    assert "lines: 3, each as it was written" in shown.out
    assert inventory.verify_activity().head in shown.out
    assert "--noted" in shown.err


def test_an_altered_line_is_named_and_has_a_status(
    tampered: Inventory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "audit", "verify") == TAMPERED_STATUS
    assert "Line 2 is not as it was written." in capsys.readouterr().out
    assert run(tmp_path, "audit", "verify", "--json") == TAMPERED_STATUS
    document = json.loads(capsys.readouterr().out)
    assert (document["whole"], document["faults"]) == (False, [{"kind": "altered", "line": 2, "after": 1}])


def test_a_noted_hash_that_is_not_there_has_a_status(
    inventory: Inventory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noted = inventory.activities_after(0)[0].line_hash
    assert run(tmp_path, "audit", "verify", "--noted", noted) == 0
    assert run(tmp_path, "audit", "verify", "--noted", "0" * 64) == TAMPERED_STATUS
    assert "no line has the noted hash" in capsys.readouterr().out


def test_the_log_is_exported(inventory: Inventory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, "audit", "export", str(tmp_path / "log.csv")) == 0
    assert "3 lines" in capsys.readouterr().out
    assert (tmp_path / "log.csv").read_text(encoding="utf-8").count("enrol") == 3
    assert run(tmp_path, "audit", "export", str(tmp_path / "log.txt")) == 2


def test_the_report_says_what_a_stranger_gets(
    inventory: Inventory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "report.html"
    assert run(tmp_path, "audit", "report", "--html", str(file)) == 0
    shown = capsys.readouterr().out
    assert "T-1       10.0.0.1:9100  open             nothing" in shown
    assert "1 exporter without authentication" in shown
    assert "OPEN: gives the metrics to anyone" in file.read_text(encoding="utf-8")
    assert run(tmp_path, "audit", "report", "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["endpoints"][0]["exposure"]["verdict"] == "open"
    assert document["chain"]["faults"] == []


def test_a_report_that_cannot_be_written_is_bad_input(
    inventory: Inventory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, "audit", "report", "--html", str(tmp_path / "missing" / "report.html")) == 2
    assert "cannot be written" in capsys.readouterr().err
