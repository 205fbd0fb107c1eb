"""What every page is, and what the window gives it."""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, TypeVar

from PySide6.QtCore import QSettings, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from app.errors import AppError
from app.services.progress import CancelToken, Report
from app.ui.run_keeper import RunKeeper
from app.ui.tasks import Task, TaskRunner
from app.ui.theme import Meaning, ThemeKeeper

if TYPE_CHECKING:
    from app.main import Services

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Notice:
    """A quiet word at the foot of the window, gone by itself unless it tells of a failure. `undo` offers the way back."""

    text: str
    meaning: Meaning = Meaning.INFO
    action_text: str = ""
    action: Callable[[], None] | None = None
    other_text: str = ""
    other: Callable[[], None] | None = None
    """A second way on, beside the first."""
    stays: bool = False
    """Until it is dismissed, as a failure does."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """What a page may use: the services, the task runner, and the window by way of callables."""

    services: "Services"
    tasks: TaskRunner
    state: QSettings
    """Where columns, filters and ranges are remembered; a page uses keys that begin with its own."""
    theme: ThemeKeeper
    navigate: Callable[[str, str], None]
    """Show the page of that key, about that subject (an endpoint's name, say; empty for the page as it is)."""
    notify: Callable[[Notice], None]
    show_count: Callable[[str, int], None]
    """Ask for action beside the navigation entry of that key; 0 takes the count away."""
    runs: RunKeeper = field(init=False)
    """The runs that this window works on."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "runs", RunKeeper(self.services, self.tasks))


class Page(QWidget):
    """One page. Built at its first visit; told when it is shown and hidden; refreshes by one timer while shown."""

    title_changed = Signal()
    data_taken = Signal(object)
    """The `datetime` at which the shown data were taken, for the status bar; None when nothing is shown that ages."""

    run_started = Signal(int)
    """The number of a run that the page has written down: the window works on it and shows it."""

    refresh_milliseconds: ClassVar[int] = 0
    """How often `refresh` is called while the page is shown; 0: only at its showing and on demand."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        # The window gives a page the keyboard when it shows it; no stop for the Tab key.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._fetching = False
        self._fetch_task: Task | None = None
        self._timer = QTimer(self, interval=self.refresh_milliseconds)
        self._timer.timeout.connect(self.refresh)

    @property
    def title(self) -> str:
        """The page's title, translated. Emit `title_changed` when it changes."""
        raise NotImplementedError

    def tools(self) -> list[QWidget]:
        """What stands beside the title: search, range, site filter. Asked once; the window takes the widgets over."""
        return []

    def commands(self) -> list[QAction]:
        """What the command palette offers while this page is shown."""
        return []

    def activated(self) -> None:
        """The page is now shown."""
        if self.refresh_milliseconds:
            self._timer.start()
        self.refresh()

    def deactivated(self) -> None:
        """The page is no longer shown. Tasks go on; polling ends."""
        self._timer.stop()

    def refresh(self) -> None:
        """Bring the shown data up to date (F5, the timer, the page's showing)."""

    def show_subject(self, subject: str) -> None:
        """Be about `subject`, as the navigation asked."""

    def search_field(self) -> QLineEdit | None:
        """The page's own search, if it has one: Ctrl+F leads to it, Esc empties it."""
        return None

    def start_search(self) -> None:
        """Ctrl+F: give the keyboard to the page's own search, if it has one."""
        if (field := self.search_field()) is not None:
            field.setFocus()
            field.selectAll()

    def go_back(self) -> bool:
        """Esc: one step back within the page. False when there was none."""
        field = self.search_field()
        if field is None or not field.text():
            return False
        field.clear()
        return True

    @property
    def is_fetching(self) -> bool:
        """The work of the last `fetch` has not ended yet."""
        return self._fetching

    def fetch(
        self,
        work: Callable[[Report, CancelToken], T],
        *,
        on_success: Callable[[T], None],
        on_failure: Callable[[AppError], None],
    ) -> bool:
        """Run the page's polling `work`, unless the last one still runs (False)."""
        if self._fetching:
            return False
        self._fetching = True

        def succeeded(result: T) -> None:
            self._fetching = False
            on_success(result)

        def failed(error: AppError) -> None:
            self._fetching = False
            on_failure(error)

        def cancelled() -> None:
            self._fetching = False
            self.fetch_cancelled()

        self._fetch_task = self.context.tasks.start(
            work,
            title=self.title,
            owner=self,
            on_success=succeeded,
            on_failure=failed,
            on_cancelled=cancelled,
            pool="polling",
        )
        return True

    def cancel_fetch(self) -> None:
        """The result of the last `fetch` is no longer wanted; `fetch_cancelled` is called once its work has stopped."""
        if self._fetching and self._fetch_task is not None:
            self._fetch_task.cancel()

    def fetch_cancelled(self) -> None:
        """The work of the last `fetch` has stopped without a result."""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page that the window can show. `place` is "module:Class", loaded and built with a `PageContext` at the first visit."""

    key: str
    title: str
    """Source text; the window translates it in the context "MainWindow"."""
    icon: str
    place: str
    in_navigation: bool = True
    under: str = ""
    """The key of the navigation entry that it belongs to, without one of its own; empty for none."""
    needs_subject: bool = False
    """It is about one thing, and cannot be opened without saying which."""

    @property
    def is_loaded(self) -> bool:
        return self.place.partition(":")[0] in sys.modules

    def load(self) -> None:
        """Import what the page needs. For a worker: libraries for charts take longer than a window may stand still."""
        importlib.import_module(self.place.partition(":")[0])

    def build(self, context: PageContext) -> Page:
        module, _, name = self.place.partition(":")
        page: Page = getattr(importlib.import_module(module), name)(context)
        return page
