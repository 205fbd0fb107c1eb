"""Grafana in the window: one origin, signed in by a cookie that lives in memory, and nothing leaves that origin."""

import logging
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Qt, QUrl, Signal
from PySide6.QtNetwork import QNetworkCookie
from PySide6.QtWebEngineCore import (
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
)
from PySide6.QtWebEngineWidgets import QWebEngineView
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.services.grafana import GrafanaSession

_log = logging.getLogger(__name__)
_LOCAL_SCHEMES = ("data", "blob")
_OFF = (
    QWebEngineSettings.WebAttribute.JavascriptCanOpenWindows,
    QWebEngineSettings.WebAttribute.JavascriptCanAccessClipboard,
    QWebEngineSettings.WebAttribute.LocalContentCanAccessFileUrls,
    QWebEngineSettings.WebAttribute.PluginsEnabled,
    QWebEngineSettings.WebAttribute.PdfViewerEnabled,
    QWebEngineSettings.WebAttribute.ErrorPageEnabled,
)


def origin(url: str) -> tuple[str, str]:
    """Scheme and authority."""
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


class GrafanaPage(QWebEnginePage):
    """Stays on one origin. New windows, permissions and the sign-in page are refused; what was refused is told."""

    signed_out = Signal()
    """Grafana wanted to show its sign-in page."""
    refused = Signal(str)
    """An address outside the origin was asked for."""

    def __init__(self, profile: QWebEngineProfile, parent: QObject) -> None:
        super().__init__(profile, parent)
        self.home = ""
        for attribute in _OFF:
            self.settings().setAttribute(attribute, False)  # noqa: FBT003 - Qt's own signature
        self.permissionRequested.connect(self._deny)
        self.urlChanged.connect(self._on_url)

    def acceptNavigationRequest(
        self,
        url: QUrl | str,
        _kind: QWebEnginePage.NavigationType,
        is_main_frame: bool,  # noqa: FBT001 - Qt's own signature
    ) -> bool:
        address = url.toString() if isinstance(url, QUrl) else url
        if not self.home or origin(address) != origin(self.home):
            if is_main_frame:
                self.refused.emit(address)
            return False
        if is_main_frame and self._is_sign_in(address):
            self.signed_out.emit()
            return False
        return True

    def createWindow(self, _kind: QWebEnginePage.WebWindowType) -> QWebEnginePage | None:  # type: ignore[override] # None refuses
        return None

    def javaScriptConsoleMessage(
        self, level: QWebEnginePage.JavaScriptConsoleMessageLevel, message: str, line: int, source: str
    ) -> None:
        _log.debug("%s:%d: %s %s", source, line, level.name, message[:500])

    def javaScriptAlert(self, _origin: QUrl | str, message: str) -> None:
        _log.debug("alert: %s", message[:500])

    def javaScriptConfirm(self, _origin: QUrl | str, _message: str) -> bool:
        return False

    def _is_sign_in(self, address: str) -> bool:
        below = urlsplit(self.home).path.rstrip("/")
        return urlsplit(address).path.rstrip("/") == f"{below}/login"

    def _on_url(self, url: QUrl) -> None:
        # Grafana also goes to its sign-in page by itself, without a request.
        if self._is_sign_in(url.toString()):
            self.signed_out.emit()

    def _deny(self, permission: QWebEnginePermission) -> None:
        permission.deny()


class OriginGuard(QWebEngineUrlRequestInterceptor):
    """Lets no request of any kind out to another origin: a dashboard must not call home."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.home = ""

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        url = info.requestUrl()
        scheme, authority = origin(url.toString())
        home_scheme, home_authority = origin(self.home)
        same = authority == home_authority and scheme in (home_scheme, home_scheme.replace("http", "ws", 1))
        info.block(not same and scheme not in _LOCAL_SCHEMES)


class GrafanaView(QWidget):
    """Shows addresses of one Grafana. `open` signs in; `loaded` or `failed` tells what came of it."""

    loaded = Signal()
    failed = Signal(str)
    """The page could not be shown; the text is evidence."""
    signed_out = Signal()
    refused = Signal(str)
    download_refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # The view first: children are deleted in the order of their making, and the profile must outlive its page.
        self.web = QWebEngineView(self)
        self._profile = QWebEngineProfile(self)
        self._profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
        self._profile.setPersistentCookiesPolicy(QWebEngineProfile.PersistentCookiesPolicy.NoPersistentCookies)
        self._profile.downloadRequested.connect(self._refuse_download)
        self._guard = OriginGuard(self)
        self._profile.setUrlRequestInterceptor(self._guard)
        self.page = GrafanaPage(self._profile, self.web)
        self.web.setPage(self.page)
        self.web.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.web.setAccessibleName(self.tr("Grafana dashboard"))
        self._expects = False
        self.page.signed_out.connect(self._on_signed_out)
        self.page.refused.connect(self.refused)
        self.page.loadFinished.connect(self._on_finished)
        self.page.renderProcessTerminated.connect(self._on_terminated)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.web)

    def sign_in(self, session: GrafanaSession) -> None:
        """Use the session's cookie from now on, and stay on its origin."""
        self.page.home = self._guard.home = session.url
        cookie = QNetworkCookie(session.cookie_name.encode(), session.cookie_value.reveal().encode())
        cookie.setPath("/")
        cookie.setHttpOnly(True)
        cookie.setSecure(session.url.startswith("https:"))
        self._profile.cookieStore().setCookie(cookie, QUrl(session.url))

    def show_address(self, address: str) -> None:
        """Load `address`, which must be of the session's origin."""
        self._expects = True
        self.page.load(QUrl(address))

    def reload(self) -> None:
        self._expects = True
        self.page.triggerAction(QWebEnginePage.WebAction.ReloadAndBypassCache)

    def _on_signed_out(self) -> None:
        # The load that led here ends as failed, which is not another failure.
        self._expects = False
        self.signed_out.emit()

    def _on_finished(self, succeeded: bool) -> None:  # noqa: FBT001 - a slot of loadFinished
        if not self._expects:
            return
        self._expects = False
        if succeeded:
            self.loaded.emit()
        else:
            asked = self.page.requestedUrl()
            asked.setQuery("")
            self.failed.emit(asked.toString())

    def _on_terminated(self, status: QWebEnginePage.RenderProcessTerminationStatus, code: int) -> None:
        self._expects = False
        self.failed.emit(f"{status.name}, {code}")

    def _refuse_download(self, request: QWebEngineDownloadRequest) -> None:
        request.cancel()
        self.download_refused.emit(request.downloadFileName())
