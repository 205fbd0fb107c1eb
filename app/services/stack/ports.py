"""Are the ports free? Asked before anything is changed, so that a taken one costs nothing."""

import errno
import socket
import sys
from collections.abc import Iterable, Sequence

from app.errors import StackError
from app.services.stack.compose import Port, ServiceDefinition
from app.services.stack.engine import Engine, PublishedPort
from app.services.stack.failures import port_taken
from app.services.stack.hosts import Location
from app.services.stack.names import container_name

_ANY = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - recognised, not bound


def check_ports(engine: Engine, project: str, services: Iterable[ServiceDefinition]) -> None:
    """Raises StackError naming the first port that one of `services` needs and somebody else holds.

    Programs outside Docker are noticed on a local engine only; on another host the engine's own refusal tells of them later.
    """
    published = engine.published_ports()
    for service in services:
        own = container_name(project, service.name)
        for port in service.ports:
            held_by_us = _check_containers(port, published, own)
            if not held_by_us:
                _check_programs(port, engine.location)


def _check_containers(port: Port, published: Sequence[PublishedPort], own: str) -> bool:
    """Whether our own container holds the port. Raises StackError when another one does."""
    for other in published:
        if other.port != port.host or not _overlap(other.address, port.address):
            continue
        if other.container == own:
            return True
        raise port_taken(_sentence(port), f"The container {other.container} has it.")
    return False


def _check_programs(port: Port, location: Location) -> None:
    if not location.is_local:
        return
    family = socket.AF_INET6 if ":" in port.address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if sys.platform != "win32":
                # Connections of the past do not count; on Windows this option would allow to share the port.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((port.address, port.host))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise port_taken(_sentence(port), str(error)) from error
        if error.errno == errno.EADDRNOTAVAIL:
            raise StackError(
                str(error),
                reason=f"The publish address {port.address} is not an address of the Docker host.",
                what_to_do="Choose 127.0.0.1 or another address of that host in the settings of the stack.",
            ) from error
        # Anything else (a port that needs privileges, no IPv6) is the engine's to judge.


def _sentence(port: Port) -> str:
    return f"Port {port.host} on {port.address}"


def _overlap(one: str, other: str) -> bool:
    return one == other or one in _ANY or other in _ANY
