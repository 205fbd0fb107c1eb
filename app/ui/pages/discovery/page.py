"""Finding devices: what to ask, what is found while it is asked, and what is picked to be enrolled."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.discovery import Hit, ScanRequest, ScanSummary, Standing
from app.services.discovery import hits_as_csv, hits_as_rows
from app.services.lists import write_rows
from app.services.progress import Event, StepAdvanced
from app.ui import theme
from app.ui.errors import message_of
from app.ui.icons import icon
from app.ui.models.discovery import HitsModel
from app.ui.pages.discovery.asking import ScanForm
from app.ui.pages.discovery.progress import ScanStrip
from app.ui.pages.discovery.table import HitTable
from app.ui.pages.page import Notice, Page, PageContext
from app.ui.tasks import Task
from app.ui.theme import Meaning
from app.ui.widgets.selection_bar import SelectionBar
from app.ui.widgets.states import EmptyState, StateView, ViewState
from app.ui.widgets.text import Label

_OLD_SECONDS = 15 * 60


class DiscoveryPage(Page):
    """Scans when it is told to. A scan goes on when the page is left, and its hits are there when one comes back.

    `picked` is emitted with the chosen devices as a list, in the form that `app.services.lists` reads; `offer_lists` shows its button.
    """

    picked = Signal(str)

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._discovery = context.services.discovery
        self._found: deque[Hit] = deque()
        self._task: Task | None = None
        self._ended_at: datetime | None = None
        self.model = HitsModel(self)
        self.form = ScanForm(self._discovery, context.tasks, context.state)
        self.strip = ScanStrip()
        self.table = HitTable(self.model)
        self._build_actions()
        self.selection_bar = SelectionBar((self.put_action, self.save_action, self.copy_action), self.clear_action)
        self._nothing = Label(muted=True, wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.hide()
        self.view = StateView(self._content(), self._empty())
        self.view.show_empty()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        whole.setSpacing(theme.GAP)
        whole.addWidget(self.form)
        whole.addWidget(self.strip)
        whole.addWidget(self.view, 1)
        self._connect()

    @property
    def title(self) -> str:
        return self.tr("Find devices")

    # Construction

    def _content(self) -> QWidget:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_SMALL)
        column.addWidget(self.table, 1)
        column.addWidget(self._nothing, 1)
        column.addWidget(self.selection_bar)
        return content

    def _empty(self) -> EmptyState:
        # The button that starts is the form's, above.
        return EmptyState(
            "search",
            self.tr("Find devices by their addresses"),
            self.tr(
                "Type the addresses of a network of yours, and see which SSH servers answer and which of them are enrolled already. Nobody logs in, "
                "and only what you type is asked. Talk to whoever looks after the network first."
            ),
        )

    def _build_actions(self) -> None:
        def action(name: str, text: str, called: Callable[[], None], shortcut: str = "") -> QAction:
            made = QAction(icon(name), text, self)
            made.setShortcut(QKeySequence(shortcut))
            # The table answers these keys itself; as shortcuts they would also take them from text fields.
            made.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            made.triggered.connect(lambda _checked=False: called())
            return made

        self.put_action = action("list-checks", self.tr("Put in a list"), self.put_in_list)
        self.save_action = action("download", self.tr("Save as a list…"), self._ask_for_file)
        self.copy_action = action("copy", self.tr("Copy as text"), self.table.copy, "Ctrl+C")
        self.clear_action = action("x", self.tr("Clear the selection"), self.table.clearSelection, "Esc")
        self.put_action.setVisible(False)

    def _connect(self) -> None:
        self.form.wanted.connect(self.start)
        self.form.stop_wanted.connect(self.stop)
        self.strip.choose_new.connect(self._choose_new)
        self.table.activated.connect(self._open)
        self.table.selectionModel().selectionChanged.connect(self._show_selection)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)

    # As a page

    def offer_lists(self) -> None:
        """There is somebody who takes what is picked."""
        self.put_action.setVisible(True)

    def commands(self) -> list[QAction]:
        return [self.put_action, self.save_action] if self.table.chosen() else []

    def search_field(self) -> QLineEdit | None:
        line = self.form.addresses.control
        return line if isinstance(line, QLineEdit) else None

    def go_back(self) -> bool:
        """Esc takes the selection back; what is typed and what was found stay."""
        if not self.table.chosen():
            return False
        self.table.clearSelection()
        return True

    def activated(self) -> None:
        super().activated()
        if not self.model.hits and not self.is_scanning:
            self.start_search()
        age = (datetime.now(UTC) - self._ended_at).total_seconds() if self._ended_at else 0
        if age > _OLD_SECONDS and self.view.state is ViewState.CONTENT:
            self.view.show_stale(self._ended_at)

    # The scan

    @property
    def is_scanning(self) -> bool:
        return self._task is not None

    def start(self) -> None:
        """Ask what the form says. What was found before is forgotten once it is known to be right."""
        if self.is_scanning:
            return
        wish = self.form.wish
        self.form.set_scanning(scanning=True)
        # What is typed wrong is no failed task: it is told at its field.
        self._task = self.context.tasks.start(
            lambda _report, _token: wish.request(self._discovery),
            title=self.tr("Count addresses"),
            owner=self,
            on_success=self._ask,
            on_failure=self._on_refused,
            on_cancelled=self._on_stopped,
            pool="polling",
        )

    def _ask(self, request: ScanRequest) -> None:
        """Nothing was sent before this."""
        if self._task is not None and self._task.token.cancelled:
            self._on_stopped()
            return
        self._forget()
        self.strip.begin()
        self._task = self.context.tasks.start(
            lambda report, token: self._discovery.scan(request, on_hit=self._found.append, report=report, token=token),
            title=self.tr("Scan {0} addresses").format(f"{len(request.addresses):,}"),
            owner=self,
            on_success=self._on_done,
            on_failure=self._on_failed,
            on_event=self._on_event,
            on_cancelled=self._on_stopped,
        )

    def stop(self) -> None:
        """End the scan with what it has found."""
        if self._task is not None:
            self.form.show_stopping()
            self._task.cancel()

    def _on_event(self, event: Event) -> None:
        if not isinstance(event, StepAdvanced):
            return
        self._take_found()
        remaining = self._task.remaining_seconds if self._task else None
        self.strip.advance(event.done, event.total, len(self.model.hits), remaining)

    def _forget(self) -> None:
        """Another scan begins."""
        self.form.remember()
        self._found.clear()
        self._ended_at = None
        self.model.clear()
        self._show_nothing("")
        self.view.start_over()
        self.view.show_loading()

    def _take_found(self) -> None:
        """What the worker has found since."""
        hits = [self._found.popleft() for _ in range(len(self._found))]
        self.model.add(hits)
        if hits and self.view.state is not ViewState.CONTENT:
            self.view.show_content()
        self.strip.show_new(sum(hit.is_listable and hit.known.standing is Standing.NEW for hit in self.model.hits))

    def _end(self) -> None:
        self._task = None
        self._take_found()
        self._ended_at = datetime.now(UTC)
        self.form.set_scanning(scanning=False)

    def _on_done(self, summary: ScanSummary) -> None:
        self._end()
        found = len(self.model.hits)
        self.strip.finish(summary, found)
        self.data_taken.emit(self._ended_at)
        if not found:
            self._show_nothing(self._why_nothing(summary))
        if not self.isVisible():
            text = self.tr("The scan has ended: {0} found.").format(found)
            self.context.notify(
                Notice(text, Meaning.INFO, self.tr("Show"), lambda: self.context.navigate("discovery", ""))
            )

    def _on_stopped(self) -> None:
        self._end()
        self.strip.stopped(len(self.model.hits))
        if not self.model.hits:
            self.view.show_empty()

    def _on_refused(self, error: AppError) -> None:
        """Nothing was sent; what was found before stays."""
        self._task = None
        self.form.set_scanning(scanning=False)
        if not self.form.complain(error):
            self.view.show_error(error, self.start)

    def _on_failed(self, error: AppError) -> None:
        self._end()
        self.strip.setVisible(bool(self.model.hits))
        self.strip.stopped(len(self.model.hits))
        self.view.show_error(error, self.start)

    def _why_nothing(self, summary: ScanSummary) -> str:
        if not summary.addresses:
            return self.tr("No device of this network announces an SSH server. Type addresses to ask them.")
        if summary.without_route == summary.addresses:
            return self.tr("This computer has no route to these addresses: it is in another network.")
        if summary.answered:
            return self.tr("{0} addresses answered, but none of them has an SSH server at these ports.").format(
                f"{summary.answered:,}"
            )
        return self.tr(
            "Nobody answered. Check the addresses, that the devices are switched on, and that firewalls let SSH through from here."
        )

    def _show_nothing(self, text: str) -> None:
        self._nothing.setText(text)
        self._nothing.setVisible(bool(text))
        self.table.setVisible(not text)
        if text:
            self.view.show_content()

    # What is picked

    def _choose_new(self) -> None:
        self.table.choose_new()
        self.table.setFocus()

    def _show_selection(self) -> None:
        chosen = self.table.chosen()
        listable = sum(hit.is_listable for hit in chosen)
        text = ""
        if chosen:
            text = self.tr("{0} selected").format(f"{len(chosen):,}")
            if listable < len(chosen):
                text += self.tr(", {0} of them with a host key").format(f"{listable:,}")
        self.put_action.setText(self.tr("Put {0} in a list").format(f"{listable:,}"))
        for action in (self.put_action, self.save_action):
            action.setEnabled(listable > 0)
        self.selection_bar.show_count(text)

    def put_in_list(self) -> None:
        """Hand the chosen devices on."""
        self.picked.emit(hits_as_csv(self.table.chosen()))

    def save(self, path: Path) -> None:
        """Write the chosen devices to a file that is not there yet."""
        chosen = self.table.chosen()
        rows = hits_as_rows(chosen)

        def told(_nothing: None) -> None:
            text = self.tr("{0} devices are in {1}. Their keys were seen, not compared: an enrolment asks about them.")
            self.context.notify(Notice(text.format(len(rows), path), Meaning.UP))

        self.context.tasks.start(
            lambda _report, _token: write_rows(rows, path),
            title=self.tr("Save a list"),
            owner=self,
            on_success=told,
            on_failure=lambda error: self.context.notify(Notice(message_of(error), Meaning.DOWN)),
        )

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Save as a list"), "devices.csv", "CSV (*.csv);;XLSX (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("xlsx" if "xlsx" in chosen else "csv"))
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _open(self, index: QModelIndex) -> None:
        hit: Hit = index.data(HitsModel.HitRole)
        if name := hit.known.at or next(iter(hit.known.key_of), ""):
            self.context.navigate("endpoint", name)

    def _show_menu(self, at: QPoint) -> None:
        if not self.table.chosen():
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.put_action, self.save_action, self.copy_action])
        menu.popup(self.table.viewport().mapToGlobal(at))
