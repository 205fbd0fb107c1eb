"""What the operator has chosen, in one TOML file. Never a secret: those are in the keyring."""

import ipaddress
import logging
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final
from urllib.parse import urlsplit

import tomli_w

from app.errors import InputError
from app.models.stack import DockerHost, StackOptions
from app.paths import DataPaths

logger = logging.getLogger(__name__)

DEFAULT_KIT_URL: Final = "https://github.com/prometheus/node_exporter/releases/download"
DEFAULT_KIT_VERSION: Final = "1.12.1"

KIT_URL_VARIABLE: Final = "PLANTWATCH_KIT_URL"
KIT_VERSION_VARIABLE: Final = "PLANTWATCH_KIT_VERSION"
DOCKER_HOST_VARIABLE: Final = "DOCKER_HOST"

THEMES: Final = ("system", "light", "dark")

_PROJECT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_LANGUAGE = re.compile(r"([a-z]{2,3}(_[A-Z]{2})?)?")
_VERSION = re.compile(r"\d+\.\d+\.\d+[A-Za-z0-9.+-]*")
_DOCKER_SCHEMES = ("unix", "npipe", "ssh", "tcp", "http", "https")
_KIT_SCHEMES = ("http", "https")
_DATABASE_SCHEMES = ("postgresql", "postgres", "postgresql+psycopg")


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings, checked at construction; raises InputError, whose `field` is the key in the file ("stack.grafana_port")."""

    docker_host: DockerHost = field(default_factory=DockerHost)
    stack: StackOptions = field(default_factory=StackOptions)
    kit_url: str = DEFAULT_KIT_URL
    """Where exporter builds come from: `<kit_url>/v<version>/node_exporter-…` below it."""
    kit_version: str = DEFAULT_KIT_VERSION
    database_url: str = ""
    """A PostgreSQL database without its password ("postgresql://user@server/name"); empty: a SQLite file in the data directory."""
    language: str = ""
    """A language code ("de", "pt_BR"); empty: the desktop's."""
    theme: str = "system"

    def __post_init__(self) -> None:
        values = _flatten(_document(self))
        for key, check in _CHECKS.items():
            check(key, values[key])


def load(paths: DataPaths, environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings in the file, defaults where it is silent, and what `environment` says in place of some.

    PLANTWATCH_KIT_URL and PLANTWATCH_KIT_VERSION win over the file; DOCKER_HOST counts when the file names no Docker host. Unknown keys
    are logged as warnings. Raises InputError naming the key, the value and what is allowed.
    """
    stored = _stored(paths)
    return replace(stored, **_overrides(stored, environment))


def save(paths: DataPaths, settings: Settings, environment: Mapping[str, str] = os.environ) -> None:
    """Write the file anew, all or nothing. What only `environment` says, and keys of other versions, stay as they are in the file."""
    document = _read(paths)
    stored = _settings_from(document)
    overrides = _overrides(stored, environment)
    from_environment = {
        name: getattr(stored, name) for name, value in overrides.items() if getattr(settings, name) == value
    }
    for section, values in _document(replace(settings, **from_environment)).items():
        if isinstance(values, dict):
            document.setdefault(section, {}).update(values)
        else:
            document[section] = values
    unfinished = paths.settings.with_suffix(".part")
    with unfinished.open("wb") as file:
        tomli_w.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(paths.settings)


def _overrides(stored: Settings, environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if url := environment.get(KIT_URL_VARIABLE):
        found["kit_url"] = url
    if version := environment.get(KIT_VERSION_VARIABLE):
        found["kit_version"] = version
    if (host := environment.get(DOCKER_HOST_VARIABLE)) and stored.docker_host == DockerHost():
        found["docker_host"] = DockerHost(url=host)
    return found


def _stored(paths: DataPaths) -> Settings:
    document = _read(paths)
    settings = _settings_from(document)
    for key in _flatten(document):
        if key not in _CHECKS:
            logger.warning("%s: unknown key %s", paths.settings, key)
    return settings


def _read(paths: DataPaths) -> dict[str, Any]:
    try:
        return tomllib.loads(paths.settings.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(
            "settings", f"{paths.settings} is not a TOML file ({error}).", hint="Mend the file, or move it away."
        ) from None


def _document(settings: Settings) -> dict[str, Any]:
    """The settings as they stand in the file."""
    host, stack = settings.docker_host, settings.stack
    return {
        "language": settings.language,
        "theme": settings.theme,
        "docker": {"url": host.url, "context": host.context},
        "stack": {
            "project": stack.project,
            "publish_address": stack.publish_address,
            "prometheus_port": stack.prometheus_port,
            "alertmanager_port": stack.alertmanager_port,
            "grafana_port": stack.grafana_port,
            "scrape_interval_seconds": stack.scrape_interval_seconds,
            "retention_days": stack.retention_days,
        },
        "kit": {"url": settings.kit_url, "version": settings.kit_version},
        "database": {"url": settings.database_url},
    }


def _settings_from(document: Mapping[str, Any]) -> Settings:
    found = _flatten(document)
    for key, value in found.items():
        if check := _CHECKS.get(key):
            check(key, value)
        elif any(known.startswith(f"{key}.") for known in _CHECKS):
            raise _refuse(key, value, f"a section, [{key}]")
    stack = {
        key.removeprefix("stack."): value for key, value in found.items() if key.startswith("stack.") and key in _CHECKS
    }
    return Settings(
        docker_host=DockerHost(url=found.get("docker.url", ""), context=found.get("docker.context", "")),
        stack=replace(StackOptions(), **stack),
        kit_url=found.get("kit.url", DEFAULT_KIT_URL),
        kit_version=found.get("kit.version", DEFAULT_KIT_VERSION),
        database_url=found.get("database.url", ""),
        language=found.get("language", ""),
        theme=found.get("theme", "system"),
    )


def _flatten(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """{"stack": {"project": "x"}} becomes {"stack.project": "x"}."""
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat


Check = Callable[[str, Any], None]


def _refuse(key: str, value: object, allowed: str) -> InputError:
    return InputError(
        key, f"{value!r} is not allowed; allowed is {allowed}.", label=key, hint=f"Change {key} in the settings."
    )


def _pattern(pattern: re.Pattern[str], allowed: str) -> Check:
    def check(key: str, value: Any) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise _refuse(key, value, allowed)

    return check


def _one_of(*allowed: str) -> Check:
    def check(key: str, value: Any) -> None:
        if value not in allowed:
            raise _refuse(key, value, " or ".join(repr(one) for one in allowed))

    return check


def _number(least: int, most: int) -> Check:
    def check(key: str, value: Any) -> None:
        # In Python, and not in TOML, true is a number.
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _refuse(key, value, f"a whole number from {least} to {most}")

    return check


def _url(schemes: tuple[str, ...], *, may_be_empty: bool) -> Check:
    def check(key: str, value: Any) -> None:
        if value == "" and may_be_empty:
            return
        allowed = f"an address that begins with {', '.join(f'{scheme}://' for scheme in schemes)}"
        if not isinstance(value, str):
            raise _refuse(key, value, allowed)
        try:
            parts = urlsplit(value)
        except ValueError:
            # Not quoted, here and below: it may hold a password.
            raise InputError(key, f"It is not a well-formed address; allowed is {allowed}.", label=key) from None
        if parts.password is not None or "password=" in parts.query.lower():
            raise InputError(key, "Leave the password out; it belongs in the keyring.", label=key)
        if parts.scheme not in schemes:
            raise _refuse(key, value, allowed)

    return check


def _address(key: str, value: Any) -> None:
    try:
        ipaddress.ip_address(value if isinstance(value, str) else "")
    except ValueError:
        raise _refuse(key, value, "an IP address, such as '127.0.0.1' or '0.0.0.0'") from None


def _text(key: str, value: Any) -> None:
    if not isinstance(value, str) or not value.isprintable():
        raise _refuse(key, value, "printable text")


_PORT = _number(1, 65535)

#: Every key that the file may hold, with what it must be.
_CHECKS: Final[Mapping[str, Check]] = {
    "language": _pattern(_LANGUAGE, "a language code such as 'de' or 'pt_BR', or nothing"),
    "theme": _one_of(*THEMES),
    "docker.url": _url(_DOCKER_SCHEMES, may_be_empty=True),
    "docker.context": _text,
    "stack.project": _pattern(_PROJECT, "lower-case letters, digits, - and _, beginning with a letter or digit"),
    "stack.publish_address": _address,
    "stack.prometheus_port": _PORT,
    "stack.alertmanager_port": _PORT,
    "stack.grafana_port": _PORT,
    "stack.scrape_interval_seconds": _number(1, 3600),
    "stack.retention_days": _number(1, 3650),
    "kit.url": _url(_KIT_SCHEMES, may_be_empty=False),
    "kit.version": _pattern(_VERSION, "a version such as '1.12.1'"),
    "database.url": _url(_DATABASE_SCHEMES, may_be_empty=True),
}
