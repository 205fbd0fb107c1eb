"""Queries about credentials: names of secrets, never the secrets. Within a transaction of the caller's."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.errors import InputError, NotFoundError
from app.models.endpoint import Credential, LoginKind
from app.services.inventory.schema import credentials, endpoints


def add(connection: Connection, user: str, kind: LoginKind, key_file: str) -> Credential:
    statement = sa.insert(credentials).values(user=user, kind=kind, key_file=key_file).returning(credentials)
    return _model(connection.execute(statement).one())


def by_id(connection: Connection, credential_id: int) -> Credential:
    """Raises NotFoundError."""
    row = connection.execute(sa.select(credentials).where(credentials.c.id == credential_id)).first()
    if row is None:
        raise NotFoundError(kind="credential", name=f"number {credential_id}", command="plantwatch endpoints list")
    return _model(row)


def remove(connection: Connection, credential_id: int) -> None:
    """No error when there is none. Raises InputError when an endpoint uses it."""
    uses = sa.or_(endpoints.c.credential_id == credential_id, endpoints.c.standby_credential_id == credential_id)
    user = connection.execute(sa.select(endpoints.c.name).where(uses)).scalar()
    if user is None:
        found = connection.execute(sa.select(endpoints.c.name, endpoints.c.jumps).where(endpoints.c.jumps.is_not(None)))
        user = next((name for name, jumps in found if any(jump.credential_id == credential_id for jump in jumps)), None)
    if user is not None:
        raise InputError("credential", f"The endpoint {user} still uses it.")
    connection.execute(sa.delete(credentials).where(credentials.c.id == credential_id))


def _model(row: sa.Row[Any]) -> Credential:
    return Credential(**row._mapping)
