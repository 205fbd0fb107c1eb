"""Connections and transactions on SQLite or PostgreSQL, and the translation of their errors."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.engine import URL, Connection

from app.errors import InventoryError
from app.models.secret import NO_SECRET, Secret
from app.services.inventory.schema import installation

#: How long a change waits for another process's change.
LOCK_SECONDS = 15
_CONNECT_SECONDS = 10
_POSTGRESQL_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


class Database:
    """One database, SQLite or PostgreSQL. Safe to use from several threads.

    Writers take turns, across all processes: SQLite by BEGIN IMMEDIATE, PostgreSQL by a lock on the row of `installation`. So what a
    write transaction has read stays true until it ends, and no update is lost. For SQLite the threads of a process queue up first: it has
    those who wait look again now and then, and of two hundred that enrol devices one may be unlucky for all of `LOCK_SECONDS`.
    """

    def __init__(self, engine: sa.Engine, *, file: Path | None) -> None:
        self.engine = engine
        self.file = file
        """The SQLite file; None for PostgreSQL."""
        self._writer = engine.execution_options(plantwatch_write=True)
        self._turns = threading.Lock()

    @classmethod
    def at_file(cls, file: Path) -> "Database":
        """The SQLite database at `file`, made when it does not exist."""
        engine = sa.create_engine(
            URL.create("sqlite", database=str(file)), hide_parameters=True, connect_args={"timeout": LOCK_SECONDS}
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return cls(engine, file=file)

    @classmethod
    def at_url(cls, url: str, password: Secret = NO_SECRET) -> "Database":
        """The PostgreSQL database at `url`. Raises InventoryError when it is not such a URL."""
        engine = sa.create_engine(
            _postgresql_url(url, password),
            hide_parameters=True,
            pool_pre_ping=True,  # a laptop that slept has lost its connections
            connect_args={
                "connect_timeout": _CONNECT_SECONDS,
                "application_name": "plantwatch",
                "options": f"-c lock_timeout={LOCK_SECONDS}s -c statement_timeout={4 * LOCK_SECONDS}s",
            },
        )
        return cls(engine, file=None)

    @property
    def is_shared(self) -> bool:
        """Whether processes of other machines may use it too."""
        return self.file is None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state of the database. Raises InventoryError."""
        with self.translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction during which nobody else writes; undone when the body raises. Raises InventoryError."""
        with self.translated(), self._turn(), self._writer.begin() as connection:
            if self.is_shared:
                connection.execute(sa.select(installation.c.id).with_for_update())
            yield connection

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Until it is this thread's turn, or for so long that something else must be wrong, which the database will tell."""
        is_mine = not self.is_shared and self._turns.acquire(timeout=LOCK_SECONDS)
        try:
            yield
        finally:
            if is_mine:
                self._turns.release()

    def shed_log(self) -> None:
        """Empty SQLite's write-ahead log, which still holds what was deleted. As far as others let it: who reads now keeps it for a while.

        Nothing to do for PostgreSQL. Raises InventoryError.
        """
        if self.is_shared:
            return
        with self.translated():
            pooled = self.engine.raw_connection()  # not in a transaction, as the pragma wants it
            try:
                pooled.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                pooled.close()

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn the errors of SQLAlchemy and of the drivers into InventoryError."""
        try:
            yield
        except exc.DBAPIError as error:
            raise inventory_error(error.orig or error, self.file) from None
        except (exc.SQLAlchemyError, sqlite3.Error) as error:
            raise inventory_error(error, self.file) from None


def inventory_error(error: BaseException, file: Path | None) -> InventoryError:
    """What the driver's `error` means to the operator. `file` is the SQLite file, None for PostgreSQL."""
    evidence = f"{type(error).__name__}: {error}"
    if file is None:
        return InventoryError(
            evidence,
            reason="the PostgreSQL server does not answer as it should.",
            what_to_do="Check the address, the user and the password of the database in the settings, and that the server runs.",
        )
    reason, what_to_do = _sqlite_reason(error, file)
    return InventoryError(evidence, reason=reason, what_to_do=what_to_do)


def _sqlite_reason(error: BaseException, file: Path) -> tuple[str, str]:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the primary code, without the extension
    match code:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return (
                f"another program has been using {file} for more than {LOCK_SECONDS} seconds.",
                "Close other windows and commands of Plantwatch and programs that look into the file, then try again.",
            )
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return (
                f"{file} is damaged.",
                f"Move the file away and put a copy in its place: a backup, or one from the folder “copies” in {file.parent}.",
            )
        case sqlite3.SQLITE_FULL:
            return f"there is no space left for {file}.", "Free some space on this disk, then try again."
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_IOERR:
            return (
                f"{file} cannot be opened or written.",
                "Check that the folder exists, belongs to you, may be written and is on a local disk.",
            )
        case _:
            return f"{file} does not answer as it should.", "Report this with the details below."


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says, not where the driver guesses
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(
        "PRAGMA secure_delete = ON"
    )  # what was deleted is overwritten; its default differs between builds


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail, not wait, when another process wrote in between.
    write = connection.get_execution_options().get("plantwatch_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _postgresql_url(text: str, password: Secret) -> URL:
    try:
        url = sa.make_url(text)
    except (exc.ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in _POSTGRESQL_SCHEMES:
        raise InventoryError(
            reason="the address of the database in the settings is not one of PostgreSQL.",
            what_to_do="Write it as postgresql://user@server/database, or leave it empty for a file on this computer.",
        )
    url = url.set(drivername="postgresql+psycopg")
    return url.set(password=password.reveal()) if password else url
