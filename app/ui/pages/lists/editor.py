"""The list under work. Whatever is done to it is done by a worker, one thing after the other; the window gets finished sheets."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.errors import AppError
from app.models.device_list import RowId
from app.models.endpoint import Endpoint
from app.services.bulk.orders import is_ready
from app.services.lists.twins import Known
from app.ui.collector import set_aside
from app.ui.list_words import RowKind
from app.ui.models.list_sheet import Sheet, sheet_of
from app.ui.pages.lists.history import Correction, Source, Version, Work, let_go
from app.ui.tasks import TaskRunner

_MANY_ROWS = 2000
Job = Callable[["Work | None"], "Work"]


class Records(Protocol):
    """Who knows the endpoints."""

    def endpoints(self) -> list[Endpoint]: ...


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a worker has made of the list."""

    work: Work | None
    sheet: Sheet | None
    errors: list[AppError] = field(default_factory=list)


class ListEditor(QObject):
    """Reads lists and corrects the present one. Corrections that come while a worker is at one wait, and are done together."""

    changed = Signal(object)
    """The `Sheet` to show."""
    refused = Signal(object)
    """The AppError by which a correction was not taken; everything is as before."""
    not_read = Signal(object)
    """The AppError by which a list could not be read; the one before is still there."""
    working = Signal(bool)
    """Whether corrections are on their way."""

    def __init__(self, records: Records, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._records = records
        self._tasks = tasks
        self._waiting: list[Job] = []
        self._at_work = False
        self._kinds: frozenset[RowKind] = frozenset()
        self.work: Work | None = None
        self.sheet: Sheet | None = None

    @property
    def is_busy(self) -> bool:
        """Whether what is shown is not yet what was asked for."""
        return self._at_work or bool(self._waiting)

    @property
    def can_undo(self) -> bool:
        return self.work is not None and bool(self.work.past)

    @property
    def can_redo(self) -> bool:
        return self.work is not None and bool(self.work.future)

    @property
    def kinds(self) -> frozenset[RowKind]:
        """The rows that are asked for; empty: all that are not hidden."""
        return self._kinds

    # What can be asked for

    def read(self, source: Source, *, sheet: str = "") -> None:
        """Read a list in the place of the present one, which undo brings back."""

        def job(work: Work | None) -> Work:
            preview = source.read(Known.of(self._records.endpoints()), sheet=sheet)
            version = Version(source, preview)
            if len(preview.rows) > _MANY_ROWS:
                set_aside()
            return Work(version) if work is None else work.followed_by(version)

        self._kinds = frozenset()
        self._start([job], title=self.tr("Read the list"))

    def read_sheet(self, name: str) -> None:
        """Another sheet of the same spreadsheet."""
        if self.work is not None:
            self.read(self.work.now.source, sheet=name)

    def correct(self, correction: Correction) -> None:
        """Take a step that can be undone."""
        self._add(lambda work: _there(work).changed(correction))

    def undo(self) -> None:
        self._add(lambda work: _there(work).back())

    def redo(self) -> None:
        self._add(lambda work: _there(work).forth())

    def show_kinds(self, kinds: Iterable[RowKind]) -> None:
        """Only rows of these kinds; none: all that are not hidden."""
        self._kinds = frozenset(kinds)
        self._add(_there)

    def take_begun(self, rows: Iterable[RowId], run_id: int) -> None:
        """These rows are in that run now."""
        begun = tuple(rows)
        self._add(lambda work: _there(work).with_begun(begun, run_id))

    def look_again(self) -> None:
        """Compare with the inventory as it is now."""
        self._add(lambda work: _there(work).with_known(self._records.endpoints()))

    # Work

    def _add(self, job: Job) -> None:
        if self.work is None:
            return
        self._waiting.append(job)
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting and not self._at_work:
            jobs, self._waiting = self._waiting, []
            self._start(jobs)

    def _start(self, jobs: list[Job], *, title: str = "") -> None:
        work, before, kinds = self.work, self.sheet, self._kinds
        self._at_work = True
        self.working.emit(True)  # noqa: FBT003 - Qt's

        def ended(outcome: _Outcome) -> None:
            self._at_work = False
            self._take(outcome)
            for error in outcome.errors:
                (self.not_read if title else self.refused).emit(error)
            self.working.emit(self.is_busy)
            self._go_on()

        def fell(error: AppError) -> None:
            ended(_Outcome(None, None, [error]))

        self._tasks.start(
            lambda _report, _token: _done(jobs, work, before, kinds),
            title=title or self.tr("Correct the list"),
            owner=self,
            on_success=ended,
            on_failure=fell,
            on_cancelled=lambda: ended(_Outcome(None, None)),
            # A list that is read is told in the status bar; a correction is not.
            pool="interactive" if title else "polling",
        )

    def _take(self, outcome: _Outcome) -> None:
        if outcome.work is None or outcome.sheet is None:
            return
        dropped = _dropped(self.work, outcome.work)
        self.work, self.sheet = outcome.work, outcome.sheet
        self.changed.emit(outcome.sheet)
        if dropped:
            self._tasks.start(
                lambda _report, _token: let_go(dropped),
                title=self.tr("Forget a list"),
                owner=self,
                on_success=lambda _nothing: None,
                on_failure=self.refused.emit,
                pool="polling",
            )


def _there(work: Work | None) -> Work:
    if work is None:
        raise RuntimeError("There is no list to correct.")
    return work


def _done(jobs: list[Job], work: Work | None, before: Sheet | None, kinds: frozenset[RowKind]) -> _Outcome:
    """On a worker: one job after the other; one that is refused leaves the list as it is."""
    errors: list[AppError] = []
    for job in jobs:
        try:
            work = job(work)
        except AppError as error:
            errors.append(error)
    if work is None:
        return _Outcome(None, None, errors)
    preview = work.now.preview
    ready = sum(1 for row in preview.good if is_ready(row))
    return _Outcome(work, sheet_of(preview, kinds, ready, before), errors)


def _dropped(before: Work | None, after: Work) -> list[Version]:
    """Versions that are not to be gone back to any more."""
    if before is None:
        return []
    kept = {id(version) for version in (after.now, *after.past, *after.future)}
    return [version for version in (before.now, *before.past, *before.future) if id(version) not in kept]
