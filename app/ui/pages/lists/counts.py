"""How many rows are good, bad and so on; each count shows only its rows."""

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.ui import theme
from app.ui.list_words import RowKind, counted_kind
from app.ui.pages.lists.table import MEANINGS
from app.ui.widgets.flow import FlowLayout
from app.ui.widgets.marks import MARK_SIZE, paint_mark


class Chip(QPushButton):
    """A count with the shape of its meaning; pressed, only those rows are shown."""

    def __init__(self, kind: RowKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = kind
        self.setProperty("kind", "chip")
        self.setCheckable(True)

    def show_count(self, count: int) -> None:
        text = counted_kind(self.kind, count)
        self.setText(text)
        self.setAccessibleName(self.tr("{what}: show only these").format(what=text))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        box = QRectF(theme.GAP_SMALL, 0, MARK_SIZE, self.height())
        paint_mark(painter, MEANINGS[self.kind], box, theme.colours(self.palette()))
        painter.end()

    def sizeHint(self) -> QSize:
        # Pressed, its text is bolder; it does not grow.
        return super().sizeHint() + QSize(theme.GAP_TINY, 0)


class CountBar(QWidget):
    """A chip for each kind of row that there is."""

    wanted = Signal(object)
    """The kinds that are to be shown, a frozenset; empty: all that are not hidden."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Show only some rows"))
        self.chips = {kind: Chip(kind) for kind in RowKind}
        row = FlowLayout(self, theme.GAP_SMALL)
        for chip in self.chips.values():
            chip.clicked.connect(self._tell)
            row.addWidget(chip)

    @property
    def text(self) -> str:
        """The counts in one line."""
        return ", ".join(chip.text() for chip in self.chips.values() if not chip.isHidden())

    def show_counts(self, counts: Mapping[RowKind, int], shown: frozenset[RowKind]) -> None:
        """`shown` are the kinds that are asked for."""
        for kind, chip in self.chips.items():
            count = counts.get(kind, 0)
            chip.show_count(count)
            chip.setChecked(kind in shown)
            # How many are good is always told; what there is none of is no choice, unless it is the one that was made.
            chip.setVisible(bool(count) or kind is RowKind.GOOD or kind in shown)

    def choose(self, kinds: frozenset[RowKind]) -> None:
        """As if these had been pressed."""
        for kind, chip in self.chips.items():
            chip.setChecked(kind in kinds)
        self._tell()

    def _tell(self) -> None:
        self.wanted.emit(frozenset(kind for kind, chip in self.chips.items() if chip.isChecked()))
