"""Ugly lists of devices, each with what becomes of it in a file beside it: `python -m tests.corpus` writes those anew, for a look at the difference.

Nobody may keep a password: the only one that stands in them is `PASSWORD`.
"""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from app.errors import AppError
from app.models.device_list import Verdict
from app.models.endpoint import Endpoint, Lifecycle
from app.services.lists import Preview, preview_of, read_list
from tests.corpus.spreadsheets import SPREADSHEETS

PLACE = Path(__file__).parent / "lists"
PASSWORD = "hunter2"
HEAVY = frozenset({"made-bomb.xlsx", "made-far-row.xlsx"})
"""Those that cost half a second each: they are for tests that may take long."""
_ENDING = ".expected"
_LONGEST = 300


def names() -> list[str]:
    """Of all lists: files, and spreadsheets that are made when they are needed."""
    files = [path.name for path in PLACE.iterdir() if path.suffix != _ENDING]
    return sorted({*files, *SPREADSHEETS})


def content(name: str) -> bytes:
    return SPREADSHEETS[name]() if name in SPREADSHEETS else (PLACE / name).read_bytes()


def expected(name: str) -> str:
    return (PLACE / (name + _ENDING)).read_text(encoding="utf-8")


def write_expected(name: str) -> None:
    (PLACE / (name + _ENDING)).write_text(outcome(name), encoding="utf-8")


def known() -> Endpoint:
    """The endpoint that the inventory has already."""
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Endpoint(
        id=1,
        name="known-01",
        address="10.99.0.1",
        port=22,
        site="",
        region="",
        tags=(),
        notes="",
        scrape_address="",
        exporter_port=9100,
        lifecycle=Lifecycle.MONITORED,
        host_key=None,
        credential_id=None,
        facts=None,
        receipt=None,
        created_at=now,
        changed_at=now,
    )


@cache
def preview(name: str) -> Preview:
    """Raises AppError when the list as a whole is refused."""
    return preview_of(read_list(content(name)), [known()])


def outcome(name: str) -> str:
    """All that a list becomes, as text: its form, its columns, a line for each row."""
    try:
        found = preview(name)
    except AppError as error:
        return f"refused: {error.message} {error.advice}".rstrip() + "\n"
    lines = [f"{found.table.form}; {found.table.written_as}", *(f"note: {note}" for note in found.notes)]
    lines += [
        f"column {column.title or column.place + 1}: {column.meaning.field or '–'} ({column.meaning.confidence}) {column.meaning.why}"
        for column in found.columns
        if column.title or column.meaning.field
    ]
    for row in found.rows:
        told = [str(row.id), row.verdict.value]
        if row.device is not None:
            draft = row.device.draft
            told += [draft.name, row.device.target, *filter(None, (draft.site, draft.region, " ".join(draft.tags)))]
            told += [f"as {row.device.user}"] if row.device.user else []
            told += [f"by {user}@{address}:{port}" for user, address, port in row.device.jumps]
            told += ["with a host key"] if row.device.expected_key else []
            told += [repr(draft.notes)] if draft.notes else []
        if row.verdict is not Verdict.GOOD:
            told += [f"| {row.reason}"]
        text = " ".join(told)
        lines.append(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")
    return "\n".join(lines) + "\n"
