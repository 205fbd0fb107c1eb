"""What happens at the devices of a run, noted until it is written down with the run."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from app.models.bulk import BulkItem, Failure, ItemState
from app.models.run_log import FIRST_KEPT, LAST_KEPT, LONGEST, LogNote, bounded
from app.services.progress import Event, LogLine, StepAdvanced, StepFailed, StepFinished, StepStarted


def texts_of(event: Event) -> list[str]:
    """The lines that `event` makes; none for how far a step is."""
    match event:
        case StepStarted():
            return [_line(event.step, event.subject, "…")]
        case StepFinished():
            return [_line(event.step, event.subject, f"✓ {event.seconds:.1f} s", event.detail)]
        case StepFailed():
            return [_line(event.step, event.subject, f"✗ {event.seconds:.1f} s")]
        case LogLine():
            return event.text.splitlines()
        case StepAdvanced():
            return []


def end_texts(state: ItemState, detail: str, failure: Failure | None) -> list[str]:
    """The lines with which a device is over for now."""
    told = [f"{state}: {detail}" if detail else str(state)]
    if failure is not None:
        told = [f"{state}: {failure.message}", *failure.evidence.splitlines(), failure.advice]
    return [line for line in told if line]


_PATIENCE = timedelta(seconds=2)


class Notebook:
    """Holds what is not yet written down, of those devices only that are under way. May be used by several threads."""

    def __init__(self) -> None:
        self._notes: dict[int, list[LogNote]] = {}
        self._lock = threading.Lock()

    def note(self, number: int, texts: Iterable[str]) -> None:
        """`texts`, which have no secrets, happened now at the device with this number."""
        now = datetime.now(UTC)
        fresh = [LogNote(now, text[:LONGEST]) for text in texts]
        with self._lock:
            held = self._notes.setdefault(number, [])
            held.extend(fresh)
            if len(held) > 2 * (FIRST_KEPT + LAST_KEPT):
                held[:] = bounded(held)

    def begin(self, item: BulkItem) -> None:
        """Work on the device begins (again)."""
        self.note(item.number, [f"{item.subject}: begun"])

    def take(self, number: int) -> list[LogNote]:
        """What is to be written down of one device; it is forgotten here."""
        with self._lock:
            return self._notes.pop(number, [])

    def take_due(self) -> dict[int, list[LogNote]]:
        """What is to be written down by now of devices that take their time; it is forgotten here. Those that are quick cost one write."""
        before = datetime.now(UTC) - _PATIENCE
        with self._lock:
            due = {number: notes for number, notes in self._notes.items() if notes and notes[0].at < before}
            for number in due:
                del self._notes[number]
        return due

    def give_back(self, taken: Mapping[int, Sequence[LogNote]]) -> None:
        """It could not be written down: it comes before what has been noted since."""
        with self._lock:
            for number, notes in taken.items():
                self._notes[number] = bounded([*notes, *self._notes.get(number, [])])


def _line(step: str, subject: str, *facts: str) -> str:
    name = f"{step.replace('_', ' ')} {subject}".strip()
    return " ".join(part for part in (name, *facts) if part)
