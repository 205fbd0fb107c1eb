"""Runs under way: each is a task, which goes on when the page is left, and ends in a quiet notice."""

from enum import StrEnum
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.models.bulk import BulkRun, ItemState
from app.services.bulk.runner import BulkEvent, RunProgress
from app.services.progress import CancelToken, Report, StepAdvanced, StepStarted
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task
from app.ui.theme import Meaning

translate = QCoreApplication.translate


class RunStep(StrEnum):
    DEVICES = "devices"


def work_on(context: PageContext, run_id: int, window: QWidget) -> Task:
    """Work on a run that was written down, until nothing waits any more. Cancelled, what is under way is undone, and waits."""
    bulk = context.services.bulk

    def work(report: Report, token: CancelToken) -> BulkRun:
        def hear(event: BulkEvent) -> None:
            if isinstance(event, RunProgress):
                over = sum(count for state, count in event.counts.items() if state.is_over)
                report(StepAdvanced(RunStep.DEVICES, over, sum(event.counts.values())))

        report(StepStarted(RunStep.DEVICES))
        runner = bulk.runner(run_id, hear, token=token)
        with token.on_cancel(runner.close):
            run = runner.execute(CancelToken())
        token.check()
        return run

    left = translate("Runs", "Run {n} was stopped. Go on with it: plantwatch runs resume {n}").format(n=run_id)
    return context.tasks.start(
        work,
        title=translate("Runs", "Run {n}").format(n=run_id),
        owner=window,
        on_success=lambda run: context.notify(_told(run)),
        on_failure=lambda error: context.notify(Notice(f"{message_of(error)} {advice_of(error)}", Meaning.DOWN)),
        on_cancelled=partial(context.notify, Notice(left, Meaning.PAUSED)),
        pool="bulk",
    )


def _told(run: BulkRun) -> Notice:
    """How many went well, and where it stands what became of the others."""
    failed = run.count(ItemState.FAILED, ItemState.CANCELLED)
    text = translate("Runs", "Run {n}: {done} of {total} devices are done.").format(
        n=run.id, done=f"{run.count(ItemState.DONE):,}", total=f"{run.total:,}"
    )
    if not failed:
        return Notice(text, Meaning.UP)
    more = translate("Runs", "{failed} failed; plantwatch runs show {n} says why.")
    return Notice(f"{text} {more.format(failed=f'{failed:,}', n=run.id)}", Meaning.DOWN)
