"""Many who wait share one answer."""

from contextlib import ExitStack

import pytest

from app.errors import MonitoringError
from app.services.metrics.scrapes import ScrapeWatch
from tests.unit.services.metrics.prometheus_fake import NOW, FakePrometheus


@pytest.fixture
def fake() -> FakePrometheus:
    fake = FakePrometheus()
    fake.scrapes = {"a": (NOW, True), "b": (NOW + 1, False)}
    return fake


def test_all_who_wait_are_asked_for_at_once(fake: FakePrometheus) -> None:
    watch, client = ScrapeWatch(60), fake.client()
    with watch.waiting("a", NOW), watch.waiting("b", NOW), watch.waiting("c", NOW):
        assert watch.outcomes(client, "a") == [(NOW, True)]
        assert watch.outcomes(client, "b") == [(NOW + 1, False)]
        assert watch.outcomes(client, "c") == []
    assert len(fake.asked) == 1


def test_who_comes_later_is_asked_for_too(fake: FakePrometheus) -> None:
    watch, client = ScrapeWatch(60), fake.client()
    with watch.waiting("a", NOW):
        watch.outcomes(client, "a")
        with watch.waiting("b", NOW):
            assert watch.outcomes(client, "b") == [(NOW + 1, False)]
    assert len(fake.asked) == 2


def test_an_answer_grows_old(fake: FakePrometheus) -> None:
    watch, client = ScrapeWatch(0), fake.client()
    with watch.waiting("c", NOW):
        assert watch.outcomes(client, "c") == []
        fake.scrapes["c"] = (NOW + 5, True)
        assert watch.outcomes(client, "c") == [(NOW + 5, True)]


def test_a_failure_is_everybodys_own_to_see(fake: FakePrometheus) -> None:
    watch, client = ScrapeWatch(60), fake.client()
    with watch.waiting("a", NOW):
        fake.failures = 1
        with pytest.raises(MonitoringError):
            watch.outcomes(client, "a")
        assert watch.outcomes(client, "a") == [(NOW, True)]


def test_who_waits_no_more_is_not_asked_for(fake: FakePrometheus) -> None:
    watch, client = ScrapeWatch(0), fake.client()
    with ExitStack() as ending:
        ending.enter_context(watch.waiting("a", NOW))
        ending.enter_context(watch.waiting("a", NOW - 5))
    with watch.waiting("b", NOW):
        watch.outcomes(client, "b")
    assert '"a' not in fake.asked[0]
