"""The activity log: who changed what, when, with what result."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Result(StrEnum):
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    """The application ended in the middle; found at a later start."""


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of the append-only log. `operator` is the desktop user and machine; `detail` is plain text without secrets."""

    id: int
    at: datetime
    operator: str
    action: str
    """A verb phrase from a fixed set: "enrol", "remove", "change", "deploy", "stack down", "kit fetch", …"""
    subject: str
    result: Result
    detail: str = ""
