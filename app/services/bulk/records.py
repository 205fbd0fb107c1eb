"""What is written down of runs: looking at them, whoever works on them, and putting right what keeps devices from going on."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path

from app.errors import InputError
from app.models.bulk import BulkItem, BulkRun, ItemState
from app.models.run_log import LogNote
from app.services.bulk.report import write_report
from app.services.inventory import Inventory


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run is. `is_at_work`: a living process works on it, this one or another."""

    run: BulkRun
    is_at_work: bool

    @property
    def is_interrupted(self) -> bool:
        """Something is left to do, and nobody does it."""
        return bool(self.run.left) and not self.is_at_work


class RunRecords:
    """Every method may raise InventoryError, and NotFoundError for a run that there is not."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._runs = inventory.runs

    def standing(self, run_id: int) -> Standing:
        """How the run is now."""
        return Standing(self._runs.run(run_id), self._runs.is_at_work(run_id))

    def all(self, limit: int = 200) -> list[Standing]:
        """The runs, the newest first."""
        abandoned = {run.id for run in self._runs.interrupted()}
        return [Standing(run, run.ended_at is None and run.id not in abandoned) for run in self._runs.runs(limit)]

    def interrupted(self) -> list[BulkRun]:
        """Those that a process has left unfinished, oldest first."""
        return [run for run in self._runs.interrupted() if run.left]

    def items(self, run_id: int) -> list[BulkItem]:
        """Every device of the run, in order."""
        return self._runs.items(run_id)

    def log(self, run_id: int, number: int) -> list[LogNote]:
        """What happened at a device, oldest first. While it is worked on, seconds old at most."""
        self._runs.run(run_id)
        return self._runs.log(run_id, number)

    def pause(self, run_id: int, *, paused: bool) -> None:
        """Have whoever works on the run, in whatever process, begin with no other device, or go on. It takes about a second.

        Raises InputError when nobody works on it.
        """
        if not self._runs.is_at_work(run_id):
            raise InputError(
                "run",
                f"Nobody works on run {run_id}.",
                label="Run",
                hint=f"Go on with plantwatch runs resume {run_id}.",
            )
        self._runs.pause(run_id, paused=paused)

    def use_port(self, run_id: int, numbers: Collection[int], port: int) -> int:
        """Let the exporters of these devices, which failed, listen on `port`; the devices wait again. Returns how many.

        Raises BusyError when another process works on the run.
        """
        self._runs.take(run_id)
        changed = []
        for item in self._runs.items(run_id, [ItemState.FAILED]):
            if item.order is not None and item.number in numbers:
                draft = replace(item.order.draft, exporter_port=port)
                self._runs.change_order(item, replace(item.order, draft=draft))
                changed.append(item.number)
        return self._runs.put_back(run_id, [ItemState.FAILED], changed) if changed else 0

    def forget(self, run_id: int) -> None:
        """Throw away the record of a run. The endpoints stay as they are. Raises BusyError when another process works on it."""
        self._runs.take(run_id)
        self._runs.remove(run_id)

    def write_report(self, run_id: int, path: Path) -> None:
        """Write what was asked and what came of each device to `path`: ".csv" or ".html". Raises InputError."""
        write_report(self._runs.run(run_id), self._runs.items(run_id), path)
