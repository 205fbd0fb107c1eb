"""Services for the pages where the operator acts: in memory, with the signatures of the real ones and gates to hold them at."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSettings

from app.errors import AppError
from app.models.alert import Alert, Severity
from app.models.endpoint import Credential, Endpoint, LoginKind
from app.models.metrics import FleetMetric
from app.models.secret import Secret
from app.paths import DataPaths
from app.services.kit import FetchStep, KitBuild
from app.services.overview import OverviewService
from app.services.progress import CancelToken, Report, StepAdvanced, step
from app.settings import Settings
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui import fake_metrics
from tests.ui.fake_audit import FakeAudit
from tests.ui.fake_credentials import FakeCredentials
from tests.ui.fake_discovery import FakeDiscovery
from tests.ui.fake_metrics import FakeAlerts
from tests.ui.fakes import FakeEndpoints, FakeInventory, FakeRuns

if TYPE_CHECKING:
    from app.main import Services


from tests.ui.fake_enrolment import FakeEnrolment, build
from tests.ui.fake_orders import FakeBulk
from tests.ui.fake_stack import FakeStack
from tests.ui.gate import Gate


def moment(text: str) -> datetime:
    """An aware time in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def some_alerts() -> list[Alert]:
    """Five: one critical, two warnings and one silenced, one remark; two sites and one without."""
    now = datetime.now(UTC)

    def alert(
        name: str, severity: Severity, instance: str, site: str, *, summary: str, hours: float, action: str
    ) -> Alert:
        return Alert(
            name=name,
            severity=severity,
            instance=instance,
            site=site,
            region="East" if site else "",
            summary=summary,
            description=f"The rule {name} has been broken for longer than it may.",
            action=action,
            since=now - timedelta(hours=hours),
            labels={"alertname": name, "severity": severity.value, "instance": instance, "job": "node"},
            fingerprint=f"{name}-{instance}",
        )

    return [
        alert(
            "EndpointDown",
            Severity.CRITICAL,
            "turbine-07",
            "Thanet",
            summary="turbine-07 does not answer",
            hours=0.2,
            action="Look whether the device has power and network, then whether its exporter runs: "
            "systemctl status plantwatch-node-exporter",
        ),
        alert(
            "DiskWillFill",
            Severity.WARNING,
            "turbine-12",
            "Thanet",
            summary="The disk / of turbine-12 will be full in about 3 days",
            hours=5,
            action="Remove old logs, or give the file system more room.",
        ),
        alert(
            "TemperatureHigh",
            Severity.WARNING,
            "gateway-2",
            "Barrow",
            summary="gateway-2 is at 82 °C",
            hours=30,
            action="Look at the fan and the air inlet.",
        ),
        replace(
            alert(
                "ClockOff",
                Severity.WARNING,
                "gateway-1",
                "Barrow",
                summary="The clock of gateway-1 is 40 s off",
                hours=70,
                action="",
            ),
            silenced=True,
        ),
        alert("PrometheusRestarted", Severity.INFO, "", "", summary="Prometheus was started again", hours=1, action=""),
    ]


class SlowAlerts(FakeAlerts):
    """AlertService that takes its time, for the loading state."""

    def firing(self) -> list[Alert]:
        threading.Event().wait(1.5)
        return super().firing()


class OperatorInventory(FakeInventory):
    """Inventory in memory that knows who logged in."""

    def credential(self, credential_id: int) -> Credential:
        self._admit()
        return Credential(credential_id, "operator", LoginKind.PASSWORD)


class FakeValues(fake_metrics.FakeFleet):
    """FleetService whose newest values are always the same."""

    def __init__(self, endpoints: Callable[[], list[Endpoint]]) -> None:
        super().__init__(endpoints)
        self.error: AppError | None = None
        self.values = {
            FleetMetric.CPU: 0.12,
            FleetMetric.MEMORY: 0.41,
            FleetMetric.DISK: 0.23,
            FleetMetric.TEMPERATURE: 47.0,
            FleetMetric.NETWORK: 12_500.0,
        }

    def current(self, endpoint_name: str) -> dict[FleetMetric, float]:
        if self.error is not None:
            raise self.error
        return dict(self.values)


class FakeKit:
    """Kit in memory. `error` is raised by `fetch`; `gate` holds it half-way."""

    def __init__(self) -> None:
        self.held: list[KitBuild] = []
        self.error: AppError | None = None
        self.gate: Gate | None = None

    def builds(self) -> list[KitBuild]:
        return list(self.held)

    def newer_than(self, version: str, architecture: str) -> KitBuild | None:
        return None

    def fetch(
        self,
        url: str,
        version: str,
        architectures: Iterable[str] | None = None,
        *,
        report: Report,
        token: CancelToken,
    ) -> list[KitBuild]:
        with step(report, token, FetchStep.SUMS):
            if self.error is not None:
                raise self.error
        for architecture in ("amd64", "arm64"):
            with step(report, token, FetchStep.ARCHIVE, architecture):
                report(StepAdvanced(FetchStep.ARCHIVE, 4_000_000, 10_000_000, architecture))
                if self.gate is not None:
                    self.gate.wait(token)
            self.held.append(replace(build(), version=version, architecture=architecture))
        return list(self.held)


class FakePasswords:
    """A SecretStore in memory."""

    def __init__(self) -> None:
        self.held: dict[str, Secret] = {}

    def get(self, name: str) -> Secret | None:
        return self.held.get(name)

    def put(self, name: str, value: Secret) -> None:
        self.held[name] = value

    def delete(self, name: str) -> None:
        self.held.pop(name, None)


@dataclass
class OperatorServices:
    """What `Services` holds, as fakes."""

    inventory: OperatorInventory = field(default_factory=OperatorInventory)
    alerts: FakeAlerts = field(default_factory=FakeAlerts)
    stack: FakeStack = field(default_factory=FakeStack)
    now: Settings = field(default_factory=Settings)
    dashboards: object = None
    kit: FakeKit = field(default_factory=FakeKit)
    database_passwords: FakePasswords = field(default_factory=FakePasswords)
    paths: DataPaths = field(default_factory=lambda: DataPaths(Path("/home/operator/.local/share/plantwatch")))

    def __post_init__(self) -> None:
        self.fleet = FakeValues(self.inventory.endpoints)
        self.enrolment = FakeEnrolment(self.inventory)
        self.endpoints = FakeEndpoints(self.inventory)
        self.credentials = FakeCredentials(self.inventory)
        self.audit = FakeAudit(self.inventory)
        self.discovery = FakeDiscovery(self.inventory)
        self.bulk = FakeBulk()
        self.runs = FakeRuns(self.bulk)
        self.overview = OverviewService(self.inventory, self.fleet, self.alerts, self.kit)

    def settings(self) -> Settings:
        return self.now

    def save_settings(self, settings: Settings) -> None:
        self.now = settings

    def as_services(self) -> "Services":
        held = {name: value for name, value in vars(self).items() if name != "now"}
        return cast("Services", SimpleNamespace(**held, settings=self.settings, save_settings=self.save_settings))


class Desk:
    """A page's context that remembers where the page wanted to go and what it told."""

    def __init__(self, services: OperatorServices, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> None:
        self.gone_to: list[tuple[str, str]] = []
        self.notices: list[Notice] = []
        self.counts: dict[str, int] = {}
        self.context = PageContext(
            services=services.as_services(),
            tasks=tasks,
            state=state,
            theme=keeper,
            navigate=lambda key, subject: self.gone_to.append((key, subject)),
            notify=self.notices.append,
            show_count=self.counts.__setitem__,
        )
