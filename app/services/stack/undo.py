"""Takes back, in reverse order, what a run has made so far."""

from collections.abc import Callable

from app.errors import AppError
from app.services.progress import LogLine, Report


class Undo:
    """A list of ways back. `run` goes through all of them, whatever each does."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._steps: list[tuple[str, Callable[[], object]]] = []

    def add(self, what: str, back: Callable[[], object]) -> None:
        """`what` names the thing made ("the container grafana"), `back` removes it."""
        self._steps.append((what, back))

    def run(self) -> None:
        """Never raises an AppError: what could not be taken back is said in the log, and found by the next plan."""
        while self._steps:
            what, back = self._steps.pop()
            try:
                back()
                self._report(LogLine(f"Undone: {what}."))
            except AppError as error:
                self._report(LogLine(f"Not undone: {what}. {error.message}"))
