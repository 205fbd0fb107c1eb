"""The sites as cards: one view that paints, not a widget a card."""

import time

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyleOptionViewItem, QWidget

from app.ui import theme
from app.ui.charts.sparklines import path
from app.ui.models.overview import Card, SiteModel
from app.ui.theme import Meaning
from app.ui.widgets.marks import MARK_SIZE, paint_mark
from app.ui.widgets.painted_list import PaintedList, PaintingDelegate

_GAP = theme.GAP
_PAD = theme.GAP
_LEAST_WIDTH = 216
_HEIGHT = 108
_LINE = 18
_CURVE_HEIGHT = 20
_SHARE_WIDTH = 44
_STRIPE = 3
_SMALL_MARK = 9
_KEPT = 150
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TROUBLE = (Meaning.DOWN, Meaning.ATTENTION)

Index = QModelIndex | QPersistentModelIndex


class CardDelegate(PaintingDelegate):
    """Paints a card: name and region, the worst and since when, the others, and how many were up over the last day.

    Drawing costs, copying does not: a card is drawn when it says something new, and then only copied. So that no repaint takes long, each
    may draw only for `BUDGET_SECONDS`; what is left over `is_behind`, and `catch_up` draws on before the next repaint.
    """

    BUDGET_SECONDS = 0.004

    def __init__(self, view: PaintedList) -> None:
        super().__init__(view)
        self.cell = QSize(_LEAST_WIDTH + _GAP, _HEIGHT + _GAP)
        self._view = view
        self._of_a_day = self.tr("24 h")
        self._fonts = {role: theme.font(role) for role in (theme.Text.LABEL, theme.Text.BODY, theme.Text.STRONG)}
        self._metrics = {role: QFontMetrics(font) for role, font in self._fonts.items()}
        self._shades = theme.colours(view.palette())
        self._look: object = None
        self._drawn: dict[str, tuple[Card, QPixmap]] = {}
        self._left: dict[str, Card] = {}
        self._until = 0.0

    def begin(self) -> None:
        """Before each repaint: what all cards share."""
        self._shades = theme.colours(self._view.palette())
        look = (self.cell, self._shades.is_dark, self.is_stale, self._view.devicePixelRatioF())
        if look != self._look or len(self._drawn) > _KEPT:
            self._look = look
            self._drawn.clear()
        self._left.clear()
        self._until = time.perf_counter() + self.BUDGET_SECONDS

    @property
    def is_behind(self) -> bool:
        """Cards were asked for that are not drawn yet."""
        return bool(self._left)

    def catch_up(self) -> None:
        """Draw some of what the last repaint left over, for twice its budget."""
        until = time.perf_counter() + 2 * self.BUDGET_SECONDS
        while self._left and time.perf_counter() < until:
            _, card = self._left.popitem()
            self._drawn[card.site] = (card, self._draw(card))

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return self.cell

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        card: Card = index.data(SiteModel.CardRole)
        before, drawn = self._drawn.get(card.site, (None, None))
        if before is None or not (before is card or before.says_the_same_as(card)):
            if time.perf_counter() < self._until:
                drawn = self._draw(card)
                self._drawn[card.site] = (card, drawn)
            else:
                self._left[card.site] = card
        if drawn is not None:
            painter.drawPixmap(option.rect.topLeft(), drawn)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if has_focus or option.state & QStyle.StateFlag.State_MouseOver:
            box = QRectF(option.rect.adjusted(0, 0, -_GAP, -_GAP))
            pen = QPen(self._shades.accent, 2) if has_focus else QPen(self._shades.control_border, 1)
            margin = pen.widthF() / 2
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(pen)
            painter.drawRoundedRect(box.adjusted(margin, margin, -margin, -margin), theme.RADIUS, theme.RADIUS)

    def _draw(self, card: Card) -> QPixmap:
        scale = self._view.devicePixelRatioF()
        drawn = QPixmap(self.cell * scale)
        drawn.setDevicePixelRatio(scale)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # A name from right to left stands where the others do, and is cut where it ends.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        box = QRect(0, 0, self.cell.width() - _GAP, self.cell.height() - _GAP)
        self._paint_ground(painter, box, card)
        inner = box.adjusted(_PAD + _STRIPE, _PAD - 2, -_PAD, -_PAD)
        line = QRect(inner.left(), inner.top(), inner.width(), _LINE)
        self._paint_title(painter, line, card)
        line.translate(0, _LINE + 2)
        self._paint_states(painter, line, card)
        line.translate(0, _LINE + 2)
        painter.setPen(self._shades.muted)
        self._text(painter, line, card.since, theme.Text.LABEL)
        if card.share:
            self._text(painter, line, self._of_a_day, theme.Text.LABEL, _RIGHT)
        foot = QRect(inner.left(), box.bottom() - _PAD - _CURVE_HEIGHT + 3, inner.width(), _CURVE_HEIGHT)
        self._paint_curve(painter, foot, card)
        painter.end()
        return drawn

    def _paint_ground(self, painter: QPainter, box: QRect, card: Card) -> None:
        painter.setPen(QPen(self._shades.border, 1))
        painter.setBrush(self._shades.surface)
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        if card.meaning in _TROUBLE and not self.is_stale:
            stripe = QRectF(box.left() + theme.GAP_TINY, box.top() + _PAD, _STRIPE, box.height() - 2 * _PAD)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._shades.of(card.meaning))
            painter.drawRoundedRect(stripe, 1.5, 1.5)

    def _paint_title(self, painter: QPainter, line: QRect, card: Card) -> None:
        paint_mark(painter, card.meaning, QRectF(line.left(), line.top(), MARK_SIZE, line.height()), self._shades)
        line = line.adjusted(MARK_SIZE + theme.GAP_SMALL, 0, 0, 0)
        strong, label = self._metrics[theme.Text.STRONG], self._metrics[theme.Text.LABEL]
        # The name has what room it needs, the region what is left.
        name_width = min(strong.horizontalAdvance(card.title) + 2, line.width())
        painter.setPen(self._shades.muted if self.is_stale else self._shades.text)
        self._text(painter, QRect(line.left(), line.top(), name_width, line.height()), card.title, theme.Text.STRONG)
        room = line.width() - name_width - theme.GAP_SMALL
        if room > label.averageCharWidth() * 6:
            painter.setPen(self._shades.muted)
            place = QRect(line.right() - room, line.top(), room, line.height())
            self._text(painter, place, card.region, theme.Text.LABEL, _RIGHT)

    def _paint_states(self, painter: QPainter, line: QRect, card: Card) -> None:
        """The worst first, in its colour; the others, each with its shape, as far as there is room."""
        body, label = self._metrics[theme.Text.BODY], self._metrics[theme.Text.LABEL]
        painter.setPen(self._shades.muted if self.is_stale else self._shades.of(card.meaning))
        self._text(painter, line, card.state, theme.Text.BODY)
        left = line.left() + body.horizontalAdvance(card.state) + theme.GAP
        painter.setPen(self._shades.muted)
        for meaning, text in card.others:
            width = label.horizontalAdvance(text)
            if left + _SMALL_MARK + theme.GAP_TINY + width > line.right():
                self._text(painter, QRect(left, line.top(), line.right() - left, line.height()), "…", theme.Text.LABEL)
                return
            paint_mark(painter, meaning, QRectF(left, line.top() + 1, _SMALL_MARK, line.height()), self._shades)
            left += _SMALL_MARK + theme.GAP_TINY
            self._text(painter, QRect(left, line.top(), width + 2, line.height()), text, theme.Text.LABEL)
            left += width + theme.GAP

    def _paint_curve(self, painter: QPainter, line: QRect, card: Card) -> None:
        if card.curve is None:
            return
        width = line.width() - _SHARE_WIDTH
        for first, end in card.gaps:
            gap = QRectF(line.left() + first * width, line.top(), (end - first) * width, line.height())
            painter.fillRect(gap, self._shades.skeleton)
        # Width 1 on the device: Qt strokes wider lines ten times slower.
        pen = QPen(self._shades.muted if self.is_stale else self._shades.accent, 1.0)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path(card.curve, width, line.height()).translated(line.left(), line.top()))
        painter.setPen(self._shades.muted)
        self._text(painter, line, card.share, theme.Text.LABEL, _RIGHT)

    def _text(
        self, painter: QPainter, box: QRect, text: str, role: theme.Text, alignment: Qt.AlignmentFlag = _LEFT
    ) -> None:
        painter.setFont(self._fonts[role])
        shown = self._metrics[role].elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, alignment | Qt.AlignmentFlag.AlignAbsolute | Qt.TextFlag.TextSingleLine, shown)


class SiteCards(PaintedList):
    """Arrow keys go between the cards, Enter or a click opens one."""

    opened = Signal(object)
    """The `Card` of a site to look at closer."""

    def __init__(self, model: SiteModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._delegate = CardDelegate(self)
        self.paint_by(self._delegate)
        self.setAccessibleName(self.tr("Sites"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self._catching_up = QTimer(self, singleShot=True, interval=0)
        self._catching_up.timeout.connect(self._catch_up)

    @property
    def is_complete(self) -> bool:
        """Every visible card has been drawn."""
        return not self._delegate.is_behind

    def open_entry(self, index: QModelIndex) -> None:
        self.opened.emit(index.data(SiteModel.CardRole))

    def resizeEvent(self, event: QResizeEvent) -> None:
        # With or without a scroll bar the cards have one width, or it would come and go.
        room = self.contentsRect().width() - self.verticalScrollBar().sizeHint().width()
        columns = max(1, room // (_LEAST_WIDTH + _GAP))
        cell = QSize(room // columns, _HEIGHT + _GAP)
        if cell != self._delegate.cell:
            self._delegate.cell = cell
            self.setGridSize(cell)
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._delegate.begin()
        super().paintEvent(event)
        if self._delegate.is_behind:
            self._catching_up.start()

    def _catch_up(self) -> None:
        self._delegate.catch_up()
        if self._delegate.is_behind:
            self._catching_up.start()
        else:
            self.viewport().update()
