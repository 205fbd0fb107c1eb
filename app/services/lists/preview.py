"""A list before anything is done with it: what each column was taken for, what each row would become, and what is wrong with it.

A preview never changes: each correction gives another one, so going back is free. Nothing here writes to the inventory.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from app.errors import InputError
from app.models.device_list import Column, Confidence, Field, Meaning, Row, RowId, Table, Verdict
from app.models.endpoint import Endpoint
from app.services.lists.columns import guessed_columns
from app.services.lists.patterns import check_pattern
from app.services.lists.rows import Judged, RowMaker
from app.services.lists.tables import with_header
from app.services.lists.twins import Known, SetApart, with_verdicts

#: What may hold for all rows that do not say otherwise.
DEFAULTS = frozenset(
    {Field.PORT, Field.USER, Field.SITE, Field.REGION, Field.TAGS, Field.NOTES, Field.EXPORTER_PORT, Field.JUMPS}
)


@dataclass(frozen=True)
class Preview:
    """What a list would become. Made by `preview_of`."""

    table: Table
    columns: tuple[Column, ...]
    known: Known
    corrections: Mapping[RowId, Mapping[Field, str]] = field(default_factory=dict)
    defaults: Mapping[Field, str] = field(default_factory=dict)
    names: str = ""
    """The pattern for names of rows without one."""
    apart: SetApart = field(default_factory=SetApart)
    judged: tuple[tuple[Judged, ...], ...] = ()
    """For each line of the table what was made of it, before it was compared with other rows."""
    before: tuple[Row, ...] = field(default=(), compare=False, repr=False)
    """The rows of the preview that this one was made of, as far as they were asked for."""

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """Every row of the input at least once, in its order. Those that a correction left as they were are the very same objects."""
        judged = (each for made in self.judged for each in made)
        return tuple(with_verdicts(judged, self.known, self.apart, self.before))

    @cached_property
    def good(self) -> tuple[Row, ...]:
        """What can be enrolled as it is."""
        return tuple(row for row in self.rows if row.verdict is Verdict.GOOD)

    @cached_property
    def counts(self) -> Mapping[Verdict, int]:
        """How many rows have each verdict; all verdicts are there."""
        counted = Counter(row.verdict for row in self.rows)
        return {verdict: counted[verdict] for verdict in Verdict}

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What the operator should know about the list as a whole, as sentences."""
        notes = list(self.table.notes)
        if all(line.skipped for line in self.table.lines):
            notes.append("No row of this list is a device.")
        elif all(column.meaning.field is not Field.ADDRESS for column in self.columns):
            notes.append("No column looks like addresses. Say which one it is.")
        return tuple(notes)

    def row(self, row: RowId) -> Row:
        """Raises InputError("row") when there is none."""
        found = next((each for each in self.rows if each.id == row), None)
        if found is None:
            raise InputError("row", f"There is no row {row} in this list.")
        return found

    def with_column(self, place: int, meaning: Field | None) -> "Preview":
        """The column at `place` means that; None: nothing. A column that had this meaning loses it, but for tags.

        Raises InputError("column") for one that is not there, and for one whose values were dropped.
        """
        if not 0 <= place < len(self.columns):
            raise InputError("column", f"There is no column {place + 1} in this list.")
        if self.columns[place].is_secret:
            raise InputError("column", "Passwords were in it; the values were dropped and cannot be had back.")
        told = Meaning(meaning, Confidence.GIVEN, "You said so.")
        lost = Meaning(None, Confidence.GIVEN, "You gave its meaning to another column.")
        columns = tuple(
            replace(column, meaning=told)
            if column.place == place
            else replace(column, meaning=lost)
            if meaning not in (None, Field.TAGS) and column.meaning.field is meaning
            else column
            for column in self.columns
        )
        return self._rebuilt(self._with(columns=columns))

    def with_header(self, line: int) -> "Preview":
        """The header is that line; 0: there is none. Columns are guessed anew, corrections by hand are forgotten."""
        anew = preview_of(with_header(self.table, line), self.known)
        return replace(anew, apart=SetApart(begun=self.apart.begun))

    def with_cell(self, row: RowId, of: Field, value: str) -> "Preview":
        """The operator typed `value` for one field of a row. Raises InputError("row") for one that is not there or is no device."""
        if self.row(row).verdict is Verdict.SKIPPED and row not in self.apart.left_out:
            raise InputError("row", f"Row {row} is no device.")
        mended = {**self.corrections, row: {**self.corrections.get(row, {}), of: value.strip()}}
        changed = self._with(corrections=mended)
        return self._rebuilt(changed, only=None if changed._maker.is_numbered else row.line)

    def with_default(self, of: Field, value: str) -> "Preview":
        """`value` for every row that says nothing of it. Raises InputError for fields that no two devices share."""
        if of not in DEFAULTS:
            raise InputError(of, "This differs from device to device.")
        return self._rebuilt(self._with(defaults={**self.defaults, of: value.strip()}))

    def with_names(self, pattern: str) -> "Preview":
        """Names for rows without one, as `app.services.lists.patterns` has them; "" again for none. Raises InputError("name")."""
        return self._rebuilt(self._with(names=check_pattern(pattern.strip())))

    def with_known(self, endpoints: Iterable[Endpoint] | Known) -> "Preview":
        """The inventory is this now."""
        return self._with(known=endpoints if isinstance(endpoints, Known) else Known.of(endpoints))

    def without(self, rows: Iterable[RowId]) -> "Preview":
        """Leave these rows out."""
        return self._with(apart=replace(self.apart, left_out=self.apart.left_out | frozenset(rows)))

    def with_again(self, rows: Iterable[RowId]) -> "Preview":
        """Take rows in again that were left out."""
        return self._with(apart=replace(self.apart, left_out=self.apart.left_out - frozenset(rows)))

    def with_begun(self, runs: Mapping[RowId, int]) -> "Preview":
        """These rows were handed over to runs: they are left out for good, and other rows may not be the same devices."""
        return self._with(apart=replace(self.apart, begun={**self.apart.begun, **runs}))

    def _with(self, **changed: Any) -> "Preview":
        return replace(self, before=vars(self).get("rows", self.before), **changed)

    @cached_property
    def _maker(self) -> RowMaker:
        return RowMaker(self.table, self.columns, self.corrections, self.defaults, self.names)

    @staticmethod
    def _rebuilt(changed: "Preview", *, only: int | None = None) -> "Preview":
        """`changed` with its lines judged anew: those with the number `only`, or all; what comes out the same is not looked at again."""
        return replace(changed, judged=tuple(changed._maker.made(changed.judged, only=only)))


def preview_of(table: Table, known: Sequence[Endpoint] | Known = ()) -> Preview:
    """The preview of `table` beside the endpoints of the inventory."""
    compared = known if isinstance(known, Known) else Known.of(known)
    return Preview._rebuilt(Preview(table, guessed_columns(table), compared))
