"""The host key of an endpoint or of a jump host beside the one that is shown now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QWidget

from app.errors import AppError
from app.models.endpoint import HostKey
from app.ui import theme
from app.ui.dialogs.scrolled import ScrolledDialog
from app.ui.theme import Meaning, Text
from app.ui.widgets.key_check import KeyCheck
from app.ui.widgets.marks import Mark
from app.ui.widgets.text import Label

_HEIGHT = 620
_NAMED = 8


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Whose host key it is, for the window's `title`: where it is, and which key is known of it."""

    title: str
    address: str
    port: int
    target: str
    known: HostKey | None
    is_jump: bool = False


class HostKeyDialog(ScrolledDialog):
    """Shows the known key beside the one that answers now. Another one takes its place only once the operator has compared it.

    `replace_wanted` carries that key. Return and Esc change nothing.
    """

    replace_wanted = Signal(object)

    def __init__(self, holder: KeyHolder, parent: QWidget | None = None) -> None:
        super().__init__(holder.title, _HEIGHT, parent)
        self._holder = holder
        self._shown: HostKey | None = None
        self.heading = Label(role=Text.SECTION, wrap=True)
        self.mark = Mark(Meaning.ATTENTION)
        self.known = self._fingerprint(holder.known)
        self.known.setAccessibleName(self.tr("Known key"))
        self.shown = self._fingerprint(None)
        self.shown.setAccessibleName(self.tr("Shown key"))
        self.meaning = Label(self._what_it_may_mean(), wrap=True)
        self.behind = Label(wrap=True)
        self.behind.hide()
        self.check = KeyCheck()
        self.check.refused.connect(self._say)
        self.check.go_on.connect(self._replace)
        self.why = Label(meaning=Meaning.DOWN, wrap=True)
        self.replace_button = QPushButton(self.tr("Replace the key"))
        self.replace_button.setProperty("kind", "danger")
        self.replace_button.setAutoDefault(False)
        self.replace_button.clicked.connect(self._replace)
        self.close_button = QPushButton(self.tr("Cancel"))
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.reject)
        self._fill()
        self.compose(self.tr("The keys"), self.why, self.close_button, self.replace_button)
        self._show_buttons(changed=False)

    def _what_it_may_mean(self) -> str:
        if self._holder.is_jump:
            return self.tr(
                "What it may mean:\n"
                "•  The jump host was installed anew, or its keys were made anew.\n"
                "•  Another machine stands at this address.\n"
                "•  Somebody stands between and waits for the logins, there and on the devices behind.\n"
                "Nothing but the exchange of keys was sent to it. Only the jump host itself can tell which of them it is."
            )
        return self.tr(
            "What it may mean:\n"
            "•  The device was installed anew, or its keys were made anew.\n"
            "•  Another device stands at this address: it was swapped, or the address was given away.\n"
            "•  Somebody stands between and waits for the login.\n"
            "Nothing but the exchange of keys was sent to it. Only the device itself can tell which of them it is."
        )

    def _fill(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_SMALL)
        head.addWidget(self.mark)
        head.addWidget(self.heading, 1)
        self.rows.addLayout(head)
        for part in (self._both(), self.behind, self.meaning, self.check):
            self.rows.addWidget(part)

    def _both(self) -> QWidget:
        both = QWidget()
        grid = QGridLayout(both)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.GAP)
        grid.setVerticalSpacing(theme.GAP_SMALL)
        for row, (name, value) in enumerate(
            ((self.tr("Known until now"), self.known), (self.tr("Shown now"), self.shown))
        ):
            grid.addWidget(Label(name, muted=True), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, row, 1)
        grid.setColumnStretch(1, 1)
        return both

    def show_key(self, shown: HostKey) -> None:
        """The key that the device shows now."""
        self._shown = shown
        known, target = self._holder.known, self._holder.target
        changed = shown != known
        self.shown.setText(_worded(shown))
        self.mark.setVisible(changed)
        if changed:
            self.heading.setText(self.tr("{target} shows another host key than the known one").format(target=target))
            self.check.show_key(shown, self._holder.address, self._holder.port)
        else:
            self.heading.setText(self.tr("{target} shows the key that is known").format(target=target))
            self.adjustSize()
        self.meaning.setVisible(changed)
        self.check.setVisible(changed)
        self._show_buttons(changed=changed)
        self.view.show_content()

    def show_behind(self, names: Sequence[str]) -> None:
        """Who else is concerned: the endpoints behind a jump host."""
        more = self.tr(" and {n} more").format(n=len(names) - _NAMED) if len(names) > _NAMED else ""
        self.behind.setText(
            self.tr("A new key counts for every endpoint behind it: {names}{more}").format(
                names=", ".join(names[:_NAMED]), more=more
            )
        )
        self.behind.show()

    def show_loading(self) -> None:
        """The device is being asked."""
        self._show_buttons(changed=False)
        self.view.show_loading()

    def show_error(self, error: AppError, retry: Callable[[], None], retry_text: str = "") -> None:
        """The device cannot be asked."""
        self.view.show_error(error, retry, retry_text=retry_text)

    def fail(self, error: AppError) -> None:
        """The key was not replaced."""
        self.replace_button.setEnabled(True)
        super().fail(error)

    def _replace(self) -> None:
        if self._shown is None or not self.check.isVisible() or not self.check.is_confirmed():
            return
        self.drop_failure()
        self.replace_button.setEnabled(False)
        self.replace_wanted.emit(self._shown)

    def _say(self, text: str) -> None:
        self.why.setText(text)

    def _show_buttons(self, *, changed: bool) -> None:
        self.replace_button.setVisible(changed)
        self.close_button.setText(self.tr("Cancel") if changed else self.tr("Close"))

    def _fingerprint(self, key: HostKey | None) -> Label:
        return Label(_worded(key), monospaced=True, selectable=True, wrap=True)


def _worded(key: HostKey | None) -> str:
    return f"{key.fingerprint}  ({key.kind})" if key else "–"
