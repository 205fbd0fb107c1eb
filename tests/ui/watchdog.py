"""Catches the window's thread standing still.

While a test waits on Qt's event loop, a timer in that loop beats every few milliseconds; a late beat means that something did not return.
A thread beside it samples where the window's thread is, so that a report can name the place. Time for which the kernel kept threads of the
process waiting for a processor is not counted (the interpreter's lock makes one wait for the other): that is the machine's doing, not the
window's. Nor is a stall of the whole process, in which the window's thread neither works nor is seen waiting by the thread beside it: a
virtual machine that pauses and a page that comes back from a busy disk stop both.
"""

import faulthandler
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import ClassVar, TextIO

from PySide6.QtCore import QAbstractEventDispatcher, QObject, Qt, QTimer, SignalInstance

LIMIT_SECONDS = 0.050
_BEAT_MILLISECONDS = 5
_SAMPLE_SECONDS = 0.010
_EVIDENCE = 0.6
"""The part of the limit for which the thread must have been seen at work or waiting."""
_CALLS = 13
_DRIVERS = ("_pytest", "pluggy")


@dataclass
class Block:
    """One time that the window's thread stood still, and where it was when looked at."""

    seconds: float
    worked: float
    """For how much of it the thread itself was working; the rest it waited for something."""
    faults: int = 0
    """How many pages of memory came from the disk meanwhile."""
    places: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        where = self.places[len(self.places) // 2] if self.places else "(in one call that let no other thread run)\n"
        how = f"working {self.worked * 1000:.0f}, {self.faults} pages from disk"
        return f"The window's thread stood still for {self.seconds * 1000:.0f} ms ({how}) in\n{where}"


class Watchdog(QObject):
    """Between `start` and `stop`, notes every block longer than `limit` seconds in `blocks`."""

    def __init__(self, limit: float = LIMIT_SECONDS) -> None:
        super().__init__()
        self.limit = limit
        self.blocks: list[Block] = []
        self.worst = 0.0
        self._thread_id = threading.get_ident()
        self._beaten = time.perf_counter()
        self._waited = self._worked = 0.0
        self._faults = 0
        self._run_queue = _RunQueue()
        self._wait: object = None
        self._places: list[str] = []
        self._timer = QTimer(self, interval=_BEAT_MILLISECONDS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._ended = threading.Event()
        self._sampler = threading.Thread(target=self._sample, name="watchdog", daemon=True)

    def start(self) -> None:
        # The dispatcher says when a wait begins, before any event of it is handled.
        for signal in self._dispatcher_signals():
            signal.connect(self._beat)
        self._timer.start()
        self._sampler.start()
        _RunQueue.samplers.add(str(self._sampler.native_id))

    def stop(self) -> None:
        self._ended.set()
        self._sampler.join()
        _RunQueue.samplers.discard(str(self._sampler.native_id))
        self._timer.stop()
        for signal in self._dispatcher_signals():
            signal.disconnect(self._beat)
        self._run_queue.close()

    @staticmethod
    def _dispatcher_signals() -> tuple[SignalInstance, ...]:
        dispatcher = QAbstractEventDispatcher.instance()
        return dispatcher.awake, dispatcher.aboutToBlock

    def _beat(self) -> None:
        """The loop turns. The time since the last beat counts if that was in the same wait of the test."""
        wait = _waiting_place(sys._getframe(1))
        now, waited, worked = time.perf_counter(), self._run_queue.waited(), time.thread_time()
        faults = resource.getrusage(resource.RUSAGE_THREAD).ru_majflt
        if wait is not None and wait == self._wait:
            seconds = now - self._beaten - (waited - self._waited)
            self.worst = max(self.worst, seconds)
            seen = worked - self._worked + len(self._places) * _SAMPLE_SECONDS
            if seconds > self.limit + _BEAT_MILLISECONDS / 1000 and seen > self.limit * _EVIDENCE:
                self.blocks.append(Block(seconds, worked - self._worked, faults - self._faults, self._places))
        self._places = []
        self._wait, self._beaten, self._waited, self._worked, self._faults = wait, now, waited, worked, faults

    def _sample(self) -> None:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as notes:
            while not self._ended.wait(_SAMPLE_SECONDS):
                if time.perf_counter() - self._beaten >= self.limit / 2:
                    self._places.append(self._look(notes))

    def _look(self, notes: TextIO) -> str:
        """Where the window's thread is, innermost call first.

        By faulthandler, which only reads: sys._current_frames makes frame objects for a thread in the middle of its work, and that crashes
        CPython 3.11 now and then.
        """
        notes.seek(0)
        notes.truncate()
        faulthandler.dump_traceback(notes)
        notes.seek(0)
        threads = notes.read().split("\n\n")
        own = f"Thread 0x{self._thread_id:016x}"
        lines = next((each for each in threads if each.startswith(own)), "").splitlines()
        return "\n".join(lines[1:_CALLS]) + "\n"


class _RunQueue:
    """Seconds for which threads of this process were runnable and did not run; 0 where the kernel does not tell.

    Looked at with every beat: the files stay open, since opening each anew took most of the time that these tests needed.
    """

    samplers: ClassVar[set[str]] = set()
    """The threads of all watchdogs; they do not count."""

    def __init__(self) -> None:
        self._files: dict[str, int] = {}

    def waited(self) -> float:
        with suppress(OSError):
            now = set(os.listdir("/proc/self/task")) - self.samplers
            for ended in self._files.keys() - now:
                os.close(self._files.pop(ended))
            for new in now - self._files.keys():
                # A thread may end while it is looked at.
                with suppress(OSError):
                    self._files[new] = os.open(f"/proc/self/task/{new}/schedstat", os.O_RDONLY)
        nanoseconds = 0
        for file in self._files.values():
            with suppress(OSError, IndexError):
                nanoseconds += int(os.pread(file, 100, 0).split()[1])
        return nanoseconds / 1e9

    def close(self) -> None:
        for file in self._files.values():
            os.close(file)
        self._files.clear()


def _waiting_place(frame: FrameType | None) -> object:
    """Identifies the line of the test that waits: the nearest frame outside pytest-qt. None between tests, where pytest itself waits."""
    while frame is not None and "pytestqt" in frame.f_code.co_filename:
        frame = frame.f_back
    if frame is None or any(name in frame.f_code.co_filename for name in _DRIVERS):
        return None
    return id(frame), frame.f_lasti


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
