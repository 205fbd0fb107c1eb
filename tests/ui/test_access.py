"""The pages of data and the frame: named for a screen reader, reached by the keyboard."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.ui.main_window import MainWindow
from app.ui.pages.endpoint import EndpointPage
from app.ui.pages.fleet import FleetPage
from app.ui.pages.overview import OverviewPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.states import ViewState
from tests.ui.fakes import fleet_of
from tests.ui.hands import press

CONTROLS = (QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QPlainTextEdit)
Open = Callable[[str], MainWindow]


@pytest.fixture
def opened(qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> Open:
    def show(key: str) -> MainWindow:
        window = MainWindow(state=state, tasks=tasks, keeper=keeper)
        qtbot.addWidget(window)
        window.show()
        window.open_services(fleet_of(12).as_services())
        window.navigate(key, "BAR-T001" if key == "endpoint" else "")
        kind = {"overview": OverviewPage, "fleet": FleetPage, "endpoint": EndpointPage}[key]
        qtbot.waitUntil(lambda: isinstance(window.page, kind))
        page = window.page
        assert isinstance(page, OverviewPage | FleetPage | EndpointPage)
        qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)
        if isinstance(page, EndpointPage):
            qtbot.waitUntil(lambda: page.charts_view.state is ViewState.CONTENT and page.board.is_complete)
        return window

    return show


def is_own(widget: QWidget) -> bool:
    """Not a part that Qt makes within a control."""
    return not isinstance(widget, QHeaderView | QScrollBar) and not isinstance(widget.parent(), CONTROLS)


@pytest.mark.parametrize("key", ["overview", "fleet", "endpoint"])
def test_every_control_has_a_name(opened: Open, key: str) -> None:
    window = opened(key)
    nameless = [
        widget
        for kind in CONTROLS
        for widget in window.findChildren(kind)
        if is_own(widget)
        and widget.isVisibleTo(window)
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]
    assert nameless == []


@pytest.mark.parametrize("key", ["overview", "fleet", "endpoint"])
def test_tab_reaches_every_control_and_reads_from_the_top(qtbot: QtBot, opened: Open, key: str) -> None:
    window = opened(key)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    window.navigation.button("fleet").setFocus()
    reached: list[QWidget] = []
    for _ in range(120):
        press(QApplication.focusWidget() or window, Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        if focused is None or focused in reached:
            break
        reached.append(focused)
    missed = [
        widget
        for kind in (QAbstractButton, QComboBox, QLineEdit)
        for widget in window.findChildren(kind)
        if is_own(widget)
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget not in reached
    ]
    assert missed == []


def test_focus_lands_in_the_table(opened: Open) -> None:
    window = opened("fleet")
    page = window.page
    assert isinstance(page, FleetPage)
    assert window.focusWidget() is page.table


def test_ctrl_f_and_ctrl_k(qtbot: QtBot, opened: Open) -> None:
    window = opened("fleet")
    page = window.page
    assert isinstance(page, FleetPage)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    press(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert window.focusWidget() is page.search
