"""The frame: navigation, title, pages, notices and status. It shows itself before there are services, and builds a page at its first visit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui import theme
from app.ui.navigation.bar import NavigationBar
from app.ui.pages.page import Notice, Page, PageContext, PageSpec
from app.ui.tasks import TaskRunner
from app.ui.widgets.header import PageHeader
from app.ui.widgets.notices import NoticeArea
from app.ui.widgets.states import StateView

if TYPE_CHECKING:
    from app.main import Services

PAGES = (
    PageSpec("fleet", "Fleet", "server", "app.ui.pages.fleet:FleetPage"),
    PageSpec("endpoint", "Endpoint", "server", "app.ui.pages.endpoint:EndpointPage", in_navigation=False),
    PageSpec("enrol", "Enrol", "circle-plus", "app.ui.pages.enrol:EnrolPage"),
    PageSpec("alerts", "Alerts", "bell", "app.ui.pages.alerts:AlertsPage"),
    PageSpec("stack", "Stack", "layers", "app.ui.pages.stack:StackPage"),
    PageSpec("dashboards", "Dashboards", "chart-area", "app.ui.pages.dashboards:DashboardsPage"),
    PageSpec("activity", "Activity", "history", "app.ui.pages.activity:ActivityPage"),
    PageSpec("settings", "Settings", "settings", "app.ui.pages.settings:SettingsPage"),
)
