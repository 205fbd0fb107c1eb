"""Threads that run what they are given."""

import queue
import sys
import threading
import time
from collections.abc import Callable

#: Qt gives the interpreter's lock away with each call that Python makes into it, and a worker that computes keeps it for Python's 5 ms each time:
#: a table that paints its cells in Python stood still for 300 to 450 ms beside one.
_TURN_SECONDS = 0.000_2


class WorkerPool:
    """Up to `size` threads, started as needed, that run callables in order. Daemons: work that ignores its token cannot hold the exit."""

    def __init__(self, name: str, size: int) -> None:
        sys.setswitchinterval(_TURN_SECONDS)
        self._name = name
        self._size = size
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._waiting = 0
        self._lock = threading.Lock()

    def submit(self, work: Callable[[], None]) -> None:
        """Run `work`, which raises nothing, as soon as a thread is free."""
        with self._lock:
            self._waiting += 1
            if self._waiting > len(self._threads) and len(self._threads) < self._size:
                name = f"plantwatch-{self._name}-{len(self._threads)}"
                thread = threading.Thread(target=self._run, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()
        self._work.put(work)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            with self._lock:
                self._waiting -= 1

    def stop(self, deadline: float) -> bool:
        """End the threads once their work is done; False when some still work at `deadline` (monotonic)."""
        for _ in self._threads:
            self._work.put(None)
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)
