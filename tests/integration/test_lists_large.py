"""Lists that are as large as lists may be, and such as were made to cost much: all of them end soon."""

import io
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from openpyxl import Workbook

from app.errors import AppError
from app.models.device_list import Field, Verdict
from app.models.endpoint import Endpoint
from app.services.lists import ListError, endpoint_rows, preview_of, read_list, rows_as_xlsx
from tests import corpus
from tests.corpus.spreadsheets import SHEET, with_parts
from tests.unit.services.lists.given import few
from tests.unit.services.lists.test_exporting import as_draft, credential, endpoints

_SECONDS = 60.0
"""Many times of what it takes on a machine that is busy with other tests, too."""


def rows(count: int) -> list[str]:
    return [
        f'wtg-{at:05},10.{at >> 16}.{at >> 8 & 255}.{at & 255},Thanet,offshore v80,"note, no. {at}"'
        for at in range(count)
    ]


def table(count: int) -> bytes:
    return "\n".join(["name,address,site,tags,notes", *rows(count)]).encode()


def test_fifty_thousand_rows_are_fine_and_more_are_refused() -> None:
    began = time.monotonic()
    preview = preview_of(read_list(table(50_000)))
    assert preview.counts[Verdict.GOOD] == 50_000
    mended = preview.with_cell(preview.rows[7].id, Field.ADDRESS, "10.0.0.0")
    assert mended.counts == {**preview.counts, Verdict.GOOD: 49_999, Verdict.DUPLICATE: 1}
    assert time.monotonic() - began < _SECONDS
    with pytest.raises(ListError, match="more than 50,000 rows"):
        read_list(table(50_001))


def test_all_ranges_together_are_bounded() -> None:
    found = preview_of(read_list("10.0.0.0/17\n10.1.0.0/17\n10.2.0.1\n10.3.0.1-9\n"))
    assert found.counts[Verdict.GOOD] == 32_766 + 1 + 9
    (bad,) = [row for row in found.rows if row.verdict is Verdict.BAD]
    assert bad.reason == "Address: This is 32,766 addresses; a list holds at most 50,000 devices, all rows together."


@pytest.mark.full
def test_a_spreadsheet_of_fifty_thousand_rows() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(["name", "address", "site", "tags", "notes"])
    for row in rows(50_000):
        sheet.append(row.split(",", maxsplit=4))
    content = io.BytesIO()
    book.save(content)
    began = time.monotonic()
    assert preview_of(read_list(content.getvalue())).counts[Verdict.GOOD] == 50_000
    assert time.monotonic() - began < _SECONDS


@pytest.mark.parametrize("name", sorted(corpus.HEAVY))
def test_spreadsheets_that_were_made_to_cost_much(name: str) -> None:
    assert corpus.outcome(name) == corpus.expected(name)


def test_a_file_that_unpacks_to_a_lot_is_not_unpacked() -> None:
    content = corpus.content("made-bomb.xlsx")
    tracemalloc.start()
    try:
        with pytest.raises(ListError):
            read_list(content)
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


_HOSTILE: dict[str, Callable[[], bytes]] = {
    "quotes that never end": lambda: b'a,"\n' * 150_000,
    "one line": lambda: b"a" * 10_000_000,
    "quotes only": lambda: (b'"' * 99_000 + b"\n") * 50,
    "long lines": lambda: (b"a, " * 33_000 + b"\n") * 50,
    "line ends only": lambda: b"\n" * 10_000_000,
    "nested YAML": lambda: b"all:\n  hosts:\n    a: " + (b"[" * 9_000 + b"\n") * 100,
    "nested YAML blocks": lambda: b"hosts:\n" + b"- " * 40_000 + b"\n",
    "long words": lambda: (b"a" * 90_000 + b" ansible_host=[1:99999]\n") * 50,
    "names by the million": lambda: b"w[1:40000][1:9] ansible_host=x\n" * 20_000,
    "the same range again and again": lambda: b"w[1:40000] ansible_host=x\n" * 20_000,
    "groups in groups": lambda: (
        b"[g]\na ansible_host=b\n" + b"".join(b"[g%d:children]\ng%d\ng\n" % (n, n + 1) for n in range(30_000))
    ),
    "patterns of ssh": lambda: b"".join(b"Host a%d *x%d\n User u\n" % (n, n) for n in range(50_000)),
    "ranges of ranges": lambda: b"10.0.0.0/17 " * 2_000 + b"\n",
    "exclusions": lambda: b"10.0.0.0/17 " + b" ".join(b"!10.0.%d.%d" % (n >> 7, n & 127) for n in range(1_500)) + b"\n",
    "known hosts": lambda: (
        b"a ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBlvgEJqwVefXc38YrDef3MUyFC0igQ+MXwPOZJvv5YA\n" * 100_000
    ),
    "dots": lambda: (b"a." * 49_000 + b"\n") * 50,
    "at signs": lambda: (b"a:b@" * 24_000 + b"\n") * 50,
    "colons": lambda: (b"a:" * 49_000 + b"\n") * 50,
    "dashes": lambda: b"name,address\n" + (b"-=" * 49_000 + b"\n") * 50,
    "blanks": lambda: b"name  address\n" + (b"a" + b" " * 90_000 + b"b\n") * 50,
}


def _sheet(change: bytes, before: bytes = b"</sheetData>") -> Callable[[], bytes]:
    """A spreadsheet of one device with more XML in its sheet."""
    plain = corpus.content("made-formula-strings.xlsx")
    return lambda: with_parts(plain, {SHEET: lambda xml: xml.replace(before, change + before)})


_HOSTILE |= {
    "nested XML": _sheet(b"<a>" * 500_000 + b"</a>" * 500_000),
    "rows of a sheet": _sheet(b"<row/>" * 3_000_000),
    "cells of a row": _sheet(b"<row>" + b"<c/>" * 1_000_000 + b"</row>"),
    "wide rows": _sheet(b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(8, 40_000))),
    "merged cells": _sheet(
        b"<mergeCells>" + b'<mergeCell ref="A1:A9999999"/>' * 500_000 + b"</mergeCells>", b"</worksheet>"
    ),
}


@pytest.mark.full
@pytest.mark.parametrize("kind", sorted(_HOSTILE))
def test_lists_that_were_made_to_take_long(kind: str) -> None:
    content = _HOSTILE[kind]()
    began = time.monotonic()
    try:
        for row in preview_of(read_list(content)).rows:
            assert (row.verdict is Verdict.GOOD) == (not row.problems)
    except AppError:
        pass
    assert time.monotonic() - began < _SECONDS


@settings(few, max_examples=30)
@given(endpoints())
def test_what_is_exported_as_a_spreadsheet_is_read_again_as_it_was(endpoint: Endpoint) -> None:
    several = [endpoint, replace(endpoint, name="other", address="10.77.0.1")]
    found = preview_of(read_list(rows_as_xlsx(endpoint_rows(several, credential)))).good
    assert [row.device and row.device.draft for row in found] == [as_draft(each) for each in several]
