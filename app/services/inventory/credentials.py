"""Queries about credentials: names of secrets, never the secrets. Within a transaction of the caller's."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.errors import InputError, NotFoundError
from app.models.endpoint import Credential, LoginKind, parse_name
from app.services.inventory.schema import credentials, endpoints

_LIST_COMMAND = "plantwatch credentials list"
_COLUMNS: tuple[sa.Column[Any], ...] = (
    credentials.c.id, credentials.c.user, credentials.c.kind, credentials.c.key_file, credentials.c.name,
)  # fmt: skip
_NAMED = 5


def everything(connection: Connection, *, spare: bool = False) -> list[Credential]:
    """Those in use or kept for it, or the spare ones; by number."""
    found = sa.select(*_COLUMNS).where(credentials.c.is_spare == spare).order_by(credentials.c.id)
    return [_model(row) for row in connection.execute(found)]


def add(connection: Connection, user: str, kind: LoginKind, key_file: str, *, name: str, spare: bool) -> Credential:
    """Raises InputError("profile") when another has the name."""
    values = {"user": user, "kind": kind, "key_file": key_file, "name": _free(connection, name), "is_spare": spare}
    return _model(connection.execute(sa.insert(credentials).values(values).returning(*_COLUMNS)).one())


def by_id(connection: Connection, credential_id: int) -> Credential:
    """Raises NotFoundError."""
    row = connection.execute(sa.select(*_COLUMNS).where(credentials.c.id == credential_id)).first()
    if row is None:
        raise _not_found(credential_id)
    return _model(row)


def by_name(connection: Connection, name: str) -> Credential:
    """Without regard to case. Raises NotFoundError."""
    row = _named(connection, name)
    if row is None:
        raise NotFoundError(kind="login", name=name.strip(), command=_LIST_COMMAND)
    return _model(row)


def check_name_free(connection: Connection, name: str) -> None:
    """Raises InputError("profile") when one has the name already, or it is none."""
    _free(connection, name)


def rename(connection: Connection, credential_id: int, name: str) -> Credential:
    """Raises NotFoundError, InputError."""
    known = by_id(connection, credential_id)
    if known.name.lower() != name.strip().lower():
        _free(connection, name)
    values = {"name": _parsed(name)}
    connection.execute(sa.update(credentials).where(credentials.c.id == credential_id).values(values))
    return by_id(connection, credential_id)


def keep(connection: Connection, credential_id: int, name: str = "") -> Credential:
    """A spare one becomes a profile, or without a name somebody's own. Raises NotFoundError, InputError."""
    spare = sa.and_(credentials.c.id == credential_id, credentials.c.is_spare)
    values = {"name": _free(connection, name), "is_spare": False}
    if connection.execute(sa.update(credentials).where(spare).values(values)).rowcount == 0:
        raise _not_found(credential_id)
    return by_id(connection, credential_id)


def take_place(connection: Connection, credential_id: int, successor_id: int) -> None:
    """The spare `successor_id` gets the name of the other one, which becomes spare. Raises NotFoundError when either is not what it was."""
    known = by_id(connection, credential_id)
    changes: dict[int, dict[str, Any]] = {
        credential_id: {"name": None, "is_spare": True},
        successor_id: {"name": known.name or None, "is_spare": False},
    }
    for number, values in changes.items():
        same = sa.and_(credentials.c.id == number, credentials.c.is_spare == (number == successor_id))
        if connection.execute(sa.update(credentials).where(same).values(values)).rowcount == 0:
            raise _not_found(number)


def retire(connection: Connection, credential_id: int) -> None:
    """It has no name any more and is spare. Raises InputError when an endpoint uses it."""
    _check_unused(connection, credential_id)
    values = {"name": None, "is_spare": True}
    connection.execute(sa.update(credentials).where(credentials.c.id == credential_id).values(values))


def retire_if_lone(connection: Connection, credential_id: int) -> bool:
    """Retire it unless it has a name or an endpoint uses it."""
    if by_id(connection, credential_id).name or users(connection, credential_id):
        return False
    retire(connection, credential_id)
    return True


def remove(connection: Connection, credential_id: int) -> None:
    """No error when there is none. Raises InputError when an endpoint uses it."""
    _check_unused(connection, credential_id)
    connection.execute(sa.delete(credentials).where(credentials.c.id == credential_id))


def users(connection: Connection, credential_id: int) -> list[str]:
    """The names of the endpoints that use it, for their devices, as a standby or for jump hosts; sorted."""
    columns = (endpoints.c.name, endpoints.c.credential_id, endpoints.c.standby_credential_id, endpoints.c.jumps)
    using = [
        name
        for name, own, standby, jumps in connection.execute(sa.select(*columns))
        if credential_id in (own, standby, *(jump.credential_id for jump in jumps or ()))
    ]
    return sorted(using, key=str.lower)


def _check_unused(connection: Connection, credential_id: int) -> None:
    names = users(connection, credential_id)
    if not names:
        return
    if len(names) == 1:
        raise InputError("credential", f"The endpoint {names[0]} still uses it.")
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    raise InputError("credential", f"The endpoints {', '.join(names[:_NAMED])}{rest} still use it.")


def _named(connection: Connection, name: str) -> sa.Row[Any] | None:
    wanted = name.strip().lower()
    return connection.execute(sa.select(*_COLUMNS).where(sa.func.lower(credentials.c.name) == wanted)).first()


def _not_found(credential_id: int) -> NotFoundError:
    return NotFoundError(kind="credential", name=f"number {credential_id}", command=_LIST_COMMAND)


def _free(connection: Connection, name: str) -> str | None:
    """The name as it is stored. Nobody else writes during this transaction, so what is free now is free at its end."""
    if not name:
        return None
    parsed = _parsed(name)
    if (other := _named(connection, parsed)) is not None:
        raise InputError("profile", f"{other.name} is the name of another login already.", hint="Choose another name.")
    return parsed


def _parsed(name: str) -> str:
    try:
        return parse_name(name)
    except InputError as error:
        raise InputError("profile", str(error.details["reason"])) from None


def _model(row: sa.Row[Any]) -> Credential:
    return Credential(**{**row._mapping, "name": row.name or ""})
