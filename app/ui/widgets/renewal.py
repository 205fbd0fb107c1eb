"""New certificates for endpoints, as tasks whose results are told by notices, whatever page is shown."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.models.endpoint import Endpoint
from app.ui import theme
from app.ui.dialogs.key_replacement import way_on
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task


def renew(context: PageContext, endpoints: Sequence[Endpoint], window: QWidget) -> list[Task]:
    """Start the renewal of the certificate of each of `endpoints`. One in plain HTTP is moved to TLS by it."""
    return [_renew_one(context, endpoint, window) for endpoint in endpoints]


def _renew_one(context: PageContext, endpoint: Endpoint, window: QWidget) -> Task:
    enrolment, name = context.services.enrolment, endpoint.name
    return context.tasks.start(
        lambda report, token: enrolment.renew(name, report=report, token=token),
        title=window.tr("Renew the certificate of {name}").format(name=name),
        owner=window,
        on_success=lambda _endpoint: context.notify(
            Notice(window.tr("{name} has a new certificate.").format(name=name), theme.Meaning.UP)
        ),
        on_failure=partial(_tell_failure, context, endpoint, window),
        on_cancelled=lambda: context.notify(
            Notice(
                window.tr("Renewing the certificate of {name} was cancelled.").format(name=name), theme.Meaning.PAUSED
            )
        ),
        pool="bulk",
    )


def _tell_failure(context: PageContext, endpoint: Endpoint, window: QWidget, error: AppError) -> None:
    said = window.tr("{name} keeps what it has.").format(name=endpoint.name)
    verb, mend = way_on(context, endpoint, window, error, partial(_start_again, context, endpoint, window))
    text = " ".join((said, message_of(error), advice_of(error)))
    context.notify(Notice(text, theme.Meaning.DOWN, verb, mend))


def _start_again(context: PageContext, endpoint: Endpoint, window: QWidget) -> None:
    _renew_one(context, endpoint, window)
