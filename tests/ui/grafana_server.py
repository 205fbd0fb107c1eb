"""A web server of this machine that behaves like Grafana where the window notices: the session's cookie, and the way to /login without it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from app.errors import AppError
from app.models.secret import Secret
from app.services.grafana import Dashboard, GrafanaSession

PAGE = """<!doctype html><html><head><title>{title}</title></head>
<body style="margin:0;font-family:sans-serif;background:{back};color:{front}"><h2 style="padding:16px">{title}</h2>
<p style="padding:0 16px">{query}</p><a id="away" href="http://192.0.2.1/">away</a><a id="file" href="/file" download>file</a></body></html>"""


class Grafana(ThreadingHTTPServer):
    """Set `cookie` to what a signed-in session has; requests with another one are led to /login."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.cookie = "session-1"
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Grafana

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        sent = SimpleCookie(self.headers.get("Cookie", "")).get("grafana_session")
        if self.path.startswith("/login"):
            self._page("Login")
        elif sent is None or sent.value != self.server.cookie:
            self.send_response(302)
            self.send_header("Location", "/login")
            self.end_headers()
        elif self.path == "/file":
            self.send_response(200)
            self.send_header("Content-Disposition", "attachment; filename=panel.csv")
            self.end_headers()
        else:
            self._page(urlsplit(self.path).path)

    def _page(self, title: str) -> None:
        query = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        dark = query.get("theme") == ["dark"]
        shown = ", ".join(f"{name}={values[0]}" for name, values in sorted(query.items()))
        back, front = ("#111217", "#ddd") if dark else ("#fff", "#222")
        body = PAGE.format(title=title, query=shown, back=back, front=front).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        pass


class FakeDashboards:
    """DashboardService of a `Grafana` of this module."""

    def __init__(self, server: Grafana) -> None:
        self._server = server
        self.error: AppError | None = None
        self.sign_ins = 0
        self.cookie = ""
        self.none = False

    def sign_in(self) -> GrafanaSession:
        if self.error is not None:
            raise self.error
        self.sign_ins += 1
        return GrafanaSession(self._server.url, "grafana_session", Secret(self.cookie or self._server.cookie))

    def dashboards(self) -> list[Dashboard]:
        if self.none:
            return []
        return [
            Dashboard(uid, title, "Plantwatch", f"{self._server.url}/d/{uid}")
            for uid, title in (("plantwatch-site", "Site"), ("plantwatch-endpoint", "Endpoint"))
        ]

    def url_for(
        self,
        uid: str,
        *,
        theme: str,
        variables: dict[str, str] | None = None,
        from_: str = "now-1h",
        to: str = "now",
        kiosk: bool = True,
    ) -> str:
        pairs = "".join(f"&var-{name}={value}" for name, value in (variables or {}).items())
        return f"{self._server.url}/d/{uid}?from={from_}&to={to}&theme={theme}{pairs}" + ("&kiosk" if kiosk else "")


@contextmanager
def serving() -> Iterator[Grafana]:
    """A server that answers within the block."""
    server = Grafana()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
