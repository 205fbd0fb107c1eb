"""What reads a device's words, fed with words that nobody has thought of: seeded, so that a failure comes again."""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from paramiko.message import Message
from paramiko.ssh_exception import SSHException

from app.errors import DeviceError
from app.models.device import Change, ChangeKind, Facts
from app.services.enrolment import failures
from app.services.enrolment.exporter import is_ours, parse_changes
from app.services.enrolment.facts import parse_facts, parse_os_release
from app.services.enrolment.program import AnswerReader, Answers, plain, plain_lines
from app.services.enrolment.ssh_packets import GREETING_BYTES, PACKET_BYTES, BoundedPacketizer

_ROUNDS = 2000
_NONCE = "0123456789abcdef"
_PIECES = (
    f"@{_NONCE} ", "@", " ", "\t", "done", "failed ", "ready", "uname ", "a b ", "os_release ", "ID=",
    "PRETTY_NAME=", '"', "'", "\\", "cpus ",
    "memory_kib ",
    "9" * 40, "-1", "1e9", "\u0663", "x86_64", "../../", "/", "..", "change ", "file ", "directory ", "unit ", "user ",
    "/usr/local/lib/plantwatch", "/etc/systemd/system/", "plantwatch-", "$(id)", "\x1b[2J",
    "\x00", "\u202e", "\u200b", "\udcff", "\ufffd", "\n", "\r",
    "<b>", "[red]", "{0}", "elf ", "7f454c460201", "privilege root", "init systemd", "clock ", "a" * 500, "é", "🙂",
)  # fmt: skip


_PLACES = ("/usr/local/lib/plantwatch", "/etc/systemd/system", "/var/lib/plantwatch", "plantwatch-")
_ABOVE = {"/usr/", "/usr/local/", "/usr/local/lib/", "/etc/", "/etc/systemd/", "/var/", "/var/lib/"}


def texts(seed: str) -> list[str]:
    """Words of the protocol and of trouble, in any order."""
    chance = random.Random(seed)
    return ["".join(chance.choices(_PIECES, k=chance.randint(1, 12))) for _ in range(_ROUNDS)]


def test_answers_are_plain_whatever_comes() -> None:
    reader = AnswerReader(_NONCE, lambda _key, _value: None, "10.0.0.1:22")
    for line in texts("answers"):
        if len(reader.answers.pairs) < 900:
            reader.read(line)
    found = [*reader.noise, *reader.answers.failure, *(part for pair in reader.answers.pairs for part in pair)]
    assert [text for text in found if not text.isprintable() or len(text) > 1000] == []
    assert len(reader.noise) <= 21


def test_more_answers_than_there_are() -> None:
    reader = AnswerReader(_NONCE, lambda _key, _value: None, "10.0.0.1:22")
    for _ in range(1000):
        reader.read(f"@{_NONCE} log x")
    with pytest.raises(failures.FloodedError):
        reader.read(f"@{_NONCE} log x")


def test_facts_are_bounded_whatever_comes() -> None:
    words = texts("facts")
    for at in range(0, len(words), 8):
        reader = AnswerReader(_NONCE, lambda _key, _value: None, "")
        for word in words[at : at + 8]:
            for key in ("uname", "os_release", "cpus", "memory_kib", "free_kib", "clock", "elf", "init", "port_holder"):
                reader.read(f"@{_NONCE} {key} {word}")
        facts = parse_facts(reader.answers, asked_at=0, answered_at=1)
        values = [getattr(facts, name) for name in Facts.__dataclass_fields__]
        assert [text for text in values if isinstance(text, str) and (len(text) > 200 or not text.isprintable())] == []
        assert all(0 <= size < 2**63 for size in (facts.cpu_count, facts.memory_bytes, facts.free_bytes))
        assert facts.architecture in ("", "amd64", "386")


def test_os_release_is_never_an_error() -> None:
    for word in texts("os-release"):
        parse_os_release(word.splitlines())
        assert plain(word).isprintable()
        assert all(line.isprintable() for line in plain_lines(word).splitlines())


def test_changes_stay_in_our_places() -> None:
    answers = Answers(pairs=[("change", word) for word in texts("changes")])
    answers.pairs += [("change", f"{kind.value} {word}") for kind in ChangeKind for word in texts(kind.value)]
    for change in parse_changes(answers):
        assert ".." not in change.name.split("/")
        assert not set(" $<\\'\"\n") & set(change.name)
        above = change.kind is ChangeKind.DIRECTORY and f"{change.name}/" in _ABOVE
        assert above or change.name.startswith(_PLACES)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        (ChangeKind.FILE, "/usr/local/lib/plantwatch/node_exporter", True),
        (ChangeKind.FILE, "/var/lib/plantwatch/receipt", True),
        (ChangeKind.FILE, "/etc/systemd/system/plantwatch-node-exporter.service", True),
        (ChangeKind.LINK, "/etc/systemd/system/multi-user.target.wants/plantwatch-node-exporter.service", True),
        (ChangeKind.DIRECTORY, "/usr/local/lib", True),
        (ChangeKind.DIRECTORY, "/etc/systemd/system/multi-user.target.wants", True),
        (ChangeKind.UNIT, "plantwatch-node-exporter.service", True),
        (ChangeKind.GROUP, "plantwatch-exporter", True),
        (ChangeKind.FILE, "/usr/local/lib/plantwatch/../../../../etc/shadow", False),
        (ChangeKind.FILE, "/usr/local/lib/plantwatch/./x", False),
        (ChangeKind.FILE, "/usr/local/lib/plantwatch", False),
        (ChangeKind.FILE, "/usr/local/lib/plantwatchful/x", False),
        (ChangeKind.FILE, "/tmp/plantwatch-x", False),
        (ChangeKind.FILE, "plantwatch-x", False),
        (ChangeKind.DIRECTORY, "/home", False),
        (ChangeKind.DIRECTORY, "/", False),
        (ChangeKind.UNIT, "ssh.service", False),
        (ChangeKind.UNIT, "plantwatch-x.service ssh.service", False),
        (ChangeKind.USER, "root", False),
    ],
)
def test_what_is_ours(kind: ChangeKind, name: str, *, expected: bool) -> None:
    assert is_ours(Change(kind, name)) is expected


def test_what_is_told_of_a_device_is_printable() -> None:
    for word in texts("errors"):
        error = DeviceError(word, reason=word, what_to_do=word)
        assert error.message.isprintable()
        assert error.advice.isprintable()
        assert all(line.isprintable() for line in error.evidence.splitlines())


# Packets


Wire = tuple[BoundedPacketizer, Callable[[bytes], None]]


@pytest.fixture
def wire() -> Iterator[Wire]:
    """A packetizer, and what sends it bytes and ends."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0.05)
    threads = []

    def feed(data: bytes) -> None:
        def run() -> None:
            with theirs, suppress(OSError):
                theirs.sendall(data)

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    with ours, theirs:
        yield BoundedPacketizer(ours), feed
        ours.close()
        for thread in threads:
            thread.join()


def test_a_greeting_in_pieces_then_a_packet(wire: Wire) -> None:
    packets, feed = wire
    feed(b"hello\r\nSSH-2.0-x\r\nabcdef")
    assert packets.readline(1) == "hello"
    assert packets.readline(1) == "SSH-2.0-x"
    assert packets.read_all(2) == b"ab"
    assert packets.read_all(4) == b"cdef"
    with pytest.raises(EOFError):
        packets.read_all(1)


def test_a_greeting_without_end(wire: Wire) -> None:
    packets, feed = wire
    feed(b"SSH-2.0-" + bytes(2 * GREETING_BYTES))
    with pytest.raises(SSHException, match="without end"):
        packets.readline(1)


def test_a_packet_too_large_is_not_read(wire: Wire) -> None:
    packets, _ = wire
    with pytest.raises(SSHException, match="claims"):
        packets.read_all(PACKET_BYTES + 1)


def test_an_allowance_is_renewed(wire: Wire) -> None:
    packets, feed = wire
    feed(bytes(100))
    packets.allow(10)
    packets.read_all(10)
    with pytest.raises(SSHException, match="more than"):
        packets.read_all(1)
    assert packets.has_exceeded
    packets.allow(10)
    assert packets.read_all(5) == bytes(5)


def test_messages_that_are_not_what_they_say(wire: Wire) -> None:
    """Random bodies: each is read, or refused by the one exception that the library ends a connection for."""
    chance = random.Random("messages")
    packets, feed = wire
    kinds = (7, 20, 31, 33, 60, 30, 40)
    bodies = [bytes([chance.choice(kinds)]) + chance.randbytes(chance.randint(0, 200)) for _ in range(500)]
    bodies += [bytes([kind]) + b"\xff" * 40 for kind in kinds]
    framed = b""
    for body in bodies:
        padding = 8 + 3 - (len(body) + 8) % 8
        framed += (len(body) + padding + 1).to_bytes(4, "big") + bytes([padding]) + body + bytes(padding)
    feed(framed)
    for body in bodies:
        try:
            kind, message = packets.read_message()
        except SSHException:
            continue
        assert kind == body[0]
        assert isinstance(message, Message)
    with pytest.raises(EOFError):
        packets.read_message()
