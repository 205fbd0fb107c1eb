"""Rows beside each other and beside the inventory: who is the same device, or has the same name, as `Inventory.check_free` sees it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

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


def with_verdicts(rows: Iterable[Judged], known: Known, left_out: frozenset[RowId]) -> Iterator[Row]:
    """Each row with its verdict. Of rows that are the same the first good one stays good."""
    names: dict[str, RowId] = {}
    targets: dict[tuple[str, int], RowId] = {}
    for row in rows:
        if row.skipped:
            yield Row(row.id, row.values, Verdict.SKIPPED, (Problem(None, row.skipped),))
        elif row.id in left_out:
            yield Row(row.id, row.values, Verdict.SKIPPED, (_LEFT_OUT,))
        elif row.device is None:
            yield Row(row.id, row.values, Verdict.BAD, row.problems)
        elif found := _known(row.device, known):
            yield Row(row.id, row.values, Verdict.KNOWN, (found[1],), row.device, found[0])
        elif twin := _twin(row.device, names, targets):
            yield Row(row.id, row.values, Verdict.DUPLICATE, (twin[1],), row.device, str(twin[0]))
        else:
            names[row.device.draft.name.lower()] = row.id
            targets[row.device.draft.address, row.device.draft.port] = row.id
            yield Row(row.id, row.values, Verdict.GOOD, (), row.device)


def _known(device: ListedDevice, known: Known) -> tuple[str, Problem] | None:
    draft = device.draft
    if name := known.targets.get((draft.address, draft.port)):
        return name, Problem(Field.ADDRESS, f"{device.target} is that of the endpoint {name} already.")
    if name := known.names.get(draft.name.lower()):
        return name, Problem(Field.NAME, f"The endpoint {name} has this name already, at another address.")
    return None


def _twin(
    device: ListedDevice, names: dict[str, RowId], targets: dict[tuple[str, int], RowId]
) -> tuple[RowId, Problem] | None:
    draft = device.draft
    if (row := targets.get((draft.address, draft.port))) is not None:
        return row, Problem(Field.ADDRESS, f"Row {row} is at {device.target} already.")
    if (row := names.get(draft.name.lower())) is not None:
        return row, Problem(Field.NAME, f"Row {row} has this name already, at another address.")
    return None
