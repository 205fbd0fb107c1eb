"""The bar of pages on the left; icons alone when the window is narrow."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from app.ui import icons, theme


class NavigationButton(QAbstractButton):
    """One page: icon, name, and a count where it asks for action."""

    def __init__(self, text: str, icon: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setIcon(icons.icon(icon))
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFixedHeight(theme.ROW_HEIGHT)
        self._count = 0
        self._collapsed = False
        self.show_count(0)

    def show_count(self, count: int) -> None:
        self._count = count
        name = self.tr("{page}, {count} to look at").format(page=self.text(), count=count) if count else self.text()
        self.setAccessibleName(name)
        self.setToolTip(name if self._collapsed else "")
        self.update()

    def set_collapsed(self, *, collapsed: bool) -> None:
        self._collapsed = collapsed
        self.show_count(self._count)

    def sizeHint(self) -> QSize:
        return QSize(theme.NAVIGATION_WIDTH_COLLAPSED if self._collapsed else theme.NAVIGATION_WIDTH, theme.ROW_HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        shades = theme.colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.isChecked() or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shades.selection if self.isChecked() else shades.border)
            painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            painter.setPen(shades.accent)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        left = (self.width() - theme.ICON) // 2 if self._collapsed else theme.GAP_SMALL
        top = (self.height() - theme.ICON) // 2
        self.icon().paint(painter, left, top, theme.ICON, theme.ICON)
        if not self._collapsed:
            painter.setPen(shades.text)
            painter.setFont(theme.font(theme.Text.STRONG if self.isChecked() else theme.Text.BODY))
            text_left = theme.GAP_SMALL + theme.ICON + theme.GAP
            painter.drawText(box.adjusted(text_left, 0, -theme.GAP_PAGE, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
        if self._count:
            self._paint_count(painter, shades)
        painter.end()

    def _paint_count(self, painter: QPainter, shades: theme.Colours) -> None:
        painter.setFont(theme.font(theme.Text.LABEL))
        text = str(self._count) if self._count < 1000 else "999+"
        width = max(18, painter.fontMetrics().horizontalAdvance(text) + 10)
        centre = QPointF(self.width() - theme.GAP_SMALL - width / 2, self.height() / 2)
        if self._collapsed:
            centre = QPointF(self.width() - width / 2 - 2, 10)
        badge = QRectF(centre.x() - width / 2, centre.y() - 9, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(shades.danger_fill)
        painter.drawRoundedRect(badge, 9, 9)
        painter.setPen(shades.on_fill)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)


class NavigationBar(QWidget):
    """The pages in their order. `chosen` carries the key of the page that the operator wants."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Pages"))
        self._group = QButtonGroup(self, exclusive=True)
        self._buttons: dict[str, NavigationButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.GAP_SMALL, theme.GAP, theme.GAP_SMALL, theme.GAP_SMALL)
        self._column.setSpacing(theme.GAP_TINY)
        self._column.addStretch(1)
        self.set_collapsed(collapsed=False)

    def add(self, key: str, text: str, icon: str) -> None:
        button = NavigationButton(text, icon)
        button.clicked.connect(lambda: self.chosen.emit(key))
        self._group.addButton(button)
        self._buttons[key] = button
        self._column.insertWidget(self._column.count() - 1, button)

    def mark(self, key: str) -> None:
        """Show `key` as the present page; a page without an entry leaves the mark where it is."""
        if key in self._buttons:
            self._buttons[key].setChecked(True)

    def button(self, key: str) -> NavigationButton:
        return self._buttons[key]

    @property
    def marked(self) -> str:
        """The key of the present page's entry; empty for none."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    @property
    def has_keyboard(self) -> bool:
        """The operator walks along the pages by keyboard."""
        return any(button.hasFocus() for button in self._buttons.values())

    def show_count(self, key: str, count: int) -> None:
        self._buttons[key].show_count(count)

    def set_collapsed(self, *, collapsed: bool) -> None:
        self.setFixedWidth(theme.NAVIGATION_WIDTH_COLLAPSED if collapsed else theme.NAVIGATION_WIDTH)
        for button in self._buttons.values():
            button.set_collapsed(collapsed=collapsed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        buttons = list(self._buttons.values())
        focused = next((index for index, button in enumerate(buttons) if button.hasFocus()), None)
        if step is None or focused is None:
            super().keyPressEvent(event)
            return
        buttons[(focused + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)
