"""Text on a page: labels at the theme's sizes, in colours that follow the theme by themselves."""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QLabel, QWidget

from app.ui import theme
from app.ui.theme import Meaning, Text


class Label(QLabel):
    """Plain text, never markup, at one of the theme's sizes. `meaning` colours it; `muted` sets it back."""

    def __init__(
        self,
        text: str = "",
        role: Text = Text.BODY,
        *,
        muted: bool = False,
        meaning: Meaning | None = None,
        wrap: bool = False,
        selectable: bool = False,
        monospaced: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._muted = muted
        self._meaning = meaning
        # A plain label has the palette's colour anyway; Qt tells of changes some ten times while a page is put together.
        self._has_own_colour = muted or meaning is not None
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(role, monospaced=monospaced))
        self.setWordWrap(wrap)
        if selectable:
            self.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
        if self._has_own_colour:
            self._colour()

    def set_meaning(self, meaning: Meaning | None) -> None:
        """Colour the text by `meaning`; None for the ordinary colour."""
        self._meaning = meaning
        self._has_own_colour = True
        self._colour()

    def changeEvent(self, happened: QEvent) -> None:
        super().changeEvent(happened)
        if self._has_own_colour and happened.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._colour()

    def _colour(self) -> None:
        now = theme.colours(QGuiApplication.palette())
        colour = now.of(self._meaning) if self._meaning else now.muted if self._muted else now.text
        palette = self.palette()
        if palette.color(QPalette.ColorRole.WindowText) != colour:
            palette.setColor(QPalette.ColorRole.WindowText, colour)
            self.setPalette(palette)
