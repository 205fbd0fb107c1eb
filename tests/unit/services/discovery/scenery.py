"""A network on loopback addresses: listeners that count who comes, and a look that needs no SSH server."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from app.models.discovery import FoundExporter
from app.models.endpoint import HostKey
from app.services.discovery.looking import SeenServer
from app.services.enrolment.network import TunedSocket
from app.services.progress import CancelToken


@dataclass
class Doors:
    """Listeners on one port of several addresses. `most` is how many connections an address ever had at a time."""

    port: int = 0
    visits: dict[str, int] = field(default_factory=dict)
    at_once: dict[str, int] = field(default_factory=dict)
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def came(self, address: str) -> None:
        with self.lock:
            self.visits[address] = self.visits.get(address, 0) + 1
            self.at_once[address] = self.at_once.get(address, 0) + 1
            self.most = max(self.most, self.at_once[address])

    def left(self, address: str) -> None:
        with self.lock:
            self.at_once[address] -= 1

    def wait_until_empty(self) -> None:
        """Raises TimeoutError when somebody is still there after five seconds."""
        deadline = time.monotonic() + 5
        while any(self.at_once.values()):
            if time.monotonic() > deadline:
                raise TimeoutError(str(self.at_once))
            time.sleep(0.01)


@contextmanager
def doors(addresses: Sequence[str], port: int = 0) -> Iterator[Doors]:
    """Open doors, each connection waiting until the other side goes."""
    made = Doors(port)
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def hold(connection: socket.socket, address: str) -> None:
        made.came(address)
        with connection, suppress(OSError):
            connection.settimeout(10)
            while connection.recv(4096):
                pass
        made.left(address)

    def accept(listener: socket.socket, address: str) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=hold, args=(connection, address)))
                threads[-1].start()

    try:
        for address in addresses:
            listeners.append(socket.create_server((address, made.port)))
            made.port = listeners[0].getsockname()[1]
            threads.append(threading.Thread(target=accept, args=(listeners[-1], address)))
            threads[-1].start()
        yield made
    finally:
        for listener in listeners:
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for thread in threads:
            thread.join()


class FakeLook:
    """A `Look` that says what it is told to, after `seconds`, and knows how many looks there were at a time."""

    def __init__(self, key: HostKey | None = None, *, seconds: float = 0.0, name: str = "") -> None:
        self.key = key
        self.seconds = seconds
        self.called = name
        self.name_seconds = 0.0
        self.asked_names: list[str] = []
        self.asked_exporters: list[tuple[str, int]] = []
        self.likes: list[HostKey | None] = []

    def ssh(
        self, connected: TunedSocket, address: str, port: int, like: HostKey | None, token: CancelToken
    ) -> SeenServer:
        with connected:
            self.likes.append(like)
            token.sleep(self.seconds)
            return SeenServer(port, "SSH-2.0-door" if self.key else "HTTP/1.0 400", self.key)

    def exporter(self, address: str, port: int, token: CancelToken) -> FoundExporter:
        self.asked_exporters.append((address, port))
        return FoundExporter(port)

    def name(self, address: str) -> str:
        self.asked_names.append(address)
        time.sleep(self.name_seconds)
        return self.called
