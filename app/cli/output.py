"""How results are printed: tables for people, JSON for programs. Progress and errors go to standard error."""

import dataclasses
import json
import math
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.errors import AppError
from app.services.progress import Event, LogLine, Report, StepAdvanced, StepFailed, StepFinished, StepStarted


def console(*, stderr: bool = False) -> Console:
    """A console on the present standard streams; colours only on a terminal."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def print_json(value: object) -> None:
    """One JSON document. Dataclasses become objects, times ISO 8601, NaN null."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


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


def print_table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A table; numbers to the right. Cells are plain text: nothing in them is markup."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console().print(table)


def print_error(error: AppError) -> None:
    """What happened, on what evidence, what to do."""
    out = console(stderr=True)
    out.print(Text("error: ", style="bold red") + Text(error.message))
    if error.evidence:
        out.print(Text("  seen: " + error.evidence.replace("\n", "\n        "), style="dim"))
    if error.advice:
        out.print(Text("  " + error.advice))


def progress_printer(*, quiet: bool) -> Report:
    """A `Report` that prints a line a step to standard error; nothing when `quiet`."""
    if quiet:
        return lambda _event: None
    out = console(stderr=True)

    def show(event: Event) -> None:
        match event:
            case StepStarted():
                out.print(Text(f"… {_name(event.step.value, event.subject)}", style="dim"))
            case StepFinished():
                detail = f" – {event.detail}" if event.detail else ""
                out.print(Text(f"✓ {_name(event.step.value, event.subject)} ({event.seconds:.1f} s){detail}"))
            case StepFailed():
                out.print(Text(f"✗ {_name(event.step.value, event.subject)}", style="red"))
            case LogLine():
                out.print(Text(f"  {event.text}", style="dim"))
            case StepAdvanced():
                pass

    return show


def _name(step: str, subject: str) -> str:
    words = step.replace("_", " ")
    return f"{words} {subject}" if subject else words


def share(ratio: float) -> str:
    """0.1234 → "12 %"; NaN → "–"."""
    return "–" if math.isnan(ratio) else f"{ratio * 100:.0f} %"
