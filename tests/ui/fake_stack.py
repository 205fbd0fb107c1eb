"""The stack's service, in memory: deployed or not, well or not, and held where a test wants it."""

from typing import TYPE_CHECKING

from app.errors import AppError
from app.models.secret import Secret
from app.models.stack import (
    Action,
    ActionKind,
    DockerHost,
    Plan,
    ServiceAccess,
    ServiceName,
    ServiceState,
    ServiceStatus,
    StackStatus,
)
from app.services.progress import CancelToken, LogLine, Report, StepAdvanced, step
from app.services.stack import DeployStep, DownStep
from app.services.stack.failures import not_deployed

if TYPE_CHECKING:
    pass


from tests.ui.gate import Gate


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

    def access(self, service: ServiceName) -> ServiceAccess:
        self._admit()
        if not self.deployed:
            raise not_deployed(service)
        return ServiceAccess("http://127.0.0.1:9090", "plantwatch", Secret("fake"))

    def logs(self, service: ServiceName, tail: int = 500) -> str:
        self._admit()
        return "\n".join(self.log_text.splitlines()[-tail:])
