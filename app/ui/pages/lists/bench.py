"""The list on the table: where it comes from, how many rows are good, and the rows themselves."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.device_list import Table
from app.ui import icons, theme
from app.ui.errors import InlineError
from app.ui.icons import icon
from app.ui.list_words import RowKind, form_word
from app.ui.models.list_rows import ListModel
from app.ui.models.list_sheet import Sheet
from app.ui.pages.lists.counts import CountBar
from app.ui.pages.lists.defaults import DefaultsForm
from app.ui.pages.lists.history import Source
from app.ui.pages.lists.table import ListTable
from app.ui.widgets.form import Fold
from app.ui.widgets.states import Banner, IconLabel
from app.ui.widgets.text import Label

_HEADER_WIDTH = 170


class Bench(QWidget):
    """Shows sheets and says what the operator wants; decides nothing."""

    header_wanted = Signal(int)
    """The header is that line; 0: there is none."""
    sheet_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = ListModel(self)
        self.table = ListTable(self.model)
        self.counts = CountBar()
        self.defaults = DefaultsForm()
        self._told: tuple[Source | None, tuple[str, ...]] = (None, ())
        self._error: InlineError | None = None
        self._make_actions()
        self._make_source_line()
        self.notes = Banner(theme.Meaning.ATTENTION)
        self.notes.hide()
        self.reason = Label(wrap=True, selectable=True)
        self.reason.setMinimumHeight(2 * theme.GAP_WIDE + theme.GAP_TINY)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.reason.setAccessibleName(self.tr("What is wrong with the row"))
        self.start_button = QPushButton()
        self.start_button.setProperty("kind", "main")
        self.start_note = Label(muted=True)
        self._lay_out()
        self.table.current_changed.connect(self._show_reason)

    def _make_actions(self) -> None:
        def action(name: str, text: str, keys: str) -> QAction:
            made = QAction(icons.icon(name), text, self)
            made.setShortcut(QKeySequence(keys))
            made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            made.setToolTip(
                f"{text} ({made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})" if keys else text
            )
            self.addAction(made)
            return made

        self.undo_action = action("undo-2", self.tr("Undo"), "Ctrl+Z")
        self.redo_action = action("rotate-ccw", self.tr("Redo"), "Ctrl+Shift+Z")
        self.next_action = action("arrow-down", self.tr("Next bad row"), "F8")
        self.previous_action = action("arrow-up", self.tr("Previous bad row"), "Shift+F8")
        self.export_bad_action = action("download", self.tr("Save the bad rows…"), "")
        self.export_all_action = action("download", self.tr("Save all rows…"), "")
        self.copy_action = action("copy", self.tr("Copy as text"), "")
        self.leave_out_action = action("x", self.tr("Leave out"), "")
        self.take_in_action = action("plus", self.tr("Take in again"), "")
        self.header_action = action("rows-3", self.tr("This row is the header"), "")

    def _make_source_line(self) -> None:
        self.source = Label(muted=True)
        self.sheets = QComboBox()
        self.sheets.setAccessibleName(self.tr("Sheet"))
        self.sheets.setToolTip(self.tr("Sheet"))
        self.sheets.activated.connect(lambda _index: self.sheet_wanted.emit(self.sheets.currentText()))
        self.header = QComboBox()
        self.header.setAccessibleName(self.tr("Header"))
        self.header.setFixedWidth(_HEADER_WIDTH)
        self.header.activated.connect(lambda _index: self.header_wanted.emit(int(self.header.currentData())))
        self.export_button = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.export_button.setIcon(icons.icon("download"))
        self.export_button.setToolTip(self.tr("Save as a file"))
        self.export_button.setAccessibleName(self.tr("Save as a file"))
        menu = QMenu(self.export_button)
        menu.addActions((self.export_bad_action, self.export_all_action))
        self.export_button.setMenu(menu)
        self.other_button = QPushButton(self.tr("Another list…"))

    def _lay_out(self) -> None:
        above = QHBoxLayout()
        above.setSpacing(theme.GAP_SMALL)
        above.addWidget(self.source, 1)
        for widget in (self.sheets, self.header, self.export_button, self.other_button):
            above.addWidget(widget)
        fold = Fold(self.tr("What holds for all rows that do not say otherwise"), self.defaults)
        self.defaults_fold = fold
        counts = QHBoxLayout()
        counts.setSpacing(theme.GAP_TINY)
        counts.addWidget(self.counts, 1)
        for each in (self.previous_action, self.next_action, self.undo_action, self.redo_action):
            button = QToolButton()
            button.setDefaultAction(each)
            button.setAccessibleName(each.text())
            if each is self.next_action:
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            counts.addWidget(button)
        below = QHBoxLayout()
        below.setSpacing(theme.GAP)
        below.addWidget(self.reason, 1)
        below.addWidget(self.start_note)
        below.addWidget(self.start_button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_SMALL)
        column.addLayout(above)
        column.addWidget(self.notes)
        column.addWidget(fold)
        column.addLayout(counts)
        column.addWidget(self.table, 1)
        column.addLayout(below)

    # What is shown

    def show_sheet(self, sheet: Sheet, source: Source, shown: frozenset[RowKind]) -> None:
        """`shown` are the kinds of rows that are asked for."""
        self.table.take(sheet)
        self.counts.show_counts(sheet.counts, shown)
        self.defaults.show_preview(sheet.preview)
        self._show_source(sheet.preview.table, source)
        self._show_notes(source, sheet.preview.notes)
        if sheet.ready == 1:
            self.start_button.setText(self.tr("Enrol 1 device…"))
        else:
            self.start_button.setText(self.tr("Enrol {n} devices…").format(n=f"{sheet.ready:,}"))
        self.start_button.setVisible(bool(sheet.ready))
        self.start_note.setText("" if sheet.ready else self.tr("No row is ready to be enrolled."))
        self.start_note.setVisible(not sheet.ready)
        wants_mending = any(count for kind, count in sheet.counts.items() if kind.wants_mending)
        for action in (self.next_action, self.previous_action, self.export_bad_action):
            action.setEnabled(wants_mending)

    def show_error(self, error: AppError | None) -> None:
        """Why a correction was not taken; None takes it back."""
        if self._error is not None:
            self._error.hide()
            self._error.deleteLater()
            self._error = None
        if error is not None:
            self._error = InlineError(error)
            self._column.insertWidget(0, self._error)

    @property
    def error(self) -> AppError | None:
        return self._error.error if self._error is not None else None

    def go_to_next(self, *, step: int = 1) -> bool:
        """Put the keyboard on the next value to be mended. False: no row that is shown has one."""
        position = self.model.next_to_mend(
            self.table.currentIndex().row() if self.table.currentIndex().isValid() else -min(step, 0) - 1, step=step
        )
        if position < 0:
            return False
        self.table.go_to(position, self.model.place_to_mend(position))
        return True

    def _show_source(self, table: Table, source: Source) -> None:
        where = (
            source.path.name
            if source.path is not None
            else self.tr("Rows made of a range")
            if source.made
            else self.tr("Pasted")
        )
        written = [where, form_word(table.form), *([] if source.made else [table.written_as])]
        self.source.setText(" · ".join(part for part in written if part))
        if [self.sheets.itemText(at) for at in range(self.sheets.count())] != list(table.sheets):
            self.sheets.clear()
            self.sheets.addItems(list(table.sheets))
        self.sheets.setCurrentText(table.sheet)
        self.sheets.setVisible(len(table.sheets) > 1)
        self.header.clear()
        self.header.addItem(self.tr("No header"), 0)
        if table.header:
            self.header.addItem(self.tr("Row {n} is the header").format(n=table.header), table.header)
            self.header.setCurrentIndex(1)
        elif table.lines:
            first = table.lines[0].number
            self.header.addItem(self.tr("Row {n} is the header").format(n=first), first)
        self.header.setVisible(not table.meanings)

    def _show_notes(self, source: Source, notes: tuple[str, ...]) -> None:
        """What is to be known of a list as a whole is said once: dismissed, it does not come again."""
        told_of, told = self._told
        if source is told_of and notes == told:
            return
        self._told = (source, notes)
        if not notes:
            self.notes.hold()
            return
        text = Label("\n".join(notes), wrap=True)
        close = QToolButton()
        close.setIcon(icon("x"))
        close.setAccessibleName(self.tr("Dismiss"))
        close.clicked.connect(lambda _checked=False: self.notes.hold())
        self.notes.hold(IconLabel("triangle-alert", theme.ICON_SMALL, meaning=theme.Meaning.ATTENTION), text, close)
        self.notes.give_room_to(text)
        self.notes.setAccessibleName(text.text())

    def _show_reason(self, position: int) -> None:
        row = self.model.row_at(position)
        text = (
            self.tr("Row {n}: {reason}").format(n=row.id, reason=row.reason) if row is not None and row.reason else ""
        )
        self.reason.setText(text)
        self.reason.setToolTip("")

    def on(self, action: QAction, called: Callable[[], object]) -> None:
        """Have `action` call that."""
        action.triggered.connect(lambda _checked=False: called())
