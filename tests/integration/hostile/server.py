"""An SSH server that follows a script: honest until the point where it is told otherwise."""

import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED
from paramiko.message import Message

from tests.integration.hostile.tls import TlsChannel

USER = "iiot"
PASSWORD = "correct horse"  # of nobody
_SECONDS = 90.0
PIECE = b"A" * 16384

#: What an honest device says in each mode, without the marks.
HONEST: dict[str, tuple[str, ...]] = {
    "facts": (
        "protocol 1",
        "uname wtg-01 6.1.0 x86_64",
        "os_release ID=debian",
        'os_release PRETTY_NAME="Debian GNU/Linux 12"',
        "elf 7f454c460201",
        "init systemd",
        "cpus 4",
        "memory_kib 4000000",
        "free_kib 9000000",
        "privilege root",
        "root",
        "port_free",
        "clock 1700000000",
        "done",
    ),
    "install": (
        "verified",
        "installed",
        "started",
        "change directory /usr/local/lib/plantwatch",
        "change user plantwatch-exporter",
        "done",
    ),
    "request": ("done",),
    "keep": ("done",),
    "undo": ("done",),
    "remove": ("done",),
    "check": ("done",),
    "root_facts": ("root", "port_free", "done"),
}
METRICS = b'HTTP/1.0 200 OK\r\n\r\n# HELP\nnode_exporter_build_info{version="1"} 1\n'

Replacement = Callable[["ScriptedTransport", bytes], list[bytes]]


@dataclass
class Run:
    """One command of the application on the server. `say` answers with the right mark."""

    channel: paramiko.Channel
    command: str
    mode: str = ""
    nonce: str = ""

    def say(self, *lines: str) -> None:
        for line in lines:
            self.channel.sendall(f"@{self.nonce} {line}\n".encode("utf-8", "surrogateescape"))

    def take_program(self) -> None:
        """What the bootstrap does: say that it is ready, and read the program."""
        found = re.search(r"echo @([0-9a-f]+) ready; n=([0-9]+);", self.command)
        assert found
        self.nonce = found[1]
        self.say("ready")
        text = self._read(int(found[2]))
        header = dict(re.findall(rb"^(PW_[A-Z0-9_]+)=(.*)$", text, re.MULTILINE))
        # A known device is asked for some of the facts only; what is told beyond them is a lie more.
        self.mode = header[b"PW_MODE"].decode().replace("identity", "facts")
        given = dict(re.findall(rb"^PW_(CERTIFICATE|KEY)='([^']*)'$", text, re.MULTILINE))
        transport = self.channel.get_transport()
        if given and isinstance(transport, ScriptedTransport):
            transport.pair = b"\n".join(given.values()).decode()
        self._read(int(header.get(b"PW_SIZE", b"0")))

    def end(self, status: int = 0) -> None:
        self.channel.send_exit_status(status)
        self.channel.close()

    def _read(self, size: int) -> bytes:
        taken = bytearray()
        while len(taken) < size:
            piece = self.channel.recv(min(65536, size - len(taken)))
            if not piece:
                raise EOFError
            taken += piece
        return bytes(taken)


@dataclass(frozen=True)
class Script:
    """What is done otherwise than an honest device does it.

    `instead` maps the number of an SSH message to what is sent in its place; `answers` a mode to what the program says; `on_run` takes a
    whole command over; `http` the exporter's answers, `tunnel` what
    is there instead of TLS; `methods` are the ways to log in.
    """

    instead: Mapping[int, Replacement] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    on_run: Callable[[Run], bool] | None = None
    http: Callable[[TlsChannel], None] | None = None
    tunnel: Callable[[paramiko.Channel], None] | None = None
    methods: str = "password"
    host_key: str = "ecdsa"

    def __call__(self, connection: socket.socket) -> None:
        """Play it on a connection, until that ends."""
        transport = ScriptedTransport(connection, self)
        transport.daemon = True
        transport.add_server_key(key(self.host_key, connection.getsockname()[0]))
        with suppress(Exception):
            transport.start_server(server=_Server(self, transport))
            deadline = time.monotonic() + _SECONDS
            while transport.is_active() and time.monotonic() < deadline:
                time.sleep(0.05)
        transport.close()


@cache
def key(kind: str, address: str) -> paramiko.PKey:
    """The host key of the device at `address`: devices that share one would be taken for the same."""
    return paramiko.ECDSAKey.generate() if kind == "ecdsa" else paramiko.RSAKey.generate(2048)


class ScriptedTransport(paramiko.Transport):
    """Sends what the script says in place of some messages."""

    def __init__(self, connection: socket.socket, script: Script) -> None:
        super().__init__(connection)
        self._script = script
        self.is_mute = False
        self.runs = 0
        self.pair = ""
        """The certificate and the key that a program brought; empty for none."""

    def _send_message(self, data: Message) -> None:
        packet = data.asbytes()
        if self.is_mute:
            return
        replace = self._script.instead.get(packet[0])
        for each in replace(self, packet) if replace else [packet]:
            self.send_packet(each)

    def send_packet(self, packet: bytes) -> None:
        """As it is, under the keys of the moment."""
        self.packetizer.send_message(Message(packet))

    def flood(self, packet: bytes) -> None:
        """The same packet until the other side has gone."""
        with suppress(Exception):
            while self.is_active():
                self.send_packet(packet)


class _Server(paramiko.ServerInterface):
    def __init__(self, script: Script, transport: ScriptedTransport) -> None:
        self._script = script
        self._transport = transport

    def get_allowed_auths(self, username: str) -> str:
        return self._script.methods

    def check_auth_password(self, username: str, password: str) -> int:
        return AUTH_SUCCESSFUL if "password" in self._script.methods else AUTH_FAILED

    def check_auth_interactive(self, username: str, submethods: str) -> Any:
        return paramiko.server.InteractiveQuery("", "", ("Password: ", False))

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED

    def check_channel_direct_tcpip_request(self, chanid: int, origin: Any, destination: Any) -> int:
        threading.Thread(target=self._serve_http, args=(chanid,), daemon=True).start()
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        threading.Thread(target=self._serve_run, args=(Run(channel, command.decode()),), daemon=True).start()
        return True

    def _serve_run(self, run: Run) -> None:
        with suppress(Exception):
            if self._script.on_run and self._script.on_run(run):
                return
            run.take_program()
            run.say(*self._script.answers.get(run.mode, HONEST[run.mode]))
            run.end()

    def _serve_http(self, chanid: int) -> None:
        with suppress(Exception):
            while (channel := self._transport.accept(5)) and channel.chanid != chanid:
                pass
            assert channel
            if self._script.tunnel:
                self._script.tunnel(channel)
                return
            served = TlsChannel(channel, self._transport.pair)
            served.recv(4096)
            if self._script.http:
                self._script.http(served)
            else:
                served.sendall(METRICS)
            channel.close()


# What scripts are made of


def mute(transport: ScriptedTransport, _packet: bytes) -> list[bytes]:
    """Neither this message nor any after it."""
    transport.is_mute = True
    return []


def hang_up(transport: ScriptedTransport, _packet: bytes) -> list[bytes]:
    """The connection ends here."""
    transport.is_mute = True
    transport.sock.close()
    return []


def garbage(transport: ScriptedTransport, _packet: bytes) -> list[bytes]:
    """Bytes that are no packet."""
    transport.is_mute = True
    with suppress(OSError):
        transport.sock.sendall(os.urandom(4096))
    return []


def send(*packets: bytes) -> Replacement:
    """These packets."""
    return lambda _transport, _packet: list(packets)


def before(*packets: bytes) -> Replacement:
    """These packets, then the message itself."""
    return lambda _transport, packet: [*packets, packet]


def flood(packet: bytes) -> Replacement:
    """This packet for ever."""

    def replace(transport: ScriptedTransport, _packet: bytes) -> list[bytes]:
        transport.flood(packet)
        return []

    return replace


def text(value: bytes, *, claimed: int | None = None) -> bytes:
    """A string of the protocol; `claimed` is a length that is a lie."""
    return (len(value) if claimed is None else claimed).to_bytes(4, "big") + value


def number(value: int) -> bytes:
    return value.to_bytes(4, "big")


def drip(
    connection: socket.socket | paramiko.Channel | TlsChannel, data: Iterator[bytes], seconds: float = 1.0
) -> None:
    """One piece at a time, slowly, until the other side goes."""
    with suppress(Exception):
        for piece in data:
            connection.sendall(piece)
            time.sleep(seconds)
