"""Small curves for table cells: built by pyqtgraph's path builder, drawn once, and then only copied to the screen."""

import math
import time

import numpy as np
import numpy.typing as npt
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

# One device pixel of air, so that the line is not cut at the edges.
_MARGIN = 1.5
_KEPT = 4000


def path(curve: npt.NDArray[np.float32], width: float, height: float) -> QPainterPath:
    """`curve` of shape (points,), scaled to 0..1 with NaN for gaps, as a line within `width` × `height`. Gaps stay gaps."""
    x = np.linspace(_MARGIN, width - _MARGIN, len(curve))
    y = height - _MARGIN - curve.astype(np.float64) * (height - 2 * _MARGIN)
    made: QPainterPath = arrayToQPath(x, y, connect="finite")  # type: ignore[no-untyped-call] # pyqtgraph has no types
    return made


class Sparklines:
    """Curves drawn on demand and kept, for one size and colour.

    Drawing costs; copying does not. So that no repaint takes long, each one may draw only for `BUDGET_SECONDS`: what is left over keeps its
    old drawing (or none yet) and `is_behind` asks for another repaint.
    """

    BUDGET_SECONDS = 0.003

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.is_behind = False
        self._drawn: dict[tuple[int, int], tuple[int, QPixmap]] = {}
        self._generation = 0
        self._until = 0.0
        self._colour = QColor()
        self._screen_scale = 1.0

    def begin(self, colour: QColor, screen_scale: float) -> None:
        """A repaint begins, with this colour, on a screen of that scale."""
        if (colour, screen_scale) != (self._colour, self._screen_scale):
            self._colour, self._screen_scale = colour, screen_scale
            self._drawn.clear()
        self.is_behind = False
        self._until = time.perf_counter() + self.BUDGET_SECONDS

    def renew(self) -> None:
        """The curves have new values."""
        self._generation += 1
        if len(self._drawn) > _KEPT:
            self._drawn.clear()

    def pixmap(self, key: tuple[int, int], curve: npt.NDArray[np.float32]) -> QPixmap | None:
        """The drawing of `curve`, which `key` identifies; an older one, or None, when this repaint has drawn enough."""
        generation, drawn = self._drawn.get(key, (-1, None))
        if generation == self._generation:
            return drawn
        if time.perf_counter() > self._until:
            self.is_behind = True
            return drawn
        fresh = self._draw(curve)
        self._drawn[key] = (self._generation, fresh)
        return fresh

    def _draw(self, curve: npt.NDArray[np.float32]) -> QPixmap:
        scale = self._screen_scale
        drawn = QPixmap(math.ceil(self.width * scale), math.ceil(self.height * scale))
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Width 1 on the device: Qt strokes wider lines ten times slower.
        painter.setPen(QPen(self._colour, 1.0))
        painter.drawPath(path(curve, self.width * scale, self.height * scale))
        painter.end()
        drawn.setDevicePixelRatio(scale)
        return drawn
