"""Services for the pages where the operator acts: in memory, with the signatures of the real ones and gates to hold them at."""

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSettings

from app.errors import AppError
from app.models.alert import Alert, Severity
from app.models.stack import (
    Action,
    ActionKind,
    DockerHost,
    Plan,
    ServiceName,
    ServiceState,
    ServiceStatus,
    StackStatus,
)
from app.services.progress import CancelToken, LogLine, Report, StepAdvanced, step
from app.services.stack import DeployStep, DownStep
from app.settings import Settings
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui.fake_metrics import FakeAlerts
from tests.ui.fakes import FakeInventory

if TYPE_CHECKING:
    from app.main import Services


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
            "systemctl status plantwatch-exporter",
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


class Gate:
    """Work stops here until the test opens it, or the operator cancels."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self.reached = threading.Event()

    def open(self) -> None:
        self._open.set()

    def wait(self, token: CancelToken) -> None:
        self.reached.set()
        with token.on_cancel(self._open.set):
            assert self._open.wait(10), "nobody opened the gate"
        token.check()


class FakeStack:
    """StackService in memory. `error` is raised by every call; `gate`, if there is one, holds a deployment half-way."""

    def __init__(self, *, deployed: bool = False) -> None:
        self.deployed = deployed
        self.error: AppError | None = None
        self.gate: Gate | None = None
        self.drift = ""
        self.state = ServiceState.HEALTHY
        self.kept_data: bool | None = None
        self.log_text = "level=info msg=started\nlevel=warn msg=slow"

    def _admit(self) -> None:
        if self.error is not None:
            raise self.error

    def hosts(self) -> list[DockerHost]:
        return [DockerHost(), DockerHost(context="plant-server")]

    def plan(self) -> Plan:
        self._admit()
        actions = [
            Action(ActionKind.GET_IMAGE, "prom/prometheus:v3.14.0", "is not on the host"),
            Action(ActionKind.CREATE_NETWORK, "monitoring", "does not exist yet"),
            Action(ActionKind.CREATE_VOLUME, "prometheus-data", "does not exist yet"),
            Action(ActionKind.CREATE_CONTAINER, "prometheus", "does not exist yet"),
            Action(ActionKind.WRITE_CONFIGURATION, "prometheus", "has none yet"),
            Action(ActionKind.START_CONTAINER, "prometheus"),
        ]
        return Plan("local engine", "plantwatch", () if self.deployed and not self.drift else tuple(actions))

    def status(self) -> StackStatus:
        self._admit()
        found = self.state if self.deployed else ServiceState.MISSING
        images = {
            ServiceName.PROMETHEUS: "prom/prometheus:v3.14.0",
            ServiceName.ALERTMANAGER: "prom/alertmanager:v0.34.0",
            ServiceName.GRAFANA: "grafana/grafana:13.1.0",
        }
        services = tuple(
            ServiceStatus(
                name,
                found,
                images[name],
                f"http://127.0.0.1:{9000 + at}" if self.deployed else "",
                "ready" if self.deployed else "",
                self.drift if name is ServiceName.PROMETHEUS else "",
            )
            for at, name in enumerate(ServiceName)
        )
        return StackStatus("local engine", "plantwatch", "Docker 28.0 on Debian 12, x86_64", services)

    def deploy(self, *, report: Report, token: CancelToken) -> StackStatus:
        with step(report, token, DeployStep.CONNECT) as done:
            done.detail = "Docker 28.0 on Debian 12, x86_64"
        with step(report, token, DeployStep.GET_IMAGES, "prom/prometheus:v3.14.0") as done:
            report(LogLine("a1b2c3: Pulling fs layer"))
            report(StepAdvanced(DeployStep.GET_IMAGES, 42_000_000, 100_000_000, "prom/prometheus:v3.14.0"))
            if self.gate is not None:
                self.gate.wait(token)
            self._admit()
            done.detail = "100.0 MB"
        for each in list(DeployStep)[2:]:
            with step(report, token, each):
                pass
        self.deployed = True
        return self.status()

    def down(self, *, keep_data: bool = True, report: Report, token: CancelToken) -> None:
        for each in (DownStep.CONNECT, DownStep.STOP, DownStep.NETWORK):
            with step(report, token, each):
                self._admit()
        self.kept_data = keep_data
        self.deployed = False

    def logs(self, service: ServiceName, tail: int = 500) -> str:
        self._admit()
        return "\n".join(self.log_text.splitlines()[-tail:])


@dataclass
class OperatorServices:
    """What `Services` holds, as fakes."""

    inventory: FakeInventory = field(default_factory=FakeInventory)
    alerts: FakeAlerts = field(default_factory=FakeAlerts)
    stack: FakeStack = field(default_factory=FakeStack)
    now: Settings = field(default_factory=Settings)

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
