"""The append-only activity log, within a transaction of the caller's. The databases themselves refuse to change or delete a line."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.models.activity import Activity, Result
from app.services.inventory import chain
from app.services.inventory.processes import operator
from app.services.inventory.schema import activity

#: Nobody reads megabytes.
_DETAIL_LIMIT = 4000
_FINGERPRINTS_LIMIT = 1000


def log(connection: Connection, action: str, subject: str, result: Result, detail: str, *, fingerprints: str) -> None:
    """Append a line to the chain. Only within a transaction during which nobody else writes."""
    values = {
        "at": datetime.now(UTC),
        "operator": _plain(operator()),
        "action": _plain(action),
        "subject": _plain(subject),
        "result": result,
        "detail": _plain(detail)[:_DETAIL_LIMIT],
        "fingerprints": _plain(fingerprints)[:_FINGERPRINTS_LIMIT],
    }
    chain.append(connection, values)


def _plain(text: str) -> str:
    """Without what a database cannot store: texts may quote a device. PostgreSQL refuses NUL, UTF-8 has no lone surrogates."""
    return text.replace("\0", "").encode(errors="replace").decode()


def newest(connection: Connection, limit: int, before_id: int | None, text: str) -> list[Activity]:
    """Newest first; only lines older than `before_id`, only those with `text` in any column, without regard to case."""
    wanted = sa.select(activity).order_by(activity.c.id.desc()).limit(limit)
    if before_id is not None:
        wanted = wanted.where(activity.c.id < before_id)
    if text.strip():
        columns = (
            activity.c.operator,
            activity.c.action,
            activity.c.subject,
            activity.c.result,
            activity.c.detail,
            activity.c.fingerprints,
        )
        wanted = wanted.where(
            sa.or_(*(sa.cast(column, sa.Text).icontains(text.strip(), autoescape=True) for column in columns))
        )
    return [Activity(**row._mapping) for row in connection.execute(wanted)]


def after(connection: Connection, line_id: int, limit: int) -> list[Activity]:
    """Oldest first; only lines newer than `line_id`."""
    wanted = sa.select(activity).where(activity.c.id > line_id).order_by(activity.c.id).limit(limit)
    return [Activity(**row._mapping) for row in connection.execute(wanted)]
