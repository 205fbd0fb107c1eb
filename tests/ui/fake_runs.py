"""Runs that are written down for real, in an inventory of their own, and whose devices do what a test says, event by event."""

import tempfile
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from app.models.bulk import BulkAction, BulkItem, BulkRun, EnrolOrder, Failure, ItemState, NewItem
from app.models.endpoint import EndpointDraft, Login, LoginKind
from app.models.secret import Secret
from app.paths import DataPaths
from app.services.bulk.events import BulkReport, ItemChanged, ItemProgress, RunProgress
from app.services.bulk.pace import Pace
from app.services.bulk.records import RunRecords
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.enrolment.steps import EnrolStep
from app.services.inventory import Inventory
from app.services.progress import CancelToken, StepStarted
from tests.unit.fakes import MemorySecretStore

if TYPE_CHECKING:
    from app.main import Services
    from app.services.bulk.runner import BulkRunner

PROFILE = "Wind farm"


class DrivenRunner:
    """A BulkRunner without threads: it does what it is told, and ends at `finish`, when cancelled, or when closed."""

    def __init__(self, inventory: Inventory, run: BulkRun, report: BulkReport) -> None:
        self._store = inventory.runs
        self._run_id = run.id
        self._report = report
        self._over = threading.Event()
        self._counts = dict(run.counts)
        self.is_paused = False
        self.is_closed = False
        self.remaining: float | None = None

    def execute(self, token: CancelToken) -> BulkRun:
        self.tell()
        with token.on_cancel(self._over.set):
            assert self._over.wait(20), "nobody finished the run"
        if token.cancelled or self.is_closed:
            state = ItemState.WAITING if self.is_closed else ItemState.CANCELLED
            for item in self._store.items(self._run_id, [ItemState.RUNNING]):
                self.put(item.number, state)
        run = self._store.run(self._run_id)
        return self._store.release(run.id) if run.left else self._store.end(run.id)

    # What a test does

    def put(self, number: int, state: ItemState, *, detail: str = "", failure: Failure | None = None) -> None:
        """The device with this number is in another state."""
        (item,) = self._store.items(self._run_id, after=number - 1, limit=1)
        now = datetime.now(UTC)
        if state is ItemState.RUNNING:
            self._store.begin_item(item)
            changed = replace(item, state=state, begun_at=now, ended_at=None, failure=None, detail="")
        else:
            self._store.end_item(item, state, detail=detail, failure=failure)
            changed = replace(item, state=state, detail=detail, failure=failure, ended_at=now)
        self._counts[item.state] -= 1
        self._counts[state] = self._counts.get(state, 0) + 1
        self._report(ItemChanged(changed))
        self.tell()

    def step(self, number: int, step: StrEnum = EnrolStep.TRANSFER) -> None:
        self._report(ItemProgress(number, StepStarted(step)))

    def tell(self) -> None:
        counts = {state: count for state, count in self._counts.items() if count}
        self._report(RunProgress(counts, self.remaining, 6, self.is_paused))

    def finish(self) -> None:
        self._over.set()

    # What the window does

    def pause(self) -> None:
        self.is_paused = True
        self.tell()

    def resume(self) -> None:
        self.is_paused = False
        self.tell()

    def retry(self, states: Collection[ItemState], numbers: Collection[int] = ()) -> int:
        again = [item for item in self._store.items(self._run_id, states) if not numbers or item.number in numbers]
        count = self._store.put_back(self._run_id, states, numbers)
        self.count_again(count)
        for item in again:
            self._report(ItemChanged(replace(item, state=ItemState.WAITING, failure=None)))
        return count

    def count_again(self, added: int) -> None:
        self._counts = dict(self._store.run(self._run_id).counts)
        self.tell()

    def close(self) -> None:
        self.is_closed = True
        self._over.set()


class DrivenBulk(BulkService):
    """BulkService whose runners are driven by the test: `runners`, by the numbers of their runs; a new one takes the place of the last."""

    def __init__(self, inventory: Inventory, logins: CredentialService) -> None:
        super().__init__(inventory, cast("Any", None), logins)
        self._own = inventory
        self.runners: dict[int, DrivenRunner] = {}
        self.begun: list[int] = []
        self.script: Callable[[DrivenRunner], None] = lambda _runner: None
        """Called with each new runner, before it executes."""

    def runner(self, run_id: int, report: BulkReport, *, token: CancelToken, pace: Pace | None = None) -> "BulkRunner":
        run = self._own.runs.take(run_id)
        made = self.runners[run_id] = DrivenRunner(self._own, run, report)
        self.script(made)
        self.begun.append(run_id)
        return cast("BulkRunner", made)


class RunWorld:
    """An inventory with runs, and the services on it."""

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory()
        self.inventory = Inventory.open(DataPaths.locate(Path(self._place.name)))
        self.credentials = CredentialService(self.inventory, MemorySecretStore())
        self.credentials.add(PROFILE, Login("iiot", LoginKind.PASSWORD, secret=Secret("not-a-secret")))
        self.bulk = DrivenBulk(self.inventory, self.credentials)
        self.runs = RunRecords(self.inventory)

    def close(self) -> None:
        self.inventory.close()
        self._place.cleanup()

    def as_services(self, base: "Services | None" = None) -> "Services":
        """These in the place of what `base` has."""
        held = {} if base is None else vars(base)
        own = {"bulk": self.bulk, "runs": self.runs, "credentials": self.credentials, "inventory": self.inventory}
        return cast("Services", SimpleNamespace(**(held | own)))

    def enrolment(self, count: int, *, profile: str = PROFILE) -> BulkRun:
        """A run that enrols so many devices."""
        return self.inventory.runs.add(
            BulkAction.ENROL, [NewItem(f"WTG-{n:04}", order=_order(n, profile)) for n in range(1, count + 1)]
        )

    def items(self, run: BulkRun) -> list[BulkItem]:
        return self.inventory.runs.items(run.id)

    def settle(self, run: BulkRun, states: Sequence[tuple[ItemState, Failure | None]]) -> None:
        """Write down what came of the first devices, as if they had been worked on."""
        for item, (state, failure) in zip(self.items(run), states, strict=False):
            self.inventory.runs.begin_item(item)
            if state is not ItemState.RUNNING:
                detail = "Debian GNU/Linux 12" if state is ItemState.DONE else ""
                self.inventory.runs.end_item(item, state, detail=detail, failure=failure)


def _order(number: int, profile: str) -> EnrolOrder:
    address = f"10.20.{number // 250}.{number % 250 + 1}"
    return EnrolOrder(EndpointDraft(f"WTG-{number:04}", address, 22, site="Thanet"), profile)
