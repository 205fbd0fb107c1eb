"""Grafana's dashboards, seen as its viewer: an account made at deployment that may look and change nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import requests

from app.errors import MonitoringError
from app.models.secret import Secret
from app.models.stack import ServiceAccess, ServiceName
from app.services.http import ServiceApi
from app.services.secrets import SecretStore
from app.settings import Settings

VIEWER = "plantwatch-viewer"
SESSION_COOKIE = "grafana_session"
_MOST_DASHBOARDS = 5000


def viewer_secret_name(project: str) -> str:
    """Where the keyring has the viewer's password."""
    return f"stack/{project}/grafana-viewer"


@dataclass(frozen=True, slots=True)
class GrafanaSession:
    """A signed-in session, for a browser of the same machine: the cookie belongs to the origin of `url`. Lives in memory only."""

    url: str
    cookie_name: str
    cookie_value: Secret


@dataclass(frozen=True, slots=True)
class Dashboard:
    """`url` is complete; `folder` is empty for the root."""

    uid: str
    title: str
    folder: str
    url: str


class _Hit(msgspec.Struct):
    uid: str
    title: str
    url: str
    folderTitle: str = ""  # noqa: N815 - Grafana's name


class DashboardService:
    """`access` says where the services are, and raises what it likes if there are none. Every method but `url_for` asks Grafana."""

    def __init__(
        self,
        access: Callable[[ServiceName], ServiceAccess],
        secrets: SecretStore,
        settings: Callable[[], Settings],
        *,
        session: requests.Session | None = None,
    ) -> None:
        self._access = access
        self._secrets = secrets
        self._settings = settings
        self._session = session

    def sign_in(self) -> GrafanaSession:
        """A new session of the viewer, for the web view. Raises `MonitoringError`."""
        access = self._viewer()
        api = self._api(access)
        answer = api.exchange(
            "POST", "/login", json={"user": access.user, "password": access.password.reveal()}, authenticate=False
        )
        api.check(answer)
        cookie = answer.cookies.get(SESSION_COOKIE)
        if not cookie:
            raise api.unintelligible(f"The answer to /login has no cookie {SESSION_COOKIE}.")
        return GrafanaSession(api.url, SESSION_COOKIE, cookie)

    def dashboards(self) -> list[Dashboard]:
        """What the viewer may see, by folder and title. Raises `MonitoringError`."""
        api = self._api(self._viewer())
        body = api.read("GET", "/api/search", params={"type": "dash-db", "limit": str(_MOST_DASHBOARDS)})
        try:
            hits = msgspec.json.decode(body, type=list[_Hit])
        except msgspec.MsgspecError as error:
            raise api.unintelligible(str(error)) from error
        found = [Dashboard(hit.uid, hit.title, hit.folderTitle, _origin(api.url) + hit.url) for hit in hits]
        return sorted(found, key=lambda dashboard: (dashboard.folder, dashboard.title))

    def url_for(
        self,
        uid: str,
        *,
        theme: Literal["light", "dark"],
        variables: Mapping[str, str | Sequence[str]] | None = None,
        from_: datetime | str = "now-1h",
        to: datetime | str = "now",
        kiosk: bool = True,
    ) -> str:
        """The address of a dashboard. Holds nothing secret: the session's cookie signs in.

        `variables` are the dashboard's own, several values as a sequence; `from_` and `to` are times or Grafana's "now-6h".
        """
        pairs: list[tuple[str, str]] = [("orgId", "1"), ("from", _time(from_)), ("to", _time(to)), ("theme", theme)]
        for name, value in (variables or {}).items():
            pairs += [(f"var-{name}", each) for each in ([value] if isinstance(value, str) else value)]
        query = urlencode(pairs, quote_via=quote)
        base = self._access(ServiceName.GRAFANA).url.rstrip("/")
        # Only without a value does kiosk hide the navigation as well.
        return f"{base}/d/{quote(uid, safe='')}?{query}" + ("&kiosk" if kiosk else "")

    def _viewer(self) -> ServiceAccess:
        url = self._access(ServiceName.GRAFANA).url
        password = self._secrets.get(viewer_secret_name(self._settings().stack.project))
        if password is None:
            raise MonitoringError(
                service="Grafana",
                reason="has no account that Plantwatch could sign in with.",
                what_to_do="Deploy the stack: that makes the account and keeps its password in the keyring.",
            )
        return ServiceAccess(url, VIEWER, password)

    def _api(self, access: ServiceAccess) -> ServiceApi:
        return ServiceApi(ServiceName.GRAFANA, access, self._session)


def _origin(url: str) -> str:
    """Scheme and authority: Grafana's answers hold paths from there on, also when it is served below a path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _time(value: datetime | str) -> str:
    return value if isinstance(value, str) else str(round(value.timestamp() * 1000))
