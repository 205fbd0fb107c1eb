"""Serves what the exporters of all devices would: `python -m tests.bench.enrol.exporters FOLDER`, told by a pipe who starts and stops.

One process for all: 2,292 real exporters would need 46 GB. It reads what was installed on the device (the port from the unit; certificate,
key and authorities from the web configuration), and answers in TLS, to clients with a certificate only, with what a real node_exporter said.
"""

import asyncio
import re
import ssl
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from tests.bench.enrol.kit import exporter_binary

_UNIT = "etc/systemd/system/plantwatch-node-exporter.service"
_WEB = "usr/local/lib/plantwatch/web.yml"
_LISTEN = re.compile(r"--web\.listen-address=\S*:(\d+)")
_SAMPLE_PORT = 19_999
_SAMPLE_SECONDS = 30.0


class Exporters:
    """Those that run, by the address of their device."""

    def __init__(self, folder: Path, metrics: bytes) -> None:
        self._folder = folder
        head = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {len(metrics)}\r\n\r\n"
        self._answer = head.encode() + metrics
        self._running: dict[str, asyncio.Server] = {}

    async def obey(self, line: str) -> None:
        """ "start ADDRESS", "stop ADDRESS" or "stop all"."""
        verb, _, address = line.partition(" ")
        for each in list(self._running) if address == "all" else [address]:
            if server := self._running.pop(each, None):
                server.close()
        if verb == "start":
            self._running[address] = await self._start(self._folder / "roots" / address)

    async def _start(self, root: Path) -> asyncio.Server:
        found = _LISTEN.search((root / _UNIT).read_text())
        assert found is not None, f"no port in the unit of {root.name}"
        return await asyncio.start_server(self._serve, "0.0.0.0", int(found[1]), ssl=_context(root))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while request := await reader.readuntil(b"\r\n\r\n"):
                writer.write(self._answer)
                await writer.drain()
                if b" HTTP/1.0\r\n" in request:
                    break
        writer.close()


def _context(root: Path) -> ssl.SSLContext:
    words = dict(line.split() for line in (root / _WEB).read_text().splitlines() if line.startswith("  "))
    files = {key.rstrip(":"): root / value.lstrip("/") for key, value in words.items()}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files["cert_file"], files["key_file"])
    context.load_verify_locations(files["client_ca_file"])
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _sample() -> bytes:
    """What a real one says on this machine."""
    address = f"127.0.0.1:{_SAMPLE_PORT}"
    command = [str(exporter_binary()), f"--web.listen-address={address}", "--log.level=error"]
    real = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + _SAMPLE_SECONDS
    try:
        while True:
            try:
                with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
                    body: bytes = answer.read()
                    return body
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
    finally:
        real.terminate()
        real.wait()


async def _main(folder: Path) -> None:
    exporters = Exporters(folder, _sample())
    loop = asyncio.get_running_loop()
    lines = asyncio.StreamReader()
    # For reading and writing, so that it does not end when the last writer closes it.
    pipe = (folder / "exporters").open("r+b", buffering=0)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), pipe)
    async for line in lines:
        try:
            await exporters.obey(line.decode().strip())
        except (OSError, AssertionError) as error:
            print(f"exporters: {line!r}: {error}", file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
