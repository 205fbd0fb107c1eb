"""The activity page: newest first, search, older pages, export."""

import csv
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.errors import InventoryError
from app.models.activity import Result
from app.ui.models.activity import ActivityColumn
from app.ui.pages.activity import PAGE_ROWS, ActivityPage
from app.ui.widgets.states import ViewState
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.hands import click, type_text


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> ActivityPage:
    page = ActivityPage(desk.context)
    qtbot.addWidget(page)
    return page


def show(qtbot: QtBot, page: ActivityPage, state: ViewState) -> None:
    page.show()
    page.activated()
    qtbot.waitUntil(lambda: page.view.state is state)


def test_empty_log_says_what_will_be_here(qtbot: QtBot, page: ActivityPage, desk: Desk) -> None:
    show(qtbot, page, ViewState.EMPTY)


def test_lines_stand_newest_first_with_their_result_in_words(
    qtbot: QtBot, page: ActivityPage, services: OperatorServices
) -> None:
    services.inventory.log("enrol", "turbine-1", Result.DONE)
    services.inventory.log("deploy", "plantwatch on local engine", Result.FAILED, "port 9090 is taken")
    show(qtbot, page, ViewState.CONTENT)
    model = page.model
    assert model.index(0, ActivityColumn.ACTION).data() == "deploy"
    assert model.index(0, ActivityColumn.RESULT).data() == "failed"
    assert model.index(0, ActivityColumn.DETAIL).data() == "port 9090 is taken"
    assert model.index(1, ActivityColumn.SUBJECT).data() == "turbine-1"


def test_new_lines_come_on_top_and_leave_the_selection(
    qtbot: QtBot, page: ActivityPage, services: OperatorServices
) -> None:
    services.inventory.log("enrol", "turbine-1", Result.DONE)
    show(qtbot, page, ViewState.CONTENT)
    page.table.selectRow(0)
    services.inventory.log("remove", "turbine-1", Result.DONE)
    page.refresh()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)
    assert page.model.index(0, ActivityColumn.ACTION).data() == "remove"
    assert [index.row() for index in page.table.selectionModel().selectedRows()] == [1]


def test_what_was_done_with_a_run_leads_to_it(
    qtbot: QtBot, page: ActivityPage, services: OperatorServices, desk: Desk
) -> None:
    services.inventory.log("enrol", "turbine-1", Result.DONE)
    services.inventory.log("begin to enrol", "run 12", Result.DONE)
    show(qtbot, page, ViewState.CONTENT)
    page.table.activated.emit(page.model.index(1, 0))
    page.table.activated.emit(page.model.index(0, 0))
    page.runs_button.click()
    assert desk.gone_to == [("run", "12"), ("runs", "")]


def test_search_asks_the_log_itself(qtbot: QtBot, page: ActivityPage, services: OperatorServices) -> None:
    services.inventory.log("enrol", "turbine-1", Result.DONE)
    services.inventory.log("enrol", "pump-2", Result.DONE)
    show(qtbot, page, ViewState.CONTENT)
    type_text(page.search, "pump")
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    type_text(page.search, "xyz")
    qtbot.waitUntil(lambda: "pumpxyz" in page.told.text())
    assert page.go_back()
    qtbot.waitUntil(lambda: page.model.rowCount() == 2)


def test_older_lines_come_on_demand(qtbot: QtBot, page: ActivityPage, services: OperatorServices) -> None:
    for number in range(PAGE_ROWS + 5):
        services.inventory.log("change", f"turbine-{number}", Result.DONE)
    show(qtbot, page, ViewState.CONTENT)
    assert page.model.rowCount() == PAGE_ROWS
    click(page.older_button)
    qtbot.waitUntil(lambda: page.model.rowCount() == PAGE_ROWS + 5)
    assert not page.older_button.isVisible()


def test_a_database_that_is_away_keeps_what_was_shown(
    qtbot: QtBot, page: ActivityPage, services: OperatorServices
) -> None:
    services.inventory.log("enrol", "turbine-1", Result.DONE)
    show(qtbot, page, ViewState.CONTENT)
    services.inventory.error = InventoryError(reason="the database is away.", what_to_do="Start it.")
    page.refresh()
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT_WITH_ERROR)
    assert page.model.rowCount() == 1


def test_export_writes_every_line(
    qtbot: QtBot, page: ActivityPage, services: OperatorServices, desk: Desk, tmp_path: Path
) -> None:
    for number in range(PAGE_ROWS + 5):
        services.inventory.log("change", f"turbine-{number}", Result.DONE)
    show(qtbot, page, ViewState.CONTENT)
    page.export(tmp_path / "log.csv")
    qtbot.waitUntil(lambda: bool(desk.notices))
    rows = list(csv.reader((tmp_path / "log.csv").read_text(encoding="utf-8").splitlines()))
    assert len(rows) == PAGE_ROWS + 6
    assert rows[0][0] == "id"


def test_a_file_that_cannot_be_written_is_told(qtbot: QtBot, page: ActivityPage, desk: Desk, tmp_path: Path) -> None:
    page.export(tmp_path / "missing" / "log.csv")
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert "cannot be written" in desk.notices[0].text
