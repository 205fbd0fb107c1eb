"""The operator's ~/.ssh/config, read for suggestions: HostName, User, Port, IdentityFile, ProxyJump and Include.

Nothing in it is ever run and no name is looked up: ProxyCommand is ignored, and a `Match` with any criterion but all, host and originalhost never
holds. What cannot be read is passed over, as it is not this program's configuration.
"""

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_DEPTH = 16
_LINES = 20_000
_BYTES = 1024 * 1024
_LINE = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*")
_WANTED = ("hostname", "user", "port", "proxyjump")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the file says about a host; empty for what it does not say. `address` is the name itself unless a HostName stands for it."""

    address: str
    user: str = ""
    port: int = 0
    key_files: tuple[str, ...] = ()
    jumps: tuple[str, ...] = ()
    """As "[USER@]HOST[:PORT]", in the order of the way; aliases as they are written."""


def suggestion_for(host: str, file: Path | None = None) -> Suggestion:
    """What `file` (default: ~/.ssh/config) suggests for `host`, as typed. Never an error."""
    file = file or Path("~/.ssh/config").expanduser()
    found: dict[str, str] = {}
    keys: list[str] = []
    for name, value in _Reader(host, file.parent).settings(file):
        if name == "identityfile":
            keys.append(value)
        elif name in _WANTED:
            found.setdefault(name, value)
    address = _expanded(found.get("hostname", host), host)
    port = found.get("port", "")
    jumps = found.get("proxyjump", "none")
    return Suggestion(
        address,
        found.get("user", ""),
        int(port) if port.isdecimal() and 1 <= int(port) <= 65535 else 0,
        tuple(_key_path(key, address) for key in dict.fromkeys(keys) if key.lower() != "none"),
        tuple(jump.strip().removeprefix("ssh://") for jump in jumps.split(",")) if jumps.lower() != "none" else (),
    )


class _Reader:
    """Goes through the file and what it includes, and gives the settings that hold for the host, in order: the first of a name counts."""

    def __init__(self, host: str, home: Path) -> None:
        self._host = host
        self._home = home
        self._lines_left = _LINES

    def settings(self, file: Path, *, within: tuple[Path, ...] = ()) -> Iterator[tuple[str, str]]:
        if len(within) >= _DEPTH or file in within:
            return
        holds = True
        for line in _lines_of(file):
            self._lines_left -= 1
            found = _LINE.fullmatch(line)
            if self._lines_left < 0 or found is None or line.lstrip().startswith("#"):
                continue
            name, value = found[1].lower(), found[2].strip('"')
            if name == "host":
                holds = _is_among(self._host, _words(value))
            elif name == "match":
                holds = self._matches(_words(value))
            elif holds and name == "include":
                for each in self._included(_words(value)):
                    yield from self.settings(each, within=(*within, file))
            elif holds:
                yield name, value

    def _matches(self, criteria: list[str]) -> bool:
        words = iter(criteria)
        for word in words:
            if word.lower() == "all":
                continue
            if word.lower() not in ("host", "originalhost") or not _is_among(self._host, next(words, "").split(",")):
                return False
        return bool(criteria)

    def _included(self, patterns: list[str]) -> Iterator[Path]:
        for pattern in patterns:
            path = Path(os.path.expanduser(pattern))
            root = Path(path.anchor) if path.is_absolute() else self._home
            try:
                yield from sorted(root.glob(str(path.relative_to(root) if path.is_absolute() else path)))
            except (OSError, ValueError, NotImplementedError):
                continue


def _lines_of(file: Path) -> list[str]:
    try:
        if not file.is_file() or file.stat().st_size > _BYTES:
            return []
        return file.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # quotes without an end
        return []


def _is_among(host: str, patterns: list[str]) -> bool:
    """As OpenSSH has it: one pattern matches, and none with an exclamation mark."""
    if any(pattern.startswith("!") and _is_like(host, pattern[1:]) for pattern in patterns):
        return False
    return any(not pattern.startswith("!") and _is_like(host, pattern) for pattern in patterns)


def _is_like(host: str, pattern: str) -> bool:
    written = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern.lower())
    return re.fullmatch(written, host.lower()) is not None


def _expanded(text: str, host: str) -> str:
    return text.replace("%h", host).replace("%%", "%")


def _key_path(text: str, host: str) -> str:
    return os.path.expanduser(_expanded(text.replace("%d", "~"), host))
