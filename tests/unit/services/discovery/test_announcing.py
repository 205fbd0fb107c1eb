"""What is announced, merged with what is asked."""

import pytest
from zeroconf import ServiceInfo

from app.errors import InputError
from app.models.discovery import Announcement, Hit, Standing
from app.models.endpoint import Endpoint
from app.services.discovery import DiscoveryService, scan_request
from app.services.discovery.announcing import _merged
from app.services.progress import CancelToken, ignore
from tests import corpus


class Inventory:
    def endpoints(self) -> list[Endpoint]:
        return [corpus.known()]


def info(kind: str, host: str, port: int, *addresses: str, server: str = "") -> ServiceInfo:
    return ServiceInfo(
        f"{kind}._tcp.local.",
        f"{host}.{kind}._tcp.local.",
        port,
        parsed_addresses=list(addresses),
        server=f"{server or host}.local.",
    )


def test_servers_come_before_workstations_and_addresses_of_one_link_are_left_out() -> None:
    found = _merged(
        [
            info("_workstation", "wtg-01", 9, "10.20.0.7", "fe80::1"),
            info("_ssh", "wtg-01", 22, "10.20.0.7", "127.0.0.1"),
            info("_ssh", "wtg-01", 2222, "10.20.0.7"),
            info("_workstation", "hmi", 9, "10.20.0.8", server="hmi\x1b[2J\u202e"),
        ]
    )
    assert found == (
        Announcement("10.20.0.7", 22, "wtg-01"),
        Announcement("10.20.0.7", 2222, "wtg-01"),
        Announcement("10.20.0.8", 0, "hmi [2J "),
    )


def heard(text: str, *, mdns: bool) -> list[Hit]:
    def listen(*, token: CancelToken) -> list[Announcement]:
        assert mdns
        return [Announcement("10.99.0.1", 22, "wtg-01"), Announcement("10.20.0.9", 0, "hmi")]

    hits: list[Hit] = []
    service = DiscoveryService(Inventory(), listen=listen)  # type: ignore[arg-type] # all that is used of one
    request = scan_request(text, mdns=mdns)
    service.scan(request, on_hit=hits.append, report=ignore, token=CancelToken())
    return hits


def test_what_is_announced_elsewhere_is_told_and_not_asked() -> None:
    ssh, other = heard("", mdns=True)
    assert (ssh.target, ssh.name, ssh.announced, ssh.is_listable) == ("10.99.0.1:22", "wtg-01", True, True)
    assert (ssh.known.standing, ssh.known.at) == (Standing.UNPROVEN, "known-01")
    assert (other.target, other.is_listable) == ("10.20.0.9", False)


def test_without_addresses_there_has_to_be_something_to_do() -> None:
    with pytest.raises(InputError, match="Type what is to be asked"):
        heard("", mdns=False)
