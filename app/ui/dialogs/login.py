"""One dialog for a login that no longer works, or is to be another: for one endpoint, or for all that share it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QWidget

from app.errors import AppError
from app.models.endpoint import LoginKind, Usage
from app.ui import theme
from app.ui.dialogs.scrolled import ScrolledDialog
from app.ui.login_words import login_words, shared_words
from app.ui.theme import Meaning, Text
from app.ui.widgets.form import Field
from app.ui.widgets.login_form import LoginForm
from app.ui.widgets.marks import Mark
from app.ui.widgets.text import Label

_HEIGHT = 640


class LoginDialog(ScrolledDialog):
    """Says whose login it is and who shares it, and takes another one. `change_wanted` tells that it is to be changed; Esc changes nothing.

    `reason` is what a device said about the present one; empty for none.
    """

    change_wanted = Signal()

    def __init__(self, reason: str = "", parent: QWidget | None = None) -> None:
        super().__init__("", _HEIGHT, parent)
        self.setWindowTitle(self.tr("Change the login"))
        self.usage: Usage | None = None
        self._endpoint = ""
        self.heading = Label(role=Text.SECTION, wrap=True)
        self.reason = Label(reason, wrap=True, selectable=True)
        self._reason_mark = Mark(Meaning.ATTENTION)
        self.known = Label(wrap=True, selectable=True)
        self.shared = Label(wrap=True, selectable=True)
        self.choice = QComboBox()
        self.kept = Field(self.tr("From now on"), self.choice)
        self.choice.currentIndexChanged.connect(self._show_choice)
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
        self._fill()
        self.compose(self.tr("The login"), self.waiting, self.cancel_button, self.change_button)
        self.change_button.setEnabled(False)

    def _fill(self) -> None:
        said = QHBoxLayout()
        said.setSpacing(theme.GAP_SMALL)
        said.addWidget(self._reason_mark, 0, Qt.AlignmentFlag.AlignTop)
        said.addWidget(self.reason, 1)
        self.rows.addWidget(self.heading)
        self.rows.addLayout(said)
        for part in (self.known, self.shared, self.kept, self.form, self.try_first, self.only_here):
            self.rows.addWidget(part)
        self._reason_mark.setVisible(bool(self.reason.text()))
        self.reason.setVisible(bool(self.reason.text()))

    def show_usage(self, usage: Usage, try_on: str, endpoint: str, kept: Sequence[Usage] = ()) -> None:
        """Be about this login. `try_on` names the endpoint on whose device the new one can be tried, empty for none; `endpoint` the one
        for which alone it can be changed, or which can use one of `kept` instead."""
        self.usage = usage
        self.choice.addItem(self.tr("Another user, password or key"), "")
        for each in kept:
            self.choice.addItem(self.tr("The login “{name}”").format(name=each.credential.name), each.credential.name)
        self.kept.setVisible(bool(kept))
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
        is_own_key = usage.credential.kind is LoginKind.OWN_KEY
        self.try_first.setVisible(bool(try_on) and not is_own_key)
        if is_own_key:
            self.shared.setText(
                self.tr("The new login is tried on {name}, and takes this key off the device.").format(name=owner)
            )
            self.shared.show()
        self.only_here.setText(self.tr("Only for {name}; the others keep what they have").format(name=endpoint))
        self._show_choice()
        self.change_button.setEnabled(True)
        self.form.show_credential(usage.credential)
        self.view.show_content()

    def show_waiting(self, text: str) -> None:
        """Work goes on: why it takes a moment. Empty: it has ended."""
        self.waiting.setText(text)
        for part in (self.kept, self.form, self.try_first, self.only_here, self.change_button):
            part.setEnabled(not text)

    def fail(self, error: AppError) -> None:
        """Nothing was changed; what was typed counts still."""
        self.show_waiting("")
        super().fail(error)
        if self.profile:
            self.choice.setFocus()
        else:
            self.form.focus_secret()

    def done(self, result: int) -> None:
        self.form.forget()
        super().done(result)

    @property
    def profile(self) -> str:
        """The kept login that the endpoint is to use; empty: the one that the form describes."""
        return self.choice.currentData() or ""

    def _show_choice(self) -> None:
        is_shared = self.usage is not None and len(self.usage.endpoints) > 1
        self.form.setVisible(not self.profile)
        self.only_here.setVisible(bool(self._endpoint) and is_shared and not self.profile)
        self._show_verb()

    def _show_verb(self) -> None:
        count = len(self.usage.endpoints) if self.usage else 0
        if self.profile:
            self.change_button.setText(self.tr("Use it for {name}").format(name=self._endpoint))
        elif self.only_here.isChecked():
            self.change_button.setText(self.tr("Change it for {name}").format(name=self._endpoint))
        elif count > 1:
            self.change_button.setText(self.tr("Change it for {n} endpoints").format(n=count))
        else:
            self.change_button.setText(self.tr("Change it"))

    def _change(self) -> None:
        if self.change_button.isEnabled() and (self.profile or self.form.is_right()):
            self.drop_failure()
            self.change_wanted.emit()
