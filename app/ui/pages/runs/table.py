"""The table of a run's devices, and that of all runs: how they look, and what their keys do."""

from collections.abc import Iterable

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QApplication, QHeaderView, QTableView, QWidget

from app.models.bulk import BulkItem
from app.ui import theme
from app.ui.models.records import RecordTable
from app.ui.models.run import RunColumn, RunModel
from app.ui.run_words import MEANINGS
from app.ui.widgets.marks import MARK_SIZE, paint_mark
from app.ui.widgets.rows import make_rows

_WIDTHS = {
    RunColumn.NUMBER: 56,
    RunColumn.DEVICE: 150,
    RunColumn.ADDRESS: 150,
    RunColumn.STATE: 120,
    RunColumn.STEP: 170,
    RunColumn.TIME: 84,
}


class RowTable(QTableView):
    """Whole rows, compact, without a grid. Enter opens, Ctrl+C copies."""

    opened = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, model: RecordTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        make_rows(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setFixedHeight(theme.CONTROL_HEIGHT)
        self.doubleClicked.connect(lambda _index: self.opened.emit())

    def chosen_rows(self) -> list[int]:
        """The selected rows, top to bottom."""
        # By ranges: an index a row would take its time for thousands.
        selection = self.selectionModel().selection()
        parts = [selection.at(at) for at in range(selection.count())]
        rows = {row for part in parts for row in range(part.top(), part.bottom() + 1)}
        return sorted(rows)

    def copy(self) -> None:
        """The selected rows as text with a head line, cells apart by tabs."""
        model = self.model()
        columns = [column for column in range(model.columnCount()) if not self.isColumnHidden(column)]
        lines = ["\t".join(str(model.headerData(column, Qt.Orientation.Horizontal)) for column in columns)]
        lines += ["\t".join(str(model.index(row, at).data()) for at in columns) for row in self.chosen_rows()]
        QApplication.clipboard().setText("\n".join(lines))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.chosen_rows():
            self.menu_asked.emit(event.globalPos())


class ItemTable(RowTable):
    """The devices of a run.

    Paints all rows in one go. Crossing from Qt to Python for each cell, as delegates do, would let the threads of the run in between: each
    time the window would wait for the interpreter's lock.
    """

    def __init__(self, model: RunModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._items = model
        self.setAccessibleName(self.tr("Devices of the run"))
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        header = self.horizontalHeader()
        header.setSectionResizeMode(RunColumn.OUTCOME, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(RunColumn.NUMBER, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)

    def chosen(self) -> list[BulkItem]:
        """The selected devices, top to bottom."""
        return [self._items.item(row) for row in self.chosen_rows()]

    def choose(self, numbers: Iterable[int]) -> None:
        """Select the devices with these numbers, as far as they are shown, and bring the first into view."""
        rows = sorted(row for number in numbers if (row := self._items.row_of(number)) >= 0)
        selection, last = QItemSelection(), RunColumn.OUTCOME
        for first, final in _stretches(rows):
            selection.select(self._items.index(first, 0), self._items.index(final, last))
        wanted = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().select(selection, wanted)
        if rows:
            first_index = self._items.index(rows[0], 0)
            self.selectionModel().setCurrentIndex(first_index, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(first_index, QAbstractItemView.ScrollHint.PositionAtTop)
        self.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        shades = theme.colours(self.palette())
        chosen, current = set(self.chosen_rows()), self.currentIndex().row() if self.hasFocus() else -1
        columns = [
            (column, self.columnViewportPosition(column), self.columnWidth(column))
            for column in RunColumn
            if not self.isColumnHidden(column)
        ]
        row = max(0, self.rowAt(event.rect().top()))
        count, bottom, width = self._items.rowCount(), event.rect().bottom(), self.viewport().width()
        while row < count and (top := self.rowViewportPosition(row)) <= bottom:
            whole = QRectF(0, top, width, self.rowHeight(row))
            if row in chosen:
                painter.fillRect(whole, shades.selection)
            if row == current:
                painter.setPen(shades.accent)
                painter.drawRect(whole.adjusted(0.5, 0.5, -0.5, -0.5))
            self._paint_cells(painter, self._items.item(row), columns, whole, shades)
            row += 1
        painter.end()

    def _paint_cells(
        self,
        painter: QPainter,
        item: BulkItem,
        columns: list[tuple[RunColumn, int, int]],
        row: QRectF,
        shades: theme.Colours,
    ) -> None:
        metrics = painter.fontMetrics()
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for column, left, width in columns:
            room = QRectF(left, row.top(), width, row.height()).adjusted(theme.GAP_SMALL, 0, -theme.GAP_TINY, 0)
            if column is RunColumn.STATE:
                box = QRectF(room.left(), room.top(), MARK_SIZE, room.height())
                paint_mark(painter, MEANINGS[item.state], box, shades)
                room.setLeft(box.right() + theme.GAP_SMALL)
            text = self._items.text(item, column)
            painter.setPen(shades.text)
            painter.drawText(room, side, metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(room.width())))


def _stretches(rows: list[int]) -> list[tuple[int, int]]:
    """Neighbouring rows as pairs of the first and the last of them."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = found[-1][0], row
        else:
            found.append((row, row))
    return found
