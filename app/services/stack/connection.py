"""One connection to the chosen Docker host, kept for as long as it works and the choice stays."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import HostError
from app.models.stack import DockerHost
from app.services.stack.engine import Engine
from app.services.stack.hosts import locate
from app.services.stack.reach import Reach


class Connection:
    """An engine and the way to what it publishes."""

    def __init__(self, host: DockerHost) -> None:
        self.host = host
        self.engine = Engine(locate(host))
        self.reach = Reach(self.engine)
        self._description = ""

    def description(self) -> str:
        """As `Engine.description`; asked once."""
        self._description = self._description or self.engine.description()
        return self._description

    def close(self) -> None:
        self.reach.close()
        self.engine.close()


class Connections:
    """Gives out the connection to a host. Safe to use from several threads, which share it."""

    def __init__(self) -> None:
        self._current: Connection | None = None
        self._lock = threading.Lock()

    @contextmanager
    def to(self, host: DockerHost) -> Iterator[Connection]:
        """The connection to `host`. A HostError in the block ends it, so that the next call starts afresh. Raises HostError."""
        with self._lock:
            if self._current and (self._current.host != host or not self._current.engine.is_alive):
                self._drop(self._current)
            if self._current is None:
                self._current = Connection(host)
            connection = self._current
        try:
            yield connection
        except HostError:
            with self._lock:
                self._drop(connection)
            raise

    def close(self) -> None:
        """End the connection and the tunnels through it."""
        with self._lock:
            if self._current:
                self._drop(self._current)

    def _drop(self, connection: Connection) -> None:
        connection.close()
        if self._current is connection:
            self._current = None
