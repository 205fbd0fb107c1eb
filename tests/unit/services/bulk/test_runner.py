"""A run on a real inventory in a file, with work that is a function."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.errors import Cancelled, InventoryError
from app.models.bulk import BulkAction, BulkItem, BulkRun, ItemState, NewItem
from app.paths import DataPaths
from app.services.bulk.events import BulkEvent, ItemChanged, ItemProgress, RunProgress
from app.services.bulk.pace import Pace
from app.services.bulk.runner import BulkRunner, ItemWork
from app.services.bulk.wake import Wake
from app.services.enrolment.failures import ConnectionLostError, DroppedError, WrongPasswordError
from app.services.inventory import Inventory
from app.services.progress import CancelToken, LogLine, Report
from tests.unit.conditions import ExpectedLog

_DEADLINE = 10


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path)) as made:
        yield made


def run_of(inventory: Inventory, count: int) -> BulkRun:
    return inventory.runs.add(BulkAction.CHECK, [NewItem(f"wtg-{n}", endpoint_id=n) for n in range(1, count + 1)])


def after(event: threading.Event, act: Callable[[], None]) -> None:
    """Let a thread `act` once `event` is set."""

    def wait() -> None:
        if event.wait(_DEADLINE):
            act()

    threading.Thread(target=wait, daemon=True).start()


class Told:
    """What a runner reports."""

    def __init__(self) -> None:
        self.events: list[BulkEvent] = []

    def __call__(self, event: BulkEvent) -> None:
        self.events.append(event)

    @property
    def ends(self) -> list[tuple[int, ItemState]]:
        return [
            (each.item.number, each.item.state)
            for each in self.events
            if isinstance(each, ItemChanged) and each.item.state is not ItemState.RUNNING
        ]

    @property
    def last(self) -> RunProgress:
        return [each for each in self.events if isinstance(each, RunProgress)][-1]


Make = Callable[..., BulkRunner]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def make(inventory: Inventory, told: Told) -> Make:
    def made(run: BulkRun, work: ItemWork, *, at_a_time: int = 3) -> BulkRunner:
        return BulkRunner(
            inventory.runs,
            run,
            work,
            report=told,
            overburdened=lambda error: isinstance(error, DroppedError),
            broken_off=lambda error: isinstance(error, ConnectionLostError),
            pace=Pace(start=at_a_time, most=at_a_time),
            look_seconds=0.05,
        )

    return made


def test_every_device_is_done_and_written_down(inventory: Inventory, make: Make, told: Told) -> None:
    def work(item: BulkItem, report: Report, _token: CancelToken) -> str:
        report(LogLine(f"at {item.subject}"))
        return "as known"

    # More than the runner reads at a time.
    run = run_of(inventory, 210)
    ended = make(run, work).execute(CancelToken())
    assert ended.counts == {ItemState.DONE: 210}
    assert ended.ended_at
    assert {item.detail for item in inventory.runs.items(run.id)} == {"as known"}
    ended_items = [each.item for each in told.events if isinstance(each, ItemChanged) and each.item.state.is_over]
    assert all(item.begun_at and item.ended_at for item in ended_items)
    assert told.last == RunProgress({ItemState.DONE: 210}, 0.0, 3)
    assert ItemProgress(210, LogLine("at wtg-210")) in told.events


def test_one_that_fails_keeps_none_of_the_others(inventory: Inventory, make: Make) -> None:
    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        if item.number % 2:
            raise WrongPasswordError(target=item.subject, user="iiot")
        return ""

    ended = make(run_of(inventory, 7), work).execute(CancelToken())
    assert ended.counts == {ItemState.DONE: 3, ItemState.FAILED: 4}
    failures = [item.failure for item in inventory.runs.items(ended.id, [ItemState.FAILED])]
    assert {failure.kind for failure in failures if failure} == {"WrongPasswordError"}
    assert all(failure and failure.message and failure.advice for failure in failures)


def test_a_fault_of_ours_is_one_devices_and_told(inventory: Inventory, make: Make, expect_log: ExpectedLog) -> None:
    expect_log("Unexpected error at 'wtg-2'")

    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        if item.number == 2:
            raise ZeroDivisionError("somewhere")
        return ""

    ended = make(run_of(inventory, 3), work).execute(CancelToken())
    assert ended.counts == {ItemState.DONE: 2, ItemState.FAILED: 1}
    (failed,) = inventory.runs.items(ended.id, [ItemState.FAILED])
    assert failed.failure
    assert failed.failure.kind == "UnexpectedError"
    assert "ZeroDivisionError" in failed.failure.evidence


def test_too_many_at_a_time_is_tried_again_with_fewer(inventory: Inventory, make: Make, told: Told) -> None:
    tries: dict[int, int] = {}

    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        tries[item.number] = tries.get(item.number, 0) + 1
        if tries[item.number] == 1 or item.number == 2:
            raise DroppedError(target=item.subject)
        return ""

    ended = make(run_of(inventory, 2), work, at_a_time=1).execute(CancelToken())
    assert tries == {1: 2, 2: 3}
    assert ended.counts == {ItemState.DONE: 1, ItemState.FAILED: 1}
    assert told.last.at_a_time == 1


def test_cancelled_it_leaves_what_waits(inventory: Inventory, make: Make) -> None:
    token, begun = CancelToken(), threading.Event()

    def work(_item: BulkItem, _report: Report, own: CancelToken) -> str:
        begun.set()
        own.sleep(_DEADLINE)
        return ""

    runner = make(run_of(inventory, 5), work, at_a_time=2)
    after(begun, token.cancel)
    ended = runner.execute(token)
    assert ended.count(ItemState.CANCELLED) in (1, 2)
    assert ended.count(ItemState.WAITING) == 5 - ended.count(ItemState.CANCELLED)
    assert ended.ended_at is None


def test_closed_it_goes_on_at_the_next_start(inventory: Inventory, make: Make) -> None:
    begun = threading.Event()

    def work(_item: BulkItem, _report: Report, own: CancelToken) -> str:
        begun.set()
        own.sleep(_DEADLINE)
        return ""

    runner = make(run_of(inventory, 5), work, at_a_time=2)
    after(begun, runner.close)
    left = runner.execute(CancelToken())
    assert left.counts == {ItemState.WAITING: 5}
    ended = make(left, lambda *_: "").execute(CancelToken())
    assert ended.counts == {ItemState.DONE: 5}


def test_failed_ones_are_tried_again_while_it_goes_on(inventory: Inventory, make: Make) -> None:
    failed, mended, last = threading.Event(), threading.Event(), threading.Event()

    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        if item.number == 1 and not mended.is_set():
            raise WrongPasswordError(target=item.subject, user="iiot")
        if item.number == 2:
            failed.set()
            assert last.wait(_DEADLINE)
        return ""

    runner = make(run_of(inventory, 2), work, at_a_time=1)

    def mend() -> None:
        assert failed.wait(_DEADLINE)
        mended.set()
        assert runner.retry([ItemState.FAILED]) == 1
        last.set()

    helper = threading.Thread(target=mend, daemon=True)
    helper.start()
    assert runner.execute(CancelToken()).counts == {ItemState.DONE: 2}


def test_a_pause_says_no_remaining_time(inventory: Inventory, make: Make, told: Told) -> None:
    runner = make(run_of(inventory, 3), lambda *_: "")
    runner.pause()
    assert told.last.remaining_seconds is None
    runner.resume()
    assert runner.execute(CancelToken()).counts == {ItemState.DONE: 3}


def test_what_cannot_be_written_down_ends_it(inventory: Inventory, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise InventoryError("disk full", reason="it cannot be written.", what_to_do="Make room.")

    run = run_of(inventory, 50)
    monkeypatch.setattr(inventory.runs, "end_item", refuse)
    done: list[int] = []

    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        done.append(item.number)
        return ""

    with pytest.raises(InventoryError):
        make(run, work).execute(CancelToken())
    assert len(done) <= 6


def test_work_is_cancelled_by_its_own_token_only_when_the_run_is(inventory: Inventory, make: Make) -> None:
    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        if item.number == 1:
            raise Cancelled
        return ""

    assert make(run_of(inventory, 2), work).execute(CancelToken()).counts == {
        ItemState.CANCELLED: 1,
        ItemState.DONE: 1,
    }


def test_what_happened_at_each_is_kept_with_the_run(inventory: Inventory, make: Make) -> None:
    def work(item: BulkItem, report: Report, _token: CancelToken) -> str:
        report(LogLine(f"at {item.subject}"))
        if item.number == 2:
            raise WrongPasswordError("Permission denied", target=item.subject, user="iiot")
        return "as known"

    run = run_of(inventory, 2)
    make(run, work).execute(CancelToken())
    assert [note.text for note in inventory.runs.log(run.id, 1)] == ["wtg-1: begun", "at wtg-1", "done: as known"]
    failed = [note.text for note in inventory.runs.log(run.id, 2)]
    assert failed[2:4] == ["failed: wtg-2 does not accept this password for iiot.", "Permission denied"]
    inventory.runs.put_back(run.id, [ItemState.FAILED])
    make(inventory.runs.run(run.id), lambda *_: "").execute(CancelToken())
    # The log of a device goes on where the try before it ended.
    assert [note.text for note in inventory.runs.log(run.id, 2)] == [*failed, "wtg-2: begun", "done"]


def test_another_process_pauses_it_and_lets_it_go_on(inventory: Inventory, make: Make, told: Told) -> None:
    begun, second = threading.Event(), threading.Event()

    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        if item.number == 1:
            begun.set()
            assert until(lambda: told.last.is_paused)
        else:
            second.set()
        return ""

    run = run_of(inventory, 3)
    runner = make(run, work, at_a_time=1)

    def others() -> None:
        inventory.runs.pause(run.id, paused=True)
        assert until(lambda: told.last.counts.get(ItemState.DONE) == 1)
        seen.append(second.is_set())
        inventory.runs.pause(run.id, paused=False)

    seen: list[bool] = []
    after(begun, others)
    assert runner.execute(CancelToken()).counts == {ItemState.DONE: 3}
    assert seen == [False]
    assert not told.last.is_paused


def test_what_is_put_back_is_begun_although_another_one_hangs(inventory: Inventory, make: Make, told: Told) -> None:
    mended, hung = threading.Event(), threading.Event()

    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        if item.number == 1 and not mended.is_set():
            raise WrongPasswordError(target=item.subject, user="iiot")
        if item.number == 2:
            hung.set()
            assert until(lambda: (1, ItemState.DONE) in told.ends)
        return ""

    runner = make(run_of(inventory, 2), work, at_a_time=2)

    def mend() -> None:
        assert until(lambda: (1, ItemState.FAILED) in told.ends)
        mended.set()
        runner.retry([ItemState.FAILED])

    after(hung, mend)
    assert runner.execute(CancelToken()).counts == {ItemState.DONE: 2}


def test_after_a_sleep_it_goes_on_by_itself(
    inventory: Inventory, make: Make, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("app.services.bulk.runner.Wake", lambda: Wake(lambda: now[0]))
    monkeypatch.setattr("app.services.bulk.runner._AFTER_SLEEP_SECONDS", 0.0)
    tries: list[int] = []

    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        tries.append(item.number)
        if len(tries) == 1:
            now[0] += 3600
            raise ConnectionLostError(target=item.subject)
        return ""

    ended = make(run_of(inventory, 2), work, at_a_time=1).execute(CancelToken())
    assert ended.counts == {ItemState.DONE: 2}
    assert tries == [1, 2, 1]
    assert (1, ItemState.WAITING) in told.ends


def test_a_broken_connection_of_a_computer_that_was_awake_is_a_failure(inventory: Inventory, make: Make) -> None:
    def work(item: BulkItem, _report: Report, _token: CancelToken) -> str:
        raise ConnectionLostError(target=item.subject)

    assert make(run_of(inventory, 2), work).execute(CancelToken()).counts == {ItemState.FAILED: 2}


def until(condition: Callable[[], bool]) -> bool:
    """Whether `condition` comes true in time."""
    deadline = time.monotonic() + _DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True
