"""The activity log as a table, newest first, grown downwards page by page."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, Qt

from app.models.activity import Activity, Result
from app.ui import wording, words
from app.ui.models.records import Index, RecordTable


class ActivityColumn(IntEnum):
    WHEN = 0
    WHO = 1
    ACTION = 2
    SUBJECT = 3
    RESULT = 4
    DETAIL = 5


class ActivityModel(RecordTable):
    """Rows of `Activity`. `ActivityRole` gives the row's record."""

    ActivityRole: Final = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Activity] = []
        self._heads = [
            self.tr("When"),
            self.tr("Who"),
            self.tr("What"),
            self.tr("Of"),
            self.tr("Result"),
            self.tr("Detail"),
        ]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells(row)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            detail = "\n".join(filter(None, (row.detail, row.fingerprints)))
            whole: dict[int, str] = {ActivityColumn.DETAIL: detail, ActivityColumn.SUBJECT: row.subject}
            return words.tip(whole.get(index.column(), "")) or None
        if role == self.ActivityRole:
            return row
        return None

    def result_word(self, result: Result) -> str:
        """How an action ended, as a word."""
        return {
            Result.DONE: self.tr("done"),
            Result.FAILED: self.tr("failed"),
            Result.CANCELLED: self.tr("cancelled"),
            Result.INTERRUPTED: self.tr("interrupted"),
        }[result]

    @property
    def oldest_id(self) -> int | None:
        return self._rows[-1].id if self._rows else None

    def show(self, newest: Sequence[Activity]) -> None:
        """Start anew with `newest`, newest first."""
        self.beginResetModel()
        self._rows = list(newest)
        self.endResetModel()

    def prepend(self, newest: Sequence[Activity]) -> int:
        """Put those of `newest` that are not shown yet on top; returns how many. Selection and scrolling stay."""
        known = self._rows[0].id if self._rows else 0
        fresh = [row for row in newest if row.id > known]
        if fresh:
            self.beginInsertRows(QModelIndex(), 0, len(fresh) - 1)
            self._rows[:0] = fresh
            self.endInsertRows()
        return len(fresh)

    def append(self, older: Sequence[Activity]) -> None:
        """Put `older` below."""
        if not older:
            return
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(older) - 1)
        self._rows.extend(older)
        self.endInsertRows()

    def _cells(self, row: Activity) -> list[str]:
        return [
            wording.clock_time(row.at),
            row.operator,
            row.action,
            row.subject or "–",
            self.result_word(row.result),
            row.detail.replace("\n", " · ") or "–",
        ]
