"""What a scan asks, what it finds at an address, and what the inventory knows of it. All that devices say is plain text here, and bounded."""

from dataclasses import dataclass
from enum import StrEnum

from app.models.endpoint import HostKey
from app.models.security import Exposure, Verdict

SSH_PORT = 22
EXPORTER_PORT = 9100


@dataclass(frozen=True, slots=True)
class ScanRequest:
    """What the operator wants asked. Made by `app.services.discovery.scan_request`, which checks it."""

    addresses: tuple[str, ...]
    """IP addresses in canonical form, each once."""
    ports: tuple[int, ...] = (SSH_PORT,)
    """Where SSH servers may listen."""
    exporter_ports: tuple[int, ...] = ()
    """Where exporters may listen; empty: nobody asks for them."""
    rate: float = 100.0
    """Connections that begin in a second, at most."""
    names: bool = False
    """Ask DNS what the addresses are called that answer."""
    mdns: bool = False
    """Ask what devices announce of themselves by multicast DNS. What is announced elsewhere than at `addresses` is told, not asked."""

    @property
    def least_seconds(self) -> float:
        """What it takes at this rate when nothing answers."""
        return len(self.addresses) * (len(self.ports) + len(self.exporter_ports)) / self.rate


@dataclass(frozen=True, slots=True)
class Announcement:
    """What somebody says by multicast DNS of a device; `port` is that of its SSH server, 0 for none. Nothing of it is proven."""

    address: str
    port: int
    name: str


class Standing(StrEnum):
    """How what answers stands to the inventory."""

    NEW = "new"
    ENROLLED = "enrolled"
    """The endpoint of this address and port, with its key."""
    ELSEWHERE = "enrolled elsewhere"
    """The key is that of an endpoint at another address: it has a second one, was moved, or was copied."""
    ANOTHER_KEY = "another key"
    """An endpoint is enrolled at this address and port, and another key answers."""
    UNPROVEN = "unproven"
    """An endpoint is enrolled here, but there are no two keys to compare."""


@dataclass(frozen=True, slots=True)
class Known:
    """What the inventory knows of a server: `at` is the endpoint of its address and port, `key_of` are those elsewhere that have its key."""

    standing: Standing = Standing.NEW
    at: str = ""
    key_of: tuple[str, ...] = ()


class ExporterWay(StrEnum):
    """How an exporter answers a stranger."""

    PLAIN = "plain HTTP"
    TLS = "TLS"
    REFUSES = "refuses"
    """It wants a certificate or a password: as it should be."""
    NOT_ASKED = "not asked"
    """Something listens. It was sent nothing: where no SSH server answers it may be a printer, which prints what comes on port 9100."""
    NONE = "no exporter"
    """What listens gives no metrics."""


@dataclass(frozen=True, slots=True)
class FoundExporter:
    """A port where an exporter may be, and what it gave a stranger; None: it was not asked."""

    port: int
    exposure: Exposure | None = None

    @property
    def way(self) -> ExporterWay:
        if self.exposure is None:
            return ExporterWay.NOT_ASKED
        match self.exposure.verdict:
            case Verdict.OPEN:
                return ExporterWay.PLAIN if self.exposure.serves_plain_http else ExporterWay.TLS
            case Verdict.PROTECTED | Verdict.UNENCRYPTED:
                return ExporterWay.REFUSES
            case _:
                return ExporterWay.NONE


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found at one address and SSH port; `port` 0: no SSH server, but something else."""

    address: str
    port: int
    banner: str = ""
    """What the server says it is: "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3"; what answers without being an SSH server, its first words."""
    host_key: HostKey | None = None
    """Seen, and compared by nobody."""
    problem: str = ""
    """Why there is no key, as a sentence."""
    exporters: tuple[FoundExporter, ...] = ()
    known: Known = Known()
    name: str = ""
    """What DNS, or an announcement, calls the address."""
    announced: bool = False
    """It was announced by multicast DNS, at an address that was not to be asked: nothing was sent to it."""

    @property
    def target(self) -> str:
        """host:port for people, IPv6 in brackets; the address alone without an SSH server."""
        if not self.port:
            return self.address
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    @property
    def is_ssh(self) -> bool:
        """Whether an SSH server answers, and not something else on its port."""
        return self.host_key is not None or self.banner.startswith("SSH-")

    @property
    def is_listable(self) -> bool:
        """Whether it can go into a list: there is an SSH server to enrol it by, or somebody says so."""
        return self.port != 0 and (self.host_key is not None or self.announced)


@dataclass(frozen=True, slots=True)
class ScanSummary:
    """How a scan went."""

    addresses: int
    connections: int
    """That were begun, all in all."""
    answered: int
    """Addresses where something listens, or refuses to."""
    without_route: int
    """Addresses that this computer knows no way to."""
