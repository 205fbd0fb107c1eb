"""What fires now as a tree of two levels: groups, and the alerts in them, worst first."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.models.alert import Alert, Severity
from app.ui import wording, words
from app.ui.severities import severity_word

_Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
_TOP: Final = 0
"""Internal id of group rows; alerts have their group's row + 1."""


class AlertColumn(IntEnum):
    WHAT = 0
    ENDPOINT = 1
    SITE = 2
    SINCE = 3


class AlertGrouping(StrEnum):
    SEVERITY = "severity"
    SITE = "site"


@dataclass(slots=True)
class AlertGroup:
    """A head line and its alerts. `severity` is the worst in it."""

    title: str
    severity: Severity
    alerts: list[Alert] = field(default_factory=list)


def alert_key(alert: Alert) -> str:
    """What stays the same about an alert from one refresh to the next."""
    return alert.fingerprint or f"{alert.name}\n{alert.instance}\n{sorted(alert.labels.items())}"


def matches(alert: Alert, needles: Sequence[str]) -> bool:
    """Whether all `needles` (case folded) occur in what is shown of `alert`, in its labels or as "severity:critical"."""
    severity = f"severity:{alert.severity.value}"
    shown = (alert.name, alert.instance, alert.site, alert.region, alert.summary, severity, *alert.labels.values())
    text = "\n".join(shown).casefold()
    return all(needle in text for needle in needles)


class AlertModel(QAbstractItemModel):
    """Alerts grouped by severity or by site, filtered by words. Silenced ones stand last in their group."""

    AlertRole: Final = Qt.ItemDataRole.UserRole + 1
    GroupRole: Final = Qt.ItemDataRole.UserRole + 2
    TitleRole: Final = Qt.ItemDataRole.UserRole + 3
    """A group's title, without the count."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._alerts: list[Alert] = []
        self._groups: list[AlertGroup] = []
        self._grouping = AlertGrouping.SEVERITY
        self._words: list[str] = []

    def columnCount(self, _parent: _Index = _ROOT) -> int:
        return len(AlertColumn)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        if not parent.isValid():
            return len(self._groups)
        if parent.internalId() != _TOP or parent.column() != 0:
            return 0
        return len(self._groups[parent.row()].alerts)

    def index(self, row: int, column: int, parent: _Index = _ROOT) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _TOP)

    def parent(self, index: _Index = _ROOT) -> QModelIndex:  # type: ignore[override]  # QObject.parent() shares the name
        if not index.isValid() or index.internalId() == _TOP:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, _TOP)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return [self.tr("Alert"), self.tr("Endpoint"), self.tr("Site"), self.tr("Since")][section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if index.internalId() == _TOP:
            return self._group_data(self._groups[index.row()], index.column(), role)
        return self._alert_data(self._groups[index.internalId() - 1].alerts[index.row()], index.column(), role)

    def show(self, alerts: Sequence[Alert]) -> None:
        """Replace all alerts."""
        self._alerts = list(alerts)
        self._rebuild()

    def set_grouping(self, grouping: AlertGrouping) -> None:
        self._grouping = grouping
        self._rebuild()

    def set_filter(self, text: str) -> None:
        """Show only alerts in which every word of `text` occurs."""
        self._words = text.casefold().split()
        self._rebuild()

    @property
    def shown(self) -> int:
        """How many alerts pass the filter."""
        return sum(len(group.alerts) for group in self._groups)

    @property
    def total(self) -> int:
        """How many alerts there are, shown or not."""
        return len(self._alerts)

    def first(self) -> QModelIndex:
        """Where the worst alert is; invalid when there is none."""
        return self.index(0, 0, self.index(0, 0)) if self._groups else QModelIndex()

    def find(self, key: str) -> QModelIndex:
        """Where the alert of that `alert_key` is; invalid when it does not fire any more or is filtered out."""
        for top, group in enumerate(self._groups):
            for row, alert in enumerate(group.alerts):
                if alert_key(alert) == key:
                    return self.index(row, 0, self.index(top, 0))
        return QModelIndex()

    def _rebuild(self) -> None:
        self.beginResetModel()
        kept = [alert for alert in self._alerts if matches(alert, self._words)]
        kept.sort(key=lambda alert: (alert.silenced, alert.severity.rank, -alert.since.timestamp()))
        groups: dict[str, AlertGroup] = {}
        for alert in kept:
            title = self._group_title(alert)
            groups.setdefault(title, AlertGroup(title, alert.severity)).alerts.append(alert)
        for group in groups.values():
            group.severity = min((alert.severity for alert in group.alerts), key=lambda severity: severity.rank)
        self._groups = sorted(groups.values(), key=lambda group: (group.severity.rank, group.title.casefold()))
        self.endResetModel()

    def _group_title(self, alert: Alert) -> str:
        if self._grouping is AlertGrouping.SEVERITY:
            return severity_word(alert.severity)
        return alert.site or self.tr("Without a site")

    def _group_data(self, group: AlertGroup, column: int, role: int) -> Any:
        if role == self.GroupRole:
            return group
        if role == self.TitleRole:
            return group.title
        if role == Qt.ItemDataRole.DisplayRole and column == 0:
            return f"{group.title}  {len(group.alerts)}"
        return None

    def _alert_data(self, alert: Alert, column: int, role: int) -> Any:
        if role == self.AlertRole:
            return alert
        if role == Qt.ItemDataRole.DisplayRole:
            cells = (self._what(alert), alert.instance or "–", alert.site or "–", words.age(alert.since))
            return cells[column]
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0:
            parts = [severity_word(alert.severity), alert.summary or alert.name, alert.instance, alert.site]
            return ", ".join(part for part in parts if part)
        if role == Qt.ItemDataRole.ToolTipRole and column == AlertColumn.SINCE:
            return wording.clock_time(alert.since)
        return None

    def _what(self, alert: Alert) -> str:
        text = alert.summary or alert.name
        return self.tr("{0} (silenced)").format(text) if alert.silenced else text
