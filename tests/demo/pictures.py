"""A picture of every page of the real window on live data."""

import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop

from app.main import Services, build_services
from app.ui.application import Desk
from app.ui.catalogue import PAGES

SETTLED_SECONDS = 1.0
"""A page is taken when nothing has run for this long: charts and the web view paint a little after their data are there."""
DEADLINE_SECONDS = 30.0


def picture_every_page(services: Services, folder: Path) -> Iterator[Path]:
    """Write NAME-light.png and NAME-dark.png of every page at 1280×720 into `folder`; yields each path."""
    folder.mkdir(parents=True, exist_ok=True)
    # The window closes the services it was given: these are still needed, so it gets its own.
    desk = Desk(lambda ask: build_services(services.paths.root, ask=ask), services.paths)
    try:
        desk.window.resize(1280, 720)
        desk.open()
        settle(desk)
        for theme in ("light", "dark"):
            desk.keeper.choose(theme)
            for spec in PAGES:
                subject = services.inventory.endpoints()[0].name if spec.key == "endpoint" else ""
                desk.window.navigate(spec.key, subject)
                settle(desk)
                path = folder / f"{spec.key}-{theme}.png"
                if not desk.window.grab().save(str(path)):
                    raise RuntimeError(f"{path} could not be written")
                yield path
    finally:
        desk.close()


def settle(desk: Desk) -> None:
    """Let the window work until no task has run for a while."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < SETTLED_SECONDS:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        if not desk.tasks.is_idle():
            quiet_since = time.monotonic()
        if time.monotonic() > deadline:
            raise RuntimeError("the window did not come to rest")
        time.sleep(0.01)
