"""Of many that want the same thing written, one writes it for all."""

import threading
import time
from collections.abc import Callable

from app.errors import AppError

#: How long the first one waits for others. Prometheus takes a second and more to notice a new list of targets: nobody waits longer for it.
_GATHER_SECONDS = 0.3


class GroupedWrite:
    """A group commit: `write()` returns once `work` has been done that began after the call, by whichever thread.

    Sixty devices that come up within a second cost one change of Prometheus' targets, not sixty.
    """

    def __init__(self, work: Callable[[], None], *, gather_seconds: float = _GATHER_SECONDS) -> None:
        self._work = work
        self._gather_seconds = gather_seconds
        self._change = threading.Condition()
        self._asked = 0
        self._done = 0
        self._is_working = False
        self._errors: dict[int, AppError] = {}

    def write(self) -> None:
        """Raises what `work` raises (AppError), to all for whom it was done."""
        with self._change:
            self._asked += 1
            mine = self._asked
            while self._done < mine:
                if self._is_working:
                    self._change.wait()
                else:
                    self._lead()
            if error := self._errors.pop(mine, None):
                raise error

    def _lead(self) -> None:
        """Do it for all who have asked by now; the lock is held before and after, not meanwhile."""
        self._is_working = True
        failed: AppError | None = None
        self._change.release()
        try:
            time.sleep(self._gather_seconds)
            with self._change:
                upto = self._asked
            try:
                self._work()
            except AppError as error:
                failed = error
        finally:
            self._change.acquire()
            self._is_working = False
            self._change.notify_all()
        if failed is not None:
            self._errors |= dict.fromkeys(range(self._done + 1, upto + 1), failed)
        self._done = upto
