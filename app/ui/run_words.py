"""Runs in words: what is done, how far it is, why devices failed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from app.models.bulk import BulkAction, BulkRun, ItemState
from app.ui.theme import Meaning

if TYPE_CHECKING:  # the window paints before the services are loaded
    from app.services.bulk.causes import Cause

MEANINGS = {
    ItemState.WAITING: Meaning.STALE,
    ItemState.RUNNING: Meaning.INFO,
    ItemState.DONE: Meaning.UP,
    ItemState.FAILED: Meaning.DOWN,
    ItemState.CANCELLED: Meaning.PAUSED,
}


def _tr(text: str) -> str:
    return QCoreApplication.translate("Runs", text)


def state_word(state: ItemState) -> str:
    """How a device is."""
    return {
        ItemState.WAITING: _tr("Waiting"),
        ItemState.RUNNING: _tr("Under way"),
        ItemState.DONE: _tr("Done"),
        ItemState.FAILED: _tr("Failed"),
        ItemState.CANCELLED: _tr("Cancelled"),
    }[state]


def action_word(action: BulkAction) -> str:
    """What is done with every device. An action without words of its own is called by its value."""
    words = {
        BulkAction.ENROL: _tr("Enrol"),
        BulkAction.CHECK: _tr("Check"),
        BulkAction.RENEW: _tr("Renew certificates of"),
        BulkAction.UPGRADE: _tr("Upgrade the exporters of"),
        BulkAction.LABELS: _tr("Set labels of"),
        BulkAction.CREDENTIALS: _tr("Change the login of"),
        BulkAction.METRICS: _tr("Change the metrics of"),
        BulkAction.REMOVE: _tr("Remove"),
    }
    return words.get(action, action.value.replace("_", " ").replace("-", " ").capitalize())


def devices(count: int) -> str:
    """ "1 device", "59 devices"."""
    return _tr("1 device") if count == 1 else _tr("{n} devices").format(n=count)


def run_title(run: BulkRun) -> str:
    """ "Run 12: Enrol 59 devices"."""
    return _tr("Run {number}: {action} {devices}").format(
        number=run.id, action=action_word(run.action), devices=devices(run.total)
    )


def counts_text(counts: dict[ItemState, int]) -> str:
    """ "31 done · 2 failed · 6 under way · 20 waiting"; states that no device is in are left out."""
    order = (ItemState.DONE, ItemState.FAILED, ItemState.CANCELLED, ItemState.RUNNING, ItemState.WAITING)
    return " · ".join(f"{counts[state]} {state_word(state).lower()}" for state in order if counts.get(state))


def ended_text(run: BulkRun) -> str:
    """What came of a run, in a sentence."""
    text = counts_text(run.counts)
    if run.left:
        return _tr("Run {number} stands still: {counts}.").format(number=run.id, counts=text)
    return _tr("Run {number} has ended: {counts}.").format(number=run.id, counts=text)


def interrupted_text(run: BulkRun) -> str:
    """What is said of a run that a process has left unfinished."""
    text = _tr("Run {number} was interrupted: {left} of {total} left ({action}).")
    what = f"{action_word(run.action)} {devices(run.total)}"
    return text.format(number=run.id, left=run.left, total=run.total, action=what)


def cause_title(cause: "Cause") -> str:
    """Of how many devices the cause is, and what it is."""
    # Imported late: it loads the services.
    from app.services.bulk.causes import Fix  # noqa: PLC0415

    count = devices(cause.count)
    if cause.fix is Fix.LOGIN and cause.profile:
        return _tr("{devices}: the login “{profile}” was refused").format(devices=count, profile=cause.profile)
    if cause.fix is Fix.HOST_KEYS:
        return _tr("{devices}: nobody has compared the host key yet").format(devices=count)
    if cause.fix is Fix.PORT:
        return _tr("{devices}: port {port} is in use").format(devices=count, port=cause.port)
    return _tr("{devices}: {message}").format(devices=count, message=cause.failure.message)


def cause_detail(cause: "Cause") -> str:
    """What one of the devices said, and what to do."""
    from app.services.bulk.causes import Fix  # noqa: PLC0415 - as above

    is_general = cause.fix in (Fix.HOST_KEYS, Fix.PORT) or (cause.fix is Fix.LOGIN and cause.profile)
    said = cause.failure.message if is_general and cause.fix is not Fix.HOST_KEYS else ""
    if said and cause.count > 1:
        said = _tr("{device}, for one: {message}").format(device=cause.subjects[0], message=said)
    return " ".join(filter(None, (said, cause.failure.advice)))
