"""Changing a login in its dialog: whose it is, trying the new one where the old one was refused, and putting it in place."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.errors import AppError, InputError
from app.models.endpoint import Endpoint, LoginKind, Usage
from app.services.enrolment import refused_credential
from app.services.progress import CancelToken, Report
from app.ui.dialogs.login import LoginDialog
from app.ui.errors import message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task
from app.ui.theme import Meaning


def open_login(
    context: PageContext,
    parent: QWidget,
    *,
    endpoint: Endpoint | None = None,
    error: AppError | None = None,
    credential_id: int | None = None,
    then: Callable[[], None] | None = None,
) -> LoginDialog:
    """Change the login that `error` was about, met on the way to `endpoint`; without an error the endpoint's own, or `credential_id`.

    `then` runs once it was changed.
    """
    dialog = LoginDialog(_said(endpoint, error), parent)
    work = _Changing(context, dialog, endpoint, then)
    work.look(error, credential_id)
    dialog.open()
    return dialog


class _Changing(QObject):
    """What the dialog's tasks do. Lives as long as the dialog."""

    def __init__(
        self,
        context: PageContext,
        dialog: LoginDialog,
        endpoint: Endpoint | None,
        then: Callable[[], None] | None,
    ) -> None:
        super().__init__(dialog)
        self._context = context
        self._dialog = dialog
        self._endpoint = endpoint
        self._then = then
        self._try_on = endpoint.name if endpoint else ""
        self._task: Task | None = None
        dialog.change_wanted.connect(self.change)
        dialog.rejected.connect(self.stop)

    def look(self, error: AppError | None, credential_id: int | None) -> None:
        """Find out whose login it is."""
        services, name = self._context.services, self._try_on
        self._dialog.view.show_loading()

        def work(_report: Report, _token: CancelToken) -> tuple[Usage, list[Usage]]:
            number, own = credential_id, None
            if number is None and name:
                known = services.inventory.endpoint(name)
                own, read = known.credential_id, services.inventory.credential
                number = refused_credential(known, error, read) if error else own
            if number is None:
                raise InputError(
                    "login", "There is none to be changed.", hint="Remove the endpoint and enrol it again."
                )
            # A jump host's can only be changed: by what others go is not for one endpoint to say.
            kept = services.credentials.profiles() if number == own else []
            return services.credentials.usage(number), [each for each in kept if each.credential.id != number]

        self._context.tasks.start(
            work,
            title=self._dialog.tr("Read the login"),
            owner=self._dialog,
            on_success=self._show,
            on_failure=lambda failure: self._dialog.view.show_error(failure, lambda: self.look(error, credential_id)),
            pool="polling",
        )

    def _show(self, found: tuple[Usage, list[Usage]]) -> None:
        usage, kept = found
        self._try_on = self._try_on or next(iter(usage.endpoints), "")
        self._dialog.show_usage(usage, self._try_on, self._endpoint.name if self._endpoint else "", kept)

    def change(self) -> None:
        """Try the login that the dialog has, if that is wanted, then change it."""
        usage, profile = self._dialog.usage, self._dialog.profile
        if usage is None:
            return
        given = None if profile else self._dialog.form.take()
        services, number = self._context.services, usage.credential.id
        try_on = self._try_on if self._dialog.try_first.isChecked() else ""
        only_here = bool(profile) or self._dialog.only_here.isChecked()
        alone = self._endpoint.name if self._endpoint and only_here else ""

        def work(report: Report, token: CancelToken) -> None:
            login = given or services.credentials.login(profile)
            if usage.credential.kind is LoginKind.OWN_KEY:
                # It has a line on the device, which only a login there can take out.
                services.enrolment.change_login(usage.devices[0], login, report=report, token=token)
                return
            if try_on:
                services.enrolment.try_login(try_on, number, login, report=report, token=token)
            token.check()
            if profile:
                services.credentials.use(alone, profile)
            elif alone:
                services.credentials.separate(alone, number, login)
            else:
                services.credentials.change(number, login)

        tr = self._dialog.tr
        trying = tr("Trying it on {name} …").format(name=try_on)
        self._dialog.show_waiting(trying if try_on else tr("Changing it …"))
        self._task = self._context.tasks.start(
            work,
            title=tr("Change the login of {name}").format(name=alone or _called(usage)),
            owner=self._dialog,
            on_success=lambda _nothing: self._changed(usage, alone),
            on_failure=self._dialog.fail,
            on_cancelled=lambda: self._dialog.show_waiting(""),
        )

    def stop(self) -> None:
        """The dialog was left: what is being tried is not kept any more."""
        if self._task is not None:
            self._task.cancel()

    def _changed(self, usage: Usage, alone: str) -> None:
        self._task = None
        tr, count = self._dialog.tr, 1 if alone else len(usage.endpoints)
        text = (
            tr("The login of {n} endpoints was changed.").format(n=count)
            if count > 1
            else tr("The login of {name} was changed.").format(name=alone or _called(usage))
        )
        self._dialog.accept()
        self._context.notify(Notice(text, Meaning.UP))
        if self._then is not None:
            self._then()


def _said(endpoint: Endpoint | None, error: AppError | None) -> str:
    if error is None:
        return ""
    return f"{endpoint.name}: {message_of(error)}" if endpoint else message_of(error)


def _called(usage: Usage) -> str:
    return usage.credential.name or ", ".join(usage.endpoints)
