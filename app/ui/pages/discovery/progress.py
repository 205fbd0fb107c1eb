"""How far a scan is, or how it ended, in one line."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from app.models.discovery import ScanSummary
from app.ui import theme, words
from app.ui.widgets.text import Label

_BAR_WIDTH = 200


class ScanStrip(QWidget):
    """Hidden before the first scan. Offers to select what is new once there is something."""

    choose_new = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QProgressBar(textVisible=False, maximum=1000)
        self.bar.setFixedSize(_BAR_WIDTH, theme.GAP_TINY)
        self.bar.setAccessibleName(self.tr("Progress of the scan"))
        self.told = Label(muted=True)
        self.new_button = QPushButton(self.tr("Select all that are new"))
        self.new_button.setProperty("kind", "link")
        self.new_button.clicked.connect(self.choose_new)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP)
        row.addWidget(self.bar)
        row.addWidget(self.told)
        row.addStretch(1)
        row.addWidget(self.new_button)
        self.hide()

    def begin(self) -> None:
        self.bar.setValue(0)
        self.bar.show()
        self.told.setText(self.tr("Counting the addresses …"))
        self.show_new(0)
        self.show()

    def advance(self, done: int, total: int, found: int, remaining: float | None) -> None:
        """`remaining` seconds, None while nobody knows."""
        self.bar.setValue(1000 * done // total if total else 0)
        parts = [
            self.tr("{0} of {1} addresses").format(f"{done:,}", f"{total:,}"),
            self.tr("{0} found").format(f"{found:,}"),
        ]
        if remaining is not None and remaining >= 1:
            parts.append(self.tr("about {0} left").format(words.duration(remaining)))
        self.told.setText(" · ".join(parts))

    def finish(self, summary: ScanSummary, found: int) -> None:
        """All were asked."""
        self.bar.hide()
        parts = [
            self.tr("{0} addresses asked").format(f"{summary.addresses:,}"),
            self.tr("{0} answered").format(f"{summary.answered:,}"),
            self.tr("{0} found").format(f"{found:,}"),
        ]
        if summary.without_route:
            parts.append(self.tr("no route to {0}").format(f"{summary.without_route:,}"))
        self.told.setText(" · ".join(parts))

    def stopped(self, found: int) -> None:
        """The operator has had enough, or it failed."""
        self.bar.hide()
        self.told.setText(self.tr("Stopped; {0} found so far.").format(f"{found:,}"))

    def show_new(self, number: int) -> None:
        """How many could be enrolled and are not."""
        self.new_button.setVisible(number > 0)
        self.new_button.setText(self.tr("Select the {0} that are new").format(f"{number:,}"))
