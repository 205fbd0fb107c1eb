"""Making, migrating, copying and refusing databases."""

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.errors import InventoryError
from app.models.endpoint import EndpointDraft, LoginKind
from app.paths import DataPaths
from app.services.inventory import Inventory, migration
from app.services.inventory.database import Database
from app.services.inventory.migration import COPIES_KEPT, Steps, bring_up_to_date
from app.services.inventory.schema import REVISIONS, metadata

SCRIPTS = Path(migration.__file__).parent / "migrations"

GOOD_STEP = """
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{head}"

def upgrade():
    op.add_column("credentials", sa.Column("label", sa.Text, nullable=False, server_default="none"))
    with op.batch_alter_table("credentials", recreate="always") as table:
        table.alter_column("key_file", nullable=True)
"""
FAILING_STEP = (
    GOOD_STEP
    + """
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""
)
ORPHANING_STEP = (
    GOOD_STEP
    + """
    op.execute("DELETE FROM credentials")
"""
)


@pytest.fixture(autouse=True)
def copied_inventories() -> None:
    """Each is migrated here."""


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    return DataPaths.locate(tmp_path / "data")


@pytest.fixture
def database(paths: DataPaths) -> Iterator[Database]:
    """An inventory with an endpoint that has a credential."""
    with Inventory.open(paths) as inventory:
        credential = inventory.add_credential("tech", LoginKind.PASSWORD)
        inventory.add(EndpointDraft("T-17", "10.0.0.17"), credential_id=credential.id)
    database = Database.at_file(paths.database)
    yield database
    database.close()


def with_step(folder: Path, text: str) -> Steps:
    """The packaged steps and one more, as a later version would have it."""
    folder.mkdir(exist_ok=True)
    (folder / "next.py").write_text(text.format(head=REVISIONS[-1]))
    return Steps((*REVISIONS, "next"), (SCRIPTS / "versions", folder))


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def query(file: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute(statement).fetchall()
        connection.commit()
        return found


def test_the_list_of_revisions_is_that_of_the_scripts() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "newline")
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(reversed([script.revision for script in scripts])) == REVISIONS


def test_the_migrated_schema_is_the_one_that_queries_expect(database: Database) -> None:
    """Columns, nullability and defaults; types are compared on PostgreSQL, where they are more than hints."""
    expected = Database.at_file(database.file.with_name("expected.db")) if database.file else database
    metadata.create_all(expected.engine)
    assert described(database) == described(expected)
    expected.close()


def described(database: Database) -> dict[str, object]:
    with database.read() as connection:
        tables = sa.inspect(connection).get_table_names()
        return {
            name: connection.exec_driver_sql(f"PRAGMA table_info({name})").fetchall()
            for name in tables
            if name != "alembic_version"
        }


def test_a_new_database_needs_no_copy(paths: DataPaths) -> None:
    Inventory.open(paths).close()
    assert paths.database.exists()
    assert not paths.copies.exists()
    assert query(paths.database, "PRAGMA journal_mode") == [("wal",)]


def test_an_empty_file_is_a_new_database(paths: DataPaths) -> None:
    paths.database.touch()
    Inventory.open(paths).close()
    assert not paths.copies.exists()


def test_an_up_to_date_database_is_opened_without_alembic(paths: DataPaths) -> None:
    Inventory.open(paths).close()
    program = (
        "import sys; from pathlib import Path; from app.paths import DataPaths; from app.services.inventory import Inventory\n"
        f"Inventory.open(DataPaths(Path({str(paths.root)!r}))).close()\n"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


class TestMigrating:
    def test_the_old_state_is_copied_first(self, database: Database, paths: DataPaths, tmp_path: Path) -> None:
        bring_up_to_date(database, paths.copies, with_step(tmp_path / "steps", GOOD_STEP))
        assert query(paths.database, "SELECT user, label FROM credentials") == [("tech", "none")]
        (copy,) = paths.copies.iterdir()
        assert f"revision-{REVISIONS[-1]}" in copy.name
        assert query(copy, "SELECT name FROM endpoints") == [("T-17",)]
        assert "label" not in [row[1] for row in query(copy, "PRAGMA table_info(credentials)")]

    def test_records_survive_the_rebuilding_of_a_table_they_refer_to(
        self, database: Database, paths: DataPaths, tmp_path: Path
    ) -> None:
        bring_up_to_date(database, paths.copies, with_step(tmp_path / "steps", GOOD_STEP))
        with database.read() as connection:
            assert connection.exec_driver_sql("SELECT name, credential_id FROM endpoints").fetchall() == [("T-17", 1)]
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1

    def test_a_second_time_changes_nothing(self, database: Database, paths: DataPaths, tmp_path: Path) -> None:
        steps = with_step(tmp_path / "steps", GOOD_STEP)
        bring_up_to_date(database, paths.copies, steps)
        bring_up_to_date(database, paths.copies, steps)
        assert len(list(paths.copies.iterdir())) == 1

    @pytest.mark.parametrize("step", [FAILING_STEP, ORPHANING_STEP])
    def test_a_step_that_fails_is_undone(self, database: Database, paths: DataPaths, tmp_path: Path, step: str) -> None:
        before = query(paths.database, "SELECT sql FROM sqlite_master ORDER BY name")
        with pytest.raises(InventoryError):
            bring_up_to_date(database, paths.copies, with_step(tmp_path / "steps", step))
        assert query(paths.database, "SELECT sql FROM sqlite_master ORDER BY name") == before
        with Inventory.open(paths) as inventory:
            assert inventory.credential(1).user == "tech"

    def test_without_a_copy_there_is_no_migration(self, database: Database, paths: DataPaths, tmp_path: Path) -> None:
        paths.copies.touch()  # a file where the folder should be
        with pytest.raises(InventoryError, match="cannot be copied") as caught:
            bring_up_to_date(database, paths.copies, with_step(tmp_path / "steps", GOOD_STEP))
        assert "Nothing was changed" in caught.value.advice
        assert query(paths.database, "SELECT version_num FROM alembic_version") == [(REVISIONS[-1],)]

    def test_only_the_newest_copies_are_kept(self, database: Database, paths: DataPaths, tmp_path: Path) -> None:
        paths.copies.mkdir()
        for number in range(COPIES_KEPT + 2):
            (paths.copies / f"inventory-2020010{number}T000000.000000Z-revision-0001.db").touch()
        bring_up_to_date(database, paths.copies, with_step(tmp_path / "steps", GOOD_STEP))
        kept = sorted(copy.name for copy in paths.copies.iterdir())
        assert len(kept) == COPIES_KEPT
        assert kept[0].startswith("inventory-20200103")
        assert not kept[-1].startswith("inventory-2020")


class TestRefusing:
    def test_a_newer_database_is_not_touched(self, database: Database, paths: DataPaths) -> None:
        database.close()
        query(paths.database, "UPDATE alembic_version SET version_num = '9999'")
        before = digest(paths.database)
        with pytest.raises(InventoryError, match="newer version") as caught:
            Inventory.open(paths)
        assert "9999" in caught.value.evidence
        assert "Install that version" in caught.value.advice
        assert digest(paths.database) == before
        # Reading alone may leave SQLite's own, empty, companions of the file.
        assert {file.name for file in paths.root.iterdir() if file.stat().st_size} <= {
            "inventory.db",
            "inventory.db-shm",
        }

    def test_a_newer_database_in_use_is_not_touched(self, database: Database, paths: DataPaths) -> None:
        """What the newer version has written, but not yet moved from the log to the file, counts."""
        with database.engine.connect() as newer:
            newer.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
            newer.commit()
            before = digest(paths.database)
            with pytest.raises(InventoryError, match="newer version"):
                Inventory.open(paths)
            assert digest(paths.database) == before

    def test_another_programs_database_is_not_touched(self, paths: DataPaths) -> None:
        query(paths.database, "CREATE TABLE songs (title)")
        before = digest(paths.database)
        with pytest.raises(InventoryError, match="belongs to another program"):
            Inventory.open(paths)
        assert digest(paths.database) == before

    def test_a_file_that_is_no_database_is_not_touched(self, paths: DataPaths) -> None:
        paths.database.write_bytes(b"These are my notes. " * 100)
        before = digest(paths.database)
        with pytest.raises(InventoryError, match=r"inventory\.db is damaged") as caught:
            Inventory.open(paths)
        assert "copies" in caught.value.advice
        assert digest(paths.database) == before

    def test_a_damaged_file_is_told(self, database: Database, paths: DataPaths) -> None:
        database.close()
        with paths.database.open("r+b") as file:
            file.seek(100)  # behind the header, which still says SQLite
            file.write(b"\xff" * 4096)
        with pytest.raises(InventoryError, match="is damaged"):
            Inventory.open(paths)

    def test_a_folder_in_place_of_the_file_is_told(self, paths: DataPaths) -> None:
        paths.database.mkdir()
        with pytest.raises(InventoryError, match="cannot be opened"):
            Inventory.open(paths)
