"""The rows of a list as a table that is corrected in place."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QObject, Qt, Signal

from app.models.device_list import Field, Row, RowId
from app.ui import words
from app.ui.list_words import RowKind, field_word, kind_word
from app.ui.models.list_sheet import Sheet, SheetColumn
from app.ui.models.records import ROOT, Index

_LONGEST_TIP = 2000
#: Of a cell with thousands of letters only the beginning has room anyway, and Qt lays all of it out.
_LONGEST_CELL = 200


class Fixed(IntEnum):
    """The columns before those of the list."""

    ROW = 0
    VERDICT = 1
    WHY = 2


class ListModel(QAbstractTableModel):
    """Shows a `Sheet`. What is typed is shown at once and told by `typed`; how the row is judged then comes with the next sheet."""

    typed = Signal(object, object, str)
    """A `RowId`, a `Field` and the value."""

    RowRole: Final = Qt.ItemDataRole.UserRole + 1
    KindRole: Final = Qt.ItemDataRole.UserRole + 2
    ProblemRole: Final = Qt.ItemDataRole.UserRole + 3
    """Whether something is wrong with the value."""
    UnusedRole: Final = Qt.ItemDataRole.UserRole + 4
    """Whether the value counts for nothing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sheet: Sheet | None = None
        self._typed: dict[tuple[RowId, Field], str] = {}
        self._heads = {Fixed.ROW: self.tr("Row"), Fixed.VERDICT: self.tr("Verdict"), Fixed.WHY: self.tr("Why")}
        self._roles: dict[int, Callable[[Sheet, int, int], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda _sheet, row, section: self.text(row, section)[:_LONGEST_CELL],
            Qt.ItemDataRole.EditRole: self._edited,
            Qt.ItemDataRole.ToolTipRole: lambda _sheet, row, section: words.tip(self._tip(row, section)[:_LONGEST_TIP]),
            self.RowRole: lambda sheet, row, _section: sheet.rows[row],
            self.KindRole: lambda sheet, row, _section: sheet.kinds[row],
            self.ProblemRole: lambda _sheet, row, section: self._is_wrong(row, section),
            self.UnusedRole: self._is_unused,
        }
        self._to_compare = self.tr("to compare")
        self._dropped = self.tr("dropped")

    def take(self, sheet: Sheet) -> None:
        """Show `sheet`, with one signal for all that changed."""
        corrected = sheet.preview.corrections
        change = sheet.change
        if self.sheet is None or change.is_rearranged:
            self.beginResetModel()
            self.sheet = sheet
            self._settle(corrected)
            self.endResetModel()
            return
        self.sheet = sheet
        self._settle(corrected)
        if change.first >= 0:
            last = self.index(change.last, self.columnCount() - 1)
            self.dataChanged.emit(self.index(change.first, 0), last)

    def forget_typed(self) -> None:
        """What was typed and not taken is not shown any more."""
        self._typed.clear()
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def column(self, section: int) -> SheetColumn | None:
        """The list's column that is shown there; None for the fixed ones."""
        at = section - len(Fixed)
        return self.sheet.columns[at] if self.sheet is not None and 0 <= at < len(self.sheet.columns) else None

    def row_at(self, position: int) -> Row | None:
        if self.sheet is None or not 0 <= position < len(self.sheet.rows):
            return None
        return self.sheet.rows[position]

    def position_of(self, row: RowId) -> int:
        """Where `row` is shown; -1 when it is not."""
        rows = self.sheet.rows if self.sheet is not None else ()
        at = bisect_left(rows, row, key=lambda each: each.id)
        return at if at < len(rows) and rows[at].id == row else -1

    def next_to_mend(self, after: int, *, step: int = 1) -> int:
        """The next row from there on, or back with a `step` of -1, round the end, that has to be mended; -1: none is shown."""
        places = self.sheet.to_mend if self.sheet is not None else ()
        if not places:
            return -1
        at = bisect_right(places, after) if step > 0 else bisect_left(places, after) - 1
        return places[at % len(places)]

    def place_to_mend(self, position: int) -> int:
        """The section of the first value of that row with which something is wrong; that of the address when it is the row as a whole."""
        row = self.row_at(position)
        wrong = {each.field for each in row.problems} if row is not None else set()
        columns = self.sheet.columns if self.sheet is not None else ()
        for wanted in (wrong, {Field.ADDRESS}):
            for at, column in enumerate(columns):
                if column.field is not None and column.field in wanted:
                    return at + len(Fixed)
        return Fixed.VERDICT

    # As Qt asks

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() or self.sheet is None else len(self.sheet.rows)

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() or self.sheet is None else len(Fixed) + len(self.sheet.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        column = self.column(section)
        if column is None:
            return self._heads.get(Fixed(section)) if section < len(Fixed) else None
        return column.title or (field_word(column.field) if column.field else "")

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if self._is_editable(index) else flags

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        column, row = self.column(index.column()), self.row_at(index.row())
        if role != Qt.ItemDataRole.EditRole or column is None or column.field is None or row is None:
            return False
        text = str(value).strip()
        if not self._is_editable(index) or text == self._value(row, column.field):
            return False
        self._typed[row.id, column.field] = text
        self.dataChanged.emit(index, index)
        self.typed.emit(row.id, column.field, text)
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        told = self._roles.get(role)
        if told is None or self.sheet is None or not index.isValid():
            return None
        return told(self.sheet, index.row(), index.column())

    # Cells

    def _settle(self, corrected: Any) -> None:
        """What was typed and is in the sheet now is not to be remembered."""
        if self._typed:
            self._typed = {
                (row, of): text for (row, of), text in self._typed.items() if corrected.get(row, {}).get(of) != text
            }

    def _edited(self, sheet: Sheet, position: int, section: int) -> str:
        column = self.column(section)
        return self._value(sheet.rows[position], column.field) if column and column.field else ""

    def _is_unused(self, sheet: Sheet, position: int, section: int) -> bool:
        column = self.column(section)
        is_unused = column is not None and column.field is None
        return is_unused or sheet.kinds[position] in (RowKind.SKIPPED, RowKind.LEFT_OUT, RowKind.BEGUN)

    def _is_editable(self, index: Index) -> bool:
        column = self.column(index.column())
        if not index.isValid() or column is None or column.field is None or self.sheet is None:
            return False
        return self.sheet.kinds[index.row()].is_device

    def _value(self, row: Row, of: Field) -> str:
        return self._typed.get((row.id, of), row.values.get(of, ""))

    def text(self, position: int, section: int) -> str:
        """What a cell says, whole; "" for one that is not there any more."""
        sheet = self.sheet
        if sheet is None or position >= len(sheet.rows):
            return ""
        row = sheet.rows[position]
        match section:
            case Fixed.ROW:
                return str(row.id)
            case Fixed.VERDICT:
                return kind_word(sheet.kinds[position])
            case Fixed.WHY:
                return row.reason
        column = sheet.columns[section - len(Fixed)]
        if column.is_secret:
            return self._dropped if sheet.kinds[position] is not RowKind.SKIPPED else ""
        if column.field is None or sheet.kinds[position] is RowKind.SKIPPED:
            cells = sheet.lines[position].cells
            return cells[column.place] if column.place is not None and column.place < len(cells) else ""
        if column.field is Field.HOST_KEY and (row.id, column.field) not in self._typed:
            return self._key(row)
        return self._value(row, column.field)

    def _key(self, row: Row) -> str:
        """The fingerprints to expect; what stands there when it is none."""
        if row.device is None:
            return row.values.get(Field.HOST_KEY, "")
        return fingerprints(row) or self._to_compare

    def _is_wrong(self, position: int, section: int) -> bool:
        column, row = self.column(section), self.row_at(position)
        if column is None or column.field is None or row is None:
            return False
        return any(each.field is column.field for each in row.problems)

    def _tip(self, position: int, section: int) -> str:
        column, row = self.column(section), self.row_at(position)
        if row is None or section in (Fixed.VERDICT, Fixed.WHY):
            return row.reason if row is not None else ""
        if column is None or column.field is None:
            return self.text(position, section)
        reasons = [each.reason for each in row.problems if each.field is column.field]
        if column.field is Field.HOST_KEY and row.device is not None and row.device.expected_key is None:
            reasons.append(self.tr("The list says nothing of it: you compare it when the device has shown it."))
        return "\n".join(filter(None, (self.text(position, section), *reasons)))


def fingerprints(row: Row) -> str:
    """Those that the list expects of the device, one after the other; "" for none."""
    expected = row.device.expected_key if row.device is not None else None
    if expected is None:
        return ""
    known = (line.key.fingerprint for line in expected.known)
    return " ".join(dict.fromkeys((*(text for text, _ in expected.fingerprints), *known)))
