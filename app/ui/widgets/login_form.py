"""A login as it is typed: who, how, and what sudo asks for."""

from collections.abc import Callable
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
from app.ui.widgets.form import Field, Fold
from app.ui.widgets.secret_edit import SecretEdit
from app.ui.widgets.text import Label


class LoginForm(QWidget):
    """The user, and a password, a key file, the ssh-agent or the device's own questions.

    `before` gives what was given earlier: a secret that is left empty then means that one, for as long as user, way and key are the same.
    Without it, that is what `take` gave the last time. What sudo asks for is folded if `folds_sudo`, and counts only when unfolded.
    """

    go_on = Signal()
    """Return was pressed in a field."""
    way_changed = Signal()
    """Another kind of login was chosen."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        password_label: str = "",
        sudo_note: str = "",
        folds_sudo: bool = False,
        before: Callable[[], Login | None] | None = None,
    ) -> None:
        """`password_label` and `sudo_note` word the fields; empty: as for a new login in the place of a kept one."""
        super().__init__(parent)
        self._given: Login | None = None
        self._before = before or (lambda: self._given)
        self._make_fields(
            password_label or self.tr("New password"),
            sudo_note or self.tr("Leave it empty if sudo asks for the password above, or for none."),
        )
        self.sudo_fold = Fold(self.tr("sudo asks for another password"), self.sudo) if folds_sudo else None
        self._lay_out()
        self._ways.buttonToggled.connect(self._show_way)
        self.by_password.setChecked(True)

    def _make_fields(self, password_label: str, sudo_note: str) -> None:
        self.user_line = QLineEdit()
        self.user_line.setPlaceholderText(self.tr("root, admin, pi …"))
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
        self.password = Field(password_label, self.password_edit, check=self._check_password)
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
        self.sudo = Field(self.tr("Password for sudo"), self.sudo_edit, note=sudo_note)
        self.explanation = Label(wrap=True)
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
        for field in (self.password, self.key_file, self.passphrase, self.explanation, self.sudo_fold or self.sudo):
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

    def ask_for_sudo(self) -> None:
        """Unfold what sudo asks for, and wait for it there."""
        if self.sudo_fold is not None:
            self.sudo_fold.set_open(True)
        self.sudo_edit.setFocus()

    @property
    def asks_for_sudo(self) -> bool:
        """Whether the field for sudo counts."""
        return self.sudo_fold is None or self.sudo_fold.is_open

    @property
    def key_file_path(self) -> str:
        """The key file that was chosen, as an absolute path; "" for another kind of login."""
        return self._key() if self.kind is LoginKind.KEY_FILE else ""

    def wrong(self) -> list[Field]:
        """Check what was given, and show what is wrong with it: the fields, from the top."""
        asked = {LoginKind.PASSWORD: [self.password], LoginKind.KEY_FILE: [self.key_file]}
        return [field for field in (self.user, *asked.get(self.kind, [])) if not field.is_right()]

    def is_right(self) -> bool:
        """As `wrong`, with the focus on the first one."""
        wrong = self.wrong()
        if wrong:
            wrong[0].control.setFocus()
        return not wrong

    def take(self) -> Login:
        """The login that the fields describe; its secrets move out of them."""
        before = self._kept()
        edits = {LoginKind.PASSWORD: self.password_edit, LoginKind.KEY_FILE: self.passphrase_edit}
        secret = edits[self.kind].take() if self.kind in edits else NO_SECRET
        sudo_password = self.sudo_edit.take() or (before.sudo_password if before else NO_SECRET)
        self._given = Login(
            self.user_line.text().strip(),
            self.kind,
            self.key_file_path,
            secret or (before.secret if before else NO_SECRET),
            sudo_password if self.asks_for_sudo else NO_SECRET,
        )
        self.clear()
        self.show_kept()
        return self._given

    def show_kept(self) -> None:
        """Say in empty fields that what was given before still counts."""
        before, words = self._kept(), self.tr("kept from before; type to replace it")
        for edit in (self.password_edit, self.passphrase_edit):
            edit.setPlaceholderText(words if before and before.secret else "")
        self.sudo_edit.setPlaceholderText(words if before and before.sudo_password else "")

    def clear(self) -> None:
        """Empty the secret fields."""
        for edit in (self.password_edit, self.passphrase_edit, self.sudo_edit):
            edit.take()

    def forget(self) -> None:
        """Drop every secret."""
        self._given = None
        self.clear()

    def _kept(self) -> Login | None:
        """What was given before, if it was typed and is still for this user, way and key."""
        before = self._before()
        if before is None or before.credential_id is not None:
            return None
        typed = (self.kind, self.user_line.text().strip(), self.key_file_path)
        return before if (before.kind, before.user, before.key_file) == typed else None

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
        path = Path(self._key())
        if not path.is_file():
            raise InputError("key_file", self.tr("There is no file {0}.").format(path))
        if path.suffix == ".pub":
            raise InputError("key_file", self.tr("This is the public half. The private key has no “.pub” at its end."))

    def _show_way(self) -> None:
        self.password.setVisible(self.kind is LoginKind.PASSWORD)
        self.key_file.setVisible(self.kind is LoginKind.KEY_FILE)
        self.passphrase.setVisible(self.kind is LoginKind.KEY_FILE)
        explanations = {
            LoginKind.AGENT: self.tr(
                "The keys that ssh-add -l lists are offered one after the other. Plantwatch never sees them."
            ),
            LoginKind.QUESTIONS: self.tr(
                "You answer what the device asks, one-time codes for instance, whenever Plantwatch logs in. Nothing of it is kept."
            ),
        }
        self.explanation.setText(explanations.get(self.kind, ""))
        self.explanation.setVisible(self.kind in explanations)
        self.way_changed.emit()

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Key file"), str(Path("~/.ssh").expanduser()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.key_line.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
