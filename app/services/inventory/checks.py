"""Queries about what was found when endpoints were last looked at, within a transaction of the caller's.

Apart from the endpoints, because looking changes nothing about them: neither their revision nor the time of their last change.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.models.security import Checks, DeviceCheckRecord, Exposure
from app.services.inventory.schema import checks, endpoints


def everything(connection: Connection) -> dict[int, Checks]:
    """By endpoint; those that were never looked at are not in it."""
    rows = connection.execute(sa.select(checks))
    return {row.endpoint_id: Checks(row.exposure, row.device) for row in rows}


def of_one(connection: Connection, endpoint_id: int) -> Checks:
    row = connection.execute(sa.select(checks).where(checks.c.endpoint_id == endpoint_id)).first()
    return Checks(row.exposure, row.device) if row is not None else Checks()


def put_exposures(connection: Connection, found: Mapping[int, Exposure]) -> None:
    """Endpoints that are gone by now are passed over."""
    for endpoint_id, exposure in found.items():
        _put(connection, endpoint_id, {"exposure": exposure})


def put_device(connection: Connection, endpoint_id: int, found: DeviceCheckRecord) -> None:
    """An endpoint that is gone by now is passed over."""
    _put(connection, endpoint_id, {"device": found})


def forget(connection: Connection, endpoint_id: int) -> None:
    """The endpoint is going to be removed."""
    connection.execute(sa.delete(checks).where(checks.c.endpoint_id == endpoint_id))


def _put(connection: Connection, endpoint_id: int, values: dict[str, Any]) -> None:
    if connection.execute(sa.update(checks).where(checks.c.endpoint_id == endpoint_id).values(values)).rowcount:
        return
    # Nobody else writes during this transaction, so an endpoint that is there now is there at its end.
    if connection.execute(sa.select(endpoints.c.id).where(endpoints.c.id == endpoint_id)).first() is not None:
        connection.execute(sa.insert(checks).values(values | {"endpoint_id": endpoint_id}))
