"""The fleet as a Qt model: holds what a worker laid out and answers for views. Painting does not go through `data`; copying and tests do."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from app.models.endpoint import Endpoint
from app.models.metrics import FleetMetric
from app.services.fleet_filter import matching
from app.ui import words
from app.ui.models.fleet_rows import METRIC_OF, METRICS, Arrangement, Column, Fleet, Row, Section, arrange
from app.ui.widgets.endpoint_summary import change_text
from app.ui.widgets.health import sentence, word_for

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


def heading(column: Column) -> str:
    """The column's title, with its unit."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("Fleet", text)

    return {
        Column.STATE: tr("State"),
        Column.NAME: tr("Name"),
        Column.SITE: tr("Site"),
        Column.CPU: tr("CPU %"),
        Column.MEMORY: tr("Memory %"),
        Column.DISK: tr("Disk %"),
        Column.TEMPERATURE: tr("Temp. °C"),
        Column.NETWORK: tr("Network kB/s"),
        Column.REGION: tr("Region"),
        Column.TAGS: tr("Tags"),
        Column.ADDRESS: tr("Address"),
        Column.LAST_SEEN: tr("Last seen"),
    }[column]


def flag_words() -> str:
    """What is said, and found, of an endpoint at which another device was seen."""
    return QCoreApplication.translate("Fleet", "another device seen")


def figure(metric: FleetMetric, value: float) -> str:
    """`value` in the unit of its column's heading, without the unit."""
    if value != value:  # noqa: PLR0124 - NaN; math.isnan costs a call for each cell
        return words.NONE
    match metric:
        case FleetMetric.CPU | FleetMetric.MEMORY | FleetMetric.DISK:
            return f"{value * 100:.0f}"
        case FleetMetric.NETWORK:
            return f"{value / 1000:.1f}" if value < 99_950 else f"{value / 1000:.0f}"
        case FleetMetric.TEMPERATURE:
            return f"{value:.0f}"


class FleetModel(QAbstractTableModel):
    """Rows are endpoints and, when grouped, heads of sites."""

    rearranged = Signal()
    """Rows came, went or moved."""
    refreshed = Signal()
    """New values in the same rows."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.fleet: Fleet | None = None
        self.arrangement = Arrangement()
        self.rows: list[Row] = []

    # What is shown

    def take(self, fleet: Fleet) -> None:
        """Show `fleet`. Rows keep their order while the same endpoints are there and no state has changed: nothing jumps at each reading."""
        before, self.fleet = self.fleet, fleet
        if before is not None and _same_order(before, fleet) and self._finds_the_same(before, fleet):
            self.refreshed.emit()
            return
        self._rearrange(before)

    def _finds_the_same(self, before: Fleet, after: Fleet) -> bool:
        wanted = self.arrangement.wanted
        return not wanted.asks_numbers or np.array_equal(
            matching(wanted, before.columns), matching(wanted, after.columns)
        )

    def wish(self, arrangement: Arrangement) -> None:
        """Show the fleet arranged like this."""
        self.arrangement = arrangement
        self._rearrange(self.fleet)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """A click on a heading."""
        descending = order is Qt.SortOrder.DescendingOrder
        self.wish(replace(self.arrangement, column=Column(column), descending=descending))

    def toggle(self, site: str) -> None:
        """Fold or unfold a section."""
        self.wish(replace(self.arrangement, collapsed=self.arrangement.collapsed ^ {site}))

    def row_of(self, name: str) -> int:
        """The row that shows the endpoint `name`; -1 for none."""
        if self.fleet is None:
            return -1
        endpoints = self.fleet.endpoints
        return next(
            (row for row, at in enumerate(self.rows) if not isinstance(at, Section) and endpoints[at].name == name), -1
        )

    def endpoint(self, row: int) -> Endpoint | None:
        """The endpoint in `row`; None for a section's head."""
        at = self.rows[row]
        return None if isinstance(at, Section) or self.fleet is None else self.fleet.endpoints[at]

    def endpoints_in(self, rows: set[int]) -> list[Endpoint]:
        """The endpoints in `rows`, in their order; the head of a section stands for all its endpoints that are shown or folded away."""
        if self.fleet is None:
            return []
        sites = {at.site for row in rows if isinstance(at := self.rows[row], Section)}
        unfolded = replace(self.arrangement, column=Column.NAME, descending=False, grouped=True, collapsed=frozenset())
        whole = [at for at in arrange(self.fleet, unfolded) if not isinstance(at, Section)] if sites else []
        chosen = {at for at in whole if self.fleet.endpoints[at].site in sites}
        single = [at for row in sorted(rows) if not isinstance(at := self.rows[row], Section)]
        ordered = dict.fromkeys([*single, *(at for at in whole if at in chosen)])
        return [self.fleet.endpoints[at] for at in ordered]

    def _rearrange(self, before: Fleet | None = None) -> None:
        if self.fleet is None:
            return
        rows = arrange(self.fleet, self.arrangement)
        if before is self.fleet and rows == self.rows:
            return
        self.layoutAboutToBeChanged.emit()
        held = self.persistentIndexList()
        names = [self._key(self.rows[index.row()], before or self.fleet) for index in held]
        self.rows = rows
        if held:
            row_of = {self._key(at, self.fleet): row for row, at in enumerate(rows)}
            self.changePersistentIndexList(
                held,
                [
                    self.createIndex(row_of[name], index.column()) if name in row_of else QModelIndex()
                    for index, name in zip(held, names, strict=True)
                ],
            )
        self.layoutChanged.emit()
        self.rearranged.emit()

    @staticmethod
    def _key(at: Row, fleet: Fleet) -> object:
        return ("site", at.site) if isinstance(at, Section) else fleet.endpoints[at].id

    # Qt's side

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return heading(Column(section))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in METRIC_OF else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or self.fleet is None:
            return None
        at = self.rows[index.row()]
        column = Column(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if isinstance(at, Section):
                return section_text(at)
            is_flagged = column is Column.NAME and self.fleet.endpoints[at].device_change is not None
            if is_flagged and role == Qt.ItemDataRole.AccessibleTextRole:
                return f"{self.text(at, column)}, {flag_words()}"
            return self.text(at, column)
        if role == Qt.ItemDataRole.ToolTipRole and not isinstance(at, Section):
            return words.tip(self._tip(at, column))
        return None

    def text(self, at: int, column: Column, now: datetime | None = None) -> str:
        """What the cell says, in words."""
        assert self.fleet is not None  # noqa: S101 - there are no rows without it
        endpoint, health = self.fleet.endpoints[at], self.fleet.health[at]
        metric = METRIC_OF.get(column)
        if metric is not None:
            return figure(metric, float(self.fleet.values[METRICS.index(metric), at]))
        match column:
            case Column.STATE:
                return word_for(health.health, endpoint.lifecycle)
            case Column.NAME:
                return endpoint.name
            case Column.SITE:
                return endpoint.site or words.NONE
            case Column.REGION:
                return endpoint.region or words.NONE
            case Column.TAGS:
                return ", ".join(endpoint.tags) or words.NONE
            case Column.ADDRESS:
                return endpoint.ssh_target
            case _:
                return words.age(health.last_scrape, now or datetime.now(UTC))

    def _tip(self, at: int, column: Column) -> str:
        assert self.fleet is not None  # noqa: S101 - there are no rows without it
        endpoint, health = self.fleet.endpoints[at], self.fleet.health[at]
        if column is Column.NAME and endpoint.device_change:
            return change_text(endpoint.device_change)
        if column is Column.STATE:
            return "\n".join(filter(None, (sentence(health, endpoint.lifecycle), health.last_error)))
        return self.text(at, column) if column in (Column.NAME, Column.SITE, Column.TAGS, Column.REGION) else ""


def section_text(section: Section) -> str:
    """The head of a site's rows in words: its name, how many endpoints, and the states that are not simply up."""
    name = section.site or QCoreApplication.translate("Fleet", "Without a site")
    counts = ", ".join(f"{count} {word_for(state).lower()}" for state, count in section.tally.items())
    return f"{name} · {section.count} · {counts}"


def _same_order(before: Fleet, after: Fleet) -> bool:
    return (
        len(before) == len(after)
        and all(old is new or old == new for old, new in zip(before.endpoints, after.endpoints, strict=True))
        and all(old.health is new.health for old, new in zip(before.health, after.health, strict=True))
    )
