"""A jump host on the way to the device: who and where it is, its host key, and how to log in there."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.errors import InputError
from app.models.endpoint import Login, LoginKind, parse_jump
from app.models.expected_key import ExpectedKey
from app.models.secret import NO_SECRET
from app.services.enrolment import WantedHop
from app.services.enrolment.ssh_config import SuggestedJump
from app.ui import theme
from app.ui.icons import icon
from app.ui.theme import Text
from app.ui.widgets.form import Field
from app.ui.widgets.secret_edit import SecretEdit
from app.ui.widgets.text import Label

_WITH_SECRET = (LoginKind.PASSWORD, LoginKind.KEY_FILE)


class JumpFields(QFrame):
    """One jump host. What its host key is has to be pasted: nothing is sent to one that shows another."""

    go_on = Signal()
    """Return was pressed in a field."""
    earlier_wanted = Signal()
    later_wanted = Signal()
    removal_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._way_is_chosen = False
        self._make_fields()
        self._lay_out()
        self.way.currentIndexChanged.connect(self._show_way)
        self.way.activated.connect(self._remember_choice)
        self.set_device_kind(LoginKind.PASSWORD)
        self._show_way()

    def _make_fields(self) -> None:
        self.host_line = QLineEdit()
        self.host_line.setPlaceholderText("admin@10.0.0.1")
        self.host = Field(self.tr("Jump host"), self.host_line, check=self._check_host)
        self.key_line = QLineEdit()
        self.key_line.setPlaceholderText("SHA256:…  /  ssh-ed25519 AAAA…")
        self.key = Field(
            self.tr("Its host key"),
            self.key_line,
            note=self.tr(
                "What this prints on it: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. The line of that file, or its line of "
                "known_hosts, will do as well."
            ),
            check=self._check_key,
        )
        self.way = QComboBox()
        for text, kind in (
            (self.tr("Password"), LoginKind.PASSWORD),
            (self.tr("Key file"), LoginKind.KEY_FILE),
            (self.tr("ssh-agent"), LoginKind.AGENT),
            (self.tr("Questions"), LoginKind.QUESTIONS),
        ):
            self.way.addItem(text, kind)
        self.way_in = Field(self.tr("Log in there with"), self.way)
        self.password_edit = SecretEdit()
        self.password = Field(self.tr("Its password"), self.password_edit)
        self.file_line = QLineEdit()
        self.file_line.setPlaceholderText("~/.ssh/id_ed25519")
        self.key_file = Field(
            self.tr("Key file for it"),
            self.file_line,
            note=self.tr("Leave it empty for the key with which you log in on the device."),
            check=self._check_file,
        )
        self.passphrase_edit = SecretEdit()
        self.passphrase = Field(
            self.tr("Passphrase of that key"), self.passphrase_edit, note=self.tr("Leave it empty if the key has none.")
        )
        for line in (self.host_line, self.key_line, self.password_edit, self.file_line, self.passphrase_edit):
            line.returnPressed.connect(self.go_on)

    def _lay_out(self) -> None:
        self.heading = Label(role=Text.STRONG)
        self.earlier = self._button("arrow-up", self.earlier_wanted)
        self.later = self._button("arrow-down", self.later_wanted)
        self.remove = self._button("x", self.removal_wanted)
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_TINY)
        head.addWidget(self.heading, 1)
        for button in (self.earlier, self.later, self.remove):
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.GAP, theme.GAP_SMALL, theme.GAP, theme.GAP)
        layout.setSpacing(theme.GAP)
        layout.addLayout(head)
        for field in (self.host, self.key, self.way_in, self.password, self.key_file, self.passphrase):
            layout.addWidget(field)

    def _button(self, name: str, wanted: SignalInstance) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.clicked.connect(wanted)
        return button

    def show_place(self, number: int, count: int) -> None:
        """It is `number` (from 1) of `count` on the way."""
        self.heading.setText(self.tr("Jump host {0} of {1}").format(number, count))
        for button, text in (
            (self.earlier, self.tr("Jump host {0}: earlier on the way")),
            (self.later, self.tr("Jump host {0}: later on the way")),
            (self.remove, self.tr("Remove jump host {0}")),
        ):
            button.setAccessibleName(text.format(number))
            button.setToolTip(text.format(number))
            button.setVisible(count > 1)
        self.heading.setVisible(count > 1)
        self.earlier.setEnabled(number > 1)
        self.later.setEnabled(number < count)

    def set_device_kind(self, kind: LoginKind) -> None:
        """How one logs in on the device: most often the same way leads into the jump host. A way that was chosen here stays."""
        if not self._way_is_chosen:
            self.way.setCurrentIndex(max(0, self.way.findData(kind)))

    def suggest(self, suggested: SuggestedJump) -> None:
        """What the operator's configuration says about it; the host key is still to be given."""
        self.host_line.setText(suggested.host)
        if suggested.key_file:
            self._way_is_chosen = True
            self.way.setCurrentIndex(self.way.findData(LoginKind.KEY_FILE))
            self.file_line.setText(suggested.key_file)

    @property
    def kind(self) -> LoginKind:
        return LoginKind(self.way.currentData())

    @property
    def place(self) -> tuple[str, str, int]:
        """User, address and port. Raises InputError."""
        return parse_jump(self.host_line.text())

    def wrong(self, device_key: str, kept: Sequence[WantedHop]) -> list[Field]:
        """The fields that keep the wizard from going on, each with its complaint. `device_key` is the key file for the device, or ""."""
        found = [field for field in (self.host, self.key) if not field.is_right()]
        if self.kind is LoginKind.KEY_FILE and not (device_key and not self._file()) and not self.key_file.is_right():
            found.append(self.key_file)
        needs_one = self.kind is LoginKind.PASSWORD and self.password_edit.is_empty
        if needs_one and not found and self._kept(device_key, kept) is None:
            self.password.complain(self.tr("A password is needed."))
            found.append(self.password)
        return found

    def take(self, device: Login, kept: Sequence[WantedHop]) -> WantedHop:
        """The jump host that the fields describe; its secret moves out of them. A secret left empty is that of `kept`, or of the same key."""
        user, address, port = self.place
        before = self._kept(device.key_file, kept)
        edits = {LoginKind.PASSWORD: self.password_edit, LoginKind.KEY_FILE: self.passphrase_edit}
        secret = edits[self.kind].take() if self.kind in edits else NO_SECRET
        self.clear_secrets()
        file = (self._file() or device.key_file) if self.kind is LoginKind.KEY_FILE else ""
        if not secret and file and file == device.key_file:
            secret = device.secret
        login = Login(user, self.kind, file, secret or (before.secret if before else NO_SECRET))
        return WantedHop(address, port, ExpectedKey.parse(self.key_line.text()), login)

    def clear_secrets(self) -> None:
        """Forget what was typed into the secret fields."""
        self.password_edit.take()
        self.passphrase_edit.take()

    def _kept(self, device_key: str, kept: Sequence[WantedHop]) -> Login | None:
        """The login given before, if it is still for this user, host, way and key."""
        file = (self._file() or device_key) if self.kind is LoginKind.KEY_FILE else ""
        for hop in kept:
            is_here = (hop.login.user, hop.address, hop.port) == self.place
            if is_here and self.kind in _WITH_SECRET and (hop.login.kind, hop.login.key_file) == (self.kind, file):
                return hop.login
        return None

    def _file(self) -> str:
        text = self.file_line.text().strip()
        return str(Path(text).expanduser().absolute()) if text else ""

    def _check_host(self) -> None:
        if not self.host_line.text().strip():
            raise InputError("jump", self.tr("Say who logs in where: USER@HOST or USER@HOST:PORT."))
        parse_jump(self.host_line.text())

    def _check_key(self) -> None:
        expected = ExpectedKey.parse(self.key_line.text())
        try:
            _, address, port = self.place
        except InputError:
            return  # the complaint is that of the other field
        expected.sole_key(address, port)

    def _check_file(self) -> None:
        if not self._file():
            raise InputError("key_file", self.tr("Choose the file with the private key."))
        if not Path(self._file()).is_file():
            raise InputError("key_file", self.tr("There is no file {0}.").format(self._file()))

    def _remember_choice(self) -> None:
        self._way_is_chosen = True

    def _show_way(self) -> None:
        self.password.setVisible(self.kind is LoginKind.PASSWORD)
        self.key_file.setVisible(self.kind is LoginKind.KEY_FILE)
        self.passphrase.setVisible(self.kind is LoginKind.KEY_FILE)
