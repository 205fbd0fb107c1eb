"""Other metrics for an endpoint, as a task whose result is told by a notice, whatever page is shown."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.models.bulk_parameters import MetricsChange
from app.models.endpoint import Endpoint
from app.ui import theme
from app.ui.dialogs.key_replacement import way_on
from app.ui.dialogs.metrics import MetricsDialog
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task


def ask_for_metrics(
    context: PageContext, endpoint: Endpoint, parent: QWidget, then: Callable[[], None]
) -> MetricsDialog:
    """Open the dialog, and start what it asks for. `then` runs once that is done."""
    dialog = MetricsDialog([endpoint], parent)
    dialog.given.connect(lambda change: change_metrics(context, endpoint, change, parent.window(), then))
    dialog.open()
    return dialog


def change_metrics(
    context: PageContext, endpoint: Endpoint, change: MetricsChange, window: QWidget, then: Callable[[], None]
) -> Task:
    """Start it. `then` runs once the exporter reads what was chosen."""
    enrolment, name = context.services.enrolment, endpoint.name

    def changed(_after: Endpoint) -> None:
        text = window.tr("The exporter of {name} reads what was chosen.").format(name=name)
        context.notify(Notice(text, theme.Meaning.UP))
        then()

    def failed(error: AppError) -> None:
        said = window.tr("{name} keeps the metrics that it has.").format(name=name)
        again = partial(_start_again, context, endpoint, change, window, then)
        verb, mend = way_on(context, endpoint, window, error, again)
        text = " ".join((said, message_of(error), advice_of(error)))
        context.notify(Notice(text, theme.Meaning.DOWN, verb, mend))

    return context.tasks.start(
        lambda report, token: enrolment.change_metrics(name, change, report=report, token=token),
        title=window.tr("Change the metrics of {name}").format(name=name),
        owner=window,
        on_success=changed,
        on_failure=failed,
        on_cancelled=lambda: context.notify(
            Notice(window.tr("Changing the metrics of {name} was cancelled.").format(name=name), theme.Meaning.PAUSED)
        ),
        pool="bulk",
    )


def _start_again(
    context: PageContext, endpoint: Endpoint, change: MetricsChange, window: QWidget, then: Callable[[], None]
) -> None:
    change_metrics(context, endpoint, change, window, then)
