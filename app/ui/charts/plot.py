"""The drawing area of a chart: two axes, a curve for each line, a cursor and a threshold; built on pyqtgraph."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsItem

from app.ui import theme
from app.ui.charts.axes import TimeAxis, ValueAxis

PLOT_HEIGHT = 150
# Qt strokes wider lines ten times slower.
_LINE_WIDTH = 1.0


def line_look(shades: theme.Colours, number: int) -> tuple[QColor, bool]:
    """The colour of the line of that number, and whether it is dashed: when the colours are used up, they come again with a dashed line."""
    return shades.series[number % len(shades.series)], number >= len(shades.series)


class _TimeBox(pg.ViewBox):
    """A drag chooses a span of time; a double click goes back to all of it; the wheel is left to the page."""

    chosen = Signal(float, float)
    reset_asked = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.setMouseEnabled(x=False, y=False)
        self._span: Any = None

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:  # noqa: ARG002 - pyqtgraph's signature
        ev.accept()
        if ev.button() != Qt.MouseButton.LeftButton:
            return
        begun = self.mapToView(ev.buttonDownPos()).x()
        now = self.mapToView(ev.pos()).x()
        low, high = sorted((begun, now))
        if self._span is None:
            self._span = pg.LinearRegionItem(movable=False)
            self.addItem(self._span, ignoreBounds=True)
        self._span.setRegion((low, high))
        if ev.isFinish():
            self.removeItem(self._span)
            self._span = None
            if high - low > 1:
                self.chosen.emit(low, high)

    def mouseDoubleClickEvent(self, ev: Any) -> None:
        ev.accept()
        self.reset_asked.emit()


class Plot(pg.GraphicsView):
    """Curves over time. Times are Unix seconds, values are in the unit of the axis.

    A repaint of the window only copies the last drawing. Drawing takes some 10 ms, and a new size or theme asks it of every plot at once: so
    a plot says that it is `outdated`, and whoever owns several calls `draw` of one in a turn of the event loop.

    Put together from pyqtgraph's axes and view box: its PlotItem would bring some 40 widgets of a context menu that is not shown.
    """

    outdated = Signal()
    """The last drawing is not what should be seen: `draw` is due."""
    pointed = Signal(float)
    """The time under the mouse; NaN when it has left."""
    span_chosen = Signal(float, float)
    """The operator dragged over this span of time."""
    reset_asked = Signal()

    def __init__(self, unit: str) -> None:
        self.is_outdated = True
        self._is_drawing = False
        self._drawn = QPixmap()
        self._shades: theme.Colours | None = None
        self._curves: dict[str, Any] = {}
        super().__init__()
        self.setViewportUpdateMode(pg.GraphicsView.ViewportUpdateMode.NoViewportUpdate)
        self.setFixedHeight(PLOT_HEIGHT)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._box = _TimeBox()
        self._axes = (ValueAxis(unit), TimeAxis())
        grid = pg.GraphicsLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        for item, row, column in ((self._box, 0, 1), (self._axes[0], 0, 0), (self._axes[1], 1, 1)):
            grid.addItem(item, row, column)
        for axis in self._axes:
            axis.linkToView(self._box)
            # Its grid lies above the box's background.
            axis.setZValue(0.5)
        self.setCentralItem(grid)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._threshold = pg.InfiniteLine(angle=0, movable=False)
        for line in (self._cursor, self._threshold):
            line.hide()
            self._box.addItem(line, ignoreBounds=True)
        self._box.chosen.connect(self.span_chosen)
        self._box.reset_asked.connect(self.reset_asked)
        self.sceneObj.sigMouseMoved.connect(self._on_mouse)
        self.scene().changed.connect(self._outdate)
        self._colour()

    # What it shows

    @property
    def labels(self) -> list[str]:
        """The names of the curves, in their order."""
        return list(self._curves)

    def set_labels(self, labels: Sequence[str]) -> None:
        """Have these curves, all visible and empty, instead of those there are."""
        for curve in self._curves.values():
            self._box.removeItem(curve)
        self._curves.clear()
        for label in labels:
            curve = pg.PlotCurveItem(connect="finite", antialias=True)
            self._box.addItem(curve)
            self._curves[label] = curve
        self._colour_curves()

    def set_values(self, label: str, times: npt.NDArray[np.float64], values: npt.NDArray[np.float64]) -> None:
        """Give the curve `label` its points; NaN is a gap."""
        self._curves[label].setData(times, values)

    def set_visible(self, label: str, *, visible: bool) -> None:
        self._curves[label].setVisible(visible)

    def is_curve_visible(self, label: str) -> bool:
        return bool(self._curves[label].isVisible())

    def set_span(self, start: float, end: float) -> None:
        self._box.setXRange(start, end, padding=0)

    def set_height(self, low: float, high: float) -> None:
        self._box.setYRange(low, high, padding=0)

    def set_threshold(self, value: float | None) -> None:
        self._threshold.setVisible(value is not None)
        if value is not None:
            self._threshold.setValue(value)

    def set_cursor(self, when: float) -> None:
        """Mark the time `when`; NaN takes the mark away."""
        self._cursor.setVisible(not math.isnan(when))
        if not math.isnan(when):
            self._cursor.setValue(when)

    # Drawing

    def draw(self) -> None:
        """Draw anew now, for the repaints to come."""
        self._is_drawing = True
        self._drawn = self.viewport().grab()
        self._is_drawing = self.is_outdated = False
        self.viewport().update()

    def _outdate(self) -> None:
        self.is_outdated = True
        self.outdated.emit()

    def paintEvent(self, ev: QPaintEvent) -> None:
        if self._is_drawing:
            super().paintEvent(ev)
            return
        painter = QPainter(self.viewport())
        if self._drawn.isNull():
            painter.fillRect(ev.rect(), self.backgroundBrush())
        else:
            # Stretched while a drawing of the new size is on its way.
            painter.drawPixmap(self.viewport().rect(), self._drawn)
        painter.end()

    def resizeEvent(self, ev: QResizeEvent | None) -> None:
        super().resizeEvent(ev)
        # None: pyqtgraph's own call while it is being made.
        if ev is not None:
            self._outdate()

    # The mouse

    def wheelEvent(self, ev: QWheelEvent) -> None:
        ev.ignore()

    def leaveEvent(self, ev: QEvent) -> None:
        super().leaveEvent(ev)
        self.pointed.emit(math.nan)

    def _on_mouse(self, at: Any) -> None:
        is_inside = self._box.sceneBoundingRect().contains(at)
        self.pointed.emit(self._box.mapSceneToView(at).x() if is_inside else math.nan)

    # Looks

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # Not while it is being made, when there is nothing to colour yet.
        if event.type() is QEvent.Type.PaletteChange and self._shades is not None:
            self._colour()

    def _colour(self) -> None:
        shades = theme.colours(self.palette())
        # Qt tells of a change of palette many times where the theme changes once.
        if shades is self._shades:
            return
        self._shades = shades
        self.setBackground(shades.surface)
        for axis in self._axes:
            axis.setPen(shades.border)
            axis.setTextPen(shades.muted)
            axis.setTickFont(theme.font(theme.Text.LABEL))
            axis.setStyle(tickLength=-4)
            axis.setGrid(40)
            # Painting ticks is what takes long; where only a curve or the cursor moves they are copied.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._cursor.setPen(QPen(shades.muted, 0))
        self._threshold.setPen(QPen(shades.of(theme.Meaning.ATTENTION), 0, Qt.PenStyle.DashLine))
        self._colour_curves()

    def _colour_curves(self) -> None:
        assert self._shades is not None  # noqa: S101 - set by the constructor
        for number, curve in enumerate(self._curves.values()):
            colour, is_dashed = line_look(self._shades, number)
            style = Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine
            curve.setPen(pg.mkPen(colour, width=_LINE_WIDTH, style=style))
