"""The frame: navigation, title, pages, notices and status. It shows itself before there are services, and builds a page at its first visit."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QCoreApplication, QSettings, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QMessageBox, QStackedWidget, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui import theme
from app.ui.catalogue import PAGES
from app.ui.errors import advice_of, message_of
from app.ui.finding import PickedDevices
from app.ui.navigation.bar import NavigationBar
from app.ui.navigation.outlook import Outlook
from app.ui.navigation.palette import CommandPalette, Entry
from app.ui.navigation.status import StatusStrip
from app.ui.pages.page import Notice, Page, PageContext, PageSpec
from app.ui.run_desk import RunDesk
from app.ui.tasks import Task, TaskRunner
from app.ui.widgets.header import PageHeader
from app.ui.widgets.notices import NoticeArea
from app.ui.widgets.states import StateView, ViewState

if TYPE_CHECKING:
    from app.main import Services

_LEAVE_MILLISECONDS = 30_000


class MainWindow(QMainWindow):
    """The window. Give it services with `open_services`, or the reason why there are none with `show_load_error`."""

    def __init__(
        self,
        *,
        state: QSettings,
        tasks: TaskRunner,
        keeper: theme.ThemeKeeper,
        pages: Sequence[PageSpec] = PAGES,
    ) -> None:
        super().__init__()
        self._state = state
        self._tasks = tasks
        self._keeper = keeper
        self._specs = {spec.key: spec for spec in pages}
        self._pages: dict[str, Page] = {}
        self._context: PageContext | None = None
        self._key = ""
        self._wanted = ""
        self._history: list[tuple[str, str]] = []
        self._subject = ""
        self._leaving = False
        self._outlook: Outlook | None = None
        self._picked = PickedDevices(self.navigate, self._specs)
        self.runs: RunDesk | None = None
        self._last_call = QTimer(self, singleShot=True, interval=_LEAVE_MILLISECONDS)
        self._last_call.timeout.connect(self._leave_at_last)
        self._build()
        self._add_shortcuts()
        self._restore()
        self._waiting.setFocus()

    # Construction

    def _build(self) -> None:
        self.setWindowTitle(self.tr("Plantwatch"))
        self.setMinimumSize(theme.MINIMUM_WIDTH, theme.MINIMUM_HEIGHT)
        self.navigation = NavigationBar()
        for spec in self._specs.values():
            if spec.in_navigation:
                self.navigation.add(spec.key, self._title_of(spec), spec.icon)
        self.navigation.chosen.connect(self.navigate)
        self.header = PageHeader()
        self._stack = QStackedWidget()
        self._waiting = StateView(QWidget())
        self._waiting.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._stack.addWidget(self._waiting)
        self.notices = NoticeArea()
        self.status = StatusStrip(self._tasks)
        self.status.host_pressed.connect(lambda: self.navigate("stack"))
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedWidth(1)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self._stack, 1)
        column.addWidget(self.notices)
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(line)
        row.addLayout(column, 1)
        centre = QWidget()
        whole = QVBoxLayout(centre)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(row, 1)
        whole.addWidget(self.status)
        self.setCentralWidget(centre)

    def _add_shortcuts(self) -> None:
        for keys, called in (
            ("Ctrl+K", self.open_palette),
            ("F5", self.refresh),
            ("Ctrl+F", self._start_search),
            ("Escape", self.go_back),
            ("Alt+Left", self.go_back),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(called)
        in_navigation = [spec.key for spec in self._specs.values() if spec.in_navigation]
        for number, key in enumerate(in_navigation[:9], 1):
            QShortcut(QKeySequence(f"Ctrl+{number}"), self).activated.connect(partial(self.navigate, key))

    def _restore(self) -> None:
        self.resize(1280, 720)
        geometry = self._state.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        remembered = str(self._state.value("window/page", ""))
        spec = self._specs.get(remembered)
        first = next(iter(self._specs))
        self._wanted = remembered if spec is not None and spec.in_navigation else first
        self._announce(self._wanted)

    # Services

    def show_loading(self) -> None:
        """The frame with a skeleton: services are on their way."""
        self._stack.setCurrentWidget(self._waiting)
        self._waiting.show_loading(at_once=True)

    def open_services(self, services: "Services") -> None:
        """Services are there: show the page that was shown last, and watch the Docker host."""
        self._context = PageContext(
            services=services,
            tasks=self._tasks,
            state=self._state,
            theme=self._keeper,
            navigate=self.navigate,
            notify=self.notices.show_notice,
            show_count=self.navigation.show_count,
        )
        self.runs = RunDesk(self._context, self)
        self._follow_theme(services)
        self.navigate(self._wanted)
        self._outlook = Outlook(services, self._tasks, self)
        self._outlook.host_known.connect(self.status.show_host)
        if "alerts" in self._specs:
            self._outlook.alerts_counted.connect(partial(self.navigation.show_count, "alerts"))
        self._outlook.look()

    def _follow_theme(self, services: "Services") -> None:
        """The settings know the theme; the window's memory knows it sooner, for the first paint of the next start."""
        wanted = services.settings().theme
        if wanted != self._state.value("window/theme", "system"):
            self._keeper.choose(wanted)
            self._state.setValue("window/theme", wanted)

    def show_load_error(self, error: AppError, retry: Callable[[], None]) -> None:
        """Services could not be had: what happened, what to do, and another try, on the whole page."""
        self._stack.setCurrentWidget(self._waiting)
        self._waiting.show_error(error, retry)

    @property
    def loading_state(self) -> ViewState:
        """How the page looks that stands in while there is none."""
        return self._waiting.state

    # Pages

    @property
    def page(self) -> Page | None:
        """The page that is shown; None while there is none."""
        return self._pages.get(self._key)

    def navigate(self, key: str, subject: str = "") -> None:
        """Show the page of `key`, about `subject`. Before services are there, or while the page loads, it is only noted."""
        self._wanted = key
        self._announce(key)
        if self._context is None:
            return
        if key in self._pages:
            self._show(key, subject)
            return
        spec = self._specs[key]
        if spec.is_loaded:
            self._build_page(spec, subject)
            return
        self._waiting.show_loading()
        self._stack.setCurrentWidget(self._waiting)

        def loaded(_nothing: None) -> None:
            if self._wanted == key:
                self._build_page(spec, subject)

        self._tasks.start(
            lambda _report, _token: spec.load(),
            title=self._title_of(spec),
            owner=self,
            on_success=loaded,
            on_failure=lambda error: self.show_load_error(error, partial(self.navigate, key, subject)),
            pool="polling",
        )

    def _build_page(self, spec: PageSpec, subject: str) -> None:
        if self._context is None:
            return
        page = spec.build(self._context)
        self._pages[spec.key] = page
        self._stack.addWidget(page)
        page.title_changed.connect(partial(self._on_title_changed, page))
        page.data_taken.connect(partial(self._on_data_taken, page))
        self._picked.connect_page(page)
        if self.runs is not None:
            page.run_started.connect(self.runs.start)
        self._show(spec.key, subject)

    def _show(self, key: str, subject: str) -> None:
        page = self._pages[key]
        if subject:
            page.show_subject(subject)
        if self._key != key or self._subject != subject:
            if self._key:
                self._history.append((self._key, self._subject))
                del self._history[:-20]
            if (before := self.page) is not None and before is not page:
                before.deactivated()
            self._key, self._subject = key, subject
        self.status.show_taken(None)
        self._stack.setCurrentWidget(page)
        if not self.navigation.has_keyboard:
            page.setFocus()
        self.header.show_tools(key, page.tools())
        self.header.show_title(page.title)
        self.navigation.mark(self._specs[key].under or key)
        if self._specs[key].in_navigation:
            self._state.setValue("window/page", key)
        page.activated()

    def _announce(self, key: str) -> None:
        self.navigation.mark(self._specs[key].under or key)
        self.header.show_title(self._title_of(self._specs[key]))

    def _title_of(self, spec: PageSpec) -> str:
        return QCoreApplication.translate("MainWindow", spec.title)

    def _on_title_changed(self, page: Page) -> None:
        if page is self.page:
            self.header.show_title(page.title)

    def _on_data_taken(self, page: Page, at: object) -> None:
        if page is self.page:
            self.status.show_taken(at)  # type: ignore[arg-type] # declared by Page.data_taken

    def tell_fault(self, error: AppError) -> None:
        """A fault of the app itself, with its details to copy."""
        text = f"{message_of(error)} {advice_of(error)}"
        details = f"{text}\n\n{error.evidence}"
        self.notices.show_notice(
            Notice(
                text,
                theme.Meaning.DOWN,
                self.tr("Copy the details"),
                lambda: QGuiApplication.clipboard().setText(details),
            )
        )

    def refresh(self) -> None:
        """F5."""
        if self.page is not None:
            self.page.refresh()
        if self._outlook is not None:
            self._outlook.look()

    def go_back(self) -> None:
        """Esc: a step back within the page, or from a page that was opened by another one to that one."""
        if self.page is None or self.page.go_back():
            return
        if not self._specs[self._key].in_navigation:
            key, subject = self._history.pop() if self._history else (next(iter(self._specs)), "")
            self.navigate(key, subject)
            if self._history:
                self._history.pop()

    def _start_search(self) -> None:
        if self.page is not None:
            self.page.start_search()

    # Command palette

    def open_palette(self) -> CommandPalette | None:
        """Ctrl+K. None before there are services."""
        if self._context is None:
            return None
        entries = [
            Entry(self._title_of(spec), self.tr("page"), spec.icon, partial(self.navigate, spec.key))
            for spec in self._specs.values()
            if not spec.needs_subject
        ]
        entries.append(Entry(self.tr("Refresh"), "F5", "refresh-cw", self.refresh))
        if self.page is not None:
            entries += [
                Entry(action.text(), action.shortcut().toString(), "command", action.trigger)
                for action in self.page.commands()
                if action.isEnabled()
            ]
        palette = CommandPalette(entries, self)
        palette.open_over(self)
        inventory = self._context.services.inventory
        self._tasks.start(
            lambda _report, _token: inventory.endpoints(),
            title=self.tr("Find endpoints"),
            owner=palette,
            on_success=lambda endpoints: palette.add(
                [
                    Entry(each.name, each.site, "server", partial(self.navigate, "endpoint", each.name))
                    for each in endpoints
                ]
            ),
            on_failure=lambda error: self.notices.show_notice(Notice(error.message, theme.Meaning.DOWN)),
            pool="polling",
        )
        return palette

    # The window itself

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.navigation.set_collapsed(collapsed=self.width() < theme.COLLAPSE_BELOW)

    def closeEvent(self, event: QCloseEvent) -> None:
        if running := self._tasks.running():
            event.ignore()
            if not self._leaving and any(task.on_leave is None for task in running):
                self._ask_to_leave()
            elif not self._leaving:
                self._leave()
            return
        self._last_call.stop()
        if self.page is not None:
            self.page.deactivated()
        self._state.setValue("window/geometry", self.saveGeometry())
        super().closeEvent(event)

    def _ask_to_leave(self) -> None:
        running = [task for task in self._tasks.running() if task.on_leave is None]
        question = QMessageBox(self)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.setText(self.tr("%n task(s) still run.", "", len(running)))
        question.setInformativeText(
            "\n".join(task.title for task in running[:5])
            + "\n\n"
            + self.tr("Closing cancels them first; what they have begun is undone.")
        )
        leave = question.addButton(self.tr("Cancel them and close"), QMessageBox.ButtonRole.AcceptRole)
        stay = question.addButton(self.tr("Stay"), QMessageBox.ButtonRole.RejectRole)
        question.setDefaultButton(stay)
        leave.clicked.connect(self._leave)
        question.open()

    def _leave(self) -> None:
        self._leaving = True
        self._tasks.ended.connect(self._leave_when_idle)
        for task in self._tasks.running():
            if task.on_leave is None:
                task.cancel()
            else:
                self._tasks.leave(task)
        self.notices.show_notice(
            Notice(self.tr("Closing, once what is under way has been undone or finished …"), stays=True)
        )
        self._last_call.start()
        self._leave_when_idle()

    def _leave_at_last(self) -> None:
        """What does not end in time is taken up at the next start, as after a crash."""
        self._tasks.abandon()
        self.close()

    def _leave_when_idle(self, _task: Task | None = None) -> None:
        if not self._tasks.running():
            QTimer.singleShot(0, self, self.close)
