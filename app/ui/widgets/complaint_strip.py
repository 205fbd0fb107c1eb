"""What is wrong with a line, said beside what it is about."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.errors import AppError
from app.ui import theme
from app.ui.errors import advice_of, message_of
from app.ui.widgets.states import IconLabel
from app.ui.widgets.text import Label


class ComplaintStrip(QWidget):
    """Hidden while there is nothing to complain of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = Label(wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_SMALL, 0, 0, 0)
        row.setSpacing(theme.GAP_SMALL)
        row.addWidget(IconLabel("triangle-alert", theme.ICON_SMALL, meaning=theme.Meaning.ATTENTION))
        row.addWidget(self.text, 1)
        self.hide()

    def show_error(self, error: AppError | None) -> None:
        """Say `error` and what would be right; None: nothing."""
        if error is not None:
            self.text.setText(f"{message_of(error)} {advice_of(error)}")
        self.setVisible(error is not None)
