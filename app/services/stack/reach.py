"""How this machine reaches what the stack publishes.

The services speak plain HTTP with passwords, so they are reached on a loopback only: the machine's own for a local engine, the far one through
the SSH connection for an ssh:// host. Any other way is refused.
"""

import select
import socket
import socketserver
import threading
from collections.abc import Callable
from typing import Any

from app.errors import StackError
from app.models.stack import StackOptions
from app.services.stack.configuration import is_loopback, visit_address
from app.services.stack.engine import Engine
from app.services.stack.failures import working
from app.services.stack.hosts import Location

_CHUNK = 65536


def check_reachable(location: Location, options: StackOptions) -> None:
    """Raises StackError when the services could not be reached, or their passwords would cross a network in plain text."""
    if location.is_local:
        return
    if not location.is_ssh:
        raise StackError(
            reason=f"The services on {location.label} could not be reached without sending their passwords over the network in plain text.",
            what_to_do="Use the same host as ssh://user@host: Plantwatch then reaches the services through SSH.",
        )
    if not is_loopback(options.publish_address):
        raise StackError(
            reason=f"On {location.label} the services would be published on {options.publish_address}, and passwords would cross "
            "the network in plain text.",
            what_to_do="Set the publish address to 127.0.0.1: Plantwatch reaches the services through SSH.",
        )


class Reach:
    """Turns published ports of one engine into base URLs on this machine. Opens tunnels as needed; `close` ends them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tunnels: dict[tuple[str, int], Tunnel] = {}
        self._lock = threading.Lock()

    def base_url(self, address: str, port: int) -> str:
        """The URL, without trailing slash, of what the engine publishes on `address` and `port`. Raises StackError or HostError."""
        address = visit_address(address)
        if not self._engine.location.is_local:
            if not self._engine.location.is_ssh or not is_loopback(address):
                check_reachable(self._engine.location, StackOptions(publish_address=address))
            return f"http://127.0.0.1:{self._tunnel(address, port)}"
        return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"

    def close(self) -> None:
        with self._lock:
            tunnels, self._tunnels = list(self._tunnels.values()), {}
        for tunnel in tunnels:
            tunnel.close()

    def _tunnel(self, address: str, port: int) -> int:
        with self._lock:
            tunnel = self._tunnels.get((address, port))
            if tunnel is None:
                with working(self._engine.label):
                    tunnel = Tunnel(self._engine.open_channel, address, port)
                self._tunnels[address, port] = tunnel
            return tunnel.port


class Tunnel:
    """A port on this machine's loopback that leads to `address`:`port` as seen from the far end of an SSH connection.

    The same port number as the far one is taken when it is free here, because Grafana compares a browser's Origin with its own URL.
    """

    def __init__(self, open_channel: Callable[[str, int], Any], address: str, port: int) -> None:
        handler = _handler(lambda: open_channel(address, port))
        try:
            self._server = _Server(("127.0.0.1", port), handler)
        except OSError:
            self._server = _Server(("127.0.0.1", 0), handler)
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, name=f"tunnel-{port}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the tunnel and the connections through it."""
        self._server.shutdown()
        self._server.server_close()
        self._server.end_connections()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = False

    def __init__(self, address: tuple[str, int], handler: type[socketserver.BaseRequestHandler]) -> None:
        super().__init__(address, handler)
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def end_connections(self) -> None:
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is the caller's to notice."""


def _handler(connect: Callable[[], Any]) -> type[socketserver.BaseRequestHandler]:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            channel = connect()
            try:
                _relay(self.request, channel)
            finally:
                channel.close()

    return Handler


def _relay(near: socket.socket, far: Any) -> None:
    while True:
        readable, _, _ = select.select([near, far], [], [])
        for source, sink in ((near, far), (far, near)):
            if source in readable:
                data = source.recv(_CHUNK)
                if not data:
                    return
                sink.sendall(data)
