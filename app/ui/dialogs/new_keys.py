"""Host keys that devices of a run have shown for the first time, in one table: somebody compares them, and says which are right."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.models.bulk import BulkItem
from app.models.endpoint import HostKey
from app.models.expected_key import check_command
from app.ui import icons, theme
from app.ui.models.records import Index, RecordTable
from app.ui.theme import Meaning, Text
from app.ui.widgets.mark_delegate import MarkDelegate
from app.ui.widgets.text import Label

_WIDTH, _HEIGHT = 940, 560
Shown = tuple[BulkItem, HostKey]


class KeyColumn(IntEnum):
    DEVICE = 0
    ADDRESS = 1
    FINGERPRINT = 2
    KIND = 3


class NewKeysModel(RecordTable):
    """A row a device, with a box to tick once its key has been compared. Nothing is ticked at first."""

    ticked = Signal()

    def __init__(self, shown: Sequence[Shown], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Shown] = list(shown)
        self._ticked: set[int] = set()
        self._heads = [self.tr("Device"), self.tr("Address"), self.tr("Shows the host key"), self.tr("Type")]

    def fingerprints(self) -> set[str]:
        """Of one length for each kind of hash."""
        return {key.fingerprint for _, key in self._rows}

    def compared(self) -> dict[int, HostKey]:
        """The keys that are ticked, by the numbers of their devices."""
        return {item.number: key for item, key in self._rows if item.number in self._ticked}

    def tick_all(self, *, ticked: bool) -> None:
        self._ticked = {item.number for item, _ in self._rows} if ticked else set()
        self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))
        self.ticked.emit()

    def flags(self, index: Index) -> Qt.ItemFlag:
        usual = super().flags(index)
        return usual | Qt.ItemFlag.ItemIsUserCheckable if index.column() == KeyColumn.DEVICE else usual

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != KeyColumn.DEVICE:
            return False
        number = self._rows[index.row()][0].number
        if Qt.CheckState(value) is Qt.CheckState.Checked:
            self._ticked.add(number)
        else:
            self._ticked.discard(number)
        self.dataChanged.emit(index, index)
        self.ticked.emit()
        return True

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item, key = self._rows[index.row()]
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == KeyColumn.DEVICE:
            return Qt.CheckState.Checked if item.number in self._ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.FontRole and index.column() == KeyColumn.FINGERPRINT:
            return theme.font(Text.BODY, monospaced=True)
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        address = f"{item.order.draft.address}:{item.order.draft.port}" if item.order else ""
        return (item.subject, address, key.fingerprint, key.kind)[index.column()]


class NewKeysDialog(QDialog):
    """`trusted` carries the keys that somebody says are right, by the numbers of their devices. Return and Esc trust none."""

    trusted = Signal(object)

    def __init__(self, shown: Sequence[Shown], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("New host keys"))
        self.model = NewKeysModel(shown, self)
        self.table = self._make_table()
        commands = " · ".join(dict.fromkeys(check_command(key) for _, key in shown))
        self.command = Label(commands, monospaced=True, selectable=True, wrap=True)
        self.all_box = QCheckBox(self.tr("I have compared all {n}, and they are the same").format(n=len(shown)))
        self.all_box.toggled.connect(lambda on: self.model.tick_all(ticked=on))
        self.why = Label(meaning=Meaning.DOWN, wrap=True)
        self.copy_button = QPushButton(icons.icon("copy"), self.tr("Copy as text"))
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(self.copy)
        self.trust_button = QPushButton()
        self.trust_button.setProperty("kind", "main")
        self.trust_button.setAutoDefault(False)
        self.trust_button.clicked.connect(self._trust)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setDefault(True)
        self.cancel_button.clicked.connect(self.reject)
        self.model.ticked.connect(self._show_verb)
        self._lay_out(len(shown))
        self._show_verb()
        self.resize(_WIDTH, _HEIGHT)

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(self.tr("New host keys"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT_COMPACT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        plain = MarkDelegate(table)
        for column in (KeyColumn.ADDRESS, KeyColumn.FINGERPRINT, KeyColumn.KIND):
            table.setItemDelegateForColumn(column, plain)
        # A fingerprint that is cut off cannot be compared: its column is as wide as it is, whatever the window's width.
        figures = QFontMetrics(theme.font(Text.BODY, monospaced=True))
        longest = max((figures.horizontalAdvance(fingerprint) for fingerprint in self.model.fingerprints()), default=0)
        widths = (KeyColumn.DEVICE, 150), (KeyColumn.ADDRESS, 150), (KeyColumn.FINGERPRINT, longest + theme.GAP_SECTION)
        for column, width in widths:
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(KeyColumn.KIND, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(110)
        return table

    def _lay_out(self, count: int) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addWidget(self.copy_button)
        buttons.addWidget(self.why, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.trust_button)
        told = (
            self.tr("One device shows a host key that nobody has compared yet.")
            if count == 1
            else self.tr("{n} devices show host keys that nobody has compared yet.").format(n=count)
        )
        note = self.tr(
            "Nothing but the exchange of keys was sent to them. Compare each with what the device itself prints, on its console or as it "
            "was noted when it was set up:"
        )
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP)
        rows.addWidget(Label(told, Text.SECTION, wrap=True))
        rows.addWidget(Label(note, wrap=True))
        rows.addWidget(self.command)
        rows.addWidget(self.table, 1)
        rows.addWidget(self.all_box)
        rows.addLayout(buttons)

    def copy(self) -> None:
        """All rows as text, cells apart by tabs: to compare elsewhere."""
        lines = (
            "\t".join(str(self.model.index(row, column).data()) for column in KeyColumn)
            for row in range(self.model.rowCount())
        )
        QApplication.clipboard().setText("\n".join(lines))

    def _show_verb(self) -> None:
        count = len(self.model.compared())
        self.why.setText("")
        self.trust_button.setText(
            self.tr("Trust the compared keys")
            if not count
            else self.tr("Trust 1 key")
            if count == 1
            else self.tr("Trust {n} keys").format(n=count)
        )

    def _trust(self) -> None:
        compared = self.model.compared()
        if not compared:
            self.why.setText(self.tr("Tick those that you have compared."))
            return
        self.trusted.emit(compared)
        self.accept()
