"""What a device says: facts, answers, receipts, and the exporter through the tunnel."""

import itertools
import time
from collections.abc import Iterator

import paramiko

from tests.integration.hostile.case import (
    ENROL,
    FLOODED,
    LOST,
    NASTY,
    PREVIEW,
    REMOVE,
    WELL,
    Case,
)
from tests.integration.hostile.server import (
    HONEST,
    METRICS,
    PIECE,
    Run,
    Script,
    drip,
)
from tests.integration.hostile.sessions import on_run
from tests.integration.hostile.tls import TlsChannel

# Answers


def facts(*lines: str, **instead: str) -> Script:
    """Honest facts with some told otherwise, and further lines."""
    told = [
        line if line.split(" ")[0] not in instead else f"{line.split(' ')[0]} {instead[line.split(' ')[0]]}"
        for line in HONEST["facts"]
    ]
    return Script(answers={"facts": (*told[:-1], *lines, told[-1])})


def _noise(lines: tuple[str, ...]) -> Script:
    def act(run: Run) -> None:
        run.channel.sendall("".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape"))
        run.end()

    return on_run(act)


def _replay() -> Script:
    heard: list[str] = []

    def act(run: Run) -> None:
        heard.append(run.nonce)
        run.nonce = heard[0] if len(heard) > 1 else "0" * 16
        run.say(*HONEST[run.mode])
        run.end()

    return on_run(act)


_MEGABYTE = "9" * 1_000_000
_BOMB = '{"a":' * 100_000
_EVIL_CHANGES = (
    "change file /usr/local/lib/plantwatch/../../../../etc/shadow",
    "change file /etc/passwd",
    "change directory /home/../etc",
    "change unit ssh.service",
    "change user root",
    "change link /etc/systemd/system/plantwatch-x/../../../cron.d/x",
    "change file /etc/systemd/system/plantwatch-$(reboot)",
)
ANSWERS = [
    Case("every fact in escapes", Script(answers={"facts": (
        "uname <b>wtg</b>\udcff 6.1\u0301<img/src=x> x86_64", f"os_release PRETTY_NAME={NASTY}", f"os_release ID={NASTY}",
        f"os_release VERSION_ID={NASTY}",
        "elf 7f454c460201", "init systemd", "free_kib 9000000", "privilege root", f"installed_version {NASTY}", "clock 1700000000", "done")}),
         (PREVIEW, ENROL), (WELL,)),
    Case("a machine in escapes", facts(uname=f"x 1 {NASTY}"), (PREVIEW,), ("UnknownArchitectureError",)),
    Case("a path for a machine", facts(uname="x 1 ../../x"), (PREVIEW, ENROL), ("UnknownArchitectureError",)),
    Case("an init in markup", facts(init=NASTY), (PREVIEW,), ("UnsupportedInitError",)),
    Case("a port's holder in escapes", facts(f"port_holder {NASTY}"), (PREVIEW, ENROL), ("PortTakenError",)),
    Case("sizes that are lies", facts(memory_kib="9" * 30, cpus="-4", free_kib="999999999999999", clock="9" * 15), (PREVIEW, ENROL), (WELL,)),
    Case("negative space", facts(free_kib="-1"), (PREVIEW,), ("NoSpaceError",)),
    Case("a version of a megabyte", facts(f"installed_version {_MEGABYTE}"), (PREVIEW,), (WELL,)),
    Case("a hundred thousand answers", facts(*["log x"] * 30_000), (PREVIEW,), (FLOODED,)),
    Case("wrong mark", _noise(tuple(f"@{'ab' * 8} {line}" for line in HONEST["facts"])), (PREVIEW, REMOVE), ("NoAnswerError",)),
    Case("mark of another run", _replay(), (PREVIEW, REMOVE), ("NoAnswerError",)),
    Case("keys that are guessed", facts("Done", "do ne", "privilege\troot", "../x y", f"{'k' * 40} v", f"{NASTY} x"), (PREVIEW,), (WELL,)),
    Case("JSON bomb", _noise((_BOMB, "[" * 200_000, '{"privilege": "root"}')), (PREVIEW,), ("NoAnswerError",)),
    Case("answers of another mode", Script(answers={"facts": HONEST["install"], "root_facts": HONEST["install"]}),
         (PREVIEW,), ("NoRootRightsError",)),
    Case("fails in escapes", Script(answers={"install": (f"log {NASTY}", f"failed {'c' * 900}\x1b {NASTY}")}), (ENROL,), ("DeviceFailedError",)),
    Case("a failure with braces", Script(answers={"install": ("failed {0.__class__} {target}",)}), (ENROL,), ("DeviceFailedError",)),
    Case("a receipt of others' files", Script(answers={"install": (*HONEST["install"][:-1], *_EVIL_CHANGES, "done")}), (ENROL,), (WELL,)),
    Case("leftovers in escapes", Script(answers={"check": (f"left {NASTY}", f"item ok file {NASTY}", "done")}), (REMOVE,), ("LeftBehindError",)),
    Case("a removal that is none", Script(answers={"remove": HONEST["facts"]}), (REMOVE,), (WELL,)),
]  # fmt: skip

# The exporter, through the tunnel


def http(*data: bytes, without_end: bytes = b"") -> Script:
    def answer(channel: TlsChannel) -> None:
        for piece in data:
            channel.sendall(piece)
        while without_end:
            channel.sendall(without_end)

    return Script(http=answer)


def _dripping(data: bytes) -> Script:
    return Script(http=lambda channel: drip(channel, _bytes(data), 0.5))


def _bytes(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 1] for at in itertools.cycle(range(len(data))))


_OK = b"HTTP/1.1 200 OK\r\n"
_SILENT = "ExporterSilentError"


def _endless_tls(channel: paramiko.Channel) -> None:
    while True:
        channel.sendall(b"\x16\x03\x03\x40\x00" + PIECE)


TUNNELS = [
    Case("body without end", http(METRICS, without_end=PIECE), (ENROL,), (_SILENT,)),
    Case("body of empty lines", http(METRICS, b"\n" * 4_000_000), (ENROL,), (WELL,)),
    Case("header without end", http(_OK, without_end=b"X: " + PIECE), (ENROL,), (_SILENT,)),
    Case("status line without end", http(b"HTTP/1.1 200 ", without_end=PIECE), (ENROL,), (_SILENT,)),
    Case("status in escapes", http(NASTY.encode("utf-8", "surrogateescape") + b"\r\n\r\n"), (ENROL,), (_SILENT,)),
    Case("chunk of everything", http(_OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx"), (ENROL,), ("MetricsWrongError",)),
    Case("negative length", http(_OK + b"Content-Length: -1\r\n\r\n"), (ENROL,), ("MetricsWrongError",)),
    Case("no answer in the tunnel", Script(http=lambda channel: time.sleep(30)), (ENROL,), (_SILENT,)),
    Case("no TLS in the tunnel", Script(tunnel=lambda channel: channel.sendall(METRICS)), (ENROL,), ("MetricsWrongError", _SILENT)),
    Case("TLS drips", Script(tunnel=lambda channel: drip(channel, _bytes(b"\x16\x03\x03\x40\x00" + bytes(100)), 0.5)),
         (ENROL,), ("MetricsWrongError", _SILENT)),
    Case("TLS without end", Script(tunnel=_endless_tls), (ENROL,), ("MetricsWrongError", _SILENT)),
    Case("body drips", _dripping(METRICS), (ENROL,), (_SILENT,)),
    Case("tunnel hangs up", Script(http=lambda channel: channel.get_transport().close()),
         (ENROL,), ("NotCleanedError", LOST, _SILENT, "MetricsWrongError")),
]  # fmt: skip
