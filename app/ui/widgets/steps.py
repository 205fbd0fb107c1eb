"""The live list of a task's steps: a shape, a name, how far it is or how long it took; and the log for who wants it."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QHideEvent, QPainter, QPen, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.ui import icons, theme
from app.ui.models.steps import StepListModel, StepRow, StepState
from app.ui.theme import Meaning, Text
from app.ui.widgets.form import Fold

_TICK_MILLISECONDS = 1000
_BAR_WIDTH = 120
_BAR_HEIGHT = 4
_LEAST_FACTS = 110
_LOG_HEIGHT = 180

_ICONS = {
    StepState.DONE: ("circle-check", Meaning.UP),
    StepState.FAILED: ("circle-x", Meaning.DOWN),
    StepState.CANCELLED: ("circle-x", Meaning.PAUSED),
}


class StepDelegate(QStyledItemDelegate):
    """Paints a `StepRow`: ✓ done, ● running, ○ to come, ✗ failed."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), theme.CONTROL_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: StepRow = index.data(StepListModel.RowRole)
        now = theme.colours(option.palette)
        area = QRectF(option.rect).adjusted(theme.GAP_TINY, 0, -theme.GAP_TINY, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_shape(painter, row, area, now)
        area.setLeft(area.left() + theme.ICON + theme.GAP_SMALL)
        bar = _BAR_WIDTH + theme.GAP if row.state is StepState.RUNNING and row.total else 0
        painter.setFont(theme.font(Text.STRONG if row.state in (StepState.RUNNING, StepState.FAILED) else Text.BODY))
        painter.setPen(now.muted if row.state is StepState.WAITING else now.text)
        # The name comes first: only what it leaves is for the facts.
        metrics = painter.fontMetrics()
        title = metrics.elidedText(row.title, Qt.TextElideMode.ElideMiddle, int(area.width() - bar - _LEAST_FACTS))
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
        area.setLeft(area.left() + metrics.horizontalAdvance(title) + theme.GAP + bar)
        painter.setFont(theme.font(Text.BODY))
        painter.setPen(now.muted)
        facts = painter.fontMetrics().elidedText(row.facts(), Qt.TextElideMode.ElideMiddle, int(area.width()))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, facts)
        if bar:
            right = area.right() - painter.fontMetrics().horizontalAdvance(facts) - theme.GAP
            self._paint_bar(painter, row.done / row.total, right - _BAR_WIDTH, area.center().y(), now)
        painter.restore()

    def _paint_shape(self, painter: QPainter, row: StepRow, area: QRectF, now: theme.Colours) -> None:
        spot = QRectF(area.left(), area.center().y() - theme.ICON / 2, theme.ICON, theme.ICON)
        if row.state in _ICONS:
            name, meaning = _ICONS[row.state]
            scale = painter.device().devicePixelRatioF()
            painter.drawPixmap(spot.topLeft(), icons.pixmap(name, theme.ICON, now.of(meaning), scale))
            return
        painter.setPen(QPen(now.of(Meaning.INFO) if row.state is StepState.RUNNING else now.control_border, 1.5))
        painter.drawEllipse(spot.center(), 7, 7)
        if row.state is StepState.RUNNING:
            painter.setBrush(now.of(Meaning.INFO))
            painter.drawEllipse(spot.center(), 4, 4)

    def _paint_bar(self, painter: QPainter, share: float, left: float, middle: float, now: theme.Colours) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.skeleton)
        bar = QRectF(left, middle - _BAR_HEIGHT / 2, _BAR_WIDTH, _BAR_HEIGHT)
        painter.drawRoundedRect(bar, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.setBrush(now.of(Meaning.INFO))
        bar.setWidth(_BAR_WIDTH * min(1.0, share))
        painter.drawRoundedRect(bar, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)


class StepView(QListView):
    """Shows a `StepListModel` in full height; it does not scroll by itself."""

    def __init__(self, model: StepListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(model)
        self.setItemDelegate(StepDelegate(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Steps"))
        self.viewport().setAutoFillBackground(False)
        for changed in (model.rowsInserted, model.modelReset):
            changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.model().rowCount() * theme.CONTROL_HEIGHT + 2)


class LogFold(QWidget):
    """The log of a task, folded away until asked for."""

    def __init__(self, model: StepListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._text = QPlainTextEdit()
        self._text.setReadOnly(True)
        self._text.setFont(theme.font(Text.LABEL, monospaced=True))
        self._text.setMinimumHeight(_LOG_HEIGHT)
        self._text.setMaximumBlockCount(5000)
        self._text.setAccessibleName(self.tr("Log"))
        self._text.setPlaceholderText(self.tr("Nothing has been logged yet."))
        self.fold = Fold(self.tr("Log"), self._text)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.fold)
        model.logged.connect(self._text.appendPlainText)
        model.modelReset.connect(self._text.clear)


class StepList(QWidget):
    """`StepView` and `LogFold` one below the other; running steps show their time."""

    def __init__(self, model: StepListModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = StepView(model)
        self.log = LogFold(model)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.view)
        layout.addWidget(self.log)
        self._clock = QTimer(self, interval=_TICK_MILLISECONDS)
        self._clock.timeout.connect(model.tick)

    def showEvent(self, _happened: QShowEvent) -> None:
        self._clock.start()

    def hideEvent(self, _happened: QHideEvent) -> None:
        self._clock.stop()
