"""Takes the stack down: its containers and its network, and its volumes only when told."""

from collections.abc import Sequence
from enum import StrEnum

from app.errors import StackError
from app.services.progress import CancelToken, Report, step
from app.services.stack.compose import Definition
from app.services.stack.engine import Engine
from app.services.stack.plan import Actual


class DownStep(StrEnum):
    """The steps of taking the stack down, in order. STOP comes once a service; VOLUMES and SECRETS only when the data go too."""

    CONNECT = "connect"
    STOP = "stop"
    NETWORK = "network"
    VOLUMES = "volumes"
    SECRETS = "secrets"


def remove_containers(
    engine: Engine, project: str, definition: Definition, actual: Actual, *, report: Report, token: CancelToken
) -> None:
    """Stops and removes the services in reverse order, then the network. Raises HostError, StackError or Cancelled."""
    patience = {service.name: service.stop_seconds for service in definition.services}
    for name in _last_first(list(patience), actual):
        with step(report, token, DownStep.STOP, name) as done:
            if name not in actual.containers:
                done.detail = "was not there"
                continue
            engine.stop(project, name, patience.get(name, 10))
            engine.remove_container(project, name)
    with step(report, token, DownStep.NETWORK):
        for key in actual.networks:
            engine.remove_network(project, key)


def remove_volumes(engine: Engine, project: str, actual: Actual, *, report: Report, token: CancelToken) -> None:
    """Removes every volume of the stack. Raises StackError naming those that somebody else's container uses."""
    with step(report, token, DownStep.VOLUMES) as done:
        stuck = [key for key in sorted(actual.volumes) if not engine.remove_volume(project, key)]
        if stuck:
            raise StackError(
                ", ".join(stuck),
                reason="Some volumes of the stack are used by a container that Plantwatch did not make, and stay.",
                what_to_do="Remove that container on the Docker host, then take the stack down again.",
            )
        done.detail = f"{len(actual.volumes)} removed"


def _last_first(names: Sequence[str], actual: Actual) -> list[str]:
    strays = sorted(actual.containers.keys() - set(names))
    return [*strays, *reversed(names)]
