"""A jump host on the way to the device: who and where it is, its host key, and how to log in there."""

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from app.errors import InputError
from app.models.endpoint import HostKey, Login, LoginKind, parse_jump
from app.services.enrolment import Hop
from app.ui import theme
from app.ui.widgets.form import Field
from app.ui.widgets.secret_edit import SecretEdit


class JumpFields(QWidget):
    """One jump host; several are for the command line. Its host key has to be pasted: nothing is sent to one that shows another."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.host_line = QLineEdit()
        self.host_line.setPlaceholderText("admin@10.0.0.1")
        self.host = Field(self.tr("Jump host"), self.host_line, check=self._check_host)
        self.key_line = QLineEdit()
        self.key_line.setPlaceholderText("ssh-ed25519 AAAA…")
        self.key = Field(
            self.tr("Its host key"),
            self.key_line,
            note=self.tr("The line that this prints on it: cat /etc/ssh/ssh_host_ed25519_key.pub"),
            check=self._check_key,
        )
        self.password_edit = SecretEdit()
        self.password = Field(
            self.tr("Its password"),
            self.password_edit,
            note=self.tr(
                "Leave it empty to log in there as on the device: with the same key, the ssh-agent or questions."
            ),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        for field in (self.host, self.key, self.password):
            layout.addWidget(field)

    def wrong(self, kind: LoginKind, kept: tuple[Hop, ...]) -> list[Field]:
        """The fields that keep the wizard from going on, each with its complaint. `kind` is how one logs in on the device."""
        found = [field for field in (self.host, self.key) if not field.is_right()]
        if kind is LoginKind.PASSWORD and self.password_edit.is_empty and not found and not self._kept(kept):
            self.password.complain(self.tr("A password is needed."))
            found.append(self.password)
        return found

    def take(self, device: Login, kept: tuple[Hop, ...]) -> tuple[Hop, ...]:
        """The hop that the fields describe; the password moves out of them. Left empty: as in `kept`, or as on the device."""
        user, address, port = parse_jump(self.host_line.text())
        if password := self.password_edit.take():
            login = Login(user, LoginKind.PASSWORD, secret=password)
        elif before := self._kept(kept):
            login = before
        else:
            login = Login(user, device.kind, device.key_file, device.secret)
        return (Hop(address, port, HostKey.parse(self.key_line.text()), login),)

    def _kept(self, kept: tuple[Hop, ...]) -> Login | None:
        """The password given before, if it is still for this user and host."""
        place = parse_jump(self.host_line.text())
        for hop in kept:
            if (hop.login.user, hop.address, hop.port) == place and hop.login.kind is LoginKind.PASSWORD:
                return hop.login
        return None

    def _check_host(self) -> None:
        if not self.host_line.text().strip():
            raise InputError("jump", self.tr("Say who logs in where: USER@HOST or USER@HOST:PORT."))
        parse_jump(self.host_line.text())

    def _check_key(self) -> None:
        HostKey.parse(self.key_line.text())
