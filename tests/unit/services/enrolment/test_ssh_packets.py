"""Two ends of a socket, both with the packets of a connection."""

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from paramiko.message import Message

from app.services.enrolment.ssh_packets import BoundedPacketizer

_KEY, _IV = bytes(16), bytes(12)


class Counted(socket.socket):
    """Counts what it is asked to send."""

    calls = 0

    def send(self, data: bytes, flags: int = 0, /) -> int:  # type: ignore[override] # what is used of it
        self.calls += 1
        return super().send(data, flags)


@pytest.fixture
def ends() -> Iterator[tuple[Counted, BoundedPacketizer, BoundedPacketizer]]:
    left, right = socket.socketpair()
    counted = Counted(fileno=left.detach())
    sender, receiver = BoundedPacketizer(counted), BoundedPacketizer(right)
    cipher: Any = AESGCM(_KEY)  # the library's stubs know no AEAD
    nothing: Any = None
    sender.set_outbound_cipher(cipher, 16, nothing, 16, b"", aead=True, iv_out=_IV)
    receiver.set_inbound_cipher(cipher, 16, nothing, 16, b"", aead=True, iv_in=_IV)
    yield counted, sender, receiver
    counted.close()
    right.close()


def message(number: int) -> Message:
    made = Message()
    made.add_byte(b"\x5e")
    made.add_string(bytes([number]) * (1000 + number))
    return made


def received(receiver: BoundedPacketizer) -> bytes:
    kind, found = receiver.read_message()
    assert kind == 0x5E
    return found.get_string()


def test_what_is_sent_together_leaves_at_once_and_in_order(
    ends: tuple[Counted, BoundedPacketizer, BoundedPacketizer],
) -> None:
    counted, sender, receiver = ends
    with sender.together():
        for number in range(20):
            sender.send_message(message(number))
        assert counted.calls == 0
    assert counted.calls == 1
    assert [received(receiver) for _ in range(20)] == [bytes([n]) * (1000 + n) for n in range(20)]


def test_another_thread_waits_for_nobody(ends: tuple[Counted, BoundedPacketizer, BoundedPacketizer]) -> None:
    counted, sender, receiver = ends
    with sender.together():
        sender.send_message(message(1))
        other = threading.Thread(target=sender.send_message, args=(message(2),))
        other.start()
        other.join(10)
        assert counted.calls == 1, "what was held goes first, and with it"
        sender.send_message(message(3))
    assert [received(receiver)[0] for _ in range(3)] == [1, 2, 3]


def test_padding_is_whole_blocks_of_anything(ends: tuple[Counted, BoundedPacketizer, BoundedPacketizer]) -> None:
    _, sender, _ = ends
    packets = [sender._build_packet(bytes(size)) for size in range(1, 40)]
    assert all((len(packet) - 4) % 16 == 0 and 4 <= packet[4] < 20 for packet in packets)
    assert len({packet[-4:] for packet in packets}) == len(packets)
