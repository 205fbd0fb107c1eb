"""`plantwatch lists` and `plantwatch endpoints export` on a data directory."""

import io
import json
import sys
from pathlib import Path

import pytest

from app import cli
from app.cli.lists import document
from app.cli.output import plain
from app.models.endpoint import EndpointDraft
from app.paths import DataPaths
from app.services.inventory import Inventory
from tests import corpus
from tests.unit.models.test_known_hosts import KEY


@pytest.fixture
def data(tmp_path: Path) -> Path:
    place = tmp_path / "data"
    with Inventory.open(DataPaths.locate(place)) as inventory:
        inventory.add(EndpointDraft("known-01", "10.99.0.1", site="=1+1", notes="[b]x[/b]\nsecond"), host_key=KEY)
        inventory.add(EndpointDraft("known-02", "10.99.0.2", site="Barrow"))
    return place


def run(data: Path, *words: str) -> int:
    return cli.run([*words, "--data-dir", str(data)])


def written(tmp_path: Path, text: str) -> str:
    file = tmp_path / "list.csv"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_a_list_is_shown_with_reasons_and_bad_rows_have_a_status(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "Name;IP;Passwort\nwtg-01;10.20.0.11;hunter2\n[bold]x[/];10.20.0.12;\nx;10.99.0.1;\n")
    assert run(data, "lists", "check", file) == 2
    shown = capsys.readouterr()
    assert "hunter2" not in shown.out + shown.err
    assert "“Passwort” were dropped" in shown.err
    assert "  2  good     wtg-01      10.20.0.11:22" in shown.out
    assert "  3  bad      [bold]x[/]  10.20.0.12" in shown.out
    assert "Address: 10.99.0.1:22 is that of the endpoint known-01 already." in shown.out
    assert shown.out.endswith("4 rows, 1 good, 1 bad, 1 known, 1 skipped\n")
    assert run(data, "lists", "check", file, "--problems") == 2
    assert "wtg-01" not in capsys.readouterr().out


def test_columns_header_names_and_defaults_can_be_given(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = written(tmp_path, "a,b,c\n10.20.0.11-12,x,y\n")
    words = ["--map", "c=site", "--map", "2=", "--names", "{site}-{n:02}", "--default", "user=pi", "--json"]
    assert run(data, "lists", "check", file, *words) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["counts"] == {"good": 2, "bad": 0, "duplicate": 0, "known": 0, "skipped": 1}
    assert [row["values"]["name"] for row in document["rows"][1:]] == ["y-01", "y-02"]
    assert document["rows"][1]["values"]["user"] == "pi"
    assert [column["field"] for column in document["columns"]] == ["address", None, "site"]
    assert run(data, "lists", "check", file, "--header", "0", "--json") == 2
    assert json.loads(capsys.readouterr().out)["header"] == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--map", "z=site"], "There is no column z"),
        (["--map", "a=colour"], "colour is no field"),
        (["--map", "a"], "equals sign"),
        (["--default", "site"], "equals sign"),
        (["--default", "name=x"], "differs from device to device"),
        (["--names", "{x}"], "knows"),
    ],
)
def test_options_that_cannot_be_are_bad_input(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert run(data, "lists", "check", written(tmp_path, "a,b\n10.20.0.11,x\n"), *words) == 2
    assert told in capsys.readouterr().err


def test_standard_input_and_files_that_are_no_lists(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"10.20.0.11 wtg-01\n")))
    assert run(data, "lists", "check", "-") == 0
    assert "plain list, UTF-8: 1 row, 1 good" in capsys.readouterr().out
    assert run(data, "lists", "check", str(tmp_path / "nothing")) == 2
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "key").write_bytes(corpus.content("private-key.txt"))
    assert run(data, "lists", "check", str(tmp_path / "key")) == 2
    assert "holds a private key" in capsys.readouterr().err


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_fleet_goes_out_and_is_known_when_it_comes_in(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str
) -> None:
    file = tmp_path / f"fleet.{ending}"
    assert run(data, "endpoints", "export", str(file)) == 0
    assert capsys.readouterr().out == f"{file}: 2 endpoints\n"
    assert run(data, "lists", "check", str(file), "--json") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["counts"]["known"] == 2
    values = document["rows"][1]["values"]
    assert (values["site"], values["notes"]) == ("=1+1", "[b]x[/b]\nsecond")
    assert run(data, "endpoints", "export", str(file)) == 2
    assert "exists already" in capsys.readouterr().err


def test_one_site_to_standard_output(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(data, "endpoints", "export", "--site", "Barrow") == 0
    head, only = capsys.readouterr().out.splitlines()
    assert head.startswith("name,address,port,")
    assert only.startswith("known-02,10.99.0.2,22,")


def test_no_password_of_the_corpus_is_in_a_document() -> None:
    refused = [name for name in corpus.names() if corpus.expected(name).startswith("refused")]
    told = [plain(document(corpus.preview(name))) for name in corpus.names() if name not in refused]
    assert len(told) > 50
    assert corpus.PASSWORD not in json.dumps(told)
