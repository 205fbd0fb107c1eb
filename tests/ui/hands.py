"""What the operator's hands do, by Qt's own test events."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


def click(widget: QWidget) -> None:
    """The left button, in the middle."""
    assert widget.isVisible(), "nobody can click what is not shown"
    assert widget.isEnabled(), "nobody can click what is disabled"
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def type_text(widget: QWidget, text: str) -> None:
    """Key by key, into the focused `widget`."""
    widget.setFocus()
    QTest.keyClicks(widget, text)


def press(widget: QWidget, key: Qt.Key) -> None:
    """One key."""
    QTest.keyClick(widget, key)
