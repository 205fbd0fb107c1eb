"""Lines of a known_hosts file, as OpenSSH's sshd(8) describes them: hosts in plain text or hashed, with markers, on any port."""

import base64
import binascii
import fnmatch
import hashlib
import hmac
import ipaddress
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from app.errors import InputError
from app.models.endpoint import HostKey

_HASHED = "|1|"
_BLOB = re.compile(r"AAAA[A-Za-z0-9+/]+={0,2}")
_SSH_PORT = 22


class Marker(StrEnum):
    """What a line says about its key, beside being a host's."""

    NONE = ""
    AUTHORITY = "@cert-authority"
    """The key signs host certificates; it is no host's own key."""
    REVOKED = "@revoked"
    """Nobody may trust the key any more."""


@dataclass(frozen=True, slots=True)
class KnownHost:
    """One line: a key, and `hosts` as they stand in the file; empty for a public key without any."""

    key: HostKey
    hosts: str = ""
    marker: Marker = Marker.NONE

    @property
    def is_hashed(self) -> bool:
        return self.hosts.startswith(_HASHED)

    def is_for(self, address: str, port: int) -> bool:
        """Whether the line speaks of that address and port, as ssh matches them: `[host]:port` unless the port is 22, wildcards, `!`."""
        name = host_name(address, port)
        if self.is_hashed:
            return _is_hash_of(self.hosts, name)
        patterns = self.hosts.split(",")
        if any(_matches(name, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
            return False
        return any(_matches(name, pattern) for pattern in patterns if not pattern.startswith("!"))

    def __str__(self) -> str:
        return " ".join(part for part in (self.marker.value, self.hosts, str(self.key)) if part)


def host_name(address: str, port: int) -> str:
    """How known_hosts names an SSH server: the address, or `[address]:port` when the port is not 22."""
    return address.lower() if port == _SSH_PORT else f"[{address.lower()}]:{port}"


def hashed(name: str) -> str:
    """`name` as `ssh-keygen -H` would hide it, with a salt of its own."""
    salt = os.urandom(hashlib.sha1(usedforsecurity=False).digest_size)
    return f"{_HASHED}{base64.b64encode(salt).decode()}|{base64.b64encode(_digest(salt, name)).decode()}"


def read_known_hosts(text: str) -> list[KnownHost]:
    """Every key in `text`: known_hosts lines, .pub lines, what ssh-keyscan prints. Comments and empty lines are passed over.

    Line breaks may have become blanks, as they do when several lines are pasted into one. Raises InputError("host_key"), which names
    the line, for one that is damaged.
    """
    return [
        found
        for number, line in enumerate(text.splitlines(), start=1)
        if not line.lstrip().startswith("#")
        for found in _read_line(line, number)
    ]


def _read_line(line: str, number: int) -> Iterator[KnownHost]:
    words = line.split()
    found = False
    for place, (kind, blob) in enumerate(pairwise(words)):
        if not _BLOB.fullmatch(blob):
            continue
        found = True
        try:
            key = HostKey.parse(f"{kind} {blob}")
        except InputError:
            raise InputError("host_key", f"Line {number} is not a whole SSH public key.") from None
        yield _with_hosts(key, words[:place])
    if words and not found:
        raise InputError("host_key", f"Line {number} holds no SSH public key.")


def _with_hosts(key: HostKey, before: list[str]) -> KnownHost:
    hosts = before[-1] if before else ""
    # The comment of a .pub line before this one (root@device) is not a host.
    if not hosts or "@" in hosts or _BLOB.fullmatch(hosts):
        return KnownHost(key)
    marker = before[-2] if len(before) > 1 and before[-2].startswith("@") else ""
    try:
        return KnownHost(key, hosts, Marker(marker))
    except ValueError:
        raise InputError("host_key", f"“{marker}” is not a marker of a known_hosts file.") from None


def _matches(name: str, pattern: str) -> bool:
    pattern = pattern.lower()
    if name == pattern or _same_address(name, pattern):
        return True
    # Brackets are those of [host]:port; in a pattern of fnmatch they would be a set.
    return fnmatch.fnmatchcase(name, pattern.replace("[", "[[]"))


def _same_address(name: str, pattern: str) -> bool:
    try:
        return ipaddress.ip_address(name) == ipaddress.ip_address(pattern)
    except ValueError:
        return False


def _is_hash_of(hosts: str, name: str) -> bool:
    salt, _, digest = hosts.removeprefix(_HASHED).partition("|")
    try:
        expected = base64.b64decode(digest, validate=True)
        return hmac.compare_digest(_digest(base64.b64decode(salt, validate=True), name), expected)
    except binascii.Error:
        return False


def _digest(salt: bytes, name: str) -> bytes:
    """SHA-1, because the format says so: it hides names from a casual reader and protects nothing else."""
    return hmac.digest(salt, name.encode(), "sha1")
