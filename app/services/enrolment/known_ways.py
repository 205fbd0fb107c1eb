"""Ways through jump hosts that the inventory knows: what a list names by user and address alone has its host key and login there."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from app.errors import InputError
from app.models.endpoint import Endpoint, Jump, LoginKind
from app.services.enrolment.failures import NoWayInError
from app.services.enrolment.jumps import Hop
from app.services.inventory import Inventory

_HINT = "Enrol one device behind it by itself first: plantwatch enrol NAME ADDRESS --jump {jump}. Then compare its host key."


class KnownWays:
    """The jump hosts on the ways to `endpoints`, and the endpoints themselves; what answers at an address depends on the way there."""

    def __init__(self, inventory: Inventory, endpoints: Iterable[Endpoint]) -> None:
        self._users: dict[int, tuple[str, LoginKind]] = {
            each.id: (each.user, each.kind) for each in inventory.credentials()
        }
        self._jumps: dict[tuple[str, ...], list[Jump]] = {}
        for endpoint in endpoints:
            way: tuple[str, ...] = ()
            for jump in endpoint.jumps:
                way = self._add(way, jump)
            if endpoint.host_key is not None and endpoint.credential_id is not None:
                self._add(way, Jump(endpoint.address, endpoint.port, endpoint.host_key, endpoint.credential_id))

    @classmethod
    def of(cls, inventory: Inventory) -> "KnownWays":
        """Raises InventoryError."""
        return cls(inventory, inventory.endpoints())

    def _add(self, before: tuple[str, ...], jump: Jump) -> tuple[str, ...]:
        way = (*before, jump.target)
        known = self._jumps.setdefault(way, [])
        if jump not in known:
            known.append(jump)
        return way

    def to(self, jumps: Sequence[tuple[str, str, int]]) -> tuple[Jump, ...]:
        """The way over jump hosts given as user, address and port, in order; each verified before, with a login for that user.

        Raises InputError("jumps") for one that is not known, or of which different host keys are.
        """
        way: tuple[str, ...] = ()
        found: tuple[Jump, ...] = ()
        for user, address, port in jumps:
            target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            way = (*way, target)
            found = (*found, self._one(way, user))
        return found

    def _one(self, way: tuple[str, ...], user: str) -> Jump:
        known, name = self._jumps.get(way, []), f"{user}@{way[-1]}"
        if len({jump.host_key for jump in known}) > 1:
            raise InputError(
                "jumps",
                f"Endpoints know {way[-1]} by different host keys.",
                label="Jump hosts",
                hint="Compare them on their pages.",
            )
        for jump in known:
            # A key of Plantwatch's own opens a device, and forbids to go on from it.
            if self._users.get(jump.credential_id) in _ways_of(user):
                return jump
        what = (
            f"no login for {user} on the jump host {way[-1]} is kept"
            if known
            else f"the jump host {name} is not known yet"
        )
        raise InputError("jumps", f"{what[0].upper()}{what[1:]}.", label="Jump hosts", hint=_HINT.format(jump=name))


def _ways_of(user: str) -> list[tuple[str, LoginKind]]:
    return [(user, kind) for kind in LoginKind if kind is not LoginKind.OWN_KEY]


class WayFinder:
    """`KnownWays`, read once for many devices, and again where that does not do: every device of a list asks. May be used by several threads."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._known: KnownWays | None = None

    def hops(
        self, jumps: Sequence[tuple[str, str, int]], log_in_by: Callable[[Sequence[Jump]], tuple[Hop, ...]]
    ) -> tuple[Hop, ...]:
        """The way, with the logins that `log_in_by` reads. Raises what `KnownWays.to` raises, and NoWayInError."""
        if not jumps:
            return ()
        if self._known is not None:
            with suppress(InputError, NoWayInError):  # it may be known by now, or have another login
                return log_in_by(self._known.to(jumps))
        self._known = known = KnownWays.of(self._inventory)
        return log_in_by(known.to(jumps))
