"""Every page, visited for the first time as the operator does it: by its button in the navigation. The watchdog looks on."""

import importlib

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.ui.catalogue import PAGES
from app.ui.main_window import MainWindow
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui.fake_services import OperatorServices, some_alerts
from tests.ui.hands import click


@pytest.fixture(autouse=True)
def _libraries() -> None:
    """What the pages draw with is there: the first import of numpy holds the interpreter's lock for up to 80 ms, once, before there is a page."""
    importlib.import_module("pyqtgraph")


@pytest.mark.parametrize("key", [spec.key for spec in PAGES if spec.in_navigation and spec.key != "dashboards"])
def test_a_first_visit_does_not_hold_the_window(
    qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper, key: str
) -> None:
    services = OperatorServices()
    services.alerts.alerts = some_alerts()
    services.stack.deployed = True
    window = MainWindow(state=state, tasks=tasks, keeper=keeper)
    qtbot.addWidget(window)
    window.show()
    window.open_services(services.as_services())
    qtbot.waitUntil(lambda: window.page is not None)
    click(window.navigation.button(key))
    qtbot.waitUntil(lambda: window.page is not None and type(window.page).__module__.startswith(f"app.ui.pages.{key}"))
    qtbot.waitUntil(tasks.is_idle)
