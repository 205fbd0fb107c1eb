"""What dialogs of several parts share: they scroll, have the four states, tell what failed in place, and end in a row of buttons."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui import theme
from app.ui.errors import InlineError
from app.ui.widgets.states import StateView


class ScrolledDialog(QDialog):
    """Goes away for good when it is closed. Whoever inherits fills `rows`, then calls `compose` once."""

    def __init__(self, title: str, height: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(theme.FORM_WIDTH + 2 * theme.GAP_SECTION)
        self._height = height
        self._failure: InlineError | None = None
        # From the outside in: what gets another parent is styled anew with all that is in it, and a form would be four times.
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_SECTION, theme.GAP_WIDE)
        self._column.setSpacing(theme.GAP_WIDE)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view = StateView(self._scroll)
        self._column.addWidget(self.view, 1)
        inner = QWidget()
        self._scroll.setWidget(inner)
        self.rows = QVBoxLayout(inner)
        self.rows.setContentsMargins(0, 0, theme.GAP, 0)
        self.rows.setSpacing(theme.GAP)

    def compose(self, name: str, beside: QWidget, *buttons: QPushButton) -> None:
        """Put `rows`, called `name` for those who cannot see them, over `beside` and the buttons."""
        self.rows.addStretch()
        self._scroll.setAccessibleName(name)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP_SMALL)
        self._column.addLayout(foot)
        foot.addWidget(beside, 1)
        for button in buttons:
            foot.addWidget(button)
        # At once, so that the desktop finds a place for all of it.
        self.resize(self.minimumWidth(), self._height)

    def fail(self, error: AppError) -> None:
        """Nothing was changed; what was typed counts still."""
        self.drop_failure()
        self._failure = InlineError(error)
        self._column.insertWidget(1, self._failure)

    def drop_failure(self) -> None:
        """What failed before counts no more."""
        if self._failure is not None:
            self._failure.hide()
            self._failure.deleteLater()
            self._failure = None
