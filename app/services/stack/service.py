"""The stack as the rest of the application sees it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.errors import AppError, Cancelled, StackError
from app.models.activity import Result
from app.models.certificate import Identity
from app.models.secret import Secret
from app.models.stack import (
    ActionKind,
    DockerHost,
    Plan,
    ServiceAccess,
    ServiceName,
    StackOptions,
    StackStatus,
    TargetGroup,
)
from app.paths import stack_file
from app.services.endpoints import write_current_targets
from app.services.inventory import Inventory
from app.services.pki import AuthorityService
from app.services.progress import CancelToken, Event, Report, StepStarted, ignore, step
from app.services.secrets import SecretStore
from app.services.stack.compose import Definition, ServiceDefinition, read_compose
from app.services.stack.configuration import USER, Configuration, Passwords, render, variables
from app.services.stack.connection import Connection, Connections
from app.services.stack.deployment import Deployment, DeployStep, Wish
from app.services.stack.failures import not_deployed
from app.services.stack.hosts import list_hosts
from app.services.stack.inspection import inspect_service
from app.services.stack.passwords import Prepared, forget_passwords, known_passwords, prepare_passwords, secret_name
from app.services.stack.plan import Actual, Desired, difference
from app.services.stack.ports import check_ports
from app.services.stack.reach import check_reachable
from app.services.stack.takedown import DownStep, remove_containers, remove_volumes
from app.services.stack.targets import FILE, FOLDER, pack_targets, render_targets
from app.services.stack.viewer import ADMINISTRATOR, VIEWER, ensure_viewer
from app.settings import Settings

_ADMIN_FILE = "/etc/grafana/secrets/admin-password"
_LOG_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a call works on: the connection, the options it was begun with, and the definition rendered for them."""

    connection: Connection
    options: StackOptions
    definition: Definition

    @property
    def project(self) -> str:
        return self.options.project

    def observe(self) -> Actual:
        return self.connection.engine.observe(self.project, self.definition)


class StackService:
    """Plans, deploys and looks after the stack on the Docker host that the settings name.

    Blocking; safe to use from several threads. Every method raises HostError when the host is away and StackError when the stack is not as the
    call needs it. `definition` is the folder with compose.yaml and the services' files.
    """

    def __init__(
        self,
        settings_provider: Callable[[], Settings],
        secrets: SecretStore,
        inventory: Inventory,
        *,
        definition: Path | None = None,
    ) -> None:
        self._settings = settings_provider
        self._secrets = secrets
        self._inventory = inventory
        self._authorities = AuthorityService(inventory, secrets)
        self._folder = definition or stack_file()
        self._connections = Connections()
        self._targets_lock = threading.Lock()

    def close(self) -> None:
        """End the connection to the Docker host and the tunnels through it."""
        self._connections.close()

    def hosts(self) -> list[DockerHost]:
        """The local engine and every docker context of this computer."""
        return list_hosts()

    def plan(self) -> Plan:
        """What `deploy` would do. Changes nothing. Raises StackError when something foreign is in the way."""
        with self._scene() as scene:
            check_reachable(scene.connection.engine.location, scene.options)
            desired, _ = self._known(scene)
            actions = difference(desired, scene.observe())
            return Plan(scene.connection.engine.label, scene.project, actions)

    def deploy(self, *, report: Report, token: CancelToken) -> StackStatus:
        """Bring the stack to its definition and wait until it works; report `DeployStep`s.

        A failure or cancelling takes back what this run made; data of earlier runs stay. Doing it twice changes nothing.
        """
        with self._recorded("deploy", DeployStep.CONNECT, report, token) as (scene, recorded):
            self._deploy(scene, recorded, token)
            return self._status(scene)

    def status(self) -> StackStatus:
        """The stack as it is now: each service's state with evidence, and how it differs from its definition."""
        with self._scene() as scene:
            return self._status(scene)

    def down(self, *, keep_data: bool = True, report: Report, token: CancelToken) -> None:
        """Remove the containers and the network; with `keep_data` false the volumes and the passwords too. Reports `DownStep`s."""
        with self._recorded("stack down", DownStep.CONNECT, report, token) as (scene, recorded):
            actual = scene.observe()
            engine = scene.connection.engine
            remove_containers(engine, scene.project, scene.definition, actual, report=recorded, token=token)
            if not keep_data:
                remove_volumes(engine, scene.project, actual, report=recorded, token=token)
                with step(recorded, token, DownStep.SECRETS):
                    forget_passwords(self._secrets, scene.project)

    def write_targets(self, groups: list[TargetGroup]) -> None:
        """Make these, and no others, Prometheus' targets; noticed within seconds, without a restart. Works while Prometheus is stopped."""
        with self._scene() as scene:
            self._write_targets(scene, groups)

    def deliver_scraper_identity(self) -> None:
        """Give the running Prometheus the certificate and the authorities that the inventory has now, without a restart.

        No other process may change the stack meanwhile: BusyError. StackError also when a password is no longer in the keyring.
        """
        with self._recorded("certify Prometheus", DeployStep.CONNECT, ignore, CancelToken()) as (scene, _):
            for service in (ServiceName.PROMETHEUS, ServiceName.ALERTMANAGER):
                # A placeholder must never be delivered as a password.
                self._administration(scene, service)
            prepared = known_passwords(self._secrets, scene.project)
            desired, configurations = self._desired(scene, prepared, self._authorities.prometheus_identity())
            wish = Wish(desired, configurations, lambda name: self._administration(scene, name))
            deployment = Deployment(scene.connection.engine, wish, scene.observe(), report=ignore, token=CancelToken())
            deployment.reconfigure(ServiceName.PROMETHEUS)

    def access(self, service: ServiceName) -> ServiceAccess:
        """How this computer reaches a service; for Grafana as the viewer. Raises StackError when it is not deployed."""
        with self._scene() as scene:
            return self._access(scene, service, VIEWER if service is ServiceName.GRAFANA else USER)

    def logs(self, service: ServiceName, tail: int = 500) -> str:
        """The last `tail` lines that the service wrote, at most 1 MiB, as plain text."""
        with self._scene() as scene:
            self._require(scene, service)
            return scene.connection.engine.logs(scene.project, service, tail)[-_LOG_LIMIT:]

    # ---------------------------------------------------------------------------------------------------------------------------------

    @contextmanager
    def _scene(self) -> Iterator[_Scene]:
        settings = self._settings()
        with self._connections.to(settings.docker_host) as connection:
            yield _Scene(connection, settings.stack, self._read_definition(settings.stack))

    @contextmanager
    def _recorded(
        self, action: str, first: DeployStep | DownStep, report: Report, token: CancelToken
    ) -> Iterator[tuple[_Scene, Report]]:
        """Connects; keeps other processes from changing the stack meanwhile; writes the outcome to the activity log.

        Gives the scene and a report that also records how far the work is, for whoever finds it interrupted.
        """
        settings, inventory = self._settings(), self._inventory
        subject = f"{settings.stack.project} on {settings.docker_host.label}"
        interrupted = [item for item in inventory.interrupted_operations() if item.endpoint_id is None]
        operation = inventory.begin_operation(action, None)
        for killed in interrupted:
            inventory.log(killed.kind, subject, Result.INTERRUPTED, killed.step)

        def recorded(event: Event) -> None:
            if isinstance(event, StepStarted):
                inventory.advance_operation(operation, f"{event.step} {event.subject}".strip())
            report(event)

        try:
            with step(recorded, token, first) as done, self._scene() as scene:
                check_reachable(scene.connection.engine.location, scene.options)
                done.detail = scene.connection.description()
            with self._scene() as scene:
                yield scene, recorded
        except Cancelled:
            inventory.log(action, subject, Result.CANCELLED)
            raise
        except AppError as error:
            inventory.log(action, subject, Result.FAILED, error.message)
            raise
        else:
            inventory.log(action, subject, Result.DONE)
        finally:
            inventory.end_operation(operation)

    def _deploy(self, scene: _Scene, report: Report, token: CancelToken) -> None:
        engine, project = scene.connection.engine, scene.project
        actual = scene.observe()
        # The placeholders of `known_passwords` change what is configured, never which containers are started.
        check_ports(engine, project, self._to_be_started(scene, actual))
        prepared = self._prepare_passwords(scene)
        scraper = self._authorities.prometheus_identity()
        desired, configurations = self._desired(scene, prepared.passwords, scraper)
        wish = Wish(desired, configurations, lambda name: self._administration(scene, name))
        deployment = Deployment(engine, wish, actual, report=report, token=token)
        try:
            deployment.apply()
            deployment.settle()
            with step(report, token, DeployStep.VIEWER) as done:
                admin = self._administration(scene, ServiceName.GRAFANA)
                done.detail = ensure_viewer(admin, prepared.passwords.grafana_viewer)
            with step(report, token, DeployStep.TARGETS) as done:
                write_current_targets(self._inventory, partial(self._write_targets, scene))
                done.detail = f"{len(self._inventory.targets())} endpoints"
        except BaseException:
            deployment.undo()
            if deployment.is_first:
                for name in prepared.made:
                    self._secrets.delete(name)
            raise

    def _to_be_started(self, scene: _Scene, actual: Actual) -> list[ServiceDefinition]:
        desired, _ = self._known(scene)
        names = {action.name for action in difference(desired, actual) if action.kind is ActionKind.START_CONTAINER}
        return [service for service in scene.definition.services if service.name in names]

    def _prepare_passwords(self, scene: _Scene) -> Prepared:
        deployed = scene.connection.engine.read(scene.project, ServiceName.GRAFANA, _ADMIN_FILE)
        admin = next(iter(deployed.values()), b"").decode(errors="replace")
        return prepare_passwords(self._secrets, scene.project, deployed_admin=Secret(admin) if admin else None)

    def _known(self, scene: _Scene) -> tuple[Desired, dict[ServiceName, Configuration]]:
        """As far as it can be said without making passwords and certificates that are not there yet."""
        passwords = known_passwords(self._secrets, scene.project)
        return self._desired(scene, passwords, self._authorities.known_identity())

    def _desired(
        self, scene: _Scene, passwords: Passwords, scraper: Identity
    ) -> tuple[Desired, dict[ServiceName, Configuration]]:
        configurations = dict(render(self._folder, scene.options, passwords, scraper))
        return Desired.of(scene.project, scene.definition, configurations), configurations

    def _status(self, scene: _Scene) -> StackStatus:
        engine = scene.connection.engine
        desired, _ = self._known(scene)
        actual = scene.observe()
        return StackStatus(
            host=engine.label,
            project=scene.project,
            engine=scene.connection.description(),
            services=tuple(
                inspect_service(engine, service, desired, actual, access=lambda name: self._administration(scene, name))
                for service in scene.definition.services
            ),
        )

    def _write_targets(self, scene: _Scene, groups: list[TargetGroup]) -> None:
        self._require(scene, ServiceName.PROMETHEUS)
        content = render_targets(groups)
        engine = scene.connection.engine
        with self._targets_lock:
            there = engine.read(scene.project, ServiceName.PROMETHEUS, f"{FOLDER}/{FILE}")
            if there.get(FILE) != content:
                engine.write(scene.project, ServiceName.PROMETHEUS, FOLDER, pack_targets(content))

    def _administration(self, scene: _Scene, service: ServiceName) -> ServiceAccess:
        return self._access(scene, service, ADMINISTRATOR if service is ServiceName.GRAFANA else USER)

    def _access(self, scene: _Scene, service: ServiceName, user: str) -> ServiceAccess:
        found = scene.connection.engine.container_state(scene.project, service)
        if found is None or not found.ports:
            raise not_deployed(service)
        address, port = next(iter(found.ports.values()))
        kind = {ADMINISTRATOR: "grafana-admin", VIEWER: "grafana-viewer"}.get(user, service.value)
        password = self._secrets.get(secret_name(scene.project, kind))
        if password is None:
            raise StackError(
                reason=f"The password of {service.capitalize()} is no longer in the keyring.",
                what_to_do="Deploy the stack again: that makes a new one.",
            )
        return ServiceAccess(scene.connection.reach.base_url(address, port), user, password)

    def _require(self, scene: _Scene, service: ServiceName) -> None:
        if scene.connection.engine.container_state(scene.project, service) is None:
            raise not_deployed(service)

    def _read_definition(self, options: StackOptions) -> Definition:
        try:
            text = (self._folder / "compose.yaml").read_text("utf-8")
        except OSError as error:
            raise StackError(
                str(error), reason="The stack's definition cannot be read.", what_to_do="Install Plantwatch again."
            ) from error
        return read_compose(text, variables(options))
