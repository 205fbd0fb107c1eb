"""The table of what a scan found: how it stands to the inventory as shape and word."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView, QWidget

from app.models.discovery import Hit, Standing
from app.ui.models.discovery import HitColumn, HitsModel
from app.ui.theme import Meaning
from app.ui.widgets.mark_delegate import Index, MarkDelegate
from app.ui.widgets.rows import make_rows

_WIDTHS = {
    HitColumn.ADDRESS: 150,
    HitColumn.NAME: 100,
    HitColumn.SERVER: 190,
    HitColumn.KEY: 190,
    HitColumn.EXPORTER: 150,
    HitColumn.KNOWN: 170,
}
#: Who gets how much of the room that is left over, in tenths.
_SHARES = {HitColumn.NAME: 1, HitColumn.SERVER: 2, HitColumn.KEY: 5, HitColumn.EXPORTER: 1, HitColumn.KNOWN: 1}
_MEANINGS = {
    Standing.NEW: Meaning.INFO,
    Standing.ENROLLED: Meaning.UP,
    Standing.ELSEWHERE: Meaning.ATTENTION,
    Standing.ANOTHER_KEY: Meaning.ATTENTION,
    Standing.UNPROVEN: Meaning.UNKNOWN,
}


class HitDelegate(MarkDelegate):
    """The standing with its mark."""

    def meaning_of(self, index: Index) -> Meaning | None:
        hit: Hit = index.data(HitsModel.HitRole)
        if index.column() != HitColumn.KNOWN or not (hit.is_listable or hit.known.at):
            return None
        return _MEANINGS[hit.known.standing]


class HitTable(QTableView):
    """Sorted by a click on a column's head; several rows may be selected, and copied as text."""

    def __init__(self, model: HitsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hits = model
        self.setModel(model)
        self.setItemDelegate(HitDelegate(self))
        self.setAccessibleName(self.tr("What was found"))
        make_rows(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        columns = self.horizontalHeader()
        columns.setStretchLastSection(True)
        columns.setSortIndicator(HitColumn.ADDRESS, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def chosen(self) -> list[Hit]:
        """What is selected, from top to bottom."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        hits = self._hits.hits
        return [hits[row] for row in rows]

    def choose_new(self) -> None:
        """Select all that can be enrolled and is not."""
        selection = self.selectionModel()
        selection.clearSelection()
        for row, hit in enumerate(self._hits.hits):
            if hit.is_listable and hit.known.standing is Standing.NEW:
                flags = selection.SelectionFlag.Select | selection.SelectionFlag.Rows
                selection.select(self._hits.index(row, 0), flags)

    def copy(self) -> None:
        """The selected rows as text, with tabs between the cells."""
        lines = ["\t".join(self._hits.text(hit, column) for column in HitColumn) for hit in self.chosen()]
        QApplication.clipboard().setText("\n".join(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        spare = max(0, self.viewport().width() - sum(_WIDTHS.values()))
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width + spare * _SHARES.get(column, 0) // 10)
