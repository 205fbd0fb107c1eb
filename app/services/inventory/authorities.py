"""Queries about certificate authorities. Within a transaction of the caller's."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.models.certificate import Authority
from app.services.inventory.schema import authorities


def everything(connection: Connection) -> list[Authority]:
    """Oldest first."""
    rows = connection.execute(sa.select(authorities).order_by(authorities.c.id))
    return [_model(row) for row in rows]


def make_current(connection: Connection, authority: Authority, *, replacing: str) -> Authority:
    """Add `authority` as the current one in place of that with the fingerprint `replacing` ("" for none), and return it.

    When another one is current by now, because somebody else was faster, nothing is added and that one is returned.
    """
    present = next((each for each in everything(connection) if each.is_current), None)
    if present is not None and present.fingerprint != replacing:
        return present
    connection.execute(sa.update(authorities).values(is_current=False))
    connection.execute(sa.insert(authorities).values(**_row(authority) | {"is_current": True}))
    return next(each for each in everything(connection) if each.is_current)


def set_client_certificate(connection: Connection, fingerprint: str, certificate: str) -> None:
    """What Prometheus shows to the exporters that trust this authority."""
    connection.execute(
        sa.update(authorities).where(authorities.c.fingerprint == fingerprint).values(client_certificate=certificate)
    )


def remove(connection: Connection, fingerprint: str) -> None:
    """No error when there is none."""
    connection.execute(sa.delete(authorities).where(authorities.c.fingerprint == fingerprint))


def _model(row: sa.Row[Any]) -> Authority:
    values = dict(row._mapping)
    del values["id"]
    return Authority(**values)


def _row(authority: Authority) -> dict[str, object]:
    return {column.name: getattr(authority, column.name) for column in authorities.c if column.name != "id"}
