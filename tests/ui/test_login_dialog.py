"""A login that no longer works: one dialog for all endpoints that share it, wherever it was refused."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.errors import AppError, SecretStoreError
from app.models.endpoint import Credential, Jump, LoginKind
from app.models.secret import Secret
from app.services.enrolment import failures
from app.ui.dialogs.host_key import HostKeyDialog
from app.ui.dialogs.login import LoginDialog
from app.ui.dialogs.login_name import LoginNameDialog
from app.ui.errors import InlineError
from app.ui.login_words import login_words
from app.ui.main_window import MainWindow
from app.ui.pages.endpoint import EndpointPage
from app.ui.tasks import TaskRunner
from app.ui.theme import ThemeKeeper
from app.ui.widgets.removal import RemovalDialog
from app.ui.widgets.states import ViewState
from tests.ui import fake_metrics
from tests.ui.fake_enrolment import HOST_KEY
from tests.ui.fake_services import OperatorInventory
from tests.ui.fakes import FakeServices
from tests.ui.hands import click, press, type_text

NAME, CANARY = "BEA-T001", "canary-Pa55word"
SHARED = 1


@pytest.fixture
def services() -> FakeServices:
    made = FakeServices(inventory=OperatorInventory(fake_metrics.endpoints(3)))
    made.credentials.hold(SHARED, "Thanet turbines")
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


def dialog_of(qtbot: QtBot, parent: QWidget) -> LoginDialog:
    qtbot.waitUntil(lambda: bool(parent.findChildren(LoginDialog)))
    (dialog,) = parent.findChildren(LoginDialog)
    qtbot.waitUntil(lambda: dialog.view.state is not ViewState.LOADING)
    return dialog


def refused(target: str) -> AppError:
    return failures.WrongPasswordError(target=target, user="iiot")


def failure(qtbot: QtBot, dialog: LoginDialog) -> str:
    def shown() -> list[InlineError]:
        return [each for each in dialog.findChildren(InlineError) if each.isVisible()]

    qtbot.waitUntil(lambda: len(shown()) == 1)
    return shown()[0].error.message


def notice_button(window: QWidget, text: str) -> QPushButton:
    (button,) = [each for each in window.findChildren(QPushButton) if each.isVisible() and each.text() == text]
    return button


def test_changed_for_all_that_share_it(qtbot: QtBot, page: EndpointPage, services: FakeServices) -> None:
    page.login_action.trigger()
    dialog = dialog_of(qtbot, page)
    assert dialog.heading.text() == "Login “Thanet turbines”"
    assert dialog.known.text() == "Until now: iiot by password."
    assert dialog.shared.text() == "3 endpoints share it: BAR-T001, BEA-T001, BUR-T001."
    assert not dialog.reason.isVisible()
    assert dialog.change_button.text() == "Change it for 3 endpoints"
    assert dialog.form.user_line.text() == "iiot"
    click(dialog.change_button)
    assert dialog.form.password.error == "A password is needed."
    type_text(dialog.form.password_edit, CANARY)
    click(dialog.change_button)
    qtbot.waitUntil(lambda: bool(services.credentials.changed))
    ((number, login),) = services.credentials.changed
    assert (number, login.user, login.kind, login.secret) == (SHARED, "iiot", LoginKind.PASSWORD, Secret(CANARY))
    assert services.enrolment.tried == [(NAME, SHARED, login)]
    qtbot.waitUntil(lambda: not page.findChildren(LoginDialog))
    qtbot.waitUntil(lambda: "The login of 3 endpoints was changed." in words_of(page.window()))


def words_of(window: QWidget) -> str:
    return " ".join(str(each.property("text")) for each in window.findChildren(QWidget) if each.isVisible())


def test_a_device_that_refuses_the_new_one_keeps_the_old_one(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    services.enrolment.refusal = refused("10.20.0.1:22")
    page.login_action.trigger()
    dialog = dialog_of(qtbot, page)
    type_text(dialog.form.password_edit, CANARY)
    press(dialog.form.password_edit, Qt.Key.Key_Return)
    assert "does not accept this password" in failure(qtbot, dialog)
    assert services.credentials.changed == []
    assert dialog.form.password_edit.is_empty
    assert CANARY not in words_of(page.window())
    # What was typed counts still: the device may only have been busy.
    services.enrolment.refusal = None
    click(dialog.change_button)
    qtbot.waitUntil(lambda: bool(services.credentials.changed))
    assert services.credentials.changed[0][1].secret == Secret(CANARY)


def test_without_trying_it_is_changed_at_once(qtbot: QtBot, page: EndpointPage, services: FakeServices) -> None:
    page.login_action.trigger()
    dialog = dialog_of(qtbot, page)
    dialog.try_first.setChecked(False)
    click(dialog.form.by_agent)
    assert not dialog.form.password_edit.isVisible()
    services.credentials.error = SecretStoreError(reason="it is locked.", what_to_do="Unlock it.")
    click(dialog.change_button)
    assert "locked" in failure(qtbot, dialog)
    services.credentials.error = None
    click(dialog.change_button)
    qtbot.waitUntil(lambda: bool(services.credentials.changed))
    assert services.enrolment.tried == []
    assert services.credentials.changed[0][1].kind is LoginKind.AGENT


def test_a_device_that_differs_gets_a_login_of_its_own(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    page.login_action.trigger()
    dialog = dialog_of(qtbot, page)
    click(dialog.only_here)
    assert dialog.change_button.text() == f"Change it for {NAME}"
    type_text(dialog.form.password_edit, CANARY)
    click(dialog.change_button)
    qtbot.waitUntil(lambda: bool(services.credentials.separated))
    name, number, login = services.credentials.separated[0]
    assert (name, number, login.secret) == (NAME, SHARED, Secret(CANARY))
    assert services.credentials.changed == []
    qtbot.waitUntil(lambda: f"The login of {NAME} was changed." in words_of(page.window()))


def test_another_kept_login_is_used_instead(qtbot: QtBot, page: EndpointPage, services: FakeServices) -> None:
    services.credentials.hold(8, "Substations", LoginKind.AGENT, "ops")
    page.login_action.trigger()
    dialog = dialog_of(qtbot, page)
    dialog.choice.setFocus()
    press(dialog.choice, Qt.Key.Key_Down)
    assert dialog.choice.currentText() == "The login “Substations”"
    assert not dialog.form.isVisible()
    assert not dialog.only_here.isVisible()
    assert dialog.change_button.text() == f"Use it for {NAME}"
    services.enrolment.refusal = refused("10.20.0.1:22")
    click(dialog.change_button)
    assert "does not accept" in failure(qtbot, dialog)
    assert services.credentials.used == []
    services.enrolment.refusal = None
    click(dialog.change_button)
    qtbot.waitUntil(lambda: services.credentials.used == [(NAME, "Substations")])
    name, number, login = services.enrolment.tried[-1]
    assert (name, number, login.user) == (NAME, SHARED, "ops")
    assert services.credentials.changed == []


def test_esc_changes_nothing(qtbot: QtBot, page: EndpointPage, services: FakeServices) -> None:
    page.login_action.trigger()
    dialog = dialog_of(qtbot, page)
    type_text(dialog.form.password_edit, CANARY)
    press(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.findChildren(LoginDialog))
    assert services.credentials.changed == []


def test_a_login_of_its_own_is_changed_by_the_same_dialog(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    services.inventory.put(replace(services.inventory.endpoint(NAME), credential_id=9))
    page.refresh()
    page.login_action.trigger()
    dialog = dialog_of(qtbot, page)
    assert dialog.heading.text() == f"Login of {NAME}"
    assert not dialog.shared.isVisible()
    type_text(dialog.form.password_edit, CANARY)
    click(dialog.change_button)
    qtbot.waitUntil(lambda: bool(services.credentials.changed))
    assert services.credentials.changed[0][0] == 9


def test_a_key_of_our_own_goes_off_the_device_with_it(qtbot: QtBot, page: EndpointPage, services: FakeServices) -> None:
    services.credentials.hold(9, "", LoginKind.OWN_KEY)
    services.inventory.put(replace(services.inventory.endpoint(NAME), credential_id=9))
    page.refresh()
    page.login_action.trigger()
    dialog = dialog_of(qtbot, page)
    assert dialog.shared.text() == f"The new login is tried on {NAME}, and takes this key off the device."
    assert not dialog.try_first.isVisible()
    click(dialog.form.by_password)
    type_text(dialog.form.password_edit, CANARY)
    services.enrolment.refusal = refused("10.20.0.1:22")
    click(dialog.change_button)
    assert "does not accept" in failure(qtbot, dialog)
    services.enrolment.refusal = None
    click(dialog.change_button)
    qtbot.waitUntil(lambda: bool(services.enrolment.changed))
    (name, login) = services.enrolment.changed[0]
    assert (name, login.secret) == (NAME, Secret(CANARY))
    assert (services.credentials.changed, services.credentials.separated) == ([], [])


def test_a_renewal_that_is_refused_leads_there_and_goes_on_afterwards(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    endpoint = services.inventory.endpoint(NAME)
    services.enrolment.error = refused(endpoint.ssh_target)
    page.renew_action.trigger()
    window = page.window()
    qtbot.waitUntil(lambda: "Change the login…" in words_of(window))
    click(notice_button(window, "Change the login…"))
    dialog = dialog_of(qtbot, window)
    assert dialog.reason.text() == f"{NAME}: {services.enrolment.error.message}"
    services.enrolment.error = None
    type_text(dialog.form.password_edit, CANARY)
    click(dialog.change_button)
    qtbot.waitUntil(lambda: services.enrolment.renewed == [NAME])
    assert [number for number, _ in services.credentials.changed] == [SHARED]


def test_of_a_jump_host_that_refuses_its_own_login_is_changed(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    services.credentials.hold(5, "Gates", user="ops")
    jumps = (Jump("10.0.0.1", 22, HOST_KEY, 5),)
    services.inventory.put(replace(services.inventory.endpoint(NAME), jumps=jumps))
    page.refresh()
    qtbot.waitUntil(lambda: not page.is_fetching)
    services.enrolment.error = refused("10.0.0.1:22")
    page.remove_action.trigger()
    (asked,) = page.findChildren(RemovalDialog)
    click(asked.remove_button)
    window = page.window()
    qtbot.waitUntil(lambda: "Change the login…" in words_of(window))
    click(notice_button(window, "Change the login…"))
    dialog = dialog_of(qtbot, window)
    assert dialog.heading.text() == "Login “Gates”"
    assert dialog.shared.text() == f"{NAME} uses it."
    assert not dialog.kept.isVisible()


@pytest.mark.parametrize("kind", LoginKind)
def test_each_kind_has_words(kind: LoginKind) -> None:
    assert login_words(Credential(1, "iiot", kind, "C:\\keys\\plant")).startswith("iiot by ")


def test_an_own_login_gets_a_name_for_others(qtbot: QtBot, page: EndpointPage, services: FakeServices) -> None:
    services.inventory.put(replace(services.inventory.endpoint(NAME), credential_id=9))
    page.refresh()
    qtbot.waitUntil(lambda: not page.is_fetching)
    page.share_action.trigger()
    qtbot.waitUntil(lambda: bool(page.findChildren(LoginNameDialog)))
    (dialog,) = page.findChildren(LoginNameDialog)
    press(dialog.line, Qt.Key.Key_Return)
    assert dialog.field.error == "A name is needed."
    type_text(dialog.line, "Substations")
    press(dialog.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: services.credentials.held.get(9) is not None)
    assert services.credentials.held[9].name == "Substations"


def test_a_jump_host_that_refuses_while_a_host_key_is_asked_for(
    qtbot: QtBot, page: EndpointPage, services: FakeServices
) -> None:
    services.credentials.hold(5, "Gates", user="ops")
    jumps = (Jump("10.0.0.1", 22, HOST_KEY, 5),)
    services.inventory.put(replace(services.inventory.endpoint(NAME), jumps=jumps))
    page.refresh()
    qtbot.waitUntil(lambda: not page.is_fetching)
    services.enrolment.error = refused("10.0.0.1:22")
    page.host_key_action.trigger()
    qtbot.waitUntil(lambda: bool(page.findChildren(HostKeyDialog)))
    (keys,) = page.findChildren(HostKeyDialog)
    qtbot.waitUntil(lambda: "Change the login…" in words_of(keys))
    click(notice_button(keys, "Change the login…"))
    dialog = dialog_of(qtbot, keys)
    services.enrolment.error, services.enrolment.shown = None, HOST_KEY
    type_text(dialog.form.password_edit, CANARY)
    click(dialog.change_button)
    qtbot.waitUntil(lambda: keys.view.state is ViewState.CONTENT)
    assert services.credentials.changed[0][0] == 5
