"""Brings a database to the schema of this version: checks it first, copies it, then migrates; or refuses it untouched."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.errors import InventoryError
from app.services.inventory.database import LOCK_SECONDS, Database, inventory_error
from app.services.inventory.schema import REVISIONS, VERSION_TABLE

COPIES_KEPT = 5
_SCRIPTS = Path(__file__).parent / "migrations"
#: Any number that no other program is likely to lock; all processes of Plantwatch must agree on it.
_POSTGRESQL_LOCK = 0x706C_6E74


@dataclass(frozen=True, slots=True)
class Steps:
    """The way to the present schema: `revisions` oldest first, and the folders that hold their scripts."""

    revisions: Sequence[str] = REVISIONS
    folders: Sequence[Path] = (_SCRIPTS / "versions",)

    @property
    def head(self) -> str:
        return self.revisions[-1]


def bring_up_to_date(database: Database, copies: Path, steps: Steps | None = None) -> None:
    """Make, or migrate, the schema in `database`; a SQLite file with data in it is first copied into the folder `copies`.

    Raises InventoryError, and changes nothing, when the database is newer than this version, damaged, or not an inventory.
    Safe when several processes do it at once.
    """
    steps = steps or Steps()
    if _stored_revision(database, steps) == steps.head:
        return
    if database.file is None:
        with database.translated(), database.engine.begin() as connection:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRESQL_LOCK)))
            _migrate(connection, steps)
    else:
        _migrate_file(database, database.file, copies, steps)


def _migrate_file(database: Database, file: Path, copies: Path, steps: Steps) -> None:
    with database.translated(), database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA journal_mode = WAL")
        # Steps may rebuild tables that others refer to. Has an effect outside a transaction only.
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.execution_options(plantwatch_write=True).begin():
                revision = _revision_in(connection)
                if revision not in (None, steps.head):
                    _copy(file, copies, str(revision))
                _migrate(connection, steps)
                if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise InventoryError(
                        reason="the migration would leave records that refer to nothing.",
                        what_to_do="Nothing was changed. Report this, and use the version that you had until it is mended.",
                    )
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _migrate(connection: Connection, steps: Steps) -> None:
    """Apply the steps that are missing, within the transaction of `connection`. Another process may have done it meanwhile."""
    revision = _revision_in(connection)
    if revision == steps.head:
        return
    _check_known(revision, steps)
    # Imported only here: most starts need no migration, and Alembic would cost them a tenth of a second.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", _escaped(_SCRIPTS))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(_escaped(folder) for folder in steps.folders))
    command.upgrade(config, steps.head)


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _stored_revision(database: Database, steps: Steps) -> str | None:
    """The revision of the database; None for an empty one. A SQLite file is opened for reading only, so that a refused one stays as it is."""
    if database.file is None:
        with database.read() as connection:
            revision = _revision_in(connection)
    elif not database.file.exists():
        return None
    else:
        try:
            revision = _revision_of_file(database.file)
        except sqlite3.Error as error:
            raise inventory_error(error, database.file) from None
    if revision is not None:
        _check_known(revision, steps)
    return revision


def _revision_of_file(file: Path) -> str | None:
    uri = f"{file.as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if VERSION_TABLE not in tables:
            _check_empty(tables)
            return None
        row = connection.execute(f"SELECT version_num FROM {VERSION_TABLE}").fetchone()  # noqa: S608 - a constant
    return str(row[0]) if row else None


def _revision_in(connection: Connection) -> str | None:
    tables = set(sa.inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        _check_empty(tables)
        return None
    return connection.execute(sa.select(sa.column("version_num")).select_from(sa.table(VERSION_TABLE))).scalar()


def _check_empty(tables: set[str]) -> None:
    if tables:
        raise InventoryError(
            f"Tables: {', '.join(sorted(tables))}",
            reason="the database belongs to another program.",
            what_to_do="Choose an empty database, or one that Plantwatch made.",
        )


def _check_known(revision: str | None, steps: Steps) -> None:
    if revision is not None and revision not in steps.revisions:
        raise InventoryError(
            f"Revision {revision}; this version knows up to {steps.head}.",
            reason="it was made by a newer version of Plantwatch.",
            what_to_do="Install that version or a later one. Nothing was changed.",
        )


def _copy(file: Path, copies: Path, revision: str) -> None:
    """Copy the committed state of `file` while a transaction keeps others from writing; keep the newest COPIES_KEPT copies."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    target = copies / f"{file.stem}-{stamp}-revision-{revision}{file.suffix}"
    unfinished = target.with_suffix(".part")
    try:
        copies.mkdir(mode=0o700, exist_ok=True)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(unfinished)) as destination:
            source.backup(destination)
        unfinished.replace(target)
        for old in sorted(copies.glob(f"{file.stem}-*{file.suffix}"))[:-COPIES_KEPT]:
            old.unlink()
    except (sqlite3.Error, OSError) as error:
        with suppress(OSError):
            unfinished.unlink()
        raise InventoryError(
            f"{type(error).__name__}: {error}",
            reason=f"it must be migrated to this version, and cannot be copied to {copies} before.",
            what_to_do="Nothing was changed. Make sure that there is space and that the folder may be written, then try again.",
        ) from None
