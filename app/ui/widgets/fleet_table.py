"""The table of the fleet. One delegate paints every cell from the laid-out fleet itself: a thousand calls of `data` less at each repaint."""

from datetime import UTC, datetime

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QCursor,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QStaticText,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.models.endpoint import Endpoint
from app.ui import theme
from app.ui.charts.sparklines import Sparklines
from app.ui.models.fleet import FleetModel, figure, section_text
from app.ui.models.fleet_rows import METRIC_OF, METRICS, Column, Fleet, Section
from app.ui.theme import Meaning
from app.ui.widgets.health import meaning_of
from app.ui.widgets.marks import MARK_SIZE, paint_mark

_PAD = theme.GAP_SMALL
_FIGURE_WIDTH = 40
_SPARK_HEIGHT = 20
_TEXTS_KEPT = 20_000
_CHEVRON = 16
_WIDEST_FIGURES = 240

WIDTHS = {
    Column.STATE: 104,
    Column.NAME: 130,
    Column.SITE: 126,
    Column.CPU: 112,
    Column.MEMORY: 112,
    Column.DISK: 112,
    Column.TEMPERATURE: 112,
    Column.NETWORK: 112,
    Column.REGION: 150,
    Column.TAGS: 150,
    Column.ADDRESS: 150,
    Column.LAST_SEEN: 84,
}
HIDDEN_AT_FIRST = (Column.REGION, Column.TAGS, Column.ADDRESS)
ALWAYS_SHOWN = (Column.STATE, Column.NAME)


class FleetDelegate(QStyledItemDelegate):
    """Paints a whole row when the view asks for its first cell: crossing from Qt to Python once a row is what makes a repaint cheap.

    Texts are laid out once and kept; curves and marks are drawn once and then copied.
    """

    def __init__(self, model: FleetModel, view: QTableView) -> None:
        super().__init__(view)
        self._model = model
        self._view = view
        self._texts: dict[tuple[str, int], tuple[QStaticText, int]] = {}
        self._marks: dict[Meaning, QPixmap] = {}
        self.sparklines = Sparklines()
        self._font = theme.font(theme.Text.BODY)
        self._bold = theme.font(theme.Text.STRONG)
        self._metrics = QFontMetrics(self._font)
        self._now = datetime.now(UTC)
        self._shades = theme.colours(view.palette())
        self._screen_scale = 0.0
        self._row = -1
        self._columns: list[tuple[Column, int, int]] = []
        self._selected: list[tuple[int, int]] = []
        self._hovered = -1
        self.is_stale = False
        """The values are old: they are greyed."""

    def begin(self, hovered: int) -> None:
        """Before each repaint of the view: what all rows share. `hovered` is the row under the mouse, or -1."""
        view = self._view
        self._row = -1
        self._hovered = hovered
        self._now = datetime.now(UTC)
        shades = theme.colours(view.palette())
        if shades is not self._shades or view.devicePixelRatioF() != self._screen_scale:
            self._shades = shades
            self._screen_scale = view.devicePixelRatioF()
            self._marks = {meaning: self._mark(meaning) for meaning in Meaning}
        width = view.columnWidth(Column.CPU) - _FIGURE_WIDTH - 2 * _PAD - theme.GAP_TINY
        curve_colour = self._shades.of(Meaning.STALE) if self.is_stale else self._shades.accent
        self.sparklines.begin(width, _SPARK_HEIGHT, curve_colour, self._screen_scale)
        self._columns = [
            (column, view.columnViewportPosition(column), view.columnWidth(column))
            for column in Column
            if not view.isColumnHidden(column)
        ]
        ranges = view.selectionModel().selection()
        self._selected = [(each.top(), each.bottom()) for each in map(ranges.at, range(ranges.count()))]

    def forget_values(self) -> None:
        """The fleet's values are new."""
        self.sparklines.renew()
        if len(self._texts) > _TEXTS_KEPT:
            self._texts.clear()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = index.row()
        if row == self._row or self._model.fleet is None:
            return
        self._row = row
        at = self._model.rows[row]
        top, height = option.rect.y(), option.rect.height()
        strip = QRect(0, top, self._view.viewport().width(), height)
        if any(first <= row <= last for first, last in self._selected):
            painter.fillRect(strip, self._shades.selection)
        elif isinstance(at, Section):
            painter.fillRect(strip, self._shades.window)
        elif row == self._hovered:
            painter.fillRect(strip, self._shades.raised)
        if isinstance(at, Section):
            self._paint_section(painter, self._columns[0][1], strip, at)
        else:
            self._paint_endpoint(painter, self._model.fleet, at, top, height)

    def _paint_endpoint(self, painter: QPainter, fleet: Fleet, at: int, top: int, height: int) -> None:
        has_curves = fleet.curves.shape[2] > 1
        base = top + (height - self._metrics.height()) // 2
        spark_top = top + (height - _SPARK_HEIGHT) // 2
        muted = self._shades.muted
        text_colour = muted if self.is_stale else self._shades.text
        values, identity = fleet.values, fleet.endpoints[at].id
        for column, left, width in self._columns:
            number = column - Column.CPU
            if 0 <= number < len(METRICS):
                static, advance = self._laid_out(figure(METRICS[number], values.item(number, at)), _FIGURE_WIDTH)
                painter.setPen(text_colour)
                painter.drawStaticText(left + width - _PAD - advance, base, static)
                if has_curves:
                    curve = fleet.curves[number, at]
                    if (drawn := self.sparklines.pixmap((number, identity), curve)) is not None:
                        painter.drawPixmap(left + _PAD, spark_top, drawn)
                continue
            text = self._model.text(at, column, self._now)
            start = left + _PAD
            colour = text_colour if column is Column.NAME else muted
            if column is Column.STATE:
                meaning = meaning_of(fleet.health[at].health, fleet.endpoints[at].lifecycle)
                painter.drawPixmap(start + theme.GAP_TINY, top + (height - MARK_SIZE) // 2, self._marks[meaning])
                start += theme.GAP_TINY + MARK_SIZE + theme.GAP_SMALL
                colour = muted if self.is_stale else self._shades.of(meaning)
            painter.setPen(colour)
            painter.drawStaticText(start, base, self._laid_out(text, left + width - _PAD - start)[0])

    def _paint_section(self, painter: QPainter, origin: int, strip: QRect, section: Section) -> None:
        painter.setPen(self._shades.muted)
        left = origin + _PAD
        middle = strip.center().y() + 1
        points = [QPoint(left + 4, middle - 4), QPoint(left + 8, middle), QPoint(left + 4, middle + 4)]
        if not section.collapsed:
            points = [QPoint(left + 2, middle - 2), QPoint(left + 6, middle + 2), QPoint(left + 10, middle - 2)]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawPolyline(points)
        name, _, rest = section_text(section).partition(" · ")
        for text, font, colour in ((name, self._bold, self._shades.text), (rest, self._font, self._shades.muted)):
            left += _CHEVRON + theme.GAP_TINY if font is self._bold else theme.GAP
            painter.setFont(font)
            painter.setPen(colour)
            box = QRect(left, strip.y(), strip.right() - left, strip.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
            left += painter.fontMetrics().horizontalAdvance(text)
        painter.setFont(self._font)

    def _laid_out(self, text: str, width: int) -> tuple[QStaticText, int]:
        """`text` laid out once, cut with an ellipsis at `width`, and how wide it is."""
        key = (text, width)
        known = self._texts.get(key)
        if known is None:
            static = QStaticText(self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, width))
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(font=self._font)
            known = self._texts[key] = (static, round(static.size().width()))
        return known

    def _mark(self, meaning: Meaning) -> QPixmap:
        side = round(MARK_SIZE * self._screen_scale)
        drawn = QPixmap(side, side)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        paint_mark(painter, meaning, QRectF(0, 0, side, side), self._shades)
        painter.end()
        drawn.setDevicePixelRatio(self._screen_scale)
        return drawn


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
        self.setProperty("kind", "painted")
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
        if isinstance(at, Section) and event.position().x() < _PAD + _CHEVRON + theme.GAP_TINY:
            self._model.toggle(at.site)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit(event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        under = self.indexAt(self.viewport().mapFromGlobal(QCursor.pos())) if self.viewport().underMouse() else None
        self._delegate.begin(under.row() if under is not None else -1)
        super().paintEvent(event)
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
        self.clearSpans()
        for row, at in enumerate(self._model.rows):
            if isinstance(at, Section):
                self.setSpan(row, 0, 1, len(Column))
        self.viewport().update()
        self.chosen_changed.emit()
