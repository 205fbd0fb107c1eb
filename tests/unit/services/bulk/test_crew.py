"""Threads in step by events; nothing here waits for time to pass."""

import threading
from collections.abc import Callable, Iterable

import pytest

from app.services.bulk.crew import Crew, CrewToken
from app.services.bulk.pace import Pace
from app.services.progress import CancelToken

_DEADLINE = 10


def each(items: Iterable[int]) -> Callable[[], int | None]:
    rest = iter(items)
    return lambda: next(rest, None)


def started(crew: Crew[int], token: CancelToken) -> threading.Thread:
    thread = threading.Thread(target=crew.run, args=(token,), daemon=True)
    thread.start()
    return thread


def ended(thread: threading.Thread) -> bool:
    thread.join(_DEADLINE)
    return not thread.is_alive()


def test_every_item_is_done_once() -> None:
    done: list[int] = []
    Crew(each(range(200)), done.append, Pace(start=7, most=7)).run(CancelToken())
    assert sorted(done) == list(range(200))


def test_one_that_hangs_holds_up_nobody() -> None:
    hang, others = threading.Event(), threading.Semaphore(0)

    def work(item: int) -> None:
        if item == 0:
            hang.wait(_DEADLINE)
        else:
            others.release()

    thread = started(Crew(each(range(50)), work, Pace(start=2, most=2)), CancelToken())
    for _ in range(49):
        assert others.acquire(timeout=_DEADLINE)
    hang.set()
    assert ended(thread)


def test_no_more_at_a_time_than_the_pace_allows_and_none_asked_for_early() -> None:
    pace = Pace(start=3, most=3)
    barrier, go_on = threading.Barrier(4), threading.Event()
    taken: list[int] = []

    def take() -> int | None:
        if len(taken) == 6:
            return None
        taken.append(len(taken))
        return taken[-1]

    def work(item: int) -> None:
        if item < 3:
            barrier.wait(_DEADLINE)
            go_on.wait(_DEADLINE)

    thread = started(Crew(take, work, pace), CancelToken())
    barrier.wait(_DEADLINE)
    assert taken == [0, 1, 2]
    go_on.set()
    assert ended(thread)
    assert taken == list(range(6))


def test_cancelling_begins_nothing_new_and_waits_for_what_was_begun() -> None:
    token, begun, over = CancelToken(), threading.Event(), threading.Event()
    done: list[int] = []

    def work(item: int) -> None:
        begun.set()
        over.wait(_DEADLINE)
        done.append(item)

    thread = started(Crew(each(range(10)), work, Pace(start=1, most=1)), token)
    assert begun.wait(_DEADLINE)
    token.cancel()
    assert thread.is_alive()
    over.set()
    assert ended(thread)
    assert done == [0]


def test_a_pause_lets_go_on_what_was_begun() -> None:
    begun, go_on, second = threading.Event(), threading.Event(), threading.Event()

    def work(item: int) -> None:
        if item == 0:
            begun.set()
            go_on.wait(_DEADLINE)
        else:
            second.set()

    crew = Crew(each(range(2)), work, Pace(start=1, most=1))
    thread = started(crew, CancelToken())
    assert begun.wait(_DEADLINE)
    crew.pause()
    go_on.set()
    assert not second.wait(0.05), "nothing new while it is paused"
    crew.resume()
    assert second.wait(_DEADLINE)
    assert ended(thread)


def test_a_cancelled_pause_ends() -> None:
    token = CancelToken()
    crew = Crew(each(range(3)), lambda _item: None, Pace(start=1, most=1))
    crew.pause()
    thread = started(crew, token)
    token.cancel()
    assert ended(thread)


def test_what_waits_again_is_taken_up() -> None:
    waiting, tries = [1, 2], {1: 0, 2: 0}

    def work(item: int) -> None:
        tries[item] += 1
        if tries[item] < 3:
            waiting.append(item)

    Crew(lambda: waiting.pop(0) if waiting else None, work, Pace(start=2, most=2)).run(CancelToken())
    assert tries == {1: 3, 2: 3}


def test_a_list_that_cannot_be_read_ends_it_once_what_was_begun_is_over() -> None:
    begun, over = threading.Event(), threading.Event()
    done: list[int] = []

    def take() -> int | None:
        if begun.is_set():
            raise OSError("gone")
        return 1

    def work(item: int) -> None:
        begun.set()
        over.wait(_DEADLINE)
        done.append(item)

    def run() -> None:
        with pytest.raises(OSError, match="gone"):
            Crew(take, work, Pace(start=1, most=1)).run(CancelToken())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert begun.wait(_DEADLINE)
    over.set()
    assert ended(thread)
    assert done == [1]


def test_what_waits_aside_makes_room_and_comes_back_first() -> None:
    pace, token = Pace(start=1, most=1), CrewToken()
    all_wait, go_on = threading.Barrier(4), threading.Event()
    over: list[int] = []
    at_work = threading.Lock()

    def work(item: int) -> None:
        with token.aside():
            all_wait.wait(_DEADLINE)
            go_on.wait(_DEADLINE)
        assert at_work.acquire(blocking=False), "more than one came back at a time"
        over.append(item)
        at_work.release()

    crew = Crew(each(range(3)), work, pace)
    token.crew = crew
    thread = started(crew, token)
    all_wait.wait(_DEADLINE)
    go_on.set()
    assert ended(thread)
    assert sorted(over) == [0, 1, 2]
