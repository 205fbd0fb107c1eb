"""Says that a list shows certain endpoints only, and why; one press shows all again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.ui import theme
from app.ui.widgets.states import IconLabel
from app.ui.widgets.text import Label


class LimitStrip(QWidget):
    """Hidden while there is no limit."""

    lifted = Signal()
    """All are wanted again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: frozenset[str] | None = None
        """The endpoints that are to be shown; None: all."""
        self.text = Label(role=theme.Text.STRONG)
        self.all_button = QPushButton(self.tr("Show all"))
        self.all_button.setProperty("kind", "link")
        self.all_button.clicked.connect(self.lift)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_SMALL, 0, 0, 0)
        row.setSpacing(theme.GAP_SMALL)
        row.addWidget(IconLabel("search", theme.ICON_SMALL, "muted"))
        row.addWidget(self.text)
        row.addWidget(self.all_button)
        row.addStretch(1)
        self.hide()

    def show_limit(self, names: frozenset[str] | None, title: str) -> None:
        """Only `names`, because of `title`; None: all."""
        self.names = names
        if names is not None:
            self.text.setText(self.tr("Only {n}: {why}").format(n=len(names), why=title))
        self.setVisible(names is not None)

    def lift(self) -> None:
        """Show all again."""
        self.show_limit(None, "")
        self.lifted.emit()
