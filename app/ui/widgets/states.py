"""The four states of every view: empty, loading, error and stale around its content."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.errors import AppError
from app.ui import icons, theme, words
from app.ui.errors import InlineError

_SKELETON_AFTER_MILLISECONDS = 200


class ViewState(StrEnum):
    LOADING = "loading"
    EMPTY = "empty"
    CONTENT = "content"
    STALE = "stale"
    """Content, marked with its age."""
    CONTENT_WITH_ERROR = "content with error"
    """The last good content, with what keeps it from being newer."""
    ERROR = "error"


class IconLabel(QWidget):
    """An icon drawn in the colour of `meaning`, or in the text colour of its tone; follows the theme."""

    def __init__(
        self,
        name: str,
        size: int = theme.ICON,
        tone: icons.Tone = "text",
        parent: QWidget | None = None,
        *,
        meaning: theme.Meaning | None = None,
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._icon = icons.icon(name, tone)
        self._meaning = meaning
        self.setFixedSize(QSize(size, size))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._meaning is None:
            self._icon.paint(painter, self.rect())
        else:
            colour = theme.colours(self.palette()).of(self._meaning)
            painter.drawPixmap(0, 0, icons.pixmap(self._name, self.width(), colour, self.devicePixelRatioF()))
        painter.end()


class EmptyState(QWidget):
    """What this is and, usually, the one button that starts."""

    def __init__(self, icon: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        heading = QLabel(title, alignment=Qt.AlignmentFlag.AlignHCenter)
        heading.setFont(theme.font(theme.Text.SECTION))
        body = QLabel(text, wordWrap=True, alignment=Qt.AlignmentFlag.AlignHCenter)
        body.setForegroundRole(body.palette().ColorRole.PlaceholderText)
        # A centred label that wraps gets the height of one line from its layout.
        body.setFixedSize(theme.MESSAGE_WIDTH, body.heightForWidth(theme.MESSAGE_WIDTH))
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(theme.GAP_SMALL)
        column = QVBoxLayout(self)
        column.setSpacing(theme.GAP)
        column.addStretch(2)
        column.addWidget(IconLabel(icon, 40, "muted"), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(heading)
        column.addWidget(body, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.GAP_TINY)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addLayout(self._buttons)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(3)

    def add_button(self, text: str, pressed: Callable[[], None], *, icon: str = "", main: bool = True) -> QPushButton:
        """The way on from here; the first one is the main one."""
        button = QPushButton(text)
        button.setProperty("kind", "main" if main else "plain")
        if icon:
            button.setIcon(icons.icon(icon, "on_fill" if main else "text"))
        button.clicked.connect(lambda _checked=False: pressed())
        self._buttons.addWidget(button)
        return button


class Skeleton(QWidget):
    """Grey bars where rows will be. It does not move."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colours(self.palette()).skeleton)
        shares = (0.22, 0.12, 0.16, 0.16, 0.14)
        free = self.width() - 2 * theme.GAP_WIDE
        for row, top in enumerate(range(theme.GAP_WIDE, self.height() - theme.ROW_HEIGHT, theme.ROW_HEIGHT)):
            painter.setOpacity(max(0.0, 1 - row * 0.09))
            left = float(theme.GAP_WIDE)
            for column, share in enumerate(shares):
                width = free * share * (0.65 + 0.35 * ((row * 7 + column * 5) % 4) / 3)
                painter.drawRoundedRect(QRectF(left, top, width, 12), 4, 4)
                left += free * (share + 0.05)
        painter.end()


class Banner(QFrame):
    """A quiet strip over content, in the tint of its meaning."""

    def __init__(self, meaning: theme.Meaning, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._meaning = meaning
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(theme.GAP, theme.GAP_SMALL, theme.GAP, theme.GAP_SMALL)
        self._row.setSpacing(theme.GAP_SMALL)

    def hold(self, *widgets: QWidget) -> None:
        """Show these, left to right, instead of what was there; the last one takes the room."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for widget in widgets:
            self._row.addWidget(widget, 1 if widget is widgets[-1] else 0)
        self.setVisible(bool(widgets))

    def give_room_to(self, widget: QWidget) -> None:
        """Let `widget` take the room instead of the last one."""
        for index in range(self._row.count()):
            item = self._row.itemAt(index)
            self._row.setStretch(index, 1 if item is not None and item.widget() is widget else 0)

    def paintEvent(self, _event: QPaintEvent) -> None:
        shades = theme.colours(self.palette())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.mix(shades.surface, shades.of(self._meaning), 0.4))
        painter.setBrush(shades.tint(self._meaning))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.end()


class StateView(QWidget):
    """Shows `content` when there is some, and otherwise why there is none. Begins as loading."""

    def __init__(self, content: QWidget, empty: QWidget | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = ViewState.LOADING
        self._has_content = False
        self._content = content
        self._empty = empty or QWidget()
        self._blank = QWidget()
        self._skeleton = Skeleton()
        self._skeleton.setAccessibleName(self.tr("Loading"))
        self._problem = QWidget()
        self._problem_place = QVBoxLayout(self._problem)
        self._problem_place.setContentsMargins(theme.GAP_SECTION, theme.GAP_PAGE, theme.GAP_SECTION, theme.GAP_PAGE)
        self._problem_place.addStretch(1)
        self._error_banner = Banner(theme.Meaning.DOWN)
        self._stale_banner = Banner(theme.Meaning.STALE)
        self._error_banner.hide()
        self._stale_banner.hide()
        self._stack = QStackedWidget()
        for widget in (self._blank, self._skeleton, self._empty, self._problem, content):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GAP_SMALL)
        column.addWidget(self._error_banner)
        column.addWidget(self._stale_banner)
        column.addWidget(self._stack, 1)
        self._patience = QTimer(self, singleShot=True, interval=_SKELETON_AFTER_MILLISECONDS)
        self._patience.timeout.connect(lambda: self._stack.setCurrentWidget(self._skeleton))

    @property
    def state(self) -> ViewState:
        return self._state

    @property
    def is_showing_skeleton(self) -> bool:
        """Loading has taken long enough to say so."""
        return self._stack.currentWidget() is self._skeleton

    def show_loading(self, *, at_once: bool = False) -> None:
        """A skeleton: once it takes longer than 200 ms, or `at_once` when that is known before. Content that is there stays."""
        if self._has_content or self._state is ViewState.EMPTY:
            return
        self._enter(ViewState.LOADING, self._skeleton if at_once else self._blank)
        if not at_once:
            self._patience.start()

    def start_over(self) -> None:
        """Forget the content: what comes is about something else."""
        self._has_content = False
        self._enter(ViewState.LOADING, self._blank)

    def show_content(self) -> None:
        """The content is there and fresh."""
        self._has_content = True
        self._enter(ViewState.CONTENT, self._content)

    def show_empty(self) -> None:
        """There is nothing to show, and that is known."""
        self._has_content = False
        self._enter(ViewState.EMPTY, self._empty)

    def show_stale(self, taken_at: datetime | None) -> None:
        """The content is of `taken_at` (None: nobody knows) and nothing newer comes."""
        self._has_content = True
        self._enter(ViewState.STALE, self._content)
        self._show_age(taken_at)

    def show_error(
        self,
        error: AppError,
        retry: Callable[[], None] | None = None,
        *,
        retry_text: str = "",
        taken_at: datetime | None = None,
    ) -> None:
        """What went wrong: in place of the content or, if there was some, above it, marked with the time of that content."""
        shown = InlineError(error, retry=retry, retry_text=retry_text)
        if self._has_content:
            self._enter(ViewState.CONTENT_WITH_ERROR, self._content)
            self._error_banner.hold(shown)
            if taken_at is not None:
                self._show_age(taken_at)
            return
        self._enter(ViewState.ERROR, self._problem)
        shown.setMaximumWidth(2 * theme.MESSAGE_WIDTH)
        self._problem_place.insertWidget(0, shown)

    def _show_age(self, taken_at: datetime | None) -> None:
        text = QLabel(
            self.tr("These data are from {moment} ({age}).").format(
                moment=words.moment(taken_at), age=words.age(taken_at)
            )
            if taken_at
            else self.tr("These data are old; since when is not known.")
        )
        self._stale_banner.hold(IconLabel("clock", theme.ICON_SMALL, "muted"), text)

    def _enter(self, state: ViewState, widget: QWidget) -> None:
        self._patience.stop()
        self._state = state
        self._stack.setCurrentWidget(widget)
        self._error_banner.hold()
        self._stale_banner.hold()
        while self._problem_place.count() > 1:
            item = self._problem_place.takeAt(0)
            if item is not None and (old := item.widget()) is not None:
                old.deleteLater()
