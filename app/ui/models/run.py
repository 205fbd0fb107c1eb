"""The devices of a run as a table that takes changes in batches."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal

from app.models.bulk import BulkItem, ItemState
from app.ui import wording, words
from app.ui.models.records import Index, RecordTable
from app.ui.run_words import state_word

#: In this order they ask for attention.
_URGENCY: Final = (ItemState.FAILED, ItemState.CANCELLED, ItemState.RUNNING, ItemState.WAITING, ItemState.DONE)
_REARRANGED_MILLISECONDS = 1000


class RunColumn(IntEnum):
    NUMBER = 0
    DEVICE = 1
    ADDRESS = 2
    STATE = 3
    STEP = 4
    TIME = 5
    OUTCOME = 6


#: What changes while the run goes on: rows sorted by these move, once a second at most.
_MOVING = frozenset({RunColumn.STATE, RunColumn.STEP, RunColumn.TIME, RunColumn.OUTCOME})


class RunModel(RecordTable):
    """Rows are places in the list of devices. `ItemRole` gives the row's `BulkItem`."""

    ItemRole: Final = Qt.ItemDataRole.UserRole + 1
    rearranged = Signal()
    """Rows came, went or moved."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[BulkItem] = []
        self._steps: dict[int, StrEnum] = {}
        self._rows: list[int] = []
        self._row_of: list[int] = []
        self._text = ""
        self._states: frozenset[ItemState] = frozenset()
        self._sorted_by, self._order = RunColumn.NUMBER, Qt.SortOrder.AscendingOrder
        self._heads = [
            self.tr("No."),
            self.tr("Device"),
            self.tr("Address"),
            self.tr("State"),
            self.tr("Step"),
            self.tr("Time"),
            self.tr("What came of it"),
        ]
        self._settling = QTimer(self, singleShot=True, interval=_REARRANGED_MILLISECONDS)
        self._settling.timeout.connect(self._settle)
        self.is_held = False
        """Rows stay where they are, though what they are sorted or chosen by has changed: somebody has selected many of them."""

    # What is shown

    @property
    def items(self) -> Sequence[BulkItem]:
        """All devices, in the order of the list."""
        return self._items

    def counts(self) -> dict[ItemState, int]:
        """How many devices are in which state."""
        counts: dict[ItemState, int] = {}
        for item in self._items:
            counts[item.state] = counts.get(item.state, 0) + 1
        return counts

    def show(self, items: Sequence[BulkItem], steps: Mapping[int, StrEnum] | None = None) -> None:
        """Be about these devices, whose numbers count from 1. The same list again keeps rows and selection."""
        if len(items) == len(self._items) and all(
            old.id == new.id for old, new in zip(self._items, items, strict=True)
        ):
            changed = {new.number: new for old, new in zip(self._items, items, strict=True) if old != new}
            self.take(changed, steps or {})
            return
        self.beginResetModel()
        self._items = list(items)
        self._steps = dict(steps or {})
        self._put_in_order(self._ordered())
        self.endResetModel()
        self.rearranged.emit()

    def take(self, items: Mapping[int, BulkItem], steps: Mapping[int, StrEnum]) -> None:
        """Show these changes, by the numbers of the devices: one `dataChanged` for all of them."""
        touched: set[int] = set()
        for number, item in items.items():
            if 0 < number <= len(self._items):
                self._items[number - 1] = item
                touched.add(number - 1)
                if item.state is not ItemState.RUNNING:
                    self._steps.pop(number, None)
        for number, step in steps.items():
            if 0 < number <= len(self._items):
                self._steps[number] = step
                touched.add(number - 1)
        self._tell(touched)
        if touched and (self._states or self._text or self._sorted_by in _MOVING) and not self._settling.isActive():
            self._settling.start()

    def tick(self) -> None:
        """Show the time that devices under way have taken so far."""
        running = (at for at, item in enumerate(self._items) if item.state is ItemState.RUNNING)
        self._tell(running, RunColumn.TIME, RunColumn.TIME)

    def wish(self, text: str, states: Iterable[ItemState]) -> None:
        """Show only devices that contain `text` and are in one of `states`; empty for all."""
        self._text, self._states = text.casefold().strip(), frozenset(states)
        self._rearrange()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self._sorted_by, self._order = RunColumn(column), order
        self._rearrange()

    def item(self, row: int) -> BulkItem:
        """The device in `row`."""
        return self._items[self._rows[row]]

    def row_of(self, number: int) -> int:
        """The row of the device with this number; -1 while it is not shown."""
        return self._row_of[number - 1] if 0 < number <= len(self._row_of) else -1

    def _tell(
        self, places: Iterable[int], first: RunColumn = RunColumn.NUMBER, last: RunColumn = RunColumn.OUTCOME
    ) -> None:
        rows = [row for at in places if (row := self._row_of[at]) >= 0]
        if rows:
            self.dataChanged.emit(self.index(min(rows), first), self.index(max(rows), last))

    def _settle(self) -> None:
        if self.is_held:
            self._settling.start()
        else:
            self._rearrange()

    def _rearrange(self) -> None:
        self._settling.stop()
        rows = self._ordered()
        if rows == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        places = [self._rows[index.row()] for index in before]
        self._put_in_order(rows)
        after = [
            self.index(row, index.column()) if (row := self._row_of[at]) >= 0 else QModelIndex()
            for at, index in zip(places, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()
        self.rearranged.emit()

    def _put_in_order(self, rows: list[int]) -> None:
        self._rows = rows
        self._row_of = [-1] * len(self._items)
        for row, at in enumerate(rows):
            self._row_of[at] = row

    def _ordered(self) -> list[int]:
        """The places in the list of what is to be shown, in its order."""
        items, states, text = self._items, self._states, self._text
        rows = [
            at
            for at, item in enumerate(items)
            if (not states or item.state in states) and (not text or text in self._searched(item))
        ]
        key = self._key()
        if key is not None:
            rows.sort(key=lambda at: key(items[at]))
        if self._order is Qt.SortOrder.DescendingOrder:
            rows.reverse()
        return rows

    def _key(self) -> Any:
        return {
            RunColumn.NUMBER: None,
            RunColumn.DEVICE: lambda item: item.subject.casefold(),
            RunColumn.ADDRESS: _address,
            RunColumn.STATE: lambda item: _URGENCY.index(item.state),
            RunColumn.STEP: lambda item: str(self._steps.get(item.number, "")),
            RunColumn.TIME: lambda item: _seconds(item, datetime.now(UTC)) or -1.0,
            RunColumn.OUTCOME: lambda item: _outcome(item).casefold(),
        }[self._sorted_by]

    @staticmethod
    def _searched(item: BulkItem) -> str:
        return f"{item.subject}\n{_address(item)}\n{_outcome(item)}".casefold()

    # Qt's side

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item, column = self.item(index.row()), RunColumn(index.column())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.text(item, column)
        if role == Qt.ItemDataRole.ToolTipRole and column in (RunColumn.DEVICE, RunColumn.OUTCOME):
            failure = item.failure
            whole = (failure.message, failure.advice, failure.evidence) if failure else (self.text(item, column),)
            return words.tip("\n".join(filter(None, whole))) if item.failure or column is RunColumn.DEVICE else None
        return item if role == self.ItemRole else None

    def text(self, item: BulkItem, column: RunColumn) -> str:
        """What the cell says, on one line."""
        match column:
            case RunColumn.NUMBER:
                return str(item.number)
            case RunColumn.DEVICE:
                return item.subject
            case RunColumn.ADDRESS:
                return _address(item) or words.NONE
            case RunColumn.STATE:
                return state_word(item.state)
            case RunColumn.STEP:
                step = self._steps.get(item.number)
                return wording.step_name(step) if step is not None else words.NONE
            case RunColumn.TIME:
                taken = _seconds(item, datetime.now(UTC))
                return words.NONE if taken is None else wording.exact_duration(taken)
            case RunColumn.OUTCOME:
                return " · ".join(_outcome(item).splitlines()) or words.NONE


def _address(item: BulkItem) -> str:
    return f"{item.order.draft.address}:{item.order.draft.port}" if item.order else ""


def _outcome(item: BulkItem) -> str:
    return item.failure.message if item.failure else item.detail


def _seconds(item: BulkItem, now: datetime) -> float | None:
    """How long the device has taken; None before it was begun."""
    if item.begun_at is None or item.state is ItemState.WAITING:
        return None
    until = now if item.state is ItemState.RUNNING else item.ended_at or now
    return max(0.0, (until - item.begun_at).total_seconds())
