"""The way onto a device, as the engine sees it. `ssh.py` has the real one; a test may hand in another."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.models.certificate import Identity
from app.models.endpoint import HostKey, Login
from app.services.progress import CancelToken

#: Where an exporter that listens on all addresses can be asked on its own device.
LOOPBACK = "127.0.0.1"


class Outbox:
    """What is to be sent on a command's standard input. May grow, from `on_line` say, until it is finished."""

    def __init__(self, *pieces: bytes, finished: bool = True) -> None:
        self._pieces = deque(memoryview(piece) for piece in pieces if piece)
        self.is_finished = finished

    def add(self, piece: bytes) -> None:
        """Queue more."""
        if piece:
            self._pieces.append(memoryview(piece))

    def finish(self) -> None:
        """Nothing more comes: the command will see the end of its input."""
        self.is_finished = True

    @property
    def is_empty(self) -> bool:
        return not self._pieces

    def take(self, limit: int) -> bytes:
        """At most `limit` bytes from the front. A copy of these only: the rest is never moved."""
        first = self._pieces[0]
        if len(first) <= limit:
            self._pieces.popleft()
            return bytes(first)
        self._pieces[0] = first[limit:]
        return bytes(first[:limit])


@dataclass(frozen=True, slots=True)
class Expected:
    """Both sides of a TLS connection: what we prove ourselves with, and the SHA-256 of the one certificate that we accept."""

    identity: Identity
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit status, None if a signal or the connection's end ended it, and the end of its standard error."""

    status: int | None
    errors: str


class RemoteShell(Protocol):
    """A session on a device, logged in. One thread at a time."""

    def run(
        self,
        command: str,
        outbox: Outbox,
        *,
        on_line: Callable[[str], None],
        on_errors: Callable[[str], None],
        on_sent: Callable[[int], None],
        seconds: float,
        token: CancelToken,
    ) -> Ended:
        """Run `command` in the user's login shell, feeding it the outbox.

        `on_line` gets each line of standard output, `on_errors` all of standard error so far whenever it grows, `on_sent` the number of
        bytes sent so far. Sending ends when the command does. Whatever a callback raises ends the command and is raised. `seconds` is
        how long it may take after all is sent. Raises ConnectionLostError, StalledError, TooSlowError, FloodedError, Cancelled; after
        Cancelled the session can still be used.
        """
        ...

    def https_get(
        self, port: int, path: str, tls: Expected, *, timeout: float, limit: int, address: str = LOOPBACK
    ) -> bytes | None:
        """The body that a server answers on the device, there at `address`; None: the SSH server forbids forwarding.

        Raises ConnectionError when nothing, not TLS with the expected certificate and HTTP with status 200, or more than `limit` bytes
        answers within `timeout` seconds; what ends the session as `run` does.
        """
        ...

    def onward(self) -> "Connector":
        """A Connector whose connections start from this device, as through a jump host, and end with this session."""
        ...

    def close(self) -> None:
        """End the session. May be called twice."""
        ...


class Connection(Protocol):
    """A connection on which nobody has logged in yet."""

    @property
    def host_key(self) -> HostKey:
        """The key by which the other side has proved itself."""
        ...

    def log_in(self, login: Login, token: CancelToken) -> RemoteShell:
        """Raises one of the failures of logging in. Must be called only after the host key was compared."""
        ...

    def close(self) -> None:
        """End the connection. May be called twice."""
        ...


class Connector(Protocol):
    """Makes connections."""

    def __call__(self, address: str, port: int, *, expected: HostKey | None, token: CancelToken) -> Connection:
        """Connect and agree on keys. When a key is `expected`, only its algorithm is asked for, unless the device has none of that kind.

        Raises one of the failures on the way to a device, or Cancelled.
        """
        ...
