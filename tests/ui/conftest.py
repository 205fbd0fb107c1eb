"""The rules of the house for every test of the window: off screen, nothing leaked, nothing logged, nothing stood still."""

import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from app.ui import icons
from app.ui.memory import WindowMemory
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui import second_look
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.screens import all_shots, take
from tests.ui.watchdog import LIMIT_SECONDS, Watchdog

# What the off-screen platform says whatever the window does.
_PLATFORM_NOISE = ("This plugin does not support",)


@pytest.fixture(scope="session")
def keeper(qapp: QApplication) -> ThemeKeeper:
    """The application in the theme of the product, its icons read and its classes met, as when the frame of the window has been painted."""
    icons.read_all()
    _meet_classes()
    return ThemeKeeper(qapp)


def _meet_classes() -> None:
    """PySide prepares the Python side of all widgets, and of all that a painter paints with, when it first has to tell them apart.

    That takes 20 ms and more. The application's frame does it before there is a page; a page without that frame would be held to account.
    """
    QScrollArea().viewport()
    picture = QPixmap(1, 1)
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), QColor("black"))
    painter.end()


@pytest.fixture(autouse=True)
def _themed(keeper: ThemeKeeper) -> None:
    keeper.choose("light")


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A warning in the log or from Qt fails the test; `expected_log` tells of those that belong to it."""
    said: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.WARNING:
                said.append(f"{record.name}: {record.getMessage()}")

    def hear(kind: QtMsgType, _context: object, message: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and not message.startswith(_PLATFORM_NOISE):
            said.append(f"Qt: {message}")

    ear = Ear()
    logging.getLogger().addHandler(ear)
    before = qInstallMessageHandler(hear)
    _expected.clear()
    yield
    qInstallMessageHandler(before)
    logging.getLogger().removeHandler(ear)
    unexpected = [line for line in said if not any(part in line for part in _expected)]
    assert not unexpected, "Unexpected in the log: " + "; ".join(unexpected)


_expected: list[str] = []


@pytest.fixture
def expected_log() -> list[str]:
    """Parts of log lines that are meant to appear in this test."""
    return _expected


@pytest.fixture(autouse=True)
def _nothing_leaks(qapp: QApplication) -> Iterator[None]:
    """No thread, running timer or window outlives the test."""
    threads = set(threading.enumerate())
    yield
    for window in QApplication.topLevelWidgets():
        window.close()
        window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    deadline = time.monotonic() + 2
    while (left := set(threading.enumerate()) - threads) and time.monotonic() < deadline:
        next(iter(left)).join(0.05)
    assert not left, f"Threads outlive the test: {[thread.name for thread in left]}"
    timers = [
        each for each in gc.get_objects() if isinstance(each, QTimer) and shiboken6.isValid(each) and each.isActive()
    ]
    assert not timers, f"Timers outlive the test: {[(timer.objectName(), timer.parent()) for timer in timers]}"


@pytest.fixture(autouse=True)
def watchdog(request: pytest.FixtureRequest, qapp: QApplication, _nothing_leaks: None) -> Iterator[Watchdog]:
    """The window's thread may not stand still for longer than 50 ms; `@pytest.mark.may_block(seconds, reason)` says where it may."""
    marker = request.node.get_closest_marker("may_block")
    dog = Watchdog(marker.args[0] if marker else LIMIT_SECONDS)
    # As in the application, where the collector runs only when the window is idle. What is there before the test is not looked at again:
    # walking over all that was ever imported, at each test, took a third of the time.
    gc.collect()
    gc.freeze()
    gc.disable()
    dog.start()
    yield dog
    dog.stop()
    gc.enable()
    if not dog.blocks:
        return
    told = "\n\n".join(str(block) for block in dog.blocks)
    assert not second_look.is_it(), told
    again = second_look.second_look(request.node)
    assert not again, f"{told}\nand again in a process of its own:\n{again}"
    _seen_once.append(f"{request.node.nodeid}: {told}")


_seen_once: list[str] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for told in _seen_once:
        terminalreporter.write_line(f"Seen once, and not again in a process of its own: {told}")


@pytest.fixture
def tasks(qtbot: QtBot) -> Iterator[TaskRunner]:
    """A task runner that has ended everything when the test is over."""
    runner = TaskRunner()
    yield runner
    assert runner.shutdown(5), "A worker outlives the test."
    runner.deleteLater()


@pytest.fixture
def state(tmp_path: Path, tasks: TaskRunner) -> Iterator[WindowMemory]:
    """An empty memory of the window."""
    memory = WindowMemory(tmp_path / "window.ini", tasks)
    yield memory
    memory.close()


@pytest.fixture
def services() -> OperatorServices:
    """What the pages on which the operator acts work with."""
    return OperatorServices()


@pytest.fixture
def desk(services: OperatorServices, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> Desk:
    """The context of a page without its window."""
    return Desk(services, tasks, state, keeper)


@pytest.fixture
def snapshot_pages(tmp_path: Path) -> Callable[..., list[Path]]:
    """Pictures the shots whose names are given, in a theme and size: `snapshot_pages("fleet", theme="dark", size="large")`."""

    def snapshot(*names: str, theme: str = "light", size: str = "small") -> list[Path]:
        wanted = [shot for shot in all_shots() if shot.name in names]
        assert len(wanted) == len(names), f"No such shot among {names}."
        return take(wanted, theme, size, tmp_path)

    return snapshot


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "may_block(seconds, reason): how long the window's thread may stand still here")
