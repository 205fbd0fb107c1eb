"""The stand-in for Grafana answers as Grafana's documented API does, with real values from a real Prometheus."""

import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import bcrypt
import pytest
import requests
from docker.models.containers import Container

from tests.lab import Lab
from tests.lab.images import wanted
from tests.lab.system import wait_until

_ADMIN = ("admin", "Adm1n-of-the-test")
_PROMETHEUS_PASSWORD = "Between-the-two-1"
_WEB = 'basic_auth_users: {{grafana: "{hash}"}}\n'
_PROMETHEUS = """\
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: self
    basic_auth: {username: grafana, password_file: /etc/prometheus/password}
    static_configs: [{targets: ["localhost:9090"]}]
"""
_PROMETHEUS_ARGUMENTS = [
    "--config.file=/etc/prometheus/prometheus.yml",
    "--web.config.file=/etc/prometheus/web.yml",
    "--storage.tsdb.path=/prometheus",
]
_SOURCES = """\
apiVersion: 1
datasources:
  - name: Prometheus
    uid: plantwatch-prometheus
    type: prometheus
    access: proxy
    url: http://prometheus:9090
    isDefault: true
    basicAuth: true
    basicAuthUser: grafana
    jsonData: {timeInterval: 1s}
    secureJsonData: {basicAuthPassword: "$__file{/etc/grafana/secrets/prometheus}"}
  - name: Nowhere
    uid: nowhere
    type: prometheus
    url: http://127.0.0.1:1
"""
_PROVIDERS = """\
apiVersion: 1
providers:
  - name: plantwatch
    folder: Plant
    folderUid: plant
    type: file
    options: {path: /etc/grafana/dashboards}
"""
_DASHBOARD = {
    "uid": "site",
    "title": "Site <overview>",
    "tags": ["plantwatch"],
    "time": {"from": "now-5m", "to": "now"},
    "templating": {
        "list": [
            {"name": "job", "type": "query", "current": {"value": ["$__all"]}, "includeAll": True, "multi": True},
            {"name": "instance", "type": "query", "query": {"query": 'label_values(up{job=~"$job"}, instance)'}},
        ]
    },
    "panels": [
        {
            "id": 1, "type": "row", "collapsed": True, "panels": [
                {
                    "id": 2, "type": "stat", "title": "Up in $job", "datasource": {"type": "prometheus", "uid": "plantwatch-prometheus"},
                    "targets": [{"refId": "A", "expr": 'up{job=~"$job"} * 42', "legendFormat": "{{job}}"}],
                },
            ],
        },
        {"id": 4, "type": "stat", "title": "One", "targets": [{"refId": "A", "expr": 'up{instance="$instance"} + 6'}]},
        {"id": 3, "type": "stat", "title": "Broken", "targets": [{"refId": "A", "expr": "up{"}]},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Grafana:
    """The stand-in as a client sees it."""

    container: Container
    session: requests.Session

    @property
    def url(self) -> str:
        """Where it is published; another port after each start."""
        self.container.reload()
        published = self.container.attrs["NetworkSettings"]["Ports"]["3000/tcp"]
        return f"http://127.0.0.1:{published[0]['HostPort']}"

    def ask(self, method: str, path: str, auth: Any = _ADMIN, **more: Any) -> tuple[int, Any]:
        """Status and JSON document of an API call."""
        answer = self.session.request(method, f"{self.url}{path}", auth=auth, timeout=20, **more)
        return answer.status_code, answer.json()

    def wait_until_it_answers(self) -> None:
        """Returns when it is healthy."""

        def healthy() -> bool:
            try:
                return self.ask("GET", "/api/health", auth=None)[0] == 200
            except (requests.ConnectionError, KeyError, TypeError):
                return False

        wait_until(healthy, seconds=30, what="the stand-in to answer")


@pytest.fixture(scope="module")
def grafana(lab: Lab) -> Iterator[Grafana]:
    """Prometheus and the stand-in on a network, configured as the stack configures them: by files in volumes."""
    digest = bcrypt.hashpw(_PROMETHEUS_PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    network = lab.engine.networks.create("plantwatch-lab-test-grafana")
    prometheus = _create(
        lab,
        "prometheus",
        {"prometheus.yml": _PROMETHEUS, "web.yml": _WEB.format(hash=digest), "password": _PROMETHEUS_PASSWORD},
        command=_PROMETHEUS_ARGUMENTS,
        network=str(network.name),
    )
    container = _create(
        lab,
        "grafana",
        {
            "secrets/admin": f"{_ADMIN[1]}\n",
            "secrets/prometheus": f"{_PROMETHEUS_PASSWORD}\n",
            "provisioning/datasources/plantwatch.yaml": _SOURCES,
            "provisioning/dashboards/plantwatch.yaml": _PROVIDERS,
            "dashboards/site.json": json.dumps(_DASHBOARD),
        },
        network=str(network.name),
    )
    try:
        prometheus.start()
        container.start()
        with requests.Session() as session:
            session.trust_env = False
            made = Grafana(container, session)
            made.wait_until_it_answers()
            wait_until(lambda: _has_samples(made), seconds=30, what="Prometheus to scrape itself")
            yield made
    finally:
        for one in (container, prometheus):
            one.remove(force=True, v=True)
        network.remove()


def _create(
    lab: Lab, service: str, files: Mapping[str, str], *, command: list[str] | None = None, network: str = "bridge"
) -> Container:
    """A container of the stack's image for `service`, locked down as in the stack, with these files in its configuration volume."""
    (image,) = (name for name in wanted() if name.partition(":")[0].endswith(f"/{service}"))
    container = lab.engine.containers.create(
        image, command, read_only=True, cap_drop=["ALL"], tmpfs={"/tmp": ""}, volumes=[f"/etc/{service}"],
        environment={"GF_SECURITY_ADMIN_PASSWORD__FILE": "/etc/grafana/secrets/admin"}, ports={"3000/tcp": ("127.0.0.1", 0)},
    )  # fmt: skip
    if network != "bridge":
        lab.engine.networks.get("bridge").disconnect(container)
        lab.engine.networks.get(network).connect(container, aliases=[service])
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content.encode()), 0o644
            tar.addfile(entry, io.BytesIO(content.encode()))
    container.put_archive(f"/etc/{service}", buffer.getvalue())
    return container


def _has_samples(grafana: Grafana) -> bool:
    status, document = grafana.ask("POST", "/api/ds/query", json=_query("up"))
    return status == 200 and bool(_values(document))


def _query(expression: str, **more: Any) -> dict[str, Any]:
    source = {"type": "prometheus", "uid": "plantwatch-prometheus"}
    return {
        "queries": [{"refId": "A", "datasource": source, "expr": expression, "instant": True, **more}],
        "from": "now-5m",
        "to": "now",
    }


def _values(document: Any) -> list[list[float]]:
    return [frame["data"]["values"][1] for frame in document["results"]["A"]["frames"]]


class TestAccess:
    """Who gets in, and how."""

    def test_health_needs_nobody(self, grafana: Grafana) -> None:
        status, document = grafana.ask("GET", "/api/health", auth=None)
        assert status == 200
        assert document["database"] == "ok"
        assert f"grafana/grafana:{document['version']}" in wanted()

    def test_sign_in_gives_a_session_cookie_that_opens_pages_and_the_interface(self, grafana: Grafana) -> None:
        with requests.Session() as browser:
            browser.trust_env = False
            page = browser.get(f"{grafana.url}/d/site/x", allow_redirects=False, timeout=20)
            assert (page.status_code, page.headers["Location"]) == (302, "/login")
            answer = browser.post(f"{grafana.url}/login", json={"user": _ADMIN[0], "password": _ADMIN[1]}, timeout=20)
            assert (answer.status_code, answer.json()["message"]) == (200, "Logged in")
            cookie = answer.headers["Set-Cookie"]
            assert cookie.startswith("grafana_session=")
            assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split(",")[0].split("; "))
            assert browser.get(f"{grafana.url}/api/user", timeout=20).json()["login"] == "admin"
            assert browser.get(f"{grafana.url}/d/site/x", timeout=20).status_code == 200

    @pytest.mark.parametrize("auth", [("admin", "wrong"), ("nobody", "x"), None])
    def test_others_are_turned_away_with_a_message(self, grafana: Grafana, auth: Any) -> None:
        status, document = grafana.ask("GET", "/api/user", auth=auth)
        assert status == 401
        assert document["message"] in ("Invalid username or password", "Unauthorized")
        status, document = grafana.ask("POST", "/login", auth=None, json={"user": "admin", "password": "wrong"})
        assert (status, document["message"]) == (401, "Invalid username or password")

    def test_a_service_account_reads_with_its_token(self, grafana: Grafana) -> None:
        status, account = grafana.ask("POST", "/api/serviceaccounts", json={"name": "plantwatch", "role": "Viewer"})
        assert status == 201
        assert grafana.ask("POST", "/api/serviceaccounts", json={"name": "plantwatch"})[0] == 400
        _, found = grafana.ask("GET", "/api/serviceaccounts/search?query=plantwatch")
        assert [hit["id"] for hit in found["serviceAccounts"]] == [account["id"]]
        tokens = f"/api/serviceaccounts/{account['id']}/tokens"
        status, token = grafana.ask("POST", tokens, json={"name": "laptop"})
        assert status == 200
        bearer = {"Authorization": f"Bearer {token['key']}"}
        assert grafana.ask("GET", "/api/search", auth=None, headers=bearer)[0] == 200
        assert grafana.ask("GET", "/api/datasources", auth=None, headers=bearer)[0] == 403
        assert grafana.ask("DELETE", f"{tokens}/{token['id']}")[0] == 200
        assert grafana.ask("GET", "/api/search", auth=None, headers=bearer)[0] == 401

    def test_people_are_made_by_the_administrator_and_outlive_a_restart(self, grafana: Grafana) -> None:
        status, made = grafana.ask("POST", "/api/admin/users", json={"login": "operator", "password": "first-one"})
        assert status == 200
        assert grafana.ask("POST", "/api/admin/users", json={"login": "operator", "password": "again"})[0] == 412
        _, found = grafana.ask("GET", "/api/users/lookup?loginOrEmail=operator")
        assert found["id"] == made["id"]
        assert grafana.ask("GET", "/api/users/lookup?loginOrEmail=other")[0] == 404
        assert grafana.ask("GET", "/api/datasources", auth=("operator", "first-one"))[0] == 403
        password = f"/api/admin/users/{made['id']}/password"
        assert grafana.ask("PUT", password, json={"password": "second-one"})[0] == 200
        assert grafana.ask("PATCH", f"/api/org/users/{made['id']}", json={"role": "Admin"})[0] == 200
        grafana.container.restart(timeout=10)
        grafana.wait_until_it_answers()
        assert grafana.ask("GET", "/api/user", auth=("operator", "first-one"))[0] == 401
        assert grafana.ask("GET", "/api/datasources", auth=("operator", "second-one"))[0] == 200


class TestData:
    """Data sources, queries and dashboards as provisioned."""

    def test_data_sources_show_no_secret(self, grafana: Grafana) -> None:
        status, sources = grafana.ask("GET", "/api/datasources")
        assert status == 200
        assert [source["uid"] for source in sources] == ["plantwatch-prometheus", "nowhere"]
        assert sources[0]["secureJsonFields"] == {"basicAuthPassword": True}
        assert _PROMETHEUS_PASSWORD not in json.dumps(sources)
        assert grafana.ask("GET", "/api/datasources/uid/missing")[0] == 404

    def test_health_of_a_data_source_is_a_real_query(self, grafana: Grafana) -> None:
        status, document = grafana.ask("GET", "/api/datasources/uid/plantwatch-prometheus/health")
        assert (status, document["status"]) == (200, "OK")
        status, document = grafana.ask("GET", "/api/datasources/uid/nowhere/health")
        assert (status, document["status"]) == (400, "ERROR")

    def test_an_instant_query_and_a_range_query_answer_in_frames(self, grafana: Grafana) -> None:
        status, document = grafana.ask("POST", "/api/ds/query", json=_query("up * 42"))
        assert (status, _values(document)) == (200, [[42]])
        document = grafana.ask("POST", "/api/ds/query", json=_query("up", instant=False, range=True))[1]
        (frame,) = document["results"]["A"]["frames"]
        times, values = frame["data"]["values"]
        assert len(times) == len(values) > 0
        assert frame["schema"]["fields"][1]["labels"]["job"] == "self"
        rate = "rate(prometheus_http_requests_total[$__rate_interval])"
        assert grafana.ask("POST", "/api/ds/query", json=_query(rate))[0] == 200

    def test_a_wrong_query_says_what_prometheus_says(self, grafana: Grafana) -> None:
        status, document = grafana.ask("POST", "/api/ds/query", json=_query("up{"))
        assert status == 400
        assert "parse error" in document["results"]["A"]["error"]

    def test_provisioned_dashboards_are_found_and_read(self, grafana: Grafana) -> None:
        found = grafana.ask("GET", "/api/search?type=dash-db&tag=plantwatch")[1]
        assert [(hit["uid"], hit["folderUid"], hit["url"]) for hit in found] == [
            ("site", "plant", "/d/site/site-overview")
        ]
        status, document = grafana.ask("GET", "/api/dashboards/uid/site")
        assert (status, document["dashboard"], document["meta"]["provisioned"]) == (200, _DASHBOARD, True)
        assert grafana.ask("GET", "/api/dashboards/uid/other")[0] == 404

    @pytest.mark.parametrize(("theme", "back"), [("light", "#f4f5f5"), ("dark", "#111217")])
    def test_a_dashboards_page_shows_real_values_and_says_what_it_is(
        self, grafana: Grafana, theme: str, back: str
    ) -> None:
        page = grafana.session.get(
            f"{grafana.url}/d/site/x?theme={theme}&var-job=other.one&var-job=self", auth=_ADMIN, timeout=20
        ).text
        assert "This is not Grafana" in page
        assert back in page
        assert "<h1>Site &lt;overview&gt;</h1>" in page
        assert "<h2>Up in (other\\\\.one|self)</h2>" in page
        assert '<td>self</td><td class="value">42</td>' in page
        assert '<td>{instance=&quot;localhost:9090&quot;, job=&quot;self&quot;}</td><td class="value">7</td>' in page
        assert "parse error" in page
        assert "<h1>" not in grafana.session.get(f"{grafana.url}/d/site/x?kiosk", auth=_ADMIN, timeout=20).text


def test_provisioning_that_cannot_be_read_stops_it_with_a_reason(lab: Lab) -> None:
    wrong = "datasources: [{name: x, type: y, url: '$__file{/missing}'}]"
    container = _create(lab, "grafana", {"secrets/admin": "x", "provisioning/datasources/wrong.yaml": wrong})
    try:
        container.start()
        assert container.wait(timeout=30)["StatusCode"] == 1
        assert b"/missing" in container.logs()
    finally:
        container.remove(force=True, v=True)
