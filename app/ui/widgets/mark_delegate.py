"""Cells with the shape of a meaning before their text."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.ui import theme
from app.ui.theme import Meaning
from app.ui.widgets.marks import MARK_SIZE, paint_mark

Index = QModelIndex | QPersistentModelIndex


class MarkDelegate(QStyledItemDelegate):
    """Paints `meaning_of(index)`, when there is one, before the cell's text."""

    def meaning_of(self, index: Index) -> Meaning | None:
        """What the cell means; None for cells without a mark."""
        raise NotImplementedError

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width() + MARK_SIZE + theme.GAP, theme.ROW_HEIGHT_COMPACT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        meaning = self.meaning_of(index)
        if meaning is None:
            super().paint(painter, option, index)
            return
        whole = QRect(option.rect)
        style = option.widget.style()
        self.initStyleOption(option, index)
        # The background over the whole cell without the text; the text then beside the mark.
        text, option.text = option.text, ""
        style.drawControl(style.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        box = QRectF(whole.left() + theme.GAP_TINY, whole.top(), MARK_SIZE, whole.height())
        paint_mark(painter, meaning, box, theme.colours(option.palette))
        room = whole.adjusted(theme.GAP_TINY + MARK_SIZE + theme.GAP_SMALL, 0, -theme.GAP_TINY, 0)
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
