"""The viewer's session and the addresses of dashboards; tests/integration/test_grafana.py has them on a server."""

import json
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from app.errors import MonitoringError
from app.models.secret import Secret
from app.models.stack import ServiceAccess, StackOptions
from app.services.grafana import Dashboard, DashboardService, viewer_secret_name
from app.settings import Settings
from tests.unit.fakes import MemorySecretStore
from tests.unit.services.answering import AnsweringAdapter, Reply, Request, answering

URL = "http://127.0.0.1:3000"
_HITS = [
    {"id": 2, "uid": "site", "title": "Site", "url": "/d/site/site", "type": "dash-db", "folderTitle": "Plantwatch"},
    {"id": 1, "uid": "own", "title": "Mine", "url": "/d/own/mine", "type": "dash-db", "tags": []},
]


def _grafana(request: Request) -> Reply:
    match request.path:
        case "/login":
            cookie = "grafana_session=s3cret; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"
            return Reply(200, b'{"message":"Logged in","redirectUrl":"/"}', {"Set-Cookie": cookie})
        case "/api/search":
            return Reply(200, json.dumps(_HITS).encode())
    return Reply(404)


def _service(
    reply: Reply | None = None, *, url: str = URL, project: str = "plantwatch", password: str | None = "canary"
) -> tuple[DashboardService, AnsweringAdapter]:
    session, adapter = answering(lambda request: reply or _grafana(request))
    secrets = MemorySecretStore()
    if password is not None:
        secrets.put(f"stack/{project}/grafana-viewer", Secret(password))
    settings = Settings(stack=StackOptions(project=project))
    return DashboardService(
        lambda _: ServiceAccess(url, "admin", Secret("admin canary")), secrets, lambda: settings, session=session
    ), adapter


def test_the_viewer_signs_in_and_the_cookie_is_handed_on() -> None:
    service, adapter = _service()
    session = service.sign_in()
    assert (session.url, session.cookie_name, session.cookie_value) == (URL, "grafana_session", Secret("s3cret"))
    assert "s3cret" not in repr(session)
    (request,) = adapter.requests
    assert json.loads(request.body) == {"user": "plantwatch-viewer", "password": "canary"}
    assert "Authorization" not in request.headers


def test_each_project_has_its_own_viewer() -> None:
    service, _ = _service(project="north")
    assert service.sign_in().cookie_value
    assert viewer_secret_name("north") == "stack/north/grafana-viewer"


@pytest.mark.parametrize("ask", ["sign_in", "dashboards"])
def test_without_an_account_there_is_nothing_to_ask_with(ask: str) -> None:
    service, adapter = _service(password=None)
    with pytest.raises(MonitoringError) as caught:
        getattr(service, ask)()
    assert caught.value.message == "Grafana has no account that Plantwatch could sign in with."
    assert caught.value.advice.startswith("Deploy the stack")
    assert not adapter.requests


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(401, b'{"message":"Invalid username or password"}'), "Grafana refuses Plantwatch's password."),
        (Reply(302, headers={"Location": "http://evil.example/login"}), "Grafana answered with status 302"),
        (Reply(200, b'{"message":"Logged in"}'), "Grafana gave an answer at http://127.0.0.1:3000 that"),
        (Reply(200, b"<html>"), "Grafana gave an answer at"),
    ],
)
@pytest.mark.parametrize("ask", ["sign_in", "dashboards"])
def test_each_failure_is_named(reply: Reply, message: str, ask: str) -> None:
    service, adapter = _service(reply)
    with pytest.raises(MonitoringError) as caught:
        getattr(service, ask)()
    assert caught.value.message.startswith(message)
    assert "canary" not in f"{caught.value!r}{caught.value.evidence}"
    assert len(adapter.requests) == 1


def test_dashboards_are_sorted_and_complete() -> None:
    service, adapter = _service()
    assert service.dashboards() == [
        Dashboard("own", "Mine", "", f"{URL}/d/own/mine"),
        Dashboard("site", "Site", "Plantwatch", f"{URL}/d/site/site"),
    ]
    assert adapter.requests[0].fields["type"] == "dash-db"


def test_a_grafana_below_a_path_is_addressed_once() -> None:
    hits = json.dumps([_HITS[0] | {"url": "/grafana/d/site/site"}]).encode()
    service, _ = _service(Reply(200, hits), url="https://plant.example/grafana")
    assert service.dashboards()[0].url == "https://plant.example/grafana/d/site/site"
    assert service.url_for("site", theme="light").startswith("https://plant.example/grafana/d/site?")


def test_an_address_says_what_to_show_and_nothing_secret() -> None:
    service, adapter = _service()
    address = service.url_for(
        "plantwatch-endpoint",
        theme="dark",
        variables={"instance": "T 1&x=#y", "site": ["Barrow", "Øst"]},
        from_=datetime(2026, 3, 1, tzinfo=UTC),
        to="now",
    )
    parts = urlsplit(address)
    assert (parts.netloc, parts.path, parts.fragment) == ("127.0.0.1:3000", "/d/plantwatch-endpoint", "")
    assert parse_qs(parts.query) == {
        "orgId": ["1"],
        "from": ["1772323200000"],
        "to": ["now"],
        "theme": ["dark"],
        "var-instance": ["T 1&x=#y"],
        "var-site": ["Barrow", "Øst"],
    }
    assert address.endswith("&kiosk"), "bare, or the navigation stays"
    assert "canary" not in address
    assert not adapter.requests


def test_an_address_may_show_the_frame_and_cannot_leave_its_place() -> None:
    service, _ = _service()
    assert "kiosk" not in service.url_for("x", theme="light", kiosk=False)
    assert service.url_for("../../evil?a", theme="light").startswith(f"{URL}/d/..%2F..%2Fevil%3Fa?")
