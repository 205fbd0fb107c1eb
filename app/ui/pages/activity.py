"""Who changed what, when, with what result."""

from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError, InputError
from app.models.activity import Activity, Result
from app.services.audit.export import csv_text
from app.services.progress import CancelToken
from app.ui import theme
from app.ui.icons import icon
from app.ui.models.activity import ActivityColumn, ActivityModel
from app.ui.pages.page import Notice, Page, PageContext
from app.ui.theme import Meaning
from app.ui.widgets.mark_delegate import Index, MarkDelegate
from app.ui.widgets.search_line import SearchLine
from app.ui.widgets.states import EmptyState, StateView
from app.ui.widgets.text import Label

PAGE_ROWS = 200
_EXPORT_ROWS = 1000
_TYPING_MILLISECONDS = 250
_SEARCH_WIDTH = 240
_WIDTHS = {
    ActivityColumn.WHEN: 164,
    ActivityColumn.WHO: 160,
    ActivityColumn.ACTION: 110,
    ActivityColumn.SUBJECT: 180,
    ActivityColumn.RESULT: 120,
}


_MEANINGS = {
    Result.DONE: Meaning.UP,
    Result.FAILED: Meaning.DOWN,
    Result.CANCELLED: Meaning.PAUSED,
    Result.INTERRUPTED: Meaning.ATTENTION,
}


class ActivityDelegate(MarkDelegate):
    """The result of an action as shape and word."""

    def meaning_of(self, index: Index) -> Meaning | None:
        if index.column() != ActivityColumn.RESULT:
            return None
        activity: Activity = index.data(ActivityModel.ActivityRole)
        return _MEANINGS[activity.result]


class ActivityPage(Page):
    """The activity log as a table: search, older pages on demand, export. New lines appear on top by themselves."""

    refresh_milliseconds: ClassVar[int] = 5000

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._inventory = context.services.inventory
        self._shown_text: str | None = None
        """The search that the rows belong to; None before there are rows."""
        self.model = ActivityModel(self)
        self.search = SearchLine(self.tr("Search the activity log"))
        self.search.setFixedWidth(_SEARCH_WIDTH)
        self.export_button = QPushButton(icon("download"), self.tr("Export…"))
        self.export_button.setAccessibleName(self.tr("Export the shown activity as CSV"))
        self.runs_button = QPushButton(icon("list-checks"), self.tr("Runs"))
        self.runs_button.setAccessibleName(self.tr("All runs over many devices"))
        self.older_button = QPushButton(icon("history"), self.tr("Show older"))
        self.told = Label(muted=True)
        self.table = self._make_table()
        empty = EmptyState(
            "history",
            self.tr("Nothing has been done yet"),
            self.tr(
                "Every change to a device or to the stack is written down here: who, when, what, with what result."
            ),
        )
        empty.add_button(self.tr("Enrol an endpoint"), lambda: context.navigate("enrol", ""))
        self.view = StateView(self._content(), empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        layout.addWidget(self.view)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MILLISECONDS)
        self._typing.timeout.connect(self.refresh)
        self.search.textChanged.connect(self._search_soon)
        self.older_button.clicked.connect(self.show_older)
        self.export_button.clicked.connect(self._ask_for_file)
        self.runs_button.clicked.connect(lambda: context.navigate("runs", ""))
        self.table.activated.connect(self._open_run)

    @property
    def title(self) -> str:
        return self.tr("Activity")

    def tools(self) -> list[QWidget]:
        return [self.search, self.runs_button, self.export_button]

    def search_field(self) -> QLineEdit:
        return self.search

    def _make_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(self.tr("Activity log"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(theme.ROW_HEIGHT_COMPACT)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.setItemDelegate(ActivityDelegate(table))
        for column, width in _WIDTHS.items():
            table.setColumnWidth(column, width)
        header.setSectionResizeMode(ActivityColumn.DETAIL, QHeaderView.ResizeMode.Stretch)
        copy = QAction(self.tr("Copy as text"), table)
        copy.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        copy.triggered.connect(self.copy_selection)
        table.addAction(copy)
        return table

    def _content(self) -> QWidget:
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP)
        foot.addWidget(self.told, 1)
        foot.addWidget(self.older_button)
        content = QWidget()
        rows = QVBoxLayout(content)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP_SMALL)
        rows.addWidget(self.table, 1)
        rows.addLayout(foot)
        return content

    def _open_run(self, index: Index) -> None:
        """Enter, or a double click, on what was done with a run leads to it."""
        activity: Activity = index.data(ActivityModel.ActivityRole)
        kind, _, number = activity.subject.partition(" ")
        if kind == "run" and number.isdecimal():
            self.context.navigate("run", number)

    # Reading

    def _search_soon(self) -> None:
        self._typing.start()

    def refresh(self) -> None:
        self.view.show_loading()
        text = self.search.text().strip()
        self.fetch(
            lambda _report, _token: self._inventory.activities(PAGE_ROWS, None, text),
            on_success=partial(self._show_newest, text),
            on_failure=self._show_error,
        )

    def show_older(self) -> None:
        """Put the next page of older lines below."""
        text, before = self.search.text().strip(), self.model.oldest_id
        self.fetch(
            lambda _report, _token: self._inventory.activities(PAGE_ROWS, before, text),
            on_success=self._append,
            on_failure=self._show_error,
        )

    def _show_newest(self, text: str, newest: list[Activity]) -> None:
        if text != self.search.text().strip():
            self.refresh()
            return
        if self._shown_text != text or not self.model.rowCount():
            self._shown_text = text
            self.model.show(newest)
            self.older_button.setVisible(len(newest) == PAGE_ROWS)
        else:
            self.model.prepend(newest)
        if not self.model.rowCount() and not text:
            self.view.show_empty()
            return
        self._tell(text)
        self.view.show_content()

    def _append(self, older: list[Activity]) -> None:
        self.model.append(older)
        self.older_button.setVisible(len(older) == PAGE_ROWS)
        self._tell(self._shown_text or "")

    def _tell(self, text: str) -> None:
        count = self.model.rowCount()
        if text and not count:
            self.told.setText(self.tr("Nothing contains “{0}”.").format(text))
        else:
            self.told.setText(self.tr("Shown: {0}").format(count))

    def _show_error(self, error: AppError) -> None:
        self.view.show_error(error, self.refresh)

    # Taking it elsewhere

    def copy_selection(self) -> None:
        """The selected lines as text, cells apart by tabs."""
        rows = sorted(self.table.selectionModel().selectedRows(), key=lambda index: index.row())
        lines = (
            "\t".join(str(index.siblingAtColumn(column).data()) for column in range(len(ActivityColumn)))
            for index in rows
        )
        QApplication.clipboard().setText("\n".join(lines))

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Export the activity log"), "plantwatch-activity.csv", "CSV (*.csv)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.fileSelected.connect(lambda name: self.export(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def export(self, path: Path) -> None:
        """Write everything that the search finds, not only what is shown, to `path` as CSV."""
        text = self.search.text().strip()

        def write(token: CancelToken) -> int:
            rows: list[Activity] = []
            while page := self._inventory.activities(_EXPORT_ROWS, rows[-1].id if rows else None, text):
                token.check()
                rows.extend(page)
            try:
                path.write_text(csv_text(rows), encoding="utf-8", newline="")
            except OSError as error:
                raise InputError("file", f"{path} cannot be written: {error.strerror}.", label="File") from error
            return len(rows)

        self.context.tasks.start(
            lambda _report, token: write(token),
            title=self.tr("Export the activity log"),
            owner=self,
            on_success=lambda count: self.context.notify(
                Notice(self.tr("The activity log is in {0} (lines: {1}).").format(path, count), Meaning.UP)
            ),
            on_failure=lambda error: self.context.notify(Notice(error.message, Meaning.DOWN)),
        )
