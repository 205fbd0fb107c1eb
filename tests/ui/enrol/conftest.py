"""The wizard on a page of its own, with a device that shows a host key."""

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.pages.enrol import EnrolPage
from tests.ui import fake_metrics
from tests.ui.enrol.walk import Device
from tests.ui.fake_services import Desk, OperatorInventory, OperatorServices


@pytest.fixture(autouse=True)
def ssh_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's ~/.ssh, empty: not that of whoever runs the tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    folder = tmp_path / ".ssh"
    folder.mkdir()
    return folder


@pytest.fixture
def services() -> OperatorServices:
    return OperatorServices(inventory=OperatorInventory(fake_metrics.endpoints(3)))


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, device: Device) -> EnrolPage:
    page = EnrolPage(desk.context, read_host_key=device)
    qtbot.addWidget(page)
    page.resize(1080, 640)
    page.show()
    page.activated()
    return page
