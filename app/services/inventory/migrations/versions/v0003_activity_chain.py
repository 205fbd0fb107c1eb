"""The activity log becomes a chain of hashes; the lines that are there are chained as they stand."""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_PORTION = 500
#: As it was at this revision.
_ACTIVITY = sa.table(
    "activity",
    sa.column("id", sa.Integer),
    sa.column("at", sa.DateTime(timezone=True)),
    *(sa.column(name, sa.Text) for name in ("operator", "action", "subject", "result", "detail")),
    *(sa.column(name, sa.Text) for name in ("fingerprints", "previous_hash", "line_hash")),
)
_INSTALLATION = sa.table("installation", sa.column("activity_count"), sa.column("activity_head"))


def upgrade() -> None:
    op.add_column(
        "installation", sa.Column("activity_count", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    )
    op.add_column("installation", sa.Column("activity_head", sa.Text, nullable=False, server_default=""))
    _allow_changes()
    for name in ("fingerprints", "previous_hash", "line_hash"):
        op.add_column("activity", sa.Column(name, sa.Text))
    _chain(op.get_bind())
    # SQLite makes the table anew for this, without its triggers.
    with op.batch_alter_table("activity", table_kwargs={"sqlite_autoincrement": True}) as table:
        for name in ("fingerprints", "previous_hash", "line_hash"):
            table.alter_column(name, existing_type=sa.Text, nullable=False)
    _refuse_changes()


def _chain(connection: sa.Connection) -> None:
    count, last_id, head = 0, 0, ""
    while True:
        wanted = sa.select(_ACTIVITY).where(_ACTIVITY.c.id > last_id).order_by(_ACTIVITY.c.id).limit(_PORTION)
        lines = connection.execute(wanted).all()
        if not lines:
            break
        for line in lines:
            previous, head = head, _line_hash(line, head)
            values = {"fingerprints": "", "previous_hash": previous, "line_hash": head}
            connection.execute(sa.update(_ACTIVITY).where(_ACTIVITY.c.id == line.id).values(values))
        count, last_id = count + len(lines), lines[-1].id
    connection.execute(sa.update(_INSTALLATION).values(activity_count=count, activity_head=head))


def _line_hash(line: sa.Row[tuple[object, ...]], previous: str) -> str:
    """As `app.services.inventory.chain` computed it at this revision."""
    at = line.at.replace(tzinfo=UTC) if line.at.tzinfo is None else line.at.astimezone(UTC)
    texts = (line.operator, line.action, line.subject, line.result, line.detail, "", previous)
    parts = [line.id, at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"), *texts]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def _allow_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER activity_refuse_update")
        op.execute("DROP TRIGGER activity_refuse_delete")
    else:
        op.execute("DROP TRIGGER activity_refuse ON activity")


def _refuse_changes() -> None:
    """As revision 0001 had it."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER activity_refuse_{event.lower()} BEFORE {event} ON activity "
                "BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END"
            )
        return
    op.execute(
        "CREATE TRIGGER activity_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON activity "
        "FOR EACH STATEMENT EXECUTE FUNCTION activity_refuse()"
    )
