"""Every colour, size and font of the window. Colours follow from the palette in force, so a widget asks `colours(self.palette())`."""

import time
from collections import deque
from dataclasses import dataclass
from enum import Enum, StrEnum

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.paths import resource

# Lengths in device-independent pixels: a grid of 4.
GAP_TINY, GAP_SMALL, GAP, GAP_WIDE, GAP_SECTION, GAP_PAGE = 4, 8, 12, 16, 24, 32
CONTROL_HEIGHT = 32
ROW_HEIGHT = 36
ROW_HEIGHT_COMPACT = 28
RADIUS = 6
ICON_SMALL, ICON = 16, 20
NAVIGATION_WIDTH, NAVIGATION_WIDTH_COLLAPSED = 200, 56
COLLAPSE_BELOW = 1100
FORM_WIDTH = 560
MESSAGE_WIDTH = 520
MINIMUM_WIDTH, MINIMUM_HEIGHT = 760, 480

_TURN_SECONDS = 0.015
"""How long a change of theme holds the window at a time."""


class Text(Enum):
    """The text roles: size in pixels and weight."""

    LABEL = (11, QFont.Weight.Normal)
    BODY = (13, QFont.Weight.Normal)
    STRONG = (13, QFont.Weight.DemiBold)
    SECTION = (15, QFont.Weight.DemiBold)
    TITLE = (20, QFont.Weight.DemiBold)


class Meaning(StrEnum):
    """What a colour says. It never says it alone: a shape or a word stands beside it."""

    UP = "up"
    ATTENTION = "attention"
    DOWN = "down"
    UNKNOWN = "unknown"
    STALE = "stale"
    PAUSED = "paused"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme. `window` lies behind everything, `surface` behind content, `raised` under headers and hovered things."""

    is_dark: bool
    window: QColor
    surface: QColor
    raised: QColor
    border: QColor
    control_border: QColor
    text: QColor
    muted: QColor
    accent: QColor
    """Links, focus, the line of a sparkline."""
    accent_fill: QColor
    """Behind `on_fill`: the main button."""
    danger_fill: QColor
    on_fill: QColor
    selection: QColor
    skeleton: QColor
    meanings: dict[Meaning, QColor]
    series: tuple[QColor, ...]

    def of(self, meaning: Meaning) -> QColor:
        return self.meanings[meaning]

    def tint(self, meaning: Meaning) -> QColor:
        """The quiet background of a banner or badge of that meaning."""
        return mix(self.surface, self.meanings[meaning], 0.12)


def mix(below: QColor, above: QColor, share: float) -> QColor:
    """`share` (0..1) of `above` over `below`."""

    def channel(low: int, high: int) -> int:
        return round(low + (high - low) * share)

    return QColor(
        channel(below.red(), above.red()), channel(below.green(), above.green()), channel(below.blue(), above.blue())
    )


LIGHT = Colours(
    is_dark=False,
    window=QColor("#f3f5f8"),
    surface=QColor("#ffffff"),
    raised=QColor("#f7f9fb"),
    border=QColor("#dde2e9"),
    control_border=QColor("#8b95a3"),
    text=QColor("#18212d"),
    muted=QColor("#556171"),
    accent=QColor("#1a5fb4"),
    accent_fill=QColor("#1a5fb4"),
    danger_fill=QColor("#b8222b"),
    on_fill=QColor("#ffffff"),
    selection=QColor("#dbe8f8"),
    skeleton=QColor("#e6eaf0"),
    meanings={
        Meaning.UP: QColor("#156c2e"),
        Meaning.ATTENTION: QColor("#7d5400"),
        Meaning.DOWN: QColor("#c0202b"),
        Meaning.UNKNOWN: QColor("#6a5b85"),
        Meaning.STALE: QColor("#566170"),
        Meaning.PAUSED: QColor("#48647f"),
        Meaning.INFO: QColor("#1a5fb4"),
    },
    # Okabe and Ito's hues, darkened until they stand out from white.
    series=tuple(QColor(name) for name in ("#0072b2", "#c65300", "#00805d", "#a4508b", "#7a6a00", "#3a8fc4")),
)

DARK = Colours(
    is_dark=True,
    window=QColor("#12161c"),
    surface=QColor("#1a1f27"),
    raised=QColor("#212832"),
    border=QColor("#303946"),
    control_border=QColor("#6b7787"),
    text=QColor("#e4e9f0"),
    muted=QColor("#9ba7b6"),
    accent=QColor("#74abf5"),
    accent_fill=QColor("#2a67bd"),
    danger_fill=QColor("#bf3038"),
    on_fill=QColor("#ffffff"),
    selection=QColor("#203650"),
    skeleton=QColor("#2a323d"),
    meanings={
        Meaning.UP: QColor("#4cc267"),
        Meaning.ATTENTION: QColor("#e3ac3a"),
        Meaning.DOWN: QColor("#ff7b74"),
        Meaning.UNKNOWN: QColor("#b3a3d1"),
        Meaning.STALE: QColor("#97a3b2"),
        Meaning.PAUSED: QColor("#93aecb"),
        Meaning.INFO: QColor("#74abf5"),
    },
    series=tuple(QColor(name) for name in ("#56b4e9", "#e69f00", "#2ec49a", "#d68fb6", "#f0e442", "#ef7d3c")),
)


def colours(palette: QPalette) -> Colours:
    """The theme that `palette` belongs to."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def font(role: Text, *, monospaced: bool = False) -> QFont:
    """The desktop's font (or its fixed-width one) at the size and weight of `role`, with figures of equal width."""
    chosen = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont) if monospaced else QFont(QApplication.font())
    size, weight = role.value
    chosen.setPixelSize(size)
    chosen.setWeight(weight)
    chosen.setFeature(QFont.Tag("tnum"), 1)
    return chosen


def palette_of(theme: Colours) -> QPalette:
    """The Qt palette of `theme`."""
    roles = QPalette.ColorRole
    palette = QPalette()
    for role, colour in {
        roles.Window: theme.window,
        roles.WindowText: theme.text,
        roles.Base: theme.surface,
        roles.AlternateBase: theme.raised,
        roles.Text: theme.text,
        roles.PlaceholderText: theme.muted,
        roles.Button: theme.surface,
        roles.ButtonText: theme.text,
        roles.BrightText: theme.on_fill,
        roles.ToolTipBase: theme.raised,
        roles.ToolTipText: theme.text,
        roles.Highlight: theme.selection,
        roles.HighlightedText: theme.text,
        roles.Accent: theme.accent_fill,
        roles.Link: theme.accent,
        roles.Midlight: theme.raised,
        roles.Mid: theme.border,
        roles.Dark: theme.control_border,
        # What Qt has no role for, in roles that nothing else here draws with: the style sheet can only name roles.
        roles.LinkVisited: theme.danger_fill,
        roles.Light: theme.of(Meaning.DOWN),
        roles.Shadow: mix(theme.surface, theme.control_border, 0.5),
    }.items():
        palette.setColor(role, colour)
    faded = mix(theme.surface, theme.muted, 0.7)
    for role in (roles.WindowText, roles.Text, roles.ButtonText, roles.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faded)
    return palette


def style_sheet() -> str:
    """What the Fusion style does not do by palette alone. Its colours are the palette's: see `palette_of` for what each role stands for."""
    check = resource("icons", "controls", "check.svg").as_posix()
    minus = resource("icons", "controls", "minus.svg").as_posix()
    arrow = resource("icons", "controls", "arrow").as_posix()
    return f"""
    QPushButton, QComboBox, QLineEdit, QSpinBox {{
        min-height: {CONTROL_HEIGHT - 2}px; border: 1px solid palette(dark); border-radius: {RADIUS}px;
        background: palette(base); padding: 0 {GAP_SMALL}px;
    }}
    QPushButton {{
        padding: 0 {GAP}px; font-weight: 600; border-color: palette(mid);
        qproperty-iconSize: {ICON_SMALL + GAP_TINY}px {ICON_SMALL}px;
    }}
    QPushButton:hover, QComboBox:hover {{ background: palette(alternate-base); }}
    QPushButton:pressed {{ background: palette(highlight); }}
    QPushButton:disabled, QLineEdit:disabled, QComboBox:disabled {{ color: palette(placeholder-text); background: palette(window); }}
    QPushButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus {{ border: 2px solid palette(link); padding: 0 {GAP_SMALL - 1}px; }}
    QPushButton:focus {{ padding: 0 {GAP - 1}px; }}
    QPushButton[kind="main"] {{ background: palette(accent); color: palette(bright-text); border-color: palette(accent); }}
    QPushButton[kind="danger"] {{ background: palette(link-visited); color: palette(bright-text); border-color: palette(link-visited); }}
    QPushButton[kind="main"]:hover, QPushButton[kind="danger"]:hover {{ border-color: palette(text); }}
    QPushButton[kind="main"]:focus, QPushButton[kind="danger"]:focus {{ border: 2px solid palette(text); }}
    QPushButton[kind="link"] {{ border: none; background: transparent; color: palette(link); padding: 0; text-align: left; }}
    QPushButton[kind="link"]:focus, QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
    QPushButton[kind="quiet"] {{
        border: 1px solid transparent; background: transparent; font-weight: 400; padding: 0 {GAP_TINY}px;
        min-height: {ROW_HEIGHT_COMPACT - 8}px; text-align: left;
    }}
    QPushButton[kind="quiet"]:hover {{ background: palette(alternate-base); }}
    QPushButton[kind="quiet"]:focus {{ border: 1px solid palette(link); }}
    QLineEdit[invalid="true"] {{ border-color: palette(light); }}
    QLineEdit[kind="cell"], QComboBox[kind="cell"] {{ min-height: 0; border-radius: {GAP_TINY}px; padding: 0 {GAP_TINY}px; }}
    QComboBox[kind="cell"] {{ border-color: palette(mid); }}
    QComboBox[kind="cell"][doubtful="true"] {{ border: 1px dashed palette(dark); }}
    QComboBox[kind="cell"]:focus {{ border: 2px solid palette(link); }}
    QPushButton[kind="chip"] {{ min-height: {ROW_HEIGHT_COMPACT - 4}px; font-weight: 400; padding: 0 {GAP_SMALL}px 0 {GAP_SECTION}px; }}
    QPushButton[kind="chip"]:checked {{ background: palette(highlight); border-color: palette(link); font-weight: 600; }}
    QPushButton[kind="way"]:checked {{ background: palette(highlight); border-color: palette(link); }}
    QToolButton {{ border: 1px solid transparent; border-radius: {RADIUS}px; padding: {GAP_TINY}px; min-height: {CONTROL_HEIGHT - 10}px; }}
    QToolButton:hover, QToolButton:pressed, QToolButton:checked {{ background: palette(alternate-base); }}
    QToolButton:focus {{ border-color: palette(link); }}
    QLineEdit QToolButton {{ border: none; padding: 0; min-height: 0; }}
    QComboBox::drop-down {{ border: none; width: {GAP_SECTION}px; }}
    QComboBox::down-arrow {{ image: url("{arrow}-down.svg"); width: {ICON_SMALL}px; height: {ICON_SMALL}px; }}
    QProgressBar {{ border: none; border-radius: 2px; background: palette(mid); }}
    QProgressBar::chunk {{ border-radius: 2px; background: palette(link); }}
    QSpinBox::up-button, QSpinBox::down-button {{ border: none; background: transparent; width: {GAP_SECTION}px; }}
    QSpinBox::up-arrow {{ image: url("{arrow}-up.svg"); width: {GAP}px; height: {GAP}px; }}
    QSpinBox::down-arrow {{ image: url("{arrow}-down.svg"); width: {GAP}px; height: {GAP}px; }}
    QRadioButton, QCheckBox {{ spacing: {GAP_SMALL}px; min-height: {GAP_SECTION}px; }}
    QRadioButton::indicator, QCheckBox::indicator, QTableView::indicator {{
        width: 14px; height: 14px; border: 1px solid palette(dark); background: palette(base);
    }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator, QTableView::indicator {{ border-radius: {GAP_TINY}px; }}
    QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 5px solid palette(accent); background: palette(bright-text); }}
    QCheckBox::indicator:checked, QTableView::indicator:checked {{
        border-color: palette(accent); background: palette(accent); image: url("{check}");
    }}
    QCheckBox::indicator:indeterminate {{ border-color: palette(accent); background: palette(accent); image: url("{minus}"); }}
    QRadioButton::indicator:focus, QCheckBox::indicator:focus {{ border-color: palette(link); }}
    QRadioButton:focus, QCheckBox:focus {{ color: palette(link); }}
    QToolButton::menu-indicator {{ image: none; }}
    QFrame[kind="card"] {{ background: palette(base); border: 1px solid palette(mid); border-radius: {RADIUS}px; }}
    QFrame[kind="line"] {{ background: palette(mid); border: none; }}
    QAbstractItemView {{ border: none; outline: none; selection-background-color: palette(highlight); selection-color: palette(text); }}
    QListView[kind="offers"] {{ background: palette(base); border: 1px solid palette(mid); padding: {GAP_TINY}px; }}
    QListView[kind="offers"]::item {{ padding: {GAP_TINY}px {GAP_SMALL}px; border-radius: {GAP_TINY}px; }}
    QListView[kind="offers"]::item:selected {{ background: palette(highlight); color: palette(text); }}
    QScrollBar {{ background: transparent; border: none; }}
    QScrollBar:vertical {{ width: {GAP}px; }}
    QScrollBar:horizontal {{ height: {GAP}px; }}
    QScrollBar::handle {{ background: palette(shadow); border-radius: {GAP_TINY}px; margin: 2px; }}
    QScrollBar::handle:hover {{ background: palette(dark); }}
    QScrollBar::handle:vertical {{ min-height: {GAP_PAGE}px; }}
    QScrollBar::handle:horizontal {{ min-width: {GAP_PAGE}px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QHeaderView::section {{
        background: palette(base); color: palette(placeholder-text); border: none;
        border-bottom: 1px solid palette(mid); padding: 0 {GAP_SMALL}px; font-weight: 400;
    }}
    QScrollArea {{ border: none; background: transparent; }}
    QPlainTextEdit, QTextEdit {{
        border: 1px solid palette(mid); border-radius: {RADIUS}px; padding: {GAP_TINY}px; background: palette(base);
    }}
    QMenu {{ background: palette(base); border: 1px solid palette(mid); padding: {GAP_TINY}px; }}
    QMenu::item {{ padding: {GAP_TINY + 2}px {GAP_SECTION}px {GAP_TINY + 2}px {GAP_SMALL}px; border-radius: {GAP_TINY}px; }}
    QMenu::item:selected {{ background: palette(highlight); }}
    QMenu::item:disabled {{ color: palette(placeholder-text); }}
    QMenu::icon {{ padding-left: {GAP_SMALL}px; }}
    QMenu::separator {{ height: 1px; background: palette(mid); margin: {GAP_TINY}px; }}
    QToolTip {{ background: palette(alternate-base); color: palette(text); border: 1px solid palette(mid); padding: {GAP_TINY}px; }}
    """


class ThemeKeeper(QObject):
    """Keeps the application in the desktop's theme, or in the one that the operator chose, as it changes.

    A change takes some turns of the event loop; `settled` says when everything is in the new colours.
    """

    settled = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._chosen: Colours | None = None
        self._stale: deque[QWidget] = deque()
        application.setStyle("fusion")
        application.setFont(font(Text.BODY))
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def choose(self, name: str) -> None:
        """ "system", "light" or "dark"."""
        self._chosen = {"light": LIGHT, "dark": DARK}.get(name)
        scheme = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}.get(name, Qt.ColorScheme.Unknown)
        # For what the platform draws: title bars, and dialogs of its own.
        self._application.styleHints().setColorScheme(scheme)
        self._apply()

    def _apply(self) -> None:
        is_dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        theme = self._chosen or (DARK if is_dark else LIGHT)
        if self._application.styleSheet() and colours(self._application.palette()) is theme:
            return
        self._application.setPalette(palette_of(theme))
        if not self._application.styleSheet():
            self._application.setStyleSheet(style_sheet())
            return
        # The style keeps what it made of the sheet and the palette for each widget. To forget that for all of them, as a new sheet does,
        # takes 0.4 ms a widget in a single call; for one after the other it takes a tenth of that, and can be interrupted.
        widgets = self._application.allWidgets()
        widgets.sort(key=lambda widget: not widget.isVisible())
        self._stale = deque(widgets)
        self._go_on()

    def _go_on(self) -> None:
        """Polish what is still in the old colours, what is seen first, for as long as nobody notices; then go on in another turn."""
        style = self._application.style()
        until = time.monotonic() + _TURN_SECONDS
        while self._stale and time.monotonic() < until:
            widget = self._stale.popleft()
            if shiboken6.isValid(widget):
                style.unpolish(widget)
                style.polish(widget)
                widget.update()
        if self._stale:
            QTimer.singleShot(0, self, self._go_on)
        else:
            self.settled.emit()
