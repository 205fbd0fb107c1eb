"""Going on with what is good: the login, the run, and what stays."""

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.errors import InventoryError
from app.models.device_list import Field
from app.models.endpoint import LoginKind
from app.models.secret import Secret
from app.ui.errors import InlineError
from app.ui.list_words import RowKind
from app.ui.main_window import MainWindow
from app.ui.pages.discovery import DiscoveryPage
from app.ui.pages.lists import ListPage
from app.ui.pages.lists.start import StartDialog
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.states import Banner
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.hands import click, type_text
from tests.ui.lists.given import LIST, count, opened, settled

CANARY = "canary-Pa55word"


def dialog_of(qtbot: QtBot, page: ListPage) -> StartDialog:
    click(page.bench.start_button)
    (dialog,) = page.findChildren(StartDialog)
    qtbot.waitUntil(lambda: dialog.facts.count() > 2 and dialog.profiles.isVisible())
    return dialog


def told(dialog: StartDialog) -> str:
    labels = (dialog.facts.itemAt(at).widget() for at in range(dialog.facts.count()))  # type: ignore[union-attr] # in range
    return " ".join(str(label.property("text")) for label in labels if label is not None)


def test_the_good_ones_go_on_and_the_others_stay(qtbot: QtBot, page: ListPage, services: OperatorServices) -> None:
    started: list[int] = []
    page.run_started.connect(started.append)
    opened(qtbot, page)
    dialog = dialog_of(qtbot, page)
    assert "3 stay in the list" in told(dialog)
    assert "The list has none." in told(dialog)
    qtbot.waitUntil(lambda: "The stack on local engine monitors them." in told(dialog))
    dialog.profiles.choice.setCurrentIndex(1)
    assert not dialog.new_login.isVisible()
    click(dialog.start_button)
    qtbot.waitUntil(lambda: started == [1])
    settled(qtbot, page)
    assert [(order.draft.name, order.profile) for order in services.bulk.orders[0]] == [
        ("wtg-01", "Thanet turbines"),
        ("wtg-05", "Thanet turbines"),
    ]
    assert not page.findChildren(StartDialog) or not dialog.isVisible()
    assert (count(page, RowKind.BEGUN), count(page, RowKind.BAD), count(page, RowKind.DUPLICATE)) == (2, 2, 1)
    assert not page.bench.start_button.isVisible()
    # What runs have is out of sight, and no going back brings it in again.
    page.bench.undo_action.trigger()
    settled(qtbot, page)
    assert count(page, RowKind.BEGUN) == 2
    # One that is mended goes on in a run of its own.
    bad = page.editor.work.now.preview.rows[2].id if page.editor.work else None
    page.editor.correct(lambda preview: preview.with_cell(bad, Field.ADDRESS, "10.20.0.12"))  # type: ignore[arg-type] # set above
    settled(qtbot, page)
    assert page.bench.start_button.text() == "Enrol 1 device…"


def test_a_new_login_is_kept_under_a_name(qtbot: QtBot, page: ListPage, services: OperatorServices) -> None:
    opened(qtbot, page)
    dialog = dialog_of(qtbot, page)
    # The one site of the list is the name that is offered.
    assert dialog.name_line.text() == "Thanet"
    click(dialog.start_button)
    assert dialog.form.user.error
    type_text(dialog.form.user_line, "admin")
    type_text(dialog.form.password_edit, CANARY)
    dialog.name_line.setText("Thanet turbines")
    click(dialog.start_button)
    assert "Another login has this name" in dialog.name.error
    dialog.name_line.setText("Night shift")
    click(dialog.start_button)
    qtbot.waitUntil(lambda: bool(services.bulk.orders))
    ((name, login),) = services.credentials.added
    assert (name, login.user, login.kind, login.secret) == ("Night shift", "admin", LoginKind.PASSWORD, Secret(CANARY))
    assert {order.profile for order in services.bulk.orders[0]} == {"Night shift"}


def test_without_a_stack_the_way_leads_there(
    qtbot: QtBot, page: ListPage, services: OperatorServices, desk: Desk
) -> None:
    services.stack.deployed = False
    opened(qtbot, page)
    dialog = dialog_of(qtbot, page)
    qtbot.waitUntil(dialog.stack_button.isVisible)
    assert not dialog.start_button.isVisible()
    click(dialog.stack_button)
    assert desk.gone_to == [("stack", "")]
    assert services.bulk.orders == []
    # The list is still there.
    assert count(page, RowKind.GOOD) == 2


def test_a_run_that_cannot_be_written_down_is_told_and_nothing_has_begun(
    qtbot: QtBot, page: ListPage, services: OperatorServices
) -> None:
    services.bulk.error = InventoryError("locked", reason="the database is locked.", what_to_do="Try again.")
    opened(qtbot, page)
    dialog = dialog_of(qtbot, page)
    dialog.profiles.choice.setCurrentIndex(1)
    click(dialog.start_button)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in dialog.findChildren(InlineError)))
    assert dialog.start_button.isEnabled()
    assert count(page, RowKind.BEGUN) == 0
    services.bulk.error = None
    click(dialog.start_button)
    qtbot.waitUntil(lambda: count(page, RowKind.BEGUN) == 2)


def test_devices_behind_jump_hosts_are_told(qtbot: QtBot, page: ListPage, services: OperatorServices) -> None:
    opened(qtbot, page, "name,ip,jump,user\na,10.20.0.11,,root\nb,10.20.0.12,x@10.9.0.1,\n")
    assert page.bench.start_button.text() == "Enrol 2 devices…"
    dialog = dialog_of(qtbot, page)
    assert "1 are reached through jump hosts" in told(dialog)
    assert "The list names root; the login below counts for all." in told(dialog)
    dialog.profiles.choice.setCurrentIndex(1)
    click(dialog.start_button)
    qtbot.waitUntil(lambda: bool(services.bulk.orders))
    assert [order.jumps for order in services.bulk.orders[0]] == [(), (("x", "10.9.0.1", 22),)]


@pytest.fixture
def window(
    qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper, services: OperatorServices
) -> MainWindow:
    window = MainWindow(state=state, tasks=tasks, keeper=keeper)
    qtbot.addWidget(window)
    window.show()
    window.open_services(services.as_services())
    return window


def page_in(qtbot: QtBot, window: MainWindow) -> ListPage:
    qtbot.waitUntil(lambda: isinstance(window.page, ListPage))
    assert isinstance(window.page, ListPage)
    return window.page


def test_what_a_scan_found_becomes_a_list(qtbot: QtBot, window: MainWindow) -> None:
    window.navigate("discovery")
    qtbot.waitUntil(lambda: isinstance(window.page, DiscoveryPage))
    assert isinstance(window.page, DiscoveryPage)
    window.page.picked.emit("name,address,seen_key\na,10.30.0.11,\nb,10.30.0.12,\n")
    page = page_in(qtbot, window)
    settled(qtbot, page)
    assert count(page, RowKind.GOOD) == 2


def test_the_window_works_on_the_run(qtbot: QtBot, window: MainWindow, services: OperatorServices) -> None:
    services.bulk.failing = 1
    window.navigate("lists")
    page = page_in(qtbot, window)
    assert window.navigation.marked == "enrol"
    opened(qtbot, page, LIST)
    dialog = dialog_of(qtbot, page)
    dialog.profiles.choice.setCurrentIndex(1)
    click(dialog.start_button)
    qtbot.waitUntil(lambda: services.bulk.worked_on == [1])
    told_by = "Run 1 has ended: 1 done · 1 failed."
    qtbot.waitUntil(lambda: any(told_by in each.accessibleName() for each in window.notices.findChildren(Banner)))
