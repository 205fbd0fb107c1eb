"""What the operator's hands do, by Qt's own test events.

Each is done within the event loop, as with real hands, so that the watchdog sees how long the window took for it.
"""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget


def click(widget: QWidget) -> None:
    """The left button, in the middle."""
    assert widget.isVisible(), "nobody can click what is not shown"
    assert widget.isEnabled(), "nobody can click what is disabled"
    _within_the_loop(lambda: QTest.mouseClick(widget, Qt.MouseButton.LeftButton))


def type_text(widget: QWidget, text: str) -> None:
    """Key by key, into the focused `widget`."""
    widget.setFocus()
    for character in text:
        _within_the_loop(partial(QTest.keyClicks, widget, character))


def press(widget: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """One key, with `modifiers` held."""
    _within_the_loop(lambda: QTest.keyClick(widget, key, modifiers))


def _within_the_loop(act: Callable[[], None]) -> None:
    loop = QEventLoop()

    def do() -> None:
        try:
            act()
        finally:
            # One more turn: the watchdog sees the end of this one at its beginning.
            QTimer.singleShot(0, loop.quit)

    QTimer.singleShot(0, do)
    loop.exec()
