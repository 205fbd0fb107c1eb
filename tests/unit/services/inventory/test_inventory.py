"""The contract of the inventory on SQLite."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.paths import DataPaths
from app.services.inventory import Inventory
from app.services.inventory.database import Database
from tests.contracts.activity_chain import ChainMigrationContract
from tests.contracts.inventory import InventoryContract, Opener


class TestOnSqlite(InventoryContract):
    @pytest.fixture
    def opener(self, tmp_path: Path) -> Iterator[Opener]:
        with ExitStack() as opened:
            yield lambda: opened.enter_context(Inventory.open(DataPaths(tmp_path)))

    @pytest.fixture
    def inventory(self, opener: Opener) -> Inventory:
        return opener()

    @pytest.fixture
    def database(self, inventory: Inventory, tmp_path: Path) -> Iterator[Database]:
        database = Database.at_file(DataPaths(tmp_path).database)
        yield database
        database.close()


class TestMigratingTheLogOnSqlite(ChainMigrationContract):
    @pytest.fixture
    def old_database(self, tmp_path: Path) -> Iterator[Database]:
        database = Database.at_file(DataPaths(tmp_path).database)
        yield database
        database.close()
