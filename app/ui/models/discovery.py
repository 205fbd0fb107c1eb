"""What a scan found as a table, grown while it runs."""

import ipaddress
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, Qt

from app.models.discovery import ExporterWay, FoundExporter, Hit, Standing
from app.ui import words
from app.ui.models.records import Index, RecordTable


class HitColumn(IntEnum):
    ADDRESS = 0
    NAME = 1
    SERVER = 2
    KEY = 3
    EXPORTER = 4
    KNOWN = 5


class HitsModel(RecordTable):
    """Rows of `Hit`. `HitRole` gives the row's record. Everything in it comes from strangers and is shown as plain text."""

    HitRole: Final = Qt.ItemDataRole.UserRole + 1

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Hit] = []
        self._heads = [
            self.tr("Address"),
            self.tr("Name"),
            self.tr("What answers"),
            self.tr("Host key, not compared yet"),
            self.tr("Exporter"),
            self.tr("Known as"),
        ]
        self._sorted_by = HitColumn.ADDRESS
        self._order = Qt.SortOrder.AscendingOrder
        self._texts: dict[HitColumn, Callable[[Hit], str]] = {
            HitColumn.ADDRESS: lambda hit: hit.target,
            HitColumn.NAME: lambda hit: hit.name,
            HitColumn.SERVER: lambda hit: hit.banner.removeprefix("SSH-2.0-"),
            HitColumn.KEY: self._key_text,
            HitColumn.EXPORTER: lambda hit: ", ".join(self._exporter(each) for each in hit.exporters),
            HitColumn.KNOWN: self._known,
        }

    @property
    def hits(self) -> tuple[Hit, ...]:
        return tuple(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        hit, column = self._rows[index.row()], HitColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(hit, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return words.tip(self._whole(hit, column)) or None
        if role == self.HitRole:
            return hit
        return None

    def text(self, hit: Hit, column: HitColumn) -> str:
        """What the cell shows."""
        return self._texts[column](hit) or words.NONE

    def clear(self) -> None:
        """Nothing was found yet."""
        self.beginResetModel()
        self._rows = []
        self.endResetModel()

    def add(self, hits: Sequence[Hit]) -> None:
        """More was found. What is selected stays so; the order is that which was chosen."""
        if not hits:
            return
        self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(hits) - 1)
        self._rows.extend(hits)
        self.endInsertRows()
        self.sort(self._sorted_by, self._order)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by, self._order = HitColumn(column), order
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        stood = [(self._rows[index.row()], index.column()) for index in before]
        self._rows.sort(key=_place)
        if self._sorted_by is not HitColumn.ADDRESS:
            self._rows.sort(key=self._key, reverse=order is Qt.SortOrder.DescendingOrder)
        elif order is Qt.SortOrder.DescendingOrder:
            self._rows.reverse()
        places = {id(hit): number for number, hit in enumerate(self._rows)}
        self.changePersistentIndexList(before, [self.index(places[id(hit)], at) for hit, at in stood])
        self.layoutChanged.emit()

    def _key(self, hit: Hit) -> tuple[int, str]:
        if self._sorted_by is HitColumn.KNOWN:
            return _URGENCY.index(hit.known.standing), self._known(hit).casefold()
        return 0, self._texts[self._sorted_by](hit).casefold()

    def _key_text(self, hit: Hit) -> str:
        if hit.host_key is not None:
            return hit.host_key.fingerprint
        return self.tr("announced, not asked") if hit.announced else hit.problem

    def _exporter(self, found: FoundExporter) -> str:
        word = {
            ExporterWay.PLAIN: self.tr("open to anyone"),
            ExporterWay.TLS: self.tr("TLS, open to anyone"),
            ExporterWay.REFUSES: self.tr("refuses strangers"),
            ExporterWay.NOT_ASKED: self.tr("listens, not asked"),
            ExporterWay.NONE: self.tr("no exporter"),
        }[found.way]
        return f"{found.port} {word}"

    def _known(self, hit: Hit) -> str:
        at, others = hit.known.at, ", ".join(hit.known.key_of)
        match hit.known.standing:
            case Standing.NEW:
                return self.tr("new") if hit.is_listable else ""
            case Standing.ENROLLED:
                return at
            case Standing.ELSEWHERE:
                return self.tr("key of {0}").format(others)
            case Standing.ANOTHER_KEY:
                return self.tr("not the key of {0}").format(at)
            case Standing.UNPROVEN:
                return self.tr("{0}, not compared").format(at)

    def _whole(self, hit: Hit, column: HitColumn) -> str:
        """What a cell has no room for."""
        if column is HitColumn.KNOWN:
            return self._explained(hit)
        if column is HitColumn.KEY and hit.host_key is not None:
            seen = self.tr("A scan saw this key, and nobody has compared it yet.")
            return f"{hit.host_key.kind} {hit.host_key.fingerprint}\n{seen}"
        if column is HitColumn.EXPORTER and any(each.way is ExporterWay.NOT_ASKED for each in hit.exporters):
            return self.tr("No SSH server answers here. It may be a printer, which would print the question.")
        return self._texts[column](hit)

    def _explained(self, hit: Hit) -> str:
        at, others = hit.known.at, ", ".join(hit.known.key_of)
        match hit.known.standing:
            case Standing.NEW:
                return ""
            case Standing.ENROLLED:
                return self.tr("Enrolled as {0}: this address, port and key.").format(at)
            case Standing.ELSEWHERE:
                return self.tr(
                    "{0} has this key and another address: the device has two, was moved, or was copied."
                ).format(others)
            case Standing.ANOTHER_KEY:
                told = self.tr(
                    "{0} is enrolled here with another key: the device was set up anew, another one has its address, or somebody stands between."
                ).format(at)
                return f"{told}\n{self.tr('It is the key of {0}.').format(others)}" if others else told
            case Standing.UNPROVEN:
                return self.tr("{0} is enrolled here; there are no two keys of one kind to compare.").format(at)


#: What wants a look comes first.
_URGENCY: Final = (Standing.ANOTHER_KEY, Standing.ELSEWHERE, Standing.UNPROVEN, Standing.NEW, Standing.ENROLLED)


def _place(hit: Hit) -> tuple[int, int, int]:
    address = ipaddress.ip_address(hit.address)
    return address.version, int(address), hit.port
