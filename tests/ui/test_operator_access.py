"""Every control of the operator's pages can be named by a screen reader and reached by the keyboard."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.pages.activity import ActivityPage
from app.ui.pages.alerts import AlertsPage
from app.ui.pages.discovery import DiscoveryPage
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from app.ui.pages.page import Page, PageContext
from app.ui.pages.security import SecurityPage
from app.ui.pages.settings import SettingsPage
from app.ui.pages.stack import StackPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui.fake_services import Desk, OperatorServices, some_alerts
from tests.ui.hands import press

PAGES: list[Callable[[PageContext], Page]] = [
    ActivityPage,
    AlertsPage,
    DiscoveryPage,
    EnrolPage,
    SecurityPage,
    SettingsPage,
    StackPage,
]
_CONTROLS = (QAbstractButton, QComboBox, QLineEdit, QPlainTextEdit, QAbstractItemView)
_PARTS = (QScrollBar, QHeaderView)


@pytest.fixture
def desk(tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> Desk:
    services = OperatorServices()
    services.alerts.alerts = some_alerts()
    services.stack.deployed = True
    return Desk(services, tasks, state, keeper)


def controls(page: QWidget) -> list[QWidget]:
    """What a person can use, without the inner parts of controls."""
    found = [each for kind in _CONTROLS for each in page.findChildren(kind) if not isinstance(each, _PARTS)]
    # Lists that drop down are windows of their own.
    own = [each for each in found if each.window() is page.window()]
    return [each for each in own if not isinstance(each.parentWidget(), _CONTROLS)]


@pytest.mark.parametrize("make", PAGES)
def test_every_control_has_a_name(qtbot: QtBot, desk: Desk, make: Callable[[PageContext], Page]) -> None:
    page = make(desk.context)
    qtbot.addWidget(page)
    for control in [*controls(page), *page.tools()]:
        text = control.text() if isinstance(control, QAbstractButton) else ""
        name = control.accessibleName() or text
        assert name, f"{control} of {page} has no name"


def test_tab_walks_the_first_step_in_the_order_of_reading(qtbot: QtBot, desk: Desk) -> None:
    page = EnrolPage(desk.context)
    qtbot.addWidget(page)
    page.show()
    page.activated()
    assert page.at is At.WHERE
    where = page.where
    page.activateWindow()
    where.name.control.setFocus()
    qtbot.waitUntil(where.name.control.hasFocus)
    walked = [where.name.control]
    for _ in range(7):
        focused = page.focusWidget()
        assert focused is not None
        press(focused, Qt.Key.Key_Tab)
        now = page.focusWidget()
        assert now is not None
        walked.append(now)
    wanted = [where.name, where.address, where.port, where.site, where.region, where.tags, where.notes]
    assert walked[:7] == [field.control for field in wanted]
