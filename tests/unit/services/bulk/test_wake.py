"""A computer that slept: what broke by it is tried again, and nothing else."""

from app.services.bulk.wake import Wake


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_awake_nothing_is_excused() -> None:
    clock = Clock()
    wake = Wake(clock)
    for _ in range(60):
        clock.now += 1
        wake.look({1})
    assert not wake.excuses(1)


def test_what_was_under_way_is_excused_a_few_times() -> None:
    clock = Clock()
    wake = Wake(clock)
    clock.now += 3600
    wake.look({1, 2})
    wake.look({1, 2})
    assert [wake.excuses(1) for _ in range(6)] == [True] * 4 + [False] * 2
    assert wake.excuses(2)
    assert not wake.excuses(3)


def test_what_begins_while_the_network_returns_is_excused_too() -> None:
    clock = Clock()
    wake = Wake(clock)
    clock.now += 3600
    wake.look(())
    clock.now += 10
    wake.begins(7)
    assert wake.excuses(7)
    for _ in range(60):
        clock.now += 1
        wake.look(())
    wake.begins(8)
    assert not wake.excuses(8)
