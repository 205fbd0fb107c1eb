"""Rows beside each other and beside the inventory: who is the same device, or has the same name, as `Inventory.check_free` sees it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from app.models.device_list import Field, ListedDevice, Problem, Row, RowId, Verdict
from app.models.endpoint import Endpoint
from app.services.lists.rows import Judged

_LEFT_OUT = Problem(None, "Left out by hand.")


@dataclass(frozen=True, slots=True)
class Known:
    """The endpoints of the inventory, by name in small letters and by address and port."""

    names: dict[str, str]
    targets: dict[tuple[str, int], str]

    @classmethod
    def of(cls, endpoints: Iterable[Endpoint]) -> "Known":
        every = list(endpoints)
        return cls(
            {each.name.lower(): each.name for each in every}, {(each.address, each.port): each.name for each in every}
        )


@dataclass(frozen=True, slots=True)
class SetApart:
    """Rows that the operator took out: left out by hand, or begun in a run, by its number."""

    left_out: frozenset[RowId] = frozenset()
    begun: Mapping[RowId, int] = field(default_factory=dict)


def with_verdicts(rows: Iterable[Judged], known: Known, apart: SetApart, before: Sequence[Row] = ()) -> Iterator[Row]:
    """Each row with its verdict. Of rows that are the same one that is begun counts, else the first good one.

    Of `before`, what came out the last time, those that come out the same are given again: whoever shows them sees by identity which changed.
    """
    taken, every = _Taken(), list(rows)
    for row in every:
        if row.id in apart.begun and row.device is not None:
            taken.add(row.id, row.device)
    for at, row in enumerate(every):
        made = _with_verdict(row, known, apart, taken)
        old = before[at] if at < len(before) else None
        yield old if old is not None and old == made else made


@dataclass(frozen=True, slots=True)
class _Taken:
    """The names and places of the rows that others may not be the same as."""

    names: dict[str, RowId] = field(default_factory=dict)
    targets: dict[tuple[str, int], RowId] = field(default_factory=dict)

    def add(self, row: RowId, device: ListedDevice) -> None:
        self.names.setdefault(device.draft.name.lower(), row)
        self.targets.setdefault((device.draft.address, device.draft.port), row)


def _with_verdict(row: Judged, known: Known, apart: SetApart, taken: _Taken) -> Row:
    if row.skipped:
        return Row(row.id, row.values, Verdict.SKIPPED, (Problem(None, row.skipped),))
    if (run := apart.begun.get(row.id)) is not None:
        return Row(row.id, row.values, Verdict.SKIPPED, (Problem(None, f"It is in run {run}."),))
    if row.id in apart.left_out:
        return Row(row.id, row.values, Verdict.SKIPPED, (_LEFT_OUT,))
    if row.device is None:
        return Row(row.id, row.values, Verdict.BAD, row.problems)
    if found := _known(row.device, known):
        return Row(row.id, row.values, Verdict.KNOWN, (found[1],), row.device, found[0])
    if twin := _twin(row.device, taken):
        return Row(row.id, row.values, Verdict.DUPLICATE, (twin[1],), row.device, str(twin[0]))
    taken.add(row.id, row.device)
    return Row(row.id, row.values, Verdict.GOOD, (), row.device)


def _known(device: ListedDevice, known: Known) -> tuple[str, Problem] | None:
    draft = device.draft
    if name := known.targets.get((draft.address, draft.port)):
        return name, Problem(Field.ADDRESS, f"{device.target} is that of the endpoint {name} already.")
    if name := known.names.get(draft.name.lower()):
        return name, Problem(Field.NAME, f"The endpoint {name} has this name already, at another address.")
    return None


def _twin(device: ListedDevice, taken: _Taken) -> tuple[RowId, Problem] | None:
    draft = device.draft
    if (row := taken.targets.get((draft.address, draft.port))) is not None:
        return row, Problem(Field.ADDRESS, f"Row {row} is at {device.target} already.")
    if (row := taken.names.get(draft.name.lower())) is not None:
        return row, Problem(Field.NAME, f"Row {row} has this name already, at another address.")
    return None
