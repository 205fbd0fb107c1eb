"""How what answers stands to the inventory: known by its key, and by its address and port."""

from collections import defaultdict
from collections.abc import Iterable

from app.models.discovery import Known, Standing
from app.models.endpoint import Endpoint, HostKey


class Register:
    """The endpoints of one moment, found by where they are and by what proves them."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._by_place: dict[tuple[str, int], Endpoint] = {}
        self._by_key: dict[HostKey, list[Endpoint]] = defaultdict(list)
        self._exporters: set[tuple[str, int]] = set()
        for each in endpoints:
            # Behind a jump host the same address is another device's.
            if not each.jumps:
                self._by_place[each.address, each.port] = each
            if each.host_key is not None:
                self._by_key[each.host_key].append(each)
            self._exporters.add((each.scrape_host, each.exporter_port))

    def at(self, address: str, port: int) -> Endpoint | None:
        """The endpoint that is reached there, from this computer."""
        return self._by_place.get((address, port))

    def has_exporter(self, address: str, port: int) -> bool:
        """Whether the exporter of an endpoint listens there."""
        return (address, port) in self._exporters

    def known(self, address: str, port: int, key: HostKey | None) -> Known:
        """What to think of a server that shows `key`; None: it showed none."""
        at = self.at(address, port)
        having = sorted(each.name for each in self._by_key.get(key, ()) if each is not at) if key else []
        if at is None:
            return Known(Standing.ELSEWHERE if having else Standing.NEW, key_of=tuple(having))
        return Known(_standing(at.host_key, key), at.name, tuple(having))


def _standing(known: HostKey | None, shown: HostKey | None) -> Standing:
    if known is None or shown is None or known.kind != shown.kind:
        # A server has a key of each kind: those of two kinds say nothing about each other.
        return Standing.UNPROVEN
    return Standing.ENROLLED if known == shown else Standing.ANOTHER_KEY
