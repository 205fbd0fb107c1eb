"""A closer look at a port that is open: what an SSH server says and shows, what an exporter gives a stranger. Nobody logs in."""

import re
import socket
from dataclasses import dataclass
from typing import Protocol

from app.errors import DeviceError
from app.models.discovery import FoundExporter
from app.models.endpoint import HostKey
from app.models.security import Exposure
from app.services.audit.probe import probe
from app.services.discovery.pacing import Throttle
from app.services.enrolment.failures import NoCommonAlgorithmError
from app.services.enrolment.network import TunedSocket, open_socket
from app.services.enrolment.ssh import SshConnection, SshConnector
from app.services.progress import CancelToken

#: Shorter than an enrolment's, for nobody waits for one device; enough for an sshd that asks DNS about us, and for a small processor.
_LIMITS = SshConnector(connect_seconds=3.0, greeting_seconds=6.0, exchange_seconds=10.0, retry_waits=())
_EXPORTER_SECONDS = 6.0
#: An exporter is asked in plain HTTP and, unless it answers, in TLS.
_EXPORTER_CONNECTIONS = 2
_BANNER = re.compile(rb"^SSH-[^\r\n]*", re.MULTILINE)
_BANNER_LENGTH = 200
_NAME_LENGTH = 253


@dataclass(frozen=True, slots=True)
class SeenServer:
    """What listens on an SSH port; see the fields of `Hit`."""

    port: int
    banner: str
    key: HostKey | None
    problem: str = ""

    @property
    def is_ssh(self) -> bool:
        return self.key is not None or self.banner.startswith("SSH-")


class Look(Protocol):
    """Looks at what is open; see `NetworkLook`. Its methods raise Cancelled, and nothing else that a device could bring about."""

    def ssh(
        self, connected: TunedSocket, address: str, port: int, like: HostKey | None, token: CancelToken
    ) -> SeenServer: ...

    def exporter(self, address: str, port: int, token: CancelToken) -> FoundExporter: ...

    def name(self, address: str) -> str: ...


class NetworkLook:
    """A `Look` over the network. Every connection that it begins itself waits for `throttle`."""

    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle

    def ssh(
        self, connected: TunedSocket, address: str, port: int, like: HostKey | None, token: CancelToken
    ) -> SeenServer:
        """Exchange keys on `connected`, which is closed in any case. `like`: a key of that kind is wanted, if the server has one."""
        try:
            return _exchange(connected, address, port, like, token)
        except NoCommonAlgorithmError as error:
            banner = banner_of(connected.greeting)
            if like is None:
                return SeenServer(port, banner, None, error.message)
        # It has no key of the kind of the known one: whichever it has, then.
        token.sleep(self._throttle.reserve())
        try:
            again = open_socket(address, port, timeout=_LIMITS.connect_seconds, token=token)
            return _exchange(again, address, port, None, token)
        except DeviceError as error:
            return SeenServer(port, banner, None, error.message)

    def exporter(self, address: str, port: int, token: CancelToken) -> FoundExporter:
        """Ask for the metrics, as a stranger."""
        for _ in range(_EXPORTER_CONNECTIONS):
            token.sleep(self._throttle.reserve())
        exposure: Exposure = probe(address, port, token=token, seconds=_EXPORTER_SECONDS)
        return FoundExporter(port, exposure)

    def name(self, address: str) -> str:
        """What DNS calls the address; empty when it does not say. Takes as long as the resolver of this computer does."""
        try:
            found, _ = socket.getnameinfo((address, 0), socket.NI_NAMEREQD)
        except (OSError, UnicodeError):
            return ""
        return plain(found)[:_NAME_LENGTH].rstrip(".")


def _exchange(connected: TunedSocket, address: str, port: int, like: HostKey | None, token: CancelToken) -> SeenServer:
    """Raises NoCommonAlgorithmError, Cancelled; whatever else is wrong with the server is told in what was seen."""
    connected.settimeout(0.1)
    try:
        connection = SshConnection(address, port, like, _LIMITS, token, connected=connected)
    except NoCommonAlgorithmError:
        raise
    except DeviceError as error:
        return SeenServer(port, banner_of(connected.greeting), None, error.message)
    try:
        return SeenServer(port, banner_of(connected.greeting), connection.host_key)
    finally:
        connection.close()


def banner_of(greeting: bytes) -> str:
    """The version that an SSH server tells, or the first words of something else: plain text, bounded."""
    found = _BANNER.search(greeting)
    return plain((found[0] if found else greeting[:_BANNER_LENGTH]).decode("utf-8", "replace"))[:_BANNER_LENGTH].strip()


def plain(text: str) -> str:
    """`text` with a blank for whatever a terminal would obey, or that turns the direction of writing."""
    return "".join(character if character.isprintable() else " " for character in text)
