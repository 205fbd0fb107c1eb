"""What the tests of the fleet share."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.models.device import DeviceChange
from app.ui.main_window import MainWindow
from app.ui.pages.fleet import FleetPage
from app.ui.widgets.states import ViewState
from tests.ui.fakes import FakeServices, fleet_of
from tests.ui.hands import click

Open = Callable[[FakeServices], FleetPage]


def shown(qtbot: QtBot, page: FleetPage) -> FleetPage:
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT)
    return page


def names(page: FleetPage) -> list[str]:
    endpoints = (page.model.endpoint(row) for row in range(page.model.rowCount()))
    return [each.name for each in endpoints if each is not None]


def press_button(page: FleetPage, text: str) -> None:
    click(next(each for each in page.window().findChildren(QPushButton) if each.text() == text and each.isVisible()))


def flagged_fleet() -> tuple[FakeServices, str]:
    services = fleet_of(5)
    flagged = services.inventory.endpoints()[2]
    change = DeviceChange(datetime.now(UTC), fingerprint="SHA256:" + "A" * 43)
    services.inventory.put(replace(flagged, device_change=change))
    return services, flagged.name


def words_of(window: MainWindow) -> str:
    return " ".join(each.text() for each in window.notices.findChildren(QLabel))
