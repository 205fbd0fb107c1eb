"""One run: a row a device with its step, why devices failed and what mends it, and how far the whole is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.models.bulk import BulkAction, BulkItem, BulkRun, ItemState
from app.services.bulk.causes import Cause, causes_of
from app.services.bulk.records import Standing
from app.services.progress import CancelToken, Report
from app.ui import icons, theme
from app.ui.dialogs.danger import DangerDialog
from app.ui.dialogs.logs import LogDialog
from app.ui.live_run import Batch, LiveRun
from app.ui.models.run import RunColumn, RunModel
from app.ui.pages.page import Page, PageContext
from app.ui.pages.runs.causes import CauseList
from app.ui.pages.runs.deeds import ask_for_report, ask_to_forget, log_text, pause
from app.ui.pages.runs.mending import Mending
from app.ui.pages.runs.progress import ProgressStrip
from app.ui.pages.runs.table import ItemTable
from app.ui.run_words import devices, run_title, state_word
from app.ui.widgets.search_line import SearchLine
from app.ui.widgets.selection_bar import SelectionBar
from app.ui.widgets.states import EmptyState, StateView

_SEARCH_WIDTH, _STATES_WIDTH = 260, 150
_TYPING_MILLISECONDS = 150
_SETTLING_MILLISECONDS = 500
_MANY = 300
_AGAIN = (ItemState.FAILED, ItemState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Reading:
    """A run as it is written down. `items` is None when nothing has changed since the last time."""

    standing: Standing
    items: list[BulkItem] | None


class RunPage(Page):
    """Shows the run of `show_run`: live while this window works on it, else as it is written down, read again every other second."""

    refresh_milliseconds: ClassVar[int] = 2000

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.run_id = 0
        self._standing: Standing | None = None
        self._live: LiveRun | None = None
        self._early: list[Batch] = []
        self.model = RunModel(self)
        self.table = ItemTable(self.model)
        self.strip = ProgressStrip()
        self.causes = CauseList()
        self._mending = Mending(context, self)
        self._build_buttons()
        self._build_actions()
        self._build_tools()
        self.selection_bar = SelectionBar((self.log_action, self.retry_action, self.copy_action), self.clear_action)
        empty = EmptyState("list-checks", self.tr("No run"), self.tr("Choose one in the list of all runs."))
        empty.add_button(self.tr("All runs"), self._show_all)
        self.view = StateView(self._content(), empty)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        whole.addWidget(self.view)
        # Causes and counts of buttons follow what changes, but need not follow each change.
        self._settling = QTimer(self, singleShot=True, interval=_SETTLING_MILLISECONDS)
        self._settling.timeout.connect(self._settle)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self.model.tick)
        self._connect()

    # Construction

    def _build_buttons(self) -> None:
        def button(icon: str, text: str, pressed: Callable[[], object], kind: str = "plain") -> QPushButton:
            made = QPushButton(icons.icon(icon, "on_fill" if kind == "main" else "text"), text)
            made.setProperty("kind", kind)
            made.clicked.connect(lambda _checked=False: pressed())
            return made

        self.go_on_button = button("play", self.tr("Go on"), self.go_on, "main")
        self.pause_button = button("pause", self.tr("Pause"), self.pause)
        self.cancel_button = button("x", self.tr("Cancel…"), self.ask_to_cancel)
        self.retry_button = button("rotate-ccw", "", self.retry_failed)
        self.report_button = button("download", self.tr("Report…"), self._ask_for_report)
        self.forget_button = button("trash-2", self.tr("Forget…"), self._ask_to_forget)
        self.all_button = button("history", self.tr("All runs"), self._show_all)
        self._buttons = (
            self.go_on_button,
            self.pause_button,
            self.cancel_button,
            self.retry_button,
            self.report_button,
            self.forget_button,
        )

    def _build_actions(self) -> None:
        def action(icon: str, text: str, shortcut: str, called: Callable[[], object]) -> QAction:
            made = QAction(icons.icon(icon), text, self)
            if shortcut:
                made.setShortcut(QKeySequence(shortcut))
                made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            made.triggered.connect(lambda _checked=False: called())
            return made

        self.log_action = action("file-text", self.tr("Log"), "Return", self.open_log)
        self.retry_action = action("rotate-ccw", self.tr("Try again"), "", self._retry_chosen)
        self.copy_action = action("copy", self.tr("Copy as text"), "Ctrl+C", self.table.copy)
        self.clear_action = action("x", self.tr("Clear the selection"), "Esc", self.table.clearSelection)

    def _build_tools(self) -> None:
        self.search = SearchLine(self.tr("Search device, address, result"))
        self.search.setFixedWidth(_SEARCH_WIDTH)
        self.states = QComboBox()
        self.states.setFixedWidth(_STATES_WIDTH)
        self.states.setAccessibleName(self.tr("State"))
        self.states.addItem(self.tr("All states"), None)
        for state in (ItemState.FAILED, ItemState.CANCELLED, ItemState.RUNNING, ItemState.WAITING, ItemState.DONE):
            self.states.addItem(state_word(state), state)
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MILLISECONDS)

    def _content(self) -> QWidget:
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_SMALL)
        for button in self._buttons:
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.all_button)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP)
        column.addWidget(self.strip)
        column.addLayout(row)
        column.addWidget(self.causes)
        column.addWidget(self.table, 1)
        column.addWidget(self.selection_bar)
        return content

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self.table.setFocus)
        self._typing.timeout.connect(self._filter)
        self.states.currentIndexChanged.connect(lambda _index: self._filter())
        self.causes.fix_wanted.connect(self._mending.mend)
        self.causes.shown_wanted.connect(self._choose)
        self.table.opened.connect(self.open_log)
        self.table.menu_asked.connect(self._show_menu)
        self.table.selectionModel().selectionChanged.connect(lambda _new, _old: self._on_chosen())
        self.model.rearranged.connect(self._on_chosen)
        keeper = self.context.runs
        keeper.begun.connect(self._on_begun)
        keeper.ended.connect(lambda run: self._on_ended(run.id))
        keeper.failed.connect(lambda run_id, _error: self._on_ended(run_id))

    # The page

    @property
    def title(self) -> str:
        if self._standing is None:
            return self.tr("Run {n}").format(n=self.run_id) if self.run_id else self.tr("Runs")
        return run_title(self._standing.run)

    def tools(self) -> list[QWidget]:
        return [self.search, self.states]

    def search_field(self) -> QLineEdit:
        return self.search

    def go_back(self) -> bool:
        if self.table.selectionModel().hasSelection():
            self.table.clearSelection()
            return True
        return super().go_back()

    def show_subject(self, subject: str) -> None:
        if subject.isdecimal():
            self.show_run(int(subject))

    def show_run(self, run_id: int) -> None:
        """Be about this run."""
        if run_id == self.run_id:
            return
        self.run_id = self._mending.run_id = run_id
        self._standing = None
        self.model.show([])
        self.causes.show_causes([])
        self.view.start_over()
        self._follow(self.context.runs.live(run_id))
        self.title_changed.emit()
        self.refresh()

    def activated(self) -> None:
        super().activated()
        self._clock.start()

    def deactivated(self) -> None:
        super().deactivated()
        self._clock.stop()

    # Reading

    def refresh(self) -> None:
        if not self.run_id:
            self.view.show_empty()
            return
        self.view.show_loading()
        runs, run_id, before = self.context.services.runs, self.run_id, self._standing

        def work(_report: Report, _token: CancelToken) -> Reading:
            standing = runs.standing(run_id)
            is_known = before is not None and _stamp(before.run) == _stamp(standing.run)
            return Reading(standing, None if is_known else runs.items(run_id))

        self.fetch(work, on_success=partial(self._show, run_id), on_failure=self._show_error)

    def _show(self, run_id: int, reading: Reading) -> None:
        if run_id != self.run_id:
            self.refresh()
            return
        self._standing = reading.standing
        if reading.items is not None:
            # While this window works on it, what is told is newer than what was read.
            if self._live is None or not self.model.items:
                self.model.show(reading.items, self._live.steps if self._live else None)
            early, self._early = self._early, []
            for batch in early:
                self.model.take(batch.items, batch.steps)
            is_enrolment = reading.standing.run.action is BulkAction.ENROL
            self.table.setColumnHidden(RunColumn.ADDRESS, not is_enrolment)
        self.view.show_content()
        self.title_changed.emit()
        self._settle()

    def _show_error(self, error: AppError) -> None:
        self.view.show_error(error, self.refresh)

    # Live

    def _on_begun(self, run_id: int) -> None:
        if run_id == self.run_id:
            self._follow(self.context.runs.live(run_id))
            self._settle()

    def _on_ended(self, run_id: int) -> None:
        if run_id == self.run_id:
            self._follow(None)
            self.refresh()

    def _follow(self, live: LiveRun | None) -> None:
        if self._live is not None and self._live is not live:
            self._live.advanced.disconnect(self._take)
        if live is not None and live is not self._live:
            live.advanced.connect(self._take)
        self._live = live
        self._early = []

    def _take(self, batch: Batch) -> None:
        if not self.model.items:
            self._early.append(batch)
            return
        self.model.take(batch.items, batch.steps)
        self.strip.show_counts(self.model.counts())
        self._show_pace()
        if not self._settling.isActive():
            self._settling.start()

    # What follows from it

    @property
    def is_at_work(self) -> bool:
        """A living process works on it, this one or another."""
        return self._live is not None or (self._standing is not None and self._standing.is_at_work)

    @property
    def is_paused(self) -> bool:
        if self._live is not None:
            return self._live.progress.is_paused
        return self._standing is not None and self._standing.is_at_work and self._standing.run.is_paused

    def _settle(self) -> None:
        counts = self.model.counts()
        self.strip.show_counts(counts)
        self._show_pace()
        self.causes.show_causes(causes_of(self.model.items))
        failed = counts.get(ItemState.FAILED, 0) + counts.get(ItemState.CANCELLED, 0)
        left = counts.get(ItemState.WAITING, 0) + counts.get(ItemState.RUNNING, 0)
        at_work, here = self.is_at_work, self._live is not None
        self.go_on_button.setVisible(bool(left) and (self.is_paused or not at_work))
        self.pause_button.setVisible(at_work and bool(left) and not self.is_paused)
        self.cancel_button.setVisible(here and bool(left))
        self.retry_button.setText(self.tr("Try {devices} again").format(devices=devices(failed)))
        self.retry_button.setVisible(bool(failed) and (here or not at_work))
        self.forget_button.setVisible(not at_work)
        self._on_chosen()

    def _show_pace(self) -> None:
        live = self._live
        if live is not None and live.is_stopped:
            standing = self.tr("cancelling: what was begun is undone")
        elif self.is_paused:
            standing = self.tr("paused: what is under way goes on")
        elif live is None and self._standing is not None and self._standing.is_interrupted:
            standing = self.tr("interrupted: nobody works on it")
        elif live is None and self.is_at_work:
            standing = self.tr("another window or command works on it")
        else:
            standing = ""
        progress = live.progress if live is not None else None
        self.strip.show_pace(
            progress.at_a_time if progress else 0, progress.remaining_seconds if progress else None, standing=standing
        )

    def _filter(self) -> None:
        if self.model.is_held:
            self.table.clearSelection()
        state: ItemState | None = self.states.currentData()
        self.model.wish(self.search.text(), [state] if state is not None else [])

    def _on_chosen(self) -> None:
        rows = self.table.chosen_rows()
        self.model.is_held = len(rows) > _MANY
        self.log_action.setEnabled(len(rows) == 1)
        can_retry = self._live is not None or not self.is_at_work
        self.retry_action.setEnabled(can_retry and any(self.model.item(row).state in _AGAIN for row in rows))
        text = "" if not rows else self.model.item(rows[0]).subject if len(rows) == 1 else devices(len(rows))
        self.selection_bar.show_count(text)

    def _choose(self, cause: Cause) -> None:
        self.search.clear()
        self.states.setCurrentIndex(0)
        self._filter()
        self.table.choose(cause.numbers)

    # Deeds

    def go_on(self) -> None:
        """Work on what waits, or let it go on where it is paused."""
        if self.is_at_work:
            pause(self.context, self, self.run_id, paused=False)
        elif self._standing is not None:
            self.context.runs.begin(self._standing.run)

    def pause(self) -> None:
        """Begin with no other device, wherever it is worked on."""
        pause(self.context, self, self.run_id, paused=True)

    def ask_to_cancel(self) -> DangerDialog | None:
        """Ask whether to undo what is under way."""
        if (live := self._live) is None:
            return None
        counts = self.model.counts()
        dialog = DangerDialog(
            title=self.tr("Cancel run {n}?").format(n=self.run_id),
            text=self.tr(
                "What was begun on {running} is undone. {waiting} that wait stay as they are, and what is done stays done: the run can go "
                "on later."
            ).format(
                running=devices(counts.get(ItemState.RUNNING, 0)), waiting=devices(counts.get(ItemState.WAITING, 0))
            ),
            verb=self.tr("Cancel the run"),
            parent=self.window(),
        )
        dialog.keep_button.setText(self.tr("Let it go on"))
        dialog.accepted.connect(live.cancel)
        dialog.accepted.connect(self._settle)
        dialog.open()
        return dialog

    def retry_failed(self) -> None:
        """Once more all that failed or were cancelled."""
        self.context.runs.retry(self.run_id)

    def _retried(self) -> Sequence[int]:
        return [item.number for item in self.table.chosen() if item.state in _AGAIN]

    def _retry_chosen(self) -> None:
        if numbers := self._retried():
            self.context.runs.retry(self.run_id, numbers)

    def open_log(self) -> LogDialog | None:
        """What happened at the chosen device: live, with a filter, to be copied."""
        rows = self.table.chosen_rows()
        if len(rows) != 1:
            return None
        item, runs, run_id = self.model.item(rows[0]), self.context.services.runs, self.run_id
        dialog = LogDialog(
            item.subject, lambda: log_text(runs.log(run_id, item.number)), self.context.tasks, self.window(), live=True
        )
        dialog.open()
        return dialog

    def _ask_for_report(self) -> None:
        ask_for_report(self.context, self, self.run_id)

    def _ask_to_forget(self) -> None:
        ask_to_forget(self.context, self, self.run_id, self._forgotten)

    def _forgotten(self) -> None:
        self.run_id, self._standing = 0, None
        self._show_all()

    def _show_all(self) -> None:
        self.context.navigate("runs", "")

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions((self.log_action, self.retry_action, self.copy_action))
        menu.popup(at)


def _stamp(run: BulkRun) -> tuple[object, ...]:
    """What differs when anything of the run has changed."""
    return run.advanced_at, run.ended_at, run.counts
