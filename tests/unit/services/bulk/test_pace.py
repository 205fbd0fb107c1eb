from app.services.bulk.pace import Pace


def test_it_grows_while_it_goes_well_and_no_further_than_told() -> None:
    pace = Pace(start=4, most=6)
    for _ in range(100):
        pace.succeeded()
    assert pace.limit == 6


def test_it_is_halved_by_too_much_and_never_nothing() -> None:
    pace = Pace(start=8)
    pace.overburdened()
    assert pace.limit == 4
    for _ in range(10):
        pace.overburdened()
    assert pace.limit == 1


def test_success_after_that_must_come_again() -> None:
    pace = Pace(start=8, most=64)
    for _ in range(3):
        pace.succeeded()
    pace.overburdened()
    pace.succeeded()
    assert pace.limit == 4
    pace.succeeded()
    assert pace.limit == 5
