"""Comparing a host key on the device: its fingerprint, large, the command that prints it there, and the two ways to say that it is right."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QCheckBox, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.errors import InputError
from app.models.endpoint import HostKey
from app.models.expected_key import ExpectedKey, check_command
from app.ui import theme
from app.ui.icons import icon
from app.ui.theme import Meaning, Text
from app.ui.widgets.form import Field
from app.ui.widgets.text import Label


class KeyCheck(QWidget):
    """Shows a key and takes the operator's word for it: a tick, or what the device printed, pasted. Trusts nothing by itself."""

    refused = Signal(str)
    """What is missing, when no field says so itself; empty to take it back."""
    go_on = Signal()
    """Return was pressed in the field."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key: HostKey | None = None
        self._place = ("", 0)
        self.fingerprint = Label(role=Text.SECTION, monospaced=True, selectable=True, wrap=True)
        self.fingerprint.setAccessibleName(self.tr("Fingerprint"))
        self.kind = Label(role=Text.LABEL, muted=True)
        self.command = Label(monospaced=True, selectable=True, wrap=True)
        self.command.setAccessibleName(self.tr("Command to run on the device"))
        self.same = QCheckBox(self.tr("It is the same"))
        self.expected_line = QLineEdit()
        self.expected_line.setPlaceholderText("SHA256:…  /  ssh-ed25519 AAAA…")
        self.expected = Field(
            self.tr("Or paste what the device printed"),
            self.expected_line,
            note=self.tr(
                "The fingerprint, the line of its public key file, or its line of known_hosts. It is then compared for you."
            ),
            check=self._check_expected,
        )
        self.verdict = Label(role=Text.STRONG, meaning=Meaning.UP, wrap=True)
        self._lay_out()
        self.same.toggled.connect(lambda: self.refused.emit(""))
        self.expected_line.textChanged.connect(self._compare)
        self.expected_line.returnPressed.connect(self.go_on)

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        self.copy_fingerprint = self._copy_button(self.tr("Copy the fingerprint"), self.fingerprint)
        rows.addWidget(self._card(self.fingerprint, self.copy_fingerprint, below=self.kind))
        rows.addWidget(
            Label(self.tr("Check it on the device itself, at its console or in a session you trust:"), wrap=True)
        )
        rows.addWidget(self._card(self.command, self._copy_button(self.tr("Copy the command"), self.command)))
        rows.addWidget(self.same)
        rows.addSpacing(theme.GAP_SMALL)
        rows.addWidget(self.expected)
        rows.addWidget(self.verdict)

    def _card(self, text: Label, button: QPushButton, *, below: Label | None = None) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        row = QHBoxLayout(card)
        row.setContentsMargins(theme.GAP_WIDE, theme.GAP, theme.GAP, theme.GAP)
        words = QVBoxLayout()
        words.setSpacing(theme.GAP_TINY)
        words.addWidget(text)
        if below is None:
            row.addLayout(words, 1)
            row.addWidget(button)
            return card
        foot = QHBoxLayout()
        foot.addWidget(below, 1)
        foot.addWidget(button)
        words.addLayout(foot)
        row.addLayout(words)
        return card

    def _copy_button(self, name: str, source: Label) -> QPushButton:
        button = QPushButton(icon("copy"), self.tr("Copy"))
        button.setAccessibleName(name)
        button.clicked.connect(lambda: QApplication.clipboard().setText(source.text()))
        return button

    def start_over(self) -> None:
        """What was confirmed before counts no more."""
        self._key = None
        self.same.setChecked(False)
        self.expected_line.clear()

    def show_key(self, key: HostKey, address: str, port: int) -> None:
        """Be about the key that answers at that address."""
        self._key, self._place = key, (address, port)
        self.fingerprint.setText(key.fingerprint)
        self.kind.setText(key.kind)
        self.command.setText(check_command(key))
        self._compare()

    def is_confirmed(self) -> bool:
        """Whether the operator has compared the key; if not, it is said what is missing, where that is."""
        if self.expected_line.text().strip():
            if self.expected.is_right():
                return True
            self.expected_line.setFocus()
            return False
        if not self.same.isChecked():
            self.refused.emit(
                self.tr("Compare the fingerprint, then tick “It is the same”, or paste the expected one.")
            )
            self.same.setFocus()
        return self.same.isChecked()

    def _check_expected(self) -> None:
        pasted = self.expected_line.text().strip()
        if self._key is not None and pasted and not self._agrees(pasted, self._key):
            raise InputError("host_key", self.tr("This is another key. Do not go on until you know why."))

    def _agrees(self, pasted: str, key: HostKey) -> bool:
        """Raises InputError when what is pasted says nothing about the key of this device."""
        return ExpectedKey.parse(pasted).agrees(key, *self._place)

    def _compare(self) -> None:
        """The verdict on what is pasted, as soon as it can be given. What cannot be read is complained of once the field is left."""
        self.refused.emit("")
        pasted = self.expected_line.text().strip()
        self.same.setEnabled(not pasted)
        agrees = False
        if pasted and self._key is not None:
            try:
                agrees = self._agrees(pasted, self._key)
            except InputError:
                pass
            else:
                self.expected.is_right()
        self.verdict.setVisible(agrees)
        self.verdict.setText(self.tr("✓ It is the same key.") if agrees else "")
