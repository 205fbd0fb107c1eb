"""Grafana's dashboards, already signed in."""

import importlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QComboBox, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError, MonitoringError
from app.services.grafana import Dashboard, GrafanaSession
from app.ui import theme
from app.ui.icons import icon
from app.ui.pages.page import Notice, Page, PageContext
from app.ui.theme import Meaning
from app.ui.widgets.states import EmptyState, StateView

if TYPE_CHECKING:
    from app.ui.web.grafana import GrafanaView

ENDPOINT_DASHBOARD = "plantwatch-endpoint"
_ENDPOINT_VARIABLE = "endpoint"
_MOST_SIGN_INS = 3
_WITHIN_SECONDS = 60.0
_CHOOSER_WIDTH = 240
_RANGE_KEY = "dashboards/range"
_DASHBOARD_KEY = "dashboards/dashboard"


def _browse(address: str) -> None:
    QDesktopServices.openUrl(QUrl(address))


@dataclass(frozen=True, slots=True)
class _Opened:
    """What signing in brings: a session, and what there is to be shown."""

    session: GrafanaSession
    dashboards: list[Dashboard]


class DashboardsPage(Page):
    """One web view for all dashboards. QtWebEngine is loaded by the page's first showing, on a worker."""

    refresh_milliseconds: ClassVar[int] = 0

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._service = context.services.dashboards
        self._web: GrafanaView | None = None
        self._endpoint = ""
        self._theme = self._theme_now()
        self._sign_ins: deque[float] = deque(maxlen=_MOST_SIGN_INS)
        self._make_tools()
        self._place = QWidget()
        self._place_layout = QVBoxLayout(self._place)
        self._place_layout.setContentsMargins(0, 0, 0, 0)
        empty = EmptyState(
            "chart-area",
            self.tr("Grafana has no dashboards"),
            self.tr(
                "The stack brings a dashboard for a site and one for an endpoint. Deploying it again puts them back."
            ),
        )
        empty.add_button(self.tr("Go to the stack"), lambda: context.navigate("stack", ""), icon="arrow-right")
        self.view = StateView(self._place, empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, theme.GAP)
        layout.addWidget(self.view)

    def _make_tools(self) -> None:
        self.chooser = QComboBox()
        self.chooser.setAccessibleName(self.tr("Dashboard"))
        self.chooser.setFixedWidth(_CHOOSER_WIDTH)
        self.range = QComboBox()
        self.range.setAccessibleName(self.tr("Time range"))
        for text, value in (
            (self.tr("15 minutes"), "now-15m"),
            (self.tr("1 hour"), "now-1h"),
            (self.tr("6 hours"), "now-6h"),
            (self.tr("24 hours"), "now-24h"),
            (self.tr("7 days"), "now-7d"),
            (self.tr("30 days"), "now-30d"),
        ):
            self.range.addItem(icon("clock"), text, value)
        remembered = str(self.context.state.value(_RANGE_KEY, "now-1h"))
        self.range.setCurrentIndex(max(0, self.range.findData(remembered)))
        self.reload_button = QPushButton(icon("refresh-cw"), self.tr("Reload"))
        self.browser_button = QPushButton(icon("external-link"), self.tr("Open in browser"))
        self.browser_button.setToolTip(self.tr("Opens the dashboard in your browser, where Grafana asks for a login."))
        self.chooser.activated.connect(self._on_chosen)
        self.range.activated.connect(self._on_range)
        self.reload_button.clicked.connect(self.refresh)
        self.browser_button.clicked.connect(self._open_in_browser)
        for tool in self.tools():
            tool.setEnabled(False)

    @property
    def title(self) -> str:
        return self.tr("Dashboards")

    def tools(self) -> list[QWidget]:
        return [self.chooser, self.range, self.reload_button, self.browser_button]

    def show_subject(self, subject: str) -> None:
        """Show the endpoint of that name in the dashboard about endpoints."""
        self._endpoint = subject
        self.context.state.setValue(_DASHBOARD_KEY, ENDPOINT_DASHBOARD)
        if self.chooser.count():
            self._choose(ENDPOINT_DASHBOARD)
            self._load()

    def activated(self) -> None:
        # Coming back must not reload what is shown: only the first showing and what failed do.
        if self._web is None or not self.chooser.count():
            self.refresh()

    def refresh(self) -> None:
        """Sign in anew and load the dashboard again."""
        self._sign_ins.clear()
        self._sign_in()

    def changeEvent(self, happened: QEvent) -> None:
        super().changeEvent(happened)
        if happened.type() is QEvent.Type.PaletteChange and self._theme != self._theme_now():
            self._theme = self._theme_now()
            if self._web is not None and self.chooser.count():
                self._load()

    @staticmethod
    def _theme_now() -> Literal["light", "dark"]:
        return "dark" if theme.colours(QGuiApplication.palette()).is_dark else "light"

    # Signing in

    def _sign_in(self) -> None:
        self.view.show_loading()
        self._sign_ins.append(time.monotonic())

        def work() -> _Opened:
            importlib.import_module("app.ui.web.grafana")
            return _Opened(self._service.sign_in(), self._service.dashboards())

        self.fetch(lambda _report, _token: work(), on_success=self._on_signed_in, on_failure=self._show_error)

    def _on_signed_in(self, opened: _Opened) -> None:
        for tool in self.tools():
            tool.setEnabled(bool(opened.dashboards))
        self._offer(opened.dashboards)
        if not opened.dashboards:
            self.view.show_empty()
            return
        self._web_view().sign_in(opened.session)
        self._load()

    def _on_signed_out(self) -> None:
        """Grafana's session has ended: a new one, unless that happens again and again."""
        is_again = len(self._sign_ins) == _MOST_SIGN_INS and time.monotonic() - self._sign_ins[0] < _WITHIN_SECONDS
        if not is_again:
            self._sign_in()
            return
        self._show_error(
            MonitoringError(
                service="Grafana",
                reason="ends every session as soon as it has begun.",
                what_to_do="Look at Grafana's log on the Stack page, or deploy the stack again.",
            )
        )

    def _web_view(self) -> "GrafanaView":
        if self._web is None:
            module = importlib.import_module("app.ui.web.grafana")
            web: GrafanaView = module.GrafanaView()
            web.loaded.connect(self.view.show_content)
            web.failed.connect(self._on_load_failed)
            web.signed_out.connect(self._on_signed_out)
            web.refused.connect(self._tell_refused)
            web.download_refused.connect(self._tell_download)
            self._place_layout.addWidget(web)
            self._web = web
        return self._web

    # Choosing

    def _offer(self, dashboards: list[Dashboard]) -> None:
        wanted = str(self.context.state.value(_DASHBOARD_KEY, ""))
        self.chooser.clear()
        for dashboard in dashboards:
            self.chooser.addItem(icon("chart-area"), dashboard.title, dashboard.uid)
            at = self.chooser.count() - 1
            self.chooser.setItemData(at, dashboard.folder or None, Qt.ItemDataRole.ToolTipRole)
        self._choose(wanted)

    def _choose(self, uid: str) -> None:
        self.chooser.setCurrentIndex(max(0, self.chooser.findData(uid)))

    def _on_chosen(self) -> None:
        self._endpoint = ""
        self.context.state.setValue(_DASHBOARD_KEY, self.chooser.currentData())
        self._load()

    def _on_range(self) -> None:
        self.context.state.setValue(_RANGE_KEY, self.range.currentData())
        self._load()

    def _load(self) -> None:
        """Show the chosen dashboard over the chosen range."""
        self._with_address(kiosk=True, use=self._show_address)

    def _open_in_browser(self) -> None:
        self._with_address(kiosk=False, use=_browse)

    def _show_address(self, address: str) -> None:
        self._web_view().show_address(address)

    def _with_address(self, *, kiosk: bool, use: Callable[[str], None]) -> None:
        uid, range_ = str(self.chooser.currentData()), str(self.range.currentData())
        variables = {_ENDPOINT_VARIABLE: self._endpoint} if self._endpoint and uid == ENDPOINT_DASHBOARD else {}
        look = self._theme

        self.context.tasks.start(
            lambda _report, _token: self._service.url_for(
                uid, theme=look, variables=variables, from_=range_, kiosk=kiosk
            ),
            title=self.tr("Address the dashboard"),
            owner=self,
            on_success=use,
            on_failure=self._show_error,
            pool="polling",
        )

    # What goes wrong

    def _show_error(self, error: AppError) -> None:
        self.view.show_error(error, self.refresh)
        self.reload_button.setEnabled(True)

    def _on_load_failed(self, evidence: str) -> None:
        self._show_error(
            MonitoringError(
                evidence,
                service="Grafana",
                reason="signed in, but did not answer with the dashboard.",
                what_to_do="Try again; if it stays away, look at its log on the Stack page.",
            )
        )

    def _tell_refused(self, address: str) -> None:
        host = QUrl(address).host() or address[:80]
        self.context.notify(
            Notice(
                self.tr("The dashboard wanted to lead away to {0}; that was refused.").format(host), Meaning.ATTENTION
            )
        )

    def _tell_download(self, name: str) -> None:
        text = self.tr("{0} was not downloaded: use “Open in browser” for downloads.").format(name)
        self.context.notify(Notice(text, Meaning.ATTENTION))
