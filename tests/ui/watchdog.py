"""Catches the window's thread standing still.

While a test waits on Qt's event loop, the time between two turns of that loop is measured from inside, by its dispatcher's own signals. A
thread beside it samples where the window's thread is, so that a report can name the place. Time for which the kernel kept the thread
waiting for a processor is not counted: that is the machine's doing, not the window's.
"""

import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QAbstractEventDispatcher, QObject

LIMIT_SECONDS = 0.050
_SAMPLE_SECONDS = 0.010
_DRIVERS = ("pytestqt", "_pytest", "pluggy")


@dataclass
class Block:
    """One time that the window's thread stood still, and where it was when looked at."""

    seconds: float
    places: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        where = self.places[len(self.places) // 2] if self.places else "(in one call that let no other thread run)\n"
        return f"The window's thread stood still for {self.seconds * 1000:.0f} ms in\n{where}"


class Watchdog(QObject):
    """Between `start` and `stop`, notes every block longer than `limit` seconds in `blocks`."""

    def __init__(self, limit: float = LIMIT_SECONDS) -> None:
        super().__init__()
        self.limit = limit
        self.blocks: list[Block] = []
        self.worst = 0.0
        self._thread_id = threading.get_ident()
        self._schedule = Path(f"/proc/self/task/{threading.get_native_id()}/schedstat")
        self._busy_since: float | None = None
        self._waited = 0.0
        self._loop: object = None
        self._places: list[str] = []
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, name="watchdog", daemon=True)

    def start(self) -> None:
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.connect(self._on_awake)
        dispatcher.aboutToBlock.connect(self._on_idle)
        self._sampler.start()

    def stop(self) -> None:
        self._ended.set()
        self._sampler.join()
        dispatcher = QAbstractEventDispatcher.instance()
        dispatcher.awake.disconnect(self._on_awake)
        dispatcher.aboutToBlock.disconnect(self._on_idle)

    def _on_awake(self) -> None:
        self._turn()
        self._busy_since = time.perf_counter()
        self._waited = self._waited_for_processor()
        self._places = []

    def _on_idle(self) -> None:
        self._turn()
        self._busy_since = None

    def _turn(self) -> None:
        """A turn of the loop ends here. It counts if it began in the same wait of the test."""
        loop = _waiting_place(sys._getframe(2))
        begun, same = self._busy_since, loop == self._loop
        self._loop = loop
        if begun is None or not same:
            return
        seconds = time.perf_counter() - begun - (self._waited_for_processor() - self._waited)
        self.worst = max(self.worst, seconds)
        if seconds > self.limit:
            self.blocks.append(Block(seconds, list(self._places)))

    def _waited_for_processor(self) -> float:
        """Seconds for which the thread was runnable and did not run; 0 where the kernel does not tell."""
        try:
            return int(self._schedule.read_text(encoding="ascii").split()[1]) / 1e9
        except (OSError, IndexError):
            return 0.0

    def _sample(self) -> None:
        while not self._ended.wait(_SAMPLE_SECONDS):
            begun = self._busy_since
            if begun is None or time.perf_counter() - begun < self.limit / 2:
                continue
            frame = sys._current_frames().get(self._thread_id)
            if frame is not None:
                self._places.append("".join(traceback.format_stack(frame, limit=12)))


def _waiting_place(frame: FrameType | None) -> object:
    """Identifies the line of the test that waits: the nearest frame outside the test tools."""
    while frame is not None and any(name in frame.f_code.co_filename for name in _DRIVERS):
        frame = frame.f_back
    return (id(frame), frame.f_lasti) if frame is not None else None


@contextmanager
def watched(limit: float = LIMIT_SECONDS) -> Iterator[Watchdog]:
    """Fails when the window's thread stands still for longer than `limit` seconds within the block."""
    dog = Watchdog(limit)
    dog.start()
    try:
        yield dog
    finally:
        dog.stop()
    assert not dog.blocks, "\n\n".join(str(block) for block in dog.blocks)
