"""The window's process: Qt is set up, the frame is painted, and only then are the services imported and built, on a worker."""

import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QCoreApplication, QLocale, Qt, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from app.errors import AppError
from app.faults import UnexpectedError
from app.logs import write_log
from app.paths import DataPaths, resource
from app.services.progress import CancelToken, Report
from app.settings import load
from app.ui import icons
from app.ui.asking import WindowAsker
from app.ui.collector import Collector
from app.ui.errors import advice_of, message_of
from app.ui.main_window import MainWindow
from app.ui.memory import WindowMemory
from app.ui.pages.page import Notice
from app.ui.tasks import Task, TaskRunner
from app.ui.theme import Meaning, ThemeKeeper

if TYPE_CHECKING:
    from app.main import Services
    from app.models.bulk import BulkRun
    from app.services.enrolment import Asker

_log = logging.getLogger(__name__)

_DAY_MILLISECONDS = 24 * 60 * 60 * 1000


class Desk:
    """What lives as long as the window does: Qt's application, the task runner, the theme, the window."""

    def __init__(self, load_services: "Callable[[Asker], Services]", paths: DataPaths) -> None:
        self.application = QApplication.instance() or _make_application()
        assert isinstance(self.application, QApplication)  # noqa: S101 - nothing else makes one
        self._load_services = load_services
        self._services: Services | None = None
        self._translate(paths)
        self.keeper = ThemeKeeper(self.application)
        self.tasks = TaskRunner()
        self.memory = WindowMemory(paths.window_state, self.tasks)
        self.keeper.choose(str(self.memory.value("window/theme", "system")))
        self.window = MainWindow(state=self.memory, tasks=self.tasks, keeper=self.keeper)
        self._asker = WindowAsker(self.window)
        self._daily = QTimer(self.window, interval=_DAY_MILLISECONDS)
        self._daily.timeout.connect(self.renew_due)

    def _translate(self, paths: DataPaths) -> None:
        translator = QTranslator(self.application)
        if translator.load(_locale(paths), "plantwatch", "_", str(resource("translations"))):
            self.application.installTranslator(translator)

    def open(self) -> None:
        """Show the frame; load the services once it has been painted."""
        self.window.show_loading()
        self.window.show()
        QTimer.singleShot(0, self.window, self.load)

    def load(self) -> None:
        """Build the services on a worker and hand them to the window."""
        self.window.show_loading()

        def work(_report: Report, _token: CancelToken) -> "Services":
            icons.read_all()
            return self._load_services(self._asker)

        self.tasks.start(
            work,
            title=QCoreApplication.translate("Desk", "Open the inventory"),
            owner=self.window,
            on_success=self._open_services,
            on_failure=lambda error: self.window.show_load_error(error, self.load),
            pool="polling",
        )

    def _open_services(self, services: "Services") -> None:
        self._services = services
        self.window.open_services(services)
        self.recover()
        self._daily.start()

    def recover(self) -> None:
        """Undo or finish what a killed process left behind, as a task that says what it did."""
        if (services := self._services) is None:
            return

        def told(found: "tuple[list[str], list[BulkRun]]") -> None:
            sentences, interrupted = found
            self._tell(task, sentences)
            if self.window.runs is not None:
                self.window.runs.offer(interrupted)
            # After it, so that both never work on one endpoint.
            self.renew_due()

        def failed(error: AppError) -> None:
            text = f"{message_of(error)} {advice_of(error)}".strip()
            again = QCoreApplication.translate("Desk", "Try again")
            self.window.notices.show_notice(Notice(text, Meaning.DOWN, again, self.recover))

        task = self.tasks.start(
            lambda report, token: (
                services.enrolment.recover(report=report, token=token),
                services.runs.interrupted(),
            ),
            title=QCoreApplication.translate("Desk", "Look for interrupted work"),
            owner=self.window,
            on_success=told,
            on_failure=failed,
            pool="bulk",
        )

    def renew_due(self) -> None:
        """Renew the certificates that end before long, as a task that says what it did."""
        if (services := self._services) is None:
            return
        task = self.tasks.start(
            lambda _report, token: services.enrolment.renew_due(token=token),
            title=QCoreApplication.translate("Desk", "Renew certificates that end before long"),
            owner=self.window,
            on_success=lambda sentences: self._tell(task, sentences),
            on_failure=lambda error: self.window.notices.show_notice(Notice(message_of(error), Meaning.DOWN)),
            pool="bulk",
        )

    def _tell(self, task: Task, sentences: list[str]) -> None:
        if not sentences:
            self.tasks.forget(task)  # nothing to show for it
        for sentence in sentences:
            self.window.notices.show_notice(Notice(sentence, Meaning.ATTENTION))

    def close(self) -> None:
        """End every task, then the window, then the services. Qt is not to be used for this window afterwards."""
        self._daily.stop()
        self.tasks.shutdown()
        self.memory.close()
        # Now, not by deleteLater: nothing runs Qt's events any more, and a web view that outlives its profile ends the process badly.
        shiboken6.delete(self.window)
        if self._services is not None:
            self._services.close()


def _locale(paths: DataPaths) -> QLocale:
    """The chosen language, else the desktop's. A bad settings file is not told here but by the services, which read it next."""
    try:
        chosen = load(paths).language
    except AppError:
        chosen = ""
    return QLocale(chosen) if chosen else QLocale()


def _make_application() -> QApplication:
    # QtWebEngine, loaded much later, needs this from before the first window.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("plantwatch")
    application.setApplicationDisplayName("Plantwatch")
    application.setDesktopFileName("plantwatch")
    return application


def run(load_services: "Callable[[Asker], Services]", *, data_dir: Path | None = None) -> int:
    """Open the window and return the exit status once it is closed. `load_services` is called on a worker after the first
    paint, with what puts devices' questions to the operator."""
    paths = DataPaths.locate(data_dir)
    write_log(paths)
    desk = Desk(load_services, paths)
    collector = Collector(desk.window)
    _report_faults(desk)
    signal.signal(signal.SIGINT, lambda _number, _frame: desk.window.close())
    desk.open()
    collector.start()
    status = desk.application.exec()
    collector.stop()
    desk.close()
    return status


def _report_faults(desk: Desk) -> None:
    """An exception that escapes a slot is logged in full and told in a sentence."""

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if not isinstance(error, Exception):
            sys.__excepthook__(kind, error, trace)
            return
        _log.error("Unexpected error in the window", exc_info=(kind, error, trace))
        told = UnexpectedError.of(error, desk.window.windowTitle())
        desk.window.tell_fault(told)

    sys.excepthook = hook
