"""Devices: what was found on them, and what was changed."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class InitSystem(StrEnum):
    SYSTEMD = "systemd"
    OPENRC = "openrc"
    SYSV = "sysv"
    UNKNOWN = "unknown"


class Privilege(StrEnum):
    """How the login becomes root."""

    ROOT = "root"
    SUDO = "sudo"
    SUDO_PASSWORD = "sudo with password"  # noqa: S105 - the name of a way
    DOAS = "doas"
    DOAS_PASSWORD = "doas with password"  # noqa: S105 - the name of a way
    """Of no use: doas reads a password from a terminal only."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a device is, as found without changing it. Empty text and 0 mean unknown; sizes are bytes."""

    hostname: str = ""
    os_id: str = ""
    os_name: str = ""
    os_version: str = ""
    kernel: str = ""
    machine: str = ""
    """As `uname -m` prints it."""
    architecture: str = ""
    """In the exporter's release names ("amd64", "armv7"); empty when there is no build for the machine."""
    init: InitSystem = InitSystem.UNKNOWN
    privilege: Privilege = Privilege.NONE
    cpu_count: int = 0
    memory_bytes: int = 0
    free_bytes: int = 0
    """Free where the exporter is to be installed."""
    port_holder: str = ""
    """Who listens on the exporter's port: a process name, "unknown process", or empty when it is free."""
    installed_version: str = ""
    """Version of an exporter that Plantwatch installed before; empty for none."""
    clock_offset_seconds: float = 0.0
    """The device's clock minus ours."""
    addresses: tuple[str, ...] = ()
    """Where others may reach it: its IP addresses but for loopback and link-local ones, in canonical form."""
    machine_id: str = ""
    """HMAC-SHA256 of /etc/machine-id in hex, made on the device. Empty: it has none that lasts."""


@dataclass(frozen=True, slots=True)
class DeviceChange:
    """Another device answered at an endpoint's address, or its device had changed."""

    seen_at: datetime
    fingerprint: str = ""
    """Of the host key that was shown in place of the known one; empty: it was the known one."""
    machine_id: str = ""
    """As in `Facts`, found in place of the known one; empty: the same, or nobody logged in to see."""


class ChangeKind(StrEnum):
    DIRECTORY = "directory"
    FILE = "file"
    USER = "user"
    GROUP = "group"
    UNIT = "unit"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing made on a device. `name` is a path, user, group or unit; `sha256` (hex) is set for files."""

    kind: ChangeKind
    name: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """All that was made on a device, in the order in which it was made. Removing undoes it in the reverse order."""

    exporter_version: str
    architecture: str
    changes: tuple[Change, ...] = field(default=())
