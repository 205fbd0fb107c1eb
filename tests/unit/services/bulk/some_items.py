"""Devices of a run, made up."""

from datetime import UTC, datetime, timedelta

from app.models.bulk import BulkAction, BulkItem, BulkRun, EnrolOrder, Failure, ItemState
from app.models.endpoint import EndpointDraft

AT = datetime(2026, 11, 22, 14, 3, 58, tzinfo=UTC)


def some_run(action: BulkAction = BulkAction.ENROL, **counts: int) -> BulkRun:
    states = {ItemState(state): count for state, count in counts.items()}
    return BulkRun(12, action, "op@desk", "desk", 4711, 1.5, AT, AT, counts=states)


def some_item(
    number: int,
    state: ItemState = ItemState.DONE,
    *,
    subject: str = "",
    failure: Failure | None = None,
    detail: str = "",
    profile: str = "Wind farm",
    port: int = 9100,
    seconds: float | None = 2.5,
) -> BulkItem:
    """One that is enrolled; `seconds` None: it has not been begun."""
    name = f"wtg-{number:02}"
    draft = EndpointDraft(name, f"10.0.0.{number}", 22, exporter_port=port)
    return BulkItem(
        id=100 + number,
        run_id=12,
        number=number,
        subject=subject or name,
        order=EnrolOrder(draft, profile),
        endpoint_id=None,
        state=state,
        detail=detail,
        failure=failure,
        begun_at=None if seconds is None else AT,
        ended_at=None if seconds is None else AT + timedelta(seconds=seconds),
    )


def failed(
    number: int, kind: str = "WrongPasswordError", message: str = "It refuses it.", *, profile: str = "Wind farm"
) -> BulkItem:
    return some_item(
        number, ItemState.FAILED, failure=Failure(kind, message, "Permission denied", "Try."), profile=profile
    )
