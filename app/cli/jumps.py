"""The jump hosts of a command: who and where they are, their host keys, and how to log in there."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from app.errors import InputError
from app.models.endpoint import HostKey, Login, LoginKind, parse_jump
from app.models.secret import Secret
from app.services.enrolment import Hop
from app.services.enrolment.ssh_config import suggestion_for

#: Before the name of one in `--jump-key`; who logs in at the jump host is then said by the profile.
_PROFILE = "profile:"
_PLACE = re.compile(r"(?P<host>\[[^\]]+\]|[^:\[\]]+):(?P<port>\d+)")


def hops_of(
    jumps: Sequence[str],
    host_keys: Sequence[str],
    ways: Sequence[str],
    *,
    agent: bool,
    ask_host_key: Callable[[str, int, tuple[Hop, ...]], HostKey],
    ask_password: Callable[[str], Secret],
    read_profile: Callable[[str], Login],
) -> tuple[Hop, ...]:
    """The way that the options describe; what they leave open is asked, hop after hop. Raises InputError."""
    for name, given in (("jump_host_key", host_keys), ("jump_key", ways)):
        if given and len(given) != len(jumps):
            raise InputError(name, f"There are {len(jumps)} jump hosts: give it once for each, in the same order.")
    hops: tuple[Hop, ...] = ()
    for at, (user, address, port) in enumerate([parse_jump(text) for text in jumps]):
        trusted = HostKey.parse(host_keys[at]) if host_keys else ask_host_key(address, port, hops)
        way = ways[at] if ways else "agent" if agent else "password"
        login = (
            read_profile(way.removeprefix(_PROFILE))
            if way.startswith(_PROFILE)
            else _login(user, way, f"{user}@{address}", ask_password)
        )
        hops += (Hop(address, port, trusted, login),)
    return hops


def with_config(
    jumps: Sequence[str], ways: Sequence[str], *, user: str, agent: bool, use: bool
) -> tuple[list[str], list[str]]:
    """The jump hosts as "USER@HOST:PORT", and the ways of logging in there, with what ~/.ssh/config says about them filled in."""
    if not use or not jumps:
        return list(jumps), list(ways)
    whole, found_ways = [], []
    for text in jumps:
        who, _, place = text.strip().rpartition("@")
        host, port = place, ""
        if split := _PLACE.fullmatch(place):
            host, port = split["host"], split["port"]
        found = suggestion_for(host.strip("[]"))
        address = f"[{found.address}]" if ":" in found.address else found.address
        whole.append(f"{who or found.user or user}@{address}:{port or found.port or 22}")
        found_ways.append(str(first_of(found.key_files) or ("agent" if agent else "password")))
    return whole, list(ways) or found_ways


def first_of(files: Sequence[str]) -> Path | None:
    """The first of `files` that is there."""
    return next((Path(file) for file in files if Path(file).is_file()), None)


def _login(user: str, way: str, subject: str, ask_password: Callable[[str], Secret]) -> Login:
    match way:
        case "agent":
            return Login(user, LoginKind.AGENT)
        case "questions":
            return Login(user, LoginKind.QUESTIONS)
        case "password":
            return Login(user, LoginKind.PASSWORD, secret=ask_password(subject))
        case _:
            return Login(user, LoginKind.KEY_FILE, key_file=str(Path(way).expanduser().absolute()))
