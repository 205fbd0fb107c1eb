"""New inventories of tests as copies of one that was migrated: all the steps for each of hundreds would take a quarter of the time."""

import shutil
import sqlite3
import uuid
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from app.paths import DataPaths
from app.services.inventory import Inventory, inventory
from app.services.inventory.database import Database
from app.services.inventory.migration import bring_up_to_date


@pytest.fixture(scope="session")
def migrated_inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    paths = DataPaths.locate(tmp_path_factory.mktemp("migrated"))
    Inventory.open(paths).close()
    with closing(sqlite3.connect(paths.database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return paths.database


@pytest.fixture(autouse=True)
def copied_inventories(migrated_inventory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`Inventory.open` makes a new SQLite file in this way. A module of tests that is about migrations takes this back."""
    monkeypatch.setattr(inventory, "bring_up_to_date", partial(_begin_as_copy, migrated_inventory))


def _begin_as_copy(template: Path, database: Database, copies: Path) -> None:
    if database.file is not None and not database.file.exists():
        shutil.copyfile(template, database.file)
        with closing(sqlite3.connect(database.file)) as connection, connection:
            connection.execute("UPDATE installation SET installation_id = ?", [str(uuid.uuid4())])
    bring_up_to_date(database, copies)
