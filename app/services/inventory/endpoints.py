"""Queries about endpoints, within a transaction of the caller's."""

from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.errors import DuplicateError, NotFoundError
from app.models.bulk_parameters import LabelChange
from app.models.certificate import Certificate
from app.models.device import DeviceChange, Facts, Receipt
from app.models.endpoint import Credential, Endpoint, EndpointDraft, HostKey, Jump, Lifecycle, LoginKind
from app.models.metric_groups import Choice
from app.services.inventory import credentials
from app.services.inventory.schema import endpoints, installation

_LIST_COMMAND = "plantwatch endpoints list"
_OF_THE_DEVICE = frozenset({"facts", "receipt", "device_change", "jumps", "metrics"})


def everything(connection: Connection) -> list[Endpoint]:
    """All endpoints, by name without regard to case."""
    found = [_model(row) for row in connection.execute(sa.select(endpoints))]
    # Here and not in SQL: every server would have its own idea of order.
    return sorted(found, key=lambda endpoint: endpoint.name.lower())


def monitored(connection: Connection) -> list[Endpoint]:
    """Those that are, by name, without what was found and installed on their devices: that is most of a row, and no target needs it.

    Reading one takes 40 µs instead of 110; the targets are read for every device of a run.
    """
    columns = [column for column in endpoints.c if column.name not in _OF_THE_DEVICE]
    rows = connection.execute(sa.select(*columns).where(endpoints.c.lifecycle == Lifecycle.MONITORED))
    found = [Endpoint(**row._mapping, facts=None, receipt=None) for row in rows]
    return sorted(found, key=lambda endpoint: endpoint.name.lower())


def resembling(connection: Connection, host_key: HostKey, machine_id: str) -> list[Endpoint]:
    """Those with this host key or this (hashed) machine-id, by name. Few: the database compares, and the others are never read."""
    known_id = sa.type_coerce(endpoints.c.facts, sa.JSON)["machine_id"].as_string()
    is_alike = endpoints.c.host_key == host_key
    if machine_id:
        is_alike = sa.or_(is_alike, known_id == machine_id)
    found = [_model(row) for row in connection.execute(sa.select(endpoints).where(is_alike))]
    return sorted(found, key=lambda endpoint: endpoint.name.lower())


def by_name(connection: Connection, name: str) -> Endpoint:
    """Raises NotFoundError."""
    wanted = name.strip()
    row = connection.execute(sa.select(endpoints).where(sa.func.lower(endpoints.c.name) == wanted.lower())).first()
    if row is None:
        raise NotFoundError(kind="endpoint", name=wanted, command=_LIST_COMMAND)
    return _model(row)


def by_id(connection: Connection, endpoint_id: int) -> Endpoint:
    """Raises NotFoundError."""
    row = connection.execute(sa.select(endpoints).where(endpoints.c.id == endpoint_id)).first()
    if row is None:
        raise _not_found(endpoint_id)
    return _model(row)


def check_free(connection: Connection, draft: EndpointDraft, *, except_id: int | None) -> None:
    """Raises DuplicateError when another endpoint than `except_id` has the draft's name, or its address and port."""
    same_name = sa.func.lower(endpoints.c.name) == draft.name.lower()
    same_address = sa.and_(endpoints.c.address == draft.address, endpoints.c.port == draft.port)
    found = sa.select(endpoints).where(sa.or_(same_name, same_address)).order_by(endpoints.c.id)
    others = [_model(row) for row in connection.execute(found) if row.id != except_id]
    for other in others:
        if other.name.lower() == draft.name.lower():
            raise DuplicateError("name", draft.name, other.name)
    for other in others:
        raise DuplicateError("address", other.ssh_target, other.name)


def add(
    connection: Connection,
    draft: EndpointDraft,
    *,
    lifecycle: Lifecycle,
    host_key: HostKey | None,
    credential_id: int | None,
) -> Endpoint:
    """Raises DuplicateError, and NotFoundError for the credential."""
    # Nobody else writes during this transaction, so what is free now is free at its end.
    check_free(connection, draft, except_id=None)
    if credential_id is not None:
        credentials.by_id(connection, credential_id)
    now = datetime.now(UTC)
    values = asdict(draft) | {
        "lifecycle": lifecycle,
        "host_key": host_key,
        "credential_id": credential_id,
        "created_at": now,
        "changed_at": now,
    }
    new_id = connection.execute(sa.insert(endpoints).values(values).returning(endpoints.c.id)).scalar_one()
    _grow_revision(connection)
    return by_id(connection, new_id)


def change(connection: Connection, endpoint_id: int, draft: EndpointDraft) -> Endpoint:
    """Raises NotFoundError, DuplicateError."""
    check_free(connection, draft, except_id=endpoint_id)
    _update(connection, endpoint_id, asdict(draft))
    return by_id(connection, endpoint_id)


def relabel(connection: Connection, endpoint_id: int, labels: LabelChange) -> tuple[Endpoint, Endpoint]:
    """Raises NotFoundError."""
    before = by_id(connection, endpoint_id)
    site, region, tags = labels.applied_to(before.site, before.region, before.tags)
    values = {"site": site, "region": region, "tags": tags}
    if (site, region, tags) != (before.site, before.region, before.tags):
        _update(connection, endpoint_id, values)
    return before, by_id(connection, endpoint_id)


def set_lifecycle(connection: Connection, endpoint_id: int, lifecycle: Lifecycle) -> None:
    _update(connection, endpoint_id, {"lifecycle": lifecycle})


def set_facts(connection: Connection, endpoint_id: int, facts: Facts | None) -> None:
    _update(connection, endpoint_id, {"facts": facts})


def set_receipt(connection: Connection, endpoint_id: int, receipt: Receipt | None) -> None:
    _update(connection, endpoint_id, {"receipt": receipt})


def set_installed(
    connection: Connection, endpoint_id: int, facts: Facts, receipt: Receipt, certificate: Certificate
) -> None:
    _update(connection, endpoint_id, {"facts": facts, "receipt": receipt, "certificate": certificate})


def set_installed_anew(
    connection: Connection, endpoint_id: int, certificate: Certificate, receipt: Receipt, metrics: Choice
) -> None:
    _update(connection, endpoint_id, {"certificate": certificate, "receipt": receipt, "metrics": metrics})


def set_certificate(connection: Connection, endpoint_id: int, certificate: Certificate | None) -> None:
    _update(connection, endpoint_id, {"certificate": certificate})


def set_host_key(connection: Connection, endpoint_id: int, host_key: HostKey | None) -> None:
    _update(connection, endpoint_id, {"host_key": host_key})


def set_device_change(connection: Connection, endpoint_id: int, change: DeviceChange | None) -> None:
    _update(connection, endpoint_id, {"device_change": change})


def set_credential(connection: Connection, endpoint_id: int, credential_id: int | None) -> None:
    if credential_id is not None:
        credentials.by_id(connection, credential_id)
    _update(connection, endpoint_id, {"credential_id": credential_id})


def change_login(connection: Connection, endpoint_id: int, credential_id: int) -> Endpoint:
    before = by_id(connection, endpoint_id)
    credentials.by_id(connection, credential_id)
    if before.credential_id != credential_id:
        values = {"credential_id": credential_id, "standby_credential_id": before.credential_id}
        _update(connection, endpoint_id, values)
    return by_id(connection, endpoint_id)


def add_standby_credential(connection: Connection, endpoint_id: int, user: str, kind: LoginKind) -> Credential:
    made = credentials.add(connection, user, kind, "", name="", spare=False)
    _update(connection, endpoint_id, {"standby_credential_id": made.id})
    return made


def swap_credentials(connection: Connection, endpoint_id: int) -> None:
    endpoint = by_id(connection, endpoint_id)
    swapped = {"credential_id": endpoint.standby_credential_id, "standby_credential_id": endpoint.credential_id}
    _update(connection, endpoint_id, swapped)


def unset_standby_credential(connection: Connection, endpoint_id: int) -> None:
    _update(connection, endpoint_id, {"standby_credential_id": None})


def set_jumps(connection: Connection, endpoint_id: int, jumps: tuple[Jump, ...]) -> None:
    for jump in jumps:
        credentials.by_id(connection, jump.credential_id)
    _update(connection, endpoint_id, {"jumps": jumps or None})


def replace_jump_key(connection: Connection, jump: Jump, host_key: HostKey) -> list[Endpoint]:
    """Of `jump` on every way that leads over it; returns the endpoints behind it, as they were."""
    behind = [each for each in everything(connection) if any(map(jump.is_same_host, each.jumps))]
    for endpoint in behind:
        jumps = tuple(replace(each, host_key=host_key) if jump.is_same_host(each) else each for each in endpoint.jumps)
        set_jumps(connection, endpoint.id, jumps)
    return behind


def replace_credential(
    connection: Connection, credential_id: int, successor_id: int, *, only_id: int | None = None
) -> None:
    """Whatever needs the one, for a device or for a jump host, needs the other from now on; or the endpoint `only_id` alone does."""
    for endpoint in everything(connection):
        if only_id not in (None, endpoint.id):
            continue
        values: dict[str, Any] = {}
        if endpoint.credential_id == credential_id:
            values["credential_id"] = successor_id
        if endpoint.standby_credential_id == credential_id:
            values["standby_credential_id"] = successor_id
        if any(jump.credential_id == credential_id for jump in endpoint.jumps):
            values["jumps"] = tuple(
                replace(jump, credential_id=successor_id) if jump.credential_id == credential_id else jump
                for jump in endpoint.jumps
            )
        if values:
            _update(connection, endpoint.id, values)


def remove(connection: Connection, endpoint_id: int) -> None:
    """Raises NotFoundError."""
    if connection.execute(sa.delete(endpoints).where(endpoints.c.id == endpoint_id)).rowcount == 0:
        raise _not_found(endpoint_id)
    _grow_revision(connection)


def sites(connection: Connection) -> list[str]:
    return _distinct(connection, endpoints.c.site)


def regions(connection: Connection) -> list[str]:
    return _distinct(connection, endpoints.c.region)


def tags(connection: Connection) -> list[str]:
    found = connection.execute(sa.select(endpoints.c.tags)).scalars()
    return sorted({tag for of_one in found for tag in of_one})


def revision(connection: Connection) -> int:
    return int(connection.execute(sa.select(installation.c.revision)).scalar_one())


def _distinct(connection: Connection, column: sa.Column[str]) -> list[str]:
    return sorted(connection.execute(sa.select(column).where(column != "").distinct()).scalars())


def _update(connection: Connection, endpoint_id: int, values: dict[str, Any]) -> None:
    """Raises NotFoundError."""
    statement = (
        sa.update(endpoints).where(endpoints.c.id == endpoint_id).values(values | {"changed_at": datetime.now(UTC)})
    )
    if connection.execute(statement).rowcount == 0:
        raise _not_found(endpoint_id)
    _grow_revision(connection)


def _grow_revision(connection: Connection) -> None:
    connection.execute(sa.update(installation).values(revision=installation.c.revision + 1))


def _not_found(endpoint_id: int) -> NotFoundError:
    return NotFoundError(kind="endpoint", name=f"number {endpoint_id}", command=_LIST_COMMAND)


def _model(row: sa.Row[Any]) -> Endpoint:
    return Endpoint(**{**row._mapping, "jumps": row.jumps or ()})
