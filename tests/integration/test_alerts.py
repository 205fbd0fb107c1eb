"""What fires, on a real Prometheus that delivers to a real Alertmanager with the shipped routes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import requests

from app.errors import MonitoringError
from app.models.alert import Alert, Severity
from app.models.secret import Secret
from app.models.stack import ServiceAccess, ServiceName, TargetGroup
from app.services.alerting.client import ALERTMANAGER_AWAY, AlertmanagerClient, AlertService, ManagedAlert
from tests.contracts.alerts import check_firing
from tests.integration.monitoring import PASSWORD, Monitoring, free_port, running, wait_for
from tests.ui import fake_metrics

HOT, DOWN = "T-1-hot", "T-2-down"


class Plant:
    def __init__(self, monitoring: Monitoring) -> None:
        self.monitoring = monitoring
        self.service = AlertService(monitoring.access)
        dead = f"127.0.0.1:{free_port()}"
        monitoring.write_targets(
            [
                TargetGroup(monitoring.exporter_target, {"instance": HOT, "site": "Barrow", "region": "North West"}),
                TargetGroup(dead, {"instance": DOWN, "site": "Barrow", "region": "North West"}),
                TargetGroup(dead, {"instance": "D-1-down", "site": "Dead"}),
                TargetGroup(dead, {"instance": "D-2-down", "site": "Dead"}),
            ]
        )

    def firing(self, name: str, instance: str = "") -> Alert | None:
        """That alert, if it fires."""
        found = [alert for alert in self.service.firing() if (alert.name, alert.instance) == (name, instance)]
        assert len(found) <= 1
        return found[0] if found else None

    def all_delivered(self) -> bool:
        """Alertmanager has the five alerts (only what comes from it has a fingerprint)."""
        found = {(alert.name, alert.instance) for alert in self.service.firing() if alert.fingerprint}
        down = {("EndpointDown", name) for name in (DOWN, "D-1-down", "D-2-down")}
        return found >= down | {("Hot", HOT), ("SiteDown", "")}

    def is_held_back(self, instance: str) -> bool:
        found = self.firing("EndpointDown", instance)
        return found is not None and found.inhibited

    def is_silenced(self) -> bool:
        found = self.firing("Hot", HOT)
        return found is not None and found.silenced


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running(tmp_path_factory.mktemp("monitoring")) as monitoring:
        plant = Plant(monitoring)
        wait_for(plant.all_delivered, what="all alerts at Alertmanager")
        yield plant


def test_keeps_the_contract(plant: Plant) -> None:
    check_firing(plant.service.firing)


def test_the_invented_alerts_keep_the_same_contract() -> None:
    check_firing(fake_metrics.FakeAlerts(fake_metrics.alerts()).firing)


def test_each_alert_is_told_once_with_its_texts(plant: Plant) -> None:
    firing = plant.service.firing()
    hot = next(alert for alert in firing if alert.name == "Hot")
    assert hot.severity is Severity.WARNING
    assert (hot.instance, hot.site, hot.region) == (HOT, "Barrow", "North West")
    assert (hot.summary, hot.description) == (f"{HOT} is hot", "Very.")
    assert datetime.now(UTC) - hot.since < timedelta(minutes=2)
    assert hot.labels["stack"] == "test", "with the labels that Prometheus adds on delivery"
    down = next(alert for alert in firing if alert.instance == DOWN)
    assert (down.severity, down.action) == (Severity.CRITICAL, "Check its power.")
    assert firing.index(down) < firing.index(hot)


def test_a_dead_site_holds_its_endpoints_back(plant: Plant) -> None:
    site = plant.firing("SiteDown")
    assert site
    assert (site.site, site.instance, site.inhibited) == ("Dead", "", False)
    wait_for(lambda: plant.is_held_back("D-1-down") and plant.is_held_back("D-2-down"), what="held back")
    assert not plant.is_held_back(DOWN)


def test_a_silence_is_told(plant: Plant) -> None:
    now = datetime.now(UTC)
    access = plant.monitoring.access(ServiceName.ALERTMANAGER)
    silence = {
        "matchers": [{"name": "alertname", "value": "Hot", "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + timedelta(minutes=5)).isoformat(),
        "createdBy": "test",
        "comment": "known",
    }
    requests.post(
        f"{access.url}/api/v2/silences", json=silence, auth=(access.user, access.password.reveal()), timeout=10
    ).raise_for_status()
    wait_for(plant.is_silenced, what="silenced")


def test_what_is_not_delivered_yet_is_shown_too(plant: Plant) -> None:
    """Alertmanager has just been started anew, without memory: what fires is there all the same."""

    class Forgetful(AlertmanagerClient):
        def alerts(self) -> list[ManagedAlert]:
            return []

    service = AlertService(plant.monitoring.access, alertmanager=Forgetful.connect)
    assert {"Hot", "EndpointDown", "SiteDown"} <= {alert.name for alert in service.firing()}


def test_without_alertmanager_the_alerts_are_shown_and_that_is_one_of_them(plant: Plant) -> None:
    def access(service: ServiceName) -> ServiceAccess:
        if service is ServiceName.ALERTMANAGER:
            return ServiceAccess(f"http://127.0.0.1:{free_port()}", "plantwatch", Secret(PASSWORD))
        return plant.monitoring.access(service)

    firing = AlertService(access).firing()
    away = next(alert for alert in firing if alert.name == ALERTMANAGER_AWAY)
    assert away.severity is Severity.CRITICAL
    assert away.summary.startswith("Alertmanager does not answer at")
    assert {"Hot", "EndpointDown"} <= {alert.name for alert in firing}
    assert not any(alert.silenced for alert in firing)


def test_without_prometheus_nothing_is_claimed(plant: Plant) -> None:
    def access(service: ServiceName) -> ServiceAccess:
        if service is ServiceName.PROMETHEUS:
            return ServiceAccess(f"http://127.0.0.1:{free_port()}", "plantwatch", Secret(PASSWORD))
        return plant.monitoring.access(service)

    with pytest.raises(MonitoringError) as caught:
        AlertService(access).firing()
    assert caught.value.message.startswith("Prometheus does not answer at")


def test_a_wrong_password_at_alertmanager_is_named(plant: Plant) -> None:
    url = plant.monitoring.access(ServiceName.ALERTMANAGER).url
    with pytest.raises(MonitoringError) as caught:
        AlertmanagerClient.connect(ServiceAccess(url, "plantwatch", Secret("wrong"))).alerts()
    assert caught.value.message == "Alertmanager refuses Plantwatch's password."
