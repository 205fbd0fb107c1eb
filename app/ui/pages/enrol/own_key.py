"""The choice of a key of Plantwatch's own in place of the login that is given."""

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.models.endpoint import LoginKind
from app.models.own_key import HERE, OwnKeyWish
from app.ui import theme
from app.ui.theme import Text
from app.ui.widgets.text import Label


class OwnKeyChoice(QWidget):
    """Two boxes: install one; and accept it from this computer only, which is asked once the first is ticked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.install = QCheckBox()
        self.from_here = QCheckBox(self.tr("Accept it only from the address at which the device sees this computer"))
        self.what = Label(role=Text.LABEL, muted=True, wrap=True)
        self.what.setText(
            self.tr("A new key for this device alone takes its place; only a password that sudo asks for is kept.")
        )
        self.caution = Label(role=Text.LABEL, muted=True, wrap=True)
        self.caution.setText(
            self.tr("Not on a laptop whose address changes: the device would not let Plantwatch in any more.")
        )
        for box, note in ((self.install, self.what), (self.from_here, self.caution)):
            box.setAccessibleDescription(note.text())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP_TINY)
        for each in (self.install, self.what, self.from_here, self.caution):
            layout.addWidget(each)
        self.install.toggled.connect(lambda wanted: self._show_more(wanted=wanted))
        self._show_more(wanted=False)
        self.set_kind(LoginKind.PASSWORD)

    @property
    def wish(self) -> OwnKeyWish | None:
        """What was chosen; None when no key of its own is wanted."""
        if not self.install.isChecked():
            return None
        return OwnKeyWish((HERE,) if self.from_here.isChecked() else ())

    def set_kind(self, kind: LoginKind) -> None:
        """Word the choice for the way of logging in that stands above it."""
        self.install.setText(
            self.tr("Install a key of Plantwatch's own and forget this password")
            if kind is LoginKind.PASSWORD
            else self.tr("Install a key of Plantwatch's own in place of this login")
        )

    def _show_more(self, *, wanted: bool) -> None:
        for each in (self.from_here, self.caution):
            each.setVisible(wanted)
