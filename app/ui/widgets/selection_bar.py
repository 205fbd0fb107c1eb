"""The bar under a table: how much is selected, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QWidget

from app.ui import icons, theme
from app.ui.widgets.text import Label


class SelectionBar(QFrame):
    """Hidden while nothing is selected."""

    def __init__(self, actions: Sequence[QAction], clear: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._count = Label(role=theme.Text.STRONG)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP, theme.GAP_TINY, theme.GAP_TINY, theme.GAP_TINY)
        row.setSpacing(theme.GAP_SMALL)
        row.addWidget(self._count)
        row.addStretch(1)
        for action in actions:
            row.addWidget(self._button(action))
        dismiss = QToolButton()
        dismiss.setDefaultAction(clear)
        dismiss.setIcon(icons.icon("x"))
        dismiss.setAccessibleName(clear.text())
        row.addWidget(dismiss)
        self.hide()

    def _button(self, action: QAction) -> QPushButton:
        button = QPushButton(action.icon(), action.text())
        button.setEnabled(action.isEnabled())
        button.clicked.connect(action.trigger)
        action.changed.connect(lambda: button.setEnabled(action.isEnabled()))
        return button

    def show_count(self, text: str) -> None:
        """`text` says what is selected; empty hides the bar."""
        self._count.setText(text)
        self.setVisible(bool(text))
