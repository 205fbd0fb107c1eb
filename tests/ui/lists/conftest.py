"""The page of lists on a desk of its own, with a stack and one login that is kept."""

import pytest
from pytestqt.qtbot import QtBot

from app.ui.pages.lists import ListPage
from tests.ui import fake_metrics
from tests.ui.fake_services import Desk, OperatorInventory, OperatorServices


@pytest.fixture
def services() -> OperatorServices:
    made = OperatorServices(inventory=OperatorInventory(fake_metrics.endpoints(3)))
    made.stack.deployed = True
    made.credentials.hold(1, "Thanet turbines")
    return made


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> ListPage:
    page = ListPage(desk.context)
    qtbot.addWidget(page)
    page.resize(1080, 640)
    page.show()
    page.activated()
    return page
