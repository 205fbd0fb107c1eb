"""Desired minus actual: what has to be done to bring a Docker host to the definition. Pure; nothing here talks to an engine."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field

from app.models.stack import Action, ActionKind, ServiceName
from app.services.stack.compose import Definition, ServiceDefinition
from app.services.stack.configuration import Configuration

#: Services that take a new configuration while they run. The others get a new container.
RELOADABLE = frozenset({ServiceName.PROMETHEUS, ServiceName.ALERTMANAGER})

#: Part of every definition hash: raise it when the way a container is created from its definition changes.
_CREATION_VERSION = 1


@dataclass(frozen=True, slots=True)
class Desired:
    """What should be on the host. `fingerprints` are those of the services' configurations."""

    project: str
    definition: Definition
    fingerprints: Mapping[str, str]

    @classmethod
    def of(cls, project: str, definition: Definition, configurations: Mapping[ServiceName, Configuration]) -> "Desired":
        return cls(project, definition, {name.value: item.fingerprint for name, item in configurations.items()})


@dataclass(frozen=True, slots=True)
class ActualContainer:
    """A container of ours as found. `state` is the engine's word: created, running, restarting, exited, paused, dead, removing."""

    id: str
    service: str
    state: str
    image_id: str
    definition_hash: str
    fingerprint: str
    """Of the configuration that was delivered and taken; empty if none ever was."""


@dataclass(frozen=True, slots=True)
class Actual:
    """What is on the host and ours. `images` maps references of the definition to image ids, as far as they are there."""

    images: Mapping[str, str] = field(default_factory=dict)
    networks: frozenset[str] = frozenset()
    volumes: frozenset[str] = frozenset()
    containers: Mapping[str, ActualContainer] = field(default_factory=dict)


def definition_hash(service: ServiceDefinition) -> str:
    """Changes exactly when a container of this service would have to be made anew."""
    text = json.dumps([_CREATION_VERSION, asdict(service)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def difference(desired: Desired, actual: Actual) -> tuple[Action, ...]:
    """The actions that make `actual` into `desired`, in the order in which they are applied; none if it is so already."""
    return tuple(_actions(desired, actual))


def drift(service: ServiceDefinition, desired: Desired, actual: Actual) -> str:
    """How the service differs from its definition, in one phrase; empty if it does not."""
    actions = list(_service_actions(service, desired, actual))
    return actions[0].reason if actions else ""


def _actions(desired: Desired, actual: Actual) -> Iterator[Action]:
    definition = desired.definition
    for image in dict.fromkeys(service.image for service in definition.services):
        if image not in actual.images:
            yield Action(ActionKind.GET_IMAGE, image, "is not on the host")
    for network in definition.networks:
        if network not in actual.networks:
            yield Action(ActionKind.CREATE_NETWORK, network, "does not exist yet")
    for volume in definition.volumes:
        if volume not in actual.volumes:
            yield Action(ActionKind.CREATE_VOLUME, volume, "does not exist yet")
    names = {service.name for service in definition.services}
    for stray in sorted(actual.containers.keys() - names):
        yield Action(ActionKind.REMOVE_CONTAINER, stray, "is no longer part of the stack")
    for service in definition.services:
        yield from _service_actions(service, desired, actual)


def _service_actions(service: ServiceDefinition, desired: Desired, actual: Actual) -> Iterator[Action]:
    name = service.name
    container = actual.containers.get(name)
    if container is None:
        yield from _creation(name, "does not exist yet")
        return
    reason = _why_replace(service, container, desired, actual)
    if reason:
        yield Action(ActionKind.REMOVE_CONTAINER, name, reason)
        yield from _creation(name, reason)
        return
    if container.fingerprint != desired.fingerprints[name]:
        yield Action(ActionKind.WRITE_CONFIGURATION, name, "its configuration has changed")
    if container.state not in {"running", "restarting"}:
        yield Action(ActionKind.START_CONTAINER, name, f"is {container.state}")


def _creation(name: str, reason: str) -> Iterator[Action]:
    yield Action(ActionKind.CREATE_CONTAINER, name, reason)
    yield Action(ActionKind.WRITE_CONFIGURATION, name, reason)
    yield Action(ActionKind.START_CONTAINER, name, reason)


def _why_replace(service: ServiceDefinition, container: ActualContainer, desired: Desired, actual: Actual) -> str:
    if container.state in {"created", "dead", "removing"}:
        return "was never started" if container.state == "created" else "is broken"
    if not container.fingerprint:
        return "was never configured"
    if container.definition_hash != definition_hash(service):
        return "its definition has changed"
    if actual.images.get(service.image, container.image_id) != container.image_id:
        return f"does not run the image {service.image}"
    changed = container.fingerprint != desired.fingerprints[service.name]
    if changed and service.name not in RELOADABLE:
        return "its configuration has changed"
    if changed and container.state == "restarting":
        return "does not stay up, and its configuration has changed"
    return ""
