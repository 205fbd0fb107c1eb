"""Spreadsheets of the corpus, made when they are needed: a difference in them can be read here, and not in a binary file."""

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date

from openpyxl import Workbook

SHEET = "xl/worksheets/sheet1.xml"


def _saved(book: Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _of(rows: list[list[object]], *, merged: tuple[str, ...] = ()) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for area in merged:
        sheet.merge_cells(area)
    return _saved(book)


def with_parts(content: bytes, changes: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """`content` with parts of the ZIP file changed: for what no library writes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, changes.get(name, bytes)(old.read(name)))
    return out.getvalue()


_HEAD: list[object] = ["Site", "Name", "IP", "Port", "Notes"]


def merged_cells() -> bytes:
    rows: list[list[object]] = [
        ["Devices of the north", None, None],
        _HEAD,
        ["Thanet", "wtg-01", "10.20.0.11", 22, "merged site"],
        [None, "wtg-02", "10.20.0.12", 22.0],
        [],
        [None, "wtg-03", "10.20.0.13", "2222"],
        ["Barrow", "b-01", "10.21.0.11"],
        ["Total", 4],
    ]
    return _of(rows, merged=("A1:E1", "A3:A6"))


def formulas() -> bytes:
    """One formula with the result that a program saved, others without, as a library writes them."""
    plain = _of([_HEAD, ["Thanet", "=A2", "10.20.0.11", "=11+11", "=1+1"], ["Thanet", "wtg-02", "=CONCAT(A1)", 22]])
    return with_parts(
        plain,
        {
            SHEET: lambda xml: xml.replace(b"<f>11+11</f><v />", b"<f>11+11</f><v>22</v>").replace(
                b"<f>A2</f><v />", b"<f>A2</f><v>7</v>"
            )
        },
    )


def dates_and_errors() -> bytes:
    rows: list[list[object]] = [
        _HEAD,
        ["Thanet", date(2024, 3, 1), "10.20.0.11", 22, date(2020, 1, 2)],
        ["Thanet", "wtg-02", "#REF!", True, None],
        ["Thanet", 3, 10.2, 22, 1.5],
    ]
    return _of(rows)


def several_sheets() -> bytes:
    """The first is empty, the second hidden."""
    book = Workbook()
    hidden = book.create_sheet("old")
    hidden.append(["Name", "IP"])
    hidden.append(["gone", "10.1.1.1"])
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("2024")
    shown.append(["Name", "IP", "Passwort"])
    shown.append(["wtg-01", "10.20.0.11", "hunter2"])
    return _saved(book)


def formula_strings() -> bytes:
    """Text that looks like formulas, typed as text."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Name", "IP", "Site"])
    for number, text in enumerate(("=1+1", "+1", "@SUM(A1)", "-1", "'=1"), start=1):
        sheet.append([f"wtg-{number}", f"10.20.0.{number}", ""])
        cell = sheet.cell(number + 1, 3, text)
        cell.data_type = "s"
    return _saved(book)


def entities() -> bytes:
    """A billion laughs, in XML."""
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    return with_parts(_of([_HEAD]), {SHEET: lambda xml: bomb + xml.replace(b"Site", b"&b;")})


def bomb() -> bytes:
    """Half a megabyte that unpacks to a lot."""
    return with_parts(
        _of([_HEAD]), {SHEET: lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * 90_000_000)}
    )


def far_row() -> bytes:
    """A row that says it is the ten thousand millionth."""
    return with_parts(
        _of([_HEAD, ["Thanet", "wtg-01", "10.20.0.11"]]), {SHEET: lambda xml: xml.replace(b'r="2"', b'r="9999999999"')}
    )


def wide() -> bytes:
    return _of([["Name", "IP", *range(200)], ["wtg-01", "10.20.0.11"]])


def other_office() -> bytes:
    """A file of another office suite: a ZIP file as well."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    return content.getvalue()


SPREADSHEETS: Mapping[str, Callable[[], bytes]] = {
    "made-bomb.xlsx": bomb,
    "made-dates-and-errors.xlsx": dates_and_errors,
    "made-entities.xlsx": entities,
    "made-far-row.xlsx": far_row,
    "made-formula-strings.xlsx": formula_strings,
    "made-formulas.xlsx": formulas,
    "made-merged-cells.xlsx": merged_cells,
    "made-other-office.xlsx": other_office,
    "made-several-sheets.xlsx": several_sheets,
    "made-wide.xlsx": wide,
}
