"""The stack of the simulated fleet as the application's services see it: there is no Docker host, and Prometheus is there all the same."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from app.errors import StackError
from app.models.stack import (
    Plan,
    ServiceAccess,
    ServiceName,
    ServiceState,
    ServiceStatus,
    StackStatus,
    TargetGroup,
)
from app.services.inventory import Inventory
from app.services.secrets import SecretStore
from app.services.stack import StackService
from app.services.stack.failures import not_deployed
from app.services.stack.targets import render_targets
from app.settings import Settings
from tests.lab.fleet.inventory import without_scheme

HOST = "simulated fleet"


class FleetStack(StackService):
    """Gives access to what runs and takes targets; whatever else a Docker host would be needed for is refused."""

    def __init__(
        self,
        settings: Callable[[], Settings],
        secrets: SecretStore,
        inventory: Inventory,
        *,
        accesses: dict[ServiceName, ServiceAccess],
        targets: Path,
    ) -> None:
        super().__init__(settings, secrets, inventory)
        self._accesses = accesses
        self._targets = targets

    def access(self, service: ServiceName) -> ServiceAccess:
        """Raises StackError for Grafana, which the fleet does not have."""
        if service not in self._accesses:
            raise not_deployed(service)
        return self._accesses[service]

    def write_targets(self, groups: list[TargetGroup]) -> None:
        """As on a Docker host, the new file takes the place of the old one at once."""
        write_targets(self._targets, groups)

    def plan(self) -> Plan:
        """Nothing is ever to do."""
        return Plan(HOST, HOST)

    def status(self) -> StackStatus:
        """What is there is well."""
        services = tuple(
            ServiceStatus(name, ServiceState.HEALTHY, address=access.url) for name, access in self._accesses.items()
        )
        return StackStatus(HOST, HOST, "no engine", services)

    def _scene(self) -> NoReturn:
        raise StackError(
            reason="The simulated fleet has no Docker host.",
            what_to_do="Use what shows endpoints; the stack cannot be changed here.",
        )


def write_targets(file: Path, groups: list[TargetGroup]) -> None:
    """All or nothing: Prometheus reads the file whenever it changes."""
    fresh = file.with_suffix(".new")
    fresh.write_bytes(render_targets(without_scheme(groups)))
    os.replace(fresh, file)
