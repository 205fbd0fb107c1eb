"""New certificates for endpoints, as tasks whose results are told by notices, whatever page is shown."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from app.models.endpoint import Endpoint
from app.ui import theme
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task


def renew(context: PageContext, endpoints: Sequence[Endpoint], window: QWidget) -> list[Task]:
    """Start the renewal of the certificate of each of `endpoints`. One in plain HTTP is moved to TLS by it."""
    return [_renew_one(context, endpoint.name, window) for endpoint in endpoints]


def _renew_one(context: PageContext, name: str, window: QWidget) -> Task:
    enrolment = context.services.enrolment
    return context.tasks.start(
        lambda report, token: enrolment.renew(name, report=report, token=token),
        title=window.tr("Renew the certificate of {name}").format(name=name),
        owner=window,
        on_success=lambda _endpoint: context.notify(
            Notice(window.tr("{name} has a new certificate.").format(name=name), theme.Meaning.UP)
        ),
        on_failure=lambda error: context.notify(
            Notice(
                " ".join(
                    (window.tr("{name} keeps what it has.").format(name=name), message_of(error), advice_of(error))
                ),
                theme.Meaning.DOWN,
                window.tr("Try again"),
                partial(_start_again, context, name, window),
            )
        ),
        on_cancelled=lambda: context.notify(
            Notice(
                window.tr("Renewing the certificate of {name} was cancelled.").format(name=name), theme.Meaning.PAUSED
            )
        ),
        pool="bulk",
    )


def _start_again(context: PageContext, name: str, window: QWidget) -> None:
    _renew_one(context, name, window)
