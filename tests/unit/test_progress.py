"""Reporting steps and cancelling work."""

import threading
from enum import StrEnum

import pytest

from app.errors import Cancelled
from app.services.progress import (
    CancelToken,
    Event,
    LogLine,
    StepFailed,
    StepFinished,
    StepStarted,
    ignore,
    step,
)


class Step(StrEnum):
    FIRST = "first"
    SECOND = "second"


@pytest.fixture
def events() -> list[Event]:
    return []


@pytest.fixture
def token() -> CancelToken:
    return CancelToken()


class TestStep:
    def test_a_step_that_ends_well(self, events: list[Event], token: CancelToken) -> None:
        with step(events.append, token, Step.FIRST, "T-17") as handle:
            events.append(LogLine("in between"))
            handle.detail = "5.3 MB"
        started, line, finished = events
        assert started == StepStarted(Step.FIRST, "T-17")
        assert line == LogLine("in between")
        assert isinstance(finished, StepFinished)
        assert (finished.step, finished.subject, finished.detail) == (Step.FIRST, "T-17", "5.3 MB")
        assert 0 <= finished.seconds < 60

    @pytest.mark.parametrize("failure", [ValueError(), Cancelled(), KeyboardInterrupt()])
    def test_a_step_that_fails_raises_and_says_so(
        self, events: list[Event], token: CancelToken, failure: BaseException
    ) -> None:
        with pytest.raises(type(failure)), step(events.append, token, Step.FIRST):
            raise failure
        assert [type(event) for event in events] == [StepStarted, StepFailed]

    def test_a_step_does_not_begin_when_cancelled(self, events: list[Event], token: CancelToken) -> None:
        token.cancel()
        with pytest.raises(Cancelled), step(events.append, token, Step.SECOND):
            pytest.fail("it began")
        assert events == []

    def test_cancelling_within_does_not_end_the_step_by_itself(self, events: list[Event], token: CancelToken) -> None:
        with step(events.append, token, Step.FIRST):
            token.cancel()
        assert isinstance(events[-1], StepFinished)

    def test_nobody_needs_to_listen(self, token: CancelToken) -> None:
        with step(ignore, token, Step.FIRST):
            pass


class TestCancelToken:
    def test_it_is_not_cancelled_at_first(self, token: CancelToken) -> None:
        assert not token.cancelled
        token.check()
        token.sleep(0)

    def test_cancelled_stays_cancelled(self, token: CancelToken) -> None:
        token.cancel()
        token.cancel()
        assert token.cancelled
        with pytest.raises(Cancelled):
            token.check()
        with pytest.raises(Cancelled):
            token.sleep(60)

    def test_sleeping_ends_when_cancelled(self, token: CancelToken) -> None:
        asleep = threading.Event()
        ended: list[type[BaseException]] = []

        def sleep() -> None:
            asleep.set()
            try:
                token.sleep(60)
            except Cancelled:
                ended.append(Cancelled)

        sleeper = threading.Thread(target=sleep)
        sleeper.start()
        assert asleep.wait(10)
        token.cancel()
        sleeper.join(10)
        assert ended == [Cancelled]

    def test_callbacks_run_once_and_only_within_their_block(self, token: CancelToken) -> None:
        called: list[str] = []
        with token.on_cancel(lambda: called.append("earlier")):
            pass
        with token.on_cancel(lambda: called.append("outer")), token.on_cancel(lambda: called.append("inner")):
            token.cancel()
            token.cancel()
        assert called == ["outer", "inner"]

    def test_a_callback_given_too_late_runs_at_once(self, token: CancelToken) -> None:
        token.cancel()
        called: list[str] = []
        with token.on_cancel(lambda: called.append("late")):
            assert called == ["late"]
        assert called == ["late"]

    def test_a_callback_may_ask_the_token(self, token: CancelToken) -> None:
        seen: list[bool] = []
        with token.on_cancel(lambda: seen.append(token.cancelled)):
            token.cancel()
        assert seen == [True]


def test_a_failing_callback_keeps_no_other_from_running() -> None:
    token, called = CancelToken(), []

    def fail() -> None:
        raise OSError("closed already")

    with token.on_cancel(fail), token.on_cancel(lambda: called.append("second")):
        token.cancel()
    assert called == ["second"]
