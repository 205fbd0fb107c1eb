"""Tables of the inventory as queries see them. What the databases hold is made by the migrations; a test compares the two."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from app.models.activity import Result
from app.models.bulk import BulkAction, EnrolOrder, Failure, ItemState
from app.models.bulk_parameters import Parameters
from app.models.certificate import Certificate
from app.models.device import DeviceChange, Facts, Receipt
from app.models.endpoint import HostKey, Jump, Lifecycle, LoginKind
from app.models.metric_groups import MetricGroup
from app.models.run_log import LogNote
from app.models.security import DeviceCheckRecord, Exposure

T = TypeVar("T")

#: Every revision, oldest first. Kept here so that opening an up-to-date database needs no Alembic; a test compares it with the scripts.
REVISIONS: Final = ("0001", "0002", "0003", "0006", "0007", "0008", "0009", "0010", "0011", "0012", "0013", "0014")

VERSION_TABLE: Final = "alembic_version"


class Timestamp(sa.TypeDecorator[datetime]):
    """Aware datetimes, in UTC. SQLite has no time zones: there they are stored without one."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - signature of the base
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class AsText(sa.TypeDecorator[T]):
    """Values that `str()` writes and `read` reads."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, read: Callable[[str], T]) -> None:
        super().__init__()
        self.read = read

    def process_bind_param(self, value: T | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - signature of the base
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:  # noqa: ARG002 - signature of the base
        return None if value is None else self.read(value)


class AsJson(sa.TypeDecorator[T]):
    """Dataclasses and tuples as JSON. Fields that this version does not know are ignored; missing ones get their defaults."""

    impl = sa.JSON(none_as_null=True)
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:  # noqa: ARG002 - signature of the base
        return None if value is None else msgspec.to_builtins(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:  # noqa: ARG002 - signature of the base
        if value is None:
            return None
        result: T = msgspec.convert(value, self.kind)
        return result


metadata = sa.MetaData()

#: One row. `revision` grows with every change of endpoints; `activity_count` and `activity_head` (a hash) with every line of the log.
installation = sa.Table(
    "installation",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("installation_id", sa.Text, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("activity_count", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    sa.Column("activity_head", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint("id = 1", name="installation_is_one_row"),
)

#: AUTOINCREMENT here and below: a number, once given, names the same thing for ever, also in the keyring and in the activity log.
#: `is_spare`: about to take the place of another credential, or replaced by one; whoever finds it at a start forgets it and its secrets.
credentials = sa.Table(
    "credentials",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user", sa.Text, nullable=False),
    sa.Column("kind", AsText(LoginKind), nullable=False),
    sa.Column("key_file", sa.Text, nullable=False),
    sa.Column("name", sa.Text),
    sa.Column("is_spare", sa.Boolean, nullable=False, server_default=sa.false()),
    sqlite_autoincrement=True,
)
sa.Index("credentials_name", credentials.c.name, unique=True)

endpoints = sa.Table(
    "endpoints",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("port", sa.Integer, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("region", sa.Text, nullable=False),
    sa.Column("tags", AsJson[tuple[str, ...]](tuple[str, ...]), nullable=False),
    sa.Column("notes", sa.Text, nullable=False),
    sa.Column("scrape_address", sa.Text, nullable=False),
    sa.Column("exporter_port", sa.Integer, nullable=False),
    sa.Column("lifecycle", AsText(Lifecycle), nullable=False),
    sa.Column("host_key", AsText(HostKey.parse)),
    sa.Column("credential_id", sa.Integer, sa.ForeignKey("credentials.id")),
    sa.Column("facts", AsJson[Facts](Facts)),
    sa.Column("receipt", AsJson[Receipt](Receipt)),
    sa.Column("created_at", Timestamp, nullable=False),
    sa.Column("changed_at", Timestamp, nullable=False),
    sa.Column("certificate", AsJson[Certificate](Certificate)),
    sa.Column("listen_address", sa.Text, nullable=False, server_default=""),
    sa.Column("device_change", AsJson[DeviceChange](DeviceChange)),
    sa.Column("jumps", AsJson[tuple[Jump, ...]](tuple[Jump, ...])),
    sa.Column("standby_credential_id", sa.Integer),
    sa.Column("metrics", AsJson[tuple[MetricGroup, ...]](tuple[MetricGroup, ...])),
    sa.UniqueConstraint("address", "port", name="endpoints_address_port"),
    sqlite_autoincrement=True,
)
sa.Index("endpoints_name", sa.func.lower(endpoints.c.name), unique=True)

#: What was found when an endpoint was last looked at. Looking changes nothing about it, hence a table of its own.
checks = sa.Table(
    "checks",
    metadata,
    sa.Column("endpoint_id", sa.Integer, sa.ForeignKey("endpoints.id"), primary_key=True, autoincrement=False),
    sa.Column("exposure", AsJson[Exposure](Exposure)),
    sa.Column("device", AsJson[DeviceCheckRecord](DeviceCheckRecord)),
)

authorities = sa.Table(
    "authorities",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False, unique=True),
    sa.Column("certificate", sa.Text, nullable=False),
    sa.Column("is_current", sa.Boolean, nullable=False),
    sa.Column("begins_at", Timestamp, nullable=False),
    sa.Column("ends_at", Timestamp, nullable=False),
    sa.Column("client_certificate", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)
sa.Index(
    "authorities_current",
    authorities.c.is_current,
    unique=True,
    sqlite_where=authorities.c.is_current,
    postgresql_where=authorities.c.is_current,
)

#: `endpoint_id` has no foreign key: the record must outlive the endpoint for as long as the work goes on.
operations = sa.Table(
    "operations",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("endpoint_id", sa.Integer),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False),
    sa.Column("operator", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("process_start", sa.Double, nullable=False),
    sa.Column("begun_at", Timestamp, nullable=False),
    sa.Column("advanced_at", Timestamp, nullable=False),
    sqlite_autoincrement=True,
)

activity = sa.Table(
    "activity",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", Timestamp, nullable=False),
    sa.Column("operator", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("result", AsText(Result), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("fingerprints", sa.Text, nullable=False),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("line_hash", sa.Text, nullable=False),
    sqlite_autoincrement=True,
)

bulk_runs = sa.Table(
    "bulk_runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("action", AsText(BulkAction), nullable=False),
    sa.Column("operator", sa.Text, nullable=False),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("process_start", sa.Double, nullable=False),
    sa.Column("begun_at", Timestamp, nullable=False),
    sa.Column("advanced_at", Timestamp, nullable=False),
    sa.Column("ended_at", Timestamp),
    sa.Column("parameters", AsJson[Parameters](Parameters)),
    sa.Column("is_paused", sa.Boolean, nullable=False, server_default=sa.false()),
    sqlite_autoincrement=True,
)

#: `endpoint_id` has no foreign key: what came of an item is told after the endpoint is gone.
bulk_items = sa.Table(
    "bulk_items",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("run_id", sa.Integer, sa.ForeignKey("bulk_runs.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("endpoint_id", sa.Integer),
    sa.Column("plan", AsJson[EnrolOrder](EnrolOrder)),
    sa.Column("state", AsText(ItemState), nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("failure", AsJson[Failure](Failure)),
    sa.Column("begun_at", Timestamp),
    sa.Column("ended_at", Timestamp),
    sa.UniqueConstraint("run_id", "number", name="bulk_items_run_number"),
    sqlite_autoincrement=True,
)

#: What happened at the devices of runs. Apart from the items, which are read by thousands.
bulk_logs = sa.Table(
    "bulk_logs",
    metadata,
    sa.Column("run_id", sa.Integer, sa.ForeignKey("bulk_runs.id"), primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("notes", AsJson[list[LogNote]](list[LogNote]), nullable=False),
)
