"""The runs that this window works on: each a task that goes on whatever page is shown, gathered for those who show it."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.errors import AppError, Cancelled
from app.models.bulk import BulkRun
from app.services.progress import CancelToken, Report
from app.ui.run_words import run_title
from app.ui.tasks import TaskRunner

if TYPE_CHECKING:  # the window paints before the services are loaded
    from app.main import Services
    from app.ui.live_run import LiveRun


class RunKeeper(QObject):
    """Lives as long as the task runner does. For the window's thread."""

    begun = Signal(int)
    """A run is being worked on; `live` has it."""
    ended = Signal(object)
    """A `BulkRun` as it is, now that this window works on it no longer."""
    failed = Signal(int, object)
    """The run with this number cannot be worked on, or no longer: an `AppError`."""
    look_wanted = Signal(int)
    """The operator wants to see the run with this number."""

    def __init__(self, services: "Services", tasks: TaskRunner) -> None:
        super().__init__(tasks)
        self._services = services
        self._tasks = tasks
        self._live: dict[int, LiveRun] = {}

    def live(self, run_id: int) -> "LiveRun | None":
        """The run, while this window works on it."""
        return self._live.get(run_id)

    def begin(self, run: BulkRun) -> None:
        """Work on what waits in it. Nothing happens if nothing does, or if this window works on it already."""
        from app.ui.live_run import LiveRun  # noqa: PLC0415 - loads services, which are there by now

        if run.id in self._live or not run.left:
            return
        live = self._live[run.id] = LiveRun(run, self)
        services = self._services

        def work(_report: Report, token: CancelToken) -> BulkRun:
            runner = services.bulk.runner(run.id, live.post, token=token)
            live.attach(runner)
            ended = runner.execute(token)
            if token.cancelled and ended.left:
                live.last = ended
                raise Cancelled
            return ended

        live.task = self._tasks.start(
            work,
            title=run_title(run),
            owner=self,
            on_success=lambda ended: self._end(live, ended),
            on_failure=lambda error: self._fail(live, error),
            on_cancelled=lambda: self._end(live, live.last),
            pool="bulk",
            on_leave=live.close,
            look=lambda: self.look_wanted.emit(run.id),
        )
        live.start()
        self.begun.emit(run.id)

    def start(self, run_id: int) -> None:
        """Work on what waits in the run with this number."""
        self._begin_after(run_id, lambda: None)

    def retry(self, run_id: int, numbers: Sequence[int] = ()) -> None:
        """Once more what failed or was cancelled; only those of `numbers`, if any are given."""
        live = self.live(run_id)

        def put_back() -> None:
            if live is None or not live.retry(numbers):
                self._services.bulk.retry(run_id, numbers)

        self._begin_after(run_id, put_back)

    def _begin_after(self, run_id: int, act: Callable[[], None]) -> None:
        runs = self._services.runs

        def work(_report: Report, _token: CancelToken) -> BulkRun:
            act()
            return runs.standing(run_id).run

        self._tasks.start(
            work,
            title=self.tr("Read the run"),
            owner=self,
            on_success=self.begin,
            on_failure=lambda error: self.failed.emit(run_id, error),
            pool="polling",
        )

    def _end(self, live: "LiveRun", ended: BulkRun | None) -> None:
        live.stop()
        del self._live[live.run_id]
        run = ended or live.run
        self.ended.emit(run)
        if run.left and not live.is_stopped:
            # Somebody put devices back when the last one had just ended.
            self.begin(run)

    def _fail(self, live: "LiveRun", error: AppError) -> None:
        live.stop()
        del self._live[live.run_id]
        self.failed.emit(live.run_id, error)
