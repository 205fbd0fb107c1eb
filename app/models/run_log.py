"""What happens at a device of a run, as lines: bounded, whatever the device says and however often it is tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

#: Of a device so many lines are kept, of so many characters: how it began and how it ended tell more than what lies between.
FIRST_KEPT = 60
LAST_KEPT = 240
LONGEST = 500

_LEFT_OUT = "… lines left out: "


@dataclass(frozen=True, slots=True)
class LogNote:
    """A line of what happened at a device. Plain text, never a secret."""

    at: datetime
    text: str


def bounded(notes: Sequence[LogNote]) -> list[LogNote]:
    """`notes` without the middle of what is too long; a line says how much is missing, also when it is bounded again."""
    if len(notes) <= FIRST_KEPT + LAST_KEPT + 1:
        return list(notes)
    first, middle, last = notes[:FIRST_KEPT], notes[FIRST_KEPT:-LAST_KEPT], notes[-LAST_KEPT:]
    count = sum(_missing(note) or 1 for note in middle)
    return [*first, LogNote(middle[-1].at, f"{_LEFT_OUT}{count}"), *last]


def _missing(note: LogNote) -> int:
    count = note.text.removeprefix(_LEFT_OUT)
    return int(count) if count != note.text and count.isdecimal() else 0
