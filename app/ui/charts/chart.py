"""One chart: title, unit, a line for each series, a cursor with values, a threshold; built on pyqtgraph."""

import math
from datetime import datetime
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QGraphicsItem, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.models.metrics import Chart, ChartSpec, Line
from app.ui import theme, words
from app.ui.charts.axes import TimeAxis, ValueAxis
from app.ui.charts.units import worded
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.text import Label

_PLOT_HEIGHT = 150
# Qt strokes wider lines ten times slower.
_LINE_WIDTH = 1.0


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


class _Plot(pg.PlotWidget):
    """Lets the page scroll under the wheel and tells when the mouse leaves."""

    left = Signal()

    def wheelEvent(self, ev: QWheelEvent) -> None:
        ev.ignore()

    def leaveEvent(self, ev: QEvent) -> None:
        super().leaveEvent(ev)
        self.left.emit()


class LegendButton(QAbstractButton):
    """A line's colour, name and value; pressing it shows that line alone."""

    def __init__(self, name: str, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._number = number
        self.value = ""
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(theme.font(theme.Text.LABEL))
        self.show_value("")

    def show_value(self, text: str) -> None:
        self.value = text
        self.setText(f"{self.name}  {text}".strip())
        self.setAccessibleName(self.tr("{line}: {value}. Press to show it alone.").format(line=self.name, value=text))
        self.setFixedSize(self.fontMetrics().horizontalAdvance(self.text()) + theme.GAP_WIDE + theme.GAP_SMALL, 20)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        shades = theme.colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isChecked() or self.hasFocus():
            painter.setPen(shades.accent if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(shades.selection if self.isChecked() else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.fillRect(4, self.height() // 2 - 2, 10, 4, line_colour(shades, self._number))
        painter.setPen(shades.text)
        painter.drawText(self.rect().adjusted(theme.GAP_WIDE + 2, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


def line_colour(shades: theme.Colours, number: int) -> QColor:
    """The colour of the line of that number; from the seventh on they repeat, with a dashed line."""
    return shades.series[number % len(shades.series)]


class ChartView(QFrame):
    """A `Chart` drawn. The cursor's time is shared through `cursor_moved` and `show_cursor`; times are Unix seconds."""

    cursor_moved = Signal(float)
    """The time under the mouse; NaN when it has left."""
    span_chosen = Signal(float, float)
    reset_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.chart: Chart | None = None
        """What is drawn."""
        self._alone = ""
        self._curves: dict[str, Any] = {}
        self._buttons: dict[str, LegendButton] = {}
        self._cursor_time = math.nan
        self._title = Label(role=theme.Text.STRONG)
        self._unit = Label(role=theme.Text.LABEL, muted=True)
        self._when = Label(role=theme.Text.LABEL, muted=True)
        self._nothing = Label(muted=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setFixedHeight(_PLOT_HEIGHT)
        self._legend = QWidget()
        self._legend_flow = FlowLayout(self._legend, theme.GAP_TINY)
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_SMALL)
        head.addWidget(self._title)
        head.addWidget(self._unit)
        head.addStretch(1)
        head.addWidget(self._when)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.GAP, theme.GAP_SMALL, theme.GAP, theme.GAP_SMALL)
        self._column.setSpacing(theme.GAP_TINY)
        self._column.addLayout(head)
        self._plot: Any = None
        self._column.addWidget(self._nothing)
        self._column.addWidget(self._legend)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def announce(self, spec: ChartSpec) -> None:
        """Show what will be drawn here."""
        self._title.setText(self._translated(spec.title))
        self._unit.setText({"percent": "%"}.get(spec.unit, spec.unit))
        self.setAccessibleName(self._title.text())

    def show_chart(self, chart: Chart, start: float, end: float) -> None:
        """Draw `chart` from `start` to `end` (Unix seconds)."""
        if not self.is_built:
            self.build(chart.spec)
        labels = [line.label for line in chart.lines]
        renew_legend = labels != list(self._buttons)
        self.chart = chart
        self.announce(chart.spec)
        self._nothing.setText(self.tr("No data in this time."))
        self._plot.setVisible(bool(chart.lines))
        self._nothing.setVisible(not chart.lines)
        if renew_legend:
            self._renew_lines(labels)
        for line in chart.lines:
            self._curves[line.label].setData(chart.times, line.values)
        self._plot.setXRange(start, end, padding=0)
        self._show_height()
        self._show_values()

    def _translated(self, title: str) -> str:
        return QCoreApplication.translate("ChartSpec", title)

    def paint_now(self) -> None:
        """Paint at once, not later together with all the others."""
        self._plot.viewport().repaint()

    @property
    def is_built(self) -> bool:
        return self._plot is not None

    def build(self, spec: ChartSpec) -> None:
        """Make what a chart of `spec` is drawn with, and say what it will be."""
        self.announce(spec)
        unit = spec.unit
        box = _TimeBox()
        box.chosen.connect(self.span_chosen)
        box.reset_asked.connect(self.reset_asked)
        self._plot = _Plot(viewBox=box, axisItems={"left": ValueAxis(unit), "bottom": TimeAxis()})
        self._plot.setFixedHeight(_PLOT_HEIGHT)
        self._plot.hideButtons()
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setFrameShape(QFrame.Shape.NoFrame)
        self._plot.left.connect(lambda: self.cursor_moved.emit(math.nan))
        self._plot.scene().sigMouseMoved.connect(self._on_mouse)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self._threshold = pg.InfiniteLine(angle=0, movable=False)
        self._threshold.hide()
        for item in (self._cursor, self._threshold):
            self._plot.addItem(item, ignoreBounds=True)
        self._plot.hide()
        self._column.insertWidget(1, self._plot)
        self._colour()

    def _renew_lines(self, labels: list[str]) -> None:
        for curve in self._curves.values():
            self._plot.removeItem(curve)
        self._legend_flow.clear()
        self._curves.clear()
        self._buttons.clear()
        self._alone = self._alone if self._alone in labels else ""
        for number, label in enumerate(labels):
            curve = pg.PlotCurveItem(connect="finite", antialias=True)
            self._plot.addItem(curve)
            self._curves[label] = curve
            button = LegendButton(label, number)
            button.clicked.connect(lambda _checked=False, label=label: self.isolate(label))
            self._buttons[label] = button
            self._legend_flow.addWidget(button)
        self._colour()
        self._show_alone()

    # Legend

    def isolate(self, label: str) -> None:
        """Show the line `label` alone; again: all lines."""
        self._alone = "" if self._alone == label else label
        self._show_alone()

    def shown_lines(self) -> list[str]:
        """The lines that are not hidden."""
        return [label for label, curve in self._curves.items() if curve.isVisible()]

    def value_of(self, label: str) -> str:
        """What the legend says of the line `label`."""
        return self._buttons[label].value

    def _show_alone(self) -> None:
        for label, curve in self._curves.items():
            curve.setVisible(self._alone in ("", label))
            self._buttons[label].setChecked(self._alone == label)
        if self.chart is not None:
            self._show_height()

    # Cursor

    def _on_mouse(self, at: Any) -> None:
        view = self._plot.getViewBox()
        if view.sceneBoundingRect().contains(at):
            self.cursor_moved.emit(view.mapSceneToView(at).x())
        else:
            self.cursor_moved.emit(math.nan)

    def show_cursor(self, when: float) -> None:
        """Mark the time `when`, with the values then; NaN takes the mark away and shows the newest values."""
        self._cursor_time = when
        if self._plot is not None:
            self._cursor.setVisible(not math.isnan(when))
            if not math.isnan(when):
                self._cursor.setValue(when)
        self._show_values()

    def _show_values(self) -> None:
        if self.chart is None:
            return
        when = self._cursor_time
        for line in self.chart.lines:
            value = _newest(line) if math.isnan(when) else _at(self.chart, line, when)
            self._buttons[line.label].show_value(worded(value, self.chart.spec.unit))
        self._when.setText("" if math.isnan(when) else words.moment(datetime.fromtimestamp(when).astimezone()))

    # Looks

    def _show_height(self) -> None:
        assert self.chart is not None  # noqa: S101 - called after it is set
        spec = self.chart.spec
        shown = [line.values for line in self.chart.lines if self._alone in ("", line.label)]
        known = np.concatenate(shown) if shown else np.empty(0)
        known = known[~np.isnan(known)]
        lowest, highest = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        low = spec.minimum if spec.minimum is not None else lowest
        high = spec.maximum if spec.maximum is not None else max(highest, spec.threshold or highest)
        margin = (high - low) * 0.08 if spec.maximum is None else 0
        self._plot.setYRange(low, high + margin if high > low else low + 1, padding=0)
        self._threshold.setVisible(spec.threshold is not None)
        if spec.threshold is not None:
            self._threshold.setValue(spec.threshold)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self._plot is not None:
            self._colour()

    def _colour(self) -> None:
        shades = theme.colours(self.palette())
        self._plot.setBackground(shades.surface)
        for side in ("left", "bottom"):
            axis = self._plot.getAxis(side)
            axis.setPen(shades.border)
            axis.setTextPen(shades.muted)
            axis.setTickFont(theme.font(theme.Text.LABEL))
            axis.setStyle(tickLength=-4)
            axis.setGrid(40)
            # Painting ticks is what takes long; a repaint of the window then copies them.
            axis.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self._cursor.setPen(QPen(shades.muted, 0))
        dashed = QPen(shades.of(theme.Meaning.ATTENTION), 0, Qt.PenStyle.DashLine)
        self._threshold.setPen(dashed)
        for number, curve in enumerate(self._curves.values()):
            repeated = number >= len(shades.series)
            style = Qt.PenStyle.DashLine if repeated else Qt.PenStyle.SolidLine
            curve.setPen(pg.mkPen(line_colour(shades, number), width=_LINE_WIDTH, style=style))


def _newest(line: Line) -> float:
    known = line.values[~np.isnan(line.values)]
    return float(known[-1]) if known.size else math.nan


def _at(chart: Chart, line: Line, when: float) -> float:
    """The value of the point nearest to `when`."""
    return float(line.values[int(np.abs(chart.times - when).argmin())]) if len(chart.times) else math.nan
