"""Endpoints: what is monitored, and how it is reached."""

import base64
import binascii
import hashlib
import ipaddress
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise

from app.errors import InputError
from app.models.certificate import Certificate
from app.models.device import DeviceChange, Facts, Receipt
from app.models.metric_groups import Choice
from app.models.secret import NO_SECRET, Secret

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._ -]{0,61}[A-Za-z0-9])?")
_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_TAG = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,61}[A-Za-z0-9])?")
_JUMP = re.compile(r"(?P<user>[^@\s]+)@(?P<host>\[[^\]]+\]|[^:\s\[\]]+)(?::(?P<port>\d+))?")
_GROUP_MAXIMUM = 120
_NOTES_MAXIMUM = 10_000


class Lifecycle(StrEnum):
    """Where an endpoint is on its way into and out of monitoring. Whether it is up is not here: Prometheus knows that."""

    ENROLLING = "enrolling"
    """Work on the device has begun and not ended. Not a target yet, or being registered as one."""
    MONITORED = "monitored"
    """The exporter is installed and the endpoint is a target."""
    REMOVING = "removing"
    """The target is out; the device is being cleaned."""


def parse_name(text: str) -> str:
    """A name of an endpoint or of a profile: 1 to 63 letters, digits, `.`, `_`, `-` and inner blanks; begins and ends with a letter or digit."""
    name = text.strip()
    if not name:
        raise InputError("name", "A name is needed.")
    if not _NAME.fullmatch(name):
        raise InputError(
            "name",
            "Use 1 to 63 letters, digits, blanks and . _ -, beginning and ending with a letter or digit.",
        )
    return name


def parse_address(text: str, *, field_name: str = "address") -> str:
    """An IPv4 or IPv6 address in canonical form, or a host name in lower case. A port or user in it is refused with a hint."""
    address = text.strip().removeprefix("[").removesuffix("]")
    if not address:
        raise InputError(field_name, "An address is needed: an IP address or a host name.")
    if "@" in address:
        raise InputError(field_name, "Leave out the user and the @; the user has a field of its own.")
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        pass
    if ":" in address or "/" in address:
        raise InputError(field_name, f"{text.strip()} is not an address. The port has a field of its own.")
    name = address.rstrip(".").lower()
    labels = name.split(".")
    looks_like_ipv4 = all(label.isdigit() for label in labels)
    if looks_like_ipv4 or len(name) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in labels):
        raise InputError(field_name, f"{text.strip()} is neither an IP address nor a host name.")
    return name


def parse_jump(text: str) -> tuple[str, str, int]:
    """User, address and port of "USER@HOST[:PORT]"; IPv6 in brackets. Raises InputError."""
    if ":" in text.rpartition("@")[0]:
        raise InputError("jump", "A password does not belong here. It is asked for, and kept in the keyring.")
    found = _JUMP.fullmatch(text.strip())
    if found is None:
        raise InputError("jump", f"{text} is not a jump host.", hint="Write USER@HOST or USER@HOST:PORT.")
    address = parse_address(found["host"], field_name="jump")
    return found["user"], address, parse_port(found["port"] or 22, field_name="jump")


def parse_listen_address(text: str) -> str:
    """One IP address of a device for its exporter to listen on, in canonical form; empty, like 0.0.0.0 and ::, means all of them."""
    written = text.strip().removeprefix("[").removesuffix("]")
    if not written:
        return ""
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        raise InputError(
            "listen_address", f"{text.strip()} is not an IP address. Leave it empty for all addresses."
        ) from None
    # With a scope ("%eth0") it is valid on one link only, and what follows the sign is any text.
    if "%" in written or address.is_loopback or address.is_link_local or address.is_multicast:
        raise InputError(
            "listen_address", f"Prometheus cannot reach {address}: it is valid on the device or its link only."
        )
    return "" if address.is_unspecified else str(address)


def parse_port(value: str | int, *, field_name: str = "port") -> int:
    """A TCP port, 1 to 65535."""
    try:
        port = int(value)
    except ValueError:
        port = 0
    if not 1 <= port <= 65535:
        raise InputError(field_name, f"{value} is not a port. Ports are 1 to 65535; SSH usually has 22.")
    return port


def parse_tags(texts: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Tags without duplicates, sorted. Each: 1 to 63 letters, digits, `.`, `_`, `:` and `-`."""
    tags = sorted({text.strip() for text in texts if text.strip()})
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise InputError("tags", f"“{tag}” is not a tag. Use letters, digits and . _ : - without blanks.")
    return tuple(tags)


def parse_group(text: str, *, field_name: str) -> str:
    """A site's or region's name: any printable text up to 120 characters; may be empty."""
    name = " ".join(text.split())
    if len(name) > _GROUP_MAXIMUM or not all(character.isprintable() for character in name):
        raise InputError(field_name, f"Use at most {_GROUP_MAXIMUM} printable characters.")
    return name


def parse_notes(text: str) -> str:
    """Free text up to 10,000 characters, of several lines; no other control characters."""
    notes = text.strip()
    if len(notes) > _NOTES_MAXIMUM or not all(character.isprintable() or character in "\n\t" for character in notes):
        raise InputError("notes", f"Use at most {_NOTES_MAXIMUM} printable characters.")
    return notes


@dataclass(frozen=True, slots=True)
class HostKey:
    """The public key by which a device proves that it is itself: `kind` ("ssh-ed25519") and `blob` (base64), as in known_hosts."""

    kind: str
    blob: str

    @classmethod
    def parse(cls, text: str) -> "HostKey":
        """From "TYPE BASE64" or a known_hosts or .pub line holding that pair. Raises InputError("host_key")."""
        words = text.split()
        for kind, blob in pairwise(words):
            if not kind.startswith(("ssh-", "ecdsa-", "sk-")):
                continue
            try:
                raw = base64.b64decode(blob, validate=True)
            except binascii.Error:
                break
            if raw[4 : 4 + len(kind)] == kind.encode():
                return cls(kind, blob)
            break
        raise InputError(
            "host_key",
            "This is not an SSH host key.",
            hint="Paste one line of /etc/ssh/ssh_host_ed25519_key.pub: the type, a blank and the base64 text.",
        )

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it: "SHA256:" and base64 without padding."""
        digest = hashlib.sha256(base64.b64decode(self.blob)).digest()
        return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")

    def __str__(self) -> str:
        return f"{self.kind} {self.blob}"


@dataclass(frozen=True, slots=True)
class Jump:
    """A host on the way to a device: where it is, the key by which it proves itself, and the credential for logging in there."""

    address: str
    port: int
    host_key: HostKey
    credential_id: int

    @property
    def target(self) -> str:
        """host:port for people; IPv6 in brackets."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    def is_same_host(self, other: "Jump") -> bool:
        """Whether both are one jump host, known by its key: behind others, two sites may well use the same address."""
        return (self.address, self.port, self.host_key) == (other.address, other.port, other.host_key)


@dataclass(frozen=True, slots=True)
class EndpointDraft:
    """What the operator says about an endpoint. Values are checked and normalised at construction; raises InputError."""

    name: str
    address: str
    port: int = 22
    site: str = ""
    region: str = ""
    tags: tuple[str, ...] = ()
    notes: str = ""
    scrape_address: str = ""
    """Where Prometheus reaches the device, if not at `address` (NAT, jump host). Empty: the same."""
    exporter_port: int = 9100
    listen_address: str = ""
    """The one IP address of the device that the exporter listens on. Empty: all."""

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "name", parse_name(self.name))
        put(self, "address", parse_address(self.address))
        put(self, "port", parse_port(self.port))
        put(self, "site", parse_group(self.site, field_name="site"))
        put(self, "region", parse_group(self.region, field_name="region"))
        put(self, "tags", parse_tags(self.tags))
        put(self, "notes", parse_notes(self.notes))
        put(self, "exporter_port", parse_port(self.exporter_port, field_name="exporter_port"))
        if self.scrape_address.strip():
            put(self, "scrape_address", parse_address(self.scrape_address, field_name="scrape_address"))
        else:
            put(self, "scrape_address", "")
        put(self, "listen_address", parse_listen_address(self.listen_address))

    @property
    def scrape_target(self) -> str:
        """host:port for Prometheus; IPv6 in brackets."""
        return _scrape_target(self)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The record of something monitored, as the inventory holds it. Times are aware and in UTC."""

    id: int
    name: str
    address: str
    port: int
    site: str
    region: str
    tags: tuple[str, ...]
    notes: str
    scrape_address: str
    exporter_port: int
    lifecycle: Lifecycle
    host_key: HostKey | None
    credential_id: int | None
    facts: Facts | None
    receipt: Receipt | None
    created_at: datetime
    changed_at: datetime
    certificate: Certificate | None = None
    """What its exporter serves with. None: it was enrolled by a version that knew plain HTTP only."""
    listen_address: str = ""
    device_change: DeviceChange | None = None
    """What the last contact saw if it was not the known device; its lifecycle goes on regardless."""

    jumps: tuple[Jump, ...] = ()
    """The jump hosts on the way to it, in order; SSH only."""
    standby_credential_id: int | None = None
    """While a login takes another's place: the later one of the two until it has proved itself, then the former until it is forgotten."""
    metrics: Choice = None
    """The groups of metrics that its exporter was installed with."""

    @property
    def scrape_host(self) -> str:
        """Where Prometheus reaches the exporter: an address or a name, without the port."""
        return _scrape_host(self)

    @property
    def scrape_target(self) -> str:
        """host:port for Prometheus; IPv6 in brackets."""
        return _scrape_target(self)

    @property
    def is_named_by_certificate(self) -> bool:
        """Whether its certificate is good for the address at which Prometheus asks; without one nobody looks."""
        return self.certificate is None or self.certificate.covers(self.scrape_host)

    @property
    def ssh_target(self) -> str:
        """host:port for people; IPv6 in brackets."""
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


def _scrape_host(record: EndpointDraft | Endpoint) -> str:
    """Where nothing else is said, the one address that the exporter listens on, or the one that SSH uses."""
    return record.scrape_address or record.listen_address or record.address


def _scrape_target(record: EndpointDraft | Endpoint) -> str:
    host = _scrape_host(record)
    return f"[{host}]:{record.exporter_port}" if ":" in host else f"{host}:{record.exporter_port}"


class LoginKind(StrEnum):
    PASSWORD = "password"  # noqa: S105 - the name of a way to log in
    KEY_FILE = "key_file"
    AGENT = "agent"
    """The keys of the operator's ssh-agent."""
    QUESTIONS = "questions"
    """What the device asks is answered by the operator at each login; nothing is kept."""
    OWN_KEY = "own_key"
    """A key that Plantwatch made for this endpoint alone; its private half, in OpenSSH's format, is the secret."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A record that names a secret in the keyring: never the secret itself."""

    id: int
    user: str
    kind: LoginKind
    key_file: str = ""
    """Path of the private key, for KEY_FILE: its passphrase, if any, is the secret. For AGENT, of the public half of the only key to
    offer; empty: all of them."""
    name: str = ""
    """By which many endpoints share it, as a profile. Empty: it is an endpoint's own, and goes with that."""

    @property
    def secret_name(self) -> str:
        return f"credential/{self.id}"

    @property
    def sudo_secret_name(self) -> str:
        return f"{self.secret_name}/sudo"


@dataclass(frozen=True, slots=True)
class Usage:
    """A credential and the names of the endpoints that need it, sorted."""

    credential: Credential
    devices: tuple[str, ...]
    """Those whose devices it opens."""
    jumps: tuple[str, ...]
    """Those on whose way it opens a jump host."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """All of them, each once."""
        return tuple(sorted({*self.devices, *self.jumps}, key=str.lower))


@dataclass(frozen=True, slots=True)
class Login:
    """A way into a device, with its secret: lives in memory for the time of the work only."""

    user: str
    kind: LoginKind
    key_file: str = ""
    secret: Secret = NO_SECRET
    """The password, or the key's passphrase (empty for a key without one), or the key itself for OWN_KEY."""
    sudo_password: Secret = NO_SECRET
    """What sudo asks for; empty: the login's password, if it is one."""
    credential_id: int | None = None
    """The profile that it was read from, to be shared by whatever is enrolled with it. None: it is new."""

    def __post_init__(self) -> None:
        if not self.user.strip():
            raise InputError("user", "A user name is needed.")
        if self.kind is LoginKind.PASSWORD and not self.secret:
            raise InputError("password", "A password is needed.")
        if self.kind is LoginKind.OWN_KEY and not self.secret:
            raise InputError("own_key", "The key is needed.")
        if self.kind is LoginKind.KEY_FILE and not self.key_file:
            raise InputError("key_file", "A key file is needed.")
