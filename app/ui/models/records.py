"""The frame of a flat table of records: how many rows and columns there are, and what the columns are called."""

from collections.abc import Sized
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

Index = QModelIndex | QPersistentModelIndex
ROOT: Final = QModelIndex()


class RecordTable(QAbstractTableModel):
    """A subclass keeps its records in `_rows`, and the titles of its columns in `_heads`."""

    _rows: Sized
    _heads: list[str]

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(self._heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._heads[section]
