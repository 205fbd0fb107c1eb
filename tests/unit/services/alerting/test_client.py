"""What fires, from recorded answers: a silenced alert, a dead site that holds two endpoints back, and what is not delivered yet."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from app.errors import MonitoringError
from app.models.alert import Severity
from app.models.secret import Secret
from app.models.stack import ServiceAccess, ServiceName
from app.services.alerting.client import ALERTMANAGER_AWAY, AlertmanagerClient, AlertService, severity
from app.services.http import ServiceApi
from app.services.metrics.prometheus import PrometheusClient
from tests.contracts.alerts import check_firing
from tests.ui import fake_metrics
from tests.unit.services.answering import Reply, answering

RECORDED = Path(__file__).parent / "recorded"
_ACCESS = ServiceAccess("http://127.0.0.1:1", "plantwatch", Secret("canary"))
_FROM_PROMETHEUS = (RECORDED / "prometheus.json").read_bytes()
_FROM_ALERTMANAGER = (RECORDED / "alertmanager.json").read_bytes()

_Source = Callable[[], Reply]


def _service(prometheus: _Source, alertmanager: _Source) -> AlertService:
    def ask_prometheus(access: ServiceAccess) -> PrometheusClient:
        return PrometheusClient(access, answering(lambda _: prometheus())[0])

    def ask_alertmanager(access: ServiceAccess) -> AlertmanagerClient:
        session, _ = answering(lambda _: alertmanager())
        return AlertmanagerClient(ServiceApi(ServiceName.ALERTMANAGER, access, session))

    return AlertService(lambda _: _ACCESS, prometheus=ask_prometheus, alertmanager=ask_alertmanager)


def _recorded(prometheus: bytes = _FROM_PROMETHEUS, alertmanager: bytes = _FROM_ALERTMANAGER) -> AlertService:
    return _service(lambda: Reply(body=prometheus), lambda: Reply(body=alertmanager))


def _away() -> Reply:
    raise requests.ConnectionError("refused")


def _rules(*labels: dict[str, str], state: str = "firing") -> bytes:
    since = "2026-11-22T13:00:00Z"
    alerts = [{"labels": each, "annotations": {}, "state": state, "activeAt": since, "value": "1"} for each in labels]
    return json.dumps({"status": "success", "data": {"alerts": alerts}}).encode()


def test_recorded_alerts_are_each_told_once() -> None:
    firing = _recorded().firing()
    assert [(alert.name, alert.instance, alert.silenced, alert.inhibited) for alert in firing] == [
        ("EndpointDown", "D-1-down", False, True),
        ("EndpointDown", "D-2-down", False, True),
        ("SiteDown", "", False, False),
        ("Hot", "T-1-hot", True, False),
    ]
    check_firing(_recorded().firing)


def test_the_fields_come_from_labels_and_annotations() -> None:
    hot = _recorded().firing()[-1]
    assert (hot.severity, hot.site, hot.region) == (Severity.WARNING, "Barrow", "North West")
    assert (hot.summary, hot.description, hot.action) == ("T-1-hot is hot", "Very.", "")
    assert hot.since == datetime(2026, 11, 22, 13, 2, 34, 731000, tzinfo=UTC)
    assert hot.fingerprint == "3ad37b7276b9a9b8"


def test_what_is_not_delivered_yet_is_shown_too() -> None:
    assert [alert.name for alert in _recorded(alertmanager=b"[]").firing()] == [
        "EndpointDown",
        "EndpointDown",
        "SiteDown",
        "Hot",
    ]


def test_the_same_alert_at_two_severities_is_two_alerts() -> None:
    common = {"alertname": "Hot", "instance": "T-1-hot", "site": "Barrow", "region": "North West", "job": "node"}
    rules = _rules(common | {"severity": "warning"}, common | {"severity": "critical"})
    found = [alert for alert in _recorded(prometheus=rules).firing() if alert.name == "Hot"]
    assert [(alert.severity, alert.silenced) for alert in found] == [
        (Severity.CRITICAL, False),
        (Severity.WARNING, True),
    ]


def test_pending_alerts_do_not_fire() -> None:
    assert _recorded(_rules({"alertname": "Soon", "severity": "critical"}, state="pending"), b"[]").firing() == []


def test_an_alert_without_texts_is_called_by_its_name() -> None:
    (alert,) = _recorded(_rules({"alertname": "Bare"}), b"[]").firing()
    assert (alert.summary, alert.severity, alert.instance, alert.site) == ("Bare", Severity.INFO, "", "")


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("critical", Severity.CRITICAL),
        ("Warning", Severity.WARNING),
        ("info", Severity.INFO),
        ("none", Severity.INFO),
        ("", Severity.INFO),
        ("page", Severity.WARNING),
    ],
)
def test_an_unknown_severity_is_taken_seriously(label: str, expected: Severity) -> None:
    assert severity(label) is expected


def test_alertmanager_away_is_one_of_the_alerts() -> None:
    firing = _service(lambda: Reply(body=_FROM_PROMETHEUS), _away).firing()
    (away,) = [alert for alert in firing if alert.name == ALERTMANAGER_AWAY]
    assert away.severity is Severity.CRITICAL
    assert away.summary == "Alertmanager does not answer at http://127.0.0.1:1."
    assert away.action
    assert len(firing) == 5


def test_it_is_told_once_when_the_shipped_rule_fires_as_well() -> None:
    rules = _rules({"alertname": ALERTMANAGER_AWAY, "severity": "critical", "scope": "stack"})
    (alert,) = _service(lambda: Reply(body=rules), _away).firing()
    assert alert.name == ALERTMANAGER_AWAY


def test_without_prometheus_nothing_is_claimed() -> None:
    with pytest.raises(MonitoringError, match="Prometheus does not answer"):
        _service(_away, lambda: Reply(body=_FROM_ALERTMANAGER)).firing()


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'[{"labels":{}}]'])
def test_a_foreign_answer_is_named(body: bytes) -> None:
    firing = _recorded(alertmanager=body).firing()
    assert any("does not understand" in each.summary for each in firing)


def test_the_invented_alerts_keep_the_contract() -> None:
    check_firing(fake_metrics.FakeAlerts(fake_metrics.alerts()).firing)
