"""What a run tells while it is worked on."""

from collections.abc import Callable
from dataclasses import dataclass

from app.models.bulk import BulkItem, ItemState
from app.services.progress import Event


@dataclass(frozen=True, slots=True)
class ItemChanged:
    """A device is in another state, as written down."""

    item: BulkItem


@dataclass(frozen=True, slots=True)
class ItemProgress:
    """Something happened to the device with this number."""

    number: int
    event: Event


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far the run is. `remaining_seconds` is None while that is not known."""

    counts: dict[ItemState, int]
    remaining_seconds: float | None
    at_a_time: int
    is_paused: bool = False


BulkEvent = ItemChanged | ItemProgress | RunProgress
BulkReport = Callable[[BulkEvent], None]
