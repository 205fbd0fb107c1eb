"""Operations: work on an endpoint that is under way, recorded before it begins so that a later start can finish or undo it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Operation:
    """One write-ahead record. `step` is the last step recorded when the record was read; times are aware and in UTC."""

    id: int
    kind: str
    """What is being done: "enrol", "remove", "deploy", …"""
    endpoint_id: int | None
    """None: it is about the stack."""
    subject: str
    """The endpoint's name when it began, which outlives the endpoint's record."""
    step: str
    operator: str
    """Desktop user and machine."""
    host: str
    pid: int
    process_start: float
    """Tells the process from a later one with the same `pid`; comparable on the same host only."""
    begun_at: datetime
    advanced_at: datetime

    @property
    def holder(self) -> str:
        """Who works on it, for people."""
        return f"{self.operator}, process {self.pid}"
