"""A key of Plantwatch's own on a device: from where it is accepted, and the line of authorized_keys that says so."""

import ipaddress
import re
from dataclasses import dataclass

from app.errors import InputError

#: In place of an address: the one that the device sees while the key is installed.
HERE = "here"
_SOURCES = 20
_FROM = re.compile(r'(?:^|,)from="([^"]*)"')
_BLOB = re.compile(r"[A-Za-z0-9+/]{20,400}={0,2}")
_TAG = re.compile(r"plantwatch:[a-z0-9-]+/[0-9]+")
_NAME = re.compile(r"[A-Za-z0-9 ._-]+")


@dataclass(frozen=True, slots=True)
class OwnKeyWish:
    """That Plantwatch shall log in with a key of its own from now on, in place of the login that installs it."""

    sources: tuple[str, ...] = ()
    """Addresses and networks that the device accepts it from, or HERE alone. Empty: from anywhere."""

    @classmethod
    def parse(cls, text: str) -> "OwnKeyWish":
        """From "", "here", or addresses and networks with commas between them. Raises InputError("own_key_from")."""
        if text.strip().lower() == HERE:
            return cls((HERE,))
        return cls(parse_sources(text))

    def at(self, seen: str) -> tuple[str, ...]:
        """The sources for a device that sees us at the address `seen`. Raises InputError when HERE cannot be told."""
        if self.sources != (HERE,):
            return self.sources
        if "/" in seen or "," in seen or not seen:
            raise InputError("own_key_from", "The device does not tell one address.")
        return parse_sources(seen)


def parse_sources(text: str) -> tuple[str, ...]:
    """At most 20 IP addresses and networks ("10.1.0.0/16") in canonical form, from a text with commas between them."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if len(words) > _SOURCES:
        raise InputError("own_key_from", f"Give at most {_SOURCES} addresses or networks.")
    return tuple(_source(word) for word in words)


def _source(text: str) -> str:
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        network = None
    # An address with a scope ("%eth0") may hold any text behind the sign, and is good on one link only.
    if network is None or "%" in text:
        raise InputError(
            "own_key_from",
            f"{text} is neither an IP address nor a network.",
            hint='Write an address, a network like 10.20.0.0/16, several with commas, or "here".',
        )
    return str(network.network_address if network.num_addresses == 1 else network)


def tag_of(installation_id: str, credential_id: int) -> str:
    """The word by which a line is known as ours: of this installation, for this credential, and of no other."""
    return f"plantwatch:{installation_id}/{credential_id}"


def authorized_line(public: str, *, tag: str, name: str, sources: tuple[str, ...]) -> str:
    """The line for a key "TYPE BASE64" of the endpoint `name`. It may run commands, and nothing else.

    ValueError for anything that could mean more than it says there: a quotation mark, a line end, a comment too early.
    """
    kind, blob = public.split(" ")
    if kind != "ssh-ed25519" or not _BLOB.fullmatch(blob) or not _TAG.fullmatch(tag) or not _NAME.fullmatch(name):
        raise ValueError("not a line for authorized_keys")
    options = ["restrict"]
    if sources:
        options.append(f'from="{",".join(_source(source) for source in sources)}"')
    return f"{','.join(options)} {kind} {blob} {tag} endpoint {name}"


def sources_of(line: str) -> tuple[str, ...]:
    """The sources in a line that `authorized_line` has made; what is not such a line has none. Raises InputError for other patterns."""
    found = _FROM.search(line.split(" ", maxsplit=1)[0])
    return parse_sources(found.group(1)) if found else ()
