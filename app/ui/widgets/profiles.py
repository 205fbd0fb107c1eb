"""Logins that are kept under a name: one of them instead of a new one, and a name for a new one."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from app.errors import AppError, InputError
from app.models.endpoint import Login, Usage, parse_name
from app.ui.errors import advice_of, message_of
from app.ui.login_words import login_words, shared_words
from app.ui.tasks import TaskRunner
from app.ui.widgets.form import Field, Fold


class Logins(Protocol):
    """Who keeps the logins that have a name."""

    def profiles(self) -> list[Usage]: ...

    def login(self, profile: str) -> Login: ...


class ProfileChoice(QWidget):
    """“New login” or one that is kept. Hidden as long as none is kept. The keyring is read by workers, once one goes on with it."""

    changed = Signal()
    """Another one was chosen, or the list was read."""
    waiting = Signal(str)
    """Why going on takes a moment; empty when it does not any more."""

    def __init__(self, logins: Logins, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._logins = logins
        self._tasks = tasks
        self._suggested = ""
        self.profiles: list[Usage] = []
        self.choice = QComboBox()
        self.choice.addItem(self.tr("New login"), "")
        self.field = Field(self.tr("Login"), self.choice)
        self.choice.currentIndexChanged.connect(self._describe)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.field)
        self.hide()

    @property
    def chosen(self) -> Usage | None:
        """The kept login that was chosen; None for a new one."""
        name = self.choice.currentData()
        return next((each for each in self.profiles if each.credential.name == name), None)

    @property
    def names(self) -> list[str]:
        """Those that are taken."""
        return [each.credential.name for each in self.profiles]

    def suggest(self, name: str) -> None:
        """Choose that one as soon as it is known, unless the operator has chosen by then."""
        if name:
            self._suggested = name
            self._show(self.profiles)

    def refresh(self) -> None:
        """Read which there are; what was chosen stays."""
        self._tasks.start(
            lambda _report, _token: self._logins.profiles(),
            title=self.tr("Read the logins"),
            owner=self,
            on_success=self._show,
            on_failure=self._complain,
            pool="polling",
        )

    def read(self, accepted: Callable[[Login], None]) -> None:
        """Get the chosen login with its secrets, and go on with `accepted`; else it is said under the choice why not."""
        if (chosen := self.chosen) is None:
            return
        name = chosen.credential.name

        def got(login: Login) -> None:
            self.waiting.emit("")
            if self.chosen is not None and self.chosen.credential.name == name:
                accepted(login)

        self.waiting.emit(self.tr("Reading the login from the keyring …"))
        self._tasks.start(
            lambda _report, _token: self._logins.login(name),
            title=self.tr("Read the login {0}").format(name),
            owner=self,
            on_success=got,
            on_failure=self._complain,
            pool="polling",
        )

    def _show(self, profiles: Sequence[Usage]) -> None:
        wanted = self.choice.currentData() or self._suggested
        self.profiles = list(profiles)
        self.choice.blockSignals(True)  # noqa: FBT003 - Qt's
        while self.choice.count() > 1:
            self.choice.removeItem(1)
        for each in profiles:
            self.choice.addItem(each.credential.name, each.credential.name)
        self.choice.setCurrentIndex(max(0, self.choice.findData(wanted)))
        self.choice.blockSignals(False)  # noqa: FBT003 - Qt's
        if self.choice.currentIndex():
            self._suggested = ""
        self.setVisible(bool(profiles))
        self._describe()

    def _describe(self) -> None:
        self._suggested = "" if self.profiles else self._suggested
        chosen = self.chosen
        self.field.set_note(f"{login_words(chosen.credential)}. {shared_words(chosen)}" if chosen else "")
        self.changed.emit()

    def _complain(self, error: AppError) -> None:
        self.waiting.emit("")
        self.field.complain(f"{message_of(error)} {advice_of(error)}")
        self.choice.setFocus()


class KeepAs(QWidget):
    """A name for the new login, under which other endpoints can share it; folded away for those who need none."""

    go_on = Signal()
    """Return was pressed in the field."""

    def __init__(self, taken: Callable[[], Sequence[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._taken = taken
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Thanet turbines"))
        self.line.returnPressed.connect(self.go_on)
        self.field = Field(
            self.tr("Name of the login"),
            self.line,
            note=self.tr("Other endpoints can then share it, and a new password is entered once for all of them."),
            check=self._check,
        )
        self.fold = Fold(self.tr("Use this login for other endpoints too"), self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.fold)

    @property
    def name(self) -> str:
        """Empty: it is this endpoint's own."""
        return self.line.text().strip() if self.fold.is_open else ""

    def is_right(self) -> bool:
        """Check, and show what is wrong."""
        return not self.fold.is_open or self.field.is_right()

    def start_over(self) -> None:
        """Ask for no name."""
        self.line.clear()
        self.field.complain("")
        self.fold.set_open(False)

    def _check(self) -> None:
        name = parse_name(self.line.text())
        if name.lower() in {taken.lower() for taken in self._taken()}:
            raise InputError("profile", self.tr("Another login has this name."))
