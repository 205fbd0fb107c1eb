"""Cells of plain text, in line with the header's, with the shape of a meaning before it where there is one."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.ui import theme
from app.ui.theme import Meaning
from app.ui.widgets.marks import MARK_SIZE, paint_mark

Index = QModelIndex | QPersistentModelIndex


class MarkDelegate(QStyledItemDelegate):
    """Paints `meaning_of(index)`, when there is one, before the cell's text."""

    def meaning_of(self, _index: Index) -> Meaning | None:
        """What the cell means; None for cells without a mark."""
        return None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width() + MARK_SIZE + 2 * theme.GAP, theme.ROW_HEIGHT_COMPACT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        self.initStyleOption(option, index)
        style = option.widget.style()
        # The background over the whole cell without the text; mark and text then where the header has its own.
        text, option.text = option.text, ""
        style.drawControl(style.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        self.paint_content(painter, option, text, self.meaning_of(index))

    def paint_content(
        self, painter: QPainter, option: QStyleOptionViewItem, text: str, meaning: Meaning | None
    ) -> None:
        """Mark and text, without what lies behind them, in the font and the colour of `option`."""
        room = QRectF(option.rect).adjusted(theme.GAP_SMALL, 0, -theme.GAP_TINY, 0)
        if meaning is not None:
            box = QRectF(room.left(), room.top(), MARK_SIZE, room.height())
            paint_mark(painter, meaning, box, theme.colours(option.palette))
            room.setLeft(box.right() + theme.GAP_SMALL)
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
