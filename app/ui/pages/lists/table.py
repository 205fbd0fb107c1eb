"""The table of a list: a row a device, corrected in place."""

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLineEdit,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.models.device_list import Field, RowId
from app.ui import theme
from app.ui.list_words import RowKind
from app.ui.models.list_rows import Fixed, ListModel
from app.ui.models.list_sheet import Sheet
from app.ui.pages.lists.columns import ColumnHeader
from app.ui.theme import Meaning
from app.ui.widgets.mark_delegate import Index, MarkDelegate
from app.ui.widgets.rows import make_rows

MEANINGS = {
    RowKind.GOOD: Meaning.UP,
    RowKind.BAD: Meaning.DOWN,
    RowKind.DUPLICATE: Meaning.ATTENTION,
    RowKind.KNOWN: Meaning.INFO,
    RowKind.SKIPPED: Meaning.UNKNOWN,
    RowKind.LEFT_OUT: Meaning.PAUSED,
    RowKind.BEGUN: Meaning.STALE,
}
_FIXED_WIDTHS = {Fixed.ROW: 56, Fixed.VERDICT: 104, Fixed.WHY: 260}
_WIDTHS = {
    Field.NAME: 150,
    Field.ADDRESS: 150,
    Field.PORT: 96,
    Field.EXPORTER_PORT: 120,
    Field.TAGS: 130,
    Field.NOTES: 180,
    Field.HOST_KEY: 150,
    Field.JUMPS: 150,
    Field.SCRAPE_ADDRESS: 140,
    Field.LISTEN_ADDRESS: 150,
}
_WIDTH = 116
_WITH_BACKGROUND = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus
_WIDEST_REASON = 560


class CellDelegate(MarkDelegate):
    """The verdict with its mark, wrong values in the tint of what is down, values that do not count set back; plain text throughout."""

    def meaning_of(self, index: Index) -> Meaning | None:
        # Through Qt it would be a text only.
        return (
            MEANINGS[RowKind(index.model().data(index, ListModel.KindRole))]
            if index.column() == Fixed.VERDICT
            else None
        )

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shades = theme.colours(option.palette)
        # Asked directly: through Qt each answer would be turned into a QVariant and back.
        data = index.model().data
        if data(index, ListModel.ProblemRole):
            painter.fillRect(option.rect, shades.tint(Meaning.DOWN))
        if data(index, ListModel.UnusedRole) and index.column() != Fixed.VERDICT:
            option.palette.setColor(QPalette.ColorRole.Text, shades.muted)
        if option.state & _WITH_BACKGROUND:
            super().paint(painter, option, index)
        elif text := data(index, Qt.ItemDataRole.DisplayRole):
            # The style would draw nothing behind it, and asks for everything that could be there.
            self.paint_content(painter, option, text, self.meaning_of(index))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(shades.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)
            painter.restore()

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setProperty("kind", "cell")
        return editor


class ListTable(QTableView):
    """Keyboard: Enter or F2 corrects a cell, typing replaces it, Del leaves rows out, Ctrl+C copies them."""

    menu_asked = Signal(QPoint)
    leave_out_asked = Signal()
    copy_asked = Signal()
    current_changed = Signal(int)
    """The position of the row in which the keyboard is; -1: in none."""

    def __init__(self, model: ListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = model
        self._current: tuple[RowId, int, int] | None = None
        self.columns = ColumnHeader(model, self)
        self.setHorizontalHeader(self.columns)
        self.setModel(model)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName(self.tr("Rows of the list"))
        make_rows(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalScrollBar().valueChanged.connect(self.columns.place)
        self._fields: tuple[object, ...] = ()

    # What is shown

    def take(self, sheet: Sheet) -> None:
        """Show `sheet`. The keyboard stays in its row, or in the place where that was."""
        if not sheet.change.is_rearranged:
            self._rows.take(sheet)
            self._tell_current()
            return
        current = self._current
        if self.state() is QAbstractItemView.State.EditingState:
            self.commit_open_editor()
        across, down = self.horizontalScrollBar().value(), self.verticalScrollBar().value()
        self._rows.take(sheet)
        self.setColumnHidden(Fixed.WHY, not sheet.has_reasons)
        fields = tuple((column.place, column.field) for column in sheet.columns)
        if fields != self._fields:
            self._fields = fields
            self._share_room(sheet)
        self.columns.show_columns()
        self.horizontalScrollBar().setValue(across)
        self.verticalScrollBar().setValue(down)
        self._go_back_to(current)

    def commit_open_editor(self) -> None:
        """What is being typed counts as typed."""
        editor = self.findChild(QLineEdit)
        if editor is not None:
            self.commitData(editor)
            self.closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)

    def go_to(self, position: int, section: int) -> None:
        """Put the keyboard there, in sight."""
        index = self._rows.index(position, section)
        self.setCurrentIndex(index)
        self.scrollTo(index)
        # The verdict, too, stays in sight while there is room for both.
        self.setFocus()

    def chosen(self) -> Sequence[int]:
        """The positions of the selected rows, in order."""
        found: set[int] = set()
        selection = self.selectionModel().selection()
        for part in map(selection.at, range(selection.count())):
            found.update(range(part.top(), part.bottom() + 1))
        return sorted(found)

    def _go_back_to(self, current: tuple[RowId, int, int] | None) -> None:
        if current is None or not self._rows.rowCount():
            self._current = None
            self.current_changed.emit(-1)
            return
        row, position, section = current
        found = self._rows.position_of(row)
        at = found if found >= 0 else min(position, self._rows.rowCount() - 1)
        self.setCurrentIndex(self._rows.index(at, min(section, self._rows.columnCount() - 1)))

    def _share_room(self, sheet: Sheet) -> None:
        for fixed, width in _FIXED_WIDTHS.items():
            self.setColumnWidth(fixed, width)
        for at, column in enumerate(sheet.columns, len(Fixed)):
            self.setColumnWidth(at, _WIDTHS.get(column.field, _WIDTH) if column.field else _WIDTH)
        self._give_room_to_reasons()

    def _tell_current(self) -> None:
        self.current_changed.emit(self.currentIndex().row())

    # Events

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        row = self._rows.row_at(current.row())
        self._current = (row.id, current.row(), current.column()) if row is not None else None
        self._tell_current()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._give_room_to_reasons()

    def _give_room_to_reasons(self) -> None:
        """What is wrong is told in sentences: they get what the values leave."""
        taken = sum(self.columnWidth(at) for at in range(self._rows.columnCount()) if at != Fixed.WHY)
        width = min(max(self.viewport().width() - taken, _FIXED_WIDTHS[Fixed.WHY]), _WIDEST_REASON)
        self.setColumnWidth(Fixed.WHY, width)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_asked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.leave_out_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # The Return that ends a correction comes by here, too.
            is_free = self.state() is not QAbstractItemView.State.EditingState
            if is_free and self._rows.flags(self.currentIndex()) & Qt.ItemFlag.ItemIsEditable:
                self.edit(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        # Painted from here, the interpreter's lock is taken once, not anew for each cell: beside a worker that judges a long list each of
        # these would wait for its turn, and a single repaint would take seconds.
        super().paintEvent(event)
