"""All exporters of the fleet in one process, each at a loopback address of its own: `python -m tests.lab.fleet.exporters PLAN.json`.

Prometheus keeps a connection to each of them open and asks every 15 seconds. One answer takes a millisecond, so that 2,292 of them need
less than a fifth of a processor. Faults are made and mended through a socket in the file system, by a line of JSON a request.
"""

import asyncio
import json
import resource
import socket
import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypedDict

import numpy as np

from tests.lab.fleet.curves import DAY
from tests.lab.fleet.device import Device, Moments
from tests.lab.fleet.farms import choose
from tests.lab.fleet.faults import SILENT, Fault, Spell

PORT = 9100
_A_HUNDRED_YEARS = 36500 * DAY
#: A fault that grows is already so old when it is made, in seconds.
_AGES = {Fault.DISK_FILLING: 11.7 * DAY, Fault.CLOCK_OFF: DAY}
_LARGEST_REQUEST = 16384
_CONTENT = "text/plain; version=0.0.4; charset=utf-8"


class Plan(TypedDict):
    """What the process is started with."""

    count: int
    octet: int
    is_faulty: bool
    control: str


class Request(TypedDict):
    """A line to the control socket: this fault begins or, `mended`, ends at these endpoints. Answered by an empty line."""

    fault: str
    names: list[str]
    mended: bool


def address(octet: int, number: int) -> str:
    """Where the exporter of the turbine with this number listens: 127.`octet`.x.y."""
    return f"127.{octet}.{number // 250}.{number % 250 + 1}"


class Exporter:
    """One of them: what it tells now, and whether it tells anything."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._made: list[Spell] = []
        self._heads: list[str] = []

    def make(self, fault: Fault, now: float) -> None:
        self.mend(fault)
        self._made.append(Spell(fault, now - _AGES.get(fault, 0.0), now + _A_HUNDRED_YEARS))

    def mend(self, fault: Fault) -> None:
        self._made = [spell for spell in self._made if spell.fault is not fault]

    def moments(self, now: float) -> Moments:
        return self._device.moments(np.array([now]), self._made)

    def silence(self, moments: Moments) -> Fault | None:
        """The fault for which it says nothing."""
        return next((fault for fault in Fault if fault in SILENT and moments.during(fault)[0]), None)

    def text(self, moments: Moments) -> str:
        """The body of its answer, in the text format."""
        found = self._device.exposed(moments)
        if not self._heads:
            self._heads = _heads([head for head, _ in found])
        values = [repr(value if isinstance(value, float) else float(value[0])) for _, value in found]
        return "".join([f"{head} {value}\n" for head, value in zip(self._heads, values, strict=True)])


def _heads(series: Sequence[str]) -> list[str]:
    """The series, the first of each metric with the line that tells its type."""
    heads, seen = [], set()
    for each in series:
        name = each.partition("{")[0]
        kind = "counter" if name.endswith("_total") else "gauge"
        heads.append(each if name in seen else f"# TYPE {name} {kind}\n{each}")
        seen.add(name)
    return heads


class _Connection(asyncio.Protocol):
    def __init__(self, exporter: Exporter) -> None:
        self._exporter = exporter
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if b"\r\n\r\n" not in self._received:
            if len(self._received) > _LARGEST_REQUEST:
                self._abort()
            return
        self._received = b""
        self._answer()

    def _answer(self) -> None:
        assert self._transport is not None
        moments = self._exporter.moments(time.time())
        silence = self._exporter.silence(moments)
        if silence is Fault.LINK_LOST:
            return  # nothing comes back: whoever asks waits until it gives up
        if silence is not None:
            self._abort()
            return
        body = self._exporter.text(moments).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {_CONTENT}\r\nContent-Length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode() + body)

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()


class Fleet:
    """The exporters by the names of their endpoints."""

    def __init__(self, plan: Plan) -> None:
        turbines = choose(plan["count"])
        devices = [Device(turbine, faulty=plan["is_faulty"]) for turbine in turbines]
        self._plan = plan
        self._exporters = {device.turbine.name: Exporter(device) for device in devices}

    async def serve(self) -> None:
        """Listens at every address, then at the control socket, until the process is ended."""
        loop = asyncio.get_running_loop()
        for number, exporter in enumerate(self._exporters.values()):
            listening = _listening(address(self._plan["octet"], number))
            await loop.create_server(partial(_Connection, exporter), sock=listening)
        control = await asyncio.start_unix_server(self._control, self._plan["control"])
        async with control:
            await control.serve_forever()

    async def _control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            self._change(json.loads(line))
            writer.write(b"\n")
            await writer.drain()
        writer.close()

    def _change(self, request: Request) -> None:
        fault, now = Fault(request["fault"]), time.time()
        for name in request["names"]:
            exporter = self._exporters[name]
            exporter.mend(fault) if request["mended"] else exporter.make(fault, now)


def _listening(where: str) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((where, PORT))
    listening.listen(16)
    listening.setblocking(False)
    return listening


def main() -> None:
    """Serves the plan in the file that the command line names."""
    # A socket to listen on and a connection of Prometheus for each.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    plan: Plan = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    asyncio.run(Fleet(plan).serve())


if __name__ == "__main__":
    main()
