"""The write-ahead record of work under way, within a transaction of the caller's."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.errors import BusyError
from app.models.operation import Operation
from app.services.inventory import endpoints
from app.services.inventory.processes import is_alive, owner
from app.services.inventory.schema import operations

STACK_SUBJECT = "the stack"


def begin(connection: Connection, kind: str, endpoint_id: int | None, *, shared: bool) -> Operation:
    """Record that this process begins `kind`. What a dead process left on the same subject is replaced.

    Raises BusyError when a living process works on it; NotFoundError when there is no such endpoint.
    """
    subject = STACK_SUBJECT if endpoint_id is None else endpoints.by_id(connection, endpoint_id).name
    for other in _on(connection, endpoint_id):
        _check_dead(other, shared=shared)
        end(connection, other)
    now = datetime.now(UTC)
    values = {
        "kind": kind,
        "endpoint_id": endpoint_id,
        "subject": subject,
        "step": "",
        "begun_at": now,
        "advanced_at": now,
    }
    return _model(connection.execute(sa.insert(operations).values(values | owner()).returning(operations)).one())


def resume(connection: Connection, operation: Operation, *, shared: bool) -> Operation:
    """Take over what a dead process left. Raises BusyError when another process took it, or ended it, first."""
    row = connection.execute(sa.select(operations).where(operations.c.id == operation.id)).first()
    if row is None:
        raise _taken(operation)
    _check_dead(_model(row), shared=shared)
    statement = (
        sa.update(operations)
        .where(operations.c.id == operation.id)
        .values(owner() | {"advanced_at": datetime.now(UTC)})
    )
    return _model(connection.execute(statement.returning(operations)).one())


def advance(connection: Connection, operation: Operation, step: str) -> None:
    """Record the step that begins. Raises BusyError when another process has taken the operation over."""
    statement = sa.update(operations).where(_owned(operation)).values(step=str(step), advanced_at=datetime.now(UTC))
    if connection.execute(statement).rowcount == 0:
        raise _taken(operation)


def end(connection: Connection, operation: Operation) -> None:
    """Forget it. No error when it is gone, or another process's, already."""
    connection.execute(sa.delete(operations).where(_owned(operation)))


def interrupted(connection: Connection, *, shared: bool) -> list[Operation]:
    """Those whose process is gone, oldest first."""
    now = datetime.now(UTC)
    found = [_model(row) for row in connection.execute(sa.select(operations).order_by(operations.c.id))]
    return [operation for operation in found if not is_alive(operation, now=now, shared=shared)]


def _on(connection: Connection, endpoint_id: int | None) -> list[Operation]:
    return [
        _model(row) for row in connection.execute(sa.select(operations).where(operations.c.endpoint_id == endpoint_id))
    ]


def _check_dead(operation: Operation, *, shared: bool) -> None:
    if is_alive(operation, now=datetime.now(UTC), shared=shared):
        raise BusyError(subject=operation.subject, holder=operation.holder)


def _taken(operation: Operation) -> BusyError:
    return BusyError(subject=operation.subject, holder="it was taken over")


def _owned(operation: Operation) -> sa.ColumnElement[bool]:
    """As this process knew it: the process that holds it has not changed since."""
    return sa.and_(
        operations.c.id == operation.id,
        operations.c.host == operation.host,
        operations.c.pid == operation.pid,
        operations.c.process_start == operation.process_start,
    )


def _model(row: sa.Row[Any]) -> Operation:
    return Operation(**row._mapping)
