"""Reads stack/compose.yaml: the declared subset of the Compose specification, and nothing else.

What is not declared here is refused with its path, so that a key which Compose would obey is never silently ignored by the application.
Keys that begin with `x-` are Compose's own way to hold fragments and are skipped.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import msgspec
import yaml

from app.errors import StackError

_VARIABLE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>[A-Z_][A-Z0-9_]*)(?::-(?P<default>[^${}]*))?\}|(?P<bad>))")
_PORT = re.compile(r"(?P<address>\[[0-9A-Fa-f:]+\]|[^:\[\]]+):(?P<host>\d+):(?P<container>\d+)")
_MOUNT = re.compile(r"(?P<volume>[A-Za-z0-9][A-Za-z0-9_.-]*):(?P<path>/[^:]*)")
_SIZE = re.compile(r"(?P<count>\d+)(?P<unit>[bkmg])", re.IGNORECASE)
_SECONDS = re.compile(r"(?P<count>\d+)s")
_UNITS = {"b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


@dataclass(frozen=True, slots=True)
class Port:
    """A published TCP port. `address` is without brackets."""

    address: str
    host: int
    container: int


@dataclass(frozen=True, slots=True)
class Mount:
    """A named volume and where the container sees it."""

    volume: str
    path: str


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """One service, rendered. `memory` is in bytes, `stop_seconds` how long it may take to stop."""

    name: str
    image: str
    user: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ports: tuple[Port, ...]
    mounts: tuple[Mount, ...]
    tmpfs: tuple[str, ...]
    networks: tuple[str, ...]
    labels: Mapping[str, str]
    restart: str
    read_only: bool
    cap_drop: tuple[str, ...]
    security_opt: tuple[str, ...]
    log_driver: str
    log_options: Mapping[str, str]
    memory: int
    stop_seconds: int


@dataclass(frozen=True, slots=True)
class Definition:
    """The whole file, rendered. Networks and volumes are names with their labels."""

    services: tuple[ServiceDefinition, ...]
    networks: Mapping[str, Mapping[str, str]]
    volumes: Mapping[str, Mapping[str, str]]


class _Logging(msgspec.Struct, forbid_unknown_fields=True):
    driver: str
    options: dict[str, str]


class _Service(msgspec.Struct, forbid_unknown_fields=True):
    image: str
    user: str
    restart: Literal["unless-stopped"]
    read_only: bool
    cap_drop: list[str]
    security_opt: list[str]
    networks: list[str]
    logging: _Logging
    mem_limit: str
    volumes: list[str]
    ports: list[str] = []
    command: list[str] = []
    environment: dict[str, str] = {}
    labels: dict[str, str] = {}
    tmpfs: list[str] = []
    stop_grace_period: str = "10s"


class _Labelled(msgspec.Struct, forbid_unknown_fields=True):
    labels: dict[str, str] = {}


_T = TypeVar("_T")


def read_compose(text: str, variables: Mapping[str, str]) -> Definition:
    """The definition in `text` with `${NAME}` and `${NAME:-default}` replaced from `variables`.

    Raises StackError naming the path of whatever is missing, unknown, or not written in the declared form.
    """
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise _wrong("the file", "is not YAML", str(error)) from error
    if not isinstance(document, dict):
        raise _wrong("the file", "is not a mapping")
    sections = {key: value for key, value in document.items() if not str(key).startswith("x-")}
    for key in sections:
        if key not in {"services", "networks", "volumes"}:
            raise _wrong(str(key), "is not part of the declared subset")
    rendered = {key: _interpolated(value, variables, key) for key, value in sections.items()}
    definition = Definition(
        services=tuple(
            _service(name, _converted(value, _Service, f"services.{name}"))
            for name, value in _section(rendered, "services").items()
        ),
        networks=_labelled(rendered, "networks"),
        volumes=_labelled(rendered, "volumes"),
    )
    _check_references(definition)
    return definition


def interpolate(text: str, variables: Mapping[str, str], path: str = "the file") -> str:
    """`text` with `${NAME}`, `${NAME:-default}` and `$$` replaced. Raises StackError for any other use of `$`, or an unknown name."""

    def replaced(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        if match["name"] is None:
            raise _wrong(path, "holds a “$” that is neither ${NAME}, ${NAME:-default} nor $$", text)
        value = variables.get(match["name"], match["default"])
        if value is None:
            raise _wrong(path, f"needs the variable {match['name']}, which has no value and no default")
        return value

    return _VARIABLE.sub(replaced, text)


def _interpolated(value: Any, variables: Mapping[str, str], path: str) -> Any:
    if isinstance(value, str):
        return interpolate(value, variables, path)
    if isinstance(value, list):
        return [_interpolated(item, variables, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: _interpolated(item, variables, f"{path}.{key}") for key, item in value.items()}
    return value


def _section(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    return _converted(document.get(name), dict[str, Any], name)


def _labelled(document: Mapping[str, Any], name: str) -> dict[str, Mapping[str, str]]:
    return {
        key: _converted(value or {}, _Labelled, f"{name}.{key}").labels
        for key, value in _section(document, name).items()
    }


def _converted(value: Any, kind: type[_T], path: str) -> _T:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise _wrong(path, "is not in the declared form", str(error)) from error


def _service(name: str, raw: _Service) -> ServiceDefinition:
    path = f"services.{name}"
    ports = tuple(
        Port(found["address"].strip("[]"), int(found["host"]), int(found["container"]))
        for found in _matches(_PORT, raw.ports, f"{path}.ports", "ADDRESS:PORT:PORT")
    )
    mounts = tuple(
        Mount(found["volume"], found["path"])
        for found in _matches(_MOUNT, raw.volumes, f"{path}.volumes", "VOLUME:/PATH")
    )
    (size,) = _matches(_SIZE, [raw.mem_limit], f"{path}.mem_limit", "a number and b, k, m or g")
    (grace,) = _matches(_SECONDS, [raw.stop_grace_period], f"{path}.stop_grace_period", "a number and s")
    if ":" not in raw.image.rpartition("/")[2]:
        raise _wrong(f"{path}.image", "is not pinned to a version", raw.image)
    return ServiceDefinition(
        name=name,
        image=raw.image,
        user=raw.user,
        command=tuple(raw.command),
        environment=raw.environment,
        ports=ports,
        mounts=mounts,
        tmpfs=tuple(raw.tmpfs),
        networks=tuple(raw.networks),
        labels=raw.labels,
        restart=raw.restart,
        read_only=raw.read_only,
        cap_drop=tuple(raw.cap_drop),
        security_opt=tuple(raw.security_opt),
        log_driver=raw.logging.driver,
        log_options=raw.logging.options,
        memory=int(size["count"]) * _UNITS[size["unit"].lower()],
        stop_seconds=int(grace["count"]),
    )


def _matches(pattern: re.Pattern[str], texts: list[str], path: str, form: str) -> list[re.Match[str]]:
    found = []
    for index, text in enumerate(texts):
        match = pattern.fullmatch(text)
        if match is None:
            raise _wrong(f"{path}[{index}]", f"is not of the form {form}", text)
        found.append(match)
    return found


def _check_references(definition: Definition) -> None:
    for service in definition.services:
        for mount in service.mounts:
            if mount.volume not in definition.volumes:
                raise _wrong(f"services.{service.name}.volumes", f"names {mount.volume}, which is not under volumes")
        for network in service.networks:
            if network not in definition.networks:
                raise _wrong(f"services.{service.name}.networks", f"names {network}, which is not under networks")


def _wrong(path: str, problem: str, evidence: str = "") -> StackError:
    return StackError(
        evidence,
        reason=f"The definition of the stack cannot be used: {path} {problem}.",
        what_to_do="Correct stack/compose.yaml, or install Plantwatch again.",
    )
