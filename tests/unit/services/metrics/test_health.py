"""States of endpoints, from what was scraped."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.models.endpoint import Endpoint, Lifecycle
from app.models.metrics import EndpointHealth, Health
from app.services.metrics.health import HealthReader, Scrape, bounded, judge, moment
from tests.ui import fake_metrics
from tests.unit.services.metrics.prometheus_fake import NOW, FakePrometheus


def _endpoints(*names: str) -> list[Endpoint]:
    model = fake_metrics.endpoints(1)[0]
    return [replace(model, id=number, name=name) for number, name in enumerate(names)]


def _fleet(fake: FakePrometheus, reader: HealthReader, *names: str) -> dict[str, EndpointHealth]:
    return reader.fleet(fake.client(), _endpoints(*names), fake.now)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def fake() -> FakePrometheus:
    return FakePrometheus()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reader(clock: Clock) -> HealthReader:
    return HealthReader(lambda: 15.0, clock=clock)


_UP, _FAILED = Scrape(NOW - 3, succeeded=True), Scrape(NOW - 3, succeeded=False)


@pytest.mark.parametrize(
    ("scrape", "attention", "health"),
    [
        (_UP, None, Health.UP),
        (_UP, NOW - 60, Health.ATTENTION),
        (_FAILED, None, Health.DOWN),
        (_FAILED, NOW - 60, Health.DOWN),
        (Scrape(NOW - 45, succeeded=True), None, Health.UP),
        (Scrape(NOW - 45.1, succeeded=True), None, Health.STALE),
        (Scrape(NOW - 200, succeeded=False), NOW - 60, Health.STALE),
        (None, None, Health.UNKNOWN),
        (None, NOW - 60, Health.UNKNOWN),
        (Scrape(NOW + 2, succeeded=True), None, Health.UP),
    ],
)
def test_the_last_scrape_decides(scrape: Scrape | None, attention: float | None, health: Health) -> None:
    found = judge(Lifecycle.MONITORED, scrape, now=NOW, stale_after=45, attention=attention)
    assert found.health is health
    assert found.last_scrape == (moment(scrape.time) if scrape else None)
    if health is Health.ATTENTION:
        assert found.since == moment(NOW - 60)


@pytest.mark.parametrize("scrape", [None, _UP, _FAILED])
def test_an_endpoint_that_is_being_enrolled_is_nothing_else(scrape: Scrape | None) -> None:
    assert judge(Lifecycle.ENROLLING, scrape, now=NOW, stale_after=45, attention=None).health is Health.ENROLLING


def test_a_calm_fleet_takes_two_questions(fake: FakePrometheus, reader: HealthReader) -> None:
    names = [f"T-{number}" for number in range(200)]
    fake.scrapes = dict.fromkeys(names, (NOW - 1, True))
    assert {state.health for state in _fleet(fake, reader, *names).values()} == {Health.UP}
    assert len(fake.asked) == 2


def test_a_down_endpoint_has_its_error_and_when_it_was_last_up(fake: FakePrometheus, reader: HealthReader) -> None:
    fake.scrapes = {"a": (NOW - 1, False), "b": (NOW - 1, True), "c": (NOW - 1, False)}
    fake.errors = {"a": "connection\nrefused \x1b[31m", "c": "timeout"}
    fake.last = {(1, "a"): NOW - 300}
    states = _fleet(fake, reader, "a", "b", "c")
    assert states["a"] == EndpointHealth(Health.DOWN, moment(NOW - 1), moment(NOW - 300), "connection refused [31m")
    assert states["c"] == EndpointHealth(Health.DOWN, moment(NOW - 1), None, "timeout")


def test_a_silent_endpoint_is_stale_if_it_was_ever_seen(fake: FakePrometheus, reader: HealthReader) -> None:
    fake.seen = {"old", "older", "stranger"}
    fake.last = {(None, "old"): NOW - 9000}
    states = _fleet(fake, reader, "old", "older", "never")
    assert states == {
        "old": EndpointHealth(Health.STALE, moment(NOW - 9000), moment(NOW - 9000)),
        "older": EndpointHealth(Health.STALE),
        "never": EndpointHealth(Health.UNKNOWN),
    }


def _looks_back(fake: FakePrometheus) -> int:
    return sum("max_over_time" in query for query in fake.asked)


def test_looking_back_is_remembered_for_a_minute(fake: FakePrometheus, reader: HealthReader, clock: Clock) -> None:
    fake.scrapes = {"a": (NOW - 1, False)}
    fake.last = {(1, "a"): NOW - 300}
    for _ in range(3):
        assert _fleet(fake, reader, "a")["a"].since == moment(NOW - 300)
    assert _looks_back(fake) == 1
    clock.now += 61
    _fleet(fake, reader, "a")
    assert _looks_back(fake) == 2


def test_a_new_state_forgets_what_was_remembered(fake: FakePrometheus, reader: HealthReader) -> None:
    fake.scrapes, fake.last = {"a": (NOW - 1, False)}, {(1, "a"): NOW - 300}
    _fleet(fake, reader, "a")
    fake.scrapes = {"a": (NOW, True)}
    _fleet(fake, reader, "a")
    fake.scrapes, fake.last = {"a": (NOW + 20, False)}, {(1, "a"): NOW + 5}
    assert _fleet(fake, reader, "a")["a"].since == moment(NOW + 5)


def test_a_dead_fleet_is_looked_up_in_portions(fake: FakePrometheus, reader: HealthReader) -> None:
    names = [f"T-{number:03}" for number in range(250)]
    fake.scrapes = dict.fromkeys(names, (NOW - 1, False))
    fake.last = {(1, name): NOW - 300 for name in names}
    known: Sequence[int] = [
        sum(state.since is not None for state in _fleet(fake, reader, *names).values()) for _ in range(4)
    ]
    assert known == [100, 200, 250, 250]


def test_one_endpoint_is_asked_for_alone_and_tells_since_when_it_is_up(
    fake: FakePrometheus, reader: HealthReader
) -> None:
    fake.scrapes, fake.last = {"a": (NOW - 1, True)}, {(0, "a"): NOW - 4000}
    (endpoint,) = _endpoints("a")
    found = reader.one(fake.client(), endpoint, NOW)
    assert found == EndpointHealth(Health.UP, moment(NOW - 1), moment(NOW - 4000))
    assert all('instance="a"' in query or 'instance=~"a"' in query for query in fake.asked)


def test_errors_are_bounded() -> None:
    assert len(bounded("x" * 10_000)) == 500
    assert bounded(" a\t\nb\x00c ") == "a b c"
