"""The hostile devices, in a process of their own: `python -m tests.integration.hostile.serve`.

Prints one JSON document, a `Place` for each case and try; serves until its standard input ends.
"""

import json
import logging
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass

from tests.integration.hostile.case import Case
from tests.integration.hostile.cases import CASES, host_key


@dataclass(frozen=True)
class Place:
    """Where one try of a case finds its device. Each has an address of its own, as devices do."""

    case: str
    what: str
    address: str
    port: int
    host_key: str


def listen(case: Case, address: str) -> int:
    """Serve a case; the port."""
    listener = socket.socket()
    if case.receive_bytes:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, case.receive_bytes)
    listener.bind((address, 0))
    listener.listen(16)

    def serve() -> None:
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=play, args=(case, connection), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    return int(listener.getsockname()[1])


def play(case: Case, connection: socket.socket) -> None:
    """Until the other side has gone."""
    with connection, suppress(OSError):
        connection.settimeout(90)
        case.play(connection)


def main() -> None:
    logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)
    places = []
    for number, case in enumerate(CASES):
        for at, what in enumerate(case.tries):
            address = f"127.7.{number}.{at + 1}"
            places.append(Place(case.name, what, address, listen(case, address), host_key(case, address)))
    print(json.dumps([asdict(place) for place in places]), flush=True)  # noqa: T201 - the answer
    sys.stdin.read()


if __name__ == "__main__":
    main()
