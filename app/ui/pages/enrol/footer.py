"""The foot of the wizard: the ways on and back, and why there is none at the moment."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.icons import icon
from app.ui.theme import Meaning
from app.ui.widgets.text import Label


class Footer(QFrame):
    """Next, Retry, Back and Cancel, as far as they make sense, with a line of text beside them. No button is ever grey without a word."""

    def __init__(self, first_action: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.next = QPushButton(first_action)
        self.next.setProperty("kind", "main")
        self.next.setDefault(True)
        self.retry = QPushButton(icon("rotate-ccw"), self.tr("Retry"))
        self.back = QPushButton(icon("arrow-left"), self.tr("Back"))
        self.cancel = QPushButton(icon("x"), self.tr("Cancel"))
        self.why = Label(wrap=True)
        line = QFrame()
        line.setProperty("kind", "line")
        line.setFixedHeight(1)
        row = QHBoxLayout()
        row.setContentsMargins(theme.GAP_SECTION, theme.GAP, theme.GAP_SECTION, theme.GAP)
        row.setSpacing(theme.GAP_SMALL)
        for button in (self.next, self.retry, self.back, self.cancel):
            row.addWidget(button)
        row.addWidget(self.why, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(line)
        rows.addLayout(row)

    def say(self, text: str) -> None:
        """What goes on."""
        self.why.set_meaning(None)
        self.why.setText(text)

    def refuse(self, why: str) -> None:
        """Why it does not go on; empty takes it back."""
        self.why.set_meaning(Meaning.DOWN if why else None)
        self.why.setText(why)
