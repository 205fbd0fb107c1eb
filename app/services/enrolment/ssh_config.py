"""The operator's ~/.ssh/config, read for suggestions: HostName, User, Port, IdentityFile, ProxyJump and Include.

Nothing in it is ever run and no name is looked up: ProxyCommand is ignored, and a `Match` with any criterion but all, host and originalhost never
holds. What cannot be read is passed over, as it is not this program's configuration.
"""

import fnmatch
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_DEPTH = 16
_LINES = 20_000
_FILES = 100
#: No Host can name it, as it has a blank: only patterns that are for every host match.
_NOBODY = " "
_BYTES = 1024 * 1024
_LINE = re.compile(r"\s*(\w+)(?:\s*=\s*|\s+)(.*?)\s*")
_PLACE = re.compile(r"(?P<host>\[[^\]]+\]|[^:\[\]]+):(?P<port>\d+)")
_WANTED = ("hostname", "user", "port", "proxyjump")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a file of the configuration: with one line, or, with 0, as a whole, for a `reason`."""

    file: str
    line: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ConfigHosts:
    """The hosts that the configuration names without a pattern, sorted, and the first trouble with it."""

    names: tuple[str, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class SuggestedJump:
    """A jump host: "USER@HOST:PORT", or "HOST:PORT" where nobody says who logs in, and the first of its private keys that is there."""

    host: str
    key_file: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the file says about a host; empty for what it does not say. `address` is the name itself unless a HostName stands for it."""

    address: str
    user: str = ""
    port: int = 0
    key_files: tuple[str, ...] = ()
    jumps: tuple[str, ...] = ()
    """As "[USER@]HOST[:PORT]", in the order of the way; aliases as they are written."""


@dataclass(frozen=True, slots=True)
class Offer:
    """All that the configuration says about a host, ready to be used; empty for what it does not say."""

    address: str
    user: str
    port: int
    key_file: str
    """The first that is there."""
    way: tuple[SuggestedJump, ...]


def offer_for(host: str, file: Path | None = None) -> Offer | None:
    """What `file` says about `host`, as typed; None when that is no more than it says about any host. Never an error."""
    found, anybody = suggestion_for(host, file), suggestion_for(_NOBODY, file)
    if found == replace(anybody, address=host):
        return None
    way = tuple(jump_suggested(jump, found.user, file) for jump in found.jumps)
    return Offer(found.address, found.user, found.port, first_of(found.key_files), way)


def suggestion_for(host: str, file: Path | None = None) -> Suggestion:
    """What `file` (default: ~/.ssh/config) suggests for `host`, as typed. Never an error."""
    file = file or Path("~/.ssh/config").expanduser()
    return _suggestion(host, _Reader(host, file.parent).settings(file))


def suggestion_among(host: str, lines: Iterable[str]) -> Suggestion:
    """What the lines of such a file suggest for `host`. Other files are not read: Include is passed over. Never an error."""
    return _suggestion(host, _Reader(host, None).settings_in(lines))


def _suggestion(host: str, settings: Iterable[tuple[str, str]]) -> Suggestion:
    found: dict[str, str] = {}
    keys: list[str] = []
    for name, value in settings:
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


def jump_suggested(text: str, user: str = "", file: Path | None = None) -> SuggestedJump:
    """A jump host, written as in `Suggestion.jumps`, with what `file` says about it filled in, and then `user`."""
    who, _, place = text.strip().rpartition("@")
    host, port = place, ""
    if split := _PLACE.fullmatch(place):
        host, port = split["host"], split["port"]
    found = suggestion_for(host.strip("[]"), file)
    address = f"[{found.address}]" if ":" in found.address else found.address
    who = who or found.user or user
    whole = f"{address}:{port or found.port or 22}"
    return SuggestedJump(f"{who}@{whole}" if who else whole, first_of(found.key_files))


def first_of(files: Sequence[str]) -> str:
    """The first of `files` that is there, or ""."""
    return next((file for file in files if Path(file).is_file()), "")


def hosts_in(file: Path | None = None) -> ConfigHosts:
    """Which hosts `file` (default: ~/.ssh/config) and what it includes name. Never an error; what cannot be understood is told."""
    file = file or Path("~/.ssh/config").expanduser()
    reader = _Reader("", file.parent)
    names: set[str] = set()
    trouble: Trouble | None = None
    waiting, seen = [file], {file}
    while waiting and len(seen) <= _FILES:
        at = waiting.pop(0)
        trouble = trouble or _trouble_with(at)
        for line in _lines_of(at):
            found = _LINE.fullmatch(line)
            if found is None or line.lstrip().startswith("#"):
                continue
            if found[1].lower() == "host":
                names.update(name for name in _words(found[2]) if not set(name) & set("*?!"))
            elif found[1].lower() == "include":
                new = [each for each in reader.included(_words(found[2])) if each not in seen]
                waiting += new
                seen.update(new)
    return ConfigHosts(tuple(sorted(names, key=str.lower)), trouble)


def _trouble_with(file: Path) -> Trouble | None:
    shown = str(file).replace(str(Path.home()), "~", 1)
    try:
        if not file.exists():
            return None
        if not file.is_file():
            return Trouble(shown, reason="it is not a file")
        if file.stat().st_size > _BYTES:
            return Trouble(shown, reason="it is too large")
        text = file.read_text("utf-8")
    except OSError as error:
        return Trouble(shown, reason=error.strerror or type(error).__name__)
    except UnicodeDecodeError:
        return Trouble(shown, reason="it is not plain text")
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#") and not _is_understood(line):
            return Trouble(shown, number)
    return None


def _is_understood(line: str) -> bool:
    found = _LINE.fullmatch(line)
    try:
        return found is not None and bool(shlex.split(found[2]))
    except ValueError:  # quotes without an end
        return False


class _Reader:
    """Goes through the file and what it includes, and gives the settings that hold for the host, in order: the first of a name counts."""

    def __init__(self, host: str, home: Path | None) -> None:
        """`home`: where relative names of included files begin; None: no other file is read."""
        self._host = host
        self._home = home
        self._lines_left = _LINES

    def settings(self, file: Path, *, within: tuple[Path, ...] = ()) -> Iterator[tuple[str, str]]:
        if len(within) < _DEPTH and file not in within:
            yield from self.settings_in(_lines_of(file), within=(*within, file))

    def settings_in(self, lines: Iterable[str], *, within: tuple[Path, ...] = ()) -> Iterator[tuple[str, str]]:
        holds = True
        for line in lines:
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
                for each in self.included(_words(value)):
                    yield from self.settings(each, within=within)
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

    def included(self, patterns: list[str]) -> Iterator[Path]:
        """The files that an Include names."""
        if self._home is None:
            return
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
    # Not by a regular expression of our own: a pattern of many stars would take for ever. Brackets are no sets here.
    return fnmatch.fnmatchcase(host.lower(), pattern.lower().replace("[", "[[]"))


def _expanded(text: str, host: str) -> str:
    return text.replace("%h", host).replace("%%", "%")


def _key_path(text: str, host: str) -> str:
    return os.path.expanduser(_expanded(text.replace("%d", "~"), host))
