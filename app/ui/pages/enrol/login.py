"""Step 2: how to log in on the device."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import (
    QVBoxLayout,
    QWidget,
)

from app.models.endpoint import Login, LoginKind
from app.services.enrolment import Hop, WantedHop
from app.services.enrolment.ssh_config import Offer
from app.ui import theme
from app.ui.pages.enrol.jumps import JumpList
from app.ui.pages.enrol.own_key import OwnKeyChoice
from app.ui.pages.enrol.session import Session, WizardStep
from app.ui.theme import Text
from app.ui.widgets.form import Field, Fold
from app.ui.widgets.login_form import LoginForm
from app.ui.widgets.profiles import KeepAs, ProfileChoice
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
        self.form = LoginForm(
            password_label=self.tr("Password"),
            sudo_note=self.tr(
                "Only if sudo asks for another password than the one for logging in, or if you log in with a key."
            ),
            folds_sudo=True,
            before=lambda: session.login,
        )
        self.form.go_on.connect(self.go_on)
        self.keep_as = KeepAs(lambda: self.profiles.names)
        self.keep_as.go_on.connect(self.go_on)
        self.own_key = OwnKeyChoice()
        self._lay_out()
        self.form.way_changed.connect(self._show_way)
        self._show_way()

    def _lay_out(self) -> None:
        self.jump_fold = Fold(self.tr("Through a jump host"), self.jumps)
        self.jump_fold.toggled.connect(self.jumps.begin)
        self._new_login = QWidget()
        fields = QVBoxLayout(self._new_login)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(theme.GAP)
        fields.addWidget(self.form)
        fields.addWidget(self.keep_as)
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
        return self.form.kind

    def enter(self) -> None:
        self.form.show_kept()
        self.profiles.refresh()
        waits_for_password = self.form.user_line.text() and self.form.kind is LoginKind.PASSWORD
        (self.form.password_edit if waits_for_password else self.form.user_line).setFocus()

    def suggest_user(self, user: str) -> None:
        """Put `user` into the empty field."""
        if not self.form.user_line.text():
            self.form.user_line.setText(user)

    def use(self, offer: Offer) -> None:
        """Put what the operator's SSH configuration says into the fields."""
        if offer.user:
            self.form.user_line.setText(offer.user)
        if offer.key_file:
            self.form.by_key.setChecked(True)
            self.form.key_line.setText(offer.key_file)
        if offer.way:
            self.jump_fold.set_open(True)
            self.jumps.suggest(offer.way)

    def clear_secrets(self) -> None:
        """Forget what was typed into the secret fields."""
        self.form.clear()
        self.jumps.clear_secrets()

    def ask_for_sudo(self) -> None:
        """Open the fold and wait for the password there."""
        self.form.ask_for_sudo()

    def ask_for_secret(self) -> None:
        """Wait for another password or key, or for another way."""
        if self.profiles.chosen is not None:
            self.profiles.choice.setFocus()
            return
        controls = {LoginKind.PASSWORD: self.form.password_edit, LoginKind.KEY_FILE: self.form.key_line}
        controls.get(self.kind, self.form.user_line).setFocus()

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
            self._go_on_with(accepted, self.form.take())

    def _wrong(self) -> list[Field]:
        wrong = self.form.wrong()
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

    @property
    def _device_key(self) -> str:
        """The key file for the device, or ""."""
        if (chosen := self.profiles.chosen) is not None:
            return chosen.credential.key_file
        return self.form.key_file_path

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
        self._word_own_key()
