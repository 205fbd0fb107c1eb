"""The deliberate way to put another host key in the place of a known one, of an endpoint or of a jump host."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.models.endpoint import Endpoint, HostKey, Jump
from app.services.enrolment import is_refusal
from app.services.enrolment.failures import HostKeyChangedError
from app.services.progress import CancelToken, Report
from app.ui.dialogs.host_key import HostKeyDialog, KeyHolder
from app.ui.dialogs.login_change import open_login
from app.ui.pages.page import Notice, PageContext
from app.ui.theme import Meaning


def open_host_key(
    context: PageContext, endpoint: Endpoint, parent: QWidget, then: Callable[[], None] | None = None
) -> HostKeyDialog:
    """Ask the device for its key and show it beside the known one. `then` runs once another key was put in its place.

    Where a jump host on the way shows another key, that is compared first.
    """
    services = context.services
    title = parent.tr("Host key of {name}").format(name=endpoint.name)
    holder = KeyHolder(title, endpoint.address, endpoint.port, endpoint.ssh_target, endpoint.host_key)
    dialog = HostKeyDialog(holder, parent)

    def failed(error: AppError) -> None:
        if is_refusal(error):  # of a jump host: the device itself is not logged in to
            mend = partial(_log_in_first, context, endpoint, dialog, error, ask)
            dialog.show_error(error, mend, dialog.tr("Change the login…"))
            return
        jump = _jump_shown_by(error, endpoint)
        if jump is None:
            dialog.show_error(error, ask)
            return
        dialog.reject()
        open_jump_key(context, endpoint, jump, parent, then=partial(_compare_first, context, endpoint, parent, then))

    def ask() -> None:
        dialog.show_loading()
        context.tasks.start(
            lambda _report, token: services.enrolment.shown_key(endpoint.name, token=token),
            title=dialog.tr("Ask {name} for its host key").format(name=endpoint.name),
            owner=dialog,
            on_success=dialog.show_key,
            on_failure=failed,
            pool="polling",
        )

    dialog.replace_wanted.connect(
        lambda key: _replace(
            context, dialog, lambda: services.endpoints.replace_host_key(endpoint.id, key), endpoint.name, then
        )
    )
    dialog.open()
    ask()
    return dialog


def open_jump_key(
    context: PageContext, endpoint: Endpoint, jump: Jump, parent: QWidget, then: Callable[[], None] | None = None
) -> HostKeyDialog:
    """As `open_host_key`, for a jump host on the way to `endpoint`; a new key counts for every endpoint behind that jump host."""
    services = context.services
    title = parent.tr("Host key of the jump host {target}").format(target=jump.target)
    dialog = HostKeyDialog(KeyHolder(title, jump.address, jump.port, jump.target, jump.host_key, is_jump=True), parent)

    def look(_report: Report, token: CancelToken) -> tuple[HostKey, list[Endpoint]]:
        return services.enrolment.shown_jump_key(endpoint.name, jump, token=token), services.endpoints.behind(jump)

    def failed(error: AppError) -> None:
        if is_refusal(error):  # of a jump host before it
            mend = partial(_log_in_first, context, endpoint, dialog, error, ask)
            dialog.show_error(error, mend, dialog.tr("Change the login…"))
        else:
            dialog.show_error(error, ask)

    def show(found: tuple[HostKey, list[Endpoint]]) -> None:
        dialog.show_behind([each.name for each in found[1]])
        dialog.show_key(found[0])

    def ask() -> None:
        dialog.show_loading()
        context.tasks.start(
            look,
            title=dialog.tr("Ask {name} for its host key").format(name=jump.target),
            owner=dialog,
            on_success=show,
            on_failure=failed,
            pool="polling",
        )

    dialog.replace_wanted.connect(
        lambda key: _replace(context, dialog, lambda: services.endpoints.replace_jump_key(jump, key), jump.target, then)
    )
    dialog.open()
    ask()
    return dialog


def _replace(
    context: PageContext,
    dialog: HostKeyDialog,
    change: Callable[[], object],
    name: str,
    then: Callable[[], None] | None,
) -> None:
    def replaced(_changed: object) -> None:
        dialog.accept()
        text = dialog.tr("The new host key of {name} is trusted from now on.").format(name=name)
        context.notify(Notice(text, Meaning.UP))
        if then is not None:
            then()

    context.tasks.start(
        lambda _report, _token: change(),
        title=dialog.tr("Replace the host key of {name}").format(name=name),
        owner=dialog,
        on_success=replaced,
        on_failure=dialog.fail,
    )


def way_on(
    context: PageContext, endpoint: Endpoint, window: QWidget, error: AppError, again: Callable[[], None]
) -> tuple[str, Callable[[], None]]:
    """What a notice of failed work offers, in words and deed: the same again; before it, where another key was shown, the comparison,
    and where a login was refused, another one."""
    if is_refusal(error):
        return window.tr("Change the login…"), partial(_log_in_first, context, endpoint, window, error, again)
    if isinstance(error, HostKeyChangedError) and error.details["target"] == endpoint.ssh_target:
        return window.tr("Compare the keys…"), partial(_compare_first, context, endpoint, window, again)
    if jump := _jump_shown_by(error, endpoint):
        return window.tr("Compare the keys…"), partial(_compare_jump_first, context, endpoint, jump, window, again)
    return window.tr("Try again"), again


def _jump_shown_by(error: AppError, endpoint: Endpoint) -> Jump | None:
    """The jump host on the way to `endpoint` that showed another key, if it is that."""
    if not isinstance(error, HostKeyChangedError):
        return None
    return next((jump for jump in endpoint.jumps if jump.target == error.details["target"]), None)


def _compare_first(context: PageContext, endpoint: Endpoint, window: QWidget, again: Callable[[], None] | None) -> None:
    open_host_key(context, endpoint, window, then=again)


def _compare_jump_first(
    context: PageContext, endpoint: Endpoint, jump: Jump, window: QWidget, again: Callable[[], None]
) -> None:
    open_jump_key(context, endpoint, jump, window, then=again)


def _log_in_first(
    context: PageContext, endpoint: Endpoint, window: QWidget, error: AppError, again: Callable[[], None]
) -> None:
    open_login(context, window, endpoint=endpoint, error=error, then=again)
