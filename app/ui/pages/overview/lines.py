"""Everything that is not a site, line by line: alerts, what endpoints need, what the stack costs its host."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from app.ui import theme
from app.ui.models.overview import Line, LineKind, LineModel
from app.ui.widgets.marks import MARK_SIZE, paint_mark
from app.ui.widgets.painted_list import PaintedList, PaintingDelegate

_PAD = theme.GAP_SMALL
_INDENT = MARK_SIZE + theme.GAP_SMALL
_HEIGHTS = {LineKind.HEADING: 40, LineKind.LINE: 28, LineKind.DETAIL: 24, LineKind.FIGURE: 26}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class LineDelegate(PaintingDelegate):
    """Paints mark, text and figure; a heading stands by itself."""

    def __init__(self, view: PaintedList) -> None:
        super().__init__(view)
        self._fonts = {role: theme.font(role) for role in (theme.Text.BODY, theme.Text.STRONG)}
        self._metrics = {role: QFontMetrics(font) for role, font in self._fonts.items()}

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        line: Line = index.data(LineModel.LineRole)
        return QSize(0, _HEIGHTS[line.kind])

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(LineModel.LineRole)
        shades = theme.colours(option.palette)
        box: QRect = option.rect
        painter.save()
        is_heading = line.kind is LineKind.HEADING
        if line.target is not None and option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, shades.raised)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(shades.accent)
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        room = box.adjusted(_PAD, theme.GAP if is_heading else 0, -_PAD, 0)
        role = theme.Text.STRONG if is_heading else theme.Text.BODY
        quiet = self.is_stale or line.kind in (LineKind.DETAIL, LineKind.FIGURE)
        painter.setFont(self._fonts[role])
        metrics = self._metrics[role]
        if line.figure:
            width = metrics.horizontalAdvance(line.figure)
            is_old = self.is_stale or line.kind is LineKind.DETAIL
            painter.setPen(shades.muted if is_old else shades.text)
            painter.drawText(room, _RIGHT, line.figure)
            room.setRight(room.right() - width - theme.GAP_SMALL)
        if line.meaning is not None:
            paint_mark(painter, line.meaning, QRectF(room.left(), room.top(), MARK_SIZE, room.height()), shades)
        if line.meaning is not None or line.kind is LineKind.DETAIL:
            room.setLeft(room.left() + _INDENT)
        painter.setPen(shades.muted if quiet else shades.text)
        shown = metrics.elidedText(line.text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, _LEFT | Qt.TextFlag.TextSingleLine, shown)
        painter.restore()


class OverviewLines(PaintedList):
    """Arrow keys go along the lines, Enter or a click follows one to where it is mended."""

    followed = Signal(str, str)
    """The page that a line leads to, and what about."""
    #: The one before is a heading.
    first_row = 1

    def __init__(self, model: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self.paint_by(LineDelegate(self))
        self.setAccessibleName(self.tr("Alerts, needs and the monitoring server"))

    def open_entry(self, index: QModelIndex) -> None:
        line: Line = index.data(LineModel.LineRole)
        if line.target is not None:
            self.followed.emit(*line.target)
