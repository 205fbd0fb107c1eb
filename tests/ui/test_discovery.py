"""The page that finds devices: what is asked, what comes in, what is picked."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.models.device_list import Verdict
from app.models.discovery import Hit, Known, Standing
from app.services.discovery.scanning import OpenFilesError
from app.services.lists import preview_of, read_file, read_list
from app.ui.finding import PickedDevices
from app.ui.models.discovery import HitColumn, HitsModel
from app.ui.pages.discovery import DiscoveryPage
from app.ui.pages.page import Page
from app.ui.theme import Meaning
from app.ui.widgets.states import ViewState
from tests.ui.fake_discovery import key
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.gate import Gate
from tests.ui.hands import click, press, type_text

FOUND = 31


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> DiscoveryPage:
    made = DiscoveryPage(desk.context)
    qtbot.addWidget(made)
    made.resize(1000, 600)
    made.show()
    made.activated()
    return made


def note(page: DiscoveryPage) -> str:
    return page.form.addresses.control.accessibleDescription()


def scan(qtbot: QtBot, page: DiscoveryPage, addresses: str = "10.20.0.0/24") -> None:
    page.form.type_addresses(addresses)
    click(page.form.start_button)
    qtbot.waitUntil(lambda: not page.is_scanning)


def test_it_says_how_much_is_asked_before_anything_is_sent(
    qtbot: QtBot, page: DiscoveryPage, services: OperatorServices
) -> None:
    assert "Nothing is sent" in note(page)
    type_text(page.form.addresses.control, "10.20.0.0/24 !10.20.0.1")
    qtbot.waitUntil(lambda: note(page) == "253 addresses, ports 22: 2 s or more")
    page.form.exporters.click()
    qtbot.waitUntil(lambda: note(page) == "253 addresses, ports 22, 9100: 5 s or more")
    page.form.type_addresses("10.20.0.0/8")
    qtbot.waitUntil(lambda: "10.20.0.0/8 is one address with the size of its network" in note(page))
    page.form.type_addresses("10.0.0.0/8")
    qtbot.waitUntil(lambda: "a scan asks at most 65,536" in note(page))
    page.form.type_addresses("10.0.0.0/16")
    qtbot.waitUntil(lambda: note(page).startswith("65,534 addresses"))
    assert services.discovery.requests == []


def test_hits_come_in_while_it_goes_on_and_stay_when_it_is_stopped(
    qtbot: QtBot, page: DiscoveryPage, services: OperatorServices
) -> None:
    services.discovery.gate = Gate()
    page.form.type_addresses("10.20.0.0/24")
    press(page.form.addresses.control, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.rowCount() == FOUND // 2)
    assert page.view.state is ViewState.CONTENT
    assert page.strip.told.text().startswith("127 of 254 addresses · 15 found")
    assert not page.form.addresses.isEnabled()
    assert page.form.stop_button.hasFocus()
    press(page.form.stop_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not page.is_scanning)
    assert page.model.rowCount() == FOUND // 2
    assert page.strip.told.text() == "Stopped; 15 found so far."
    assert page.form.start_button.isVisible()
    assert page.form.addresses.isEnabled()


def test_a_whole_scan_tells_its_end(qtbot: QtBot, page: DiscoveryPage, desk: Desk) -> None:
    scan(qtbot, page)
    assert page.model.rowCount() == FOUND
    assert page.strip.told.text() == "254 addresses asked · 31 answered · 31 found"
    assert desk.notices == []
    page.hide()
    page.start()
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert desk.notices[0].text == "The scan has ended: 31 found."
    assert desk.context.state.value("discovery/addresses") == "10.20.0.0/24"


def test_what_is_new_is_picked_as_a_list_whose_keys_are_seen_only(qtbot: QtBot, page: DiscoveryPage) -> None:
    page.offer_lists()
    scan(qtbot, page)
    click(page.strip.new_button)
    number = len(page.table.chosen())
    assert 0 < number < FOUND
    assert page.strip.new_button.text() == f"Select the {number} that are new"
    assert page.put_action.text() == f"Put {number} in a list"
    with qtbot.waitSignal(page.picked) as caught:
        page.put_action.trigger()
    rows = [row for row in preview_of(read_list(caught.args[0])).rows if row.verdict is not Verdict.SKIPPED]
    assert [row.verdict for row in rows] == [Verdict.GOOD] * number
    assert all(row.device and row.device.seen_key and row.device.expected_key is None for row in rows)
    page.go_back()
    assert page.table.chosen() == []
    assert page.selection_bar.isHidden()


def test_it_is_saved_as_a_list(qtbot: QtBot, page: DiscoveryPage, desk: Desk, tmp_path: Path) -> None:
    scan(qtbot, page)
    assert not page.put_action.isVisible()
    page.table.selectAll()
    page.save(tmp_path / "found.csv")
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert desk.notices[0].meaning is Meaning.UP
    listable = sum(hit.is_listable for hit in page.model.hits)
    assert len(preview_of(read_file(tmp_path / "found.csv")).good) == listable
    page.save(tmp_path / "found.csv")
    qtbot.waitUntil(lambda: len(desk.notices) == 2)
    assert "exists already" in desk.notices[1].text


def test_without_anybody_it_says_what_that_may_mean(
    qtbot: QtBot, page: DiscoveryPage, services: OperatorServices
) -> None:
    services.discovery.every = 0
    scan(qtbot, page)
    assert "Nobody answered" in page._nothing.text()
    services.discovery.without_route = True
    scan(qtbot, page)
    assert "no route" in page._nothing.text()
    services.discovery.every = 8
    scan(qtbot, page)
    assert page._nothing.isHidden()
    assert page.table.isVisible()


def test_announcements_need_no_addresses(qtbot: QtBot, page: DiscoveryPage, services: OperatorServices) -> None:
    click(page.form.mdns)
    scan(qtbot, page, "")
    (hit,) = page.model.hits
    assert hit.announced
    assert page.model.index(0, HitColumn.KEY).data() == "announced, not asked"
    services.discovery.every = 0
    scan(qtbot, page, "")
    assert "announces" in page._nothing.text()


def test_what_is_typed_wrong_is_told_at_its_field_and_loses_nothing(qtbot: QtBot, page: DiscoveryPage) -> None:
    scan(qtbot, page)
    scan(qtbot, page, "10.20.0.9-3")
    assert "ends before it begins" in page.form.addresses.error
    assert page.model.rowCount() == FOUND
    page.form.type_addresses("10.20.0.0/24")
    page.form.ports.control.setText("ssh")  # type: ignore[attr-defined] # it is a line
    click(page.form.start_button)
    qtbot.waitUntil(lambda: not page.is_scanning)
    assert "not a port" in page.form.ports.error


def test_a_failure_keeps_what_was_found(qtbot: QtBot, page: DiscoveryPage, services: OperatorServices) -> None:
    services.discovery.error = OpenFilesError()
    scan(qtbot, page)
    assert page.view.state is ViewState.CONTENT_WITH_ERROR
    assert page.model.rowCount() == FOUND // 2


def test_a_failure_before_anything_was_found_takes_the_page(
    qtbot: QtBot, page: DiscoveryPage, services: OperatorServices
) -> None:
    services.discovery.error = OpenFilesError()
    services.discovery.every = 0
    scan(qtbot, page)
    assert page.view.state is ViewState.ERROR


def test_an_enrolled_one_opens_its_endpoint(qtbot: QtBot, page: DiscoveryPage, desk: Desk) -> None:
    scan(qtbot, page)
    for row, hit in enumerate(page.model.hits):
        page.table.activated.emit(page.model.index(row, 0))
        if hit.known.standing is Standing.ENROLLED:
            assert desk.gone_to[-1] == ("endpoint", hit.known.at)
    assert len(desk.gone_to) == sum(bool(hit.known.at or hit.known.key_of) for hit in page.model.hits)


def test_the_order_holds_while_more_comes_in(qtbot: QtBot) -> None:
    model = HitsModel()
    hits = [
        Hit("10.0.0.10", 22, "SSH-2.0-b", key(1)),
        Hit("10.0.0.9", 22, "SSH-2.0-c", key(2), known=Known(Standing.ANOTHER_KEY, "a")),
    ]
    model.add(hits)
    model.add([Hit("10.0.0.9", 2222, "SSH-2.0-a", key(3)), Hit("fd00::1", 22, "SSH-2.0-d", key(4))])
    targets = ["10.0.0.9:22", "10.0.0.9:2222", "10.0.0.10:22", "[fd00::1]:22"]
    assert [hit.target for hit in model.hits] == targets
    model.sort(HitColumn.KNOWN)
    assert model.hits[0].known.standing is Standing.ANOTHER_KEY
    model.add([Hit("10.0.0.1", 22, "", key(5), known=Known(Standing.ANOTHER_KEY, "0"))])
    assert [hit.known.at for hit in model.hits][:2] == ["0", "a"]
    for column in HitColumn:
        model.sort(column, Qt.SortOrder.DescendingOrder)


def test_words_of_a_device_are_never_markup(qtbot: QtBot) -> None:
    model = HitsModel()
    nasty = "<b>x</b> &amp; <img src=x>"
    model.add([Hit("10.0.0.1", 22, f"SSH-2.0-{nasty}", None, nasty, name=nasty)])
    for column in (HitColumn.NAME, HitColumn.SERVER, HitColumn.KEY):
        index = model.index(0, column)
        assert index.data() == nasty
        assert "<b>" not in index.data(Qt.ItemDataRole.ToolTipRole)


def test_rows_are_copied_as_text(qtbot: QtBot, page: DiscoveryPage) -> None:
    scan(qtbot, page)
    page.table.selectRow(0)
    press(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text().startswith("10.20.0.8:22\t")


def test_many_hits_at_once_do_not_hold_the_window(
    qtbot: QtBot, page: DiscoveryPage, services: OperatorServices
) -> None:
    services.discovery.every = 1
    scan(qtbot, page, "10.20.0.0/21")
    assert page.model.rowCount() == 2046


class Taker(Page):
    def __init__(self, desk: Desk) -> None:
        super().__init__(desk.context)
        self.texts: list[str] = []

    def open_text(self, text: str) -> None:
        self.texts.append(text)


def test_what_was_picked_waits_for_the_page_of_lists(qtbot: QtBot, desk: Desk, page: DiscoveryPage) -> None:
    gone: list[str] = []
    picked = PickedDevices(lambda key, _subject: gone.append(key), {"lists"})
    picked.connect_page(page)
    assert page.put_action.isVisible()
    page.picked.emit("one")
    taker = Taker(desk)
    qtbot.addWidget(taker)
    assert (gone, taker.texts) == (["lists"], [])
    picked.connect_page(taker)
    page.picked.emit("two")
    assert taker.texts == ["one", "two"]
