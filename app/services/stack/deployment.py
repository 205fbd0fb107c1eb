"""Brings a Docker host to the definition: applies a plan step by step, and takes back what it made when a step fails or is cancelled."""

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from app.errors import StackError
from app.models.stack import Action, ActionKind, ServiceAccess, ServiceName
from app.services.progress import CancelToken, LogLine, Report, StepAdvanced, step
from app.services.stack.compose import ServiceDefinition
from app.services.stack.configuration import Configuration
from app.services.stack.engine import Engine
from app.services.stack.names import CONTENT
from app.services.stack.plan import Actual, Desired, difference
from app.services.stack.probe import ask, examine
from app.services.stack.undo import Undo

_HEALTHY_WITHIN = 180
_RELOAD_WITHIN = 30
_REFUSED_FOR = 5
_POLL = 0.25
_LOG_TAIL = 15


class DeployStep(StrEnum):
    """The steps of a deployment, in order. CREATE, CONFIGURE, START and HEALTHY come once a service, GET_IMAGES once a missing image."""

    CONNECT = "connect"
    GET_IMAGES = "get images"
    NETWORK = "network"
    VOLUMES = "volumes"
    CREATE = "create"
    CONFIGURE = "configure"
    START = "start"
    HEALTHY = "healthy"
    VIEWER = "viewer"
    TARGETS = "targets"


@dataclass(frozen=True, slots=True)
class Wish:
    """What a deployment is for: the desired state, the configurations behind its fingerprints, and how the services are reached."""

    desired: Desired
    configurations: Mapping[ServiceName, Configuration]
    access: Callable[[ServiceName], ServiceAccess]


class Deployment:
    """One run. `apply` then `settle`; on any exception call `undo`."""

    def __init__(self, engine: Engine, wish: Wish, actual: Actual, *, report: Report, token: CancelToken) -> None:
        self._engine = engine
        self._wish = wish
        self._project = wish.desired.project
        self._definition = wish.desired.definition
        self._actual = actual
        self._actions = difference(wish.desired, actual)
        self._report = report
        self._token = token
        self._undo = Undo(report)

    @property
    def is_first(self) -> bool:
        """Whether there was no container of the stack before."""
        return not self._actual.containers

    def apply(self) -> None:
        """Images, network, volumes, containers, configurations. Raises StackError, HostError or Cancelled."""
        self._get_images()
        self._make_network()
        self._make_volumes()
        self._remove_strays()
        for service in self._definition.services:
            actions = self._for_service(service.name)
            self._create(service, actions)
            self._configure(service, actions)
            self._start(service, actions)

    def settle(self) -> None:
        """Waits until every service does its work. Raises StackError with the service's own words when one does not."""
        for service in self._definition.services:
            name = ServiceName(service.name)
            with step(self._report, self._token, DeployStep.HEALTHY, service.name) as done:
                done.detail = self._wait_healthy(name)

    def undo(self) -> None:
        """Removes what this run made. What was there before, or has taken its place, stays: a service is never lost for a failure of another."""
        self._undo.run()

    # -- steps -----------------------------------------------------------------------------------------------------------------------

    def _get_images(self) -> None:
        missing = self._named(ActionKind.GET_IMAGE)
        if not missing:
            with step(self._report, self._token, DeployStep.GET_IMAGES) as done:
                done.detail = "were there already"
        for image in missing:
            with step(self._report, self._token, DeployStep.GET_IMAGES, image) as done:
                done.detail = self._pull(image)

    def _pull(self, image: str) -> str:
        layers: dict[str, tuple[int, int]] = {}
        with closing(self._engine.pull(image)) as messages:
            for message in messages:
                self._token.check()
                self._tell_layer(image, message, layers)
        return f"{sum(total for _, total in layers.values()) / 1e6:.1f} MB"

    def _tell_layer(self, image: str, message: Mapping[str, Any], layers: dict[str, tuple[int, int]]) -> None:
        """Report a message of the engine; `layers` keeps bytes done and in all for each layer."""
        layer, state, detail = message.get("id"), message.get("status", ""), message.get("progressDetail") or {}
        if state == "Downloading" and layer and detail.get("total"):
            layers[layer] = (detail.get("current", 0), detail["total"])
            done, total = (sum(column) for column in zip(*layers.values(), strict=True))
            self._report(StepAdvanced(DeployStep.GET_IMAGES, done, total, image))
        elif layer and state not in {"Downloading", "Extracting"}:
            if layer in layers and state == "Download complete":
                layers[layer] = (layers[layer][1], layers[layer][1])
            self._report(LogLine(f"{layer}: {state}"))

    def _make_network(self) -> None:
        with step(self._report, self._token, DeployStep.NETWORK) as done:
            missing = self._named(ActionKind.CREATE_NETWORK)
            for key in missing:
                self._engine.create_network(self._project, key, self._definition.networks[key])
                self._undo.add(f"the network {key}", partial(self._engine.remove_network, self._project, key))
            done.detail = "created" if missing else "was there already"

    def _make_volumes(self) -> None:
        with step(self._report, self._token, DeployStep.VOLUMES) as done:
            missing = self._named(ActionKind.CREATE_VOLUME)
            for key in missing:
                self._create_volume(key)
                self._undo.add(f"the volume {key}", partial(self._engine.remove_volume, self._project, key))
            done.detail = f"{len(missing)} created" if missing else "were there already"

    def _remove_strays(self) -> None:
        names = {service.name for service in self._definition.services}
        for name in self._named(ActionKind.REMOVE_CONTAINER):
            if name not in names:
                with step(self._report, self._token, DeployStep.CREATE, name) as done:
                    self._engine.remove_container(self._project, name)
                    done.detail = "removed"

    def _create(self, service: ServiceDefinition, actions: Mapping[ActionKind, Action]) -> None:
        with step(self._report, self._token, DeployStep.CREATE, service.name) as done:
            if ActionKind.CREATE_CONTAINER not in actions:
                done.detail = "was there already"
                return
            if ActionKind.REMOVE_CONTAINER in actions:
                self._engine.stop(self._project, service.name, service.stop_seconds)
                self._engine.remove_container(self._project, service.name)
            self._renew_configuration_volumes(service)
            self._engine.create_container(self._project, service)
            if ActionKind.REMOVE_CONTAINER in actions:
                done.detail = actions[ActionKind.CREATE_CONTAINER].reason
            else:
                back = partial(self._engine.remove_container, self._project, service.name)
                self._undo.add(f"the container {service.name}", back)
                done.detail = "created"

    def _configure(self, service: ServiceDefinition, actions: Mapping[ActionKind, Action]) -> None:
        with step(self._report, self._token, DeployStep.CONFIGURE, service.name) as done:
            if ActionKind.WRITE_CONFIGURATION not in actions:
                done.detail = "unchanged"
                return
            configuration = self._wish.configurations[ServiceName(service.name)]
            running = ActionKind.START_CONTAINER not in actions
            if running:
                self.reconfigure(ServiceName(service.name))
            else:
                archive = configuration.archive(stamped=True)
                self._engine.write(self._project, service.name, configuration.root, archive)
            done.detail = f"{len(configuration.files)} files" + (", taken without a restart" if running else "")

    def _start(self, service: ServiceDefinition, actions: Mapping[ActionKind, Action]) -> None:
        with step(self._report, self._token, DeployStep.START, service.name) as done:
            if ActionKind.START_CONTAINER not in actions:
                done.detail = "runs already"
                return
            self._engine.start(self._project, service.name)

    # ---------------------------------------------------------------------------------------------------------------------------------

    def reconfigure(self, name: ServiceName) -> None:
        """Gives a running service its files anew. When it does not take them the old ones come back, and it goes on with them: StackError."""
        configuration = self._wish.configurations[name]
        before = configuration.previous(self._engine.read(self._project, name, configuration.root))
        self._engine.write(self._project, name, configuration.root, configuration.archive(stamped=False))
        access = self._wish.access(name)
        deadline = time.monotonic() + _RELOAD_WITHIN
        answer = ask(access, "POST", "/-/reload")
        while not answer.status and time.monotonic() < deadline:
            self._token.sleep(_POLL)
            answer = ask(access, "POST", "/-/reload")
        if not answer.ok:
            self._engine.write(self._project, name, configuration.root, before)
            raise StackError(
                f"HTTP {answer.status}: {answer.text}\n{self._tail(name)}",
                reason=f"{name.capitalize()} does not take its new configuration and goes on with the old one.",
                what_to_do="What it objects to is in the evidence. Correct the stack's files, then deploy again.",
            )
        self._engine.write(self._project, name, configuration.root, configuration.stamp())

    def _wait_healthy(self, name: ServiceName) -> str:
        access = self._wish.access(name)
        begun = time.monotonic()
        refused_since: float | None = None
        while True:
            self._token.check()
            verdict = examine(name, access)
            if verdict.healthy:
                return verdict.evidence
            self._check_runs(name)
            now = time.monotonic()
            refused_since = (refused_since or now) if verdict.refused else None
            if refused_since is not None and now - refused_since > _REFUSED_FOR:
                raise _password_unknown(name, verdict.evidence)
            if now - begun > _HEALTHY_WITHIN:
                raise StackError(
                    f"{verdict.evidence}\n{self._tail(name)}",
                    reason=f"{name.capitalize()} runs but does not work after {_HEALTHY_WITHIN} seconds.",
                    what_to_do="Its answer and the end of its log are the evidence. Mend the cause, then deploy again.",
                )
            self._token.sleep(_POLL)

    def _check_runs(self, name: ServiceName) -> None:
        state = self._engine.container_state(self._project, name)
        if state is None or state.state in {"exited", "dead"} or state.restarts > 1:
            code = "" if state is None else f"exit status {state.exit_code}\n"
            raise StackError(
                f"{code}{self._tail(name) if state else ''}",
                reason=f"{name.capitalize()} does not stay up.",
                what_to_do="The end of its log is the evidence. Mend the cause, then deploy again.",
            )

    def _renew_configuration_volumes(self, service: ServiceDefinition) -> None:
        """A new container starts from its configuration alone, without files of an older version."""
        for mount in service.mounts:
            labels = self._definition.volumes[mount.volume]
            if labels.get(CONTENT) == "configuration":
                self._engine.remove_volume(self._project, mount.volume)
                self._create_volume(mount.volume)

    def _create_volume(self, key: str) -> None:
        self._engine.create_volume(self._project, key, self._definition.volumes[key])

    def _tail(self, name: str) -> str:
        return self._engine.logs(self._project, name, _LOG_TAIL)

    def _named(self, kind: ActionKind) -> list[str]:
        return [action.name for action in self._actions if action.kind is kind]

    def _for_service(self, name: str) -> dict[ActionKind, Action]:
        return {action.kind: action for action in self._actions if action.name == name}


def _password_unknown(name: ServiceName, evidence: str) -> StackError:
    if name is ServiceName.GRAFANA:
        hint = (
            "Grafana keeps the administrator's password that it was first started with, and the keyring no longer has it. Set a new one in its "
            "container with “grafana cli admin reset-admin-password --password-from-stdin” to the one in /etc/grafana/secrets/admin-password, "
            "or take the stack down with its data and deploy it again."
        )
    else:
        hint = "Take the stack down (its data can stay), then deploy it again."
    return StackError(
        evidence, reason=f"{name.capitalize()} does not accept the password in the keyring.", what_to_do=hint
    )
