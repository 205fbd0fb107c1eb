"""What was done with a list, step by step, so that each step can be taken back. Nothing here changes: every step makes another `Work`."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from app.models.device_list import Field, RowId
from app.models.endpoint import Endpoint
from app.services.lists import Preview, preview_of, read_file, read_list
from app.services.lists.twins import Known

_MOST_STEPS = 100
#: Each step of a long list holds some tables of its own: together no more rows than this.
_MOST_ROWS = 1_000_000

Correction = Callable[[Preview], Preview]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list comes from: a file, or text; and what was said of it at once, for rows that were made of a range."""

    text: str = ""
    path: Path | None = None
    names: str = ""
    defaults: Mapping[Field, str] = field(default_factory=dict)
    made: bool = False
    """It was made of a range that somebody typed."""

    def read(self, known: Known, *, sheet: str = "") -> Preview:
        """The list as it is. Raises ListError, InputError."""
        table = read_list(self.text, sheet=sheet) if self.path is None else read_file(self.path, sheet=sheet)
        preview = preview_of(table, known)
        for of, value in self.defaults.items():
            preview = preview.with_default(of, value) if value else preview
        return preview.with_names(self.names) if self.names else preview


@dataclass(frozen=True, slots=True)
class Version:
    """One step: a list, and where it came from."""

    source: Source
    preview: Preview


@dataclass(frozen=True, slots=True)
class Work:
    """The present version, and those that one can go back and forth to."""

    now: Version
    past: tuple[Version, ...] = ()
    future: tuple[Version, ...] = ()

    def changed(self, correction: Correction) -> "Work":
        """With a step more. What `correction` raises is raised."""
        return self.followed_by(Version(self.now.source, correction(self.now.preview)))

    def followed_by(self, version: Version) -> "Work":
        steps = min(_MOST_STEPS, max(1, _MOST_ROWS // max(len(self.now.preview.rows), 1)))
        return Work(version, (*self.past, self.now)[-steps:])

    def back(self) -> "Work":
        if not self.past:
            return self
        return Work(_beside(self.past[-1], self.now), self.past[:-1], (self.now, *self.future))

    def forth(self) -> "Work":
        if not self.future:
            return self
        return Work(_beside(self.future[0], self.now), (*self.past, self.now), self.future[1:])

    def with_known(self, endpoints: Iterable[Endpoint]) -> "Work":
        """Beside the inventory as it is now; no step of its own."""
        return self._with(self.now.preview.with_known(endpoints))

    def with_begun(self, rows: Iterable[RowId], run_id: int) -> "Work":
        """These rows are in a run, which no going back undoes."""
        return self._with(self.now.preview.with_begun(dict.fromkeys(rows, run_id)))

    def _with(self, preview: Preview) -> "Work":
        return replace(self, now=Version(self.now.source, preview))


def _beside(version: Version, now: Version) -> Version:
    """`version` with what has become of the world since: the endpoints, and what is in runs."""
    preview = version.preview.with_known(now.preview.known)
    if version.source is now.source:
        preview = preview.with_begun(now.preview.apart.begun)
    return Version(version.source, preview)


def let_go(held: list[Version]) -> None:
    """Forget these versions bit by bit.

    What nobody needs any more is freed in one go otherwise, and for a long list no other thread runs for a tenth of a second.
    """
    pieces = [piece for version in held for piece in _pieces(version)]
    held.clear()
    while pieces:
        del pieces[-200:]


def _pieces(version: Version) -> list[object]:
    preview = version.preview
    return [*preview.table.lines, *preview.judged, *vars(preview).get("rows", ())]
