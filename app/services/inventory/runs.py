"""Runs over many devices, as they are written down. Every method is one transaction."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.errors import BusyError, NotFoundError
from app.models.bulk import BulkAction, BulkItem, BulkRun, EnrolOrder, Failure, ItemState, NewItem
from app.models.bulk_parameters import NOTHING_MORE, Parameters
from app.models.run_log import LogNote, bounded
from app.services.inventory.database import Database
from app.services.inventory.processes import is_alive, owner
from app.services.inventory.schema import bulk_items, bulk_logs, bulk_runs

_AT_ONCE = 500


class RunStore:
    """What is to be done with which device, and what came of it. May be used by several threads and processes.

    Every method may raise InventoryError.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, action: BulkAction, items: Iterable[NewItem], parameters: Parameters = NOTHING_MORE) -> BulkRun:
        """Write a run down; this process works on it."""
        now = datetime.now(UTC)
        with self._database.write() as connection:
            values = {"action": action, "parameters": parameters, "begun_at": now, "advanced_at": now} | owner()
            run_id = connection.execute(sa.insert(bulk_runs).values(values).returning(bulk_runs.c.id)).scalar_one()
            rows = [
                {
                    "run_id": run_id,
                    "number": number,
                    "subject": item.subject,
                    "endpoint_id": item.endpoint_id,
                    "plan": item.order,
                    "state": ItemState.WAITING,
                    "detail": "",
                }
                for number, item in enumerate(items, 1)
            ]
            for first in range(0, len(rows), _AT_ONCE):
                connection.execute(sa.insert(bulk_items), rows[first : first + _AT_ONCE])
            return _run(connection, run_id)

    def run(self, run_id: int) -> BulkRun:
        """Raises NotFoundError."""
        with self._database.read() as connection:
            return _run(connection, run_id)

    def runs(self, limit: int = 100) -> list[BulkRun]:
        """The newest first."""
        with self._database.read() as connection:
            return _runs(connection, sa.select(bulk_runs).order_by(bulk_runs.c.id.desc()).limit(limit))

    def interrupted(self) -> list[BulkRun]:
        """Those with something left to do that no living process works on, oldest first."""
        now = datetime.now(UTC)
        with self._database.read() as connection:
            found = _runs(
                connection, sa.select(bulk_runs).where(bulk_runs.c.ended_at.is_(None)).order_by(bulk_runs.c.id)
            )
        return [run for run in found if not is_alive(run, now=now, shared=self._database.is_shared)]

    def take(self, run_id: int) -> BulkRun:
        """This process works on it from now on. Raises BusyError when another living one does, NotFoundError."""
        with self._database.write() as connection:
            run = _run(connection, run_id)
            now = datetime.now(UTC)
            mine = owner()
            is_mine = (run.host, run.pid, run.process_start) == (mine["host"], mine["pid"], mine["process_start"])
            if not is_mine and run.ended_at is None and is_alive(run, now=now, shared=self._database.is_shared):
                raise BusyError(subject=run.subject, holder=run.holder)
            values = mine | {"advanced_at": now, "ended_at": None}
            connection.execute(sa.update(bulk_runs).where(bulk_runs.c.id == run_id).values(values))
            return _run(connection, run_id)

    def release(self, run_id: int) -> BulkRun:
        """This process works on it no longer, though something is left: any process may take it up. Raises NotFoundError."""
        with self._database.write() as connection:
            values = {"pid": 0, "process_start": 0.0}
            connection.execute(sa.update(bulk_runs).where(bulk_runs.c.id == run_id).values(values))
            return _run(connection, run_id)

    def is_at_work(self, run_id: int) -> bool:
        """Whether a living process works on it. Raises NotFoundError."""
        with self._database.read() as connection:
            run = _run(connection, run_id)
        return run.ended_at is None and is_alive(run, now=datetime.now(UTC), shared=self._database.is_shared)

    def pause(self, run_id: int, *, paused: bool) -> None:
        """Tell whoever works on it, in whatever process, to begin with no other device, or to go on."""
        with self._database.write() as connection:
            connection.execute(sa.update(bulk_runs).where(bulk_runs.c.id == run_id).values(is_paused=paused))

    def is_paused(self, run_id: int) -> bool:
        """What `pause` said last; False for a run that is forgotten."""
        with self._database.read() as connection:
            return bool(connection.scalar(sa.select(bulk_runs.c.is_paused).where(bulk_runs.c.id == run_id)))

    def still_here(self, run_id: int) -> None:
        """Say to processes on other machines that this one lives, while nothing else is written down."""
        with self._database.write() as connection:
            _advance(connection, run_id)

    def items(
        self, run_id: int, states: Collection[ItemState] = (), *, after: int = 0, limit: int = 100_000
    ) -> list[BulkItem]:
        """Devices whose number is above `after`, in order; only those in `states`, if any are given."""
        statement = sa.select(bulk_items).where(bulk_items.c.run_id == run_id, bulk_items.c.number > after)
        if states:
            statement = statement.where(bulk_items.c.state.in_(list(states)))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(bulk_items.c.number).limit(limit)).all()
        return [_item(row) for row in rows]

    def begin_item(self, item: BulkItem) -> None:
        """It is being worked on."""
        self._put(item, state=ItemState.RUNNING, detail="", failure=None, begun_at=datetime.now(UTC), ended_at=None)

    def end_item(
        self,
        item: BulkItem,
        state: ItemState,
        *,
        detail: str = "",
        failure: Failure | None = None,
        notes: Sequence[LogNote] = (),
    ) -> None:
        """It is over, in `state`; `notes` go with it into its log."""
        self._put(item, notes, state=state, detail=detail, failure=failure, ended_at=datetime.now(UTC))

    def add_notes(self, run_id: int, notes: Mapping[int, Sequence[LogNote]]) -> None:
        """Write down what happened at devices, by their numbers."""
        with self._database.write() as connection:
            for number, fresh in notes.items():
                _note(connection, run_id, number, fresh)

    def log(self, run_id: int, number: int) -> list[LogNote]:
        """What happened at a device, oldest first, bounded; empty when nothing has been written down."""
        with self._database.read() as connection:
            return _notes(connection, run_id, number)

    def change_order(self, item: BulkItem, order: EnrolOrder) -> None:
        """Write another order down for it."""
        with self._database.write() as connection:
            connection.execute(sa.update(bulk_items).where(bulk_items.c.id == item.id).values(plan=order))

    def put_back(self, run_id: int, states: Collection[ItemState], numbers: Collection[int] = ()) -> int:
        """Let devices in `states` (only those of `numbers`, if any are given) wait again. Returns how many."""
        where = [bulk_items.c.run_id == run_id, bulk_items.c.state.in_(list(states))]
        if numbers:
            where.append(bulk_items.c.number.in_(list(numbers)))
        cleared = {"state": ItemState.WAITING, "detail": "", "failure": None, "begun_at": None, "ended_at": None}
        with self._database.write() as connection:
            return connection.execute(sa.update(bulk_items).where(*where).values(cleared)).rowcount

    def end(self, run_id: int) -> BulkRun:
        """Nothing is left to do. Raises NotFoundError."""
        with self._database.write() as connection:
            values = {"ended_at": datetime.now(UTC)}
            connection.execute(sa.update(bulk_runs).where(bulk_runs.c.id == run_id).values(values))
            return _run(connection, run_id)

    def remove(self, run_id: int) -> None:
        """Forget a run and its list. No error when there is none."""
        with self._database.write() as connection:
            connection.execute(sa.delete(bulk_logs).where(bulk_logs.c.run_id == run_id))
            connection.execute(sa.delete(bulk_items).where(bulk_items.c.run_id == run_id))
            connection.execute(sa.delete(bulk_runs).where(bulk_runs.c.id == run_id))
        self._database.shed_log()

    def _put(self, item: BulkItem, notes: Sequence[LogNote] = (), **values: Any) -> None:
        with self._database.write() as connection:
            connection.execute(sa.update(bulk_items).where(bulk_items.c.id == item.id).values(values))
            if notes:
                _note(connection, item.run_id, item.number, notes)
            _advance(connection, item.run_id)


def _advance(connection: Connection, run_id: int) -> None:
    connection.execute(sa.update(bulk_runs).where(bulk_runs.c.id == run_id).values(advanced_at=datetime.now(UTC)))


def _notes(connection: Connection, run_id: int, number: int) -> list[LogNote]:
    at = (bulk_logs.c.run_id == run_id, bulk_logs.c.number == number)
    return connection.scalar(sa.select(bulk_logs.c.notes).where(*at)) or []


def _note(connection: Connection, run_id: int, number: int, fresh: Sequence[LogNote]) -> None:
    """Only this transaction writes: what is there cannot change between reading and writing."""
    known = _notes(connection, run_id, number)
    values = {"notes": bounded([*known, *fresh])}
    if known:
        at = (bulk_logs.c.run_id == run_id, bulk_logs.c.number == number)
        connection.execute(sa.update(bulk_logs).where(*at).values(values))
    else:
        connection.execute(sa.insert(bulk_logs).values(values | {"run_id": run_id, "number": number}))


def _run(connection: Connection, run_id: int) -> BulkRun:
    found = _runs(connection, sa.select(bulk_runs).where(bulk_runs.c.id == run_id))
    if not found:
        raise NotFoundError(kind="run", name=str(run_id), command="plantwatch runs list")
    return found[0]


def _runs(connection: Connection, wanted: sa.Select[Any]) -> list[BulkRun]:
    rows = connection.execute(wanted).all()
    counts: dict[int, dict[ItemState, int]] = {row.id: {} for row in rows}
    states = (
        sa.select(bulk_items.c.run_id, bulk_items.c.state, sa.func.count())
        .where(bulk_items.c.run_id.in_(counts))
        .group_by(bulk_items.c.run_id, bulk_items.c.state)
    )
    for run_id, state, count in connection.execute(states):
        counts[run_id][state] = count
    return [
        BulkRun(**{**row._mapping, "parameters": row.parameters or NOTHING_MORE}, counts=counts[row.id]) for row in rows
    ]


def _item(row: sa.Row[Any]) -> BulkItem:
    values = dict(row._mapping)
    return BulkItem(order=values.pop("plan"), **values)
