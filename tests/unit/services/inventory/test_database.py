"""Errors of the database, in words; and the address of a shared one."""

import sqlite3
from pathlib import Path

import pytest

from app.errors import InventoryError
from app.models.secret import Secret
from app.paths import DataPaths
from app.services.inventory import Inventory
from app.services.inventory.database import Database, inventory_error
from tests.unit.fakes import MemorySecretStore

CANARY = "c4nary-p4ssword"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (sqlite3.SQLITE_BUSY, "another program"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "another program"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "is damaged"),
        (sqlite3.SQLITE_NOTADB, "is damaged"),
        (sqlite3.SQLITE_FULL, "no space left"),
        (sqlite3.SQLITE_READONLY_DIRECTORY, "cannot be opened or written"),
        (sqlite3.SQLITE_IOERR_FSYNC, "cannot be opened or written"),
        (sqlite3.SQLITE_MISUSE, "does not answer as it should"),
    ],
)
def test_sqlite_errors_in_words(code: int, reason: str) -> None:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    told = inventory_error(error, Path("/data/inventory.db"))
    assert reason in told.message
    assert "/data/inventory.db" in told.message
    assert told.advice
    assert "as SQLite says it" in told.evidence


@pytest.mark.parametrize(
    "url",
    [
        "mysql://server/name",
        "sqlite:///x.db",
        "no address",
        "postgresql://server:port/name",
        "http://server",
        "postgresql+psycopg2://s/n",
    ],
)
def test_only_postgresql_is_an_address(url: str) -> None:
    with pytest.raises(InventoryError, match="not one of PostgreSQL"):
        Database.at_url(url)


def test_errors_of_the_driver_itself_are_translated_too(tmp_path: Path) -> None:
    database = Database.at_file(tmp_path / "inventory.db")
    with pytest.raises(InventoryError, match="does not answer as it should"), database.translated():
        raise sqlite3.OperationalError("from a PRAGMA")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_the_password_is_in_nothing_that_is_shown(scheme: str) -> None:
    database = Database.at_url(f"{scheme}://ada@server/inventory", Secret(CANARY))
    assert database.engine.url.password == CANARY
    assert CANARY not in f"{database.engine!r} {database.engine.url}"
    assert database.is_shared
    database.close()


def test_a_server_that_is_away_is_an_error_without_the_password(tmp_path: Path) -> None:
    """A socket in a folder where there is none: the same failure as that of a server that does not run."""
    url = f"postgresql://ada@/inventory?host={tmp_path}"
    passwords = MemorySecretStore()
    passwords.put(url, Secret(CANARY))
    with pytest.raises(InventoryError, match="PostgreSQL server does not answer") as caught:
        Inventory.open(DataPaths(tmp_path), url, passwords=passwords)
    assert CANARY not in f"{caught.value.evidence} {caught.value.advice} {caught.value!r}"
    assert caught.value.__cause__ is None
