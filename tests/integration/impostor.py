"""Something that poses as a device: an SSH server on loopback that would let anybody in, writes down what it is told, and has its own key."""

import io
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    MSG_DISCONNECT,
    MSG_EXT_INFO,
    MSG_IGNORE,
    MSG_KEXINIT,
    MSG_NEWKEYS,
    OPEN_SUCCEEDED,
)

from app.models.endpoint import HostKey

#: What two sides say before anybody has told who they are: greeting aside, agreeing on keys (30 to 41 are its rounds) and leaving.
_HARMLESS = {MSG_DISCONNECT, MSG_IGNORE, MSG_EXT_INFO, MSG_KEXINIT, MSG_NEWKEYS, *range(30, 42)}
_SECONDS = 10.0


@dataclass
class Impostor(paramiko.ServerInterface):
    """What it was told. `attempts` are logins, with the secrets; `channels` what was wanted after; `messages` the type of every message."""

    host_key: HostKey
    connections: int = 0
    attempts: list[tuple[str, ...]] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    messages: list[int] = field(default_factory=list)

    @property
    def has_learnt(self) -> list[str]:
        """Everything beyond the key exchange; empty when nothing was said to it."""
        talk = [f"message {kind}" for kind in self.messages if kind not in _HARMLESS]
        return [*talk, *map(str, self.attempts), *self.channels]

    def get_allowed_auths(self, username: str) -> str:
        self.attempts.append(("asked", username))
        return "password,publickey,keyboard-interactive"

    def check_auth_none(self, username: str) -> int:
        self.attempts.append(("none", username))
        return AUTH_FAILED

    def check_auth_password(self, username: str, password: str) -> int:
        self.attempts.append(("password", username, password))
        return AUTH_SUCCESSFUL

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        self.attempts.append(("publickey", username, key.get_base64()))
        return AUTH_SUCCESSFUL

    def check_auth_interactive(self, username: str, _submethods: str) -> int:
        self.attempts.append(("interactive", username))
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, _number: int) -> int:
        self.channels.append(f"channel {kind}")
        return OPEN_SUCCEEDED

    def check_channel_exec_request(self, _channel: paramiko.Channel, command: bytes) -> bool:
        self.channels.append(f"exec {command!r}")
        return False  # it has heard what it wanted


@contextmanager
def impostor(kind: str = "ssh-ed25519") -> Iterator[tuple[Impostor, int]]:
    """Runs one with a new key of that kind for the time of the block; yields it and its port."""
    key = _new_key(kind)
    posing = Impostor(HostKey(key.get_name(), key.get_base64()))
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.1)
    over = threading.Event()
    transports: list[paramiko.Transport] = []

    def serve() -> None:
        while not over.is_set():
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                posing.connections += 1
                transports.append(_answer(connection, posing, key))

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield posing, listener.getsockname()[1]
    finally:
        over.set()
        thread.join()
        listener.close()
        for transport in transports:
            transport.close()
            transport.join(_SECONDS)


def _answer(connection: socket.socket, posing: Impostor, key: paramiko.PKey) -> paramiko.Transport:
    transport = paramiko.Transport(connection)
    transport.add_server_key(key)
    read = transport.packetizer.read_message

    def read_and_tell() -> Any:
        kind, message = read()
        posing.messages.append(kind)
        return kind, message

    # The library tells a server about logins and channels only; here every message counts.
    vars(transport.packetizer)["read_message"] = read_and_tell
    transport.start_server(event=threading.Event(), server=posing)
    return transport


def _new_key(kind: str) -> paramiko.PKey:
    makers: dict[str, tuple[type[paramiko.PKey], Any]] = {
        "ssh-ed25519": (paramiko.Ed25519Key, ed25519.Ed25519PrivateKey.generate),
        "ecdsa-sha2-nistp256": (paramiko.ECDSAKey, lambda: ec.generate_private_key(ec.SECP256R1())),
        "ssh-rsa": (paramiko.RSAKey, lambda: rsa.generate_private_key(65537, 2048)),
    }
    wanted, make = makers[kind]
    private = make().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    return wanted.from_private_key(io.StringIO(private.decode()))


class Crossing:
    """A port on loopback that leads to one place and, after `lead_to`, to another: as when a device is exchanged at its address."""

    def __init__(self, address: str, port: int) -> None:
        self._place = (address, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.1)
        self._over = threading.Event()
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._serving = threading.Thread(target=self._serve)
        self._serving.start()
        self.port: int = self._listener.getsockname()[1]

    def lead_to(self, address: str, port: int) -> None:
        """From now on there; connections that are open end."""
        self._place = (address, port)
        self._cut()

    def close(self) -> None:
        self._over.set()
        self._serving.join()
        self._listener.close()
        self._cut()
        for thread in self._threads:
            thread.join()
        for connection in self._open:
            connection.close()

    def _cut(self) -> None:
        for connection in self._open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError):
                near, _ = self._listener.accept()
                far = socket.create_connection(self._place, timeout=_SECONDS)
                far.settimeout(None)
                self._open += [near, far]
                for source, sink in ((near, far), (far, near)):
                    thread = threading.Thread(target=_copy, args=(source, sink))
                    thread.start()
                    self._threads.append(thread)


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)
