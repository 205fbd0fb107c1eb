"""The activity log: who changed what, when, with what result; and whether its chain of hashes holds."""

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
    fingerprints: str = ""
    """Of the keys and certificates involved, "host key SHA256:…; certificate SHA256:…"; may be empty."""
    previous_hash: str = ""
    """The `line_hash` of the line before; empty for the first one."""
    line_hash: str = ""
    """SHA-256 (hex) over all of the above; see `app.services.inventory.chain`."""


class FaultKind(StrEnum):
    """How a chain may be broken."""

    ALTERED = "altered"
    """The line is not as it was written."""
    MISSING = "missing"
    """The line does not follow the one before it: lines between were removed, or their order was changed."""
    CUT_OFF = "cut off"
    """The newest lines are gone, or the last one was replaced."""
    FOREIGN = "foreign"
    """There are lines behind the newest one that Plantwatch wrote."""


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One place where the chain is broken: at line `line`, after line `after`. 0 stands for none: the beginning, or the end, of the log."""

    kind: FaultKind
    line: int
    after: int


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What walking the whole log has shown."""

    lines: int
    """How many there are."""
    recorded_lines: int
    """How many were written, as the installation's record says."""
    head: str
    """Hash of the newest line by that record: the value to note elsewhere. Empty while the log is empty."""
    faults: tuple[ChainFault, ...]
    """The first ones, in the order of the log; none: the chain holds."""
    noted_found: bool | None = None
    """Whether a line has the hash that was noted before; None when none was asked about."""

    @property
    def is_whole(self) -> bool:
        return not self.faults and self.noted_found is not False
