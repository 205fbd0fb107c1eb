"""How a line of the alert list is painted."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QStyleOptionViewItem

from app.models.alert import Alert, Severity
from app.ui import theme
from app.ui.models.alerts import AlertColumn, AlertGroup, AlertModel
from app.ui.severities import severity_meaning
from app.ui.theme import Meaning, Text
from app.ui.widgets.mark_delegate import Index, MarkDelegate


def meaning_of(severity: Severity, *, silenced: bool = False) -> Meaning:
    """The shape and colour that an alert is shown with."""
    return Meaning.PAUSED if silenced else severity_meaning(severity)


class AlertDelegate(MarkDelegate):
    """Puts the mark of the severity before the text; group lines are bold, silenced alerts are set back."""

    def meaning_of(self, index: Index) -> Meaning | None:
        if index.column() != AlertColumn.WHAT:
            return None
        alert: Alert | None = index.data(AlertModel.AlertRole)
        if alert is not None:
            return meaning_of(alert.severity, silenced=alert.silenced)
        group: AlertGroup = index.data(AlertModel.GroupRole)
        return meaning_of(group.severity)

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        alert: Alert | None = index.data(AlertModel.AlertRole)
        if alert is None:
            option.font = theme.font(Text.STRONG)
        elif alert.silenced or index.column() == AlertColumn.SINCE:
            muted = theme.colours(option.palette).muted
            for role in (QPalette.ColorRole.Text, QPalette.ColorRole.HighlightedText):
                option.palette.setColor(role, muted)
