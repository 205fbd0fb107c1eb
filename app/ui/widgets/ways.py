"""One device or many: the two ways to enrol, side by side in the page's head."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QWidget

from app.ui import theme


class EnrolWays(QWidget):
    """Shows which of the two pages one is on, and leads to the other."""

    def __init__(self, here: str, navigate: Callable[[str, str], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("How many devices"))
        self._here = here
        self._group = QButtonGroup(self, exclusive=True)
        self.buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GAP_TINY)
        for key, text in (("enrol", self.tr("One device")), ("lists", self.tr("Many devices"))):
            button = QPushButton(text)
            button.setProperty("kind", "way")
            button.setCheckable(True)
            button.setChecked(key == here)
            button.clicked.connect(partial(self._go, key, navigate))
            self._group.addButton(button)
            self.buttons[key] = button
            row.addWidget(button)

    def _go(self, key: str, navigate: Callable[[str, str], None]) -> None:
        # Each page has a pair of its own, which goes on showing where it stands.
        self.buttons[self._here].setChecked(True)
        if key != self._here:
            navigate(key, "")
