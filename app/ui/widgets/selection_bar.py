"""The bar under a table: how much is selected, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QToolButton, QWidget

from app.ui import icons, theme
from app.ui.widgets.text import Label


class SelectionBar(QFrame):
    """Hidden while nothing is selected. Where the words of its buttons have no room, their icons stand alone."""

    def __init__(self, actions: Sequence[QAction], clear: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self._count = Label(role=theme.Text.STRONG)
        self._texts: dict[QPushButton, str] = {}
        self._shows_words = True
        self._width_with_words = 0
        # It never asks for more room than there is.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._row = row = QHBoxLayout(self)
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
        button.setAccessibleName(action.text())
        button.setToolTip(action.text())
        self._texts[button] = action.text()
        button.setEnabled(action.isEnabled())
        if not action.isVisible():  # shown before it is in the bar, it would be a window
            button.hide()
        if isinstance(menu := action.menu(), QMenu):  # declared as any object
            button.setMenu(menu)
        else:
            button.clicked.connect(action.trigger)
        action.changed.connect(lambda: self._follow(button, action))
        return button

    def _follow(self, button: QPushButton, action: QAction) -> None:
        button.setEnabled(action.isEnabled())
        button.setVisible(action.isVisible())
        if action.text() == self._texts[button]:
            return
        self._texts[button] = action.text()
        button.setAccessibleName(action.text())
        button.setToolTip(action.text())
        # What its words need is measured anew.
        for each, text in self._texts.items():
            each.setText(text)
        self._shows_words, self._width_with_words = True, 0
        self._fit()

    def show_count(self, text: str) -> None:
        """`text` says what is selected; empty hides the bar."""
        self._count.setText(text)
        self.setVisible(bool(text))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._width_with_words == 0:
            self._width_with_words = self._row.sizeHint().width() - self._count.sizeHint().width()
        fits = self._width_with_words + self._count.sizeHint().width() <= self.width()
        if fits != self._shows_words:
            self._shows_words = fits
            for button, text in self._texts.items():
                button.setText(text if fits else "")
