"""Looks at the services as they are: state, evidence, drift."""

from collections.abc import Callable
from datetime import UTC, datetime

from app.errors import StackError
from app.models.stack import ServiceAccess, ServiceName, ServiceState, ServiceStatus
from app.services.stack.compose import ServiceDefinition
from app.services.stack.engine import ContainerState, Engine
from app.services.stack.plan import Actual, Desired, drift
from app.services.stack.probe import examine

#: As long after its start as this, a service that does not work yet is starting rather than unhealthy.
_STARTING_SECONDS = 60


def inspect_service(
    engine: Engine,
    service: ServiceDefinition,
    desired: Desired,
    actual: Actual,
    *,
    access: Callable[[ServiceName], ServiceAccess],
) -> ServiceStatus:
    """The service as found. Raises HostError; a service that does not answer is a state, not an error."""
    name = ServiceName(service.name)
    found = engine.container_state(desired.project, service.name)
    if found is None:
        return ServiceStatus(name, ServiceState.MISSING)
    differs = drift(service, desired, actual)
    if found.state not in {"running", "restarting"}:
        evidence = f"{found.state}, exit status {found.exit_code}"
        return ServiceStatus(name, ServiceState.STOPPED, found.image, evidence=evidence, drift=differs)
    try:
        reached = access(name)
    except StackError as error:
        return ServiceStatus(name, ServiceState.UNHEALTHY, found.image, evidence=error.message, drift=differs)
    verdict = examine(name, reached)
    state = ServiceState.HEALTHY if verdict.healthy else _not_healthy(found)
    return ServiceStatus(name, state, found.image, reached.url, verdict.evidence, differs)


def _not_healthy(found: ContainerState) -> ServiceState:
    if found.state == "restarting" or found.restarts > 1:
        return ServiceState.UNHEALTHY
    return ServiceState.STARTING if _age_seconds(found.started_at) < _STARTING_SECONDS else ServiceState.UNHEALTHY


def _age_seconds(started_at: str) -> float:
    # The engine writes nanoseconds, and a year 1 for "never".
    try:
        started = datetime.fromisoformat(started_at[:19]).replace(tzinfo=UTC)
    except ValueError:
        return 0.0
    return (datetime.now(UTC) - started).total_seconds()
