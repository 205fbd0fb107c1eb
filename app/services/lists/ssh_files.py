"""The operator's own files of OpenSSH as lists: known_hosts and ssh_config, by the readers that the rest of Plantwatch uses."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.errors import InputError
from app.models.device_list import Field, Form, Line, Table
from app.models.known_hosts import KnownHost, Marker, read_known_hosts
from app.services.enrolment.ssh_config import suggestion_among
from app.services.lists.failures import ListError
from app.services.lists.looks import Look, look_of
from app.services.lists.structured import line_of, structured

_KNOWN = re.compile(r"\s*(?:@[\w-]+\s+)?\S+\s+(?:ssh|ecdsa|sk)-\S+\s+AAAA\S+")
_HOST = re.compile(r"\s*host(?:\s*=\s*|\s+)(?P<names>.+)", re.IGNORECASE)
_BLOCK = re.compile(r"\s*(?:host|match)\b", re.IGNORECASE)
_SETTING = re.compile(
    r"\s*(?:hostname|user|port|identityfile|proxyjump|include|match)\b(?:\s*=|\s+)\s*\S", re.IGNORECASE
)
_PORT = re.compile(r"\[(?P<host>[^\]]+)\]:(?P<port>\d+)")
_MOST_COMPARED = 3_000_000
_HIDDEN = "The line hides its address (hashed). Type it; then it is checked whether the line is of that address."


def is_known_hosts(lines: Sequence[str]) -> bool:
    told = [line for line in lines[:500] if line.strip() and not line.lstrip().startswith("#")]
    return bool(told) and sum(1 for line in told if _KNOWN.match(line)) * 2 > len(told)


def is_ssh_config(lines: Sequence[str]) -> bool:
    told = [line for line in lines[:500] if line.strip() and not line.lstrip().startswith("#")]
    return (
        any(map(_HOST.fullmatch, told))
        and any(map(_SETTING.match, told))
        and bool(_HOST.fullmatch(told[0]) or _SETTING.match(told[0]))
    )


def read_known_hosts_list(lines: Sequence[str], written_as: str) -> Table:
    """A device for each address; its keys of other types, on other lines, are kept with the first."""
    keys: dict[tuple[str, str], list[KnownHost]] = {}
    first: dict[tuple[str, str], int] = {}
    made: list[Line] = []
    for number, text in enumerate(lines, start=1):
        if not text.strip() or text.lstrip().startswith("#"):
            made.append(line_of(number, skipped="A comment." if text.strip() else "The row is empty."))
            continue
        try:
            found = read_known_hosts(text)
        except InputError:
            made.append(line_of(number, problem="This is not a whole line of a known_hosts file."))
            continue
        known = found[0]
        if why := _no_device(known):
            made.append(line_of(number, skipped=why))
            continue
        name, address, port = _place(known)
        at = (address or str(number), port)
        if at in first:
            made.append(line_of(number, skipped=f"Another key of the device in line {first[at]}; it is kept with it."))
        first.setdefault(at, number)
        keys.setdefault(at, []).append(known)
        if first[at] == number:
            values = {Field.NAME: name, Field.ADDRESS: address, Field.PORT: port}
            made.append(line_of(number, values, faults={Field.ADDRESS: _HIDDEN} if known.is_hashed else None))
    texts = {first[at]: "\n".join(map(str, held)) for at, held in keys.items()}
    return structured(Form.KNOWN_HOSTS, [_with_key(line, texts) for line in made], written_as=written_as)


def _with_key(line: Line, texts: dict[int, str]) -> Line:
    if line.number not in texts or line.skipped or line.problem:
        return line
    values = dict(zip(Field, line.cells, strict=True))
    return replace(line, cells=line_of(line.number, values | {Field.HOST_KEY: texts[line.number]}).cells)


def _no_device(known: KnownHost) -> str:
    if known.marker is Marker.REVOKED:
        return "A revoked key: nobody may trust it."
    if known.marker is Marker.AUTHORITY:
        return "An authority that signs host keys, and no device."
    if not known.hosts:
        return "A key without an address."
    if not known.is_hashed and any(letter in known.hosts for letter in "*?!"):
        return "A pattern for many hosts, and no device."
    return ""


def _place(known: KnownHost) -> tuple[str, str, str]:
    """Name, address and port; an IP address counts before a name, and a hashed line has none of them."""
    if known.is_hashed:
        return "", "", ""
    port = ""
    hosts = []
    for each in known.hosts.split(","):
        found = _PORT.fullmatch(each)
        port = port or (found["port"] if found else "")
        hosts.append(found["host"] if found else each)
    address = next((host for host in hosts if look_of(host) is Look.IP), hosts[0])
    name = next((host for host in hosts if look_of(host) is not Look.IP), address)
    return name, address, port


def read_ssh_config(lines: Sequence[str], written_as: str) -> Table:
    """A device for each name that a Host line gives; patterns are for others to match. Raises ListError for too many patterns."""
    blocks = list(_blocks(lines))
    patterns = [block for block in blocks if block.has_patterns]
    own: dict[str, list[_Block]] = {}
    for block in blocks:
        for name in block.names:
            own.setdefault(name, []).append(block)
    size = sum(len(block.lines) for block in patterns)
    if len(own) * (size + 1) > _MOST_COMPARED:
        raise ListError("it has too many patterns (Host *) for so many hosts.")
    made: list[Line] = []
    seen: set[str] = set()
    for block in blocks:
        new = [name for name in block.names if name not in seen]
        seen.update(new)
        for part, name in enumerate(new, start=1):
            made.append(line_of(block.number, _values(name, own, patterns), part=part if len(new) > 1 else 0))
        made += _settings_of(block, is_told=bool(new))
    return structured(Form.SSH_CONFIG, made, written_as=written_as)


class _Block:
    """A Host or Match line and what belongs to it, or what stands before the first of them."""

    def __init__(self, number: int, lines: list[str], words: list[str]) -> None:
        self.number = number
        self.lines = lines
        self.names = [word for word in dict.fromkeys(words) if not set(word) & set("*?!")]
        self.has_patterns = len(self.names) < len(words) or not words


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    start, words = 0, list[str]()
    for at, text in enumerate([*lines, "Host"]):
        if not _BLOCK.match(text):
            continue
        if at > start:
            yield _Block(start + 1, list(lines[start:at]), words)
        found = _HOST.fullmatch(text)
        start, words = at, _words(found["names"]) if found else []


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []


def _settings_of(block: _Block, *, is_told: bool) -> Iterator[Line]:
    """The lines of a block that are no devices; the first is one if it `is_told` already."""
    for number, text in enumerate(block.lines, start=block.number):
        if number == block.number and is_told:
            continue
        if not text.strip() or text.lstrip().startswith("#"):
            yield line_of(number, skipped="A comment." if text.strip() else "The row is empty.")
        elif number == block.number and _BLOCK.match(text):
            patterns = "Settings for hosts that match a pattern."
            yield line_of(number, skipped=patterns if block.has_patterns else "Settings for hosts that are told above.")
        else:
            yield line_of(number, skipped="A setting of the host above.")


def _values(name: str, own: dict[str, list[_Block]], patterns: list[_Block]) -> dict[Field, str]:
    found = suggestion_among(name, _lines_for(name, own, patterns))
    jumps = [_jump(each, found.user, own, patterns) for each in found.jumps]
    return {
        Field.NAME: name,
        Field.ADDRESS: found.address,
        Field.PORT: str(found.port) if found.port else "",
        Field.USER: found.user,
        Field.JUMPS: " ".join(jumps),
    }


def _lines_for(name: str, own: dict[str, list[_Block]], patterns: list[_Block]) -> list[str]:
    blocks = {block.number: block for block in (*own.get(name, ()), *patterns)}
    return [line for _, block in sorted(blocks.items()) for line in block.lines]


def _jump(written: str, user: str, own: dict[str, list[_Block]], patterns: list[_Block]) -> str:
    """As USER@HOST:PORT, where another Host line of the same file says what an alias stands for."""
    who, _, place = written.rpartition("@")
    host, _, port = place.partition(":") if not place.startswith("[") and place.count(":") < 2 else (place, "", "")
    found = suggestion_among(host, _lines_for(host, own, patterns))
    who, port = who or found.user or user, port or (str(found.port) if found.port else "")
    address = f"[{found.address}]" if ":" in found.address and not found.address.startswith("[") else found.address
    return (f"{who}@" if who else "") + address + (f":{port}" if port else "")
