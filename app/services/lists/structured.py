"""Tables of forms that name their fields themselves: every field has a column of its own, in the order of `Field`."""

from collections.abc import Iterable, Mapping, Sequence

from app.models.device_list import Confidence, Field, Form, Line, Meaning, Table
from app.services.lists.tables import table_of

_FIELDS = tuple(Field)


def line_of(
    number: int,
    values: Mapping[Field, str] | None = None,
    *,
    skipped: str = "",
    problem: str = "",
    part: int = 0,
    faults: Mapping[Field, str] | None = None,
) -> Line:
    """A line whose cells are `values`, in the order of `Field`."""
    given = values or {}
    cells = tuple(given.get(field, "") for field in _FIELDS) if given else ()
    return Line(
        number, cells, skipped, problem, part, {_FIELDS.index(field): why for field, why in (faults or {}).items()}
    )


def structured(
    form: Form,
    lines: Iterable[Line],
    *,
    why: Mapping[Field, Meaning] | None = None,
    written_as: str = "",
    notes: Sequence[str] = (),
) -> Table:
    """The table of such lines; `why` gives the meaning of columns that were guessed, the others are sure."""
    sure = f"This is what the form says ({form})."
    meanings = {
        place: (why or {}).get(field, Meaning(field, Confidence.SURE, sure)) for place, field in enumerate(_FIELDS)
    }
    return table_of(form, lines, header=0, meanings=meanings, written_as=written_as, notes=notes)
