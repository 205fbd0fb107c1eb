"""Address cells: USER@HOST:PORT taken apart, and ranges, networks and numbered names expanded.

    10.20.0.11-59   10.20.0.11-10.20.0.59   10.20.0.0/24 !10.20.0.1 !10.20.0.200-220   wtg[01:59].thanet.example

Sizes are worked out before anything is made, so that 10.0.0.0/8 or an IPv6 network costs nothing.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.errors import InputError
from app.services.lists.failures import MOST_ROWS

_TARGET = re.compile(
    r"(?P<scheme>ssh://)?(?:(?P<user>[^\s@:/]+)@)?(?P<host>\[[^\[\]\s]+\]|[^\s@:/\[\]]+)(?::(?P<port>\d{1,6}))?/?"
)
_NUMBERED = re.compile(
    r"\[(?P<first>\d{1,6}):(?P<last>\d{1,6})(?::(?P<step>\d{1,6}))?\]|\[(?P<from>[a-z]):(?P<to>[a-z])\]"
)
_ADDRESS = r"[0-9a-fA-F:.]+"
_RANGE = re.compile(rf"(?P<first>{_ADDRESS}?)(?:-|–|\.\.)(?P<last>{_ADDRESS})")
_NETWORK = re.compile(rf"{_ADDRESS}/\d{{1,3}}")
_AROUND_DASH = re.compile(r"(?<=[0-9a-fA-F:])\s*(-|–|\.\.)\s*(?=[0-9a-fA-F:])")
_AROUND = re.compile(r"(?P<before>(?:ssh://)?[^\s@:/]+@)?(?P<range>\d[^\s@:]*?)(?P<after>:\d+)?")
_LONGEST = 20_000
_BOUND = f"a list holds at most {MOST_ROWS:,} devices, all rows together"

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Target:
    """What an address cell says: `user` and `port` are empty where it does not name them."""

    host: str
    user: str = ""
    port: str = ""


def target_of(cell: str) -> Target:
    """Take "ssh://USER@HOST:PORT" apart; what is not of this form is the host as it stands."""
    found = _TARGET.fullmatch(cell)
    if found is None:
        return Target(cell)
    return Target(found["host"].removeprefix("[").removesuffix("]"), found["user"] or "", found["port"] or "")


def zone_of(host: str) -> str:
    """What follows the % of an IPv6 address ("fe80::1%eth0"), or ""."""
    address, sign, zone = host.partition("%")
    return zone or "empty" if sign and ":" in address else ""


def expanded(cell: str, *, most: int = MOST_ROWS, side_by_side: bool = False, bound: str = _BOUND) -> list[str] | None:
    """The single addresses of a range or network, in order, less what is excluded; None when the cell is neither.

    `side_by_side`: several single addresses are several devices, too, and not those of one.
    USER@ before a range and :PORT after it go to each. Raises InputError("address") for what is written wrong, is empty, or holds more
    than `most` addresses, in the words of `bound`.
    """
    if len(cell) > _LONGEST:
        return None
    tight = _AROUND_DASH.sub(r"\1", cell)
    words = [word for word in re.split(r"[\s,;]+", tight) if word]
    taken = [word for word in words if not word.startswith("!")]
    left_out = [word[1:] for word in words if word.startswith("!") and len(word) > 1]
    leaves_out = side_by_side and bool(taken and left_out)
    if not leaves_out and not any(_is_several(word) for word in taken):
        if side_by_side and len(taken) > 1:
            return list(dict.fromkeys(taken))
        if taken or not left_out:
            return None
        raise InputError("address", "Write 10.20.0.0/24 !10.20.0.1: an exclusion stands on the line of its range.")
    found = _pick(
        [each for word in taken for each in _several(word)],
        [each for word in left_out for each in _spans(word)],
        most,
        bound,
    )
    if not found:
        raise InputError("address", "Nothing is left of the range after what is excluded.")
    return found


@dataclass(frozen=True, slots=True)
class _Span:
    """Addresses of one version from `first` to `last`, both among them; or a name, with both 0."""

    version: int
    first: int
    last: int
    before: str = ""
    after: str = ""
    name: str = ""

    @property
    def size(self) -> int:
        return self.last - self.first + 1

    def less(self, other: "_Span") -> Iterator["_Span"]:
        if (
            self.version != other.version
            or other.last < self.first
            or other.first > self.last
            or self.name != other.name
        ):
            yield self
            return
        for first, last in ((self.first, other.first - 1), (other.last + 1, self.last)):
            if first <= last:
                yield _Span(self.version, first, last, self.before, self.after, self.name)

    def addresses(self) -> Iterator[str]:
        kind: type[_Address] = ipaddress.IPv4Address if self.version == 4 else ipaddress.IPv6Address
        for number in range(self.first, self.last + 1):
            yield f"{self.before}{self.name or kind(number)}{self.after}"


def _pick(taken: list[_Span], left_out: list[_Span], most: int, bound: str) -> list[str]:
    for out in left_out:
        taken = [piece for span in taken for piece in span.less(out)]
        if len(taken) > most:
            break
    total = sum(span.size for span in taken)
    if total > most:
        raise InputError("address", f"This is {total:,} addresses; {bound}.")
    return list(dict.fromkeys(address for span in taken for address in span.addresses()))


def _is_several(word: str) -> bool:
    bare = _AROUND.fullmatch(word)
    text = bare["range"] if bare else word
    if _NETWORK.fullmatch(text) or _NUMBERED.search(text):
        return True
    return _range_in(text) is not None


def _range_in(text: str) -> re.Match[str] | None:
    """Where it begins with an IP address: cafe.example-1 does not, though all of its letters may be digits."""
    found = _RANGE.fullmatch(text)
    return (
        found
        if found and (":" in found["first"] or (found["first"].replace(".", "").isdigit() and "." in found["first"]))
        else None
    )


def _several(word: str) -> list[_Span]:
    if _NUMBERED.search(word) and not word.startswith("["):
        return [_Span(0, 0, 0, name=name) for name in numbered(word)]
    around = _AROUND.fullmatch(word)
    if around is None or not (around["before"] or around["after"]):
        return _spans(word)
    return [
        _Span(each.version, each.first, each.last, around["before"] or "", around["after"] or "", each.name)
        for each in _spans(around["range"])
    ]


def _spans(word: str) -> list[_Span]:
    try:
        if _NETWORK.fullmatch(word):
            return [_network(word)]
        if found := _range_in(word):
            return [_range(found["first"], found["last"])]
        address = ipaddress.ip_address(word)
    except ValueError:
        return [_Span(0, 0, 0, name=word)]
    return [_Span(address.version, int(address), int(address))]


def _network(word: str) -> _Span:
    """The addresses that devices may have: without those of the network and of broadcasts."""
    try:
        interface = ipaddress.ip_interface(word)
    except ValueError:
        raise InputError("address", f"{word} is not a network.") from None
    network = interface.network
    first, last = int(network.network_address), int(network.broadcast_address)
    if int(interface.ip) != first:
        raise InputError(
            "address",
            f"{word} is one address with the size of its network. For the device write {interface.ip}, for all of the network {network}.",
        )
    if network.prefixlen <= network.max_prefixlen - 2:
        first, last = first + 1, last - (1 if network.version == 4 else 0)
    return _Span(network.version, first, last)


def _range(first_text: str, last_text: str) -> _Span:
    wrong = InputError(
        "address", f"{first_text}-{last_text} is not a range. Write 10.20.0.11-59 or 10.20.0.11-10.20.0.59."
    )
    try:
        first = ipaddress.ip_address(first_text)
    except ValueError:
        raise wrong from None
    try:
        last = ipaddress.ip_address(last_text)
    except ValueError:
        if first.version != 4 or not last_text.isdecimal() or len(last_text) > 3 or int(last_text) > 255:
            raise wrong from None
        last = ipaddress.ip_address((int(first) & ~0xFF) | int(last_text))
    if first.version != last.version:
        raise wrong
    if int(last) < int(first):
        raise InputError("address", f"The range {first_text}-{last_text} ends before it begins.")
    return _Span(first.version, int(first), int(last))


def numbered(text: str, *, most: int = MOST_ROWS) -> list[str]:
    """Names with every number or letter of "[01:59]", "[1:9:2]" and "[a:f]", as Ansible writes them. Raises InputError("address")."""
    total = 1
    for found in _NUMBERED.finditer(text):
        total *= len(_steps(found))
        if not total:
            raise InputError("address", f"The range {found[0]} ends before it begins.")
        if total > most:
            raise InputError(
                "address",
                f"{found[0]} makes this too many names; a list holds at most {MOST_ROWS:,} devices, all rows together.",
            )
    names = [""]
    at = 0
    for found in _NUMBERED.finditer(text):
        pieces = [f"{text[at : found.start()]}{piece}" for piece in _pieces(found)]
        names = [name + piece for name in names for piece in pieces]
        at = found.end()
    return [name + text[at:] for name in names]


def _steps(found: re.Match[str]) -> range:
    if found["from"]:
        return range(ord(found["from"]), ord(found["to"]) + 1)
    return range(int(found["first"]), int(found["last"]) + 1, max(int(found["step"] or 1), 1))


def _pieces(found: re.Match[str]) -> list[str]:
    if found["from"]:
        return [chr(code) for code in _steps(found)]
    width = len(found["first"]) if found["first"].startswith("0") else 0
    return [f"{number:0{width}}" for number in _steps(found)]
