"""Quiet words at the foot of the window: what changed, with a way back; a failure stays until it is seen."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.ui import icons, theme
from app.ui.pages.page import Notice
from app.ui.widgets.states import Banner, IconLabel

_SHOWN_MILLISECONDS = 8000
_MAXIMUM = 3
_ICONS = {
    theme.Meaning.UP: "circle-check",
    theme.Meaning.DOWN: "circle-x",
    theme.Meaning.ATTENTION: "triangle-alert",
}


class NoticeArea(QWidget):
    """The notices, newest at the bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(theme.GAP_SECTION, 0, theme.GAP_SECTION, 0)
        self._column.setSpacing(theme.GAP_TINY)
        self._banners: list[Banner] = []
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        banner = Banner(notice.meaning)
        text = QLabel(notice.text, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        close = QToolButton()
        close.setIcon(icons.icon("x"))
        close.setAccessibleName(self.tr("Dismiss"))
        close.clicked.connect(lambda _checked=False: self._dismiss(banner))
        parts: list[QWidget] = [IconLabel(_ICONS.get(notice.meaning, "info"), theme.ICON_SMALL), text]
        for verb, act in ((notice.action_text, notice.action), (notice.other_text, notice.other)):
            if act is not None:
                button = QPushButton(verb)
                button.clicked.connect(partial(self._press, banner, act))
                parts.append(button)
        banner.hold(*parts, close)
        banner.give_room_to(text)
        banner.setAccessibleName(notice.text)
        self._column.addWidget(banner)
        self._banners.append(banner)
        while len(self._banners) > _MAXIMUM:
            self._dismiss(self._banners[0])
        if notice.meaning is not theme.Meaning.DOWN and not notice.stays:
            # A child of the banner, so that it ends with it.
            patience = QTimer(banner, singleShot=True, interval=_SHOWN_MILLISECONDS)
            patience.timeout.connect(lambda: self._dismiss(banner))
            patience.start()
        self.show()

    def _press(self, banner: Banner, act: Callable[[], None], _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - the signature of clicked
        self._dismiss(banner)
        act()

    def _dismiss(self, banner: Banner) -> None:
        if banner in self._banners:
            self._banners.remove(banner)
            self._column.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
        self.setVisible(bool(self._banners))
