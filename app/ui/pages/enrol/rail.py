"""The row of steps above the wizard: where one is, what is behind, what is to come."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.ui import icons, theme
from app.ui.theme import Text

_DOT = 20.0
_HEIGHT = 44


class StepRail(QWidget):
    """Numbers in circles with their titles; a tick for what is done. It is not a control: Back and Next are."""

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = list(titles)
        self._at = 0
        self.setFixedHeight(_HEIGHT)
        self.show_step(0)

    def show_step(self, at: int) -> None:
        """`at` counts from 0; as many as there are titles means that all is done."""
        self._at = at
        if at < len(self._titles):
            text = self.tr("Step {0} of {1}: {2}").format(at + 1, len(self._titles), self._titles[at])
        else:
            text = self.tr("All steps are done")
        self.setAccessibleName(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.FORM_WIDTH, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        now = theme.colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = float(theme.GAP_SECTION), _HEIGHT / 2
        room = min(self.width(), theme.FORM_WIDTH + theme.GAP_SECTION) - left
        each = room / len(self._titles)
        for index, title in enumerate(self._titles):
            dot = QRectF(left, middle - _DOT / 2, _DOT, _DOT)
            self._paint_dot(painter, index, dot, now)
            painter.setFont(theme.font(Text.STRONG if index == self._at else Text.BODY))
            painter.setPen(now.text if index <= self._at else now.muted)
            words = QRectF(dot.right() + theme.GAP_SMALL, 0, each - _DOT - theme.GAP, _HEIGHT)
            painter.drawText(words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
            used = painter.fontMetrics().horizontalAdvance(title)
            line_from = words.left() + used + theme.GAP_SMALL
            line_to = left + each - theme.GAP_SMALL
            if index < len(self._titles) - 1 and line_to > line_from:
                painter.setPen(QPen(now.border, 1))
                painter.drawLine(QPointF(line_from, middle), QPointF(line_to, middle))
            left += each
        painter.end()

    def _paint_dot(self, painter: QPainter, index: int, dot: QRectF, now: theme.Colours) -> None:
        if index < self._at:
            painter.setPen(QPen(now.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot)
            tick = icons.pixmap("check", 14, now.accent, painter.device().devicePixelRatioF())
            painter.drawPixmap(QPointF(dot.center().x() - 7, dot.center().y() - 7), tick)
            return
        here = index == self._at
        painter.setPen(QPen(now.accent_fill if here else now.control_border, 1.5))
        painter.setBrush(now.accent_fill if here else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)
        painter.setFont(theme.font(Text.LABEL))
        painter.setPen(now.on_fill if here else now.muted)
        painter.drawText(dot, Qt.AlignmentFlag.AlignCenter, str(index + 1))
