import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import StackError
from app.services.grouped import GroupedWrite

_DEADLINE = 10


def test_those_who_ask_while_one_works_are_served_by_the_next() -> None:
    begun, go_on = threading.Event(), threading.Event()
    calls: list[int] = []

    def work() -> None:
        calls.append(1)
        if len(calls) == 1:
            begun.set()
            assert go_on.wait(_DEADLINE)

    grouped = GroupedWrite(work)
    with ThreadPoolExecutor(20) as pool:
        first = pool.submit(grouped.write)
        assert begun.wait(_DEADLINE)
        others = [pool.submit(grouped.write) for _ in range(19)]
        while grouped._asked < 20:
            pass
        assert not any(other.done() for other in others), "what is written now may be older than their change"
        go_on.set()
        for each in (first, *others):
            each.result(_DEADLINE)
    assert len(calls) == 2


def test_a_failure_is_told_to_each_it_concerns_and_to_nobody_else() -> None:
    errors = [StackError(reason="Prometheus' volume is full.")]

    def work() -> None:
        if errors:
            raise errors.pop()

    grouped = GroupedWrite(work)
    with pytest.raises(StackError):
        grouped.write()
    grouped.write()
