"""The only threads of the app: work runs on them, and its events and results come back on the window's thread.

A worker never touches a widget or a signal of its own: it leaves messages with one bridge, which outlives every task and delivers them in
order. What is shown for a result belongs to an owner; when that widget is gone, the task still ends but nothing is called.
"""

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.errors import AppError, Cancelled
from app.faults import UnexpectedError
from app.services.progress import (
    CancelToken,
    Event,
    LogLine,
    Report,
    StepAdvanced,
    StepFailed,
    StepFinished,
    StepStarted,
)
from app.ui.bridge import Bridge, Ended, Started, coalesced
from app.ui.workers import WorkerPool

_log = logging.getLogger(__name__)

T = TypeVar("T")
Pool = Literal["interactive", "polling", "bulk"]

_WORKERS: dict[str, int] = {"interactive": 4, "polling": 3, "bulk": 16, "cancelling": 1}
_LOG_LINES = 5000
_REMEMBERED_TASKS = 50
_FRAME_MILLISECONDS = 16


class TaskState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self in (TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)


class Task:
    """The record of one piece of background work, as the task list shows it. Belongs to the window's thread."""

    def __init__(
        self,
        runner: "TaskRunner",
        title: str,
        pool: Pool,
        on_leave: Callable[[], None] | None = None,
        look: Callable[[], None] | None = None,
    ) -> None:
        self._runner = runner
        self.title = title
        self.pool: Pool = pool
        self.on_leave = on_leave
        self.look = look
        """Shows the operator what the work is about, where there is something to see."""
        self.token = CancelToken()
        self.state = TaskState.WAITING
        self.step = ""
        """The present step's value; empty before the first."""
        self.fraction: float | None = None
        """Of the present step, 0..1; None while unknown."""
        self.error: AppError | None = None
        self.seen = False
        """Whether the operator has looked at the outcome."""
        self.log: deque[str] = deque(maxlen=_LOG_LINES)
        self.begun = time.monotonic()
        self.ended: float | None = None
        self._step_begun = self.begun
        self._remaining: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        return (time.monotonic() if self.ended is None else self.ended) - self.begun

    @property
    def remaining_seconds(self) -> float | None:
        """Estimate for the present step from its pace, or what the work says itself; None while unknown."""
        if self.state.is_over or not self.fraction:
            return None
        if self._remaining is not None:
            return self._remaining
        spent = time.monotonic() - self._step_begun
        return spent * (1 - self.fraction) / self.fraction

    def cancel(self) -> None:
        """Ask the work to stop. Returns at once; the state says when it has."""
        self._runner.cancel(self)

    def show_progress(self, fraction: float | None, remaining_seconds: float | None) -> None:
        """For work that tells of its progress in a way of its own; see `fraction` and `remaining_seconds`."""
        self.fraction, self._remaining = fraction, remaining_seconds
        self._runner.changed.emit(self)

    def take(self, event: Event) -> None:
        """Update the record by one event of the work."""
        match event:
            case StepStarted(step=step, subject=subject):
                self.step, self.fraction, self._step_begun = step.value, None, time.monotonic()
                self.log.append(f"{subject} {step.value} …".strip())
            case StepAdvanced(done=done, total=total):
                self.fraction = min(done / total, 1.0) if total else None
            case StepFinished(step=step, seconds=seconds, detail=detail, subject=subject):
                self.fraction = None
                self.log.append(f"{subject} {step.value} ✓ {seconds:.1f} s {detail}".strip())
            case StepFailed(step=step, seconds=seconds, subject=subject):
                self.log.append(f"{subject} {step.value} ✗ {seconds:.1f} s".strip())
            case LogLine(text=text):
                self.log.extend(text.splitlines())


@dataclass(frozen=True, slots=True)
class _Handlers:
    owner: QObject
    on_success: Callable[[Any], None]
    on_failure: Callable[[AppError], None]
    on_event: Callable[[Event], None] | None
    on_cancelled: Callable[[], None] | None


class TaskRunner(QObject):
    """Starts work and brings back what it reports. Lives as long as the window; every method is for the window's thread."""

    added = Signal(object)
    """A `Task` has been started. Polling is not announced."""
    changed = Signal(object)
    """State, step, progress or log of a `Task`."""
    ended = Signal(object)
    """A `Task` is over."""

    def __init__(self) -> None:
        super().__init__()
        self._pools = {name: WorkerPool(name, size) for name, size in _WORKERS.items()}
        self._handlers: dict[Task, _Handlers] = {}
        self._tasks: list[Task] = []
        self._bridge = Bridge()
        self._bridge.woken.connect(self._on_woken)
        self._frame = QTimer(self, singleShot=True, interval=_FRAME_MILLISECONDS)
        self._frame.timeout.connect(self._deliver)
        self._stopped = False

    def start(
        self,
        work: Callable[[Report, CancelToken], T],
        *,
        title: str,
        owner: QObject,
        on_success: Callable[[T], None],
        on_failure: Callable[[AppError], None],
        on_event: Callable[[Event], None] | None = None,
        on_cancelled: Callable[[], None] | None = None,
        pool: Pool = "interactive",
        on_leave: Callable[[], None] | None = None,
        look: Callable[[], None] | None = None,
    ) -> Task:
        """Run `work(report, token)` on a worker of `pool`. Handlers are called on this thread, in order, while `owner` exists.

        Log lines that arrive together are handed over as one `LogLine` of several lines; of progress only the newest. Never called within
        `start` itself.

        Work with `on_leave` needs no question when the window is closed: that is called on a worker, and the work then ends by itself,
        soon, and goes on at the next start. `look` leads the operator to what the work is about.
        """
        if self._stopped:
            raise RuntimeError("The task runner has been shut down.")
        task = Task(self, title, pool, on_leave, look)
        self._handlers[task] = _Handlers(owner, on_success, on_failure, on_event, on_cancelled)
        if pool != "polling":
            self._remember(task)
        self._pools[pool].submit(lambda: self._run(task, work))
        return task

    def tasks(self) -> list[Task]:
        """What the task list shows: running and recently ended work, oldest first; no polling."""
        return list(self._tasks)

    def running(self) -> list[Task]:
        """Work under way, without polling."""
        return [task for task in self._tasks if not task.state.is_over]

    def is_idle(self) -> bool:
        """Whether nothing is under way, polling included."""
        return not self._handlers

    def forget(self, task: Task) -> None:
        """Take an ended task off the list."""
        if task.state.is_over and task in self._tasks:
            self._tasks.remove(task)
            self.changed.emit(task)

    def cancel(self, task: Task) -> None:
        """Ask `task` to stop. What its work does at once for that (closing a channel, say) happens on a worker."""
        if task.state.is_over or task.token.cancelled:
            return
        task.state = TaskState.CANCELLING
        self._pools["cancelling"].submit(task.token.cancel)
        self.changed.emit(task)

    def leave(self, task: Task) -> None:
        """The window is being closed: let `task`, which has `on_leave`, end by itself."""
        if task.state.is_over or task.on_leave is None or task.state is TaskState.CANCELLING:
            return
        task.state = TaskState.CANCELLING
        self._pools["cancelling"].submit(task.on_leave)
        self.changed.emit(task)

    def abandon(self) -> None:
        """Wait no longer for what still runs: the process is about to end. Nothing is called for it any more."""
        for task in self.running():
            self._handlers.pop(task, None)
            self._tasks.remove(task)

    def shutdown(self, timeout: float = 10.0) -> bool:
        """Cancel everything, wait at most `timeout` seconds for it to end, and call no handler any more. False: something still runs."""
        self._stopped = True
        for task in self._handlers:
            (task.on_leave or task.token.cancel)()
        self._handlers.clear()
        self._frame.stop()
        deadline = time.monotonic() + timeout
        ended = [pool.stop(deadline) for pool in self._pools.values()]
        return all(ended)

    # On a worker

    def _run(self, task: Task, work: Callable[[Report, CancelToken], T]) -> None:
        def report(event: Event) -> None:
            self._bridge.post(task, event)

        self._bridge.post(task, Started())
        try:
            task.token.check()
            outcome = Ended(result=work(report, task.token))
        except Cancelled:
            outcome = Ended(cancelled=True)
        except AppError as error:
            outcome = Ended(error=error)
        except Exception as error:  # noqa: BLE001 - the last resort of a thread: told to the operator and logged
            _log.exception("Unexpected error in the task %r", task.title)
            outcome = Ended(error=UnexpectedError.of(error, task.title))
        self._bridge.post(task, outcome)

    # On the window's thread

    def _remember(self, task: Task) -> None:
        self._tasks.append(task)
        over = [
            each for each in self._tasks if each.state.is_over and (each.state is not TaskState.FAILED or each.seen)
        ]
        for each in over[: max(0, len(self._tasks) - _REMEMBERED_TASKS)]:
            self._tasks.remove(each)
        self.added.emit(task)

    @Slot()
    def _on_woken(self) -> None:
        if not self._frame.isActive() and not self._stopped:
            self._frame.start()

    @Slot()
    def _deliver(self) -> None:
        touched: dict[Task, None] = {}
        for task, message in coalesced(self._bridge.take_all()):
            handlers = self._handlers.get(task)
            if handlers is None:
                continue
            touched[task] = None
            if isinstance(message, Started):
                if task.state is TaskState.WAITING:
                    task.state = TaskState.RUNNING
            elif isinstance(message, Ended):
                self._end(task, handlers, message)
            else:
                task.take(message)
                if handlers.on_event and shiboken6.isValid(handlers.owner):
                    handlers.on_event(message)
        for task in touched:
            if task.pool != "polling":
                self.changed.emit(task)

    def _end(self, task: Task, handlers: _Handlers, outcome: "Ended[Any]") -> None:
        del self._handlers[task]
        task.ended = time.monotonic()
        task.fraction = None
        if outcome.cancelled:
            task.state = TaskState.CANCELLED
        elif outcome.error is not None:
            task.state, task.error = TaskState.FAILED, outcome.error
        else:
            task.state = TaskState.DONE
        if task.pool != "polling":
            self.ended.emit(task)
        if not shiboken6.isValid(handlers.owner):
            return
        if outcome.cancelled:
            if handlers.on_cancelled:
                handlers.on_cancelled()
        elif outcome.error is not None:
            handlers.on_failure(outcome.error)
        else:
            handlers.on_success(outcome.result)
