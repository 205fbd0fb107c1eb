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
    made: QPainterPath = arrayToQPath(x, y, connect="finite")
    return made


class Sparklines:
    """Curves drawn on demand and kept, for the size and colour of the present repaint.

    Drawing costs; copying does not. So that no repaint takes long, each one may draw only for `BUDGET_SECONDS`: what is left over keeps its
    old drawing (or none yet), `is_behind` tells so, and `catch_up` draws on before the next repaint.
    """

    BUDGET_SECONDS = 0.003

    def __init__(self) -> None:
        self._width, self._height = 0, 0
        self._left: dict[tuple[int, int], npt.NDArray[np.float32]] = {}
        self._drawn: dict[tuple[int, int], tuple[int, QPixmap]] = {}
        self._generation = 0
        self._until = 0.0
        self._colour = QColor()
        self._screen_scale = 1.0

    def begin(self, width: int, height: int, colour: QColor, screen_scale: float) -> None:
        """A repaint begins, with curves of this size and colour, on a screen of that scale."""
        look = (width, height, colour, screen_scale)
        if look != (self._width, self._height, self._colour, self._screen_scale):
            self._width, self._height, self._colour, self._screen_scale = look
            self._drawn.clear()
        self._left.clear()
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
            self._left[key] = curve
            return drawn
        fresh = self._draw(curve)
        self._drawn[key] = (self._generation, fresh)
        return fresh

    @property
    def is_behind(self) -> bool:
        """Curves were asked for that are not drawn yet."""
        return bool(self._left)

    def catch_up(self) -> None:
        """Draw some of what the last repaint left over, for twice its budget."""
        until = time.perf_counter() + 2 * self.BUDGET_SECONDS
        while self._left and time.perf_counter() < until:
            key, curve = self._left.popitem()
            self._drawn[key] = (self._generation, self._draw(curve))

    def _draw(self, curve: npt.NDArray[np.float32]) -> QPixmap:
        scale = self._screen_scale
        drawn = QPixmap(math.ceil(self._width * scale), math.ceil(self._height * scale))
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Width 1 on the device: Qt strokes wider lines ten times slower.
        painter.setPen(QPen(self._colour, 1.0))
        painter.drawPath(path(curve, self._width * scale, self._height * scale))
        painter.end()
        drawn.setDevicePixelRatio(scale)
        return drawn
