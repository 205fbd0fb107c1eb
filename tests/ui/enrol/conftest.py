"""The wizard on a page of its own, with a device that shows a host key."""

import pytest
from pytestqt.qtbot import QtBot

from app.ui.pages.enrol import EnrolPage
from tests.ui import fake_metrics
from tests.ui.enrol.walk import Device
from tests.ui.fake_services import Desk, OperatorInventory, OperatorServices


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
