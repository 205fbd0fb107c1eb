from itertools import product

import pytest
from PySide6.QtCore import QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QIcon, QImage, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.paths import resource
from app.ui import icons, theme
from app.ui.catalogue import PAGES
from app.ui.main_window import MainWindow
from app.ui.tasks import TaskRunner
from app.ui.theme import DARK, LIGHT, Colours, Meaning, ThemeKeeper
from tests.ui.fake_services import OperatorServices, some_alerts
from tests.ui.hands import click


def luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(channel) for channel in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
class TestContrast:
    """WCAG AA: 4.5 for text, 3 for what is drawn."""

    def test_text(self, shades: Colours) -> None:
        grounds = (shades.window, shades.surface, shades.raised, shades.selection)
        for colour, ground in product((shades.text, shades.muted), grounds):
            assert contrast(colour, ground) >= 4.5, (colour.name(), ground.name())

    def test_words_of_states(self, shades: Colours) -> None:
        for meaning, ground in product(Meaning, (shades.window, shades.surface, shades.selection)):
            assert contrast(shades.of(meaning), ground) >= 4.5, (meaning, ground.name())

    def test_buttons(self, shades: Colours) -> None:
        for fill in (shades.accent_fill, shades.danger_fill):
            assert contrast(shades.on_fill, fill) >= 4.5

    def test_banners(self, shades: Colours) -> None:
        for meaning in Meaning:
            assert contrast(shades.text, shades.tint(meaning)) >= 4.5

    def test_lines_of_charts_and_edges_of_controls(self, shades: Colours) -> None:
        for colour in (*shades.series, shades.control_border, shades.accent):
            assert contrast(colour, shades.surface) >= 3.0, colour.name()


def test_the_chosen_theme_is_applied_at_once(keeper: ThemeKeeper, qapp: QApplication) -> None:
    keeper.choose("dark")
    assert theme.colours(qapp.palette()) is DARK
    keeper.choose("light")
    assert theme.colours(qapp.palette()) is LIGHT


def test_the_desktops_theme_is_followed_as_it_changes(keeper: ThemeKeeper, qapp: QApplication) -> None:
    keeper.choose("system")
    hints = qapp.styleHints()
    before = theme.colours(qapp.palette())
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    # The off-screen platform has no scheme of its own to change: the signal alone must not break anything.
    assert theme.colours(qapp.palette()) is before


def opened(qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper) -> MainWindow:
    """A window in which every page but the web view has been visited; it shows the fleet."""
    services = OperatorServices()
    services.alerts.alerts = some_alerts()
    services.stack.deployed = True
    window = MainWindow(state=state, tasks=tasks, keeper=keeper)
    qtbot.addWidget(window)
    window.show()
    window.open_services(services.as_services())
    qtbot.waitUntil(lambda: window.page is not None)
    for key in [spec.key for spec in PAGES if spec.in_navigation and spec.key != "dashboards"][::-1]:
        click(window.navigation.button(key))
        qtbot.waitUntil(tasks.is_idle)
    window.resize(1280, 800)  # whatever the window before has left behind
    return window


def visit(qtbot: QtBot, tasks: TaskRunner, window: MainWindow, key: str) -> None:
    window.navigate(key)
    qtbot.waitUntil(lambda: type(window.page).__module__.startswith(f"app.ui.pages.{key}"))
    qtbot.waitUntil(tasks.is_idle)


def picture(window: MainWindow) -> QImage:
    """As it is when nothing moves: laid out, and without the cursor of the field that has the focus."""
    if (focused := window.focusWidget()) is not None:
        focused.clearFocus()
    QApplication.processEvents()
    return window.grab().toImage()


def test_a_change_does_not_hold_the_window(
    qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper
) -> None:
    """With every page made: the watchdog looks on."""
    window = opened(qtbot, tasks, state, keeper)
    assert len(window.findChildren(QWidget)) > 300
    with qtbot.waitSignal(keeper.settled):
        QTimer.singleShot(0, window, lambda: keeper.choose("dark"))
    with qtbot.waitSignal(keeper.settled):
        QTimer.singleShot(0, window, lambda: keeper.choose("light"))


@pytest.mark.parametrize("key", ["enrol", "settings", "stack"])
def test_a_changed_window_looks_as_one_that_was_always_so(
    qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper, key: str
) -> None:
    """Each a page whose looks depend on nothing but the theme."""
    keeper.choose("dark")
    always = opened(qtbot, tasks, state, keeper)
    visit(qtbot, tasks, always, key)
    wanted = picture(always)
    always.close()
    keeper.choose("light")
    changed = opened(qtbot, tasks, state, keeper)
    visit(qtbot, tasks, changed, key)
    with qtbot.waitSignal(keeper.settled):
        keeper.choose("dark")
    assert picture(changed) == wanted
    # One that begins while another goes on.
    with qtbot.waitSignal(keeper.settled):
        keeper.choose("light")
        keeper.choose("dark")
    assert picture(changed) == wanted


def middle(icon: QIcon, side: int, scale: float, mode: QIcon.Mode = QIcon.Mode.Normal) -> set[str]:
    picture = icon.pixmap(QSize(side, side), scale, mode).toImage()
    return {
        picture.pixelColor(x, y).name()
        for x, y in product(range(picture.width()), range(picture.height()))
        if picture.pixelColor(x, y).alpha() == 255
    }


class TestIcons:
    def test_drawn_in_the_text_colour(self, keeper: ThemeKeeper) -> None:
        assert middle(icons.icon("square"), 24, 1.0) == {LIGHT.text.name()}

    def test_follow_the_theme_by_themselves(self, keeper: ThemeKeeper) -> None:
        icon = icons.icon("square")
        keeper.choose("dark")
        assert middle(icon, 24, 1.0) == {DARK.text.name()}

    def test_disabled_ones_are_faded(self, keeper: ThemeKeeper, qapp: QApplication) -> None:
        faded = qapp.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.WindowText)
        assert middle(icons.icon("square"), 24, 1.0, QIcon.Mode.Disabled) == {faded.name()}

    def test_crisp_at_200_percent(self, keeper: ThemeKeeper) -> None:
        picture = icons.icon("square").pixmap(QSize(16, 16), 2.0)
        assert picture.size() == QSize(32, 32)
        assert picture.devicePixelRatio() == 2.0

    def test_an_unknown_name_is_an_error_at_once(self) -> None:
        with pytest.raises(FileNotFoundError):
            icons.icon("no-such-icon")

    def test_every_file_is_used_and_the_licence_is_there(self) -> None:
        folder = resource("icons")
        root = folder.parent.parent
        code = "\n".join(path.read_text(encoding="utf-8") for path in (root / "app" / "ui").rglob("*.py"))
        unused = [path.stem for path in folder.glob("*.svg") if f'"{path.stem}"' not in code]
        assert unused == []
        assert "ISC License" in (folder / "LICENSE").read_text(encoding="utf-8")


def test_figures_have_one_width(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    label.setFont(theme.font(theme.Text.BODY))
    metrics = label.fontMetrics()
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8888")
