"""How far a run is: a bar with a piece for each state, and the same in words."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.models.bulk import ItemState
from app.ui import theme, words
from app.ui.run_words import MEANINGS, counts_text
from app.ui.theme import Text
from app.ui.widgets.text import Label

_BAR_HEIGHT = 8
_ORDER = (ItemState.DONE, ItemState.FAILED, ItemState.CANCELLED, ItemState.RUNNING)


class ProgressBar(QWidget):
    """Pieces in the colours of what they mean; the words beside it say the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[ItemState, int] = {}
        self.setFixedHeight(_BAR_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Progress of the run"))

    def sizeHint(self) -> QSize:
        return QSize(200, _BAR_HEIGHT)

    def show_counts(self, counts: dict[ItemState, int]) -> None:
        if counts != self._counts:
            self._counts = dict(counts)
            self.setAccessibleDescription(counts_text(counts))
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        shades = theme.colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        shape = QPainterPath()
        shape.addRoundedRect(area, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.setClipPath(shape)
        painter.fillRect(area, shades.skeleton)
        total, left = sum(self._counts.values()), area.left()
        for state in _ORDER:
            if total and (count := self._counts.get(state, 0)):
                width = area.width() * count / total
                painter.fillRect(QRectF(left, area.top(), width, area.height()), shades.of(MEANINGS[state]))
                left += width
        painter.end()


class ProgressStrip(QWidget):
    """The bar, how many devices are in which state, how long it will still take, and how many are worked on at a time."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = ProgressBar()
        self.counts = Label(role=Text.STRONG)
        self.remaining = Label(muted=True)
        self.pace = Label(muted=True)
        self.pace.setToolTip(
            self.tr(
                "Plantwatch works on as many devices at a time as goes well: one more while they succeed, half as many when the network, "
                "a jump host or a device drops connections. A device that hangs holds up nobody."
            )
        )
        row = QHBoxLayout()
        row.setSpacing(theme.GAP_WIDE)
        row.addWidget(self.counts)
        row.addStretch(1)
        row.addWidget(self.remaining)
        row.addWidget(self.pace)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_SMALL)
        column.addWidget(self.bar)
        column.addLayout(row)

    def show_counts(self, counts: dict[ItemState, int]) -> None:
        """How many devices are in which state."""
        self.bar.show_counts(counts)
        self.counts.setText(counts_text(counts))

    def show_pace(self, at_a_time: int, remaining_seconds: float | None, *, standing: str = "") -> None:
        """`standing` says why nothing new is begun; `at_a_time` 0: nobody works on it, as far as is known here."""
        left = remaining_seconds
        if standing:
            self.remaining.setText(standing)
        elif not at_a_time:
            self.remaining.setText("")
        elif left is None:
            self.remaining.setText(self.tr("remaining time not known yet"))
        else:
            self.remaining.setText(self.tr("about {left} left").format(left=words.duration(left)) if left >= 1 else "")
        self.pace.setText(self.tr("{n} at a time").format(n=at_a_time) if at_a_time and not standing else "")
