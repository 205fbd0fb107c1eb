"""Charts side by side under one cursor."""

from collections.abc import Collection, Iterator, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from app.models.metric_groups import MetricGroup
from app.models.metrics import Chart
from app.ui import theme
from app.ui.charts.chart import ChartView

_TWO_COLUMNS_FROM = 820


class ChartBoard(QWidget):
    """One `ChartView` for each chart, in two columns where there is room.

    Building, filling and drawing one takes some 10 ms each. Each is done in a turn of the event loop of its own, so that the window never
    stands still; so is drawing again after a new size or theme. The cards are placed first, so that nothing moves while they fill.
    """

    span_chosen = Signal(float, float)
    """The operator dragged over this span of time (Unix seconds) in one of the charts."""
    reset_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.views: list[ChartView] = []
        self._charts: Sequence[Chart] = ()
        self._span = (0.0, 1.0)
        self._off: Collection[MetricGroup] = ()
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(theme.GAP)
        self._left = 0
        self._steps: Iterator[ChartView] = iter(())
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._take_turn)

    @property
    def is_complete(self) -> bool:
        """Every chart that was handed over is drawn as it should be seen."""
        return not self._left and not any(view.is_outdated for view in self.views)

    def show_charts(self, charts: Sequence[Chart], start: float, end: float, off: Collection[MetricGroup] = ()) -> None:
        """Draw `charts` from `start` to `end` (Unix seconds), one at a turn. Of the groups that are `off` there is nothing to be expected."""
        self._charts, self._span, self._left = charts, (start, end), len(charts)
        self._off = off
        for view in self.views[len(charts) :]:
            view.hide()
        self._steps = self._filled()
        self._turn.start()

    def _take_turn(self) -> None:
        if next(self._steps, None) is not None or self._draw_next():
            self._turn.start()

    def _draw_next(self) -> bool:
        """Draw one of the plots that need it, first what is in sight; False when there is none."""
        waiting = [view for view in self.views if view.is_outdated]
        waiting.sort(key=lambda view: view.visibleRegion().isEmpty())
        if waiting:
            waiting[0].draw()
        return bool(waiting)

    def _filled(self) -> Iterator[ChartView]:
        """Place, build, fill and draw chart by chart, with a pause wherever the window may do something else."""
        for number, chart in enumerate(self._charts):
            if number == len(self.views):
                self._add_view(chart)
                yield self.views[number]
        for view, chart in zip(self.views, self._charts, strict=False):
            if not view.is_built:
                view.build(chart.spec)
                yield view
            view.show_chart(chart, *self._span, is_off=chart.spec.group in self._off)
            view.show()
            yield view
            view.draw()
            self._left -= 1
            yield view

    def _add_view(self, chart: Chart) -> None:
        view = ChartView()
        view.announce(chart.spec)
        view.cursor_moved.connect(self._move_cursor)
        view.span_chosen.connect(self.span_chosen)
        view.reset_asked.connect(self.reset_asked)
        view.outdated.connect(self._turn.start)
        self.views.append(view)
        self._place(len(self.views) - 1)

    def _move_cursor(self, when: float) -> None:
        for view in self.views:
            view.show_cursor(when)

    def _place(self, number: int) -> None:
        columns = max(1, self._columns)
        self._grid.addWidget(self.views[number], number // columns, number % columns, Qt.AlignmentFlag.AlignTop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        columns = 2 if self.width() >= _TWO_COLUMNS_FROM else 1
        if columns == self._columns:
            return
        self._columns = columns
        for column in range(2):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for number in range(len(self.views)):
            self._place(number)
