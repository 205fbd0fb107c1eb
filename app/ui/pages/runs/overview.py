"""All runs: those that go on, those that were interrupted, those of the past."""

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QFocusEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from app.errors import AppError
from app.services.bulk.records import Standing
from app.ui import icons, theme
from app.ui.models.runs import RunsColumn, RunsModel, meaning_of
from app.ui.pages.page import Page, PageContext
from app.ui.pages.runs.deeds import ask_for_report, ask_to_forget
from app.ui.pages.runs.table import RowTable
from app.ui.run_words import run_title
from app.ui.theme import Meaning
from app.ui.widgets.mark_delegate import Index, MarkDelegate
from app.ui.widgets.selection_bar import SelectionBar
from app.ui.widgets.states import EmptyState, StateView

_WIDTHS = {
    RunsColumn.NUMBER: 60,
    RunsColumn.ACTION: 240,
    RunsColumn.STATE: 130,
    RunsColumn.TOTAL: 72,
    RunsColumn.DONE: 76,
    RunsColumn.FAILED: 76,
    RunsColumn.LEFT: 76,
    RunsColumn.BEGUN: 164,
}


class _StateDelegate(MarkDelegate):
    """The state of a run as shape and word."""

    def meaning_of(self, index: Index) -> Meaning | None:
        return meaning_of(index.data(RunsModel.RunRole)) if index.column() == RunsColumn.STATE else None


class RunsPage(Page):
    """The list. Enter opens a run; what was interrupted goes on or is forgotten from here."""

    refresh_milliseconds: ClassVar[int] = 3000

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.model = RunsModel(self)
        self.table = RowTable(self.model)
        self.table.setAccessibleName(self.tr("Runs"))
        self.table.setSelectionMode(RowTable.SelectionMode.SingleSelection)
        self.table.setItemDelegate(_StateDelegate(self.table))
        for each, width in _WIDTHS.items():
            self.table.setColumnWidth(each, width)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.open_action = self._action("arrow-right", self.tr("Look"), self.open_chosen)
        self.go_on_action = self._action("play", self.tr("Go on"), self.go_on)
        self.report_action = self._action("download", self.tr("Report…"), self._report)
        self.forget_action = self._action("trash-2", self.tr("Forget…"), self._forget)
        clear = self._action("x", self.tr("Clear the selection"), self.table.clearSelection)
        self._actions = (self.open_action, self.go_on_action, self.report_action, self.forget_action)
        self.selection_bar = SelectionBar(self._actions, clear)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_SMALL)
        column.addWidget(self.table, 1)
        column.addWidget(self.selection_bar)
        empty = EmptyState(
            "list-checks",
            self.tr("No run yet"),
            self.tr(
                "One action on many devices is a run: a list that is enrolled, a check of a whole site. It is kept here."
            ),
        )
        empty.add_button(self.tr("Go to the fleet"), lambda: context.navigate("fleet", ""))
        self.view = StateView(content, empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        whole.addWidget(self.view)
        self.table.opened.connect(self.open_chosen)
        self.table.menu_asked.connect(self._show_menu)
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._on_chosen())
        self.model.modelReset.connect(self._on_chosen)
        context.runs.ended.connect(lambda _run: self.refresh())

    def _action(self, icon: str, text: str, called: Callable[[], None]) -> QAction:
        made = QAction(icons.icon(icon), text, self)
        made.triggered.connect(lambda _checked=False: called())
        return made

    @property
    def title(self) -> str:
        return self.tr("Runs")

    def go_back(self) -> bool:
        if self.table.selectionModel().hasSelection():
            self.table.clearSelection()
            return True
        return super().go_back()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.table.isVisible():
            self.table.setFocus()

    def refresh(self) -> None:
        self.view.show_loading()
        runs = self.context.services.runs
        self.fetch(lambda _report, _token: runs.all(), on_success=self._show, on_failure=self._show_error)

    def _show(self, rows: list[Standing]) -> None:
        self.model.show(rows)
        if rows:
            self.view.show_content()
        else:
            self.view.show_empty()
        self._on_chosen()

    def _show_error(self, error: AppError) -> None:
        self.view.show_error(error, self.refresh)

    @property
    def chosen(self) -> Standing | None:
        rows = self.table.chosen_rows()
        return self.model.standing(rows[0]) if rows else None

    def _on_chosen(self) -> None:
        chosen = self.chosen
        self.go_on_action.setEnabled(chosen is not None and chosen.is_interrupted)
        self.forget_action.setEnabled(chosen is not None and not chosen.is_at_work)
        self.selection_bar.show_count(run_title(chosen.run) if chosen is not None else "")

    def open_chosen(self) -> None:
        """Show the chosen run."""
        if (chosen := self.chosen) is not None:
            self.context.navigate("run", str(chosen.run.id))

    def go_on(self) -> None:
        """Work on what is left in the chosen run, and show it."""
        if (chosen := self.chosen) is not None:
            self.context.runs.begin(chosen.run)
            self.open_chosen()

    def _report(self) -> None:
        if (chosen := self.chosen) is not None:
            ask_for_report(self.context, self, chosen.run.id)

    def _forget(self) -> None:
        if (chosen := self.chosen) is not None:
            ask_to_forget(self.context, self, chosen.run.id, self.refresh)

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self._actions)
        menu.popup(at)
