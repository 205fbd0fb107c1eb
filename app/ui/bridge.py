"""What workers leave for the window's thread, in order, and how it is woken to take it."""

import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.services.progress import Event, LogLine, StepAdvanced

if TYPE_CHECKING:
    from app.ui.tasks import Task

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Started:
    """A worker has taken the work up."""


@dataclass(frozen=True, slots=True)
class Ended(Generic[T]):
    """How the work ended: exactly one of the three, or a result, which may be None."""

    result: T | None = None
    error: AppError | None = None
    cancelled: bool = False


Message = tuple["Task", "Event | Started | Ended[Any]"]


class Bridge(QObject):
    """Where workers leave messages. One signal wakes the window's thread, however many messages wait."""

    woken = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._messages: deque[Message] = deque()
        self._lock = threading.Lock()
        self._wake_pending = False

    def post(self, task: "Task", message: "Event | Started | Ended[Any]") -> None:
        """From any thread."""
        with self._lock:
            self._messages.append((task, message))
            wake = not self._wake_pending
            self._wake_pending = True
        if wake:
            self.woken.emit()

    def take_all(self) -> list[Message]:
        """What waits, oldest first; the next message wakes again."""
        with self._lock:
            messages = list(self._messages)
            self._messages.clear()
            self._wake_pending = False
        return messages


def coalesced(messages: list[Message]) -> list[Message]:
    """Neighbouring log lines of a task as one, and only the newest of neighbouring advances of a step."""
    kept: list[Message] = []
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
