"""The contract of the inventory on SQLite."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.paths import DataPaths
from app.services.inventory import Inventory
from app.services.inventory.database import Database
from tests.contracts.activity_chain import ChainMigrationContract
from tests.contracts.inventory import InventoryContract, Opener


@pytest.fixture(scope="session")
def made_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty inventory's file. Making it anew for each test took longer than the tests."""
    paths = DataPaths(tmp_path_factory.mktemp("inventory"))
    Inventory.open(paths).close()
    return paths.database


class TestOnSqlite(InventoryContract):
    @pytest.fixture
    def opener(self, tmp_path: Path, made_database: Path) -> Iterator[Opener]:
        place = DataPaths(tmp_path).database
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made_database, place)
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
