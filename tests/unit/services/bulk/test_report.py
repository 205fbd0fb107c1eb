"""A run as a file: everything in it, nothing that a spreadsheet or a browser would run."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import InputError
from app.models.bulk import BulkAction, Failure, ItemState
from app.services.bulk.report import COLUMNS, csv_report, html_report, write_report
from app.services.lists.escaping import unescaped
from tests.unit.services.bulk.some_items import failed, some_item, some_run

_NASTY = ('=HYPERLINK("http://evil")', "+1", "-2", "@SUM(A1)", "\t=1", "a;=1", "<script>alert(1)</script>", 'a"b&c')


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_device_says_what_was_asked_and_what_came_of_it() -> None:
    items = [some_item(1, detail="Debian 12"), failed(2), some_item(3, ItemState.WAITING, seconds=None)]
    one, two, three = rows(csv_report(some_run(done=1, failed=1, waiting=1), items))
    assert list(one) == list(COLUMNS)
    assert (one["device"], one["state"], one["result"], one["seconds"]) == ("wtg-01", "done", "Debian 12", "2.5")
    assert one["asked"] == "enrol 10.0.0.1, port 22, with the login Wind farm"
    assert (two["state"], two["cause"], two["why"]) == ("failed", "WrongPasswordError", "It refuses it.")
    assert (two["evidence"], two["advice"]) == ("Permission denied", "Try.")
    assert (three["state"], three["begun_at"], three["seconds"]) == ("waiting", "", "")
    (checked,) = rows(csv_report(some_run(BulkAction.CHECK), [replace(items[0], order=None)]))
    assert checked["asked"] == "check"


@pytest.mark.parametrize("text", _NASTY)
def test_no_cell_is_run_by_a_spreadsheet(text: str) -> None:
    item = some_item(1, ItemState.FAILED, subject=text, detail=text, failure=Failure(text, text, text, text))
    (row,) = rows(csv_report(some_run(), [item]))
    for name in ("device", "result", "cause", "why", "evidence", "advice"):
        assert not row[name].startswith(("=", "+", "-", "@", "\t"))
        assert unescaped(row[name]) == text


@pytest.mark.parametrize("text", _NASTY)
def test_nothing_is_markup_to_a_browser(text: str) -> None:
    item = some_item(1, ItemState.FAILED, subject=text, failure=Failure(text, text, text, text), profile=text)
    made = html_report(some_run(failed=1), [item])
    assert "<script" not in made
    assert 'a"b&c' not in made
    assert "default-src 'none'" in made


def test_the_page_for_people_groups_what_failed() -> None:
    made = html_report(some_run(done=1, failed=2), [some_item(1, detail="Debian 12"), failed(2), failed(3)])
    assert "<td>2</td><td>It refuses it.</td><td>Try.</td>" in made
    assert "Devices: 3 (1 done, 2 failed)" in made
    assert "What failed" not in html_report(some_run(done=1), [some_item(1)])


def test_it_is_written_as_its_name_ends(tmp_path: Path) -> None:
    run, items = some_run(done=1), [some_item(1)]
    write_report(run, items, tmp_path / "run.csv")
    # The mark by which spreadsheets know UTF-8.
    assert (tmp_path / "run.csv").read_bytes().startswith(b"\xef\xbb\xbfnumber,")
    write_report(run, items, tmp_path / "RUN.HTML")
    assert (tmp_path / "RUN.HTML").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(InputError, match=r"\.csv or \.html"):
        write_report(run, items, tmp_path / "run.pdf")
    with pytest.raises(InputError, match="cannot be written"):
        write_report(run, items, tmp_path / "missing" / "run.csv")
