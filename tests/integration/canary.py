"""Looking for a secret where it must not be: in processes, archives, files and the keyring, in every form that it might take."""

import base64
import json
import logging
import socket
import struct
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import RawIOBase, StringIO
from itertools import chain
from pathlib import Path
from typing import Any

import secretstorage
from docker.models.containers import Container

_SWEEP_SECONDS = 0.5
# The kernel's process events: <linux/connector.h>, <linux/cn_proc.h>.
_NETLINK_CONNECTOR, _PROCESSES, _EXECUTED = 11, 1, 2
_LISTEN = struct.pack("=IHHII", 40, 3, 0, 0, 0) + struct.pack("=IIIIHHI", _PROCESSES, 1, 0, 0, 4, 0, 1)
_EVENT, _EVENT_OFFSET = struct.Struct("=I12xI"), 36


@dataclass(frozen=True)
class Secrets:
    """Named secrets, each as its plain text and as the encodings in which it might be carried."""

    forms: Mapping[str, tuple[bytes, ...]]

    @classmethod
    def of(cls, values: Mapping[str, str]) -> "Secrets":
        return cls({name: _forms(value.encode()) for name, value in values.items()})

    def within(self, content: bytes) -> list[str]:
        """The names of those that `content` holds."""
        return [name for name, forms in self.forms.items() if any(form in content for form in forms)]


def _forms(plain: bytes) -> tuple[bytes, ...]:
    """Plain, UTF-16, hexadecimal, and base64 at each of the three places in which it may begin."""
    shifted = [base64.b64encode(bytes(shift) + plain)[4 if shift else 0 : -4] for shift in range(3)]
    return (plain, plain.decode().encode("utf-16-le"), plain.hex().encode(), *shifted)


def telling_line(key: str) -> str:
    """A line of a key in PEM that is in no other key."""
    return key.splitlines()[2]


@dataclass(frozen=True)
class Find:
    """A secret in a file of an archive, and who may read that file."""

    secret: str
    place: str
    uid: int = 0
    mode: int = 0


class Watch:
    """Looks at the arguments and the environment of every process of this machine, its containers' too, until it is ended.

    The kernel tells of each program that is started, so that short ones are seen as well; all that run are looked at again and again.
    """

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch")
        self._found: set[tuple[str, str, str]] = set()

    @property
    def found(self) -> set[tuple[str, str, str]]:
        """(secret, "cmdline" or "environ", beginning of the command line), so far."""
        return set(self._found)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        with socket.socket(socket.AF_NETLINK, socket.SOCK_DGRAM, _NETLINK_CONNECTOR) as kernel:
            kernel.bind((0, _PROCESSES))
            kernel.send(_LISTEN)
            kernel.settimeout(_SWEEP_SECONDS)
            swept = 0.0
            while not self._ended.is_set():
                with suppress(TimeoutError, OSError):  # nothing was started, or more than the kernel's queue holds
                    event, number = _EVENT.unpack_from(kernel.recv(4096), _EVENT_OFFSET)
                    if event == _EXECUTED:
                        self._look(Path("/proc", str(number)))
                if time.monotonic() - swept > _SWEEP_SECONDS:
                    for process in Path("/proc").glob("[0-9]*"):
                        self._look(process)
                    swept = time.monotonic()

    def _look(self, process: Path) -> None:
        with suppress(OSError):  # it has just ended, or is the kernel's
            program = (process / "cmdline").read_bytes()
            for kind, content in (("cmdline", program), ("environ", (process / "environ").read_bytes())):
                for name in self._secrets.within(content):
                    self._found.add((name, kind, program[:60].replace(b"\0", b" ").decode(errors="replace")))


@contextmanager
def everything_logged(log: StringIO) -> Iterator[None]:
    """What every library has to say at its most talkative, also the one for SSH, which the app silences."""
    handler = logging.StreamHandler(log)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    loggers = [logging.getLogger(), logging.getLogger("paramiko")]
    before = [logger.level for logger in loggers]
    loggers[0].addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        loggers[0].removeHandler(handler)
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)


class _Stream(RawIOBase):
    """What the engine sends in pieces, as a file."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._rest = memoryview(b"")  # slicing it copies nothing

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = memoryview(piece)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


def in_archive(pieces: Iterable[bytes], secrets: Secrets) -> list[Find]:
    """Every file of one or several tars, one behind the other, that holds a secret, in its content or its name."""
    found = []
    first, pieces = _peeked(pieces)
    if not first:
        return []
    with tarfile.open(fileobj=_Stream(pieces), mode="r|", ignore_zeros=True) as archive:
        for entry in archive:
            file = archive.extractfile(entry) if entry.isreg() else None
            content = entry.name.encode() + b"\0" + (file.read() if file else b"")
            place, mode = entry.name.removeprefix("./"), entry.mode & 0o777
            found += [Find(name, place, entry.uid, mode) for name in secrets.within(content)]
    return found


def _peeked(pieces: Iterable[bytes]) -> tuple[bytes, Iterable[bytes]]:
    iterator = iter(pieces)
    first = next(iterator, b"")
    return first, chain([first], iterator)


def in_folder(folder: Path, secrets: Secrets) -> list[Find]:
    """Every file below `folder` that holds a secret, in its content or its name.

    Another program reads them: a process that closes the file of an SQLite database loses the locks that its own connections hold on it.
    """
    packed = subprocess.run(["tar", "-c", "-C", folder, "."], stdout=subprocess.PIPE, check=True)
    return in_archive([packed.stdout], secrets)


def on_device(container: Container, secrets: Secrets) -> tuple[list[Find], bytes]:
    """The files of a lab device that are not its image's, memory and what the kernel shows apart; and its whole journal."""
    # What is older than the container is the image's.
    changed = (
        "find / \\( -path /proc -o -path /sys -o -path /dev \\) -prune -o -cnewer /.dockerenv -type f -print0"
        " | tar -c --null --no-recursion -T -"
    )
    archive: Any = container.exec_run(
        ["sh", "-c", changed], stderr=False
    ).output  # what a command printed has too wide a type
    journal: Any = container.exec_run(["journalctl", "--no-pager", "-o", "export"])
    assert journal.exit_code == 0
    return in_archive([archive], secrets), journal.output


def in_document(document: object, secrets: Secrets) -> list[str]:
    """The names of those in what an API answered."""
    return secrets.within(json.dumps(document, ensure_ascii=False, default=str).encode())


def in_keyring(secrets: Secrets) -> set[tuple[str, str]]:
    """(secret, account) for every entry of the whole Secret Service, whoever made it, that holds one."""
    with secretstorage.dbus_init() as connection:
        found = set()
        for collection in secretstorage.get_all_collections(connection):
            for item in collection.get_all_items():
                account = item.get_attributes().get("username", item.get_label())
                found |= {(name, account) for name in secrets.within(item.get_secret())}
                assert not in_document([item.get_label(), item.get_attributes()], secrets)
        return found
