"""What the inventory must do about runs over many devices, on every database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import psutil
import pytest
import sqlalchemy as sa

from app.errors import BusyError, NotFoundError
from app.models.bulk import BulkAction, BulkItem, EnrolOrder, Failure, ItemState, NewItem
from app.models.bulk_parameters import NOTHING_MORE, LabelChange, MetricsChange, Parameters
from app.models.endpoint import EndpointDraft, HostKey
from app.models.metric_groups import MetricGroup
from app.models.run_log import FIRST_KEPT, LAST_KEPT, LogNote
from app.services.inventory import Inventory
from app.services.inventory.database import Database
from app.services.inventory.schema import bulk_runs

Opener = Callable[[], Inventory]

_KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX")
_ORDER = EnrolOrder(
    EndpointDraft("wtg-01", "10.0.0.1", 2222, site="Nordsee", tags=("wtg", "offshore")),
    profile="Wind farm",
    expected_key="SHA256:abc",
    host_key=_KEY,
)


def some(count: int) -> list[NewItem]:
    return [NewItem(f"wtg-{number}", endpoint_id=number) for number in range(1, count + 1)]


def notes(*texts: str) -> list[LogNote]:
    return [LogNote(datetime(2026, 11, 22, 14, 3, 58, tzinfo=UTC), text) for text in texts]


class RunContract:
    """To be inherited by a class with the fixtures `inventory`, `opener` and `database`: a second way in, to play a dead process."""

    def test_a_run_comes_back_as_it_went_in(self, inventory: Inventory, opener: Opener) -> None:
        run = inventory.runs.add(BulkAction.ENROL, [NewItem("wtg-01", order=_ORDER), NewItem("wtg-02", order=_ORDER)])
        assert (run.action, run.total, run.counts) == (BulkAction.ENROL, 2, {ItemState.WAITING: 2})
        assert run.ended_at is None
        first, second = opener().runs.items(run.id)
        assert (first.number, first.subject, first.order) == (1, "wtg-01", _ORDER)
        assert (second.number, second.state, second.failure) == (2, ItemState.WAITING, None)
        assert opener().runs.run(run.id) == run
        other = replace(_ORDER, host_key=None)
        inventory.runs.change_order(first, other)
        assert [item.order for item in opener().runs.items(run.id)] == [other, _ORDER]

    def test_what_it_was_told_comes_back(self, inventory: Inventory, opener: Opener, database: Database) -> None:
        parameters = Parameters(LabelChange(site="", added_tags=("offshore",)))
        run = inventory.runs.add(BulkAction.LABELS, some(1), parameters)
        assert opener().runs.run(run.id).parameters == parameters
        assert str(run.parameters) == "without site, +offshore"
        for change in (MetricsChange((MetricGroup.RAID,), (MetricGroup.CPU,)), MetricsChange(only=())):
            run = inventory.runs.add(BulkAction.METRICS, some(1), Parameters(metrics=change))
            assert opener().runs.run(run.id).parameters == Parameters(metrics=change)
        with database.write() as connection:  # as an older version left it
            connection.execute(sa.update(bulk_runs).values(parameters=None))
        assert opener().runs.run(run.id).parameters == NOTHING_MORE
        with database.write() as connection:  # before there was a choice of metrics
            connection.exec_driver_sql('UPDATE bulk_runs SET parameters = \'{"profile": "Plant"}\'')
        assert opener().runs.run(run.id).parameters == Parameters(profile="Plant")

    def test_what_came_of_each_is_kept(self, inventory: Inventory) -> None:
        run = inventory.runs.add(BulkAction.CHECK, some(3))
        failure = Failure("WrongPasswordError", "wtg-2 refuses it.", "Permission denied", "Try another.")
        one, two, _ = inventory.runs.items(run.id)
        inventory.runs.begin_item(one)
        inventory.runs.begin_item(two)
        assert inventory.runs.run(run.id).count(ItemState.RUNNING) == 2
        inventory.runs.end_item(one, ItemState.DONE, detail="as known")
        inventory.runs.end_item(two, ItemState.FAILED, failure=failure)
        one, two, three = inventory.runs.items(run.id)
        assert (one.state, one.detail) == (ItemState.DONE, "as known")
        assert one.begun_at
        assert one.ended_at
        assert one.begun_at <= one.ended_at
        assert (two.state, two.failure) == (ItemState.FAILED, failure)
        assert [each.number for each in inventory.runs.items(run.id, [ItemState.WAITING])] == [three.number]

    def test_a_long_list_is_read_piece_by_piece(self, inventory: Inventory) -> None:
        run = inventory.runs.add(BulkAction.CHECK, some(1203))
        first = inventory.runs.items(run.id, limit=1000)
        rest = inventory.runs.items(run.id, after=first[-1].number, limit=1000)
        assert [item.number for item in (*first, *rest)] == list(range(1, 1204))

    def test_what_failed_waits_again(self, inventory: Inventory) -> None:
        run = inventory.runs.add(BulkAction.CHECK, some(4))
        for item in inventory.runs.items(run.id)[:3]:
            inventory.runs.end_item(item, ItemState.FAILED, failure=Failure("X", "x"))
        assert inventory.runs.put_back(run.id, [ItemState.FAILED], numbers=[1, 3]) == 2
        assert inventory.runs.run(run.id).counts == {ItemState.WAITING: 3, ItemState.FAILED: 1}
        first = inventory.runs.items(run.id)[0]
        assert (first.failure, first.begun_at, first.ended_at) == (None, None, None)
        assert inventory.runs.put_back(run.id, [ItemState.FAILED]) == 1

    def test_one_process_works_on_it(self, inventory: Inventory, opener: Opener, database: Database) -> None:
        run = inventory.runs.add(BulkAction.CHECK, some(2))
        assert inventory.runs.interrupted() == []
        assert inventory.runs.take(run.id).id == run.id
        _of_a_living_other(database)
        with pytest.raises(BusyError, match=r"run \d+ is being changed"):
            opener().runs.take(run.id)
        _of_a_dead_one(database)
        (left,) = opener().runs.interrupted()
        assert left.id == run.id
        assert inventory.runs.take(run.id).pid == run.pid
        assert inventory.runs.interrupted() == []
        assert inventory.runs.end(run.id).ended_at
        _of_a_dead_one(database)
        assert inventory.runs.interrupted() == []

    def test_an_ended_one_can_be_taken_up_again(self, inventory: Inventory) -> None:
        run = inventory.runs.add(BulkAction.CHECK, some(1))
        inventory.runs.end(run.id)
        assert inventory.runs.take(run.id).ended_at is None

    def test_the_log_of_a_device_is_kept_and_bounded(self, inventory: Inventory, opener: Opener) -> None:
        run = inventory.runs.add(BulkAction.CHECK, some(2))
        first, _ = inventory.runs.items(run.id)
        assert inventory.runs.log(run.id, 1) == []
        inventory.runs.add_notes(run.id, {1: notes("begun", "connect …"), 2: notes("begun")})
        inventory.runs.end_item(first, ItemState.DONE, notes=notes("done"))
        assert [note.text for note in opener().runs.log(run.id, 1)] == ["begun", "connect …", "done"]
        assert opener().runs.log(run.id, 2) == notes("begun")
        for _ in range(3):
            inventory.runs.add_notes(run.id, {2: notes(*map(str, range(400)))})
        kept = inventory.runs.log(run.id, 2)
        assert len(kept) == FIRST_KEPT + 1 + LAST_KEPT
        assert kept[-1].text == "399"

    def test_every_process_sees_a_pause(self, inventory: Inventory, opener: Opener, database: Database) -> None:
        run = inventory.runs.add(BulkAction.CHECK, some(2))
        assert not run.is_paused
        opener().runs.pause(run.id, paused=True)
        assert inventory.runs.is_paused(run.id)
        assert inventory.runs.run(run.id).is_paused
        inventory.runs.pause(run.id, paused=False)
        assert not opener().runs.is_paused(run.id)
        assert not inventory.runs.is_paused(run.id + 1)

    def test_whether_somebody_works_on_it(self, inventory: Inventory, opener: Opener, database: Database) -> None:
        run = inventory.runs.add(BulkAction.CHECK, some(1))
        assert opener().runs.is_at_work(run.id)
        before = run.advanced_at
        inventory.runs.still_here(run.id)
        assert inventory.runs.run(run.id).advanced_at >= before
        assert inventory.runs.release(run.id).left == 1
        assert not inventory.runs.is_at_work(run.id)
        assert [each.id for each in opener().runs.interrupted()] == [run.id]
        inventory.runs.take(run.id)
        _of_a_dead_one(database)
        assert not inventory.runs.is_at_work(run.id)
        inventory.runs.take(run.id)
        inventory.runs.end(run.id)
        assert not inventory.runs.is_at_work(run.id)

    def test_forgotten_it_is_gone(self, inventory: Inventory) -> None:
        run = inventory.runs.add(BulkAction.ENROL, [NewItem("wtg-01", order=_ORDER)])
        inventory.runs.add_notes(run.id, {1: notes("begun")})
        other = inventory.runs.add(BulkAction.CHECK, some(1))
        inventory.runs.remove(run.id)
        inventory.runs.remove(run.id)
        with pytest.raises(NotFoundError):
            inventory.runs.run(run.id)
        assert inventory.runs.items(run.id) == []
        assert inventory.runs.log(run.id, 1) == []
        assert [each.id for each in inventory.runs.runs()] == [other.id]

    def test_the_newest_comes_first(self, inventory: Inventory) -> None:
        made = [inventory.runs.add(BulkAction.CHECK, some(1)).id for _ in range(3)]
        assert [run.id for run in inventory.runs.runs(limit=2)] == made[:0:-1]

    def test_many_threads_write_into_one_run(self, inventory: Inventory) -> None:
        run = inventory.runs.add(BulkAction.CHECK, some(40))

        def work(item: BulkItem) -> None:
            inventory.runs.begin_item(item)
            inventory.runs.end_item(item, ItemState.DONE)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, inventory.runs.items(run.id)))
        assert inventory.runs.run(run.id).counts == {ItemState.DONE: 40}


def _of_a_living_other(database: Database) -> None:
    """As if process 1, which lives, had begun it."""
    start = psutil.Process(1).create_time() - psutil.boot_time()
    with database.write() as connection:
        connection.execute(sa.update(bulk_runs).values(pid=1, process_start=start))


def _of_a_dead_one(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.update(bulk_runs).values(process_start=bulk_runs.c.process_start - 3600))
