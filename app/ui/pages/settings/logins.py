"""The logins that endpoints share."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.endpoint import Usage
from app.ui import theme
from app.ui.dialogs.danger import DangerDialog
from app.ui.dialogs.login_change import open_login
from app.ui.dialogs.login_name import open_login_name
from app.ui.errors import InlineError
from app.ui.icons import icon
from app.ui.login_words import login_words, shared_words
from app.ui.pages.page import Notice, PageContext
from app.ui.pages.settings.section import Section
from app.ui.theme import Meaning, Text
from app.ui.widgets.text import Label


class LoginRow(QWidget):
    """One login: its name, who logs in how, who shares it, and what can be done with it."""

    def __init__(self, usage: Usage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.usage = usage
        name = usage.credential.name
        words = QVBoxLayout()
        words.setSpacing(theme.GAP_TINY)
        words.addWidget(Label(name, Text.STRONG, wrap=True, selectable=True))
        words.addWidget(Label(login_words(usage.credential), wrap=True, selectable=True))
        words.addWidget(Label(shared_words(usage), Text.LABEL, muted=True, wrap=True, selectable=True))
        self.change_button = self._button("pencil", self.tr("Change…"), self.tr("Change the login {name}"))
        self.rename_button = self._button("", self.tr("Rename…"), self.tr("Rename the login {name}"))
        self.remove_button = self._button("trash-2", self.tr("Remove…"), self.tr("Remove the login {name}"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP_SMALL)
        row.addLayout(words, 1)
        for button in (self.change_button, self.rename_button, self.remove_button):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    def _button(self, picture: str, text: str, spoken: str) -> QPushButton:
        button = QPushButton(text)
        if picture:
            button.setIcon(icon(picture))
        button.setAccessibleName(spoken.format(name=self.usage.credential.name))
        return button


class LoginsSection(Section):
    """A row for each login with a name."""

    def __init__(self, context: PageContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head(
            self.tr("Logins"),
            self.tr(
                "Those that endpoints share. Changed here, one is changed for all of them; its secrets are in this desktop's keyring. "
                "A login gets its name while an endpoint is enrolled, or from the endpoint's own page."
            ),
        )
        self._context = context
        self._failure: InlineError | None = None
        self.none = Label(self.tr("No login has a name yet."), muted=True, wrap=True)
        self.logins: list[LoginRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(theme.GAP_WIDE)
        self.rows.addWidget(self.none)
        self.rows.addLayout(self._list)

    def show_settings(self) -> None:
        """The logins as they are now."""
        self._context.tasks.start(
            lambda _report, _token: self._context.services.credentials.profiles(),
            title=self.tr("Read the logins"),
            owner=self,
            on_success=self._show,
            on_failure=self._fail,
            pool="polling",
        )

    def _show(self, profiles: list[Usage]) -> None:
        self._drop_failure()
        self.none.setVisible(not profiles)
        if [row.usage for row in self.logins] == profiles:
            return
        for row in self.logins:
            row.hide()
            row.deleteLater()
        self.logins = [LoginRow(usage) for usage in profiles]
        for row in self.logins:
            usage = row.usage
            row.change_button.clicked.connect(partial(self._change, usage))
            row.rename_button.clicked.connect(partial(self._rename, usage))
            row.remove_button.clicked.connect(partial(self._ask_to_remove, usage))
            self._list.addWidget(row)

    def _change(self, usage: Usage) -> None:
        open_login(self._context, self, credential_id=usage.credential.id, then=self.show_settings)

    def _rename(self, usage: Usage) -> None:
        title = self.tr("Rename the login {name}").format(name=usage.credential.name)
        open_login_name(
            self._context,
            self,
            usage.credential.id,
            name=usage.credential.name,
            title=title,
            then=self.show_settings,
        )

    def _ask_to_remove(self, usage: Usage) -> None:
        name = usage.credential.name
        dialog = DangerDialog(
            title=self.tr("Remove the login {name}?").format(name=name),
            text=self.tr("Its secrets are deleted from the keyring. A login that endpoints still use is not removed."),
            verb=self.tr("Remove {name}").format(name=name),
            parent=self,
        )
        dialog.accepted.connect(partial(self._remove, name))
        dialog.open()

    def _remove(self, name: str) -> None:
        remove = self._context.services.credentials.remove

        def removed(_nothing: None) -> None:
            self._context.notify(Notice(self.tr("The login {name} was removed.").format(name=name), Meaning.UP))
            self.show_settings()

        self._context.tasks.start(
            lambda _report, _token: remove(name),
            title=self.tr("Remove the login {name}").format(name=name),
            owner=self,
            on_success=removed,
            on_failure=self._fail,
        )

    def _fail(self, error: AppError) -> None:
        self._drop_failure()
        self._failure = InlineError(error, retry=self.show_settings)
        self.rows.addWidget(self._failure)

    def _drop_failure(self) -> None:
        if self._failure is not None:
            self._failure.hide()
            self._failure.deleteLater()
            self._failure = None
