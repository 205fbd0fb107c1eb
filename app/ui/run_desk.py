"""How the window speaks of runs, whatever page is shown: what came of them, and what was interrupted."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject

from app.errors import AppError
from app.models.bulk import BulkRun, ItemState
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.run_words import ended_text, interrupted_text
from app.ui.theme import Meaning


class RunDesk(QObject):
    """Notices, and the way to the page of a run."""

    def __init__(self, context: PageContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        context.runs.ended.connect(self._tell_end)
        context.runs.failed.connect(self._tell_failure)
        context.runs.look_wanted.connect(self.look)

    def look(self, run_id: int) -> None:
        """Show the page of a run."""
        self._context.navigate("run", str(run_id))

    def start(self, run_id: int) -> None:
        """Work on a run that has just been written down, or was interrupted, and show it."""
        self._context.runs.start(run_id)
        self.look(run_id)

    def offer(self, interrupted: Sequence[BulkRun]) -> None:
        """Say what a process has left unfinished: it goes on only when somebody says so."""
        for run in interrupted:
            self._context.notify(
                Notice(
                    interrupted_text(run),
                    Meaning.ATTENTION,
                    self.tr("Go on"),
                    partial(self.start, run.id),
                    self.tr("Look"),
                    partial(self.look, run.id),
                    stays=True,
                )
            )

    def _tell_end(self, run: BulkRun) -> None:
        needs_somebody = run.left or run.count(ItemState.FAILED)
        meaning = Meaning.ATTENTION if needs_somebody else Meaning.UP
        self._context.notify(Notice(ended_text(run), meaning, self.tr("Look"), partial(self.look, run.id)))

    def _tell_failure(self, run_id: int, error: AppError) -> None:
        text = f"{message_of(error)} {advice_of(error)}".strip()
        self._context.notify(Notice(text, Meaning.DOWN, self.tr("Look"), partial(self.look, run_id)))
