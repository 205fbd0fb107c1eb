"""Step 2: how to log in on the device."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

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
from app.models.endpoint import Login, LoginKind
from app.models.secret import NO_SECRET
from app.services.enrolment import Hop, WantedHop
from app.services.enrolment.ssh_config import Offer
from app.ui import theme
from app.ui.icons import icon
from app.ui.pages.enrol.jumps import JumpList
from app.ui.pages.enrol.own_key import OwnKeyChoice
from app.ui.pages.enrol.profiles import KeepAs, ProfileChoice
from app.ui.pages.enrol.session import Session, WizardStep
from app.ui.theme import Text
from app.ui.widgets.form import Field, Fold
from app.ui.widgets.secret_edit import SecretEdit
from app.ui.widgets.text import Label


class LoginStep(WizardStep):
    """A kept login, or user, and a password, a key file, the ssh-agent or the device's own questions; what sudo asks for is folded.

    Going on moves the secrets from the fields into the session. A field that is left empty on coming back means: as before.
    """

    def __init__(
        self, session: Session, profiles: ProfileChoice, jumps: JumpList, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.action = self.tr("Next")
        self._session = session
        self.profiles = profiles
        self.profiles.waiting.connect(self.waiting)
        self.profiles.changed.connect(self._show_profile)
        self.jumps = jumps
        self.jumps.go_on.connect(self.go_on)
        self.jumps.waiting.connect(self.waiting)
        self._make_fields()
        self._lay_out()
        self.by_password.setChecked(True)
        self._ways.buttonToggled.connect(self._show_way)
        self._show_way()

    def _make_fields(self) -> None:
        self.user_line = QLineEdit()
        self.user_line.setPlaceholderText(self.tr("root, admin, pi …"))
        self.user = Field(self.tr("User"), self.user_line, check=self._check_user)
        self.by_password = QRadioButton(self.tr("Password"))
        self.by_key = QRadioButton(self.tr("Key file"))
        self.by_agent = QRadioButton(self.tr("ssh-agent"))
        self.by_questions = QRadioButton(self.tr("Questions"))
        self._kinds = {
            self.by_password: LoginKind.PASSWORD,
            self.by_key: LoginKind.KEY_FILE,
            self.by_agent: LoginKind.AGENT,
            self.by_questions: LoginKind.QUESTIONS,
        }
        self._ways = QButtonGroup(self)
        for way in self._kinds:
            self._ways.addButton(way)
        self.explanation = Label(wrap=True)
        self.password_edit = SecretEdit()
        self.password = Field(self.tr("Password"), self.password_edit, check=self._check_password)
        self.key_line = QLineEdit()
        self.key_line.setPlaceholderText("~/.ssh/id_ed25519")
        self.browse = QPushButton(icon("folder-open"), self.tr("Browse…"))
        self.key_file = Field(self.tr("Key file"), self.key_line, check=self._check_key_file, beside=self.browse)
        self.browse.clicked.connect(self._browse)
        self.passphrase_edit = SecretEdit()
        self.passphrase = Field(
            self.tr("Passphrase"), self.passphrase_edit, note=self.tr("Leave it empty if the key has none.")
        )
        self.sudo_edit = SecretEdit()
        self.sudo = Field(
            self.tr("Password for sudo"),
            self.sudo_edit,
            note=self.tr(
                "Only if sudo asks for another password than the one for logging in, or if you log in with a key."
            ),
        )
        self.keep_as = KeepAs(lambda: self.profiles.names)
        self.keep_as.go_on.connect(self.go_on)
        self.own_key = OwnKeyChoice()
        for line in (self.user_line, self.password_edit, self.key_line, self.passphrase_edit, self.sudo_edit):
            line.returnPressed.connect(self.go_on)

    def _lay_out(self) -> None:
        ways = QHBoxLayout()
        ways.setSpacing(theme.GAP_SECTION)
        for way in self._kinds:
            ways.addWidget(way)
        ways.addStretch()
        self.sudo_fold = Fold(self.tr("sudo asks for another password"), self.sudo)
        self.jump_fold = Fold(self.tr("Through a jump host"), self.jumps)
        self.jump_fold.toggled.connect(self.jumps.begin)
        self._new_login = QWidget()
        fields = QVBoxLayout(self._new_login)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(theme.GAP)
        fields.addWidget(self.user)
        fields.addWidget(Label(self.tr("Log in with"), Text.STRONG))
        fields.addLayout(ways)
        for field in (self.password, self.key_file, self.passphrase, self.explanation, self.sudo_fold, self.keep_as):
            fields.addWidget(field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.profiles)
        layout.addWidget(self._new_login)
        layout.addWidget(self.own_key)
        layout.addWidget(self.jump_fold)
        kept = Label(
            self.tr("Once the device is enrolled, the secret is kept in this desktop's keyring, and nowhere else."),
            Text.LABEL,
            muted=True,
            wrap=True,
        )
        self.own_key.install.toggled.connect(kept.setHidden)
        self.own_key.install.toggled.connect(self.keep_as.setHidden)
        layout.addWidget(kept)
        layout.addStretch()

    @property
    def kind(self) -> LoginKind:
        if (chosen := self.profiles.chosen) is not None:
            return chosen.credential.kind
        return next((kind for way, kind in self._kinds.items() if way.isChecked()), LoginKind.PASSWORD)

    def enter(self) -> None:
        kept = self.tr("kept from before; type to replace it") if self._kept() else ""
        for edit in (self.password_edit, self.passphrase_edit, self.sudo_edit):
            edit.setPlaceholderText(kept)
        self.profiles.refresh()
        (self.password_edit if self.user_line.text() and self.by_password.isChecked() else self.user_line).setFocus()

    def suggest_user(self, user: str) -> None:
        """Put `user` into the empty field."""
        if not self.user_line.text():
            self.user_line.setText(user)

    def use(self, offer: Offer) -> None:
        """Put what the operator's SSH configuration says into the fields."""
        if offer.user:
            self.user_line.setText(offer.user)
        if offer.key_file:
            self.by_key.setChecked(True)
            self.key_line.setText(offer.key_file)
        if offer.way:
            self.jump_fold.set_open(True)
            self.jumps.suggest(offer.way)

    def clear_secrets(self) -> None:
        """Forget what was typed into the secret fields."""
        for edit in (self.password_edit, self.passphrase_edit, self.sudo_edit):
            edit.take()
        self.jumps.clear_secrets()

    def ask_for_sudo(self) -> None:
        """Open the fold and wait for the password there."""
        self.sudo_fold.set_open(True)
        self.sudo_edit.setFocus()

    def ask_for_secret(self) -> None:
        """Wait for another password or key, or for another way."""
        if self.profiles.chosen is not None:
            self.profiles.choice.setFocus()
            return
        controls = {LoginKind.PASSWORD: self.password_edit, LoginKind.KEY_FILE: self.key_line}
        controls.get(self.kind, self.user_line).setFocus()

    def proceed(self, accepted: Callable[[], None]) -> None:
        wrong = [] if self.profiles.chosen else self._wrong()
        if self.jump_fold.is_open:
            wrong += self.jumps.wrong(self._device_key, self._session.wanted_hops)
        if wrong:
            wrong[0].control.setFocus()
            return
        if self.profiles.chosen:
            self.profiles.read(partial(self._go_on_with, accepted))
        else:
            self._go_on_with(accepted, self._take_login())

    def _wrong(self) -> list[Field]:
        asked = {LoginKind.PASSWORD: [self.password], LoginKind.KEY_FILE: [self.key_file]}
        wrong = [field for field in (self.user, *asked.get(self.kind, [])) if not field.is_right()]
        return wrong if self.keep_as.is_right() else [*wrong, self.keep_as.field]

    def _go_on_with(self, accepted: Callable[[], None], login: Login) -> None:
        self._session.login = login
        self._session.own_key = self.own_key.wish
        # A login that is to be forgotten is not kept under a name.
        self._session.keep_as = "" if self.profiles.chosen or self._session.own_key else self.keep_as.name
        wanted = self.jumps.take(login, self._session.wanted_hops) if self.jump_fold.is_open else ()
        self._session.wanted_hops = wanted
        self.clear_secrets()
        if wanted:
            self.jumps.verify(wanted, partial(self._take_way, wanted, accepted))
        else:
            self._take_way(wanted, accepted, ())

    def _take_way(self, wanted: tuple[WantedHop, ...], accepted: Callable[[], None], hops: tuple[Hop, ...]) -> None:
        if self._session.wanted_hops is wanted:
            self._session.take_way(hops)
            accepted()

    def _take_login(self) -> Login:
        """The login that the fields describe; the secrets move out of them."""
        kept = self._kept()
        edits = {LoginKind.PASSWORD: self.password_edit, LoginKind.KEY_FILE: self.passphrase_edit}
        secret = edits[self.kind].take() if self.kind in edits else NO_SECRET
        sudo_password = self.sudo_edit.take() or (kept.sudo_password if kept else NO_SECRET)
        for edit in (self.password_edit, self.passphrase_edit):
            edit.take()
        return Login(
            user=self.user_line.text().strip(),
            kind=self.kind,
            key_file=str(self._key_path()) if self.kind is LoginKind.KEY_FILE else "",
            secret=secret or (kept.secret if kept else NO_SECRET),
            sudo_password=sudo_password if self.sudo_fold.is_open else NO_SECRET,
        )

    def _kept(self) -> Login | None:
        """The login given before, if it is still for this user, way and key."""
        login = self._session.login
        if login is None or login.credential_id is not None or login.kind is not self.kind:
            return None
        if login.user != self.user_line.text().strip():
            return None
        if login.kind is LoginKind.KEY_FILE and login.key_file != str(self._key_path()):
            return None
        return login

    @property
    def _device_key(self) -> str:
        """The key file for the device, or ""."""
        if (chosen := self.profiles.chosen) is not None:
            return chosen.credential.key_file
        return str(self._key_path()) if self.kind is LoginKind.KEY_FILE else ""

    def _key_path(self) -> Path:
        return Path(self.key_line.text().strip()).expanduser().absolute()

    def _check_user(self) -> None:
        if not self.user_line.text().strip():
            raise InputError("user", self.tr("A user name is needed."))

    def _check_password(self) -> None:
        if self.password_edit.is_empty and self._kept() is None:
            raise InputError("password", self.tr("A password is needed."))

    def _check_key_file(self) -> None:
        if not self.key_line.text().strip():
            raise InputError("key_file", self.tr("Choose the file with the private key."))
        path = self._key_path()
        if not path.is_file():
            raise InputError("key_file", self.tr("There is no file {0}.").format(path))
        if path.suffix == ".pub":
            raise InputError("key_file", self.tr("This is the public half. The private key has no “.pub” at its end."))

    def _show_profile(self) -> None:
        """Of a kept login nothing is typed, and a name for a new one is asked until it is one."""
        self._new_login.setVisible(self.profiles.chosen is None)
        self._word_own_key()
        self.jumps.set_device_kind(self.kind)
        if self._session.keep_as == "" and self.keep_as.name in self.profiles.names:
            self.keep_as.start_over()

    def _word_own_key(self) -> None:
        self.own_key.set_kind(self.kind if self.profiles.chosen is None else None)

    def _show_way(self) -> None:
        self.jumps.set_device_kind(self.kind)
        self.password.setVisible(self.kind is LoginKind.PASSWORD)
        self.key_file.setVisible(self.kind is LoginKind.KEY_FILE)
        self.passphrase.setVisible(self.kind is LoginKind.KEY_FILE)
        self._word_own_key()
        explanations = {
            LoginKind.AGENT: self.tr(
                "The keys that ssh-add -l lists are offered one after the other. Plantwatch never sees them."
            ),
            LoginKind.QUESTIONS: self.tr(
                "You answer what the device asks, one-time codes for instance: now for the plan, again for the enrolment, and whenever "
                "Plantwatch logs in later. Nothing of it is kept."
            ),
        }
        self.explanation.setText(explanations.get(self.kind, ""))
        self.explanation.setVisible(self.kind in explanations)

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.tr("Key file"), str(Path("~/.ssh").expanduser()))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.key_line.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
