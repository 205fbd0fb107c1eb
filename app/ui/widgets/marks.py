"""The shape that stands for each meaning, so that no colour speaks alone."""

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app.ui import theme
from app.ui.theme import Meaning

MARK_SIZE = 12


def paint_mark(painter: QPainter, meaning: Meaning, box: QRectF, shades: theme.Colours) -> None:
    """Dot, triangle, square, hollow ring, clock, bars or diamond in the middle of `box`, as large as fits."""
    side = min(box.width(), box.height())
    centre = box.center()
    colour = shades.of(meaning)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(centre)
    painter.scale(side / MARK_SIZE, side / MARK_SIZE)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    match meaning:
        case Meaning.UP:
            painter.drawEllipse(QPointF(0, 0), 4.5, 4.5)
        case Meaning.ATTENTION:
            painter.drawPolygon(QPolygonF([QPointF(0, -5.5), QPointF(5.5, 4.5), QPointF(-5.5, 4.5)]))
        case Meaning.DOWN:
            painter.drawRect(QRectF(-4.5, -4.5, 9, 9))
        case Meaning.PAUSED:
            painter.drawRect(QRectF(-4, -4.5, 3, 9))
            painter.drawRect(QRectF(1, -4.5, 3, 9))
        case Meaning.INFO:
            painter.drawPolygon(QPolygonF([QPointF(0, -5), QPointF(5, 0), QPointF(0, 5), QPointF(-5, 0)]))
        case Meaning.UNKNOWN | Meaning.STALE:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 1.6))
            painter.drawEllipse(QPointF(0, 0), 4.5, 4.5)
            if meaning is Meaning.STALE:
                painter.drawLines([QLineF(0, 0, 0, -2.6), QLineF(0, 0, 2.2, 0)])
    painter.restore()


class Mark(QWidget):
    """The shape and colour of a meaning, as a widget."""

    def __init__(self, meaning: theme.Meaning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.meaning = meaning
        self.setFixedSize(QSize(MARK_SIZE, MARK_SIZE))

    def show_meaning(self, meaning: theme.Meaning) -> None:
        self.meaning = meaning
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_mark(painter, self.meaning, QRectF(self.rect()), theme.colours(self.palette()))
        painter.end()
