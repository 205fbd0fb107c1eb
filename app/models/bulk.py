"""Runs: one action on many devices, written down so that it outlives the process that works on it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.errors import AppError
from app.models.bulk_parameters import NOTHING_MORE, Parameters
from app.models.endpoint import EndpointDraft, HostKey


class BulkAction(StrEnum):
    """What is done with every device of a run."""

    ENROL = "enrol"
    CHECK = "check"
    RENEW = "renew"
    """The certificate; what answers in plain HTTP is moved to TLS by it."""
    RENEW_KEY = "renew-key"
    """Plantwatch's own, or the first of that kind."""
    UPGRADE = "upgrade"
    """The exporter, to that of the kit."""
    REMOVE = "remove"
    LABELS = "labels"
    """Site, region and tags."""
    CREDENTIALS = "credentials"
    """Another login, tried before it counts."""
    METRICS = "metrics"
    """Which groups of them the exporter reads."""


class ItemState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """What was begun is undone; it may be taken up again."""

    @property
    def is_over(self) -> bool:
        return self in (ItemState.DONE, ItemState.FAILED, ItemState.CANCELLED)


@dataclass(frozen=True, slots=True)
class Failure:
    """An AppError, written down. Those of one `kind` have one cause, and one thing mends them."""

    kind: str
    message: str
    evidence: str = ""
    advice: str = ""

    @classmethod
    def of(cls, error: AppError) -> "Failure":
        return cls(type(error).__name__, error.message, error.evidence, error.advice)


@dataclass(frozen=True, slots=True)
class EnrolOrder:
    """How a device is enrolled. The login is a profile, by name: when one that is refused is changed, what waits gets the new one."""

    draft: EndpointDraft
    profile: str
    expected_key: str = ""
    """What the operator has of the device's host key, in any form that `ExpectedKey` reads; empty: nothing."""
    host_key: HostKey | None = None
    """The key that a person has compared; it counts before `expected_key`."""
    seen_key: HostKey | None = None
    """The key that a scan saw there. It proves nothing; where no other key is given, another one than this is refused."""
    jumps: tuple[tuple[str, str, int], ...] = ()
    """User, address and port of each jump host on the way; host keys and logins are those that the inventory has when it begins."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """One device of a run to be. `order` for ENROL, `endpoint_id` for everything else."""

    subject: str
    order: EnrolOrder | None = None
    endpoint_id: int | None = None


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One device of a run. `number` counts from 1, in the order of the list."""

    id: int
    run_id: int
    number: int
    subject: str
    """What the operator calls the device."""
    order: EnrolOrder | None
    endpoint_id: int | None
    state: ItemState
    detail: str = ""
    """What came of it, in a few words."""
    failure: Failure | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class BulkRun:
    """A run, and who works on it: `host`, `pid` and `process_start` as in `Operation`."""

    id: int
    action: BulkAction
    operator: str
    host: str
    pid: int
    process_start: float
    begun_at: datetime
    advanced_at: datetime
    ended_at: datetime | None = None
    """None: there is something left to do."""
    parameters: Parameters = NOTHING_MORE
    is_paused: bool = False
    """Whoever works on it begins with no other device, until somebody lets it go on."""
    counts: dict[ItemState, int] = field(default_factory=dict)
    """How many devices are in which state; states that none is in are left out."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def count(self, *states: ItemState) -> int:
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def left(self) -> int:
        """How many devices are not over."""
        return self.count(ItemState.WAITING, ItemState.RUNNING)

    @property
    def subject(self) -> str:
        return f"run {self.id}"

    @property
    def holder(self) -> str:
        """Who works on it, for people."""
        return f"{self.operator}, process {self.pid}"
