"""The jump hosts of a command: who and where they are, their host keys, and how to log in there."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from app.errors import InputError
from app.models.endpoint import Login, LoginKind, parse_jump
from app.models.expected_key import ExpectedKey
from app.models.secret import NO_SECRET, Secret
from app.services.enrolment import Hop, KeyReader, verified_key
from app.services.enrolment.keys import needs_passphrase
from app.services.enrolment.ssh_config import jump_suggested

#: Before the name of one in `--jump-key`; who logs in at the jump host is then said by the profile.
_PROFILE = "profile:"


def hops_of(
    jumps: Sequence[str],
    host_keys: Sequence[str],
    ways: Sequence[str],
    *,
    agent: bool,
    shown_host_key: KeyReader,
    ask_host_key: KeyReader,
    ask_password: Callable[[str], Secret],
    read_profile: Callable[[str], Login],
) -> tuple[Hop, ...]:
    """The way that the options describe; what they leave open is asked, hop after hop.

    `shown_host_key` tells which key answers, to be compared with a fingerprint; `ask_host_key` has a person confirm it. Raises InputError,
    UnexpectedHostKeyError and the failures on the way to a jump host.
    """
    for name, given in (("jump_host_key", host_keys), ("jump_key", ways)):
        if given and len(given) != len(jumps):
            raise InputError(name, f"There are {len(jumps)} jump hosts: give it once for each, in the same order.")
    # All of them before the first is asked for anything.
    expected, places = [ExpectedKey.parse(text) for text in host_keys], [parse_jump(text) for text in jumps]
    hops: tuple[Hop, ...] = ()
    for at, (user, address, port) in enumerate(places):
        if expected:
            trusted = verified_key(expected[at], address, port, fetch=partial(shown_host_key, hops=hops))
        else:
            trusted = ask_host_key(address, port, hops)
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
    found = [jump_suggested(text, user) for text in jumps]
    found_ways = [each.key_file or ("agent" if agent else "password") for each in found]
    return [each.host for each in found], list(ways) or found_ways


def _login(user: str, way: str, subject: str, ask_password: Callable[[str], Secret]) -> Login:
    match way:
        case "agent":
            return Login(user, LoginKind.AGENT)
        case "questions":
            return Login(user, LoginKind.QUESTIONS)
        case "password":
            return Login(user, LoginKind.PASSWORD, secret=ask_password(subject))
        case _:
            file = str(Path(way).expanduser().absolute())
            passphrase = ask_password(f"the key {file}") if needs_passphrase(file) else NO_SECRET
            return Login(user, LoginKind.KEY_FILE, file, passphrase)
