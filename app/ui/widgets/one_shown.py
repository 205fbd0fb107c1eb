"""Widgets in one place, of which one is shown."""

from PySide6.QtWidgets import QVBoxLayout, QWidget


class OneShown(QWidget):
    """Like QStackedWidget, but as high as the one that is shown needs it, and only that one is ever laid out.

    QStackedWidget asks every page for its height whenever anything around it changes. With pages of wrapped text that took 10 to 20 ms at
    each step of the wizard, and a short step scrolled because another one is long.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: QWidget | None = None
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)

    def add(self, widget: QWidget) -> None:
        """Add it, hidden."""
        widget.hide()
        self._rows.addWidget(widget)

    def show_one(self, widget: QWidget) -> None:
        """Show `widget`, which was added, in place of the one before."""
        if widget is self._shown:
            return
        if self._shown is not None:
            self._shown.hide()
        self._shown = widget
        widget.show()
