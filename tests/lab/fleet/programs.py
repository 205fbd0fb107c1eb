"""Programs of the fleet: detached, found by what they are and not by a remembered number, ended by their ids."""

import os
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.lab.errors import LabError
from tests.lab.system import detach, end_processes, processes_of, wait_until

_STARTED_WITHIN = 120.0


class Program:
    """One program. `name` is that of its executable; `marker` is in its arguments and in nobody else's."""

    def __init__(self, argv: Sequence[str], *, name: str, marker: str, log: Path, is_ready: Callable[[], bool]) -> None:
        self._argv = list(argv)
        self._name = name
        self._marker = marker
        self._log = log
        self._is_ready = is_ready

    @property
    def pids(self) -> list[int]:
        """The processes that it consists of; none while it does not run."""
        return processes_of(self._name, self._marker)

    def start(self) -> None:
        """Start it unless it runs, and wait until it is ready. Raises LabError with the end of its log."""
        if not self.pids:
            detach(self._argv, log=self._log)
        try:
            wait_until(self._is_ready, seconds=_STARTED_WITHIN, what=f"{self._name} to be ready")
        except LabError as error:
            raise LabError(f"{error}\n{self._log.read_text(errors='replace')[-2000:]}") from None

    def stop(self) -> None:
        """End it and wait for that, also when it was frozen; nothing if it does not run."""
        if pids := self.pids:
            self.thaw()
            end_processes(pids)

    def kill(self) -> None:
        """End it without a chance to tidy up, and wait for that."""
        self._signal(signal.SIGKILL)
        wait_until(lambda: not self.pids, seconds=10, what=f"end of {self._name}")

    def freeze(self) -> None:
        """It stays, with its connections, and does nothing any more."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self.pids:
            os.kill(pid, number)
