"""Runs that are written down and worked on in memory, as far as the page of lists asks for them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.errors import AppError, InputError
from app.models.bulk import BulkAction, BulkRun, EnrolOrder, ItemState
from app.services.bulk.events import BulkEvent, RunProgress
from app.services.progress import CancelToken

Hear = Callable[[BulkEvent], None]


class FakeBulk:
    """BulkService in memory. `orders` are those of each run; every device of a run is done at once."""

    def __init__(self) -> None:
        self.orders: list[list[EnrolOrder]] = []
        self.worked_on: list[int] = []
        self.error: AppError | None = None
        self.failing = 0
        self.latest: BulkRun | None = None

    def enrol(self, orders: Sequence[EnrolOrder]) -> BulkRun:
        if self.error is not None:
            raise self.error
        if not orders:
            raise InputError("devices", "There is no device in the list.")
        self.orders.append(list(orders))
        return self._run(len(self.orders), {ItemState.WAITING: len(orders)})

    def runner(self, run_id: int, report: Hear, *, token: CancelToken) -> "FakeRunner":
        token.check()
        return FakeRunner(self, run_id, report)

    def ended(self, run_id: int) -> BulkRun:
        self.worked_on.append(run_id)
        total = len(self.orders[run_id - 1])
        counts = {ItemState.DONE: total - self.failing, ItemState.FAILED: self.failing}
        return self._run(run_id, {state: count for state, count in counts.items() if count})

    def _run(self, run_id: int, counts: dict[ItemState, int]) -> BulkRun:
        now = datetime.now(UTC)
        self.latest = replace(BulkRun(run_id, BulkAction.ENROL, "op", "desk", 1, 1.0, now, now), counts=counts)
        return self.latest


class FakeRunner:
    """BulkRunner that does everything at once."""

    def __init__(self, bulk: FakeBulk, run_id: int, report: Hear) -> None:
        self._bulk = bulk
        self._run_id = run_id
        self._report = report

    def execute(self, token: CancelToken) -> BulkRun:
        token.check()
        run = self._bulk.ended(self._run_id)
        self._report(RunProgress(run.counts, None, 1))
        return run

    def close(self) -> None:
        pass
