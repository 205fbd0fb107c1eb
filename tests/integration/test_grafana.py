"""Dashboards and the viewer's session, against the lab's stand-in for Grafana as a child process."""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import yaml

from app.errors import MonitoringError
from app.models.secret import Secret
from app.models.stack import ServiceAccess
from app.services.grafana import SESSION_COOKIE, VIEWER, DashboardService, viewer_secret_name
from app.settings import Settings
from tests.integration.monitoring import Program, free_port
from tests.unit.fakes import MemorySecretStore

_ADMIN = ("admin", "admin password of the test")
_PASSWORD = "viewer canary"


@dataclass
class Grafana:
    url: str
    secrets: MemorySecretStore
    service: DashboardService


@pytest.fixture(scope="module")
def grafana(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grafana]:
    root = tmp_path_factory.mktemp("grafana")
    url = f"http://127.0.0.1:{free_port()}"
    _provision(root)
    environment = {
        "GF_SERVER_HTTP_PORT": url.rpartition(":")[2],
        "GF_SECURITY_ADMIN_PASSWORD": _ADMIN[1],
        "GF_PATHS_DATA": str(root),
        "GF_PATHS_PROVISIONING": str(root / "provisioning"),
    }
    command = [sys.executable, "-m", "tests.lab.grafana_standin"]
    program = Program(command, root / "log", f"{url}/api/health", environment=os.environ | environment)
    try:
        program.start()
        account = {"login": VIEWER, "name": "Viewer", "password": _PASSWORD}
        requests.post(f"{url}/api/admin/users", json=account, auth=_ADMIN, timeout=10).raise_for_status()
        secrets = MemorySecretStore()
        secrets.put(viewer_secret_name("plantwatch"), Secret(_PASSWORD))
        yield Grafana(url, secrets, _service(url, secrets))
    finally:
        program.stop()


def _provision(root: Path) -> None:
    for folder in ("datasources", "dashboards"):
        (root / "provisioning" / folder).mkdir(parents=True)
    (root / "boards").mkdir()
    provider = {"name": "tests", "folder": "Plantwatch", "type": "file", "options": {"path": str(root / "boards")}}
    document = {"apiVersion": 1, "providers": [provider]}
    (root / "provisioning/dashboards/tests.yaml").write_text(yaml.safe_dump(document))
    for uid, title in (("plantwatch-site", "Site"), ("plantwatch-endpoint", "Endpoint")):
        (root / "boards" / f"{uid}.json").write_text(json.dumps({"uid": uid, "title": title, "panels": []}))


def _service(url: str, secrets: MemorySecretStore) -> DashboardService:
    # What the operator's access holds is the administrator's: the service must not use it.
    return DashboardService(lambda _: ServiceAccess(url, _ADMIN[0], Secret(_ADMIN[1])), secrets, Settings)


def test_the_viewers_cookie_opens_pages_and_may_change_nothing(grafana: Grafana) -> None:
    session = grafana.service.sign_in()
    assert (session.url, session.cookie_name) == (grafana.url, SESSION_COOKIE)
    cookie = session.cookie_value.reveal()
    assert cookie not in repr(session)
    cookies = {session.cookie_name: cookie}
    user = requests.get(f"{grafana.url}/api/user", cookies=cookies, timeout=10).json()
    assert user["login"] == VIEWER
    users = requests.get(f"{grafana.url}/api/users/lookup?loginOrEmail=admin", cookies=cookies, timeout=10)
    assert users.status_code == 403
    page = grafana.service.url_for("plantwatch-site", theme="dark", variables={"site": "Barrow"})
    answer = requests.get(page, cookies=cookies, timeout=10, allow_redirects=False)
    assert answer.status_code == 200
    assert "Site" in answer.text


def test_without_the_cookie_a_page_leads_to_the_login(grafana: Grafana) -> None:
    page = grafana.service.url_for("plantwatch-site", theme="dark")
    answer = requests.get(page, timeout=10, allow_redirects=False)
    assert answer.is_redirect
    assert _PASSWORD not in page


def test_dashboards_are_listed_with_complete_addresses(grafana: Grafana) -> None:
    found = grafana.service.dashboards()
    assert [(dashboard.folder, dashboard.title) for dashboard in found] == [
        ("Plantwatch", "Endpoint"),
        ("Plantwatch", "Site"),
    ]
    assert found[1].uid == "plantwatch-site"
    assert found[1].url.startswith(f"{grafana.url}/d/plantwatch-site/")


def test_a_password_that_grafana_does_not_know_is_named(grafana: Grafana) -> None:
    secrets = MemorySecretStore()
    secrets.put(viewer_secret_name("plantwatch"), Secret("wrong canary"))
    service = _service(grafana.url, secrets)
    for ask in (service.sign_in, service.dashboards):
        with pytest.raises(MonitoringError) as caught:
            ask()
        assert caught.value.message == "Grafana refuses Plantwatch's password."
        assert "canary" not in f"{caught.value!r} {caught.value.evidence}"


def test_grafana_away_is_an_error(grafana: Grafana) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(MonitoringError) as caught:
        _service(address, grafana.secrets).sign_in()
    assert caught.value.message == f"Grafana does not answer at {address}."
