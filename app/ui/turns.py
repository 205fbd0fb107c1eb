"""Work of the window that is too much for one turn of its event loop."""

from collections import deque
from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer


class Turns(QObject):
    """Does `jobs` one after the other, each in a turn of the event loop of its own, from `start` on.

    For the parts of a page that are not seen at once: made together with the rest they would hold the window longer than the 50 ms that
    nobody notices. Jobs that are still to be done go with `parent`.
    """

    def __init__(self, parent: QObject, jobs: Iterable[Callable[[], object]]) -> None:
        super().__init__(parent)
        self._jobs = deque(jobs)
        self._timer = QTimer(self, singleShot=True, interval=0)
        self._timer.timeout.connect(self._do_next)

    def start(self) -> None:
        if self._jobs:
            self._timer.start()

    def _do_next(self) -> None:
        self._jobs.popleft()()
        self.start()
