"""What a value looks like, without asking whether it is valid: for guessing only. Judging is done by `EndpointDraft`."""

import ipaddress
import re
from enum import Enum, auto

_V4 = r"\d{1,3}(?:\.\d{1,3}){3}"
_IPV4 = re.compile(rf"(?:ssh://)?(?:[^\s@:/]+@)?{_V4}(?::\d+)?(?:/\d+)?(?:\s*(?:-|–|\.\.)\s*(?:{_V4}|\d+))?(?:\s+!.*)?")
_FQDN = re.compile(
    r"(?:ssh://)?(?:[^\s@:/]+@)?(?=[^\s]*[A-Za-z])[A-Za-z0-9_\[\]:-]+(?:\.[A-Za-z0-9_\[\]:-]+)+\.?(?::\d+)?"
)
_NAME_OF_HOST = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")
_KEY = re.compile(r"(?:^|\s)(?:SHA256:[A-Za-z0-9+/]{43}|(?:ssh|ecdsa|sk)-\S+\s+AAAA)")
_LOGIN_AT = re.compile(r"[^\s@:/]+@[^\s@]+")
_USERS = frozenset(
    (
        "root",
        "admin",
        "administrator",
        "user",
        "pi",
        "ubuntu",
        "debian",
        "centos",
        "fedora",
        "core",
        "iiot",
        "ops",
        "operator",
        "scada",
    )
)
_USUAL_EXPORTER_PORTS = range(9100, 9200)


class Look(Enum):
    """What kind of thing a value is."""

    EMPTY = auto()
    IP = auto()
    """An IP address, a range or a network, perhaps with a user and a port."""
    DOMAIN = auto()
    """A name with dots in it, or USER@HOST."""
    PORT = auto()
    EXPORTER_PORT = auto()
    HOST_KEY = auto()
    USER = auto()
    """One of the usual user names."""
    HOST_NAME = auto()
    """One word that could be a host's name."""
    NUMBER = auto()
    TEXT = auto()


ADDRESSES = (Look.IP, Look.DOMAIN)


def look_of(value: str) -> Look:  # noqa: PLR0911 - one return a kind
    """The most telling kind that `value` could be. Remembers nothing: what is asked about may be a password."""
    if not value:
        return Look.EMPTY
    if len(value) > 1000:
        return Look.HOST_KEY if _KEY.search(value[:1000]) else Look.TEXT
    if _IPV4.fullmatch(value) or _is_ipv6(value):
        return Look.IP
    if _KEY.search(value):
        return Look.HOST_KEY
    if value.isdecimal():
        number = int(value) if len(value) < 6 else 0
        if number in _USUAL_EXPORTER_PORTS:
            return Look.EXPORTER_PORT
        return Look.PORT if number in {22, 222, 822, 1022, 2022, 2200, 2222, 8022, 22022, 22222} else Look.NUMBER
    if value.casefold() in _USERS:
        return Look.USER
    if _FQDN.fullmatch(value) or _LOGIN_AT.fullmatch(value):
        return Look.DOMAIN
    return Look.HOST_NAME if _NAME_OF_HOST.fullmatch(value) else Look.TEXT


def is_address(value: str) -> bool:
    """Whether it is plainly an address: an IP address, range or network, a name with dots, or USER@HOST."""
    return look_of(value) in ADDRESSES


def _is_ipv6(value: str) -> bool:
    if value.count(":") < 2:
        return False
    bare = value.removeprefix("ssh://").rpartition("@")[2].split("!", maxsplit=1)[0].strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    first = re.split(r"[-–/%]|\.\.", bare, maxsplit=1)[0].strip()
    try:
        ipaddress.IPv6Address(first)
    except ValueError:
        return False
    return True
