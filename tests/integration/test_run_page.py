"""Three devices in one run in the window: one refuses its password, one dialog mends it, and all are monitored."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.models.bulk import BulkAction, EnrolOrder, ItemState
from app.models.endpoint import EndpointDraft, Lifecycle
from app.services.bulk.records import RunRecords
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.ui import icons
from app.ui.dialogs.login import LoginDialog
from app.ui.pages.page import Notice, PageContext
from app.ui.pages.runs import RunPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from tests.integration.enrolments import World, login
from tests.lab import Device, Lab
from tests.ui.hands import click, type_text

if TYPE_CHECKING:
    from app.main import Services

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_PATIENCE = 90_000
_NEW = "N3w-canary"


@pytest.fixture
def devices(lab: Lab) -> Iterator[list[Device]]:
    """Three; the test changes the password of the last."""
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: lab.new_device(), range(3)))
    yield made
    for each in made:
        each.remove()


def order(device: Device, number: int, profile: str) -> EnrolOrder:
    return EnrolOrder(EndpointDraft(f"wtg-{number:02}", device.address, device.port), profile, device.host_key)


def test_a_refused_password_is_mended_from_the_page(
    world: World, devices: list[Device], qtbot: QtBot, tmp_path: Path
) -> None:
    logins = CredentialService(world.inventory, world.secrets)
    logins.add("North", login())
    logins.add("South", login())
    devices[2].set_password("iiot", _NEW)
    bulk = BulkService(world.inventory, world.service, logins)
    services = SimpleNamespace(
        inventory=world.inventory,
        credentials=logins,
        enrolment=world.service,
        bulk=bulk,
        runs=RunRecords(world.inventory),
    )
    icons.read_all()
    tasks, notices = TaskRunner(), list[Notice]()
    context = PageContext(
        services=cast("Services", services),
        tasks=tasks,
        state=QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat),
        theme=ThemeKeeper(cast("QApplication", QApplication.instance())),
        navigate=lambda _key, _subject: None,
        notify=notices.append,
        show_count=lambda _key, _count: None,
    )
    page = RunPage(context)
    qtbot.addWidget(page)
    page.show()
    run = bulk.enrol([order(device, at, "South" if at == 3 else "North") for at, device in enumerate(devices, 1)])
    try:
        page.activated()
        page.show_run(run.id)
        context.runs.begin(run)
        qtbot.waitUntil(
            lambda: page.model.counts() == {ItemState.DONE: 2, ItemState.FAILED: 1} and bool(page.causes.rows),
            timeout=_PATIENCE,
        )
        (row,) = page.causes.rows
        assert row.accessibleName() == "1 device: the login “South” was refused"
        log = [note.text for note in services.runs.log(run.id, 3)]
        assert any("does not accept this password for iiot" in text for text in log)
        click(row.fix_button)
        qtbot.waitUntil(lambda: bool(page.findChildren(LoginDialog)), timeout=_PATIENCE)
        (dialog,) = page.findChildren(LoginDialog)
        qtbot.waitUntil(dialog.change_button.isEnabled, timeout=_PATIENCE)
        type_text(dialog.form.password_edit, _NEW)
        click(dialog.change_button)
        qtbot.waitUntil(lambda: page.model.counts() == {ItemState.DONE: 3}, timeout=_PATIENCE)
        qtbot.waitUntil(lambda: context.runs.live(run.id) is None, timeout=_PATIENCE)
    finally:
        page.deactivated()
        assert tasks.shutdown(60)
    assert world.inventory.runs.run(run.id).ended_at is not None
    assert [each.lifecycle for each in world.inventory.endpoints()] == [Lifecycle.MONITORED] * 3
    assert sorted(world.targets.all()) == sorted(f"{device.address}:9100" for device in devices)
    assert all(_NEW not in note.text for number in (1, 2, 3) for note in services.runs.log(run.id, number))
    removal = bulk.act(BulkAction.REMOVE, [f"wtg-{number:02}" for number in (1, 2, 3)])
    for each in world.inventory.runs.items(removal.id):
        world.remove(each.subject)
