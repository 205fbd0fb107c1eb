"""A run as a task of the window: it goes on whatever page is shown, and what came of it is told by a notice."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.errors import AppError, Cancelled
from app.models.bulk import BulkRun, ItemState
from app.services.progress import CancelToken, Report, StepAdvanced
from app.ui import theme
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task

if TYPE_CHECKING:  # the window paints before the services are loaded
    from app.services.bulk.runner import BulkEvent


def work_on(context: PageContext, window: QWidget, run_id: int) -> Task:
    """Work on the run with this number to its end."""
    bulk = context.services.bulk

    def work(report: Report, token: CancelToken) -> BulkRun:
        from app.services.bulk.runner import RunProgress  # noqa: PLC0415 - they are there by now

        def hear(event: "BulkEvent") -> None:
            if isinstance(event, RunProgress):
                over = sum(count for state, count in event.counts.items() if state.is_over)
                report(StepAdvanced(ItemState.DONE, over, sum(event.counts.values())))

        ended = bulk.runner(run_id, hear, token=token).execute(token)
        if token.cancelled and ended.count(ItemState.WAITING):
            raise Cancelled
        return ended

    def failed(error: AppError) -> None:
        context.notify(Notice(f"{message_of(error)} {advice_of(error)}".strip(), theme.Meaning.DOWN))

    return context.tasks.start(
        work,
        title=window.tr("Run {n}").format(n=run_id),
        owner=window,
        on_success=partial(_tell, context, window),
        on_failure=failed,
        on_cancelled=lambda: context.notify(
            Notice(window.tr("Run {n} was cancelled; what is left waits.").format(n=run_id), theme.Meaning.PAUSED)
        ),
        pool="bulk",
    )


def _tell(context: PageContext, window: QWidget, run: BulkRun) -> None:
    failed = run.count(ItemState.FAILED)
    if failed:
        text = window.tr("Run {n}: {failed} of {total} endpoints failed. plantwatch runs show {n} tells why.")
    else:
        text = window.tr("Run {n}: {total} endpoints done.")
    told = text.format(n=run.id, failed=failed, total=run.total)
    context.notify(Notice(told, theme.Meaning.ATTENTION if failed else theme.Meaning.UP))
