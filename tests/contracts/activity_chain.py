"""What the chain of the activity log must tell, on every database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from app.errors import Cancelled, InventoryError
from app.models.activity import ChainCheck, ChainFault, FaultKind, Result
from app.services.inventory import Inventory, chain
from app.services.inventory.database import Database
from app.services.inventory.migration import Steps, bring_up_to_date
from app.services.inventory.schema import activity, installation
from app.services.progress import CancelToken

Opener = Callable[[], Inventory]


class ChainContract:
    """As OperationContract."""

    def test_a_log_that_nobody_touched_is_whole(self, inventory: Inventory) -> None:
        assert inventory.verify_activity() == ChainCheck(0, 0, "", ())
        for number in range(5):
            inventory.log("enrol", f"T-{number}", Result.DONE, fingerprints="host key SHA256:abc")
        check = inventory.verify_activity()
        assert (check.is_whole, check.lines, check.recorded_lines) == (True, 5, 5)
        newest, *_others, oldest = inventory.activities()
        assert (newest.line_hash, oldest.previous_hash) == (check.head, "")
        assert newest.fingerprints == "host key SHA256:abc"

    def test_every_line_names_the_hash_of_the_one_before(self, inventory: Inventory) -> None:
        for text in (
            "plain",
            "Brücke → Zürich 風力 🌬",
            'quotes " and \\ and\ttabs',
            "\u2028\x1b[2J\x7f",
            "lone \udcff",
        ):
            inventory.log("enrol", "T-17", Result.FAILED, text)
        lines = inventory.activities_after(0)
        assert [line.previous_hash for line in lines[1:]] == [line.line_hash for line in lines[:-1]]
        assert inventory.verify_activity().is_whole

    def test_a_log_longer_than_a_portion_is_walked_to_its_end(
        self, inventory: Inventory, database: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(chain, "PORTION", 2)
        log_some(inventory, 7)
        assert inventory.verify_activity().lines == 7
        assert [line.subject for line in inventory.activities_after(3, limit=2)] == ["T-4", "T-5"]
        tamper(database, sa.delete(activity).where(activity.c.id == 5))
        assert inventory.verify_activity().faults == (ChainFault(FaultKind.MISSING, 6, 4),)

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("subject", "T-9"),
            ("detail", "harmless"),
            ("operator", "bob@elsewhere"),
            ("result", "failed"),
            ("result", "no such result"),
            ("fingerprints", "host key SHA256:other"),
            ("at", datetime(2020, 1, 1, tzinfo=UTC)),
            ("previous_hash", "0" * 64),
            ("line_hash", "0" * 64),
        ],
    )
    def test_an_altered_line_is_named(
        self, inventory: Inventory, database: Database, column: str, value: object
    ) -> None:
        log_some(inventory, 5)
        stored = value if column == "at" else sa.literal(value, sa.Text)
        tamper(database, sa.update(activity).where(activity.c.id == 3).values({column: stored}))
        assert inventory.verify_activity().faults[0] == ChainFault(FaultKind.ALTERED, 3, 2)

    def test_an_altered_line_with_a_new_hash_is_named_too(self, inventory: Inventory, database: Database) -> None:
        log_some(inventory, 5)
        replace_with_its_hash(inventory, database, 3)
        assert inventory.verify_activity().faults == (ChainFault(FaultKind.ALTERED, 3, 2),)

    def test_the_newest_line_cannot_be_replaced_either(self, inventory: Inventory, database: Database) -> None:
        log_some(inventory, 5)
        replace_with_its_hash(inventory, database, 5)
        assert inventory.verify_activity().faults == (ChainFault(FaultKind.CUT_OFF, 0, 5),)

    @pytest.mark.parametrize(
        ("removed", "fault"),
        [
            (activity.c.id == 3, ChainFault(FaultKind.MISSING, 4, 2)),
            (activity.c.id <= 2, ChainFault(FaultKind.MISSING, 3, 0)),
            (activity.c.id >= 4, ChainFault(FaultKind.CUT_OFF, 0, 3)),
            (activity.c.id > 0, ChainFault(FaultKind.CUT_OFF, 0, 0)),
        ],
    )
    def test_removed_lines_are_missed(
        self, inventory: Inventory, database: Database, removed: sa.ColumnElement[bool], fault: ChainFault
    ) -> None:
        log_some(inventory, 5)
        tamper(database, sa.delete(activity).where(removed))
        check = inventory.verify_activity()
        assert check.faults == (fault,)
        assert check.recorded_lines == 5

    def test_what_was_cut_off_is_missed_for_ever(self, inventory: Inventory, database: Database) -> None:
        log_some(inventory, 5)
        tamper(database, sa.delete(activity).where(activity.c.id >= 4))
        log_some(inventory, 2)
        assert inventory.verify_activity().faults == (ChainFault(FaultKind.MISSING, 6, 3),)

    def test_another_order_is_found(self, inventory: Inventory, database: Database) -> None:
        log_some(inventory, 5)
        for before, after in ((2, 20), (4, 2), (20, 4)):
            tamper(database, sa.update(activity).where(activity.c.id == before).values(id=after))
        assert inventory.verify_activity().faults[0] == ChainFault(FaultKind.ALTERED, 2, 1)

    def test_a_line_that_somebody_else_added_is_found(self, inventory: Inventory, database: Database) -> None:
        log_some(inventory, 2)
        values = asdict(inventory.activities()[0]) | {"id": 3, "previous_hash": inventory.verify_activity().head}
        tamper(database, sa.insert(activity).values(values | {"line_hash": chain.line_hash(values)}))
        assert inventory.verify_activity().faults == (ChainFault(FaultKind.FOREIGN, 0, 3),)

    def test_a_noted_hash_tells_a_forged_log_from_the_true_one(self, inventory: Inventory, database: Database) -> None:
        log_some(inventory, 3)
        noted = inventory.verify_activity().head
        log_some(inventory, 1)
        assert inventory.verify_activity(noted=noted.upper()).noted_found
        # Whoever may write the database may forge all of it, consistently.
        tamper(database, sa.delete(activity), sa.update(installation).values(activity_count=0, activity_head=""))
        log_some(inventory, 4)
        assert inventory.verify_activity().is_whole
        check = inventory.verify_activity(noted=noted)
        assert (check.faults, check.noted_found, check.is_whole) == ((), False, False)

    def test_writers_at_once_make_one_chain(self, opener: Opener) -> None:
        inventories = [opener() for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda inventory: log_some(inventory, 10), inventories))
        check = inventories[0].verify_activity()
        assert (check.is_whole, check.lines) == (True, 40)

    def test_a_cancelled_walk_ends(self, inventory: Inventory) -> None:
        token = CancelToken()
        token.cancel()
        with pytest.raises(Cancelled):
            inventory.verify_activity(token=token)


class ChainMigrationContract:
    """To be inherited by a class with the fixture `old_database`: an empty one, not migrated yet."""

    def test_lines_that_are_there_are_chained(self, old_database: Database, tmp_path: Path) -> None:
        bring_up_to_date(old_database, tmp_path / "copies", Steps(("0001",)))
        at = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)
        old = sa.table("activity", *(sa.column(c.name, c.type) for c in list(activity.c)[:7]))
        with old_database.write() as connection:
            for number in (1, 2, 5):  # PostgreSQL leaves out numbers of transactions that failed
                line = (number, at, "ada@desk", "enrol", "T-17", Result.FAILED, "Brücke \x1b[2J")
                connection.execute(sa.insert(old).values(dict(zip(old.c.keys(), line, strict=True))))
        bring_up_to_date(old_database, tmp_path / "copies")
        inventory = Inventory(old_database)
        inventory.log("remove", "T-17", Result.DONE)
        lines = inventory.activities_after(0)
        assert [line.id for line in lines] == [1, 2, 5, 6]
        assert (lines[0].at, lines[0].detail, lines[0].fingerprints) == (at, "Brücke \x1b[2J", "")
        check = inventory.verify_activity()
        assert (check.is_whole, check.lines, check.head) == (True, 4, lines[-1].line_hash)
        with pytest.raises(InventoryError, match="cannot be used") as caught, old_database.write() as connection:
            connection.execute(sa.delete(activity))
        assert "append-only" in caught.value.evidence


def log_some(inventory: Inventory, count: int) -> None:
    for number in range(1, count + 1):
        inventory.log("enrol", f"T-{number}", Result.DONE)


def tamper(database: Database, *statements: sa.Executable) -> None:
    """As somebody does who may change the schema as well: the log no longer refuses."""
    with database.write() as connection:
        if database.file is None:
            connection.execute(sa.text("ALTER TABLE activity DISABLE TRIGGER ALL"))
        else:
            connection.execute(sa.text("DROP TRIGGER IF EXISTS activity_refuse_update"))
            connection.execute(sa.text("DROP TRIGGER IF EXISTS activity_refuse_delete"))
        for statement in statements:
            connection.execute(statement)


def replace_with_its_hash(inventory: Inventory, database: Database, line_id: int) -> None:
    (line,) = inventory.activities_after(line_id - 1, limit=1)
    values = asdict(line) | {"subject": "T-99"}
    changed = {"subject": "T-99", "line_hash": chain.line_hash(values)}
    tamper(database, sa.update(activity).where(activity.c.id == line_id).values(changed))
