"""A run as a file: what was asked, what came of each device, and why. CSV for a spreadsheet, HTML for people."""

import csv
import html
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from app.errors import InputError
from app.models.bulk import BulkAction, BulkItem, BulkRun, ItemState
from app.services.bulk.causes import causes_of
from app.services.lists.escaping import escaped

COLUMNS = (
    "number",
    "device",
    "asked",
    "state",
    "result",
    "cause",
    "why",
    "evidence",
    "advice",
    "begun_at",
    "ended_at",
    "seconds",
)
_STYLE = """
body { font-family: sans-serif; font-size: 10pt; color: #18212d; background-color: #ffffff; margin: 24px; }
h1 { font-size: 18pt; } h2 { font-size: 13pt; margin-top: 20px; }
table { border-collapse: collapse; width: 100%; }
th { background-color: #f3f5f8; text-align: left; } th, td { border: 1px solid #b7bfca; padding: 4px; vertical-align: top; }
.failed { color: #b8222b; font-weight: bold; } .seen { font-family: monospace; white-space: pre-wrap; }
@page { size: A4 landscape; margin: 14mm; }
@media print { body { margin: 0; } thead { display: table-header-group; } tr { page-break-inside: avoid; } }
"""


def write_report(run: BulkRun, items: Sequence[BulkItem], path: Path) -> None:
    """Write the report to `path`, as its ending says: ".csv" or ".html". Raises InputError for another ending, or when it cannot be written."""
    writers = {".csv": csv_report, ".html": html_report}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise InputError(
            "file", "its name must end with .csv or .html.", hint="CSV suits a spreadsheet, HTML a reader."
        )
    # Spreadsheets take a file without the mark for one of an old code page.
    encoding = "utf-8-sig" if writer is csv_report else "utf-8"
    try:
        path.write_text(writer(run, items), encoding=encoding, newline="")
    except OSError as error:
        raise InputError("file", f"{path} cannot be written: {error.strerror}.", label="File") from error


def csv_report(run: BulkRun, items: Iterable[BulkItem]) -> str:
    """A line a device, with a head line; times in UTC (ISO 8601). What a spreadsheet would run as a formula is made inert."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for item in items:
        failure = item.failure
        texts = (
            item.subject,
            asked_of(run, item),
            item.state,
            item.detail,
            *((failure.kind, failure.message, failure.evidence, failure.advice) if failure else ("",) * 4),
        )
        taken = seconds_of(item)
        writer.writerow(
            [
                item.number,
                *map(escaped, texts),
                *(at.isoformat() if at else "" for at in (item.begun_at, item.ended_at)),
                "" if taken is None else f"{taken:.1f}",
            ]
        )
    return out.getvalue()


def html_report(run: BulkRun, items: Sequence[BulkItem]) -> str:
    """One document: no script, nothing from outside, and everything that was read from a device or a list escaped."""
    title = f"Plantwatch run {run.id}: {run.action}"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join((f"<h1>{_text(title)}</h1>", _summary(run), _causes(items), _devices(run, items)))
        + "\n</body>\n</html>\n"
    )


def asked_of(run: BulkRun, item: BulkItem) -> str:
    """What was to be done with the device."""
    if run.action is not BulkAction.ENROL or item.order is None:
        return f"{run.action}: {run.parameters}" if str(run.parameters) else run.action.value
    draft = item.order.draft
    return f"enrol {draft.address}, port {draft.port}, with the login {item.order.profile}"


def seconds_of(item: BulkItem) -> float | None:
    """How long the device took; None while that is not known."""
    if item.begun_at is None or item.ended_at is None:
        return None
    return max(0.0, (item.ended_at - item.begun_at).total_seconds())


def _summary(run: BulkRun) -> str:
    counts = ", ".join(f"{run.count(state)} {state}" for state in ItemState if run.count(state))
    ended = f"ended {_time(run.ended_at)}" if run.ended_at else "not at its end yet"
    return (
        f"<p>Asked by {_text(run.operator)}, begun {_time(run.begun_at)}, {ended}. Devices: {run.total} ({counts}).</p>"
    )


def _causes(items: Sequence[BulkItem]) -> str:
    rows = [
        f"<tr><td>{cause.count}</td><td>{_text(cause.failure.message)}</td><td>{_text(cause.failure.advice)}</td></tr>"
        for cause in causes_of(items)
    ]
    if not rows:
        return ""
    head = "<tr><th>Devices</th><th>Why (of the first one)</th><th>What to do</th></tr>"
    return f"<h2>What failed</h2>\n<table>\n<thead>{head}</thead>\n" + "\n".join(rows) + "\n</table>"


def _devices(run: BulkRun, items: Sequence[BulkItem]) -> str:
    head = "".join(f"<th>{name}</th>" for name in ("No.", "Device", "Asked", "State", "What came of it", "Took"))
    rows = "\n".join(f"<tr>{_cells(run, item)}</tr>" for item in items)
    return f"<h2>Devices</h2>\n<table>\n<thead><tr>{head}</tr></thead>\n{rows}\n</table>"


def _cells(run: BulkRun, item: BulkItem) -> str:
    failure, taken = item.failure, seconds_of(item)
    told = _text(failure.message if failure else item.detail)
    if failure and failure.evidence:
        told += f'<div class="seen">{_text(failure.evidence)}</div>'
    mark = ' class="failed"' if failure else ""
    return (
        f"<td>{item.number}</td><td>{_text(item.subject)}</td><td>{_text(asked_of(run, item))}</td>"
        f"<td{mark}>{_text(item.state)}</td><td>{told}</td><td>{'' if taken is None else f'{taken:.1f} s'}</td>"
    )


def _text(text: str) -> str:
    return html.escape(text)


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
