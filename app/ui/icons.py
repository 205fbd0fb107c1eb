"""The outline icons under resources/icons, drawn in the text colour of the moment at the exact size of the screen."""

from functools import cache
from typing import Literal

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from app.paths import resource

Tone = Literal["text", "muted", "on_fill"]


@cache
def _source(name: str) -> str:
    return resource("icons", f"{name}.svg").read_text(encoding="utf-8")


def read_all() -> None:
    """Read every icon's file. For a worker: the window then never waits for the disk in the middle of its work."""
    for path in resource("icons").glob("*.svg"):
        _source(path.stem)


def pixmap(name: str, size: int, colour: QColor, scale: float = 1.0) -> QPixmap:
    """The icon at `size` device-independent pixels for a screen of `scale`. Raises FileNotFoundError for an unknown name."""
    key = f"icon/{name}/{size}/{colour.name()}/{scale}"
    drawn = QPixmap()
    if QPixmapCache.find(key, drawn):
        return drawn
    side = round(size * scale)
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour.name()).encode()))
    painter = QPainter(drawn)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    drawn.setDevicePixelRatio(scale)
    QPixmapCache.insert(key, drawn)
    return drawn


class _TintedEngine(QIconEngine):
    """Asks for the palette at each drawing, so a change of theme needs no new icons. Stands at the left of the room it is given."""

    def __init__(self, name: str, tone: Tone) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def _colour(self, mode: QIcon.Mode) -> QColor:
        roles = {"text": QPalette.ColorRole.WindowText, "muted": QPalette.ColorRole.PlaceholderText}
        role = roles.get(self._tone, QPalette.ColorRole.BrightText)
        group = QPalette.ColorGroup.Disabled if mode is QIcon.Mode.Disabled else QPalette.ColorGroup.Active
        return QGuiApplication.palette().color(group, role)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        corner = rect.topLeft() + QPoint(0, (rect.height() - side) // 2)
        scale = painter.device().devicePixelRatioF()
        painter.drawPixmap(corner, pixmap(self._name, side, self._colour(mode), scale))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(self, size: QSize, mode: QIcon.Mode, _state: QIcon.State, scale: float) -> QPixmap:
        drawn = pixmap(self._name, min(size.width(), size.height()), self._colour(mode), scale)
        if size.width() <= size.height():
            return drawn
        # A button asks for more width than height: the rest is air before its text, of which Qt leaves too little.
        wide = QPixmap(round(size.width() * scale), drawn.height())
        wide.setDevicePixelRatio(scale)
        wide.fill(Qt.GlobalColor.transparent)
        painter = QPainter(wide)
        painter.drawPixmap(0, 0, drawn)
        painter.end()
        return wide

    def clone(self) -> QIconEngine:
        return _TintedEngine(self._name, self._tone)


def icon(name: str, tone: Tone = "text") -> QIcon:
    """The icon of that file name, without its ending; follows the theme by itself."""
    _source(name)
    return QIcon(_TintedEngine(name, tone))
