"""The common shape of the parts of the settings page."""

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from app.ui import theme
from app.ui.theme import Text
from app.ui.widgets.text import Label


class Section(QFrame):
    """A card; `head` gives it a heading, and what belongs to it goes into `rows` below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.rows = QVBoxLayout(self)
        self.rows.setContentsMargins(theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE)
        self.rows.setSpacing(theme.GAP)

    def head(self, title: str, text: str = "") -> None:
        """The heading and, below it, what this is about."""
        self.rows.addWidget(Label(title, Text.SECTION))
        if text:
            self.rows.addWidget(Label(text, muted=True, wrap=True))
