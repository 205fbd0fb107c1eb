"""The login, and the channels after it."""

import itertools
import time
from collections.abc import Callable
from contextlib import suppress

from tests.integration.hostile.case import (
    BROKEN,
    ENROL,
    FETCH,
    FLOODED,
    LOST,
    NASTY,
    PREVIEW,
    REMOVE,
    STALLED,
    WELL,
    Case,
)
from tests.integration.hostile.early import key_exchange_init
from tests.integration.hostile.server import (
    HONEST,
    PIECE,
    Run,
    Script,
    ScriptedTransport,
    before,
    drip,
    flood,
    number,
    send,
    text,
)

# The login


_BANNER = b"\x35" + text(NASTY.encode("utf-8", "surrogateescape") + PIECE) + text(b"")
_QUESTIONS = b"\x3c" + text(b"") + text(b"") + text(b"")
LOGINS = [
    Case("banner of the login without end", Script({6: flood(_BANNER)}), (PREVIEW,), (BROKEN,)),
    Case("banner of the login of megabytes", Script({6: send(b"\x35" + text(bytes(5_000_000)) + text(b""))}), (PREVIEW,), (BROKEN,)),
    Case("banner of the login in escapes", Script({6: before(_BANNER)}), (PREVIEW,), (WELL,)),
    Case("logged in without being asked", Script({6: send(b"\x34")}), (PREVIEW,), (BROKEN,)),
    Case("logged in before the login", Script({6: before(b"\x34")}), (PREVIEW,), (BROKEN,)),
    Case("more proofs in escapes", Script({52: send(b"\x33" + text(b"\x1b[2J,\xe2\x80\xaex") + b"\1")}), (PREVIEW,), ("SecondFactorError",)),
    Case("four billion questions", Script({60: send(_QUESTIONS + number(0xFFFFFFFF))}, methods="keyboard-interactive"), (PREVIEW,), (BROKEN,)),
    Case("questions in escapes", Script({60: send(_QUESTIONS + number(1) + text(b"\x1b[2JPIN\xe2\x80\xae") + b"\1")}, methods="keyboard-interactive"),
         (PREVIEW,), ("NobodyToAskError",)),
    Case("four billion extensions", Script({6: before(b"\x07" + number(0xFFFFFFFF) + text(b"x"))}), (PREVIEW,), (BROKEN,)),
    Case("ignored packets at the login", Script({6: flood(b"\x02" + text(PIECE))}), (PREVIEW,), (BROKEN,)),
    Case("unknown messages at the login", Script({6: flood(b"\xc8" + PIECE)}), (PREVIEW,), (BROKEN, LOST)),
    Case("refuses for ever", Script({52: flood(b"\x33" + text(b"password") + b"\0")}), (PREVIEW,), ("WrongPasswordError",)),
    Case("disconnects at the login", Script({52: send(b"\x01" + number(11) + text(b"\x1b[2Jbye") + text(b""))}), (PREVIEW,), (LOST,)),
]  # fmt: skip

# Channels


def on_run(act: Callable[[Run], object], *modes: str) -> Script:
    """`act` takes the commands over, once their program is read, of these modes; of all without."""

    def take(run: Run) -> bool:
        run.take_program()
        if modes and run.mode not in modes:
            run.say(*HONEST[run.mode])
            run.end()
        else:
            act(run)
        return True

    return Script(on_run=take)


def _transport(run: Run) -> ScriptedTransport:
    found = run.channel.get_transport()
    assert isinstance(found, ScriptedTransport)
    return found


def _data(run: Run, piece: bytes) -> bytes:
    return b"\x5e" + number(run.channel.remote_chanid) + text(piece)


def _confirmed(window: int) -> Callable[[ScriptedTransport, bytes], list[bytes]]:
    return lambda _transport, packet: [packet[:9] + number(window) + packet[13:]]


def _flood_output(piece: bytes) -> Callable[[Run], None]:
    """Without regard to the window."""
    return lambda run: _transport(run).flood(_data(run, piece))


def _drip_output(piece: bytes) -> Callable[[Run], None]:
    return lambda run: drip(run.channel, itertools.repeat(piece), 0.2)


def _drip_answers(run: Run) -> None:
    with suppress(Exception):
        while True:
            run.say("log I am still at work")
            time.sleep(0.2)


def _data_before_exec(transport: ScriptedTransport, packet: bytes) -> list[bytes]:
    transport.flood(b"\x5e" + packet[1:5] + text(PIECE))
    return []


def _end_then_flood(run: Run) -> None:
    _transport(run).send_packet(b"\x60" + number(run.channel.remote_chanid))
    _flood_output(PIECE)(run)


def _adjust_without_end(run: Run) -> None:
    for _ in range(2000):
        _transport(run).send_packet(b"\x5d" + number(run.channel.remote_chanid) + number(0xFFFFFFFF))
    run.say(*HONEST[run.mode])
    run.end()


def _new_keys(transport: ScriptedTransport, packet: bytes) -> list[bytes]:
    """Asks for new keys, and says nothing more."""
    transport.send_packet(packet)
    aes, mac = b"aes128-ctr", b"hmac-sha2-256"
    keys = (b"curve25519-sha256@libssh.org", b"ecdsa-sha2-nistp256")
    transport.send_packet(key_exchange_init(*keys, aes, aes, mac, mac, b"none", b"none", b""))
    time.sleep(60)
    return []


def _reads_no_more(transport: ScriptedTransport, packet: bytes) -> list[bytes]:
    transport.send_packet(packet)
    transport.runs += 1
    if transport.runs > 1:  # the first has only looked
        time.sleep(0.3)
        for _ in range(4):
            transport.send_packet(b"\x5d" + packet[1:5] + number(0x7FFFFFFF))
        time.sleep(60)
    return []


def _end_at_once(run: Run) -> bool:
    run.end(1)
    return True


CHANNELS = [
    Case("honest", Script(), (FETCH, PREVIEW, ENROL, REMOVE), (WELL,)),
    Case("channel refused in escapes", Script({91: lambda _t, packet: [b"\x5c" + packet[1:5] + number(2) + text(b"\x1b[2J") + text(b"")]}),
         (PREVIEW, REMOVE), (LOST,)),
    Case("run refused", Script({99: lambda _t, packet: [b"\x64" + packet[1:]]}), (PREVIEW,), (LOST,)),
    Case("window of zero", Script({91: _confirmed(0)}), (PREVIEW, REMOVE), (STALLED,)),
    Case("window of everything", Script({91: _confirmed(0xFFFFFFFF)}), (ENROL,), (WELL,)),
    Case("window that overflows", on_run(_adjust_without_end), (PREVIEW, ENROL), (WELL,)),
    Case("output before leave to run", Script({99: _data_before_exec}), (PREVIEW,), (FLOODED,)),
    Case("output without end", on_run(_flood_output(b"x\n" * 8000)), (PREVIEW, REMOVE), (FLOODED,)),
    Case("a gigabyte in a line", on_run(_flood_output(PIECE)), (PREVIEW, REMOVE), (FLOODED,)),
    Case("empty lines without end", on_run(_flood_output(b"\n" * 16384)), (PREVIEW,), (FLOODED,)),
    Case("errors without end", on_run(lambda run: _transport(run).flood(b"\x5f" + number(run.channel.remote_chanid) + number(1) + text(PIECE))),
         (PREVIEW, REMOVE), (FLOODED,)),
    Case("output after its end", on_run(_end_then_flood), (PREVIEW,), (FLOODED, LOST, "NoAnswerError")),
    Case("output drips", on_run(_drip_output(b"x")), (PREVIEW, REMOVE), (STALLED,)),
    Case("lines drip", on_run(_drip_output(b"x\n")), (PREVIEW, REMOVE), ("TooSlowError",)),
    Case("answers drip", on_run(_drip_answers), (PREVIEW, REMOVE), ("TooSlowError",)),
    Case("answers drip while installing", on_run(_drip_answers, "install"), (ENROL,), ("NotCleanedError", "TooSlowError")),
    Case("install never answers", on_run(lambda run: time.sleep(60), "install"), (ENROL,), (STALLED,)),
    Case("nothing after the facts", on_run(lambda run: time.sleep(60), "install", "undo"), (ENROL,), ("NotCleanedError",)),
    Case("reads no more", Script({91: _confirmed(0x7FFFFFFF), 99: _reads_no_more}), (ENROL,), ("NotCleanedError",), receive_bytes=4096),
    Case("new keys in the middle", Script({99: _new_keys}), (PREVIEW,), (STALLED, LOST)),
    Case("ignored packets while it runs", on_run(lambda run: _transport(run).flood(b"\x02" + text(PIECE))), (PREVIEW,), (FLOODED,)),
    Case("requests without end", on_run(lambda run: _transport(run).flood(b"\x50" + text(b"\x1b[2J" * 1000) + b"\1")),
         (PREVIEW,), (FLOODED, STALLED, LOST)),
    Case("channels without end", on_run(lambda run: _transport(run).flood(b"\x5a" + text(b"forwarded-tcpip") + number(7) * 3 + PIECE)),
         (PREVIEW,), (FLOODED, STALLED, LOST)),
    Case("ends before its program", Script(on_run=_end_at_once), (PREVIEW, REMOVE), ("NoAnswerError", LOST)),
]  # fmt: skip
