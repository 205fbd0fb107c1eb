"""How a line of the alert list is painted."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.models.alert import Alert, Severity
from app.ui import theme
from app.ui.models.alerts import AlertColumn, AlertGroup, AlertModel
from app.ui.theme import Meaning, Text
from app.ui.widgets.marks import MARK_SIZE, paint_mark

_MEANINGS = {Severity.CRITICAL: Meaning.DOWN, Severity.WARNING: Meaning.ATTENTION, Severity.INFO: Meaning.INFO}


def meaning_of(severity: Severity, *, silenced: bool = False) -> Meaning:
    """The shape and colour that an alert is shown with."""
    return Meaning.PAUSED if silenced else _MEANINGS[severity]


class AlertDelegate(QStyledItemDelegate):
    """Puts the mark of the severity before the text; group lines are bold, silenced alerts are set back."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width() + MARK_SIZE + theme.GAP, theme.ROW_HEIGHT_COMPACT)

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        alert: Alert | None = index.data(AlertModel.AlertRole)
        if alert is None:
            option.font = theme.font(Text.STRONG)
        elif alert.silenced or index.column() == AlertColumn.SINCE:
            muted = theme.colours(option.palette).muted
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
                option.palette.setColor(role, muted)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        if index.column() != AlertColumn.WHAT:
            super().paint(painter, option, index)
            return
        whole = QRect(option.rect)
        style = option.widget.style()
        self.initStyleOption(option, index)
        # The row's background first, over the whole cell; then the text without it, beside the mark.
        text, option.text = option.text, ""
        style.drawControl(style.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        alert: Alert | None = index.data(AlertModel.AlertRole)
        group: AlertGroup | None = index.data(AlertModel.GroupRole)
        left = whole.left() + theme.GAP_TINY
        meaning = None
        if alert is not None:
            meaning = meaning_of(alert.severity, silenced=alert.silenced)
        elif group is not None:
            meaning = meaning_of(group.severity)
        if meaning is not None:
            box = QRectF(left, whole.top(), MARK_SIZE, whole.height())
            paint_mark(painter, meaning, box, theme.colours(option.palette))
        room = whole.adjusted(theme.GAP_TINY + MARK_SIZE + theme.GAP_SMALL, 0, -theme.GAP_TINY, 0)
        painter.save()
        painter.setFont(option.font)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()
