"""One chart: title, unit, the plot, and a legend with values that follow the cursor."""

import math
from datetime import datetime

import numpy as np
from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.models.metrics import Chart, ChartSpec, Line
from app.ui import theme, words
from app.ui.charts.plot import PLOT_HEIGHT, Plot, line_look
from app.ui.charts.units import worded
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.text import Label


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
        colour, is_dashed = line_look(shades, self._number)
        for left, width in ((4, 4), (10, 4)) if is_dashed else ((4, 10),):
            painter.fillRect(left, self.height() // 2 - 2, width, 4, colour)
        painter.setPen(shades.text)
        painter.drawText(self.rect().adjusted(theme.GAP_WIDE + 2, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.end()


class ChartView(QFrame):
    """A `Chart` drawn. The cursor's time is shared through `cursor_moved` and `show_cursor`; times are Unix seconds."""

    cursor_moved = Signal(float)
    """The time under the mouse; NaN when it has left."""
    span_chosen = Signal(float, float)
    reset_asked = Signal()
    outdated = Signal()
    """`draw` is due."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.chart: Chart | None = None
        """What is drawn."""
        self._alone = ""
        self._buttons: dict[str, LegendButton] = {}
        self._cursor_time = math.nan
        self._title = Label(role=theme.Text.STRONG)
        self._unit = Label(role=theme.Text.LABEL, muted=True)
        self._when = Label(role=theme.Text.LABEL, muted=True)
        self._nothing = Label(muted=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setFixedHeight(PLOT_HEIGHT)
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
        self._plot: Plot | None = None
        self._column.addWidget(self._nothing)
        self._column.addWidget(self._legend)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def announce(self, spec: ChartSpec) -> None:
        """Show what will be drawn here."""
        self._title.setText(self._translated(spec.title))
        self._unit.setText({"percent": "%"}.get(spec.unit, spec.unit))
        self.setAccessibleName(self._title.text())

    def show_chart(self, chart: Chart, start: float, end: float, *, is_off: bool = False) -> None:
        """Have `chart` drawn from `start` to `end` (Unix seconds). `is_off`: the exporter is told not to read it."""
        plot = self._plot or self.build(chart.spec)
        labels = [line.label for line in chart.lines]
        self.chart = chart
        self.announce(chart.spec)
        self._nothing.setText(self.tr("Switched off.") if is_off else self.tr("No data in this time."))
        plot.setVisible(bool(chart.lines))
        self._nothing.setVisible(not chart.lines)
        if labels != plot.labels:
            plot.set_labels(labels)
            self._renew_legend(labels)
        for line in chart.lines:
            plot.set_values(line.label, chart.times, line.values)
        plot.set_span(start, end)
        plot.set_threshold(chart.spec.threshold)
        self._show_height()
        self._show_values()

    def _translated(self, title: str) -> str:
        return QCoreApplication.translate("ChartSpec", title)

    @property
    def is_built(self) -> bool:
        return self._plot is not None

    def build(self, spec: ChartSpec) -> Plot:
        """Make what a chart of `spec` is drawn with, and say what it will be."""
        self.announce(spec)
        plot = Plot(spec.unit)
        plot.pointed.connect(self.cursor_moved)
        plot.span_chosen.connect(self.span_chosen)
        plot.reset_asked.connect(self.reset_asked)
        plot.outdated.connect(self.outdated)
        plot.hide()
        self._column.insertWidget(1, plot)
        self._plot = plot
        return plot

    @property
    def is_outdated(self) -> bool:
        """There is a plot to be seen, and its last drawing is not what it should show."""
        return self._plot is not None and self._plot.isVisible() and self._plot.is_outdated

    def draw(self) -> None:
        """Draw the plot anew: some 10 ms."""
        if self._plot is not None:
            self._plot.draw()

    def _renew_legend(self, labels: list[str]) -> None:
        self._legend_flow.clear()
        self._buttons.clear()
        self._alone = self._alone if self._alone in labels else ""
        for number, label in enumerate(labels):
            button = LegendButton(label, number)
            button.clicked.connect(lambda _checked=False, label=label: self.isolate(label))
            self._buttons[label] = button
            self._legend_flow.addWidget(button)
        self._show_alone()

    # Legend

    def isolate(self, label: str) -> None:
        """Show the line `label` alone; again: all lines."""
        self._alone = "" if self._alone == label else label
        self._show_alone()

    def shown_lines(self) -> list[str]:
        """The lines that are not hidden."""
        return [label for label in self._buttons if self._plot is not None and self._plot.is_curve_visible(label)]

    def value_of(self, label: str) -> str:
        """What the legend says of the line `label`."""
        return self._buttons[label].value

    def _show_alone(self) -> None:
        for label, button in self._buttons.items():
            button.setChecked(self._alone == label)
            if self._plot is not None:
                self._plot.set_visible(label, visible=self._alone in ("", label))
        if self.chart is not None:
            self._show_height()

    # Cursor

    def show_cursor(self, when: float) -> None:
        """Mark the time `when`, with the values then; NaN takes the mark away and shows the newest values."""
        self._cursor_time = when
        if self._plot is not None:
            self._plot.set_cursor(when)
        self._show_values()

    def _show_values(self) -> None:
        if self.chart is None:
            return
        when = self._cursor_time
        for line in self.chart.lines:
            value = _newest(line) if math.isnan(when) else _at(self.chart, line, when)
            self._buttons[line.label].show_value(worded(value, self.chart.spec.unit))
        self._when.setText("" if math.isnan(when) else words.moment(datetime.fromtimestamp(when).astimezone()))

    def _show_height(self) -> None:
        assert self.chart is not None  # noqa: S101 - called after it is set
        assert self._plot is not None  # noqa: S101 - likewise
        spec = self.chart.spec
        shown = [line.values for line in self.chart.lines if self._alone in ("", line.label)]
        known = np.concatenate(shown) if shown else np.empty(0)
        known = known[~np.isnan(known)]
        lowest, highest = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
        low = spec.minimum if spec.minimum is not None else lowest
        high = spec.maximum if spec.maximum is not None else max(highest, spec.threshold or highest)
        margin = (high - low) * 0.08 if spec.maximum is None else 0
        self._plot.set_height(low, high + margin if high > low else low + 1)


def _newest(line: Line) -> float:
    known = line.values[~np.isnan(line.values)]
    return float(known[-1]) if known.size else math.nan


def _at(chart: Chart, line: Line, when: float) -> float:
    """The value of the point nearest to `when`."""
    return float(line.values[int(np.abs(chart.times - when).argmin())]) if len(chart.times) else math.nan
