"""What a connection allows the other side, and the jump host that carries it."""

import socket
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.services.enrolment.failures import ConnectionLostError
from app.services.enrolment.shell import Outbox
from app.services.enrolment.ssh import SshConnector, SshShell
from app.services.enrolment.ssh_packets import BoundedPacketizer
from app.services.enrolment.ssh_stream import RUN_BYTES
from app.services.progress import CancelToken


class Counted(BoundedPacketizer):
    """Of a connection on which nothing comes."""

    def __init__(self) -> None:
        with socket.socket() as unconnected:
            super().__init__(unconnected)
        self.allowed: list[int] = []

    def allow(self, size: int) -> None:
        self.allowed.append(size)


def shell_on(packets: Counted, jump: SshShell | None = None) -> SshShell:
    def lost() -> None:
        raise EOFError

    transport = SimpleNamespace(packetizer=packets, open_session=lost, is_active=lambda: True)
    return SshShell("10.20.0.2:22", cast("Any", transport), cast("Any", None), SshConnector(jump=jump))


def test_each_jump_host_may_send_what_it_carries_and_no_more() -> None:
    first, second, device = Counted(), Counted(), Counted()
    shell = shell_on(device, shell_on(second, shell_on(first)))
    with pytest.raises(ConnectionLostError):
        shell.run(
            "id",
            Outbox(),
            on_line=lambda _: None,
            on_errors=lambda _: None,
            on_sent=lambda _: None,
            seconds=1.0,
            token=CancelToken(),
        )
    assert (device.allowed, second.allowed, first.allowed) == ([RUN_BYTES], [2 * RUN_BYTES], [4 * RUN_BYTES])
