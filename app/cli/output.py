"""How results are printed: tables for people, JSON for programs. Progress and errors go to standard error."""

import dataclasses
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.errors import AppError

_GAP = 2
_NARROWEST = 20
"""Columns of text that are left for prose, or everything folds."""
_UNLIMITED = 100_000


def console(*, stderr: bool = False) -> Console:
    """A console on the present standard streams; colours only on a terminal."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def print_json(value: object, *, lines: bool = True) -> None:
    """One JSON document, on as many `lines` as reads well, or on one. Dataclasses become objects, times ISO 8601, NaN null."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2 if lines else None) + "\n")
    sys.stdout.flush()


def plain(value: Any) -> Any:
    """`value` as JSON types."""
    match value:
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
        case float():
            return None if math.isnan(value) else value
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case str() | int() | None:
            return value
        case _ if dataclasses.is_dataclass(value):
            return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        case _ if isinstance(value, Iterable):
            return [plain(item) for item in value]
        case _:
            return str(value)


def print_table(
    columns: Sequence[str],
    rows: Iterable[Iterable[object]],
    *,
    prose: Sequence[str] = (),
    numbers: Sequence[str] = (),
    stderr: bool = False,
) -> None:
    """A table. Cells are plain text: nothing in them is markup.

    Columns named in `prose` fold where the terminal is too narrow, the others stay whole as long as they can; `numbers` stand to the
    right. Nothing is ever cut off, and what goes into a file or another program has one line a row.
    """
    cells = [[printable(" ".join(str(cell).split())) for cell in row] for row in rows]
    out = console(stderr=stderr)
    if not out.is_terminal:
        out.width = _UNLIMITED
    widths = [max(map(cell_len, column)) for column in zip(columns, *cells, strict=True)]
    whole = sum(width + _GAP for name, width in zip(columns, widths, strict=True) if name not in prose)
    all_fold = whole + (_NARROWEST if prose else 0) > out.width + _GAP
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold")
    for name in columns:
        table.add_column(
            name,
            justify="right" if name in numbers else "left",
            overflow="fold",
            no_wrap=name not in prose and not all_fold,
        )
    for row in cells:
        table.add_row(*map(Text, row))
    with out.capture() as printed:
        out.print(table)
    # Through the console, which knows the encodings of old terminals.
    out.out("\n".join(line.rstrip() for line in printed.get().splitlines()), highlight=False)


def print_error(error: AppError) -> None:
    """What happened, on what evidence, what to do."""
    out = console(stderr=True)
    out.print(Text("error: ", style="bold red") + Text(printable(error.message)))
    if error.evidence:
        out.print(Text("  seen: " + printable(error.evidence).replace("\n", "\n        "), style="dim"))
    if error.advice:
        out.print(Text("  " + printable(error.advice)))


def print_note(text: str) -> None:
    """Something to know beside the result, on standard error."""
    console(stderr=True).print(Text(printable(text), style="dim"))


def printable(text: str) -> str:
    """`text` without what a terminal would obey: much of what is printed comes from devices."""
    return "".join(character if character.isprintable() or character in "\n\t" else "�" for character in text)


def share(ratio: float) -> str:
    """0.1234 → "12 %"; NaN → "–"."""
    return "–" if math.isnan(ratio) else f"{ratio * 100:.0f} %"


def size(count: float) -> str:
    """Bytes for people: 13_700_000 → "13.7 MB"; NaN → "–"."""
    if math.isnan(count):
        return "–"
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def moment(at: datetime) -> str:
    """A time in the operator's own time zone."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def counted(number: int, noun: str) -> str:
    """1, "build" → "1 build"; 2 → "2 builds"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
