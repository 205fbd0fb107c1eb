"""Of many that want the same thing written, one writes it for all."""

import math
import threading
import time
from collections.abc import Callable

from app.errors import AppError


class GroupedWrite:
    """A group commit: `write()` returns once `work` has been done that began after the call, by whichever thread.

    Those who come while one works are served together by the next: sixty devices that come up within a second cost some changes of
    Prometheus' targets, not sixty. One that comes alone does not wait.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._work = work
        self._change = threading.Condition()
        self._asked = 0
        self._done = 0
        self._is_working = False
        self._errors: dict[int, AppError] = {}
        self._went_well_at = -math.inf

    def was_done_within(self, seconds: float) -> bool:
        """Whether the last time that it was done was less than `seconds` ago, and went well."""
        return time.monotonic() - self._went_well_at < seconds

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
        self._went_well_at = -math.inf if failed else time.monotonic()
        if failed is not None:
            self._errors |= dict.fromkeys(range(self._done + 1, upto + 1), failed)
        self._done = upto
