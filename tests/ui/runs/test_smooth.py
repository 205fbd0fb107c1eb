"""2,292 devices that change state ten times a second: the window's thread never stands still. The watchdog looks on."""

import itertools
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt

from app.models.bulk import BulkItem, ItemState
from app.services.bulk.events import BulkReport, ItemChanged, ItemProgress, RunProgress
from app.services.enrolment.steps import EnrolStep
from app.services.progress import StepStarted
from app.ui.models.run import RunColumn
from tests.ui.runs.scene import CLOSED, Scene

_COUNT = 2292
_THREADS = 2
_SECONDS, _A_WHILE = 3.0, 700
_STATES = (ItemState.RUNNING, ItemState.DONE, ItemState.FAILED, ItemState.WAITING)


class Storm:
    """Threads that tell of every device ten times a second. What they tell is made before: only the window is to be kept busy."""

    def __init__(self, items: list[BulkItem], report: BulkReport) -> None:
        self._report = report
        self._over = threading.Event()
        self.told = 0
        self._rounds = [[_event(item, at) for item in items] for at in range(len(_STATES))]
        self._threads = [threading.Thread(target=self._run, args=(first,)) for first in range(_THREADS)]

    def __enter__(self) -> "Storm":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self, first: int) -> None:
        for at in itertools.cycle(range(len(_STATES))):
            begun = time.monotonic()
            for event in self._rounds[at][first::_THREADS]:
                self._report(event)
                if event.item.state is ItemState.RUNNING:
                    self._report(ItemProgress(event.item.number, StepStarted(EnrolStep.TRANSFER)))
                self.told += 1
            self._report(RunProgress({ItemState.DONE: at}, 12.0, 32))
            if self._over.wait(max(0.001, 0.1 - (time.monotonic() - begun))):
                break


def _event(item: BulkItem, at: int) -> ItemChanged:
    """The device as it is in round `at`."""
    state, now = _STATES[(item.number // _THREADS + at) % len(_STATES)], datetime.now(UTC)
    failure = CLOSED if state is ItemState.FAILED else None
    return ItemChanged(replace(item, state=state, failure=failure, begun_at=now, ended_at=now, detail="x"))


@pytest.fixture
def storm(scene: Scene) -> Iterator[Storm]:
    run = scene.world.enrolment(_COUNT)
    scene.show(run)
    runner = scene.begin(run)
    with Storm(scene.world.items(run), runner._report) as made:
        yield made
    runner.finish()


def test_states_that_change_ten_times_a_second(scene: Scene, storm: Storm) -> None:
    changes: list[int] = []
    scene.page.model.dataChanged.connect(lambda first, last: changes.append(last.row() - first.row()))
    scene.qtbot.wait(int(_SECONDS * 1000))
    assert storm.told > _COUNT
    # One for each batch, and one each second for the time; batches come ten times a second.
    assert len(changes) < (_SECONDS + 1) * 12


@pytest.mark.parametrize("column", [RunColumn.STATE, RunColumn.OUTCOME, RunColumn.TIME])
def test_sorted_by_what_changes(scene: Scene, storm: Storm, column: RunColumn) -> None:
    scene.page.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
    scene.page.states.setCurrentIndex(scene.page.states.findData(ItemState.FAILED))
    scene.qtbot.wait(_A_WHILE)
    scene.page.search.setText("wtg-1")
    scene.qtbot.wait(_A_WHILE)
    assert 0 < scene.page.model.rowCount() < _COUNT


def test_everything_selected(scene: Scene, storm: Storm) -> None:
    scene.page.table.choose(range(1, _COUNT + 1))
    scene.qtbot.wait(_A_WHILE)
    assert len(scene.page.table.chosen_rows()) == _COUNT
