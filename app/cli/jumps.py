"""The jump hosts of a command: who and where they are, their host keys, and how to log in there."""

from collections.abc import Callable, Sequence
from pathlib import Path

from app.errors import InputError
from app.models.endpoint import HostKey, Login, LoginKind, parse_jump
from app.services.enrolment import Hop


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
