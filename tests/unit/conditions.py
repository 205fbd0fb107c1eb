"""What conftest.py holds unit tests to."""

import importlib.abc
import ipaddress
import logging
import socket
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_QT = frozenset({"PySide6", "shiboken6", "pyqtgraph"})


class NoQt(importlib.abc.MetaPathFinder):
    """Makes Qt look as if it were not installed."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in _QT:
            raise ModuleNotFoundError(f"unit tests run without {fullname}", name=fullname)
        return None


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


def _needs_name_service(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if not name or name == "localhost":
        return False
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return True
    return False


class Network:
    """Refuses connections while `closed`, and remembers what was refused: the code under test might swallow the error."""

    def __init__(self) -> None:
        self.closed = False
        self.loopback = False
        self.refused: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.closed:
            return
        if event == "socket.connect":
            self._connecting(*arguments)
        elif event == "socket.getaddrinfo" and _needs_name_service(arguments[0]):
            self._refuse(f"looking up {arguments[0]}")

    def _connecting(self, connecting: socket.socket, address: Any) -> None:
        on_internet = connecting.family in (socket.AF_INET, socket.AF_INET6)
        if not (on_internet and self.loopback and _is_loopback(str(address[0]))):
            self._refuse(f"connecting to {address!r}")

    def _refuse(self, what: str) -> None:
        self.refused.append(what)
        raise ConnectionRefusedError(
            f"unit tests have no network: {what}; for a server of the test's own use the fixture loopback"
        )


class ExpectedLog:
    """The records of level WARNING and above that a test expects: each must come, and nothing else may."""

    def __init__(self) -> None:
        self._expected: list[str] = []

    def __call__(self, text: str) -> None:
        """Expect one record, or several, with `text` in its message."""
        self._expected.append(text)

    def check(self, messages: list[str]) -> None:
        surprises = [message for message in messages if not any(text in message for text in self._expected)]
        assert not surprises, f"logged without being expected: {surprises}"
        missing = [text for text in self._expected if not any(text in message for message in messages)]
        assert not missing, f"expected in the log, and not there: {missing}"


class Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.name}: {record.getMessage()}")
