"""A newer exporter for an endpoint, as a task whose result is told by a notice, whatever page is shown."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.models.endpoint import Endpoint
from app.ui import theme
from app.ui.dialogs.key_replacement import way_on
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task


def upgrade(context: PageContext, endpoint: Endpoint, window: QWidget, then: Callable[[], None]) -> Task:
    """Start it. `then` runs once the newer one is in place."""
    enrolment, name = context.services.enrolment, endpoint.name

    def upgraded(after: Endpoint) -> None:
        version = after.receipt.exporter_version if after.receipt else "?"
        text = window.tr("{name} has the exporter {version}.").format(name=name, version=version)
        context.notify(Notice(text, theme.Meaning.UP))
        then()

    def failed(error: AppError) -> None:
        said = window.tr("{name} keeps the exporter that it has.").format(name=name)
        verb, mend = way_on(context, endpoint, window, error, partial(_start_again, context, endpoint, window, then))
        text = " ".join((said, message_of(error), advice_of(error)))
        context.notify(Notice(text, theme.Meaning.DOWN, verb, mend))

    return context.tasks.start(
        lambda report, token: enrolment.upgrade(name, report=report, token=token),
        title=window.tr("Upgrade the exporter of {name}").format(name=name),
        owner=window,
        on_success=upgraded,
        on_failure=failed,
        on_cancelled=lambda: context.notify(
            Notice(window.tr("Upgrading {name} was cancelled.").format(name=name), theme.Meaning.PAUSED)
        ),
        pool="bulk",
    )


def _start_again(context: PageContext, endpoint: Endpoint, window: QWidget, then: Callable[[], None]) -> None:
    upgrade(context, endpoint, window, then)
