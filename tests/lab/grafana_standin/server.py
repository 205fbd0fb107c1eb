"""The HTTP server: who asks (cookie, password or token), and whether a page or the API answers."""

import base64
import binascii
import json
from collections.abc import Mapping
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from tests.lab.grafana_standin import pages
from tests.lab.grafana_standin.api import Api, ApiError
from tests.lab.grafana_standin.prometheus import QueryError
from tests.lab.grafana_standin.provisioning import Dashboards
from tests.lab.grafana_standin.settings import Settings
from tests.lab.grafana_standin.store import SESSION_SECONDS, Identity, Store

_COOKIE = "grafana_session"
_LONGEST_BODY = 10_000_000
_FAILED = {"messageId": "password-auth.failed", "statusCode": 401, "traceId": ""}


class Server(ThreadingHTTPServer):
    """Serves until it is shut down."""

    daemon_threads = True

    def __init__(self, settings: Settings, store: Store, dashboards: Dashboards, api: Api) -> None:
        self.settings = settings
        self.store = store
        self.dashboards = dashboards
        self.api = api
        super().__init__(("", settings.port), Handler)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "PlantwatchLabStandIn"
    server: Server
    _cookies: ClassVar[str] = f"Path=/; Max-Age={SESSION_SECONDS}; SameSite=Lax"

    def do_GET(self) -> None:
        """Pages, and the reading half of the API."""
        self._handle()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the standard library's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the standard library's name
        """Method, path and status on standard output; never a header or a body."""
        print(f"{self.address_string()} {format % args}", flush=True)

    def _handle(self) -> None:
        url = urlsplit(self.path)
        parameters = parse_qs(url.query, keep_blank_values=True)
        body = self._body()
        try:
            if url.path == "/api/health":
                version = self.server.settings.version
                self._json(200, {"commit": "stand-in of Plantwatch's test lab", "database": "ok", "version": version})
            elif url.path == "/login" and self.command == "POST":
                self._log_in(body)
            elif url.path.startswith("/api/"):
                who = self._who(required=True)
                assert who is not None
                last = {name: values[-1] for name, values in parameters.items()}
                self._json(*self.server.api.answer(self.command, unquote(url.path), who, last, body))
            else:
                self._page(unquote(url.path), parameters)
        except ApiError as error:
            self._json(error.code, error.body)

    def _page(self, path: str, parameters: pages.Parameters) -> None:
        if path == "/logout":
            self.server.store.close_session(self._session_secret())
            self._redirect("login", f"{_COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
        elif path == "/login":
            self._html(200, pages.login(parameters))
        elif self._who(required=False) is None:
            self._redirect("login")
        elif path == "/":
            self._html(200, pages.home(self.server.dashboards.all(), parameters))
        else:
            _, kind, uid, *_ = [*path.split("/"), "", ""]
            found = self.server.dashboards.get(uid) if kind == "d" else None
            if found is None:
                self._html(404, pages.home(self.server.dashboards.all(), parameters))
                return
            try:
                self._html(200, pages.dashboard(found, self.server.api.source, parameters))
            except QueryError as error:
                raise ApiError(400, str(error)) from None

    def _log_in(self, body: Mapping[str, Any]) -> None:
        who = self.server.store.check_password(str(body.get("user", "")), str(body.get("password", "")))
        if who is None:
            raise ApiError(401, "Invalid username or password", **_FAILED)
        secret = self.server.store.open_session(who.id)
        cookies = (f"{_COOKIE}={secret}; HttpOnly; {self._cookies}", f"grafana_session_expiry=0; {self._cookies}")
        if "json" in self.headers.get("Content-Type", ""):
            self._json(200, {"message": "Logged in", "redirectUrl": "/"}, cookies)
        else:
            self._redirect("", *cookies)

    def _who(self, *, required: bool) -> Identity | None:
        """Who asks. With `required`, raises ApiError for nobody; a wrong password or token is an error in any case."""
        scheme, _, credentials = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            who = self.server.store.check_token(credentials.strip())
            if who is None:
                raise ApiError(401, "Invalid API key", messageId="api-key.invalid", statusCode=401, traceId="")
        elif scheme.lower() == "basic":
            try:
                user, _, password = base64.b64decode(credentials).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                raise ApiError(401, "Invalid Basic Auth Header") from None
            who = self.server.store.check_password(user, password)
            if who is None:
                raise ApiError(401, "Invalid username or password", **_FAILED)
        else:
            who = self.server.store.check_session(self._session_secret())
        if who is None and required:
            raise ApiError(401, "Unauthorized", messageId="auth.unauthorized", statusCode=401, traceId="")
        return who

    def _session_secret(self) -> str:
        try:
            found = SimpleCookie(self.headers.get("Cookie", "")).get(_COOKIE)
        except CookieError:
            return ""
        return found.value if found else ""

    def _body(self) -> dict[str, Any]:
        """The JSON object or form that was sent; an empty one for anything else."""
        length = min(int(self.headers.get("Content-Length") or 0), _LONGEST_BODY)
        raw = self.rfile.read(length)
        if "form" in self.headers.get("Content-Type", ""):
            return dict(parse_qsl(raw.decode(errors="replace")))
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            return {}
        return body if isinstance(body, dict) else {}

    def _json(self, status: int, document: Any, cookies: tuple[str, ...] = ()) -> None:
        self._send(status, "application/json; charset=UTF-8", json.dumps(document).encode(), cookies)

    def _html(self, status: int, page: str) -> None:
        self._send(status, "text/html; charset=UTF-8", page.encode())

    def _redirect(self, path: str, *cookies: str) -> None:
        base = urlsplit(self.server.settings.root_url).path
        self._send(302, "text/html; charset=UTF-8", b"", cookies, location=f"{base}{path}")

    def _send(self, status: int, kind: str, body: bytes, cookies: tuple[str, ...] = (), location: str = "") -> None:
        self.send_response(status, HTTPStatus(status).phrase)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        for cookie in cookies:
            self.send_header("Set-Cookie", cookie)
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)
