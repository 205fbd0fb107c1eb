"""Before and during the key exchange, and where the conversation breaks off."""

import os
import socket
import struct
from collections.abc import Callable

from tests.integration.hostile.case import BROKEN, ENROL, FETCH, LOST, NASTY, PREVIEW, REMOVE, STALLED, WELL, Case
from tests.integration.hostile.server import (
    PIECE,
    Script,
    ScriptedTransport,
    drip,
    garbage,
    hang_up,
    mute,
    number,
    text,
)

# Before and during the key exchange

_VERSION = b"SSH-2.0-OpenSSH_9.2\r\n"
_BEFORE = (FETCH, ENROL)


def raw(name: str, play: Callable[[socket.socket], None], *ends: str) -> Case:
    return Case(name, play, _BEFORE, ends)


def endless(beginning: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    def play(connection: socket.socket) -> None:
        connection.sendall(beginning)
        while True:
            connection.sendall(piece)

    return play


def once(data: bytes) -> Callable[[socket.socket], None]:
    """These bytes, then nothing."""

    def play(connection: socket.socket) -> None:
        connection.sendall(data)
        _wait(connection)

    return play


def slowly(data: bytes, *, after: bytes = b"") -> Callable[[socket.socket], None]:
    """Byte by byte, `after` something that comes whole."""

    def play(connection: socket.socket) -> None:
        connection.sendall(after)
        drip(connection, (data[at : at + 1] for at in range(len(data))), 0.25)

    return play


def _wait(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def plain_packet(payload: bytes) -> bytes:
    """Without keys yet."""
    padding = 8 + 3 - (len(payload) + 8) % 8
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


def key_exchange_init(*lists: bytes) -> bytes:
    """A KEXINIT of ten name lists, the last repeated."""
    names = [*lists, *[lists[-1]] * 10][:10]
    return b"\x14" + bytes(16) + b"".join(text(each) for each in names) + b"\0" + number(0)


_NAMES = b",".join(b"alg%d" % each for each in range(5000))

EARLY = [
    raw("no greeting", _wait, "SilentError"),
    raw("greeting drips", slowly(b"SSH-2.0-" + b"x" * 500), BROKEN, "NotAnSshServerError", STALLED),
    raw("words before the greeting drip", slowly(b"hello " * 100), "NotAnSshServerError"),
    raw("banner of endless lines", endless(b"", b"welcome\r\n" * 100), "NotAnSshServerError"),
    raw("banner of one endless line", endless(b"", PIECE), "NotAnSshServerError"),
    raw("version without end", endless(b"SSH-2.0-", PIECE), BROKEN),
    raw("garbage for a greeting", once(bytes(range(128, 256)) * 20 + b"\n" * 200), "NotAnSshServerError"),
    raw("escapes for a greeting", once(NASTY.encode("utf-8", "surrogateescape") * 9 + b"\n" * 200), "NotAnSshServerError"),
    raw("garbage after the greeting", endless(_VERSION, os.urandom(4096)), BROKEN),
    raw("zeros after the greeting", endless(_VERSION, bytes(4096)), BROKEN),
    raw("version of long ago", once(b"SSH-1.5-old\r\n"), "NoCommonAlgorithmError", BROKEN),
    raw("version of invalid UTF-8", once(b"SSH-2.0-\xff\xfe\r\n"), BROKEN),
    raw("hangs up at once", lambda _connection: None, "DroppedError"),
    raw("hangs up after the greeting", lambda connection: connection.sendall(_VERSION), "DroppedError"),
    raw("packet of 4 GB", endless(_VERSION + b"\xff\xff\xff\xfc", bytes(65536)), BROKEN),
    raw("packet of 200 KB", endless(_VERSION + number(200 * 1024 + 4), bytes(65536)), BROKEN),
    raw("packet of no length", once(_VERSION + bytes(64)), BROKEN),
    raw("packet of padding only", once(_VERSION + number(12) + b"\xff" * 12), BROKEN),
    raw("key exchange drips", slowly(plain_packet(key_exchange_init(_NAMES[:3000])), after=_VERSION), STALLED),
    raw("thousands of algorithms", once(_VERSION + plain_packet(key_exchange_init(_NAMES, b"none"))), "NoCommonAlgorithmError"),
    raw("half a megabyte of algorithms", once(_VERSION + plain_packet(key_exchange_init(_NAMES))), BROKEN),
    raw("algorithms in escapes", once(_VERSION + plain_packet(key_exchange_init(b"\x1b[2J,\xff"))), "NoCommonAlgorithmError", BROKEN),
    raw(
        "lists longer than their packet",
        once(_VERSION + plain_packet(b"\x14" + bytes(16) + text(b"x", claimed=0xFFFFF))),
        BROKEN,
    ),
    raw("ignored packets without end", endless(_VERSION, plain_packet(b"\x02" + text(PIECE))), BROKEN),
    raw("debug packets without end", endless(_VERSION, plain_packet(b"\x04\1" + text(PIECE) + text(b""))), BROKEN),
    raw("disconnect with escapes", once(_VERSION + plain_packet(b"\x01" + number(2) + text(b"\x1b[2J") + text(b""))), "DroppedError", STALLED),
]  # fmt: skip


def _instead_of_host_key(blob: bytes) -> Script:
    def replace(_transport: ScriptedTransport, packet: bytes) -> list[bytes]:
        size = int.from_bytes(packet[1:5], "big")
        return [packet[:1] + text(blob) + packet[5 + size :]]

    return Script({31: replace}, host_key="rsa")


def _wrong_signature(_transport: ScriptedTransport, packet: bytes) -> list[bytes]:
    return [packet[:-8] + bytes(8)]


_RSA = text(b"ssh-rsa")
KEYS = [
    Case("host key that claims a megabyte", _instead_of_host_key(_RSA + text(b"\x7f" * 30000, claimed=(1 << 20) - 1)), (FETCH,), (BROKEN,)),
    Case("host key of a quarter of a million bits", _instead_of_host_key(_RSA + text(b"\x7f" * 20000) + text(b"\x7f" * 30000)), (FETCH,), (BROKEN,)),
    Case("host key that is none", _instead_of_host_key(b"\xff" * 64), (FETCH,), (BROKEN,)),
    Case("exponent as large as its modulus", _instead_of_host_key(_RSA + text(b"\x7f" * 2047 + b"\x01") + text(b"\x7f" * 2048)), (FETCH,), (BROKEN,)),
    Case("wrong signature of the host key", Script({31: _wrong_signature}), _BEFORE, (BROKEN,)),
]  # fmt: skip

#: Where the conversation may break off: the message that is not sent, and what is tried then.
_POINTS = {
    "the key exchange's offer": (20, _BEFORE, (STALLED, "DroppedError", BROKEN)),
    "the key exchange's reply": (31, _BEFORE, (STALLED, "DroppedError", BROKEN)),
    "new keys": (21, _BEFORE, (STALLED, "DroppedError", BROKEN)),
    "leave to log in": (6, (PREVIEW, REMOVE), (STALLED, LOST, BROKEN)),
    "the login's success": (52, (PREVIEW, REMOVE), (STALLED, LOST, BROKEN)),
    "a channel": (91, (PREVIEW, REMOVE), (STALLED, LOST, BROKEN)),
    "leave to run": (99, (PREVIEW, REMOVE), (STALLED, LOST, BROKEN)),
    "output": (94, (PREVIEW, REMOVE), (STALLED, LOST, BROKEN)),
    "exit status": (98, (PREVIEW, REMOVE), (STALLED, LOST, BROKEN, WELL)),
    "the end of output": (96, (PREVIEW,), (STALLED, LOST, BROKEN, WELL)),
    "the channel's end": (97, (PREVIEW,), (STALLED, LOST, BROKEN, WELL)),
}
BREAKS = [
    Case(f"{how.__name__.replace('_', ' ')} at {point}", Script({kind: how}), tries, ends)
    for point, (kind, tries, ends) in _POINTS.items()
    for how in (mute, hang_up, garbage)
]
