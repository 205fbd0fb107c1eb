"""What the threads of a run tell, gathered and handed over to the window in batches."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.models.bulk import BulkItem, BulkRun, ItemState
from app.services.bulk.events import BulkEvent, ItemChanged, ItemProgress, RunProgress
from app.services.progress import StepStarted

if TYPE_CHECKING:
    from app.services.bulk.runner import BulkRunner
    from app.ui.tasks import Task

#: Ten times a second is as often as anybody reads.
_MILLISECONDS = 100


@dataclass(slots=True)
class Batch:
    """What has changed since the last one: of each device only how it is now."""

    items: dict[int, BulkItem] = field(default_factory=dict)
    """By their numbers."""
    steps: dict[int, StrEnum] = field(default_factory=dict)
    """The step that a device is at, by its number."""
    progress: RunProgress | None = None

    def __bool__(self) -> bool:
        return bool(self.items or self.steps or self.progress)


class LiveRun(QObject):
    """A run that this window works on. `post` is for any thread, everything else for the window's."""

    advanced = Signal(object)
    """A `Batch`."""

    def __init__(self, run: BulkRun, parent: QObject) -> None:
        super().__init__(parent)
        self.run = run
        self.last: BulkRun | None = None
        """How it was when it was cancelled."""
        self.task: Task | None = None
        self.is_stopped = False
        """Cancelled, or closed: it does not go on by itself."""
        self.progress = RunProgress(dict(run.counts), None, 0)
        self._runner: BulkRunner | None = None
        self._batch = Batch()
        self._steps: dict[int, StrEnum] = {}
        self._is_closed = False
        self._lock = threading.Lock()
        self._timer = QTimer(self, interval=_MILLISECONDS)
        self._timer.timeout.connect(self._hand_over)

    @property
    def run_id(self) -> int:
        return self.run.id

    @property
    def steps(self) -> dict[int, StrEnum]:
        """The steps that the devices under way are at, as last handed over."""
        return dict(self._steps)

    def start(self) -> None:
        self._timer.start()

    def stop(self) -> None:
        """It has ended: hand over what is left."""
        self._timer.stop()
        self._hand_over()

    # On the threads of the run

    def attach(self, runner: "BulkRunner") -> None:
        """`runner` works on it from now on."""
        with self._lock:
            self._runner, is_closed = runner, self._is_closed
        if is_closed:
            runner.close()

    def post(self, event: BulkEvent) -> None:
        """Something has happened."""
        with self._lock:
            batch = self._batch
            match event:
                case ItemChanged(item=item):
                    batch.items[item.number] = item
                    batch.steps.pop(item.number, None)
                case ItemProgress(number=number, event=StepStarted(step=step)):
                    batch.steps[number] = step
                case RunProgress():
                    batch.progress = event

    # On workers: a runner writes down what it is told

    def pause(self, *, paused: bool) -> None:
        """Begin with no other device, or go on. Raises InventoryError."""
        if (runner := self._runner) is not None:
            if paused:
                runner.pause()
            else:
                runner.resume()

    def retry(self, numbers: Sequence[int]) -> bool:
        """Let what failed or was cancelled wait again. False: it is not being worked on yet. Raises InventoryError."""
        if (runner := self._runner) is None:
            return False
        runner.retry([ItemState.FAILED, ItemState.CANCELLED], numbers)
        return True

    def count_again(self, added: int) -> None:
        """So many devices were put back by somebody else. Raises InventoryError."""
        if (runner := self._runner) is not None:
            runner.count_again(added)

    def close(self) -> None:
        """As the process ends: what is under way is undone, and waits for the next start."""
        self.is_stopped = True
        with self._lock:
            self._is_closed, runner = True, self._runner
        if runner is not None:
            runner.close()

    # On the window's thread

    def cancel(self) -> None:
        """Undo what is under way; what waits stays."""
        self.is_stopped = True
        if self.task is not None:
            self.task.cancel()

    def _hand_over(self) -> None:
        with self._lock:
            batch, self._batch = self._batch, Batch()
        if not batch:
            return
        for number in batch.items:
            self._steps.pop(number, None)
        self._steps.update(batch.steps)
        if batch.progress is not None:
            self.progress = batch.progress
            self._show_in_task(batch.progress)
        self.advanced.emit(batch)

    def _show_in_task(self, progress: RunProgress) -> None:
        if self.task is not None and not self.task.state.is_over:
            total = sum(progress.counts.values())
            over = sum(count for state, count in progress.counts.items() if state.is_over)
            self.task.show_progress(over / total if total else None, progress.remaining_seconds)
