"""A host key that has changed: shown beside the known one, and replaced only by an explicit act."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.errors import InventoryError
from app.models.endpoint import HostKey, Jump
from app.services.enrolment import failures
from app.ui.dialogs.host_key import HostKeyDialog
from app.ui.main_window import MainWindow
from app.ui.pages.endpoint import EndpointPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.removal import RemovalDialog, Way
from app.ui.widgets.states import ViewState
from tests.ui.fakes import FakeServices, fleet_of
from tests.ui.hands import click, press

KNOWN = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBlvgEJqwVefXc38YrDef3MUyFC0igQ+MXwPOZJvv5YA")
NEW = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJNEuryflYItT8MORZDw+Q8w7OpOGjQcsbawBiXk/zjc")
NAME = "BEA-T001"

Opened = Callable[[], HostKeyDialog]


@pytest.fixture
def services() -> FakeServices:
    made = fleet_of(2)
    endpoint = made.inventory.endpoint(NAME)
    made.inventory.put(replace(endpoint, host_key=KNOWN))
    made.enrolment.shown = NEW
    return made


@pytest.fixture
def page(
    qtbot: QtBot, tasks: TaskRunner, state: QSettings, keeper: ThemeKeeper, services: FakeServices
) -> EndpointPage:
    window = MainWindow(state=state, tasks=tasks, keeper=keeper)
    qtbot.addWidget(window)
    window.show()
    window.open_services(services.as_services())
    window.navigate("endpoint", NAME)
    qtbot.waitUntil(lambda: isinstance(window.page, EndpointPage))
    opened = window.page
    assert isinstance(opened, EndpointPage)
    qtbot.waitUntil(lambda: opened.charts_view.state is ViewState.CONTENT and opened.board.is_complete)
    return opened


def dialog_of(qtbot: QtBot, parent: QWidget) -> HostKeyDialog:
    qtbot.waitUntil(lambda: bool(parent.findChildren(HostKeyDialog)))
    (dialog,) = parent.findChildren(HostKeyDialog)
    qtbot.waitUntil(lambda: dialog.view.state is not ViewState.LOADING)
    return dialog


@pytest.fixture
def opened(qtbot: QtBot, page: EndpointPage) -> Opened:
    def open_it() -> HostKeyDialog:
        page.host_key_action.trigger()
        return dialog_of(qtbot, page)

    return open_it


def known(services: FakeServices) -> HostKey | None:
    return services.inventory.endpoint(NAME).host_key


def test_old_and_new_what_it_may_mean_and_how_to_check(opened: Opened) -> None:
    dialog = opened()
    assert KNOWN.fingerprint in dialog.known.text()
    assert NEW.fingerprint in dialog.shown.text()
    assert "another host key" in dialog.heading.text()
    for word in ("installed anew", "swapped", "stands between", "Nothing but the exchange of keys"):
        assert word in dialog.meaning.text()
    assert dialog.check.command.text() == "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
    assert dialog.close_button.isDefault()
    assert not dialog.replace_button.autoDefault()


def test_nothing_is_replaced_without_an_explicit_act(opened: Opened, services: FakeServices) -> None:
    dialog = opened()
    click(dialog.replace_button)
    assert "tick" in dialog.why.text()
    dialog.check.expected_line.setText(KNOWN.fingerprint)
    click(dialog.replace_button)
    assert "another key" in dialog.check.expected.error
    dialog.check.expected_line.setText("yes")
    click(dialog.replace_button)
    assert "not a fingerprint" in dialog.check.expected.error
    press(dialog, Qt.Key.Key_Escape)
    assert known(services) == KNOWN


@pytest.mark.parametrize("pasted", ["", NEW.fingerprint, f"10.20.0.2 {NEW}"])
def test_it_is_replaced_once_it_was_compared(qtbot: QtBot, opened: Opened, services: FakeServices, pasted: str) -> None:
    dialog = opened()
    if pasted:
        dialog.check.expected_line.setText(pasted.replace("10.20.0.2", services.inventory.endpoint(NAME).address))
    else:
        press(dialog.check.same, Qt.Key.Key_Space)
    click(dialog.replace_button)
    qtbot.waitUntil(lambda: known(services) == NEW)


def test_a_key_that_is_still_the_same_leaves_nothing_to_do(opened: Opened, services: FakeServices) -> None:
    services.enrolment.shown = None
    dialog = opened()
    assert "the key that is known" in dialog.heading.text()
    assert not dialog.replace_button.isVisible()
    assert not dialog.check.isVisible()
    assert dialog.close_button.text() == "Close"


def test_a_device_that_does_not_answer_can_be_asked_again(qtbot: QtBot, opened: Opened, services: FakeServices) -> None:
    services.enrolment.error = failures.UnreachableError(target="10.20.0.2:22")
    dialog = opened()
    assert dialog.view.state is ViewState.ERROR
    assert not dialog.replace_button.isVisible()
    services.enrolment.error = None
    (retry,) = [button for button in dialog.findChildren(QPushButton) if button.text() == "Try again"]
    qtbot.waitUntil(retry.isVisible)
    click(retry)
    qtbot.waitUntil(lambda: dialog.view.state is ViewState.CONTENT)


def test_a_failure_to_write_it_down_is_told_and_can_be_repeated(
    qtbot: QtBot, opened: Opened, services: FakeServices
) -> None:
    dialog = opened()
    press(dialog.check.same, Qt.Key.Key_Space)
    services.inventory.error = InventoryError(reason="it is locked.", what_to_do="Try again.")
    click(dialog.replace_button)
    qtbot.waitUntil(dialog.replace_button.isEnabled)
    services.inventory.error = None
    assert known(services) == KNOWN
    click(dialog.replace_button)
    qtbot.waitUntil(lambda: known(services) == NEW)


def test_a_removal_that_met_another_key_offers_the_comparison_and_goes_on(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    services.enrolment.error = another_key_at(services.inventory.endpoint(NAME).ssh_target)
    page.remove_action.trigger()
    (asked,) = page.findChildren(RemovalDialog)
    asked.choose(Way.UNINSTALL)
    click(asked.remove_button)
    compare_and_replace(qtbot, page, services)
    qtbot.waitUntil(lambda: services.enrolment.removed == [(NAME, False, False)])


def test_a_renewal_that_met_another_key_does_the_same(qtbot: QtBot, page: EndpointPage, services: FakeServices) -> None:
    services.enrolment.error = another_key_at(services.inventory.endpoint(NAME).ssh_target)
    page.renew_action.trigger()
    compare_and_replace(qtbot, page, services)
    qtbot.waitUntil(lambda: services.enrolment.renewed == [NAME])


def test_another_key_of_a_host_that_is_no_jump_host_of_it_is_not_compared(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    services.enrolment.error = another_key_at("10.20.0.254:22")
    page.renew_action.trigger()
    window = page.window()
    assert isinstance(window, MainWindow)
    qtbot.waitUntil(lambda: any(button.isVisible() for button in buttons_of(window, "Try again")))
    assert buttons_of(window, "Compare the keys…") == []


def put_behind(services: FakeServices, *names: str) -> None:
    for name in names:
        jumps = (Jump("10.20.0.254", 22, KNOWN, 1),)
        services.inventory.put(replace(services.inventory.endpoint(name), jumps=jumps))


def test_another_key_of_a_jump_host_is_replaced_for_all_endpoints_behind_it(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    others = [each.name for each in services.inventory.endpoints()]
    put_behind(services, *others)
    page._look_again()
    qtbot.waitUntil(lambda: page._endpoint is not None and bool(page._endpoint.jumps))
    services.enrolment.error = another_key_at("10.20.0.254:22")
    page.renew_action.trigger()
    window = page.window()
    assert isinstance(window, MainWindow)
    qtbot.waitUntil(lambda: any(button.isVisible() for button in buttons_of(window, "Compare the keys…")))
    click(buttons_of(window, "Compare the keys…")[0])
    dialog = dialog_of(qtbot, window)
    assert dialog.windowTitle() == "Host key of the jump host 10.20.0.254:22"
    assert KNOWN.fingerprint in dialog.known.text()
    assert NEW.fingerprint in dialog.shown.text()
    assert all(name in dialog.behind.text() for name in others)
    click(dialog.replace_button)
    assert services.inventory.endpoint(NAME).jumps[0].host_key == KNOWN  # not without a comparison
    services.enrolment.error = None
    press(dialog.check.same, Qt.Key.Key_Space)
    click(dialog.replace_button)
    qtbot.waitUntil(lambda: services.enrolment.renewed == [NAME])  # what had failed goes on
    assert [services.inventory.endpoint(name).jumps[0].host_key for name in others] == [NEW] * len(others)


def test_asking_a_device_for_its_key_leads_to_the_jump_host_that_changed(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    put_behind(services, NAME)
    page._look_again()
    qtbot.waitUntil(lambda: page._endpoint is not None and bool(page._endpoint.jumps))
    services.enrolment.key_error = another_key_at("10.20.0.254:22")
    page.host_key_action.trigger()

    def of_jump() -> list[HostKeyDialog]:
        return [each for each in page.findChildren(HostKeyDialog) if "jump host" in each.windowTitle()]

    qtbot.waitUntil(lambda: bool(of_jump()))
    (dialog,) = of_jump()
    qtbot.waitUntil(dialog.check.isVisible)
    services.enrolment.key_error = None
    press(dialog.check.same, Qt.Key.Key_Space)
    click(dialog.replace_button)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in page.findChildren(HostKeyDialog)))
    assert services.inventory.endpoint(NAME).jumps[0].host_key == NEW


def another_key_at(target: str) -> failures.HostKeyChangedError:
    return failures.HostKeyChangedError(target=target, file="/etc/ssh/x.pub")


def buttons_of(window: MainWindow, text: str) -> list[QPushButton]:
    return [button for button in window.notices.findChildren(QPushButton) if button.text() == text]


def compare_and_replace(qtbot: QtBot, page: EndpointPage, services: FakeServices) -> None:
    """By the button of the notice, once there is one."""
    window = page.window()
    assert isinstance(window, MainWindow)

    def offers() -> list[QPushButton]:
        return buttons_of(window, "Compare the keys…")

    qtbot.waitUntil(lambda: any(button.isVisible() for button in offers()))
    click(offers()[0])
    dialog = dialog_of(qtbot, window)
    services.enrolment.error = None
    press(dialog.check.same, Qt.Key.Key_Space)
    click(dialog.replace_button)
