"""TCP to a device: connecting so that it can be cancelled, and a socket tuned for SSH."""

import errno
import os
import selectors
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from app.services.enrolment.failures import NameUnknownError, PortClosedError, UnreachableError
from app.services.progress import CancelToken

_SLICE_SECONDS = 0.1
_AHEAD_BYTES = 16 * 1024
_EVIDENCE_BYTES = 200
#: An SSH server may say something before its version; RFC 4253 sets no limit.
_GREETING_LIMIT = 64 * 1024
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
#: What connect() answers while it goes on: the last is Windows' WSAEWOULDBLOCK.
_UNDER_WAY = {0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, 10035}
_REFUSED = {errno.ECONNREFUSED, 10061}


class Greeted:
    """What stands under Paramiko, and remembers how the other side greeted."""

    is_ssh = False
    """The other side has told an SSH version."""
    ended = False
    """The other side has closed."""
    greeting = b""
    """What came before the SSH version, or its beginning."""

    @property
    def greeting_text(self) -> str:
        """The first bytes, printable."""
        return ascii(self.greeting[:_EVIDENCE_BYTES].decode("latin-1"))[1:-1]

    def _hear(self, received: bytes) -> None:
        """Raises ConnectionAbortedError when a greeting never ends."""
        if not received:
            self.ended = True
        elif not self.is_ssh:
            self.greeting += received
            if self.greeting.startswith(b"SSH-") or b"\nSSH-" in self.greeting:
                self.is_ssh = True
            elif len(self.greeting) > _GREETING_LIMIT:
                raise ConnectionAbortedError("too much before the version")


class TunedSocket(Greeted, socket.socket):
    """A socket for Paramiko, with two of TCP's delays switched off.

    Nagle's algorithm and delayed acknowledgements, together, hold every small message up for about 40 ms: TCP_NODELAY ends the first;
    TCP_QUICKACK, where there is one, the second, but only until the kernel thinks again, so it is set on each receive. Connecting,
    logging in and starting a command take 26 ms instead of 112.

    What has come is read at once and handed out in parts: the library asks for the head of a packet first, which would be two calls of the
    kernel for each of the small packets that a device answers with.
    """

    def __init__(self, family: int, kind: int, protocol: int) -> None:
        super().__init__(family, kind, protocol)
        self._ahead = b""
        self.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        """As a socket does; raises ConnectionAbortedError when a greeting never ends."""
        if self._ahead:
            return self._taken(size)
        try:
            received = super().recv(max(size, _AHEAD_BYTES), flags)
        except (TimeoutError, BlockingIOError):
            raise
        except OSError:
            self.ended = True
            raise
        if _QUICKACK is not None:
            self.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        self._hear(received)
        self._ahead = received
        return self._taken(size)

    def _taken(self, size: int) -> bytes:
        taken, self._ahead = self._ahead[:size], self._ahead[size:]
        return taken

    def end(self) -> None:
        """Let the other side know that it is over; `close()` follows when the library has seen it."""
        self.interrupt()

    def interrupt(self) -> None:
        """End every wait on this socket at once, from any thread."""
        with suppress(OSError):  # it has ended already
            self.shutdown(socket.SHUT_RDWR)


class Channel(Protocol):
    """A stream through another connection: what is used of Paramiko's."""

    def settimeout(self, timeout: float | None) -> None: ...

    def send(self, data: bytes) -> int: ...

    def recv(self, size: int) -> bytes: ...

    def close(self) -> None: ...


class ChannelSocket(Greeted):
    """A stream through a jump host, in the place of a socket. `interrupt` is the jump host's own: it ends the way as a whole."""

    def __init__(self, channel: Channel, interrupt: Callable[[], None]) -> None:
        self._channel = channel
        self._interrupt = interrupt

    def settimeout(self, timeout: float | None) -> None:
        self._channel.settimeout(timeout)

    def send(self, data: bytes) -> int:
        return self._channel.send(data)

    def recv(self, size: int) -> bytes:
        """As a socket does; raises ConnectionAbortedError when a greeting never ends."""
        received = self._channel.recv(size)
        self._hear(received)
        return received

    def interrupt(self) -> None:
        """End every wait on it at once, from any thread."""
        self._interrupt()

    def end(self) -> None:
        """As that of a socket; the jump host stays connected."""
        self._channel.close()

    def close(self) -> None:
        self._channel.close()


Wire = TunedSocket | ChannelSocket


def open_socket(address: str, port: int, *, timeout: float, token: CancelToken) -> TunedSocket:
    """Connect to the first of the name's addresses that answers within `timeout` seconds, all in all.

    Raises NameUnknownError, UnreachableError, PortClosedError, Cancelled.
    """
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    try:
        found = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NameUnknownError(str(error), host=address) from error
    deadline = time.monotonic() + timeout
    problem = OSError(errno.ETIMEDOUT, "no answer")
    for family, kind, protocol, _, place in found:
        made = TunedSocket(family, kind, protocol)
        try:
            _connect(made, place, deadline, token)
            return made
        except OSError as error:
            made.close()
            problem = error
        except BaseException:
            made.close()
            raise
    if problem.errno in _REFUSED:
        raise PortClosedError(_described(problem), target=target) from problem
    raise UnreachableError(_described(problem, timeout), target=target) from problem


def _connect(raw: socket.socket, place: object, deadline: float, token: CancelToken) -> None:
    """In slices, because a blocking connect() cannot be cancelled on every platform."""
    raw.settimeout(0)
    code = raw.connect_ex(place)  # type: ignore[arg-type] # getaddrinfo()'s own answer, whose shape depends on the family
    if code not in _UNDER_WAY:
        raise OSError(code, os.strerror(code))
    with selectors.DefaultSelector() as selector:
        selector.register(raw, selectors.EVENT_WRITE)
        while not selector.select(min(_SLICE_SECONDS, max(0.0, deadline - time.monotonic()))):
            token.check()
            if time.monotonic() >= deadline:
                raise OSError(errno.ETIMEDOUT, "no answer")
    code = raw.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))
    raw.settimeout(_SLICE_SECONDS)


def _described(problem: OSError, timeout: float = 0) -> str:
    waited = f" within {timeout:g} s" if timeout and problem.errno == errno.ETIMEDOUT else ""
    return f"{problem.strerror or problem}{waited}"
