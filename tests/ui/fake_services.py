"""Services for the pages where the operator acts: in memory, with the signatures of the real ones and gates to hold them at."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QSettings

from app.errors import AppError
from app.models.alert import Alert, Severity
from app.models.device import Facts, InitSystem, Privilege
from app.models.endpoint import Credential, Endpoint, EndpointDraft, HostKey, Jump, LoginKind
from app.models.metrics import FleetMetric
from app.models.secret import Secret
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
from app.paths import DataPaths
from app.services.enrolment import EnrolmentPlan, EnrolmentRequest, EnrolStep, Hop, RemoveStep, WantedHop, verified_hops
from app.services.kit import FetchStep, KitBuild
from app.services.progress import CancelToken, LogLine, Report, StepAdvanced, step
from app.services.stack import DeployStep, DownStep
from app.settings import Settings
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.ui import fake_metrics
from tests.ui.fake_audit import FakeAudit
from tests.ui.fake_credentials import FakeCredentials
from tests.ui.fake_metrics import FakeAlerts
from tests.ui.fakes import FakeEndpoints, FakeInventory

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
        ports = {ServiceName.PROMETHEUS: 9090, ServiceName.ALERTMANAGER: 9093, ServiceName.GRAFANA: 3000}
        services = tuple(
            ServiceStatus(
                name,
                found,
                images[name],
                f"http://127.0.0.1:{ports[name]}" if self.deployed else "",
                "ready" if self.deployed else "",
                self.drift if name is ServiceName.PROMETHEUS else "",
            )
            for name in ServiceName
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


HOST_KEY = HostKey("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIGqLM0VTXQlB2nHEvGkG+JxgrPNRnPKYzBcy1Oy/kCqz")
FACTS = Facts(
    hostname="turbine-07",
    os_id="debian",
    os_name="Debian GNU/Linux",
    os_version="12",
    kernel="6.1.0-28-arm64",
    machine="aarch64",
    architecture="arm64",
    init=InitSystem.SYSTEMD,
    privilege=Privilege.SUDO_PASSWORD,
    cpu_count=4,
    memory_bytes=3_980_000_000,
    free_bytes=3_100_000_000,
)
PLAN_LINES = (
    "Put node_exporter 1.12.1 (arm64, 5.3 MB) into /usr/local/lib/plantwatch.",
    "Make the system user and group plantwatch-exporter, without a shell and a home.",
    "Make, enable and start the service plantwatch-node-exporter.service, which listens on port 9100.",
    "Add 10.20.0.7:9100 to Prometheus' targets as turbine-07.",
)


def build() -> KitBuild:
    """An exporter build as the kit has it."""
    return KitBuild("1.12.1", "arm64", "ab" * 32, 5_300_000, Path("/kit/node_exporter.tar.gz"))


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


class FakeEnrolment:
    """EnrolmentService in memory. `failures` maps a step to the error raised in it; `gate` holds the enrolment in TRANSFER."""

    def __init__(self, inventory: FakeInventory) -> None:
        self._inventory = inventory
        self.failures: dict[StrEnum, AppError] = {}
        self.gate: Gate | None = None
        self.removal_error: AppError | None = None
        self.requests: list[EnrolmentRequest] = []
        self.removed: list[str] = []
        self.renewed: list[str] = []
        self.key_error: AppError | None = None
        self.asked_beyond: list[tuple[tuple[str, ...], str, int]] = []

    def host_key_at(self, address: str, port: int, hops: tuple[Hop, ...], token: CancelToken) -> HostKey:
        token.check()
        self.asked_beyond.append((tuple(f"{hop.login.user}@{hop.target}" for hop in hops), address, port))
        if self.key_error is not None:
            raise self.key_error
        return HOST_KEY

    def verify_hops(self, wanted: Sequence[WantedHop], *, token: CancelToken) -> tuple[Hop, ...]:
        return verified_hops(wanted, fetch=partial(self.host_key_at, token=token))

    def _walk(self, steps: Sequence[StrEnum], report: Report, token: CancelToken) -> None:
        for each in steps:
            with step(report, token, each) as done:
                report(LogLine(f"{each.value}: begun"))
                if each is EnrolStep.TRANSFER:
                    report(StepAdvanced(each, 2_600_000, 5_300_000))
                    if self.gate is not None:
                        self.gate.wait(token)
                    done.detail = "5.3 MB"
                if each in self.failures:
                    raise self.failures[each]

    def preview(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> EnrolmentPlan:
        self.requests.append(request)
        self._walk(list(EnrolStep)[:5], report, token)
        return EnrolmentPlan(FACTS, build(), PLAN_LINES)

    def enrol(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> Endpoint:
        self.requests.append(request)
        self._inventory.check_free(request.draft)
        self._walk(request.steps, report, token)
        template = fake_metrics.endpoints(1)[0]
        values = {name: getattr(request.draft, name) for name in EndpointDraft.__dataclass_fields__}
        endpoint = replace(template, id=1000 + len(self.requests), host_key=request.host_key, **values)
        self._inventory.put(endpoint)
        return endpoint

    def move(self, name: str, draft: EndpointDraft, hops: tuple[Hop, ...]) -> Endpoint:
        known = self._inventory.endpoint(name)
        jumps = tuple(Jump(hop.address, hop.port, hop.host_key, at) for at, hop in enumerate(hops, start=1))
        self._inventory.put(replace(self._inventory.change(known.id, draft), jumps=jumps))
        return self._inventory.endpoint(name)

    def renew(self, name: str, *, report: Report, token: CancelToken) -> Endpoint:
        token.check()
        self.renewed.append(name)
        return self._inventory.endpoint(name)

    def remove(
        self, name: str, *, keep_exporter: bool = False, forget_only: bool = False, report: Report, token: CancelToken
    ) -> None:
        for each in RemoveStep:
            with step(report, token, each):
                if self.removal_error is not None:
                    raise self.removal_error
        self.removed.append(name)
        self._inventory.remove(self._inventory.endpoint(name).id)


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
