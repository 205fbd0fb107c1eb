"""Changing what is written down about an endpoint, and telling Prometheus."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from app.errors import AppError, InputError, NotFoundError
from app.models.activity import Result
from app.models.bulk_parameters import LabelChange
from app.models.endpoint import Endpoint, EndpointDraft, HostKey, Jump, Lifecycle
from app.models.stack import TargetGroup
from app.services.inventory import Inventory
from app.services.metrics.targets import target_groups


class TargetWriter(Protocol):
    """Whoever keeps Prometheus' targets: the stack."""

    def write_targets(self, groups: list[TargetGroup]) -> None:
        """Replace all targets at once. Raises `AppError` when that is not possible."""


#: Whoever changes endpoints writes the targets afterwards; more changes than these during one call leave the rest to them.
_MOST_WRITES = 20
#: How many endpoints a line of the activity log names.
_NAMED = 20


def write_current_targets(inventory: Inventory, write: Callable[[list[TargetGroup]], None]) -> None:
    """Bring Prometheus' targets in step with the inventory by `write`. Raises what that raises.

    Others, in this process or in another one, may change the inventory and write meanwhile: what was read before their change must not
    stay after it. So it is written again until nothing has changed between reading and writing.
    """
    for _ in range(_MOST_WRITES):
        revision = inventory.revision()
        write(inventory.targets())
        if inventory.revision() == revision:
            return


def draft_of(endpoint: Endpoint) -> EndpointDraft:
    """What the operator may change about `endpoint`, as it is now."""
    return EndpointDraft(
        name=endpoint.name,
        address=endpoint.address,
        port=endpoint.port,
        site=endpoint.site,
        region=endpoint.region,
        tags=endpoint.tags,
        notes=endpoint.notes,
        scrape_address=endpoint.scrape_address,
        exporter_port=endpoint.exporter_port,
        listen_address=endpoint.listen_address,
    )


def moved_to(endpoint: Endpoint, found: EndpointDraft) -> EndpointDraft:
    """What is written down of `endpoint`, at the address where its device was found; Prometheus' own address for it stays unless given."""
    scrape_address = found.scrape_address or endpoint.scrape_address
    return replace(draft_of(endpoint), address=found.address, port=found.port, scrape_address=scrape_address)


def relabel(inventory: Inventory, endpoint_id: int, change: LabelChange) -> str:
    """Put `change` into the record, and say what is different now ("" for nothing). The targets are the caller's to write.

    Raises NotFoundError.
    """
    before, after = inventory.relabel(endpoint_id, change)
    told = _difference(before, after)
    if told:
        inventory.log("change", after.name, Result.DONE, told)
    return told


class EndpointService:
    """Changes records and keeps the targets derived from them in step."""

    def __init__(self, inventory: Inventory, targets: TargetWriter) -> None:
        self._inventory = inventory
        self._targets = targets

    def change(self, endpoint_id: int, draft: EndpointDraft, *, jumps: tuple[Jump, ...] | None = None) -> Endpoint:
        """Write `draft`, and the way over `jumps` unless it is None, over the endpoint; when its target or labels differ, the targets anew.

        Raises `DuplicateError`, `InputError` for where the exporter of an enrolled endpoint listens (it does so as it was told), and
        `AppError` when the targets cannot be written: the record is then as it was before.
        """
        before = self._inventory.endpoint_by_id(endpoint_id)
        if draft.exporter_port != before.exporter_port and before.lifecycle is Lifecycle.MONITORED:
            raise InputError(
                "exporter_port",
                f"The exporter on {before.name} listens on port {before.exporter_port}.",
                hint="Remove the endpoint and enrol it again with the other port.",
            )
        if draft.listen_address != before.listen_address and before.lifecycle is Lifecycle.MONITORED:
            raise InputError(
                "listen_address",
                f"The exporter on {before.name} listens on {before.listen_address or 'all addresses'}.",
                hint="Remove the endpoint and enrol it again with the other address.",
            )
        after = self._inventory.change(endpoint_id, draft, jumps=jumps)
        try:
            if target_groups([after]) != target_groups([before]):
                write_current_targets(self._inventory, self._targets.write_targets)
        except AppError:
            self._inventory.change(endpoint_id, draft_of(before), jumps=before.jumps)
            self._inventory.log("change", before.name, Result.FAILED, "the targets could not be written")
            raise
        verified = ", ".join(f"host key {jump.host_key.fingerprint}" for jump in jumps or ())
        self._inventory.log("change", after.name, Result.DONE, _difference(before, after), fingerprints=verified)
        return after

    def replace_host_key(self, endpoint_id: int, host_key: HostKey) -> Endpoint:
        """Trust `host_key` from now on: for a device that was reinstalled, once a person has compared the key on it. Raises NotFoundError."""
        before = self._inventory.endpoint_by_id(endpoint_id)
        self._inventory.set_host_key(endpoint_id, host_key)
        self._inventory.set_device_change(endpoint_id, None)
        known = before.host_key.fingerprint if before.host_key else "–"
        self._inventory.log(
            "change",
            before.name,
            Result.DONE,
            f"host key: {known} → {host_key.fingerprint}",
            fingerprints=f"host key {host_key.fingerprint}",
        )
        return self._inventory.endpoint_by_id(endpoint_id)

    def behind(self, jump: Jump) -> list[Endpoint]:
        """The endpoints whose way leads over a jump host, by name."""
        return [each for each in self._inventory.endpoints() if any(map(jump.is_same_host, each.jumps))]

    def replace_jump_key(self, jump: Jump, host_key: HostKey) -> list[Endpoint]:
        """Trust `host_key` of a jump host from now on, once a person has compared it there: on every way that leads over it, all at once.

        Returns the endpoints behind it. Raises NotFoundError when no way leads over it any more.
        """
        behind = self._inventory.replace_jump_key(jump, host_key)
        if not behind:
            raise NotFoundError(kind="jump host", name=jump.target, command="plantwatch endpoints show NAME")
        names = ", ".join(each.name for each in behind[:_NAMED])
        more = f" and {len(behind) - _NAMED} more" if len(behind) > _NAMED else ""
        self._inventory.log(
            "change",
            jump.target,
            Result.DONE,
            f"host key of the jump host: {jump.host_key.fingerprint} → {host_key.fingerprint}, on the way to {names}{more}",
            fingerprints=f"host key {host_key.fingerprint}",
        )
        return behind

    def accept_device(self, endpoint_id: int) -> Endpoint:
        """Take the device that was last seen, with the known host key and another machine-id, for the endpoint's own from now on.

        Raises NotFoundError, and InputError("accept_device") when no such device was seen.
        """
        before = self._inventory.endpoint_by_id(endpoint_id)
        change, facts = before.device_change, before.facts
        if change is None or facts is None:
            raise InputError("accept_device", f"No other device was seen in place of that of {before.name}.")
        if not change.machine_id:
            raise InputError(
                "accept_device",
                f"The device of {before.name} showed another host key.",
                hint="Compare the key on the device, then put it in place of the old one with --host-key.",
            )
        self._inventory.set_facts(endpoint_id, replace(facts, machine_id=change.machine_id))
        self._inventory.set_device_change(endpoint_id, None)
        detail = f"hashed machine-id: {facts.machine_id} → {change.machine_id}"
        self._inventory.log("change", before.name, Result.DONE, detail)
        return self._inventory.endpoint_by_id(endpoint_id)


def _difference(before: Endpoint, after: Endpoint) -> str:
    """Which fields changed, "site: Thanet → Barrow; notes"; long text is named, not quoted."""
    parts = []
    for label, old, new in (
        ("name", before.name, after.name),
        ("address", before.ssh_target, after.ssh_target),
        ("through", _way(before), _way(after)),
        ("site", before.site, after.site),
        ("region", before.region, after.region),
        ("tags", " ".join(before.tags), " ".join(after.tags)),
        ("scrape address", before.scrape_address, after.scrape_address),
    ):
        if old != new:
            parts.append(f"{label}: {old or '–'} → {new or '–'}")
    if before.notes != after.notes:
        parts.append("notes")
    return "; ".join(parts)


def _way(endpoint: Endpoint) -> str:
    return ", ".join(jump.target for jump in endpoint.jumps)
