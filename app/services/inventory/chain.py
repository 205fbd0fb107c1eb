"""The chain of the activity log: each line holds the hash of the one before and its own, and the installation's row the newest.

A line's hash is the SHA-256, in hexadecimal digits, of a JSON array in UTF-8 without blanks:

    [id, at, operator, action, subject, result, detail, fingerprints, previous hash]

`at` is UTC with six decimals, "2026-03-01T12:00:00.000000Z". In strings, as JSON.stringify() and RFC 8785 have it, only the quotation mark,
the backslash and control characters are escaped. So whoever has an export can compute it again with other tools.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.models.activity import ChainCheck, ChainFault, FaultKind
from app.services.inventory.database import Database
from app.services.inventory.schema import activity, installation
from app.services.progress import CancelToken

PORTION = 500
FAULTS_TOLD = 20
_TEXTS: Final = ("operator", "action", "subject", "result", "detail", "fingerprints", "previous_hash")
_STATE: Final = sa.select(
    installation.c.activity_count, installation.c.activity_head, sa.select(sa.func.max(activity.c.id)).scalar_subquery()
)


def line_hash(line: Mapping[str, Any]) -> str:
    """The hash that a line with these columns must have. `at` is aware. Raises TypeError, ValueError for what Plantwatch never wrote."""
    texts = [line[name] for name in _TEXTS]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a column that is no text")
    at = line["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    canonical = json.dumps([line["id"], at, *texts], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def append(connection: Connection, values: Mapping[str, Any]) -> None:
    """Add a line with these columns at the end of the chain, within a transaction during which nobody else writes."""
    count, head, newest = connection.execute(_STATE).one()
    # The hash covers the number, so it is not left to the database. One that was cut off is not given again at once.
    linked = {**values, "id": max(newest or 0, count) + 1, "previous_hash": head}
    linked["line_hash"] = line_hash(linked)
    connection.execute(sa.insert(activity).values(linked))
    connection.execute(sa.update(installation).values(activity_count=count + 1, activity_head=linked["line_hash"]))


def verify(database: Database, *, noted: str, token: CancelToken) -> ChainCheck:
    """See `Inventory.verify_activity`. Each portion is a transaction of its own; lines that are added meanwhile are walked, too."""
    walk = _Walk(noted.strip().lower())
    while True:
        token.check()
        with database.read() as connection:
            portion = connection.execute(_portion_after(walk.last_id)).all()
            # In one statement, so that a line and the head that belongs to it are seen together.
            count, head, newest = connection.execute(_STATE).one()
        for row in portion:
            walk.step(row._asdict())
        if (newest or 0) <= walk.last_id:
            return walk.end(count, head)


class _Walk:
    """Goes from line to line and remembers where the chain did not hold."""

    def __init__(self, noted: str) -> None:
        self.last_id = 0
        self._last_hash = ""
        self._lines = 0
        self._faults: list[ChainFault] = []
        self._noted = noted
        self._noted_found = False

    def step(self, stored: Mapping[str, Any]) -> None:
        """Check the next line by itself, then that it follows the one before."""
        number, hash_, previous = stored["id"], stored["line_hash"], stored["previous_hash"]
        if not _is_as_written(stored):
            self._tell(FaultKind.ALTERED, number, self.last_id)
        else:
            if previous != self._last_hash:
                self._tell_break(number)
            self._noted_found = self._noted_found or hash_ == self._noted
        self.last_id, self._last_hash = number, hash_
        self._lines += 1

    def end(self, recorded: int, head: str) -> ChainCheck:
        """Compare the end of the log with what the installation's row remembers."""
        if head != self._last_hash or (recorded != self._lines and not self._faults):
            self._tell(FaultKind.FOREIGN if self._lines > recorded else FaultKind.CUT_OFF, 0, self.last_id)
        return ChainCheck(
            lines=self._lines,
            recorded_lines=recorded,
            head=head,
            faults=tuple(self._faults),
            noted_found=self._noted_found if self._noted else None,
        )

    def _tell_break(self, number: int) -> None:
        # Without a gap in the numbers nothing can be missing: the line before was replaced together with its hash.
        if self.last_id and number == self.last_id + 1:
            self._tell(FaultKind.ALTERED, self.last_id, self.last_id - 1)
        else:
            self._tell(FaultKind.MISSING, number, self.last_id)

    def _tell(self, kind: FaultKind, line: int, after: int) -> None:
        if len(self._faults) < FAULTS_TOLD:
            self._faults.append(ChainFault(kind, line, after))


def _portion_after(line_id: int) -> sa.Select[Any]:
    """As stored: what somebody else wrote into the table may not be a time, or a result, at all."""
    stored = (
        column if column.name not in ("at", "result") else sa.type_coerce(column, sa.Text).label(column.name)
        for column in activity.c
    )
    return sa.select(*stored).where(activity.c.id > line_id).order_by(activity.c.id).limit(PORTION)


def _is_as_written(stored: Mapping[str, Any]) -> bool:
    try:
        return bool(line_hash({**stored, "at": _time(stored["at"])}) == stored["line_hash"])
    except (TypeError, ValueError):
        return False


def _time(stored: datetime | str) -> datetime:
    """PostgreSQL gives a time; SQLite, without its type, the text of one in UTC. Raises TypeError, ValueError."""
    if isinstance(stored, datetime):
        return stored
    at = datetime.fromisoformat(stored)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
