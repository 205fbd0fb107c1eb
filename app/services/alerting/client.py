"""What fires now, as the operator should see it: Prometheus decides what fires, Alertmanager what is silenced or held back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from app.errors import MonitoringError
from app.models.alert import Alert, Severity
from app.models.stack import ServiceAccess, ServiceName
from app.services.http import ServiceApi
from app.services.metrics.answers import RuleAlert
from app.services.metrics.prometheus import PrometheusClient

_TEXT_LIMIT = 2000
#: The name of the shipped rule that says the same, once it has fired.
ALERTMANAGER_AWAY = "AlertmanagerUnreachable"


class _Status(msgspec.Struct):
    state: str
    silencedBy: list[str]  # noqa: N815 - Alertmanager's name
    inhibitedBy: list[str]  # noqa: N815 - Alertmanager's name


class ManagedAlert(msgspec.Struct, frozen=True):
    """An alert as Alertmanager's API v2 tells it."""

    labels: dict[str, str]
    annotations: dict[str, str]
    startsAt: datetime  # noqa: N815 - Alertmanager's name
    fingerprint: str
    status: _Status


class AlertmanagerClient:
    """Asks one Alertmanager (API v2; 0.25 and later). Raises `MonitoringError`."""

    def __init__(self, api: ServiceApi) -> None:
        self._api = api
        self._decoder = msgspec.json.Decoder(list[ManagedAlert])

    @classmethod
    def connect(cls, access: ServiceAccess) -> "AlertmanagerClient":
        return cls(ServiceApi(ServiceName.ALERTMANAGER, access))

    def alerts(self) -> list[ManagedAlert]:
        """All that it holds now: active, silenced and inhibited."""
        body = self._api.read("GET", "/api/v2/alerts")
        try:
            return self._decoder.decode(body)
        except msgspec.MsgspecError as error:
            raise self._api.unintelligible(f"{error}\n{body[:200].decode(errors='replace')}") from error


class AlertService:
    """`access` says where the services are, and raises what it likes if there are none."""

    def __init__(
        self,
        access: Callable[[ServiceName], ServiceAccess],
        *,
        prometheus: Callable[[ServiceAccess], PrometheusClient] = PrometheusClient,
        alertmanager: Callable[[ServiceAccess], AlertmanagerClient] = AlertmanagerClient.connect,
    ) -> None:
        self._access = access
        self._prometheus = prometheus
        self._alertmanager = alertmanager

    def firing(self) -> list[Alert]:
        """Every firing alert, worst first, then the oldest.

        Raises `MonitoringError` when Prometheus is away: what Alertmanager still holds then ends by itself within minutes, and an empty
        list would be a lie. When Alertmanager is away the alerts come from Prometheus alone, with one more that says so.
        """
        rules = [
            alert
            for alert in self._prometheus(self._access(ServiceName.PROMETHEUS)).alerts()
            if alert.state == "firing"
        ]
        away: MonitoringError | None = None
        managed: list[ManagedAlert] = []
        try:
            managed = self._alertmanager(self._access(ServiceName.ALERTMANAGER)).alerts()
        except MonitoringError as error:
            away = error
        found = merged(rules, managed)
        if away is not None and all(alert.name != ALERTMANAGER_AWAY for alert in found):
            found.append(_alertmanager_away(away))
        return sorted(found, key=lambda alert: (alert.severity.rank, alert.since, alert.name, alert.instance))


def merged(rules: Sequence[RuleAlert], managed: Sequence[ManagedAlert]) -> list[Alert]:
    """Each alert once: those of Alertmanager, and those that fire in Prometheus and have not been delivered yet.

    Prometheus adds its external labels on delivery, so an alert is the same if all its labels are among those that were delivered.
    """
    delivered: dict[tuple[str, str], list[ManagedAlert]] = {}
    for alert in managed:
        delivered.setdefault(_subject(alert.labels), []).append(alert)
    waiting = [
        alert
        for alert in rules
        if not any(alert.labels.items() <= other.labels.items() for other in delivered.get(_subject(alert.labels), ()))
    ]
    return [_from_alertmanager(alert) for alert in managed] + [_from_rule(alert) for alert in waiting]


def _subject(labels: Mapping[str, str]) -> tuple[str, str]:
    return labels.get("alertname", ""), labels.get("instance", "")


@dataclass(frozen=True, slots=True)
class _Source:
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    since: datetime


def _from_alertmanager(found: ManagedAlert) -> Alert:
    return _alert(
        _Source(found.labels, found.annotations, found.startsAt),
        silenced=bool(found.status.silencedBy),
        inhibited=bool(found.status.inhibitedBy),
        fingerprint=found.fingerprint,
    )


def _from_rule(found: RuleAlert) -> Alert:
    return _alert(_Source(found.labels, found.annotations, found.since))


def _alert(source: _Source, *, silenced: bool = False, inhibited: bool = False, fingerprint: str = "") -> Alert:
    labels = dict(source.labels)
    name = labels.get("alertname", "")

    def text(key: str) -> str:
        # Parts of it come from devices.
        return source.annotations.get(key, "")[:_TEXT_LIMIT]

    return Alert(
        name=name,
        severity=severity(labels.get("severity", "")),
        instance=labels.get("instance", ""),
        site=labels.get("site", ""),
        region=labels.get("region", ""),
        summary=text("summary") or name,
        description=text("description"),
        action=text("action"),
        since=source.since.astimezone(UTC),
        silenced=silenced,
        inhibited=inhibited,
        labels=labels,
        fingerprint=fingerprint,
    )


def severity(label: str) -> Severity:
    """What a rule's label means. An unknown word is taken seriously; "none" and no label at all are for information."""
    try:
        return Severity(label.lower())
    except ValueError:
        return Severity.INFO if label.lower() in ("", "none") else Severity.WARNING


def _alertmanager_away(error: MonitoringError) -> Alert:
    return Alert(
        name=ALERTMANAGER_AWAY,
        severity=Severity.CRITICAL,
        instance="",
        site="",
        region="",
        summary=error.message,
        description="Nobody is notified of alerts. Which of the alerts shown here are silenced is not known.",
        action=error.advice,
        since=datetime.now(UTC),
        labels={"alertname": ALERTMANAGER_AWAY, "severity": str(Severity.CRITICAL), "scope": "stack"},
    )
