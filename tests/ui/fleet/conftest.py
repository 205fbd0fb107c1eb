"""The fleet in a window of its own."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.ui.main_window import MainWindow
from app.ui.pages.fleet import FleetPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui.fakes import FakeServices
from tests.ui.fleet.given import Open


@pytest.fixture
def open_again(qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> Callable[[], MainWindow]:
    """Opens a window that remembers what the last one did."""

    def open_window() -> MainWindow:
        made = MainWindow(state=state, tasks=tasks, keeper=keeper)
        qtbot.addWidget(made)
        made.show()
        return made

    return open_window


@pytest.fixture
def window(open_again: Callable[[], MainWindow]) -> MainWindow:
    return open_again()


@pytest.fixture
def opened(qtbot: QtBot, window: MainWindow) -> Open:
    def open_page(services: FakeServices) -> FleetPage:
        window.open_services(services.as_services())
        window.navigate("fleet")
        qtbot.waitUntil(lambda: isinstance(window.page, FleetPage))
        assert isinstance(window.page, FleetPage)
        return window.page

    return open_page
