"""SSH packets of a device that is not trusted: what the library reads is bounded here, before it looks at it.

The library allocates what a packet claims to hold, reads a greeting without end, fills short messages up with zeros, and waits for ever to
send to somebody who does not read. Any of these is enough to stop the application, without a login.
"""

import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from paramiko.message import Message
from paramiko.packet import Packetizer
from paramiko.ssh_exception import SSHException

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

#: A packet has at most 32 KiB of data here, since no more is asked for (RFC 4253, 6.1 wants 35,000 bytes to be read).
PACKET_BYTES = 64 * 1024
#: What a server may say before its version, and the version.
GREETING_BYTES = 64 * 1024
#: Key exchange and login take some 5 KB.
BEFORE_LOGIN_BYTES = 512 * 1024
#: How long the other side may leave unread what is sent to it.
UNREAD_SECONDS = 20.0

#: Taken from the kernel at a time, for padding.
_RANDOM_BYTES = 4096

_EXT_INFO = 7
_KEXINIT = 20
_KEX_REPLIES = (31, 33)
_LOGIN_REQUEST = 50
_LOGIN_SUCCESS = 52
_INFO_REQUEST = 60
#: Messages whose lengths and counts make the library work: the rest it only copies.
_CHECKED = {_EXT_INFO, _KEXINIT, *range(30, 50), _INFO_REQUEST}
_PROMPTS = 16
_EXTENSIONS = 64


class UnreadError(OSError):
    """The other side does not read what is sent to it."""


class BoundedPacketizer(Packetizer):
    """A `Packetizer` for one connection. All that it reads counts against an allowance, which `allow` renews."""

    def __init__(self, connected: socket.socket) -> None:
        super().__init__(connected)
        self._connected = connected
        self._greeted = 0
        self._early = b""
        self._has_asked = False
        self._allowance = BEFORE_LOGIN_BYTES
        self._random = b""
        self._held: list[bytes] = []
        self._holder: int | None = None
        self.is_unread = False
        """The other side has left unread what was sent to it for `UNREAD_SECONDS`."""
        self.has_exceeded = False
        """The other side has sent more than it was allowed."""

    def allow(self, size: int) -> None:
        """From now on `size` bytes may come."""
        self._allowance = size

    def readline(self, timeout: float) -> str:
        """A line of the greeting, all of it within `timeout` seconds. Raises SSHException, EOFError, TimeoutError, UnicodeDecodeError."""
        deadline = time.monotonic() + timeout
        while b"\n" not in self._early:
            if self.closed:
                raise EOFError
            if time.monotonic() > deadline:
                raise TimeoutError
            try:
                piece = self._connected.recv(1024)
            except TimeoutError:
                continue
            if not piece:
                raise EOFError
            self._early += piece
            self._greeted += len(piece)
            if self._greeted > GREETING_BYTES:
                raise SSHException("It sends a greeting without end.")
        line, _, self._early = self._early.partition(b"\n")
        return line.removesuffix(b"\r").decode()

    def read_all(self, n: int, check_rekey: bool = False) -> bytes:  # noqa: FBT001, FBT002 - the library's
        """As the library's. Raises SSHException for a packet that is too large, or comes when nothing more may."""
        if n > PACKET_BYTES:
            raise SSHException(f"A packet claims to have {n} bytes.")
        self._allowance -= max(n, 0)
        if self._allowance < 0:
            self.has_exceeded = True
            raise SSHException("It sends more than it was asked for.")
        early, self._early = self._early[: max(n, 0)], self._early[max(n, 0) :]
        return early + super().read_all(n - len(early), check_rekey)

    def read_message(self) -> tuple[int, Message]:
        """As the library's. Raises SSHException for a message that is not what it says."""
        kind, message = super().read_message()
        if kind == _LOGIN_SUCCESS and not self._has_asked:
            raise SSHException("It says that the login has succeeded before there was one.")
        if kind in _CHECKED:
            _check(kind, message)
        return kind, message

    def send_message(self, data: Message) -> None:
        """As the library's."""
        self._has_asked = self._has_asked or data.asbytes()[0] == _LOGIN_REQUEST
        super().send_message(data)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What this thread sends within the block leaves in one call of the kernel at its end. Raises what `write_all` raises.

        Each call lets other threads in, and has to be let in again itself. This and the padding: 37 ms of CPU for the exporter instead of 41.
        """
        self._holder = threading.get_ident()
        try:
            yield
        finally:
            self._holder = None
            with self._of_library("write_lock"):
                self._write(b"")

    def write_all(self, out: "ReadableBuffer") -> None:
        """As the library's, which waits for ever. Raises EOFError at the connection's end, UnreadError. Called with the library's lock held."""
        if threading.get_ident() == self._holder:
            self._held.append(bytes(out))
        else:
            # Another thread, which may be agreeing on new keys while the holder waits for that: all in order, and now.
            self._write(bytes(out))

    def _build_packet(self, payload: bytes) -> bytes:
        """As the library's, which copies once more, and asks the kernel for the random padding of each packet."""
        if not self._of_library("aead_out"):
            packet: bytes = super()._build_packet(payload)  # type: ignore[misc] # its stubs leave it out
            return packet
        block = self._of_library("block_size_out")
        padding = 3 + block - (len(payload) + 4) % block
        if len(self._random) < padding:
            self._random = os.urandom(_RANDOM_BYTES)
        filling, self._random = self._random[:padding], self._random[padding:]
        return b"".join((struct.pack(">IB", len(payload) + padding + 1, padding), payload, filling))

    def _of_library(self, name: str) -> Any:
        """One of the library's own attributes, which it hides."""
        return getattr(self, f"_Packetizer__{name}")

    def _write(self, out: bytes) -> None:
        held, self._held = self._held, []
        rest = b"".join((*held, out)) if held else out
        moved = time.monotonic()
        while rest:
            if self.is_unread:
                raise UnreadError("nothing that is sent is read")
            try:
                sent = self._connected.send(rest)
            except (TimeoutError, BlockingIOError):
                self.is_unread = time.monotonic() - moved > UNREAD_SECONDS
                if self.closed:
                    raise EOFError from None
                continue
            except OSError as error:
                raise EOFError from error
            if not sent:
                raise EOFError
            rest = rest[sent:]
            moved = time.monotonic()


def _check(kind: int, message: Message) -> None:
    """Raises SSHException for lengths that are not there, for the library fills them up, and for counts that are out of reason."""
    fields = _Fields(message.asbytes())
    if kind == _KEXINIT:
        fields.skip(16)
        for _ in range(10):
            fields.text()
    elif kind == _EXT_INFO:
        fields.count(_EXTENSIONS, per_item=2)
    elif kind == _INFO_REQUEST:
        for _ in range(3):
            fields.text()
        fields.count(_PROMPTS)
    else:
        parts = fields.all()
        if kind in _KEX_REPLIES and len(parts) == 3:
            key, _, signature = parts
            _Fields(key).all()
            *_, inner = _Fields(signature).all()
            if signature.startswith(b"\0\0\0\x13ecdsa-"):
                _Fields(inner).all()


class _Fields:
    """The fields of a message, taken one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def skip(self, size: int) -> bytes:
        """The next `size` bytes."""
        end = self._place + size
        if end > len(self._data):
            raise SSHException("A message ends too early.")
        piece = self._data[self._place : end]
        self._place = end
        return piece

    def number(self) -> int:
        return int.from_bytes(self.skip(4), "big")

    def text(self) -> bytes:
        """A string: its length, and its bytes."""
        return self.skip(self.number())

    def count(self, maximum: int, *, per_item: int = 0) -> None:
        """A number of items of `per_item` strings each."""
        items = self.number()
        if items > maximum:
            raise SSHException(f"A message counts {items} items.")
        for _ in range(items * per_item):
            self.text()

    def all(self) -> list[bytes]:
        """Strings up to the end, one at least."""
        found = [self.text()]
        while self._place < len(self._data):
            found.append(self.text())
        return found
