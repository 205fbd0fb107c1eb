"""How a row of the fleet is painted: from the laid-out fleet itself, without a thousand calls of `data` at each repaint."""

from datetime import UTC, datetime

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import (
    QFontMetrics,
    QPainter,
    QPixmap,
    QStaticText,
)
from PySide6.QtWidgets import (
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.models.metrics import Health
from app.ui import theme
from app.ui.charts.sparklines import Sparklines
from app.ui.models.fleet import FleetModel, figure, section_text
from app.ui.models.fleet_rows import METRICS, Column, Fleet, Section
from app.ui.theme import Meaning
from app.ui.widgets.health import meaning_of
from app.ui.widgets.marks import MARK_SIZE, paint_mark

_PAD = theme.GAP_SMALL
_FIGURE_WIDTH = 40
_SPARK_HEIGHT = 20
_TEXTS_KEPT = 20_000
_CHEVRON = 16
#: How far the sign that folds a section reaches from the left edge.
FOLD_WIDTH = _PAD + _CHEVRON + theme.GAP_TINY

_ANSWERING = (Health.UP, Health.ATTENTION)

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


class FleetDelegate(QStyledItemDelegate):
    """Paints whole rows: crossing from Qt to Python once a row, not once a cell, is what makes a repaint cheap.

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
        self._current = -1
        self._columns: list[tuple[Column, int, int]] = []
        self._selected: list[tuple[int, int]] = []
        self._hovered = -1
        self.is_stale = False
        """The values are old: they are greyed."""

    def begin(self, hovered: int) -> None:
        """Before each repaint of the view: what all rows share. `hovered` is the row under the mouse, or -1."""
        view = self._view
        self._hovered = hovered
        self._current = view.currentIndex().row() if view.hasFocus() else -1
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
        """Paint the whole row of `index`."""
        self.paint_row(painter, index.row(), option.rect.y(), option.rect.height())

    def paint_row(self, painter: QPainter, row: int, top: int, height: int) -> None:
        """Paint row `row` at `top` of the viewport."""
        if self._model.fleet is None:
            return
        at = self._model.rows[row]
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
        if row == self._current:
            painter.setPen(self._shades.accent)
            painter.drawRect(strip.adjusted(0, 0, -1, -1))

    def _paint_endpoint(self, painter: QPainter, fleet: Fleet, at: int, top: int, height: int) -> None:
        has_curves = fleet.curves.shape[2] > 1
        base = top + (height - self._metrics.height()) // 2
        spark_top = top + (height - _SPARK_HEIGHT) // 2
        muted = self._shades.muted
        # The figures of one that does not answer are its last ones.
        is_old = self.is_stale or fleet.health[at].health not in _ANSWERING
        text_colour = muted if is_old else self._shades.text
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
            colour = self._shades.text if column is Column.NAME and not self.is_stale else muted
            if column is Column.STATE:
                meaning = meaning_of(fleet.health[at].health, fleet.endpoints[at].lifecycle)
                painter.drawPixmap(start + theme.GAP_TINY, top + (height - MARK_SIZE) // 2, self._marks[meaning])
                start += theme.GAP_TINY + MARK_SIZE + theme.GAP_SMALL
                colour = muted if self.is_stale else self._shades.of(meaning)
            elif column is Column.NAME and fleet.endpoints[at].device_change is not None:
                painter.drawPixmap(start, top + (height - MARK_SIZE) // 2, self._marks[Meaning.ATTENTION])
                start += MARK_SIZE + theme.GAP_TINY
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
