"""The steps of one task as a list: what is done, what runs, what is to come."""

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.services.progress import Event, LogLine, StepAdvanced, StepFailed, StepFinished, StepStarted
from app.ui import wording, words

_Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
_LOG_LIMIT: Final = 5000


class StepState(StrEnum):
    """Where a step is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line of the list. `done` and `total` are bytes unless `total` is 0; `seconds` is final once the step is over."""

    step: StrEnum
    subject: str = ""
    state: StepState = StepState.WAITING
    seconds: float = 0.0
    begun: float = 0.0
    done: int = 0
    total: int = 0
    detail: str = ""

    @property
    def title(self) -> str:
        """The step's name, with its subject when it has one."""
        name = wording.step_name(self.step)
        return f"{name}: {self.subject}" if self.subject else name

    def facts(self) -> str:
        """What stands at the right: "5.3 MB · 2.1 s", or how far it is."""
        if self.state is StepState.RUNNING and self.total:
            return f"{words.size(self.done)} / {words.size(self.total)}"
        parts = [self.detail] if self.detail else []
        if self.state is StepState.RUNNING and time.monotonic() - self.begun >= 1:
            parts.append(words.duration(time.monotonic() - self.begun))
        elif self.state in (StepState.DONE, StepState.FAILED, StepState.CANCELLED):
            parts.append(wording.exact_duration(self.seconds))
        return " · ".join(parts)


class StepListModel(QAbstractListModel):
    """Rows of `StepRow`, fed with the events of a task on the GUI thread. The text role reads as a sentence for screen readers."""

    RowRole: Final = Qt.ItemDataRole.UserRole + 1
    logged = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[StepRow] = []
        self._log: list[str] = []

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.title, self.state_word(row.state), row.facts()) if part)
        if role == Qt.ItemDataRole.ToolTipRole:
            return words.tip(row.detail) or None
        if role == self.RowRole:
            return row
        return None

    def state_word(self, state: StepState) -> str:
        """`state` for people who do not see its shape."""
        return {
            StepState.WAITING: self.tr("to come"),
            StepState.RUNNING: self.tr("running"),
            StepState.DONE: self.tr("done"),
            StepState.FAILED: self.tr("failed"),
            StepState.CANCELLED: self.tr("cancelled"),
        }[state]

    @property
    def rows(self) -> tuple[StepRow, ...]:
        return tuple(self._rows)

    @property
    def log_text(self) -> str:
        """The newest lines of the log, at most 5000."""
        return "\n".join(self._log)

    def begin(self, steps: Iterable[StrEnum]) -> None:
        """Start anew with `steps` to come."""
        self.beginResetModel()
        self._rows = [StepRow(step) for step in steps]
        self._log = []
        self.endResetModel()

    def take(self, happened: Event) -> None:
        """Apply one event of the task."""
        if isinstance(happened, LogLine):
            self._log.extend(happened.text.splitlines())
            del self._log[:-_LOG_LIMIT]
            self.logged.emit(happened.text)
            return
        at = self._find(happened.step, happened.subject)
        row = self._rows[at]
        match happened:
            case StepStarted():
                row = replace(row, state=StepState.RUNNING, begun=time.monotonic())
            case StepAdvanced(done=done, total=total):
                row = replace(row, state=StepState.RUNNING, done=done, total=total, begun=row.begun or time.monotonic())
            case StepFinished(seconds=seconds, detail=detail):
                row = replace(row, state=StepState.DONE, seconds=seconds, detail=detail)
            case StepFailed(seconds=seconds):
                row = replace(row, state=StepState.FAILED, seconds=seconds)
        self._put(at, row)

    def mark_cancelled(self) -> None:
        """The task was cancelled: the step that ended badly says so instead of "failed"."""
        for at, row in enumerate(self._rows):
            if row.state in (StepState.FAILED, StepState.RUNNING):
                self._put(at, replace(row, state=StepState.CANCELLED))

    def tick(self) -> None:
        """Show the time that running steps have taken so far."""
        for at, row in enumerate(self._rows):
            if row.state is StepState.RUNNING:
                self._put(at, row)

    def _put(self, at: int, row: StepRow) -> None:
        self._rows[at] = row
        index = self.index(at)
        self.dataChanged.emit(index, index)

    def _find(self, step: StrEnum, subject: str) -> int:
        """The row of `step` and `subject`. A new subject takes over the step's waiting row, or gets a row after its last one."""
        last = len(self._rows) - 1
        for at, row in enumerate(self._rows):
            if row.step is not step:
                continue
            if row.subject == subject:
                return at
            if not row.subject and row.state is StepState.WAITING:
                self._rows[at] = replace(row, subject=subject)
                return at
            last = at
        self.beginInsertRows(QModelIndex(), last + 1, last + 1)
        self._rows.insert(last + 1, StepRow(step, subject))
        self.endInsertRows()
        return last + 1
