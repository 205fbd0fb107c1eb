"""The security page: what is recorded at once, what is looked at on demand, the report as a file."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.errors import InventoryError
from app.models.activity import ChainFault, FaultKind
from app.models.security import DeviceCheckRecord, DeviceState, Verdict
from app.ui.models.security import SecurityColumn
from app.ui.pages.security import SecurityPage
from app.ui.theme import Meaning
from app.ui.widgets.states import ViewState
from tests.ui.fake_metrics import endpoints
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.gate import Gate
from tests.ui.hands import click

COUNT = 7
AWAY = InventoryError(reason="the database is away.", what_to_do="Start it.")


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, services: OperatorServices) -> SecurityPage:
    for endpoint in endpoints(COUNT):
        services.inventory.put(endpoint)
    page = SecurityPage(desk.context)
    qtbot.addWidget(page)
    return page


def show(qtbot: QtBot, page: SecurityPage, state: ViewState = ViewState.CONTENT) -> None:
    page.show()
    page.activated()
    qtbot.waitUntil(lambda: page.view.state is state)


def check(qtbot: QtBot, page: SecurityPage) -> None:
    page.check_button.click()
    qtbot.waitUntil(page.check_button.isEnabled)


def column(page: SecurityPage, which: SecurityColumn) -> list[str]:
    return [page.model.index(row, which).data() for row in range(page.model.rowCount())]


def test_what_is_recorded_is_there_at_once_and_claims_no_check(qtbot: QtBot, page: SecurityPage) -> None:
    show(qtbot, page)
    assert column(page, SecurityColumn.VERDICT) == ["Not checked"] * COUNT
    assert column(page, SecurityColumn.LOGIN) == ["operator · password"] * COUNT
    assert column(page, SecurityColumn.HOST_KEY)[0].startswith("SHA256:")
    assert "not checked yet" in page.told.text()
    assert "not checked yet" in page.chain.told.text()


def test_a_check_tells_what_a_stranger_gets(qtbot: QtBot, page: SecurityPage) -> None:
    show(qtbot, page)
    check(qtbot, page)
    words = ["Open to anyone", "Protected", "Not reached", "Unclear", "Not encrypted", "Open to anyone", "Protected"]
    assert column(page, SecurityColumn.VERDICT) == words
    assert column(page, SecurityColumn.CERTIFICATE)[1] == "ends in 90 days"
    assert "Open to anyone: 2" in page.told.text()
    assert "128 lines" in page.chain.told.text()
    tip = page.model.index(1, SecurityColumn.VERDICT).data(Qt.ItemDataRole.ToolTipRole)
    assert "client certificate" in tip


def test_what_was_seen_stays_until_the_endpoint_is_elsewhere(
    qtbot: QtBot, page: SecurityPage, services: OperatorServices
) -> None:
    show(qtbot, page)
    check(qtbot, page)
    moved = services.inventory.endpoints()[0]
    services.inventory.put(replace(moved, scrape_address="elsewhere"))
    page.refresh()
    qtbot.waitUntil(lambda: column(page, SecurityColumn.VERDICT)[0] == "Not checked")
    assert column(page, SecurityColumn.VERDICT)[1] == "Protected"


def test_the_last_check_of_a_device_is_told(qtbot: QtBot, page: SecurityPage, services: OperatorServices) -> None:
    first, second, *_ = services.inventory.endpoints()
    services.audit.device_checks = {
        first.id: DeviceCheckRecord(datetime.now(UTC), DeviceState.AS_IT_WAS),
        second.id: DeviceCheckRecord(datetime.now(UTC), DeviceState.ALTERED, "stopped: x.service"),
    }
    page.refresh()
    column = SecurityColumn.DEVICE
    qtbot.waitUntil(lambda: page.model.index(0, column).data() == "As it was")
    altered = page.model.index(1, column)
    assert altered.data() == "Altered"
    assert "stopped: x.service" in altered.data(Qt.ItemDataRole.ToolTipRole)
    assert page.model.index(2, column).data() == "–"


def test_the_worst_come_first_and_the_selection_stays(qtbot: QtBot, page: SecurityPage) -> None:
    show(qtbot, page)
    check(qtbot, page)
    page.table.selectRow(1)
    chosen = page.table.currentIndex().data()
    page.table.sortByColumn(SecurityColumn.VERDICT, Qt.SortOrder.AscendingOrder)
    assert column(page, SecurityColumn.VERDICT)[:3] == ["Open to anyone", "Open to anyone", "Not encrypted"]
    assert page.table.currentIndex().data() == chosen
    page.refresh()
    qtbot.waitUntil(lambda: not page.is_fetching)
    assert page.table.currentIndex().data() == chosen
    for each in SecurityColumn:
        page.table.sortByColumn(each, Qt.SortOrder.DescendingOrder)


def test_a_verdict_has_a_shape_of_its_own(qtbot: QtBot, page: SecurityPage) -> None:
    show(qtbot, page)
    check(qtbot, page)
    delegate = page.table.itemDelegate()
    marks = {delegate.meaning_of(page.model.index(row, SecurityColumn.VERDICT)) for row in range(COUNT)}  # type: ignore[attr-defined] # its own
    assert len(marks) == len(Verdict)
    assert delegate.meaning_of(page.model.index(0, SecurityColumn.SITE)) is None  # type: ignore[attr-defined] # its own


def test_a_log_that_was_tampered_with_is_told(qtbot: QtBot, page: SecurityPage, services: OperatorServices) -> None:
    kinds = (FaultKind.ALTERED, FaultKind.MISSING, FaultKind.CUT_OFF, FaultKind.FOREIGN)
    faults = tuple(ChainFault(kind, 17 + number, 9) for number, kind in enumerate(kinds))
    services.audit.chain = replace(services.audit.chain, faults=faults)
    show(qtbot, page)
    click(page.chain.verify_button)
    qtbot.waitUntil(lambda: "tampered" in page.chain.told.text())
    assert "Line 17 is not as it was written." in page.chain.told.text()
    assert "between 9 and 18" in page.chain.told.text()
    assert column(page, SecurityColumn.VERDICT) == ["Not checked"] * COUNT


def test_a_running_check_says_so_and_can_be_cancelled(
    qtbot: QtBot, page: SecurityPage, services: OperatorServices, desk: Desk
) -> None:
    services.audit.gate = Gate()
    show(qtbot, page)
    page.check_button.click()
    assert page.check_button.text() == "Checking…"
    assert not page.save_button.isEnabled()
    qtbot.waitUntil(services.audit.gate.reached.is_set)
    desk.context.tasks.running()[0].cancel()
    qtbot.waitUntil(page.check_button.isEnabled)
    assert page.check_button.text() == "Check now"


def test_a_check_that_fails_is_told(qtbot: QtBot, page: SecurityPage, services: OperatorServices, desk: Desk) -> None:
    services.audit.error = AWAY
    show(qtbot, page)
    check(qtbot, page)
    assert [(notice.meaning, notice.text) for notice in desk.notices] == [(Meaning.DOWN, AWAY.message)]


@pytest.mark.parametrize("name", ["report.html", "REPORT.PDF"])
def test_a_report_is_checked_anew_and_written(
    qtbot: QtBot, page: SecurityPage, desk: Desk, tmp_path: Path, name: str
) -> None:
    show(qtbot, page)
    page.save(tmp_path / name)
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert desk.notices[0].meaning is Meaning.UP
    assert (tmp_path / name).read_bytes().startswith((b"<!DOCTYPE html>", b"%PDF-")[name.endswith("PDF")])
    assert column(page, SecurityColumn.VERDICT)[0] == "Open to anyone"


@pytest.mark.parametrize("name", ["report.html", "report.pdf"])
def test_a_report_that_cannot_be_written_is_told(
    qtbot: QtBot, page: SecurityPage, desk: Desk, tmp_path: Path, name: str
) -> None:
    show(qtbot, page)
    page.save(tmp_path / "missing" / name)
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert "cannot be written" in desk.notices[0].text


def test_without_endpoints_it_leads_to_enrolling(qtbot: QtBot, desk: Desk) -> None:
    page = SecurityPage(desk.context)
    qtbot.addWidget(page)
    show(qtbot, page, ViewState.EMPTY)


def test_a_database_that_is_away_keeps_what_was_shown(
    qtbot: QtBot, page: SecurityPage, services: OperatorServices
) -> None:
    show(qtbot, page)
    services.inventory.error = AWAY
    page.refresh()
    qtbot.waitUntil(lambda: page.view.state is ViewState.CONTENT_WITH_ERROR)
    assert page.model.rowCount() == COUNT


def test_enter_opens_the_endpoint(qtbot: QtBot, page: SecurityPage, desk: Desk) -> None:
    show(qtbot, page)
    page.table.activated.emit(page.model.index(0, 0))
    assert desk.gone_to == [("endpoint", "BAR-T001")]
