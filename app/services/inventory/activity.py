"""The append-only activity log, within a transaction of the caller's. The databases themselves refuse to change or delete a line."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.models.activity import Activity, Result
from app.services.inventory.processes import operator
from app.services.inventory.schema import activity

_DETAIL_LIMIT = 4000


def log(connection: Connection, action: str, subject: str, result: Result, detail: str) -> None:
    # Details may quote a device: PostgreSQL cannot store NUL, and nobody reads megabytes.
    plain = detail.replace("\0", "")[:_DETAIL_LIMIT]
    values = {"at": datetime.now(UTC), "operator": operator(), "action": action, "subject": subject, "result": result}
    connection.execute(sa.insert(activity).values(values | {"detail": plain}))


def newest(connection: Connection, limit: int, before_id: int | None, text: str) -> list[Activity]:
    """Newest first; only lines older than `before_id`, only those with `text` in any column, without regard to case."""
    wanted = sa.select(activity).order_by(activity.c.id.desc()).limit(limit)
    if before_id is not None:
        wanted = wanted.where(activity.c.id < before_id)
    if text.strip():
        columns = (activity.c.operator, activity.c.action, activity.c.subject, activity.c.result, activity.c.detail)
        wanted = wanted.where(
            sa.or_(*(sa.cast(column, sa.Text).icontains(text.strip(), autoescape=True) for column in columns))
        )
    return [Activity(**row._mapping) for row in connection.execute(wanted)]
