"""The wizard with logins that are kept: one is chosen and nothing typed, or a new one gets a name."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.errors import SecretStoreError
from app.models.endpoint import LoginKind
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from app.ui.widgets.states import ViewState
from tests.ui.enrol.walk import CANARY, fill_where, go_to, place
from tests.ui.fake_credentials import CANARY as KEPT
from tests.ui.fake_services import OperatorServices
from tests.ui.hands import click, press, type_text


def choose(qtbot: QtBot, page: EnrolPage, name: str) -> None:
    """Walk to the login and choose a kept one by the keyboard, as its first letter does."""
    go_to(qtbot, page, At.LOGIN)
    qtbot.waitUntil(page.login.profiles.isVisible)
    type_text(page.login.profiles.choice, name[0])
    assert page.login.profiles.choice.currentText() == name


def test_nothing_is_asked_as_long_as_none_is_kept(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.LOGIN)
    assert not page.login.profiles.isVisible()
    assert page.login.form.user_line.isVisible()


def test_a_kept_login_is_chosen_and_nothing_typed(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    number = services.inventory.endpoints()[0].credential_id or 0
    services.credentials.hold(number, "Plant")
    choose(qtbot, page, "Plant")
    assert not page.login.form.user_line.isVisible()
    assert not page.login.form.password_edit.isVisible()
    told = page.login.profiles.choice.accessibleDescription()
    assert told.startswith("iiot by password. 3 endpoints share it: ")
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    login = page.session.login
    assert login is not None
    assert (login.user, login.credential_id, login.secret.reveal()) == ("iiot", number, KEPT)
    assert KEPT not in repr(page.session)
    qtbot.waitUntil(lambda: page.verify.view.state is not ViewState.LOADING)
    page.verify.check.same.setChecked(True)
    click(page.footer.next)
    qtbot.waitUntil(lambda: page.plan.plan is not None)
    assert services.enrolment.requests[-1].login == login


def test_back_to_a_new_login_takes_nothing_of_the_kept_one(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    services.credentials.hold(7, "Plant")
    choose(qtbot, page, "Plant")
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    page.go_back()
    press(page.login.profiles.choice, Qt.Key.Key_Up)
    assert page.login.form.user_line.isVisible()
    page.login.form.user_line.clear()
    type_text(page.login.form.user_line, "iiot")
    click(page.footer.next)
    assert page.login.form.password.error == "A password is needed."


def test_a_keyring_that_stays_locked_is_told_there(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    services.credentials.hold(7, "Plant")
    choose(qtbot, page, "Plant")
    services.credentials.error = SecretStoreError(reason="it is locked.", what_to_do="Unlock it.")
    click(page.footer.next)
    qtbot.waitUntil(lambda: "locked" in page.login.profiles.field.error)
    assert place(page) is At.LOGIN
    services.credentials.error = None
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)


def test_a_new_login_gets_a_name(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    services.credentials.hold(7, "Plant", LoginKind.AGENT)
    go_to(qtbot, page, At.LOGIN)
    qtbot.waitUntil(page.login.profiles.isVisible)
    page.login.form.user_line.clear()
    type_text(page.login.form.user_line, "operator")
    type_text(page.login.form.password_edit, CANARY)
    keep_as = page.login.keep_as
    keep_as.fold.set_open(True)
    click(page.footer.next)
    assert keep_as.field.error == "A name is needed."
    type_text(keep_as.line, "plant")
    click(page.footer.next)
    assert keep_as.field.error == "Another login has this name."
    keep_as.line.clear()
    type_text(keep_as.line, "Thanet turbines")
    click(page.footer.next)
    assert place(page) is At.VERIFY
    assert page.session.keep_as == "Thanet turbines"
    qtbot.waitUntil(lambda: page.verify.view.state is not ViewState.LOADING)
    page.verify.check.same.setChecked(True)
    click(page.footer.next)
    qtbot.waitUntil(lambda: page.plan.plan is not None)
    assert services.enrolment.requests[-1].keep_as == "Thanet turbines"

    # The next one is offered it, and not asked for the name again.
    services.credentials.hold(8, "Thanet turbines")
    page.start_anew()
    fill_where(page, "turbine-78", "10.9.9.10")
    click(page.footer.next)
    qtbot.waitUntil(lambda: "Thanet turbines" in page.login.profiles.names)
    assert not keep_as.fold.is_open
    assert keep_as.name == ""


def test_the_login_of_the_last_one_is_suggested(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    services.credentials.hold(7, "Plant")
    page.login.profiles.suggest("Plant")
    go_to(qtbot, page, At.LOGIN)
    qtbot.waitUntil(lambda: page.login.profiles.chosen is not None)
    assert not page.login.form.user_line.isVisible()
