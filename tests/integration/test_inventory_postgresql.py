"""The contract of the inventory on a real PostgreSQL server, and what only a shared database has."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from app.errors import BusyError, InventoryError
from app.models.endpoint import EndpointDraft
from app.models.secret import NO_SECRET, Secret
from app.paths import DataPaths
from app.services.inventory import Inventory
from app.services.inventory.database import Database
from app.services.inventory.schema import activity, metadata, operations
from tests.contracts.activity_chain import ChainMigrationContract
from tests.contracts.inventory import InventoryContract, Opener
from tests.integration.postgresql import Cluster, running_cluster
from tests.unit.fakes import MemorySecretStore


@dataclass(frozen=True)
class Shared:
    """One empty database of the server and the way in."""

    url: str
    passwords: MemorySecretStore
    paths: DataPaths

    def open(self) -> Inventory:
        return Inventory.open(self.paths, self.url, passwords=self.passwords)

    def database(self) -> Database:
        return Database.at_url(self.url, self.passwords.get(self.url) or NO_SECRET)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def shared(cluster: Cluster, tmp_path: Path) -> Shared:
    url = cluster.new_database()
    passwords = MemorySecretStore()
    passwords.put(url, Secret(cluster.password))
    return Shared(url, passwords, DataPaths(tmp_path))


@pytest.fixture
def opener(shared: Shared) -> Iterator[Opener]:
    with ExitStack() as opened:
        yield lambda: opened.enter_context(shared.open())


@pytest.fixture
def inventory(opener: Opener) -> Inventory:
    return opener()


@pytest.fixture
def database(shared: Shared, inventory: Inventory) -> Iterator[Database]:
    database = shared.database()
    yield database
    database.close()


class TestOnPostgresql(InventoryContract):
    """With the fixtures above."""


class TestMigratingTheLogOnPostgresql(ChainMigrationContract):
    @pytest.fixture
    def old_database(self, shared: Shared) -> Iterator[Database]:
        database = shared.database()
        yield database
        database.close()


def test_the_migrated_schema_is_the_one_that_queries_expect(database: Database) -> None:
    def has_a_twin(_object: Any, name: str | None, kind: str, *_more: Any) -> bool:
        return not (kind == "table" and name == "alembic_version")

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": has_a_twin})
        assert compare_metadata(context, metadata) == []


def test_nothing_is_left_on_this_computer(inventory: Inventory, shared: Shared) -> None:
    inventory.add(EndpointDraft("T-17", "10.0.0.17"))
    assert list(shared.paths.root.iterdir()) == []


def test_the_log_cannot_be_emptied_either(database: Database) -> None:
    with pytest.raises(InventoryError) as caught, database.write() as connection:
        connection.execute(sa.text(f"TRUNCATE {activity.name}"))
    assert "append-only" in caught.value.evidence


def test_a_newer_database_is_refused(database: Database, shared: Shared) -> None:
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InventoryError, match="newer version"):
        shared.open()


def test_another_programs_database_is_refused(shared: Shared) -> None:
    database = shared.database()
    with database.read() as connection:
        connection.execute(sa.text("CREATE TABLE songs (title text)"))
    with pytest.raises(InventoryError, match="belongs to another program"):
        shared.open()
    with database.read() as connection:
        assert sa.inspect(connection).get_table_names() == ["songs"]
    database.close()


def test_a_wrong_password_is_told_and_not_repeated(shared: Shared) -> None:
    shared.passwords.put(shared.url, Secret("c4nary"))
    with pytest.raises(InventoryError, match="does not answer as it should") as caught:
        shared.open()
    assert "password authentication failed" in caught.value.evidence
    assert "c4nary" not in f"{caught.value.evidence} {caught.value.advice} {caught.value}"


def test_another_machines_work_is_respected_until_it_has_long_been_silent(
    inventory: Inventory, database: Database
) -> None:
    endpoint = inventory.add(EndpointDraft("T-17", "10.0.0.17"))
    inventory.begin_operation("enrol", endpoint.id)
    with database.write() as connection:
        connection.execute(sa.update(operations).values(host="other-laptop", operator="bob@other-laptop"))
    with pytest.raises(BusyError, match="bob@other-laptop"):
        inventory.begin_operation("remove", endpoint.id)
    assert inventory.interrupted_operations() == []
    with database.write() as connection:
        connection.execute(sa.text("UPDATE operations SET advanced_at = advanced_at - interval '31 minutes'"))
    assert len(inventory.interrupted_operations()) == 1


def test_times_are_utc_whatever_the_server_thinks(cluster: Cluster, inventory: Inventory, database: Database) -> None:
    added = inventory.add(EndpointDraft("T-17", "10.0.0.17"))
    with database.write() as connection:
        connection.execute(sa.text("SET TIME ZONE 'Asia/Kathmandu'"))
        stored = connection.execute(sa.text("SELECT created_at FROM endpoints")).scalar_one()
    assert stored == added.created_at
    assert added.created_at.utcoffset() is not None
    assert not added.created_at.utcoffset()


def test_a_server_that_went_away_and_came_back(cluster: Cluster, inventory: Inventory) -> None:
    cluster.stop()
    with pytest.raises(InventoryError, match="does not answer as it should"):
        inventory.endpoints()
    cluster.start()
    assert inventory.endpoints() == []
