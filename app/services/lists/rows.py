"""Lines of a table to rows: columns to fields, corrections, defaults, ranges to devices, names by pattern, and each judged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.errors import InputError
from app.models.device_list import Column, Field, Form, Line, ListedDevice, Problem, RowId, Table
from app.services.lists.addresses import expanded, numbered
from app.services.lists.failures import MOST_ROWS
from app.services.lists.judging import judged, taken_apart
from app.services.lists.patterns import Numbering, is_pattern


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, not yet compared with others. `skipped` says why it is no device; else `device`, or `problems`."""

    id: RowId
    values: Mapping[Field, str]
    before: tuple[Problem, ...] = ()
    """What was wrong already before the values were looked at."""
    problems: tuple[Problem, ...] = ()
    device: ListedDevice | None = None
    skipped: str = ""


@dataclass(frozen=True)
class RowMaker:
    """Makes the rows of a table, as its columns, corrections, defaults and the pattern for names have it."""

    table: Table
    columns: tuple[Column, ...]
    corrections: Mapping[RowId, Mapping[Field, str]]
    defaults: Mapping[Field, str]
    names: str

    @cached_property
    def is_numbered(self) -> bool:
        """Whether names are counted, so that one row's change may rename others."""
        place = next((column.place for column in self.columns if column.meaning.field is Field.NAME), None)
        written = (line.cells[place] for line in self.table.lines if place is not None and place < len(line.cells))
        corrected = (fields.get(Field.NAME, "") for fields in self.corrections.values())
        return any("{n" in name for name in (self.names, *corrected, *written))

    def made(self, before: Sequence[tuple[Judged, ...]], *, only: int | None = None) -> Iterator[tuple[Judged, ...]]:
        """The rows of each line. `before`: what was made the last time, to be taken where it is the same."""
        numbering = Numbering()
        # What lines hold beyond one device each; all of them together are bounded.
        room = MOST_ROWS - sum(1 for line in self.table.lines if not line.skipped)
        for at, line in enumerate(self.table.lines):
            old = before[at] if at < len(before) else ()
            made = (
                old
                if only is not None and line.number != only and old
                else tuple(self._rows(line, numbering, old, room))
            )
            room -= max(len(made) - 1, 0)
            yield made

    def _rows(self, line: Line, numbering: Numbering, old: Sequence[Judged], room: int) -> Iterator[Judged]:
        first = RowId(line.number, line.part)
        if line.skipped:
            yield Judged(first, {}, skipped=line.skipped)
            return
        values, problems = self._values(line, first)
        if line.problem and first not in self.corrections:
            # Its cells may stand in wrong columns: what they say is not worth judging.
            yield Judged(first, values, problems=(Problem(None, line.problem),))
            return
        values, contradictions = taken_apart(values)
        problems += contradictions
        try:
            addresses = self._addresses(line, values, room)
        except InputError as error:
            yield Judged(first, values, (), (Problem(Field.ADDRESS, str(error.details["reason"])), *problems))
            return
        if addresses is None:
            yield self._row(first, self._named(values, problems, numbering), tuple(problems), old)
            return
        for part, each in enumerate(_parts(values, addresses), start=1):
            row = RowId(line.number, part)
            own = {**each, **self.corrections.get(row, {})}
            apart, wrong = taken_apart(own)
            # What is wrong with the range as a whole is wrong with each of its devices, but for what was corrected there.
            mended = self.corrections.get(row, {})
            both = [problem for problem in problems if problem.field not in mended] + wrong
            yield self._row(row, self._named(apart, both, numbering), tuple(both), old)

    def _values(self, line: Line, row: RowId) -> tuple[dict[Field, str], list[Problem]]:
        values: dict[Field, str] = {}
        problems: list[Problem] = []
        corrected = self.corrections.get(row, {})
        for place, means in self._used:
            cell = line.cells[place] if place < len(line.cells) else ""
            values[means] = f"{values[means]} {cell}".strip() if means in values else cell
            # Notes are text: a date in them is welcome, as long as there is one.
            is_welcome = means is Field.NOTES and cell
            if place in line.faults and means not in corrected and not is_welcome:
                problems.append(Problem(means, line.faults[place]))
        values.update(corrected)
        for means, value in self.defaults.items():
            if not values.get(means):
                values[means] = value
        return values, problems

    @cached_property
    def _used(self) -> tuple[tuple[int, Field], ...]:
        return tuple((column.place, column.meaning.field) for column in self.columns if column.meaning.field)

    @cached_property
    def _names_by_address(self) -> bool:
        """Whether an address may be the name of a device that has none: where the list has no place for names, or does not demand any."""
        is_named = any(column.meaning.field is Field.NAME for column in self.columns)
        return not is_named or self.table.form not in (Form.TABLE, Form.SPREADSHEET)

    def _addresses(self, line: Line, values: Mapping[Field, str], room: int) -> list[str] | None:
        if line.part or not values.get(Field.ADDRESS):
            return None
        return expanded(values[Field.ADDRESS], most=max(room, 0) + 1, side_by_side=self.table.form is Form.PLAIN)

    def _named(self, values: Mapping[Field, str], problems: list[Problem], numbering: Numbering) -> dict[Field, str]:
        name, address = values.get(Field.NAME, ""), values.get(Field.ADDRESS, "")
        pattern = name if is_pattern(name) else "" if name else self.names
        if pattern:
            try:
                name = numbering.name(pattern, values)
            except InputError as error:
                problems.append(Problem(Field.NAME, str(error.details["reason"])))
        elif not name and self._names_by_address:
            name = _name_of(address)
        return {**values, Field.NAME: name}

    @staticmethod
    def _row(row: RowId, values: Mapping[Field, str], before: tuple[Problem, ...], old: Sequence[Judged]) -> Judged:
        same = next((each for each in old if each.id == row), None) if len(old) == 1 else _at(old, row)
        if same is not None and same.values == values and same.before == before and not same.skipped:
            return same
        device, problems = judged(values)
        named: set[Field | None] = {problem.field for problem in before if problem.field}
        if values[Field.NAME] == _name_of(values.get(Field.ADDRESS, "")) and any(
            each.field is Field.ADDRESS for each in problems
        ):
            named.add(Field.NAME)  # made of an address that is wrong itself
        rest = tuple(problem for problem in problems if problem.field not in named)
        return Judged(row, values, before, (*before, *rest), None if before else device)


def _name_of(address: str) -> str:
    """Of a device that has none: its address, in the letters that names have."""
    bare = address.partition("%")[0].strip("[]").rstrip(".").lower()
    return bare.replace(":", "-").strip("-")


def _at(old: Sequence[Judged], row: RowId) -> Judged | None:
    """The one of that part: parts stand in order, from 1."""
    at = row.part - 1
    return old[at] if 0 <= at < len(old) and old[at].id == row else None


def _parts(values: Mapping[Field, str], addresses: Sequence[str]) -> Iterator[dict[Field, str]]:
    """`values` once for each address. A name that is a range goes along; one that is not is numbered."""
    name = values.get(Field.NAME, "")
    names = [name] * len(addresses)
    if name and not is_pattern(name) and len(addresses) > 1:
        several = _numbered(name)
        width = len(str(len(addresses)))
        names = (
            several
            if len(several) == len(addresses)
            else [f"{name}-{at:0{width}}" for at in range(1, len(addresses) + 1)]
        )
    for address, each in zip(addresses, names, strict=True):
        yield {**values, Field.ADDRESS: address, Field.NAME: each}


def _numbered(name: str) -> list[str]:
    try:
        return numbered(name)
    except InputError:
        return [name]
