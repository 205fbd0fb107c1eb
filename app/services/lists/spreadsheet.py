"""XLSX files to rows, by openpyxl's reader, which goes row by row and expands no entities (defusedxml).

Formulas are never computed: the result that the spreadsheet program saved counts, and where there is none the cell is at fault. Sizes are
bounded before anything is unpacked; the ZIP format does not let a part give more than it announced.
"""

import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
from defusedxml import ElementTree
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

from app.models.device_list import Form, Line, Table
from app.services.lists.failures import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, ListError, too_large, too_many_rows
from app.services.lists.tables import table_of

_MOST_UNPACKED = 80 * 1024 * 1024
_MOST_PARTS = 2000
_MOST_MERGED_ROWS = 10 * MOST_ROWS
_LAST_ROW = 1_048_576
"""Of any spreadsheet program; a file may claim more."""
_MOST_CELLS = 20_000_000
"""Of all rows, gaps between cells included."""
_MOST_ELEMENTS = 8_000_000
"""Of the XML of a sheet, beginnings and ends: two million cells have so many."""
_LONGEST_GAP = 100
"""Empty rows in one place that are told one by one."""
_OLD = b"\xd0\xcf\x11\xe0"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_NO_RESULT = "There is a formula without a result. Open the file in a spreadsheet program, save it, and read it again."
_IS_DATE = "The spreadsheet holds a date here, {value}. Format the column as text and type it again."


def read_spreadsheet(content: bytes, *, sheet: str = "") -> Table:
    """The table on `sheet`; "" takes the first visible one that is not empty. Raises ListError."""
    _check(content)
    try:
        with warnings.catch_warnings():
            # What openpyxl has to say is about drawings, styles and dates: none matters here.
            warnings.simplefilter("ignore")
            return _read(content, sheet)
    except ListError:
        raise
    except Exception:  # noqa: BLE001 - a damaged or hostile file makes the library fail in any way
        raise ListError(
            "it is a damaged spreadsheet.", "Open it in a spreadsheet program and save it anew as .xlsx or .csv."
        ) from None


def _check(content: bytes) -> None:
    if content.startswith(_OLD):
        raise ListError(
            "it is an old Excel file (.xls), or one with a password.", "Save it as .xlsx or .csv, without a password."
        )
    if len(content) > MOST_BYTES:
        raise too_large()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise ListError("it is a damaged spreadsheet.", "Open it in a spreadsheet program and save it anew.") from None
    if (
        len(parts) > _MOST_PARTS
        or sum(part.file_size for part in parts) > _MOST_UNPACKED
        or any(part.flag_bits & 1 for part in parts)
    ):
        raise ListError("it is a ZIP file that unpacks to too much, or is encrypted.", "Save the list as .csv.")
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise ListError("it is a ZIP file, and no .xlsx spreadsheet.", "Save the list as .xlsx or .csv.")


def _read(content: bytes, wanted: str) -> Table:
    if not openpyxl.DEFUSEDXML:
        # OPENPYXL_DEFUSEDXML=False in the environment turns it off.
        raise ListError("XML is not read safely here.", "Take OPENPYXL_DEFUSEDXML out of the environment.")
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    try:
        sheets = {each.title: each for each in book.worksheets}
        if wanted and wanted not in sheets:
            raise ListError("it has no such sheet.", f"Its sheets are {', '.join(sheets)}.")
        shown = [title for title, each in sheets.items() if each.sheet_state == "visible"] or list(sheets)
        for title in [wanted] if wanted else shown:
            lines = _lines(sheets[title])
            if lines or title in (wanted, shown[-1]):
                break
        return table_of(Form.SPREADSHEET, lines, written_as=f"XLSX, sheet {title}", sheets=tuple(sheets), sheet=title)
    finally:
        book.close()


def _lines(sheet: Any) -> list[Line]:
    """All rows up to the last that is not empty."""
    merged, unsaved = _beside_the_values(sheet)
    sheet.reset_dimensions()  # what the file says of its size may be wrong
    lines: list[Line] = []
    used = room = 0
    for number, row in enumerate(sheet.iter_rows(), start=1):
        room += len(row)
        if room > _MOST_CELLS:
            raise _too_many_cells()
        # One column more than allowed, so that too many are noticed.
        cells, faults = _cells(row[: MOST_COLUMNS + 1], number, unsaved)
        used += bool(cells or faults)
        if number > _LAST_ROW or used > MOST_ROWS + 100:
            raise too_many_rows()
        if cells or faults:
            lines += _gap(lines[-1].number + 1 if lines else 1, number)
            lines.append(Line(number, cells, faults=faults))
    return list(_filled(lines, merged))


def _gap(first: int, after: int) -> list[Line]:
    """The empty rows from `first` to the one before `after`; many at once are told as one."""
    if after - first > _LONGEST_GAP:
        return [Line(first, (), skipped=f"{after - first:,} empty rows.")]
    return [Line(number, ()) for number in range(first, after)]


def _cells(row: Iterable[Any], number: int, unsaved: set[tuple[int, int]]) -> tuple[tuple[str, ...], dict[int, str]]:
    texts: list[str] = []
    faults: dict[int, str] = {}
    for place, cell in enumerate(row):
        text, fault = _text(cell.value)
        if not text and (number, place + 1) in unsaved:
            fault = _NO_RESULT
        texts.append(text)
        if fault:
            faults[place] = fault
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts), faults


def _text(value: object) -> tuple[str, str]:
    """A cell as text, and why it cannot be taken as it stands."""
    match value:
        case None:
            return "", ""
        case bool():
            return str(value).upper(), ""
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value)), ""
        case datetime() | date() | time() | timedelta():
            told = str(value).removesuffix(" 00:00:00")
            return told, _IS_DATE.format(value=told)
        case str() if value.startswith("#") and value in _ERRORS:
            return value, f"The spreadsheet shows the error {value} here."
        case _:
            return str(value), ""


_ERRORS = frozenset(
    {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)


def _beside_the_values(sheet: Any) -> tuple[list[tuple[int, int, int, int]], set[tuple[int, int]]]:
    """What openpyxl's row by row reading does not tell: merged areas (first column and row, last column and row), formulas without a result."""
    with sheet._get_source() as source:  # the one way to this part of the file that knows which one it is
        content = source.read()
    # Of whatever kind they are: each costs the time of a cell.
    if content.count(b"<") > _MOST_ELEMENTS:
        raise _too_many_cells()
    if not re.search(rb"<(?:\w+:)?(?:f[\s/>]|mergeCell\s)", content):
        return [], set()
    merged: list[tuple[int, int, int, int]] = []
    unsaved: set[tuple[int, int]] = set()
    for _, element in ElementTree.iterparse(io.BytesIO(content)):
        if element.tag == f"{_MAIN}c":
            if element.find(f"{_MAIN}f") is not None and not element.findtext(f"{_MAIN}v") and (at := element.get("r")):
                unsaved.add(coordinate_to_tuple(at))
        elif element.tag == f"{_MAIN}mergeCell":
            first_column, first, last_column, last = range_boundaries(element.get("ref", ""))
            if first_column and first and last_column and last:
                merged.append((first_column, first, last_column, last))
        elif element.tag == f"{_MAIN}row":
            element.clear()
    return merged, unsaved


def _too_many_cells() -> ListError:
    return ListError("it has too many cells.", "Delete empty columns and rows, which have formats all the same.")


def _filled(lines: list[Line], merged: list[tuple[int, int, int, int]]) -> Iterator[Line]:
    """The value of a merged area in each row of its first column: a site that stands once beside its devices is meant for all of them."""
    by_number = {line.number: line for line in lines}
    values: dict[int, list[str]] = {}
    end = lines[-1].number if lines else 0
    if sum(max(min(last, end) - first, 0) for _, first, _, last in merged) > _MOST_MERGED_ROWS:
        raise ListError("it has too many merged cells.", "Save the list as .csv.")
    for column, first, _, last in merged:
        top = by_number.get(first)
        text = top.cells[column - 1] if top and column <= len(top.cells) else ""
        if not text:
            continue
        for number in range(first + 1, min(last, end) + 1):
            # Rows that are empty otherwise stay empty.
            if number in by_number and any(by_number[number].cells):
                cells = values.setdefault(number, list(by_number[number].cells))
                cells += [""] * (column - len(cells))
                cells[column - 1] = text
    for line in lines:
        filled = values.get(line.number)
        yield Line(line.number, tuple(filled), faults=line.faults) if filled else line
