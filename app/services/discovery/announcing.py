"""What devices announce of themselves by multicast DNS (DNS-SD): SSH servers and workstations. Asked on request only, on this computer's own links.

Anybody on the link may announce anything, so nothing of it is believed: it gives names to what a scan finds, and addresses to look at.
"""

import ipaddress
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from app.errors import AppError
from app.models.discovery import Announcement
from app.services.discovery.looking import plain
from app.services.progress import CancelToken

if TYPE_CHECKING:
    from zeroconf import ServiceInfo

_SSH = "_ssh._tcp.local."
#: What avahi announces on request of a host that it is there; its port means nothing.
_WORKSTATION = "_workstation._tcp.local."
#: Answers come within a second, and the question is repeated after one.
LISTEN_SECONDS = 3.0
_MOST = 1_000
_NAME_LENGTH = 63


class NoMulticastError(AppError):
    """This computer has no link on which it could ask."""

    title = "This computer cannot ask for announcements (mDNS)."
    hint = "Another program may keep port 5353 to itself, or there is no network. Scan without listening for announcements."


def announcements(
    *, token: CancelToken, seconds: float = LISTEN_SECONDS, interfaces: Iterable[str] = ()
) -> tuple[Announcement, ...]:
    """Ask, and listen for so long. `interfaces` are addresses of this computer; none: all. Nothing of it runs afterwards.

    Raises NoMulticastError, Cancelled.
    """
    # It takes 30 ms, and few ask.
    from zeroconf import BadTypeInNameException, InterfaceChoice, ServiceBrowser, ServiceInfo, Zeroconf  # noqa: PLC0415 - as above

    heard: dict[str, ServiceInfo] = {}

    def hear(service_type: str, name: str, **_rest: Any) -> None:
        # A name with escapes in it is nobody's that is to be enrolled.
        with suppress(BadTypeInNameException):
            if len(heard) < _MOST:
                heard[name] = ServiceInfo(service_type, name)

    try:
        multicast = Zeroconf(interfaces=list(interfaces) or InterfaceChoice.All)
    except OSError as error:
        raise NoMulticastError(str(error)) from error
    try:
        browser = ServiceBrowser(multicast, [_SSH, _WORKSTATION], handlers=[hear])
        try:
            token.sleep(seconds)
        finally:
            browser.cancel()
        # Addresses come along with the answers; who leaves them out is not asked again.
        return _merged(info for info in heard.values() if info.load_from_cache(multicast))
    finally:
        multicast.close()


def _merged(infos: "Iterable[ServiceInfo]") -> tuple[Announcement, ...]:
    """One for each address and SSH port; a workstation only where no SSH server is announced."""
    servers: dict[tuple[str, int], Announcement] = {}
    hosts: dict[str, Announcement] = {}
    for info in infos:
        name = plain((info.server or "").removesuffix(".").removesuffix(".local"))[:_NAME_LENGTH]
        port = info.port or 0 if info.type == _SSH else 0
        for address in filter(_is_usable, info.parsed_addresses()):
            if port:
                servers[address, port] = Announcement(address, port, name)
            hosts.setdefault(address, Announcement(address, 0, name))
    with_server = {address for address, _ in servers}
    found = [*servers.values(), *(each for address, each in hosts.items() if address not in with_server)]
    return tuple(found[:_MOST])


def _is_usable(text: str) -> bool:
    """Whether the Docker host could use it as well: no address of one link or one computer."""
    address = ipaddress.ip_address(text)
    return not (address.is_link_local or address.is_loopback or address.is_multicast or address.is_unspecified)
