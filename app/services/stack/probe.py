"""Asks a service over HTTP whether it does its work, and tells it to read its configuration again."""

from dataclasses import dataclass
from typing import Any

import requests

from app.models.stack import ServiceAccess, ServiceName

_TIMEOUT = 5
_EVIDENCE = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: `status` 0 if nothing did, and `text` then says why. Plain text, bounded."""

    status: int
    text: str
    document: Any = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a service works, and what it answered."""

    healthy: bool
    evidence: str
    refused: bool = False
    """It answers, but does not accept the password."""


def ask(access: ServiceAccess, method: str, path: str, body: Any = None) -> Answer:
    """One request with the service's password. Never raises: what goes wrong is in the answer."""
    with requests.Session() as session:
        # Neither a proxy nor a .netrc of the environment stands between this machine and the service.
        session.trust_env = False
        try:
            response = session.request(
                method,
                access.url + path,
                json=body,
                auth=(access.user, access.password.reveal()),
                timeout=_TIMEOUT,
                allow_redirects=False,
            )
            text = response.text
        except requests.RequestException as error:
            return Answer(0, _cause(error))
    try:
        document = response.json()
    except ValueError:
        document = None
    return Answer(response.status_code, text[:_EVIDENCE].strip(), document)


def examine(service: ServiceName, access: ServiceAccess) -> Verdict:
    """Whether the service does what it is there for, not only whether it runs."""
    return _EXAMINERS[service](access)


def _prometheus(access: ServiceAccess) -> Verdict:
    ready = ask(access, "GET", "/-/ready")
    if not ready.ok:
        return _bad(ready)
    targets = ask(access, "GET", "/api/v1/targets?state=active")
    if not targets.ok:
        return _bad(targets)
    for target in _items(targets.document, "data", "activeTargets"):
        if target.get("labels", {}).get("job") == "prometheus":
            if target.get("health") == "up":
                return Verdict(healthy=True, evidence="ready, and scrapes itself")
            return Verdict(
                healthy=False, evidence=f"ready, but has not scraped itself: {target.get('lastError') or 'not yet'}"
            )
    return Verdict(healthy=False, evidence="ready, but does not scrape itself")


def _alertmanager(access: ServiceAccess) -> Verdict:
    ready = ask(access, "GET", "/-/ready")
    if not ready.ok:
        return _bad(ready)
    status = ask(access, "GET", "/api/v2/status")
    return Verdict(healthy=True, evidence="ready, and answers") if status.ok else _bad(status)


def _grafana(access: ServiceAccess) -> Verdict:
    health = ask(access, "GET", "/api/health")
    if not health.ok:
        return _bad(health)
    sources = ask(access, "GET", "/api/datasources")
    if not sources.ok:
        return _bad(sources)
    for source in _items(sources.document):
        if source.get("type") == "prometheus":
            query = ask(access, "GET", f"/api/datasources/uid/{source['uid']}/health")
            if query.ok:
                return Verdict(healthy=True, evidence="answers a query through its data source")
            return Verdict(healthy=False, evidence=f"its data source does not answer: {query.text}")
    return Verdict(healthy=False, evidence="has no data source for Prometheus")


_EXAMINERS = {
    ServiceName.PROMETHEUS: _prometheus,
    ServiceName.ALERTMANAGER: _alertmanager,
    ServiceName.GRAFANA: _grafana,
}


def _bad(answer: Answer) -> Verdict:
    if answer.status in {401, 403}:
        return Verdict(
            healthy=False, evidence=f"HTTP {answer.status}: does not accept the password in the keyring", refused=True
        )
    text = f"HTTP {answer.status}: {answer.text}" if answer.status else answer.text
    return Verdict(healthy=False, evidence=text)


def _items(document: Any, *path: str) -> list[dict[str, Any]]:
    for key in path:
        document = document.get(key) if isinstance(document, dict) else None
    return [item for item in document if isinstance(item, dict)] if isinstance(document, list) else []


def _cause(error: BaseException) -> str:
    if isinstance(error, requests.Timeout):
        return f"does not answer within {_TIMEOUT} s"
    if isinstance(error, requests.ConnectionError):
        return "nothing answers on its port"
    return str(error)[:_EVIDENCE]
