"""What the operator typed to what is asked: addresses, ports and rate, checked before anything is sent."""

import ipaddress
import re
from collections import Counter
from collections.abc import Iterable, Sequence

from app.errors import InputError
from app.models.discovery import EXPORTER_PORT, SSH_PORT, ScanRequest
from app.models.endpoint import Endpoint, parse_port
from app.services.lists.addresses import expanded

#: As many as a /16 has: with more, somebody has mistyped a prefix.
MOST_ADDRESSES = 65_536
MOST_RATE = 1000.0
#: Each more port is a connection more to every address.
MOST_PORTS = 8

_BOUND = f"a scan asks at most {MOST_ADDRESSES:,}. Scan a part at a time"
_LOOKS = re.compile(r"[0-9a-fA-F:.]+")


def parse_addresses(text: str) -> tuple[str, ...]:
    """The addresses of "10.20.0.0/24 !10.20.0.1, 10.21.0.11-59 fd00::10-fd00::1f", in order, each once.

    Lines count as blanks, so that an exclusion holds for all ranges. Raises InputError("addresses") for what is no address, for nothing,
    and for more than `MOST_ADDRESSES`, without making them.
    """
    cell = " ".join(text.split())
    if not cell:
        raise InputError("addresses", "Type what is to be asked: 10.20.0.0/24 or 10.20.0.11-59.")
    try:
        found = expanded(cell, most=MOST_ADDRESSES, side_by_side=True, bound=_BOUND)
    except InputError as error:
        raise InputError("addresses", str(error.details["reason"])) from error
    if found is None:
        # One address; or so much text that nobody reads it as ranges.
        found = [cell]
    return tuple(dict.fromkeys(map(_address, found)))


def _address(text: str) -> str:
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        hint = "" if _LOOKS.fullmatch(text) else " A scan takes addresses; names and ports stand elsewhere."
        raise InputError("addresses", f"{shown} is not an IP address.{hint}") from None
    if "%" in text:
        raise InputError("addresses", f"Leave out the zone of {shown}: it means nothing to the Docker host.")
    if address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255":
        raise InputError("addresses", f"{shown} is not the address of one device.")
    return str(address)


def parse_ports(text: str) -> tuple[int, ...]:
    """SSH ports from "22, 2222", each once; 22 for nothing. Raises InputError("ports")."""
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    return check_ports([parse_port(word, field_name="ports") for word in words])


def parse_rate(text: str) -> float:
    """Connections a second. Raises InputError("rate")."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise InputError("rate", f"Give 1 to {MOST_RATE:g} connections a second.") from None


def check_ports(ports: Iterable[int]) -> tuple[int, ...]:
    """Ports in order, each once; 22 for none. Raises InputError("ports") for too many."""
    found = tuple(dict.fromkeys(ports)) or (SSH_PORT,)
    if len(found) > MOST_PORTS:
        raise InputError("ports", f"A scan asks at most {MOST_PORTS} ports of each address.")
    return found


def exporter_ports_of(endpoints: Iterable[Endpoint]) -> tuple[int, ...]:
    """Where exporters may be expected: 9100, and the ports that most endpoints of the inventory have."""
    used = Counter(each.exporter_port for each in endpoints if each.exporter_port != EXPORTER_PORT)
    return (EXPORTER_PORT, *(port for port, _ in used.most_common(MOST_PORTS - 1)))


def scan_request(
    text: str,
    *,
    ports: Sequence[int] = (),
    exporter_ports: Sequence[int] = (),
    rate: float = 100.0,
    names: bool = False,
    mdns: bool = False,
) -> ScanRequest:
    """All of it, checked. With `mdns` there may be no addresses. Raises InputError("addresses"), InputError("ports"), InputError("rate")."""
    if not 1 <= rate <= MOST_RATE:
        raise InputError("rate", f"Give 1 to {MOST_RATE:g} connections a second.")
    checked = check_ports(parse_port(port, field_name="ports") for port in ports)
    # What is to be asked as SSH is not asked as an exporter as well.
    exporters = tuple(port for port in dict.fromkeys(exporter_ports) if port not in checked)
    addresses = () if mdns and not text.strip() else parse_addresses(text)
    return ScanRequest(addresses, checked, exporters, rate, names, mdns)
