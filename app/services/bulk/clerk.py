"""Looks after a run once a second, beside those who work on it."""

import logging
import threading
from collections.abc import Callable
from types import TracebackType

from app.errors import AppError

_log = logging.getLogger(__name__)


class Clerk:
    """Within its block a thread calls `look` once a second. An AppError of `look` is logged; it is called again all the same."""

    def __init__(self, look: Callable[[], None], *, seconds: float = 1.0) -> None:
        self._look = look
        self._seconds = seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="plantwatch-clerk", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._seconds):
            try:
                self._look()
            except AppError:
                _log.info("A run could not be looked after", exc_info=True)
