"""A list of real devices, pasted into the window: mended where it is wrong, and all of them monitored."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.models.device_list import Field, RowId
from app.models.endpoint import Lifecycle
from app.services.bulk.records import RunRecords
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.progress import CancelToken
from app.ui import icons
from app.ui.list_words import RowKind
from app.ui.pages.lists import ListPage
from app.ui.pages.lists.start import StartDialog
from app.ui.pages.page import Notice, PageContext
from app.ui.run_desk import RunDesk
from app.ui.tasks import TaskRunner
from app.ui.theme import Meaning, ThemeKeeper
from app.ui.widgets.states import ViewState
from tests.integration.enrolments import World
from tests.lab import Device, Lab
from tests.lab.device_image import PASSWORDS
from tests.ui.hands import click, type_text

if TYPE_CHECKING:
    from app.main import Services

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture
def devices(lab: Lab) -> Iterator[list[Device]]:
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: lab.new_device(), range(3)))
    yield made
    for each in made:
        each.remove()


def test_a_pasted_list_ends_in_endpoints(world: World, devices: list[Device], qtbot: QtBot, tmp_path: Path) -> None:
    icons.read_all()
    logins = CredentialService(world.inventory, world.secrets)
    tasks, notices = TaskRunner(), list[Notice]()
    services = SimpleNamespace(
        inventory=world.inventory,
        credentials=logins,
        enrolment=world.service,
        bulk=BulkService(world.inventory, world.service, logins),
        runs=RunRecords(world.inventory),
        # The world has targets and a probe in place of a stack.
        stack=SimpleNamespace(access=lambda _service: None, status=lambda: SimpleNamespace(host="the lab")),
    )
    context = PageContext(
        services=cast("Services", services),
        tasks=tasks,
        state=QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat),
        theme=ThemeKeeper(cast("QApplication", QApplication.instance())),
        navigate=lambda _key, _subject: None,
        notify=notices.append,
        show_count=lambda _key, _count: None,
    )
    page = ListPage(context)
    qtbot.addWidget(page)
    page.run_started.connect(RunDesk(context, page).start)
    page.show()
    page.activated()

    def settled() -> bool:
        return page.view.state is ViewState.CONTENT and not page.editor.is_busy

    rows = [f"{device.address}:{device.port}\tThanet\t{device.host_key}" for device in devices]
    text = "\n".join(
        ["WTG\tIP\tPark\tHost key", *(f"wtg-0{at}{'!' * (at == 3)}\t{row}" for at, row in enumerate(rows, 1))]
    )
    try:
        QGuiApplication.clipboard().setText(text)
        click(page.intake.zone.paste_button)
        qtbot.waitUntil(settled)
        assert page.bench.counts.text == "2 good, 1 bad, 1 skipped"
        page.editor.correct(lambda preview: preview.with_cell(RowId(4), Field.NAME, "wtg-03"))
        qtbot.waitUntil(lambda: settled() and page.bench.start_button.text() == "Enrol 3 devices…")
        click(page.bench.start_button)
        (dialog,) = page.findChildren(StartDialog)
        type_text(dialog.form.user_line, "iiot")
        type_text(dialog.form.password_edit, PASSWORDS["iiot"])
        qtbot.waitUntil(lambda: dialog.name_line.text() == "Thanet")
        click(dialog.start_button)
        qtbot.waitUntil(lambda: bool(notices), timeout=120_000)
    finally:
        assert tasks.shutdown(60)
    assert [(notice.text, notice.meaning) for notice in notices] == [("Run 1 has ended: 3 done.", Meaning.UP)]
    assert page.editor.sheet is not None
    assert page.editor.sheet.counts[RowKind.BEGUN] == 3
    found = world.inventory.endpoints()
    assert [(each.name, each.site, each.lifecycle) for each in found] == [
        (f"wtg-0{at}", "Thanet", Lifecycle.MONITORED) for at in (1, 2, 3)
    ]
    assert len({each.credential_id for each in found}) == 1
    assert sorted(world.targets.all()) == sorted(f"{device.address}:9100" for device in devices)
    for each in found:
        world.service.remove(each.name, report=lambda _event: None, token=CancelToken())
