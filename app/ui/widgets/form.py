"""A form's parts: a labelled field with its message below, and a fold for what most people need not see."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import InputError
from app.ui import theme
from app.ui.icons import icon
from app.ui.theme import Meaning, Text
from app.ui.widgets.text import Label

Check = Callable[[], object]
"""Raises InputError when the field's value is not acceptable."""


class Field(QWidget):
    """A label, a control and a line below it that says what is wrong, or else a standing note.

    `check` runs when the control is left, and while typing once the field has complained, so that the message goes as soon as it is
    mended. Nobody is told off in the middle of a word. `beside` stands at the control's right.
    """

    edited = Signal()
    left = Signal()

    def __init__(
        self,
        label: str,
        control: QWidget,
        *,
        note: str = "",
        check: Check | None = None,
        beside: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.control = control
        self._note = note
        self._check = check
        self._label = Label(label, Text.STRONG)
        self._label.setBuddy(control)
        self._message = Label(role=Text.LABEL, muted=True, wrap=True)
        self._error = ""
        control.setAccessibleName(label)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP_TINY)
        layout.addWidget(self._label)
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_SMALL)
        row.addWidget(control, 1)
        if beside is not None:
            row.addWidget(beside)
        layout.addLayout(row)
        layout.addWidget(self._message)
        self._watch(control)
        self._show()

    @property
    def error(self) -> str:
        """What is wrong, as shown; empty when nothing is known to be."""
        return self._error

    def complain(self, text: str) -> None:
        """Show `text` under the control until it is edited or checked again; empty takes a complaint back."""
        self._error = text
        self._show()

    def set_note(self, text: str) -> None:
        """What stands under the control while nothing is wrong."""
        self._note = text
        self._show()

    def is_right(self) -> bool:
        """Check now and show what is wrong."""
        if self._check is not None:
            try:
                self._check()
            except InputError as error:
                self.complain(str(error.details["reason"]))
                return False
        self.complain("")
        return True

    def eventFilter(self, watched: QObject, happened: QEvent) -> bool:
        if happened.type() == QEvent.Type.FocusOut and not self._popup_is_open():
            self._on_left()
        return super().eventFilter(watched, happened)

    def _popup_is_open(self) -> bool:
        return isinstance(self.control, QComboBox) and self.control.view().isVisible()

    def _watch(self, control: QWidget) -> None:
        target: QWidget = control
        match control:
            case QComboBox():
                control.currentTextChanged.connect(self._on_edited)
                target = control.lineEdit() or control
            case QAbstractSpinBox():
                line = control.findChild(QLineEdit)
                if line is not None:
                    line.textChanged.connect(self._on_edited)
                    line.installEventFilter(self)
            case QPlainTextEdit():
                control.textChanged.connect(self._on_edited)
            case QLineEdit():
                control.textChanged.connect(self._on_edited)
        target.installEventFilter(self)

    def _on_edited(self) -> None:
        if self._error:
            self.is_right()
        self.edited.emit()

    def _on_left(self) -> None:
        if self._has_content() or self._error:
            self.is_right()
        self.left.emit()

    def _has_content(self) -> bool:
        """An empty field is not told off for having been walked through; `is_right` asks for it when the form is sent."""
        match self.control:
            case QComboBox():
                return bool(self.control.currentText().strip())
            case QLineEdit():
                return bool(self.control.text().strip())
        return True

    def _show(self) -> None:
        text = self._error or self._note
        self._message.setText(text)
        self._message.setVisible(bool(text))
        self._message.set_meaning(Meaning.DOWN if self._error else None)
        self.control.setProperty("invalid", bool(self._error))
        self.control.style().polish(self.control)
        self.control.setAccessibleDescription(text)


class Fold(QWidget):
    """A head line that shows or hides `content`."""

    toggled = Signal(bool)

    def __init__(self, title: str, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._head = QPushButton()
        self._head.setProperty("kind", "link")
        self._head.setText(title)
        self._head.setAccessibleName(title)
        self._head.setCheckable(True)
        self._content = content
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP_SMALL)
        layout.addWidget(self._head, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(content)
        self._head.toggled.connect(self._apply)
        self._apply(open_=False)

    @property
    def is_open(self) -> bool:
        return self._head.isChecked()

    def set_open(self, open_: bool) -> None:  # noqa: FBT001 - the shape of a Qt setter
        self._head.setChecked(open_)

    def _apply(self, open_: bool) -> None:  # noqa: FBT001 - a slot of QToolButton.toggled
        self._head.setIcon(icon("chevron-down" if open_ else "chevron-right"))
        self._content.setVisible(open_)
        self.toggled.emit(open_)
