"""The fleet as a list that people edit in a spreadsheet and that is read again as it was: CSV or XLSX. No secrets are in it.

Cells that a spreadsheet would run as a formula are escaped, in both kinds alike: what was written as CSV is often saved as XLSX.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import repeat
from pathlib import Path

from app.errors import InputError
from app.models.device_list import Field
from app.models.endpoint import Credential, Endpoint
from app.models.known_hosts import KnownHost, host_name
from app.services.lists.escaping import TITLES, escaped

_SHEET = "devices"
PROBLEM = "problem"
"""The header of what is wrong with a row; it means nothing when the list is read again."""
_WIDTHS: Mapping[Field, int] = {Field.ADDRESS: 24, Field.NAME: 24, Field.NOTES: 40, Field.HOST_KEY: 40, Field.JUMPS: 30}
_LONGEST_CELL = 32_767
"""Of a spreadsheet."""


def endpoint_rows(endpoints: Iterable[Endpoint], credential: Callable[[int], Credential]) -> list[Mapping[Field, str]]:
    """The cells of each endpoint. `credential` is asked for the user names of logins; what it raises is raised."""
    users: dict[int, str] = {}

    def user(credential_id: int | None) -> str:
        if credential_id is None:
            return ""
        if credential_id not in users:
            users[credential_id] = credential(credential_id).user
        return users[credential_id]

    return [
        {
            Field.NAME: each.name,
            Field.ADDRESS: each.address,
            Field.PORT: str(each.port),
            Field.USER: user(each.credential_id),
            Field.SITE: each.site,
            Field.REGION: each.region,
            Field.TAGS: " ".join(each.tags),
            Field.NOTES: each.notes,
            Field.SCRAPE_ADDRESS: each.scrape_address,
            Field.EXPORTER_PORT: str(each.exporter_port),
            Field.LISTEN_ADDRESS: each.listen_address,
            Field.HOST_KEY: str(KnownHost(each.host_key, host_name(each.address, each.port))) if each.host_key else "",
            Field.JUMPS: " ".join(f"{user(jump.credential_id)}@{jump.target}" for jump in each.jumps),
        }
        for each in endpoints
    ]


def rows_as_csv(rows: Iterable[Mapping[Field, str]], problems: Sequence[str] = ()) -> str:
    """With a header, commas and the line ends of CSV; without a byte order mark. `problems`: a last column, one text for each row."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(_cells(rows, problems))
    return out.getvalue()


def rows_as_xlsx(rows: Iterable[Mapping[Field, str]], problems: Sequence[str] = ()) -> bytes:
    """One sheet with a header that stays in sight. Every cell is text, by type and by format. `problems` as in `rows_as_csv`."""
    # It takes its time, and only this needs it.
    from openpyxl import Workbook  # noqa: PLC0415 - takes half a second, and few write spreadsheets
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_SHEET)
    sheet.freeze_panes = "A2"
    for place, field in enumerate(TITLES):
        sheet.column_dimensions[chr(ord("A") + place)].width = _WIDTHS.get(field, 14)
    for cells in _cells(rows, problems):
        made = []
        for text in cells:
            cell = WriteOnlyCell(sheet, "")
            cell.value = text[:_LONGEST_CELL]
            # openpyxl takes what begins with = for a formula; a spreadsheet, once somebody edits the cell, too.
            cell.data_type = "s"
            cell.number_format = "@"
            made.append(cell)
        sheet.append(made)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _cells(rows: Iterable[Mapping[Field, str]], problems: Sequence[str]) -> Iterator[Sequence[str]]:
    """The header and the rows; with the keys that a scan saw only where there are some."""
    made = list(rows)
    titles = (*TITLES, Field.SEEN_KEY) if any(row.get(Field.SEEN_KEY) for row in made) else TITLES
    yield (*titles, PROBLEM) if problems else titles
    for row, problem in zip(made, problems or repeat(""), strict=False):
        cells = [escaped(row.get(field, "")) for field in titles]
        yield [*cells, escaped(problem)] if problems else cells


def write_rows(rows: Iterable[Mapping[Field, str]], path: Path, problems: Sequence[str] = ()) -> None:
    """Write `rows` to a file that is not there yet, as its ending says: ".csv" or ".xlsx". Raises InputError("file")."""
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise InputError("file", "its name must end with .csv or .xlsx.")
    # With a mark: spreadsheets take CSV for the encoding of their computer otherwise.
    content = rows_as_xlsx(rows, problems) if kind == ".xlsx" else rows_as_csv(rows, problems).encode("utf-8-sig")
    try:
        with path.open("xb") as file:
            try:
                file.write(content)
            except OSError:
                with suppress(OSError):
                    path.unlink()
                raise
    except FileExistsError:
        # Never over a file that is there: it may be the operator's own list.
        raise InputError("file", f"{path} exists already.", hint="Give a file that does not exist yet.") from None
    except OSError as error:
        raise InputError("file", f"{path} cannot be written: {error.strerror}.") from error
