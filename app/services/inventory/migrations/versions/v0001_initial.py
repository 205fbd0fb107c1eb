"""The first schema: installation, credentials, endpoints, operations, activity."""

import uuid

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _installation()
    _endpoints()
    _operations()
    _activity()


def _installation() -> None:
    table = op.create_table(
        "installation",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("installation_id", sa.Text, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.CheckConstraint("id = 1", name="installation_is_one_row"),
    )
    op.bulk_insert(table, [{"id": 1, "installation_id": str(uuid.uuid4()), "revision": 0}])


def _endpoints() -> None:
    op.create_table(
        "credentials",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key_file", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "endpoints",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("scrape_address", sa.Text, nullable=False),
        sa.Column("exporter_port", sa.Integer, nullable=False),
        sa.Column("lifecycle", sa.Text, nullable=False),
        sa.Column("host_key", sa.Text),
        sa.Column("credential_id", sa.Integer, sa.ForeignKey("credentials.id")),
        sa.Column("facts", sa.JSON),
        sa.Column("receipt", sa.JSON),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.UniqueConstraint("address", "port", name="endpoints_address_port"),
        sqlite_autoincrement=True,
    )
    op.create_index("endpoints_name", "endpoints", [sa.text("lower(name)")], unique=True)


def _operations() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("endpoint_id", sa.Integer),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("process_start", sa.Double, nullable=False),
        sa.Column("begun_at", _TIME, nullable=False),
        sa.Column("advanced_at", _TIME, nullable=False),
        sqlite_autoincrement=True,
    )


def _activity() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER activity_refuse_{event.lower()} BEFORE {event} ON activity "
                "BEGIN SELECT RAISE(ABORT, 'the activity log is append-only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION activity_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the activity log is append-only'; END $$"
    )
    # One statement-level trigger for all three: row triggers do not see TRUNCATE, and an empty DELETE may be refused as well.
    op.execute(
        "CREATE TRIGGER activity_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON activity "
        "FOR EACH STATEMENT EXECUTE FUNCTION activity_refuse()"
    )
