"""The table of the fleet: selection, keyboard, columns."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QTableView,
    QWidget,
)

from app.models.endpoint import Endpoint
from app.ui import theme
from app.ui.models.fleet import FleetModel
from app.ui.models.fleet_rows import METRIC_OF, Column, Section
from app.ui.widgets.fleet_delegate import FOLD_WIDTH, WIDTHS, FleetDelegate
from app.ui.widgets.rows import keep_selection_from_header

_WIDEST_FIGURES = 240

ALWAYS_SHOWN = (Column.STATE, Column.NAME)
HIDDEN_AT_FIRST = (Column.REGION, Column.TAGS, Column.ADDRESS)


class FleetTable(QTableView):
    """Keyboard: Enter opens, Del removes, Ctrl+C copies, Left and Right fold a section."""

    opened = Signal(object)
    """An `Endpoint` to look at closer."""
    removal_asked = Signal()
    menu_asked = Signal(QPoint)
    chosen_changed = Signal()
    """The selection is another one."""

    def __init__(self, model: FleetModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._delegate = FleetDelegate(model, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setFont(theme.font(theme.Text.BODY))
        self.setAccessibleName(self.tr("Fleet"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.setMouseTracking(True)
        self._catching_up = QTimer(self, singleShot=True, interval=0)
        self._catching_up.timeout.connect(self._catch_up)
        self._set_up_headers()
        self.doubleClicked.connect(self._activate)
        self.selectionModel().selectionChanged.connect(self.chosen_changed)
        model.refreshed.connect(self._on_refreshed)
        model.rearranged.connect(self._on_rearranged)

    def _set_up_headers(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(theme.ROW_HEIGHT_COMPACT)
        rows.setDefaultSectionSize(theme.ROW_HEIGHT_COMPACT)
        columns = self.horizontalHeader()
        columns.setFixedHeight(theme.CONTROL_HEIGHT)
        columns.setHighlightSections(False)
        keep_selection_from_header(self)
        columns.setSortIndicator(Column.NAME, Qt.SortOrder.AscendingOrder)
        columns.setMinimumSectionSize(60)
        columns.setStretchLastSection(True)
        for column, width in WIDTHS.items():
            columns.resizeSection(column, width)
        for column in METRIC_OF:
            # The curve has one size; a wider column would only move the figure away from it.
            columns.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        for column in HIDDEN_AT_FIRST:
            self.hideColumn(column)

    def set_comfortable(self, *, comfortable: bool) -> None:
        """Rows of 36 instead of 28 pixels."""
        height = theme.ROW_HEIGHT if comfortable else theme.ROW_HEIGHT_COMPACT
        self.verticalHeader().setDefaultSectionSize(height)

    def set_stale(self, *, stale: bool) -> None:
        """Grey what is shown: it is old."""
        if stale != self._delegate.is_stale:
            self._delegate.is_stale = stale
            self.viewport().update()

    def share_room(self) -> None:
        """Give the columns of figures, whose curves can use it, the room that the others leave."""
        shown = [column for column in Column if not self.isColumnHidden(column)]
        figures = [column for column in shown if column in METRIC_OF]
        others = sum(WIDTHS[column] if column is shown[-1] else self.columnWidth(column) for column in shown)
        others -= sum(self.columnWidth(column) for column in figures)
        if figures:
            width = (self.viewport().width() - others) // len(figures)
            for column in METRIC_OF:
                self.setColumnWidth(column, min(max(width, WIDTHS[column]), _WIDEST_FIGURES))

    # Selection

    def chosen(self) -> list[Endpoint]:
        """The selected endpoints, top to bottom."""
        return self._model.endpoints_in({index.row() for index in self.selectionModel().selectedRows()})

    def choose(self, name: str) -> None:
        """Select the endpoint `name` alone and bring it into sight."""
        if (row := self._model.row_of(name)) >= 0:
            self.selectRow(row)
            self.scrollTo(self._model.index(row, Column.NAME))

    def copied_text(self) -> str:
        """The selected endpoints as lines of tab-separated cells, with a heading, as shown columns stand."""
        columns = [column for column in Column if not self.isColumnHidden(column)]
        lines = ["\t".join(str(self._model.headerData(column, Qt.Orientation.Horizontal)) for column in columns)]
        for endpoint in self.chosen():
            at = self._position(endpoint)
            lines.append("\t".join(self._model.text(at, column) for column in columns))
        return "\n".join(lines)

    def copy(self) -> None:
        QApplication.clipboard().setText(self.copied_text())

    def _position(self, endpoint: Endpoint) -> int:
        assert self._model.fleet is not None  # noqa: S101 - an endpoint has been chosen from it
        return self._model.fleet.endpoints.index(endpoint)

    # Events

    def _activate(self, index: QModelIndex) -> None:
        at = self._model.rows[index.row()]
        if isinstance(at, Section):
            self._model.toggle(at.site)
        elif (endpoint := self._model.endpoint(index.row())) is not None:
            self.opened.emit(endpoint)

    def _fold(self, *, folded: bool) -> bool:
        index = self.currentIndex()
        at = self._model.rows[index.row()] if index.isValid() else None
        if not isinstance(at, Section) or at.collapsed == folded:
            return False
        self._model.toggle(at.site)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self._activate(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and self.chosen():
            self.removal_asked.emit()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if not self._fold(folded=event.key() == Qt.Key.Key_Left):
                super().keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        at = self._model.rows[index.row()] if index.isValid() else None
        if isinstance(at, Section) and event.position().x() < FOLD_WIDTH:
            self._model.toggle(at.site)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        under = self.indexAt(self.viewport().mapFromGlobal(QCursor.pos())) if self.viewport().underMouse() else None
        self._delegate.begin(under.row() if under is not None else -1)
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        row = max(0, self.rowAt(event.rect().top()))
        while row < len(self._model.rows) and (top := self.rowViewportPosition(row)) <= event.rect().bottom():
            self._delegate.paint_row(painter, row, top, self.rowHeight(row))
            row += 1
        painter.end()
        if self._delegate.sparklines.is_behind:
            self._catching_up.start()

    @property
    def is_complete(self) -> bool:
        """Every visible curve has been drawn."""
        return not self._delegate.sparklines.is_behind

    def _catch_up(self) -> None:
        self._delegate.sparklines.catch_up()
        if self._delegate.sparklines.is_behind:
            self._catching_up.start()
        else:
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.share_room()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.viewport().update()

    def _on_refreshed(self) -> None:
        self._delegate.forget_values()
        self.viewport().update()

    def _on_rearranged(self) -> None:
        self._delegate.forget_values()
        self.viewport().update()
        self.chosen_changed.emit()
