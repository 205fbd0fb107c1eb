"""A field for a password that can be looked at, but not taken away."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFocusEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from app.models.secret import Secret
from app.ui.icons import icon


class SecretEdit(QLineEdit):
    """A line edit for secrets: hidden, with a button that reveals it while the field has the focus.

    Nothing of it reaches the clipboard: hidden text cannot be copied, and revealed text cannot be selected. It has no undo history once
    `take()` has been called.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setDragEnabled(False)
        self._reveal = QAction(icon("eye"), self.tr("Show"), self)
        self._reveal.setCheckable(True)
        self._reveal.toggled.connect(self._apply)
        self.addAction(self._reveal, QLineEdit.ActionPosition.TrailingPosition)
        self.selectionChanged.connect(self._refuse_selection)

    @property
    def is_revealed(self) -> bool:
        return self._reveal.isChecked()

    @property
    def is_empty(self) -> bool:
        return not self.text()

    def take(self) -> Secret:
        """What was typed; the widget forgets it."""
        text = Secret(self.text())
        self.clear()
        self.setModified(False)
        return text

    def focusOutEvent(self, happened: QFocusEvent) -> None:
        if happened.reason() is not Qt.FocusReason.PopupFocusReason:
            self._reveal.setChecked(False)
        super().focusOutEvent(happened)

    def _apply(self, revealed: bool) -> None:  # noqa: FBT001 - a slot of QAction.toggled
        self.deselect()
        self.setEchoMode(QLineEdit.EchoMode.Normal if revealed else QLineEdit.EchoMode.Password)
        self._reveal.setIcon(icon("eye-off" if revealed else "eye"))
        self._reveal.setText(self.tr("Hide") if revealed else self.tr("Show"))

    def _refuse_selection(self) -> None:
        if self.is_revealed and self.hasSelectedText():
            self.deselect()
