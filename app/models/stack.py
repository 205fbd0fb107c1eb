"""The stack: services in containers on a Docker host."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.models.secret import Secret

DEFAULT_PROJECT = "plantwatch"


@dataclass(frozen=True, slots=True)
class DockerHost:
    """Where the stack runs: a URL ("unix://…", "npipe://…", "ssh://…", "tcp://…"), a named docker context, or, both empty, the local engine."""

    url: str = ""
    context: str = ""

    @property
    def label(self) -> str:
        """How it is called in the window and in messages."""
        return self.context or self.url or "local engine"


@dataclass(frozen=True, slots=True)
class StackOptions:
    """What the operator may choose about a stack. Ports are on the Docker host; `publish_address` is the address they are bound to."""

    project: str = DEFAULT_PROJECT
    publish_address: str = "127.0.0.1"
    prometheus_port: int = 9090
    alertmanager_port: int = 9093
    grafana_port: int = 3000
    scrape_interval_seconds: int = 15
    retention_days: int = 15


class ServiceName(StrEnum):
    """The services of stack/compose.yaml."""

    PROMETHEUS = "prometheus"
    ALERTMANAGER = "alertmanager"
    GRAFANA = "grafana"


class ActionKind(StrEnum):
    """What a plan may hold, in the order in which it is applied."""

    GET_IMAGE = "get image"
    CREATE_NETWORK = "create network"
    CREATE_VOLUME = "create volume"
    REMOVE_CONTAINER = "remove container"
    CREATE_CONTAINER = "create container"
    WRITE_CONFIGURATION = "write configuration"
    START_CONTAINER = "start container"
    STOP_CONTAINER = "stop container"
    REMOVE_NETWORK = "remove network"
    REMOVE_VOLUME = "remove volume"


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `name` is the image, network, volume or service; `reason` says why in one phrase."""

    kind: ActionKind
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Desired minus actual. No actions: the stack is as it should be."""

    host: str
    project: str
    actions: tuple[Action, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.actions


class ServiceState(StrEnum):
    HEALTHY = "healthy"
    STARTING = "starting"
    UNHEALTHY = "unhealthy"
    STOPPED = "stopped"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """One service as found. `evidence` is what its health check answered, plain text; `drift` says how it differs from its definition."""

    name: ServiceName
    state: ServiceState
    image: str = ""
    address: str = ""
    """URL on which it is published; empty when it is not."""
    evidence: str = ""
    drift: str = ""


@dataclass(frozen=True, slots=True)
class StackStatus:
    """The stack as found on `host`. `engine` describes the engine ("Docker 28.0 on Debian 12, x86_64")."""

    host: str
    project: str
    engine: str
    services: tuple[ServiceStatus, ...]

    @property
    def is_healthy(self) -> bool:
        return bool(self.services) and all(service.state is ServiceState.HEALTHY for service in self.services)

    @property
    def is_deployed(self) -> bool:
        return any(service.state is not ServiceState.MISSING for service in self.services)


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """One entry of Prometheus' file-based service discovery."""

    target: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceAccess:
    """How the app reaches a service: base URL without trailing slash, user and password."""

    url: str
    user: str
    password: Secret
