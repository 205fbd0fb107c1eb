"""Endpoints to lists and back."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.errors import InputError
from app.models.device_list import Field, Form, Verdict
from app.models.endpoint import Credential, Endpoint, EndpointDraft, HostKey, Jump, LoginKind
from app.services.lists import endpoint_rows, preview_of, read_file, read_list, rows_as_csv, rows_as_xlsx, write_rows
from app.services.lists.scrubbing import scrubbed
from tests import corpus
from tests.unit.models.test_known_hosts import KEY
from tests.unit.services.lists.given import few

_PRINTABLE = st.text(alphabet=st.characters(categories=("L", "N", "P", "S")), max_size=20)
_SIGNS = ["=1+1", "'=1", "a;=1", "-", "@x", "+", "a|@b,'-c", "''=", "[b]x[/b]", "<b>", 'a "b" c', "Total", "#1"]
_TEXT = st.one_of(_PRINTABLE, st.sampled_from(_SIGNS))
_NOTES = st.lists(_TEXT, max_size=4).map("\n".join)


@st.composite
def endpoints(draw: st.DrawFn) -> Endpoint:
    number = draw(st.integers(1, 250))
    draft = EndpointDraft(
        name=draw(st.sampled_from(["wtg 01", "WTG.02", "a", "Total", "name", "pin", "w_3-x"])),
        address=draw(
            st.sampled_from([f"10.20.0.{number}", f"2001:db8::{number:x}", f"wtg-{number}.thanet.example", "wtg"])
        ),
        port=draw(st.integers(1, 65535)),
        site=draw(_TEXT),
        region=draw(_TEXT),
        tags=tuple(draw(st.lists(st.sampled_from(["offshore", "v80", "a:b", "x.y"]), max_size=3))),
        notes=draw(_NOTES),
        scrape_address=draw(st.sampled_from(["", "10.7.0.1", "2001:db8::7"])),
        exporter_port=draw(st.integers(1, 65535)),
        listen_address=draw(st.sampled_from(["", "192.168.0.9"])),
    )
    assume(
        scrubbed(draft.notes) == draft.notes
        and scrubbed(draft.site) == draft.site
        and scrubbed(draft.region) == draft.region
    )
    return replace(corpus.known(), **{name: getattr(draft, name) for name in EndpointDraft.__slots__})


def credential(credential_id: int) -> Credential:
    return Credential(credential_id, f"user-{credential_id}", LoginKind.AGENT)


def as_draft(endpoint: Endpoint) -> EndpointDraft:
    return EndpointDraft(**{name: getattr(endpoint, name) for name in EndpointDraft.__slots__})


@few
@given(endpoints())
def test_what_is_exported_is_read_again_as_it_was(endpoint: Endpoint) -> None:
    rows = endpoint_rows([endpoint], credential)
    (row,) = [row for row in preview_of(read_list(rows_as_csv(rows))).rows if row.verdict is not Verdict.SKIPPED]
    assert row.device is not None, row.reason
    assert row.device.draft == as_draft(endpoint)


def test_names_that_headers_and_totals_have_are_names_in_a_list_of_our_own() -> None:
    fleet = [
        replace(corpus.known(), name=name, address="host", port=port)
        for port, name in ((1, "Total"), (2, "pin"), (3, "name"))
    ]
    preview = preview_of(read_list(rows_as_csv(endpoint_rows(fleet, credential))))
    assert [row.values[Field.NAME] for row in preview.good] == ["Total", "pin", "name"]


def endpoint_with_all() -> Endpoint:
    jumps = (Jump("10.0.0.1", 22, KEY, 3), Jump("2001:db8::1", 2222, KEY, 4))
    notes = "line one\n=2+2\n\n" + "\n".join(f"{number}; =x" for number in range(200))
    return replace(corpus.known(), credential_id=2, host_key=KEY, jumps=jumps, notes=notes, site="=cmd|'/c calc'!A1")


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_login_names_keys_and_jump_hosts_come_back_too(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"fleet{ending}"
    write_rows(endpoint_rows([endpoint_with_all()], credential), file)
    preview = preview_of(read_file(file))
    (row,) = preview.good
    assert row.device is not None
    assert row.device.draft == as_draft(endpoint_with_all())
    assert row.device.user == "user-2"
    assert row.device.jumps == (("user-3", "10.0.0.1", 22), ("user-4", "2001:db8::1", 2222))
    assert row.device.expected_key is not None
    assert row.device.expected_key.sole_key("10.99.0.1", 22) == KEY
    assert preview.table.form is (Form.TABLE if ending == ".csv" else Form.SPREADSHEET)
    assert {column.meaning.field for column in preview.columns} == set(Field) - {Field.SEEN_KEY}


def test_nothing_in_a_spreadsheet_is_a_formula() -> None:
    book = openpyxl.load_workbook(io.BytesIO(rows_as_xlsx(endpoint_rows([endpoint_with_all()], credential))))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert not any(str(cell.value).startswith("=") for cell in cells)


def test_no_cell_of_a_csv_begins_like_a_formula() -> None:
    text = rows_as_csv(endpoint_rows([endpoint_with_all()], credential))
    for delimiter in (",", ";", "\t"):
        cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) for cell in row]
        assert not any(cell.startswith(("=", "+", "@", "-")) for cell in cells), delimiter


def test_apostrophes_of_others_are_their_own() -> None:
    preview = preview_of(read_list("name,address,site\nwtg-01,10.20.0.11,'-- x\n"))
    assert preview.good[0].values[Field.SITE] == "'-- x"


def test_a_file_that_is_there_stays_and_other_endings_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("mine")
    with pytest.raises(InputError, match="exists already"):
        write_rows([], file)
    assert file.read_text() == "mine"
    with pytest.raises(InputError, match=r"\.csv or \.xlsx"):
        write_rows([], tmp_path / "fleet.txt")
    with pytest.raises(InputError, match="cannot be written"):
        write_rows([], tmp_path / "missing" / "fleet.csv")


def test_no_key_means_no_line_of_known_hosts() -> None:
    (row,) = endpoint_rows([corpus.known()], credential)
    assert (row[Field.HOST_KEY], row[Field.USER], row[Field.JUMPS]) == ("", "", "")
    key = HostKey(KEY.kind, KEY.blob)
    (row,) = endpoint_rows([replace(corpus.known(), host_key=key, port=2222)], credential)
    assert row[Field.HOST_KEY] == f"[10.99.0.1]:2222 {KEY}"


def test_rows_may_be_written_with_what_is_wrong_with_them() -> None:
    table = read_list("name,ip\nwtg 1!,10.20.0.11\nwtg-2,=1+1\n")
    rows = [row for row in preview_of(table).rows if row.verdict is Verdict.BAD]
    text = rows_as_csv([row.values for row in rows], [row.reason for row in rows])
    head, first, second = text.splitlines()
    assert head.endswith(",problem")
    assert "wtg 1!" in first
    assert "Name:" in first
    assert "'=1+1" in second
    again = preview_of(read_list(text))
    assert again.columns[-1].meaning.field is None
    assert [row.values[Field.ADDRESS] for row in again.rows if row.verdict is Verdict.BAD] == ["10.20.0.11", "=1+1"]
