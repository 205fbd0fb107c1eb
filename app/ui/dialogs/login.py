"""One dialog for a login that no longer works, or is to be another: for one endpoint, or for all that share it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError, InputError
from app.models.endpoint import Credential, Endpoint, Usage
from app.services.enrolment import refused_credential
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.errors import InlineError, message_of
from app.ui.login_words import login_words, shared_words
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import Task
from app.ui.theme import Meaning, Text
from app.ui.widgets.login_form import LoginForm
from app.ui.widgets.marks import Mark
from app.ui.widgets.states import StateView
from app.ui.widgets.text import Label

_HEIGHT = 600


class LoginDialog(QDialog):
    """Says whose login it is and who shares it, and takes another one. `change_wanted` tells that it is to be changed; Esc changes nothing.

    `reason` is what a device said about the present one; empty for none.
    """

    change_wanted = Signal()

    def __init__(self, reason: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Change the login"))
        self.setMinimumWidth(theme.FORM_WIDTH + 2 * theme.GAP_SECTION)
        self.usage: Usage | None = None
        self._endpoint = ""
        self._failure: InlineError | None = None
        self.heading = Label(role=Text.SECTION, wrap=True)
        self.reason = Label(reason, wrap=True, selectable=True)
        self._reason_mark = Mark(Meaning.ATTENTION)
        self.known = Label(wrap=True, selectable=True)
        self.shared = Label(wrap=True, selectable=True)
        self.form = LoginForm()
        self.form.go_on.connect(self._change)
        self.try_first = QCheckBox()
        self.try_first.setChecked(True)
        self.only_here = QCheckBox()
        self.only_here.toggled.connect(self._show_verb)
        self.waiting = Label(muted=True, wrap=True)
        self.change_button = QPushButton()
        self.change_button.setProperty("kind", "main")
        self.change_button.setAutoDefault(False)
        self.change_button.clicked.connect(self._change)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.view = StateView(self._content())
        self._lay_out()
        self.resize(self.minimumWidth(), _HEIGHT)

    def _content(self) -> QWidget:
        inner = QWidget()
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, theme.GAP, 0)
        rows.setSpacing(theme.GAP)
        said = QHBoxLayout()
        said.setSpacing(theme.GAP_SMALL)
        said.addWidget(self._reason_mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.reason, 1)
        rows.addWidget(self.heading)
        rows.addLayout(said)
        for part in (self.known, self.shared, self.form, self.try_first, self.only_here):
            rows.addWidget(part)
        rows.addStretch()
        self._reason_mark.setVisible(bool(self.reason.text()))
        self.reason.setVisible(bool(self.reason.text()))
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setAccessibleName(self.tr("The login"))
        scroll.setWidget(inner)
        return scroll

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addWidget(self.waiting, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.change_button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        column.setSpacing(theme.GAP_WIDE)
        column.addWidget(self.view, 1)
        column.addLayout(buttons)
        self.change_button.setEnabled(False)

    def show_usage(self, usage: Usage, try_on: str, endpoint: str) -> None:
        """Be about this login. `try_on` names the endpoint on whose device the new one can be tried, empty for none; `endpoint` the one
        for which alone it can be changed."""
        self.usage = usage
        self._endpoint = endpoint
        name, count = usage.credential.name, len(usage.endpoints)
        owner = ", ".join(usage.endpoints)
        self.heading.setText(
            self.tr("Login “{name}”").format(name=name) if name else self.tr("Login of {name}").format(name=owner)
        )
        self.known.setText(self.tr("Until now: {login}.").format(login=login_words(usage.credential)))
        self.shared.setText(shared_words(usage))
        self.shared.setVisible(bool(name) or count > 1)
        self.try_first.setText(self.tr("Try it on {name} first").format(name=try_on))
        self.try_first.setVisible(bool(try_on))
        self.only_here.setText(self.tr("Only for {name}; the others keep what they have").format(name=endpoint))
        self.only_here.setVisible(bool(endpoint) and count > 1)
        self._show_verb()
        self.change_button.setEnabled(True)
        self.form.show_credential(usage.credential)
        self.view.show_content()

    def show_waiting(self, text: str) -> None:
        """Work goes on: why it takes a moment. Empty: it has ended."""
        self.waiting.setText(text)
        for part in (self.form, self.try_first, self.only_here, self.change_button):
            part.setEnabled(not text)

    def fail(self, error: AppError) -> None:
        """Nothing was changed; what was typed counts still."""
        self.show_waiting("")
        self._drop_failure()
        self._failure = InlineError(error)
        self._column.insertWidget(1, self._failure)
        self.form.focus_secret()

    def done(self, result: int) -> None:
        self.form.forget()
        super().done(result)

    def _show_verb(self) -> None:
        count = len(self.usage.endpoints) if self.usage else 0
        if self.only_here.isChecked():
            self.change_button.setText(self.tr("Change it for {name}").format(name=self._endpoint))
        elif count > 1:
            self.change_button.setText(self.tr("Change it for {n} endpoints").format(n=count))
        else:
            self.change_button.setText(self.tr("Change it"))

    def _change(self) -> None:
        if self.change_button.isEnabled() and self.form.is_right():
            self._drop_failure()
            self.change_wanted.emit()

    def _drop_failure(self) -> None:
        if self._failure is not None:
            self._failure.hide()
            self._failure.deleteLater()
            self._failure = None


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

        def work(_report: Report, _token: CancelToken) -> Usage:
            number = credential_id
            if number is None and name:
                known = services.inventory.endpoint(name)
                read = services.inventory.credential
                number = refused_credential(known, error, read) if error else known.credential_id
            if number is None:
                raise InputError(
                    "login", "There is none to be changed.", hint="Remove the endpoint and enrol it again."
                )
            return services.credentials.usage(number)

        self._context.tasks.start(
            work,
            title=self._dialog.tr("Read the login"),
            owner=self._dialog,
            on_success=self._show,
            on_failure=lambda failure: self._dialog.view.show_error(failure, lambda: self.look(error, credential_id)),
            pool="polling",
        )

    def _show(self, usage: Usage) -> None:
        self._try_on = self._try_on or next(iter(usage.endpoints), "")
        self._dialog.show_usage(usage, self._try_on, self._endpoint.name if self._endpoint else "")

    def change(self) -> None:
        """Try the login that the dialog has, if that is wanted, then change it."""
        usage, login = self._dialog.usage, self._dialog.form.take()
        if usage is None:
            return
        services, number = self._context.services, usage.credential.id
        try_on = self._try_on if self._dialog.try_first.isChecked() else ""
        alone = self._endpoint.name if self._endpoint and self._dialog.only_here.isChecked() else ""

        def work(report: Report, token: CancelToken) -> Credential:
            if try_on:
                services.enrolment.try_login(try_on, number, login, report=report, token=token)
            token.check()
            if alone:
                return services.credentials.separate(alone, number, login)
            return services.credentials.change(number, login)

        tr = self._dialog.tr
        trying = tr("Trying it on {name} …").format(name=try_on)
        self._dialog.show_waiting(trying if try_on else tr("Changing it …"))
        self._task = self._context.tasks.start(
            work,
            title=tr("Change the login of {name}").format(name=alone or _called(usage)),
            owner=self._dialog,
            on_success=lambda _changed: self._changed(usage, alone),
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
