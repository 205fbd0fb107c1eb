"""Everything that is not a site, line by line: alerts, what endpoints need, what the stack costs its host."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui import theme
from app.ui.models.overview import Line, LineKind, LineModel
from app.ui.widgets.marks import MARK_SIZE, paint_mark

_PAD = theme.GAP_SMALL
_INDENT = MARK_SIZE + theme.GAP_SMALL
_HEIGHTS = {LineKind.HEADING: 40, LineKind.LINE: 28, LineKind.DETAIL: 24, LineKind.FIGURE: 26}
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

Index = QModelIndex | QPersistentModelIndex


class LineDelegate(QStyledItemDelegate):
    """Paints mark, text and figure; a heading stands by itself."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self.is_stale = False
        """What is shown is old: it is greyed."""
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


class OverviewLines(QListView):
    """Arrow keys go along the lines, Enter or a click follows one to where it is mended."""

    followed = Signal(str, str)
    """The page that a line leads to, and what about."""

    def __init__(self, model: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._delegate = LineDelegate(self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Alerts, needs and the monitoring server"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._follow)

    def set_stale(self, *, stale: bool) -> None:
        """Grey what is shown: it is old."""
        if stale != self._delegate.is_stale:
            self._delegate.is_stale = stale
            self.viewport().update()

    def _follow(self, index: QModelIndex) -> None:
        line: Line = index.data(LineModel.LineRole)
        if line.target is not None:
            self.followed.emit(*line.target)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._follow(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount() > 1:
            # The first line is a heading.
            self.setCurrentIndex(self.model().index(1, 0))
