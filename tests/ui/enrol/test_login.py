"""The wizard's second step: the way in."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.models.endpoint import LoginKind
from app.models.secret import NO_SECRET, Secret
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from app.ui.widgets.states import ViewState
from tests.ui.enrol.walk import CANARY, go_to, place
from tests.ui.fake_enrolment import HOST_KEY
from tests.ui.fake_services import OperatorServices
from tests.ui.hands import click, press, type_text


def test_the_password_leaves_the_field_and_never_reaches_the_clipboard(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    go_to(qtbot, page, At.LOGIN)
    edit = page.login.form.password_edit
    page.login.form.user_line.setText("operator")
    type_text(edit, CANARY)
    QApplication.clipboard().setText("before")
    edit.actions()[0].trigger()
    shown = edit.is_revealed
    assert shown
    edit.selectAll()
    edit.copy()
    edit.cut()
    assert QApplication.clipboard().text() == "before"
    press(edit, Qt.Key.Key_Tab)
    hidden = not edit.is_revealed
    assert hidden
    click(page.footer.next)
    assert edit.text() == ""
    assert CANARY not in repr(page.session)
    login = page.session.login
    assert login is not None
    assert (login.user, login.kind, login.secret) == ("operator", LoginKind.PASSWORD, Secret(CANARY))


def test_coming_back_keeps_the_password_without_showing_it(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.VERIFY)
    page.go_back()
    assert page.login.form.password_edit.text() == ""
    assert "kept" in page.login.form.password_edit.placeholderText()
    click(page.footer.next)
    assert place(page) is At.VERIFY
    assert page.session.login is not None
    assert page.session.login.secret == Secret(CANARY)


def test_secrets_are_forgotten_when_it_is_over(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    assert page.session.login is None


@pytest.mark.parametrize("kind", [LoginKind.AGENT, LoginKind.QUESTIONS])
def test_ways_without_a_secret(qtbot: QtBot, page: EnrolPage, kind: LoginKind) -> None:
    go_to(qtbot, page, At.LOGIN)
    type_text(page.login.form.password_edit, CANARY)
    click(page.login.form.by_agent if kind is LoginKind.AGENT else page.login.form.by_questions)
    assert page.login.form.explanation.isVisible()
    assert not page.login.form.password.isVisible()
    assert not page.login.form.key_file.isVisible()
    page.login.form.user_line.clear()
    type_text(page.login.form.user_line, "operator")
    click(page.footer.next)
    assert place(page) is At.VERIFY
    login = page.session.login
    assert login is not None
    assert (login.kind, login.key_file, login.secret) == (kind, "", NO_SECRET)
    assert page.login.form.password_edit.text() == ""


def test_a_jump_host(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    go_to(qtbot, page, At.LOGIN)
    page.login.form.user_line.clear()
    type_text(page.login.form.user_line, "operator")
    type_text(page.login.form.password_edit, CANARY)
    page.login.jump_fold.set_open(True)
    (jump,) = page.login.jumps.jumps
    click(page.footer.next)
    assert jump.host.error
    assert jump.key.error
    type_text(jump.host_line, "ops@10.0.0.1:2222")
    type_text(jump.key_line, str(HOST_KEY))
    click(page.footer.next)
    assert "password" in jump.password.error
    type_text(jump.password_edit, f"{CANARY}2")
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    (hop,) = page.session.hops
    assert (hop.address, hop.port, hop.host_key, hop.login.user) == ("10.0.0.1", 2222, HOST_KEY, "ops")
    assert hop.login.secret == Secret(f"{CANARY}2")
    assert jump.password_edit.text() == ""
    qtbot.waitUntil(lambda: page.verify.view.state is not ViewState.LOADING)
    assert services.enrolment.asked_beyond == [(("ops@10.0.0.1:2222",), "10.9.9.9", 22)]
    assert page.go_back()
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    assert page.session.hops == (hop,)
    page._forget_secrets()
    assert len(page.session.hops) == 0


def test_a_key_file_must_be_there(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.LOGIN)
    page.login.form.user_line.setText("operator")
    page.login.form.by_key.setChecked(True)
    assert not page.login.form.password.isVisible()
    click(page.footer.next)
    assert page.login.form.key_file.error == "Choose the file with the private key."
    type_text(page.login.form.key_line, "/nonexistent/id_ed25519")
    click(page.footer.next)
    assert "There is no file" in page.login.form.key_file.error
