"""How long work tells what it does and learns that it is no longer wanted.

Work is a plain function that takes `report` and `token`. It reports frozen events, which the window or the command line words, and asks the
token between steps. Both are one interface, so that whatever shows progress can also cancel.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from app.errors import Cancelled

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class StepStarted:
    """`step` (a member of the work's own StrEnum) begins; `subject` names what it is about, if there is more than one."""

    step: StrEnum
    subject: str = ""


@dataclass(frozen=True, slots=True)
class StepAdvanced:
    """`done` of `total` units (bytes unless the step says otherwise); `total` 0 means unknown."""

    step: StrEnum
    done: int
    total: int
    subject: str = ""


@dataclass(frozen=True, slots=True)
class StepFinished:
    """`step` ended well after `seconds`; `detail` is a short fact for the operator ("5.3 MB", "was there already")."""

    step: StrEnum
    seconds: float
    detail: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class StepFailed:
    """`step` failed or was cancelled after `seconds`; the error itself is raised, not reported."""

    step: StrEnum
    seconds: float
    subject: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line for the log that the operator may open. Plain text, never a secret."""

    text: str


Event = StepStarted | StepAdvanced | StepFinished | StepFailed | LogLine
Report = Callable[[Event], None]


def ignore(_event: Event) -> None:
    """A `Report` for callers that show nothing."""


class CancelToken:
    """Set once, from any thread, when work is no longer wanted."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the work to stop and run the `on_cancel` callbacks, on this thread, once.

        Callbacks close things that may be closed already: a failing one is logged and keeps none of the others from running.
        """
        with self._lock:
            if self._cancelled.is_set():
                return
            self._cancelled.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback()
            except Exception:  # noqa: BLE001 - whatever a callback raises, the next one closes something else
                _log.info("A callback of a cancelled task failed", exc_info=True)

    def check(self) -> None:
        """Raise `Cancelled` if the work is no longer wanted. To be called between steps."""
        if self._cancelled.is_set():
            raise Cancelled

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than until cancelled; then raise `Cancelled`."""
        self._cancelled.wait(seconds)
        self.check()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Within the block the work waits for others and does nothing itself: whoever bounds how much is done at a time may begin more."""
        yield

    @contextmanager
    def on_cancel(self, callback: Callable[[], None]) -> Iterator[None]:
        """Within the block, cancelling calls `callback` (closing a channel, say), so that a blocking read ends."""
        with self._lock:
            already = self._cancelled.is_set()
            if not already:
                self._callbacks.append(callback)
        if already:
            callback()
        try:
            yield
        finally:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)


@dataclass
class StepHandle:
    """Given to the body of `step()`: `detail` set there is what the finished event says."""

    detail: str = ""


@contextmanager
def step(report: Report, token: CancelToken, name: StrEnum, subject: str = "") -> Iterator[StepHandle]:
    """Report `name` as started, then as finished, or as failed when the body raises. Checks `token` first."""
    token.check()
    report(StepStarted(name, subject))
    begun = time.monotonic()
    handle = StepHandle()
    try:
        yield handle
    except BaseException:
        report(StepFailed(name, time.monotonic() - begun, subject))
        raise
    report(StepFinished(name, time.monotonic() - begun, handle.detail, subject))
