"""Two devices with one login refuse it: in the window, one dialog mends both."""

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.services.credentials import CredentialService
from app.ui import icons
from app.ui.dialogs.login import LoginDialog
from app.ui.pages.page import Notice, PageContext
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.removal import Way, remove
from tests.integration.enrolments import World, login, request_for
from tests.lab import Device, Lab
from tests.ui.hands import click, type_text

if TYPE_CHECKING:
    from app.main import Services

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

NEW = "N3w-canary"


@pytest.fixture
def devices(lab: Lab) -> Iterator[tuple[Device, Device]]:
    """Two with the same password, which the test changes."""
    made = (lab.new_device(), lab.new_device())
    yield made
    for each in made:
        each.remove()


def test_the_dialog_mends_both(
    world: World,
    devices: tuple[Device, Device],
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    """As the window does it: the notice of a removal that was refused leads to the dialog, and afterwards the work is done."""
    logins = CredentialService(world.inventory, world.secrets)
    number = logins.add("Plant", login()).id
    for at, device in enumerate(devices, 1):
        world.enrol(request_for(device, f"wtg-0{at}", way_in=logins.login("Plant")))
        device.set_password("iiot", NEW)
    icons.read_all()
    tasks, window, notices = TaskRunner(), QWidget(), list[Notice]()
    qtbot.addWidget(window)
    services = SimpleNamespace(inventory=world.inventory, credentials=logins, enrolment=world.service)
    context = PageContext(
        services=cast("Services", services),
        tasks=tasks,
        state=QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat),
        theme=ThemeKeeper(cast("QApplication", QApplication.instance())),
        navigate=lambda _key, _subject: None,
        notify=notices.append,
        show_count=lambda _key, _count: None,
    )
    window.show()
    try:
        remove(context, world.inventory.endpoints()[:1], Way.UNINSTALL, window)
        qtbot.waitUntil(lambda: bool(notices), timeout=30_000)
        assert "does not accept this password" in notices[0].text
        assert notices[0].action is not None
        notices[0].action()
        (dialog,) = window.findChildren(LoginDialog)
        qtbot.waitUntil(dialog.change_button.isEnabled)
        assert dialog.shared.text() == "2 endpoints share it: wtg-01, wtg-02."
        type_text(dialog.form.password_edit, NEW)
        click(dialog.change_button)
        qtbot.waitUntil(lambda: len(notices) == 3, timeout=60_000)
    finally:
        assert tasks.shutdown(30)
    assert [notice.text for notice in notices[1:]] == [
        "The login of 2 endpoints was changed.",
        "wtg-01 is no longer monitored.",
    ]
    assert number not in {credential.id for credential in world.inventory.credentials()}
    world.remove("wtg-02")
