"""A preview of a list as it is shown: its columns, the rows that the filter lets through, and what changed since the last time.

Made by workers: for 50,000 rows it takes longer than the window may stand still.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.models.device_list import Field, Line, Meaning, Row
from app.services.lists import Preview
from app.ui.list_words import RowKind, kind_of

#: Those that a list has no column for, when something is in them: by the pattern for names, from USER@HOST:PORT, for all rows.
_MADE = tuple(each for each in Field if each not in (Field.ADDRESS, Field.HOST_KEY))
#: What is hidden until it is asked for.
HIDDEN_AT_FIRST = frozenset({RowKind.BEGUN})


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of the list at its `place`; one that Plantwatch adds has none. `field` None: it is not used, and shown as it was written."""

    title: str
    field: Field | None
    place: int | None = None
    meaning: Meaning | None = None
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What differs from the sheet before. `first` and `last` are the rows between which all differences are; -1: none."""

    is_rearranged: bool
    """Other rows or columns than before."""
    first: int = -1
    last: int = -1


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the table shows. `rows`, `lines` and `kinds` belong together: those rows that the filter lets through, in the order of the list."""

    preview: Preview
    columns: tuple[SheetColumn, ...]
    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    kinds: tuple[RowKind, ...]
    counts: Mapping[RowKind, int]
    """Of all rows, those that are hidden too."""
    ready: int
    """How many rows a run can enrol."""
    to_mend: tuple[int, ...] = ()
    """The positions of the rows that have to be mended."""
    change: Change = field(default=Change(is_rearranged=True))

    @property
    def has_reasons(self) -> bool:
        """Whether any row of the list is not simply good."""
        return any(count for kind, count in self.counts.items() if kind is not RowKind.GOOD)


def sheet_of(preview: Preview, wanted: frozenset[RowKind], ready: int, before: Sheet | None = None) -> Sheet:
    """`preview` with the rows of the `wanted` kinds; none wanted: all but those that are hidden at first."""
    shown = wanted or frozenset(RowKind) - HIDDEN_AT_FIRST
    rows: list[Row] = []
    lines: list[Line] = []
    kinds: list[RowKind] = []
    counts: Counter[RowKind] = Counter()
    used: set[Field] = set()
    source = (line for line, made in zip(preview.table.lines, preview.judged, strict=True) for _ in made)
    for row, line in zip(preview.rows, source, strict=True):
        kind = kind_of(row, preview)
        counts[kind] += 1
        if len(used) < len(Field):
            used.update(each for each, value in row.values.items() if value)
        if kind in shown:
            rows.append(row)
            lines.append(line)
            kinds.append(kind)
    columns = _columns(preview, used)
    change = _change(before, columns, rows)
    to_mend = tuple(at for at, kind in enumerate(kinds) if kind.wants_mending)
    return Sheet(preview, columns, tuple(rows), tuple(lines), tuple(kinds), counts, ready, to_mend, change)


def _columns(preview: Preview, used: set[Field]) -> tuple[SheetColumn, ...]:
    """Those of the list as they stand in it, and then what was made."""
    own = [
        SheetColumn(each.title, each.meaning.field, each.place, each.meaning, each.is_secret)
        for each in preview.columns
        if each.title or each.meaning.field is not None or not preview.table.meanings
    ]
    fields = {each.field for each in own}
    made = [SheetColumn("", each) for each in _MADE if each not in fields and (each in used or each is Field.NAME)]
    # Whether a host key is known decides whether somebody has to compare it: it is told of every list.
    keys = [] if Field.HOST_KEY in fields else [SheetColumn("", Field.HOST_KEY)]
    return (*own, *made, *keys)


def _change(before: Sheet | None, columns: Sequence[SheetColumn], rows: Sequence[Row]) -> Change:
    if before is None or len(before.rows) != len(rows) or before.columns != tuple(columns):
        return Change(is_rearranged=True)
    first = last = -1
    for at, (old, new) in enumerate(zip(before.rows, rows, strict=True)):
        if old is new:
            continue
        if old.id != new.id:
            return Change(is_rearranged=True)
        first, last = (at if first < 0 else first), at
    return Change(is_rearranged=False, first=first, last=last)
