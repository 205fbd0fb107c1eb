import sys
import threading
import time
from enum import StrEnum

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.errors import AppError, Cancelled, NotFoundError
from app.faults import UnexpectedError
from app.services.progress import CancelToken, Event, LogLine, Report, StepAdvanced, StepFinished, StepStarted, step
from app.ui.tasks import Task, TaskRunner, TaskState


class Baking(StrEnum):
    KNEAD = "knead"
    BAKE = "bake"


class Outcome:
    """Takes what a task hands back."""

    def __init__(self) -> None:
        self.results: list[object] = []
        self.errors: list[AppError] = []
        self.events: list[Event] = []
        self.cancelled = 0
        self.threads: set[int] = set()

    def on_success(self, result: object) -> None:
        self.threads.add(threading.get_ident())
        self.results.append(result)

    def on_failure(self, error: AppError) -> None:
        self.errors.append(error)

    def on_cancelled(self) -> None:
        self.cancelled += 1

    @property
    def is_known(self) -> bool:
        return bool(self.results or self.errors or self.cancelled)


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def outcome() -> Outcome:
    return Outcome()


def start(tasks: TaskRunner, owner: QWidget, outcome: Outcome, work: object, **more: object) -> Task:
    return tasks.start(
        work,  # type: ignore[arg-type] # each test hands in work of another type
        title="Bake",
        owner=owner,
        on_success=outcome.on_success,
        on_failure=outcome.on_failure,
        on_cancelled=outcome.on_cancelled,
        on_event=outcome.events.append,
        **more,  # type: ignore[arg-type]
    )


def test_result_arrives_on_the_windows_thread(
    qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome
) -> None:
    worked_on: list[int] = []

    def work(_report: Report, _token: CancelToken) -> str:
        worked_on.append(threading.get_ident())
        return "bread"

    task = start(tasks, owner, outcome, work)
    qtbot.waitUntil(lambda: outcome.is_known)
    assert outcome.results == ["bread"]
    assert outcome.threads == {threading.get_ident()}
    assert threading.get_ident() not in worked_on
    assert task.state is TaskState.DONE


def test_events_come_in_order_and_before_the_result(
    qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome
) -> None:
    def work(report: Report, token: CancelToken) -> None:
        with step(report, token, Baking.KNEAD):
            pass
        with step(report, token, Baking.BAKE):
            pass

    start(tasks, owner, outcome, work)
    qtbot.waitUntil(lambda: outcome.is_known)
    assert [(type(event), event.step) for event in outcome.events if not isinstance(event, LogLine)] == [
        (StepStarted, Baking.KNEAD),
        (StepFinished, Baking.KNEAD),
        (StepStarted, Baking.BAKE),
        (StepFinished, Baking.BAKE),
    ]


def test_a_flood_of_lines_and_progress_is_coalesced(
    qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome
) -> None:
    def work(report: Report, _token: CancelToken) -> None:
        for number in range(2000):
            report(LogLine(f"line {number}"))
        for number in range(2000):
            report(StepAdvanced(Baking.BAKE, number + 1, 2000))

    task = start(tasks, owner, outcome, work)
    qtbot.waitUntil(lambda: outcome.is_known)
    lines = [line for event in outcome.events if isinstance(event, LogLine) for line in event.text.splitlines()]
    assert lines == [f"line {number}" for number in range(2000)]
    assert list(task.log) == lines
    assert len(outcome.events) < 200
    assert outcome.events[-1] == StepAdvanced(Baking.BAKE, 2000, 2000)


def test_app_errors_reach_the_failure_handler(
    qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome
) -> None:
    def work(_report: Report, _token: CancelToken) -> None:
        raise NotFoundError(kind="endpoint", name="T1", command="plantwatch endpoints list")

    task = start(tasks, owner, outcome, work)
    qtbot.waitUntil(lambda: outcome.is_known)
    assert isinstance(outcome.errors[0], NotFoundError)
    assert task.state is TaskState.FAILED
    assert task.error is outcome.errors[0]


def test_an_unexpected_exception_asks_to_be_reported(
    qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome, expected_log: list[str]
) -> None:
    expected_log.append("Unexpected error in the task")

    def work(_report: Report, _token: CancelToken) -> None:
        raise ZeroDivisionError("no flour")

    start(tasks, owner, outcome, work)
    qtbot.waitUntil(lambda: outcome.is_known)
    error = outcome.errors[0]
    assert isinstance(error, UnexpectedError)
    assert "Bake" in error.message
    assert "report it" in error.advice
    assert "no flour" in error.evidence
    assert "Traceback" not in error.evidence


def test_cancel_ends_a_sleep_and_is_not_an_error(
    qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome
) -> None:
    task = start(tasks, owner, outcome, lambda _report, token: token.sleep(30))
    qtbot.waitUntil(lambda: task.state is TaskState.RUNNING)
    task.cancel()
    assert str(task.state) == "cancelling"
    qtbot.waitUntil(lambda: outcome.is_known)
    assert (outcome.cancelled, outcome.errors, outcome.results) == (1, [], [])
    assert task.state is TaskState.CANCELLED


def test_a_cancelled_task_that_waits_for_a_worker_never_runs(
    qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome
) -> None:
    gate = threading.Event()
    others = [
        start(tasks, owner, Outcome(), lambda _report, _token: gate.wait(10), pool="interactive") for _ in range(4)
    ]
    ran: list[bool] = []
    task = start(tasks, owner, outcome, lambda _report, _token: ran.append(True))
    task.cancel()
    qtbot.waitUntil(lambda: task.token.cancelled)
    gate.set()
    qtbot.waitUntil(lambda: outcome.is_known and all(other.state.is_over for other in others))
    assert ran == []


def test_what_cancelling_closes_is_closed_on_a_worker(
    qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome
) -> None:
    closed_on: list[int] = []

    def work(_report: Report, token: CancelToken) -> None:
        ended = threading.Event()

        def close() -> None:
            closed_on.append(threading.get_ident())
            ended.set()

        with token.on_cancel(close):
            ended.wait(10)
        raise Cancelled

    task = start(tasks, owner, outcome, work)
    qtbot.waitUntil(lambda: task.state is TaskState.RUNNING)
    task.cancel()
    qtbot.waitUntil(lambda: outcome.is_known)
    assert closed_on
    assert closed_on[0] != threading.get_ident()


def test_nothing_is_called_for_a_deleted_owner(qtbot: QtBot, tasks: TaskRunner, outcome: Outcome) -> None:
    owner = QWidget()
    gate = threading.Event()

    def work(report: Report, _token: CancelToken) -> str:
        gate.wait(10)
        report(LogLine("late"))
        return "bread"

    task = start(tasks, owner, outcome, work)
    qtbot.waitUntil(lambda: task.state is TaskState.RUNNING)
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed):
        pass
    gate.set()
    qtbot.waitUntil(lambda: task.state is TaskState.DONE)
    assert not outcome.is_known
    assert outcome.events == []


def test_bulk_work_does_not_hold_up_a_button(qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome) -> None:
    gate = threading.Event()
    slow = [start(tasks, owner, Outcome(), lambda _report, _token: gate.wait(10), pool="bulk") for _ in range(20)]
    start(tasks, owner, outcome, lambda _report, _token: 1)
    qtbot.waitUntil(lambda: outcome.is_known, timeout=1000)
    gate.set()
    qtbot.waitUntil(lambda: all(task.state.is_over for task in slow))


def test_polling_is_not_listed(qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome) -> None:
    start(tasks, owner, outcome, lambda _report, _token: 1, pool="polling")
    assert tasks.tasks() == []
    qtbot.waitUntil(lambda: outcome.is_known)
    assert tasks.tasks() == []


def test_failures_stay_listed_until_seen(qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome) -> None:
    def fail(_report: Report, _token: CancelToken) -> None:
        raise NotFoundError(kind="endpoint", name="T1", command="")

    failed = start(tasks, owner, outcome, fail)
    qtbot.waitUntil(lambda: failed.state.is_over)
    for _ in range(60):
        task = start(tasks, owner, Outcome(), lambda _report, _token: 1)
        qtbot.waitUntil(lambda task=task: task.state.is_over)  # type: ignore[misc]
    assert failed in tasks.tasks()
    assert len(tasks.tasks()) <= 51
    tasks.forget(failed)
    assert failed not in tasks.tasks()


def test_remaining_time_follows_the_pace(qtbot: QtBot, tasks: TaskRunner, owner: QWidget, outcome: Outcome) -> None:
    gate = threading.Event()

    def work(report: Report, _token: CancelToken) -> None:
        report(StepStarted(Baking.BAKE))
        report(StepAdvanced(Baking.BAKE, 1, 4))
        gate.wait(10)

    task = start(tasks, owner, outcome, work)
    qtbot.waitUntil(lambda: task.fraction is not None)
    assert task.fraction == 0.25
    remaining, spent = task.remaining_seconds, task.seconds
    assert remaining is not None
    # A quarter is done: three times as long as the step has taken, which began within the task.
    assert 0 < remaining <= 3 * spent
    gate.set()
    qtbot.waitUntil(lambda: outcome.is_known)
    assert task.remaining_seconds is None


def test_shutdown_cancels_and_ends_every_thread(qtbot: QtBot, owner: QWidget, outcome: Outcome) -> None:
    runner = TaskRunner()
    before = threading.active_count()
    task = start(runner, owner, outcome, lambda _report, token: token.sleep(30))
    qtbot.waitUntil(lambda: task.state is TaskState.RUNNING)
    assert runner.shutdown(5)
    assert threading.active_count() == before
    assert not outcome.is_known
    with pytest.raises(RuntimeError):
        start(runner, owner, outcome, lambda _report, _token: 1)


def test_no_last_message_is_lost(qtbot: QtBot, tasks: TaskRunner, owner: QWidget) -> None:
    """A bridge of its own for every task, deleted at its end, loses about one result in five."""
    outcomes = [Outcome() for _ in range(200)]
    for outcome in outcomes:
        start(tasks, owner, outcome, lambda _report, _token: time.sleep(0), pool="bulk")
    qtbot.waitUntil(lambda: all(outcome.is_known for outcome in outcomes))


def test_emitting_a_signal_keeps_the_reference_counts() -> None:
    """PySide6 6.12.0 on CPython 3.11 loses a reference to True or None at every emission and aborts the interpreter in the end."""

    class Sender(QObject):
        sent = Signal(object)

    sender = Sender()
    sender.sent.connect(lambda _value: None)
    before = [sys.getrefcount(value) for value in (True, False, None)]
    for _ in range(1000):
        sender.sent.emit(None)
    after = [sys.getrefcount(value) for value in (True, False, None)]
    # From 3.12 on these are immortal and the counts never change.
    assert all(abs(now - then) < 500 for now, then in zip(after, before, strict=True))
