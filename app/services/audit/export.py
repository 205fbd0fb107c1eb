"""The activity log as a file: CSV for people, JSON for programs that check the chain of hashes again."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, astuple, fields
from pathlib import Path
from typing import TextIO

from app.errors import InputError
from app.models.activity import Activity
from app.services.inventory import Inventory
from app.services.progress import CancelToken

_PORTION = 1000


def export_log(inventory: Inventory, path: Path, *, token: CancelToken) -> int:
    """Write the whole log, oldest line first, to `path`, as its ending says: ".csv" or ".json". Returns how many lines.

    Holds a portion at a time; a file that is there is replaced only by a complete one. Raises InputError for another ending, and when the
    file cannot be written; Cancelled.
    """
    writers = {".csv": write_csv, ".json": write_json}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise InputError(
            "file", "its name must end with .csv or .json.", hint="CSV suits a spreadsheet, JSON a program."
        )
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            count = writer(_lines(inventory, token), file)
        unfinished.replace(path)
    except OSError as error:
        raise InputError("file", f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return count


def csv_text(lines: Iterable[Activity]) -> str:
    """`lines` as `write_csv` writes them."""
    out = io.StringIO()
    write_csv(lines, out)
    return out.getvalue()


def write_csv(lines: Iterable[Activity], file: TextIO) -> int:
    """With a head line, times in UTC (ISO 8601). A cell that a spreadsheet would run as a formula begins with an apostrophe."""
    writer = csv.writer(file)
    writer.writerow([field.name for field in fields(Activity)])
    count = 0
    for line in lines:
        number, at, *texts = astuple(line)
        writer.writerow([number, at.isoformat(), *map(_inert, texts)])
        count += 1
    return count


def write_json(lines: Iterable[Activity], file: TextIO) -> int:
    """One document: `lines`, each an object of its own line with every column as it is hashed, and `head`, the newest line's hash."""
    count, head = 0, ""
    file.write('{"lines": [')
    for line in lines:
        file.write(",\n" if count else "\n")
        file.write(json.dumps(asdict(line) | {"at": line.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}, ensure_ascii=False))
        count, head = count + 1, line.line_hash
    file.write(f'\n], "count": {count}, "head": {json.dumps(head)}}}\n')
    return count


def _lines(inventory: Inventory, token: CancelToken) -> Iterator[Activity]:
    last = 0
    while portion := inventory.activities_after(last, _PORTION):
        token.check()
        yield from portion
        last = portion[-1].id


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
