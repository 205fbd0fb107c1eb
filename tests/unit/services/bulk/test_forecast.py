import pytest

from app.services.bulk.forecast import Forecast


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def end(forecast: Forecast, clock: Clock, count: int, seconds: float) -> None:
    for _ in range(count):
        clock.now += seconds
        forecast.item_ended()


def test_it_says_nothing_before_it_knows_something(clock: Clock) -> None:
    forecast = Forecast(10, clock)
    end(forecast, clock, 2, 1)
    assert forecast.remaining_seconds is None
    end(forecast, clock, 1, 1)
    assert forecast.remaining_seconds == pytest.approx(7)


def test_a_site_behind_a_thin_line_is_learnt(clock: Clock) -> None:
    forecast = Forecast(200, clock)
    end(forecast, clock, 100, 0.5)
    assert forecast.remaining_seconds == pytest.approx(50)
    end(forecast, clock, 40, 4)
    assert forecast.remaining_seconds == pytest.approx(240)


def test_standing_still_makes_it_longer(clock: Clock) -> None:
    forecast = Forecast(20, clock)
    end(forecast, clock, 10, 1)
    clock.now += 10
    assert forecast.remaining_seconds == pytest.approx(20)


def test_a_pause_does_not_count(clock: Clock) -> None:
    forecast = Forecast(20, clock)
    end(forecast, clock, 10, 1)
    forecast.paused()
    clock.now += 3600
    assert forecast.remaining_seconds is None
    forecast.resumed()
    assert forecast.remaining_seconds == pytest.approx(10)


def test_what_is_tried_again_counts_again(clock: Clock) -> None:
    forecast = Forecast(4, clock)
    end(forecast, clock, 4, 2)
    assert forecast.remaining_seconds == 0
    forecast.items_added(2)
    assert forecast.remaining_seconds == pytest.approx(4)
