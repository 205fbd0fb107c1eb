"""How gently a scan goes, by a clock of the test's own."""

import pytest

from app.services.discovery.pacing import Patience, Throttle


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_connections_begin_evenly_and_without_a_burst() -> None:
    clock = Clock()
    throttle = Throttle(10, clock)
    assert [throttle.reserve() for _ in range(4)] == pytest.approx([0.0, 0.1, 0.2, 0.3])
    clock.now += 60
    assert [throttle.reserve() for _ in range(3)] == pytest.approx([0.0, 0.1, 0.2])
    assert throttle.count == 7


def test_whoever_waits_as_told_keeps_the_rate_in_any_second() -> None:
    clock = Clock()
    throttle = Throttle(100, clock)
    begun = []
    for number in range(1000):
        clock.now += throttle.reserve() + (0.05 if number % 7 == 0 else 0.0)
        begun.append(clock.now)
    for first in begun:
        assert sum(first <= at < first + 1 for at in begun) <= 101


def test_patience_follows_the_network_within_limits() -> None:
    patience = Patience()
    assert patience.seconds == 2.0
    patience.heard(0.001)
    assert patience.seconds == 1.2
    for seconds in (0.3, 0.9) * 25:
        patience.heard(seconds)
    assert 1.2 < patience.seconds < 3.0
    for seconds in (0.1, 30.0) * 10:
        patience.heard(seconds)
    assert patience.seconds == 3.0
