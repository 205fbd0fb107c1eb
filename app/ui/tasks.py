"""The only threads of the app: work runs on them, and its events and results come back on the window's thread.

A worker never touches a widget or a signal of its own: it leaves messages with one bridge, which outlives every task and delivers them in
order. What is shown for a result belongs to an owner; when that widget is gone, the task still ends but nothing is called.
"""

import logging
import queue
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Literal, TypeVar

import shiboken6
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.errors import AppError, Cancelled
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

_log = logging.getLogger(__name__)

T = TypeVar("T")
Pool = Literal["interactive", "polling", "bulk"]

_WORKERS: dict[str, int] = {"interactive": 4, "polling": 3, "bulk": 16, "cancelling": 1}
_LOG_LINES = 5000
_REMEMBERED_TASKS = 50
_FRAME_MILLISECONDS = 16


class UnexpectedError(AppError):
    """A fault of the app itself."""

    title = "“{task}” ended with an error that the app did not expect: {kind}."
    hint = "Please report it with the details below; the log file has the full record."

    @classmethod
    def of(cls, error: BaseException, task: str) -> "UnexpectedError":
        """Names the kind and the place, never a traceback."""
        frames = traceback.extract_tb(error.__traceback__)
        place = f" ({frames[-1].filename}:{frames[-1].lineno}, {frames[-1].name})" if frames else ""
        return cls(f"{type(error).__name__}: {error}{place}", task=task, kind=type(error).__name__)


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

    def __init__(self, runner: "TaskRunner", title: str, pool: Pool) -> None:
        self._runner = runner
        self.title = title
        self.pool: Pool = pool
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

    @property
    def seconds(self) -> float:
        """How long it has run, or ran."""
        return (time.monotonic() if self.ended is None else self.ended) - self.begun

    @property
    def remaining_seconds(self) -> float | None:
        """Estimate for the present step from its pace; None while unknown."""
        if self.state.is_over or not self.fraction:
            return None
        spent = time.monotonic() - self._step_begun
        return spent * (1 - self.fraction) / self.fraction

    def cancel(self) -> None:
        """Ask the work to stop. Returns at once; the state says when it has."""
        self._runner.cancel(self)

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
class _Started:
    pass


@dataclass(frozen=True, slots=True)
class _Ended(Generic[T]):
    """How the work ended: exactly one of the three, or a result, which may be None."""

    result: T | None = None
    error: AppError | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class _Handlers:
    owner: QObject
    on_success: Callable[[Any], None]
    on_failure: Callable[[AppError], None]
    on_event: Callable[[Event], None] | None
    on_cancelled: Callable[[], None] | None


_Message = tuple[Task, "Event | _Started | _Ended[Any]"]


class _Bridge(QObject):
    """Where workers leave messages. One signal wakes the window's thread, however many messages wait."""

    woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._messages: deque[_Message] = deque()
        self._lock = threading.Lock()
        self._wake_pending = False

    def post(self, task: Task, message: "Event | _Started | _Ended[Any]") -> None:
        """From any thread."""
        with self._lock:
            self._messages.append((task, message))
            wake = not self._wake_pending
            self._wake_pending = True
        if wake:
            self.woken.emit()

    def take_all(self) -> list[_Message]:
        with self._lock:
            messages = list(self._messages)
            self._messages.clear()
            self._wake_pending = False
        return messages


class _WorkerPool:
    """Up to `size` threads, started as needed, that run callables in order. Daemons: work that ignores its token cannot hold the exit."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._waiting = 0
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], None]) -> None:
        with self._lock:
            self._waiting += 1
            if self._waiting > len(self._threads) and len(self._threads) < self._size:
                name = f"plantwatch-{self._name}-{len(self._threads)}"
                thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
        self._work.put(work)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            with self._lock:
                self._waiting -= 1

    def stop(self, deadline: float) -> bool:
        """End the threads once their work is done; False when some still work at `deadline` (monotonic)."""
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)


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
        self._pools = {name: _WorkerPool(name, size) for name, size in _WORKERS.items()}
        self._handlers: dict[Task, _Handlers] = {}
        self._tasks: list[Task] = []
        self._bridge = _Bridge()
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
    ) -> Task:
        """Run `work(report, token)` on a worker of `pool`. Handlers are called on this thread, in order, while `owner` exists.

        Log lines that arrive together are handed over as one `LogLine` of several lines; of progress only the newest. Never called within
        `start` itself.
        """
        if self._stopped:
            raise RuntimeError("The task runner has been shut down.")
        task = Task(self, title, pool)
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

    def shutdown(self, timeout: float = 10.0) -> bool:
        """Cancel everything, wait at most `timeout` seconds for it to end, and call no handler any more. False: something still runs."""
        self._stopped = True
        for task in self._handlers:
            task.token.cancel()
        self._handlers.clear()
        self._frame.stop()
        deadline = time.monotonic() + timeout
        ended = [pool.stop(deadline) for pool in self._pools.values()]
        return all(ended)

    # On a worker

    def _run(self, task: Task, work: Callable[[Report, CancelToken], T]) -> None:
        def report(event: Event) -> None:
            self._bridge.post(task, event)

        self._bridge.post(task, _Started())
        try:
            task.token.check()
            outcome = _Ended(result=work(report, task.token))
        except Cancelled:
            outcome = _Ended(cancelled=True)
        except AppError as error:
            outcome = _Ended(error=error)
        except Exception as error:  # noqa: BLE001 - the last resort of a thread: told to the operator and logged
            _log.exception("Unexpected error in the task %r", task.title)
            outcome = _Ended(error=UnexpectedError.of(error, task.title))
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
        for task, message in _coalesced(self._bridge.take_all()):
            handlers = self._handlers.get(task)
            if handlers is None:
                continue
            touched[task] = None
            if isinstance(message, _Started):
                if task.state is TaskState.WAITING:
                    task.state = TaskState.RUNNING
            elif isinstance(message, _Ended):
                self._end(task, handlers, message)
            else:
                task.take(message)
                if handlers.on_event and shiboken6.isValid(handlers.owner):
                    handlers.on_event(message)
        for task in touched:
            if task.pool != "polling":
                self.changed.emit(task)

    def _end(self, task: Task, handlers: _Handlers, outcome: "_Ended[Any]") -> None:
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


def _coalesced(messages: list[_Message]) -> list[_Message]:
    """Neighbouring log lines of a task as one, and only the newest of neighbouring advances of a step."""
    kept: list[_Message] = []
    lines: list[str] = []

    def end_lines() -> None:
        if lines:
            kept[-1] = (kept[-1][0], LogLine("\n".join(lines)))
            lines.clear()

    for task, message in messages:
        before_task, before = kept[-1] if kept else (None, None)
        same = before_task is task
        if isinstance(message, LogLine):
            if not (same and lines):
                end_lines()
                kept.append((task, message))
            lines.append(message.text)
            continue
        end_lines()
        is_newer_advance = (
            same
            and isinstance(message, StepAdvanced)
            and isinstance(before, StepAdvanced)
            and (before.step, before.subject) == (message.step, message.subject)
        )
        if is_newer_advance:
            kept[-1] = (task, message)
        else:
            kept.append((task, message))
    end_lines()
    return kept
