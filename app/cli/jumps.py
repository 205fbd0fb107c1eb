"""The jump hosts of a command: who and where they are, their host keys, and how to log in there."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from app.errors import InputError
from app.models.endpoint import HostKey, Login, LoginKind, parse_address, parse_port
from app.services.enrolment import Hop

_JUMP = re.compile(r"(?P<user>[^@\s]+)@(?P<host>\[[^\]]+\]|[^:\s\[\]]+)(?::(?P<port>\d+))?")


def parse_jump(text: str) -> tuple[str, str, int]:
    """User, address and port of "USER@HOST[:PORT]"; IPv6 in brackets. Raises InputError."""
    found = _JUMP.fullmatch(text.strip())
    if found is None:
        raise InputError("jump", f"{text} is not a jump host.", hint="Write USER@HOST or USER@HOST:PORT.")
    address = parse_address(found["host"], field_name="jump")
    return found["user"], address, parse_port(found["port"] or 22, field_name="jump")


def hops_of(
    jumps: Sequence[str],
    host_keys: Sequence[str],
    ways: Sequence[str],
    *,
    agent: bool,
    ask_host_key: Callable[[str, int, tuple[Hop, ...]], HostKey],
    ask_password: Callable[[str], str],
) -> tuple[Hop, ...]:
    """The way that the options describe; what they leave open is asked, hop after hop. Raises InputError."""
    for name, given in (("jump_host_key", host_keys), ("jump_key", ways)):
        if given and len(given) != len(jumps):
            raise InputError(name, f"There are {len(jumps)} jump hosts: give it once for each, in the same order.")
    hops: tuple[Hop, ...] = ()
    for at, (user, address, port) in enumerate([parse_jump(text) for text in jumps]):
        trusted = HostKey.parse(host_keys[at]) if host_keys else ask_host_key(address, port, hops)
        way = ways[at] if ways else "agent" if agent else "password"
        hops += (Hop(address, port, trusted, _login(user, way, f"{user}@{address}", ask_password)),)
    return hops


def _login(user: str, way: str, subject: str, ask_password: Callable[[str], str]) -> Login:
    match way:
        case "agent":
            return Login(user, LoginKind.AGENT)
        case "questions":
            return Login(user, LoginKind.QUESTIONS)
        case "password":
            return Login(user, LoginKind.PASSWORD, secret=ask_password(subject))
        case _:
            return Login(user, LoginKind.KEY_FILE, key_file=str(Path(way).expanduser().absolute()))
