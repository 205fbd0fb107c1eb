"""Connections that are being opened, many at a time on one thread: most addresses of a network are nobody's, and cost a wait each."""

import errno
import os
import selectors
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from types import TracebackType
from typing import Generic, Self, TypeVar

from app.services.enrolment.network import TunedSocket

#: What connect() answers while it goes on; the last is Windows' WSAEWOULDBLOCK.
_UNDER_WAY = {errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY, 10035}
_REFUSED = {errno.ECONNREFUSED, errno.ECONNRESET, 10061, 10054}
_NO_ROUTE = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT, 10051, 10049, 10047}
_TOO_MANY = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, 10024, 10055}

T = TypeVar("T")


class Answer(Enum):
    """What came of a connection."""

    OPEN = auto()
    REFUSED = auto()
    """A device is there; nothing listens."""
    SILENT = auto()
    """Nothing came in time, or somebody on the way says that there is nobody."""
    NO_ROUTE = auto()
    """This computer knows no way there."""


@dataclass(frozen=True, slots=True)
class Knock(Generic[T]):
    """A connection that ended one way or another. `connected` is set for OPEN and belongs to whoever takes it."""

    subject: T
    answer: Answer
    seconds: float
    connected: TunedSocket | None = None


@dataclass(frozen=True, slots=True)
class _Pending(Generic[T]):
    subject: T
    begun: float
    until: float


class Knocks(Generic[T]):
    """Opens connections on behalf of subjects. For one thread; closes what is under way when it is left."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._pending: dict[TunedSocket, _Pending[T]] = {}
        self._ended: list[Knock[T]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for each in (*self._pending, *(knock.connected for knock in self._ended)):
            if each is not None:
                each.close()
        self._pending.clear()
        self._ended.clear()
        self._selector.close()

    def __len__(self) -> int:
        """How many are under way."""
        return len(self._pending) + len(self._ended)

    def begin(self, subject: T, address: str, port: int, *, seconds: float) -> None:
        """Open a connection to an IP address. What comes of it within `seconds` is in `ended`.

        Raises OSError when this computer can open no more at present.
        """
        now = time.monotonic()
        try:
            made = TunedSocket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 0)
        except OSError as error:
            if error.errno in _TOO_MANY:
                raise
            self._ended.append(Knock(subject, Answer.NO_ROUTE, 0.0))
            return
        try:
            made.settimeout(0)
            code = made.connect_ex((address, port))
            if code in _UNDER_WAY:
                self._selector.register(made, selectors.EVENT_WRITE)
                self._pending[made] = _Pending(subject, now, now + seconds)
                return
        except OSError as error:
            code = error.errno or errno.EIO
        except BaseException:
            made.close()
            raise
        if code:
            made.close()
            if code in _TOO_MANY:
                raise OSError(code, os.strerror(code))
        self._ended.append(Knock(subject, _answer(code), 0.0, None if code else made))

    def ended(self, seconds: float) -> list[Knock[T]]:
        """Those that ended, waiting for at most `seconds` when there is none."""
        if self._pending:
            nearest = min(each.until for each in self._pending.values()) - time.monotonic()
            # Windows does not wait for nothing; `begin` has looked already at what ended at once.
            for key, _ in self._selector.select(0 if self._ended else max(0.0, min(seconds, nearest))):
                if isinstance(key.fileobj, TunedSocket):
                    self._take(key.fileobj)
        now = time.monotonic()
        for late in [each for each, pending in self._pending.items() if now >= pending.until]:
            pending = self._forget(late)
            late.close()
            self._ended.append(Knock(pending.subject, Answer.SILENT, now - pending.begun))
        ended, self._ended = self._ended, []
        return ended

    def _take(self, connected: TunedSocket) -> None:
        pending = self._forget(connected)
        seconds = time.monotonic() - pending.begun
        code = connected.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            connected.close()
        self._ended.append(Knock(pending.subject, _answer(code), seconds, None if code else connected))

    def _forget(self, connected: TunedSocket) -> _Pending[T]:
        with suppress(KeyError):
            self._selector.unregister(connected)
        return self._pending.pop(connected)


def _answer(code: int) -> Answer:
    if not code:
        return Answer.OPEN
    if code in _REFUSED:
        return Answer.REFUSED
    return Answer.NO_ROUTE if code in _NO_ROUTE else Answer.SILENT
