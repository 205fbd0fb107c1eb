"""Pictures of the window: `python -m tests.ui.screens [NAME…]` writes build/screenshots/NAME-THEME-SIZE.png for every page and state.

A picture is described by a `Shot`; what it shows is prepared by its `scene`. Every module of tests/ui/shots has a list `SHOTS`. Each theme
and size is taken by a process of its own: the scale of the screen is fixed when Qt starts.
"""

import argparse
import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import tests.ui.shots
from app.ui.main_window import MainWindow
from app.ui.memory import WindowMemory
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper

if TYPE_CHECKING:
    from app.main import Services

FOLDER = Path(__file__).resolve().parents[2] / "build" / "screenshots"
SIZES = {"small": (1280, 720), "large": (1920, 1080), "double": (1280, 720)}
THEMES = ("light", "dark")
_PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Stage:
    """What a scene works with."""

    window: MainWindow
    tasks: TaskRunner

    def wait_until(self, condition: Callable[[], bool]) -> None:
        """Let the window work until `condition` holds. Raises TimeoutError."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("The window did not come into the state to be pictured.")
            QTest.qWait(10)


@dataclass(frozen=True)
class Shot:
    """`services` makes what the window shows (None: nothing is there yet); `scene` brings it there. Its file is called by `name`, theme and size."""

    name: str
    services: Callable[[], "Services | None"]
    scene: Callable[[Stage], object]


def take(shots: list[Shot], theme: str, size: str, folder: Path = FOLDER) -> list[Path]:
    """Picture `shots` in this process. "double" asks for QT_SCALE_FACTOR=2 in the environment of the process."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    keeper = ThemeKeeper(application)
    keeper.choose(theme)
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for shot in shots:
        with tempfile.TemporaryDirectory() as place:
            tasks = TaskRunner()
            state = WindowMemory(Path(place) / "window.ini", tasks)
            window = MainWindow(state=state, tasks=tasks, keeper=keeper)
            window.resize(*SIZES[size])
            window.show_loading()
            window.show()
            services = shot.services()
            if services is not None:
                window.open_services(services)
                # Whatever the settings of those services say.
                keeper.choose(theme)
            shot.scene(Stage(window, tasks))
            QTest.qWait(50)
            path = folder / f"{shot.name}-{theme}-{size}.png"
            pictured(window).save(str(path))
            made.append(path)
            window.close()
            if window.page is not None:
                # A run that goes on puts the closing off.
                window.page.deactivated()
            tasks.shutdown()
            state.close()
            window.deleteLater()
    # Its parent is the application: it would go on following the desktop's theme.
    shiboken6.delete(keeper)
    return made


def pictured(window: MainWindow) -> QPixmap:
    """The window with the dialogs and lists that are open over it, where they are."""
    whole = window.grab()
    painter = QPainter(whole)
    for above in QApplication.topLevelWidgets():
        if above is not window and above.isVisible() and above.parentWidget() is not None:
            painter.drawPixmap(above.pos() - window.pos(), above.grab())
    painter.end()
    return whole


def all_shots() -> list[Shot]:
    """Those of every module of tests/ui/shots."""
    names = sorted(module.name for module in pkgutil.iter_modules(tests.ui.shots.__path__))
    return [shot for name in names for shot in importlib.import_module(f"tests.ui.shots.{name}").SHOTS]


def main(arguments: list[str]) -> None:
    """Take all shots, or those whose name begins with one of the given words."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--theme", choices=THEMES, action="append")
    parser.add_argument("--size", choices=SIZES, action="append")
    parser.add_argument("--here", action="store_true", help="in this process, at its own scale")
    options = parser.parse_args(arguments)
    wanted = [shot for shot in all_shots() if not options.names or shot.name.startswith(tuple(options.names))]
    for theme in options.theme or THEMES:
        for size in options.size or SIZES:
            if options.here:
                take(wanted, theme, size)
                continue
            here = [sys.executable, "-m", "tests.ui.screens", "--here", "--theme", theme, "--size", size]
            scale = {"QT_SCALE_FACTOR": "2"} if size == "double" else {}
            subprocess.run([*here, *(shot.name for shot in wanted)], check=True, env=os.environ | scale)


if __name__ == "__main__":
    main(sys.argv[1:])
