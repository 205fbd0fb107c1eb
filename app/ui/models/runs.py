"""All runs as a table, the newest first."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QObject, Qt

from app.models.bulk import ItemState
from app.services.bulk.records import Standing
from app.ui import wording, words
from app.ui.models.records import Index, RecordTable
from app.ui.run_words import action_word, devices
from app.ui.theme import Meaning


class RunsColumn(IntEnum):
    NUMBER = 0
    ACTION = 1
    STATE = 2
    TOTAL = 3
    DONE = 4
    FAILED = 5
    LEFT = 6
    BEGUN = 7
    WHO = 8


class RunsModel(RecordTable):
    """Rows of `Standing`. `RunRole` gives the row's record."""

    RunRole: Final = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Standing] = []
        self._heads = [
            self.tr("Run"),
            self.tr("What"),
            self.tr("State"),
            self.tr("Devices"),
            self.tr("Done"),
            self.tr("Failed"),
            self.tr("Left"),
            self.tr("Begun"),
            self.tr("Who"),
        ]

    def show(self, rows: Sequence[Standing]) -> None:
        """Show these. The same runs again keep the selection."""
        if [row.run.id for row in rows] == [row.run.id for row in self._rows]:
            self._rows = list(rows)
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, RunsColumn.WHO))
            return
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def standing(self, row: int) -> Standing:
        return self._rows[row]

    def row_of(self, run_id: int) -> int:
        """The row of that run; -1 for none."""
        return next((row for row, each in enumerate(self._rows) if each.run.id == run_id), -1)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells(row)[index.column()]
        return row if role == self.RunRole else None

    def _cells(self, row: Standing) -> list[str]:
        run = row.run
        return [
            str(run.id),
            f"{action_word(run.action)} {devices(run.total)}",
            self.state_word(row),
            str(run.total),
            str(run.count(ItemState.DONE)),
            str(run.count(ItemState.FAILED, ItemState.CANCELLED) or words.NONE),
            str(run.left or words.NONE),
            wording.clock_time(run.begun_at),
            run.operator,
        ]

    def state_word(self, row: Standing) -> str:
        """How the run is."""
        if row.is_at_work:
            return self.tr("Paused") if row.run.is_paused else self.tr("Under way")
        if row.is_interrupted:
            return self.tr("Interrupted")
        return self.tr("Ended")


def meaning_of(row: Standing) -> Meaning:
    """The shape and colour of the run's state."""
    if row.is_at_work:
        return Meaning.PAUSED if row.run.is_paused else Meaning.INFO
    if row.is_interrupted:
        return Meaning.ATTENTION
    return Meaning.DOWN if row.run.count(ItemState.FAILED) else Meaning.UP
