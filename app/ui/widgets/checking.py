"""Contacting devices to see that they are the known ones, as tasks whose results are told by notices, whatever page is shown."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.models.endpoint import Endpoint
from app.services.enrolment import DeviceCheck
from app.ui import theme
from app.ui.dialogs.key_replacement import way_on
from app.ui.errors import advice_of, message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task

_NAMED = 5


def check(
    context: PageContext, endpoints: Sequence[Endpoint], window: QWidget, then: Callable[[], None] | None = None
) -> list[Task]:
    """Start a check of each of `endpoints`: host key, machine-id, and what was made on the device. `then` runs after each, however it went."""
    return [_check_one(context, endpoint, window, then) for endpoint in endpoints]


def sentence(name: str, found: DeviceCheck) -> tuple[str, theme.Meaning]:
    """What a check found, and whether that needs somebody."""
    wrong = [item for item in found.items if item.condition != "ok"]
    if not found.items and not found.unknown:
        return _tr("{name} is the known device, but nothing of Plantwatch is on it.").format(name=name), _ATTENTION
    if not wrong and not found.unknown:
        text = _tr("{name} is the known device, and all that was made on it is as it was.")
        return text.format(name=name), theme.Meaning.UP
    conditions = {"missing": _tr("missing"), "changed": _tr("changed"), "stopped": _tr("stopped")}
    told = [f"{conditions.get(item.condition, item.condition)}: {item.name}" for item in wrong]
    told += [f"{_tr('not written down')}: {each}" for each in found.unknown]
    if len(told) > _NAMED:
        told = [*told[:_NAMED], _tr("and {n} more").format(n=len(told) - _NAMED)]
    text = _tr("{name} is the known device, but not all is as it was made: {what}.")
    return text.format(name=name, what="; ".join(told)), _ATTENTION


def _check_one(context: PageContext, endpoint: Endpoint, window: QWidget, then: Callable[[], None] | None) -> Task:
    enrolment, name = context.services.enrolment, endpoint.name

    def found(result: DeviceCheck) -> None:
        context.notify(Notice(*sentence(name, result)))
        if then is not None:
            then()

    def failed(error: AppError) -> None:
        again = partial(_start_again, context, endpoint, window, then)
        verb, mend = way_on(context, endpoint, window, error, again)
        said = window.tr("{name} could not be checked.").format(name=name)
        text = " ".join((said, message_of(error), advice_of(error)))
        context.notify(Notice(text, theme.Meaning.DOWN, verb, mend))
        if then is not None:
            then()

    return context.tasks.start(
        lambda report, token: enrolment.check(name, report=report, token=token),
        title=window.tr("Check {name}").format(name=name),
        owner=window,
        on_success=found,
        on_failure=failed,
        on_cancelled=lambda: context.notify(
            Notice(window.tr("Checking {name} was cancelled.").format(name=name), theme.Meaning.PAUSED)
        ),
        pool="bulk",
    )


def _start_again(context: PageContext, endpoint: Endpoint, window: QWidget, then: Callable[[], None] | None) -> None:
    _check_one(context, endpoint, window, then)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Checking", text)


_ATTENTION = theme.Meaning.ATTENTION
