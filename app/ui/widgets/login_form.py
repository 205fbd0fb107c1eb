"""A new login in the place of a kept one: who, how, and what sudo asks for."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import InputError
from app.models.endpoint import Credential, Login, LoginKind
from app.models.secret import NO_SECRET
from app.ui import theme
from app.ui.icons import icon
from app.ui.theme import Text
from app.ui.widgets.form import Field
from app.ui.widgets.secret_edit import SecretEdit
from app.ui.widgets.text import Label


class LoginForm(QWidget):
    """Begins with what is known of the kept login; its secrets are never read into the fields.

    `take` moves the secrets out of them, and remembers what it gave: fields left empty afterwards mean that.
    """

    go_on = Signal()
    """Return was pressed in a field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._given: Login | None = None
        self._make_fields()
        self._lay_out()
        self._ways.buttonToggled.connect(self._show_way)
        self.by_password.setChecked(True)

    def _make_fields(self) -> None:
        self.user_line = QLineEdit()
        self.user = Field(self.tr("User"), self.user_line, check=self._check_user)
        self.by_password = QRadioButton(self.tr("Password"))
        self.by_key = QRadioButton(self.tr("Key file"))
        self.by_agent = QRadioButton(self.tr("ssh-agent"))
        self.by_questions = QRadioButton(self.tr("Questions"))
        self._kinds = {
            LoginKind.PASSWORD: self.by_password,
            LoginKind.KEY_FILE: self.by_key,
            LoginKind.AGENT: self.by_agent,
            LoginKind.QUESTIONS: self.by_questions,
        }
        self._ways = QButtonGroup(self)
        for way in self._kinds.values():
            self._ways.addButton(way)
        self.password_edit = SecretEdit()
        self.password = Field(self.tr("New password"), self.password_edit, check=self._check_password)
        self.key_line = QLineEdit()
        self.key_line.setPlaceholderText("~/.ssh/id_ed25519")
        self.browse = QPushButton(icon("folder-open"), self.tr("Browse…"))
        self.browse.clicked.connect(self._browse)
        self.key_file = Field(self.tr("Key file"), self.key_line, check=self._check_key_file, beside=self.browse)
        self.passphrase_edit = SecretEdit()
        self.passphrase = Field(
            self.tr("Passphrase"), self.passphrase_edit, note=self.tr("Leave it empty if the key has none.")
        )
        self.sudo_edit = SecretEdit()
        self.sudo = Field(
            self.tr("Password for sudo"),
            self.sudo_edit,
            note=self.tr("Leave it empty if sudo asks for the password above, or for none."),
        )
        for line in (self.user_line, self.password_edit, self.key_line, self.passphrase_edit, self.sudo_edit):
            line.returnPressed.connect(self.go_on)

    def _lay_out(self) -> None:
        ways = QHBoxLayout()
        ways.setSpacing(theme.GAP_SECTION)
        for way in self._kinds.values():
            ways.addWidget(way)
        ways.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.user)
        layout.addWidget(Label(self.tr("Log in with"), Text.STRONG))
        layout.addLayout(ways)
        for field in (self.password, self.key_file, self.passphrase, self.sudo):
            layout.addWidget(field)

    @property
    def kind(self) -> LoginKind:
        return next((kind for kind, way in self._kinds.items() if way.isChecked()), LoginKind.PASSWORD)

    def show_credential(self, credential: Credential) -> None:
        """Begin with who logs in and how until now."""
        self.user_line.setText(credential.user)
        if (way := self._kinds.get(credential.kind)) is not None:
            way.setChecked(True)
        self.key_line.setText(credential.key_file)
        self.focus_secret()

    def focus_secret(self) -> None:
        """Wait for what most likely is new."""
        controls = {LoginKind.PASSWORD: self.password_edit, LoginKind.KEY_FILE: self.passphrase_edit}
        controls.get(self.kind, self.sudo_edit).setFocus()

    def is_right(self) -> bool:
        """Check what was given, and show what is wrong with it."""
        asked = {LoginKind.PASSWORD: [self.password], LoginKind.KEY_FILE: [self.key_file]}
        wrong = [field for field in (self.user, *asked.get(self.kind, [])) if not field.is_right()]
        if wrong:
            wrong[0].control.setFocus()
        return not wrong

    def take(self) -> Login:
        """The login that the fields describe."""
        before = self._kept()
        edits = {LoginKind.PASSWORD: self.password_edit, LoginKind.KEY_FILE: self.passphrase_edit}
        secret = edits[self.kind].take() if self.kind in edits else NO_SECRET
        sudo_password = self.sudo_edit.take()
        self._given = Login(
            self.user_line.text().strip(),
            self.kind,
            self._key() if self.kind is LoginKind.KEY_FILE else "",
            secret or (before.secret if before else NO_SECRET),
            sudo_password or (before.sudo_password if before else NO_SECRET),
        )
        self._clear()
        kept = self.tr("kept from before; type to replace it")
        for edit in (self.password_edit, self.passphrase_edit):
            edit.setPlaceholderText(kept if self._given.secret else "")
        self.sudo_edit.setPlaceholderText(kept if self._given.sudo_password else "")
        return self._given

    def forget(self) -> None:
        """Drop every secret."""
        self._given = None
        self._clear()

    def _clear(self) -> None:
        for edit in (self.password_edit, self.passphrase_edit, self.sudo_edit):
            edit.take()

    def _kept(self) -> Login | None:
        """What was given before, if it is still for this user, way and key."""
        given = self._given
        if given is None or (given.kind, given.user) != (self.kind, self.user_line.text().strip()):
            return None
        return given if given.kind is not LoginKind.KEY_FILE or given.key_file == self._key() else None

    def _key(self) -> str:
        return str(Path(self.key_line.text().strip()).expanduser().absolute())

    def _check_user(self) -> None:
        if not self.user_line.text().strip():
            raise InputError("user", self.tr("A user name is needed."))

    def _check_password(self) -> None:
        if self.password_edit.is_empty and self._kept() is None:
            raise InputError("password", self.tr("A password is needed."))

    def _check_key_file(self) -> None:
        if not self.key_line.text().strip():
            raise InputError("key_file", self.tr("Choose the file with the private key."))
        if not Path(self._key()).is_file():
            raise InputError("key_file", self.tr("There is no file {0}.").format(self._key()))

    def _show_way(self) -> None:
        self.password.setVisible(self.kind is LoginKind.PASSWORD)
        self.key_file.setVisible(self.kind is LoginKind.KEY_FILE)
        self.passphrase.setVisible(self.kind is LoginKind.KEY_FILE)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Key file"), str(Path("~/.ssh").expanduser()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.key_line.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
