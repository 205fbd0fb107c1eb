"""When Python looks for unreachable cycles: on the window's thread, while it is idle, and never in the middle of a repaint or a worker.

A collection started by a worker could also delete a widget on that worker's thread, which Qt forbids.
"""

import gc
import time

from PySide6.QtCore import QObject, QTimer

_EVERY_MILLISECONDS = 5_000
_YOUNG_MAXIMUM = 700
_FULL_AFTER_SECONDS = 300.0


class Collector(QObject):
    """Takes the garbage collector over from `start` to `stop`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self, interval=_EVERY_MILLISECONDS)
        self._timer.timeout.connect(self._collect)
        self._last_full = time.monotonic()

    def start(self) -> None:
        gc.disable()
        # What the imports made stays for good: no need to walk it again.
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        young, middle, _old = gc.get_count()
        if time.monotonic() - self._last_full > _FULL_AFTER_SECONDS:
            self._last_full = time.monotonic()
            gc.collect()
            gc.freeze()
        elif young > _YOUNG_MAXIMUM or middle:
            gc.collect(1)


def set_aside() -> None:
    """What this thread has just made in great numbers is needed for long, and free of cycles: no collection is to walk over it.

    The rows of a list of 50,000 devices would hold the window's thread for a tenth of a second, every few seconds. From any thread.
    """
    gc.freeze()
