"""A name for a login: another one for a shared login, or the first for an endpoint's own, which others can share then."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.endpoint import Credential, parse_name
from app.ui import theme
from app.ui.errors import message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.theme import Meaning, Text
from app.ui.widgets.form import Field
from app.ui.widgets.text import Label


class LoginNameDialog(QDialog):
    """Asks for the name; `name_given` carries one that is well formed. Esc changes nothing."""

    name_given = Signal(str)

    def __init__(self, name: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.MESSAGE_WIDTH)
        self.line = QLineEdit(name)
        self.line.selectAll()
        self.field = Field(
            self.tr("Name of the login"),
            self.line,
            note=self.tr("Endpoints can share a login that has a name: in the wizard it is chosen by that."),
            check=lambda: parse_name(self.line.text()),
        )
        self.keep_button = QPushButton(self.tr("Keep the name"))
        self.keep_button.setProperty("kind", "main")
        self.keep_button.setDefault(True)
        self.keep_button.clicked.connect(self._give)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.keep_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP_WIDE)
        rows.addWidget(Label(title, Text.SECTION, wrap=True))
        rows.addWidget(self.field)
        rows.addLayout(buttons)
        self.line.setFocus()

    def fail(self, error: AppError) -> None:
        """The name was not kept."""
        self.field.complain(str(error.details.get("reason", "")) or message_of(error))
        self.line.setFocus()

    def _give(self) -> None:
        if self.field.is_right():
            self.name_given.emit(self.line.text().strip())


def open_login_name(
    context: PageContext,
    parent: QWidget,
    credential_id: int,
    *,
    name: str,
    title: str,
    then: Callable[[], None] | None = None,
) -> LoginNameDialog:
    """Ask for a name, beginning with `name`, and give it to that login. `then` runs once it has it."""
    dialog = LoginNameDialog(name, title, parent)
    credentials = context.services.credentials

    def named(made: Credential) -> None:
        dialog.accept()
        context.notify(Notice(dialog.tr("The login is called {name} now.").format(name=made.name), Meaning.UP))
        if then is not None:
            then()

    def give(wanted: str) -> None:
        context.tasks.start(
            lambda _report, _token: credentials.name(credential_id, wanted),
            title=title,
            owner=dialog,
            on_success=named,
            on_failure=dialog.fail,
        )

    dialog.name_given.connect(give)
    dialog.open()
    return dialog
