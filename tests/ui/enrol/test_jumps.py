"""The way to the device in the wizard: jump hosts added, removed, put in order, each with a key and a login of its own."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.models.endpoint import LoginKind
from app.models.secret import NO_SECRET, Secret
from app.services.enrolment import failures
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.jump import JumpFields
from app.ui.pages.enrol.session import At
from tests.ui.enrol.walk import CANARY, go_to, place
from tests.ui.fake_enrolment import HOST_KEY
from tests.ui.fake_services import OperatorServices
from tests.ui.hands import click, press, type_text


def describe(jump: JumpFields, host: str, key: str, password: str = "") -> None:
    for line, text in ((jump.host_line, host), (jump.key_line, key), (jump.password_edit, password)):
        if text:
            type_text(line, text)


def at_login(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.LOGIN)
    page.login.form.user_line.clear()
    type_text(page.login.form.user_line, "operator")
    type_text(page.login.form.password_edit, CANARY)
    page.login.jump_fold.set_open(True)


def test_two_jump_hosts_in_another_order_than_they_were_typed(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    at_login(qtbot, page)
    jumps = page.login.jumps
    describe(jumps.jumps[0], "tech@10.0.1.1", str(HOST_KEY), "second-secret")
    press(jumps.add_button, Qt.Key.Key_Space)
    added = jumps.jumps[1]
    assert QApplication.focusWidget() is added.host_line
    describe(added, "ops@10.0.0.1:2222", HOST_KEY.fingerprint, "first-secret")
    assert added.heading.text() == "Jump host 2 of 2"
    click(added.earlier)
    assert jumps.jumps == [added, jumps.jumps[1]]
    assert added.heading.text() == "Jump host 1 of 2"
    assert QApplication.focusWidget() is added.host_line  # the button that was pressed is of no use there

    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    assert [(hop.target, hop.login.user, hop.login.secret, hop.host_key) for hop in page.session.hops] == [
        ("10.0.0.1:2222", "ops", Secret("first-secret"), HOST_KEY),
        ("10.0.1.1:22", "tech", Secret("second-secret"), HOST_KEY),
    ]
    # Only the one with no more than a fingerprint was asked for its key.
    assert services.enrolment.asked_beyond[0] == ((), "10.0.0.1", 2222)
    assert not any(jump.password_edit.text() for jump in jumps.jumps)
    assert "first-secret" not in repr(page.session)


def test_one_of_two_is_removed_again(qtbot: QtBot, page: EnrolPage) -> None:
    at_login(qtbot, page)
    jumps = page.login.jumps
    (first,) = jumps.jumps
    assert not first.remove.isVisible()
    click(jumps.add_button)
    describe(jumps.jumps[1], "ops@10.0.0.1", str(HOST_KEY), "a-secret")
    click(first.remove)
    assert [jump.host_line.text() for jump in jumps.jumps] == ["ops@10.0.0.1"]
    assert QApplication.focusWidget() is jumps.jumps[0].host_line
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    assert [hop.target for hop in page.session.hops] == ["10.0.0.1:22"]


def test_another_key_of_a_jump_host_stays_at_this_step(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    at_login(qtbot, page)
    (jump,) = page.login.jumps.jumps
    describe(jump, "ops@10.0.0.1", "SHA256:" + "A" * 43, "its-secret")
    click(page.footer.next)
    qtbot.waitUntil(lambda: bool(jump.key.error))
    assert HOST_KEY.fingerprint in jump.key.error
    assert place(page) is At.LOGIN
    jump.key_line.clear()
    type_text(jump.key_line, HOST_KEY.fingerprint)
    press(jump.key_line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    assert page.session.hops[0].login.secret == Secret("its-secret")  # typed before, and kept


def test_a_jump_host_that_cannot_be_reached(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    at_login(qtbot, page)
    jumps = page.login.jumps
    describe(jumps.jumps[0], "ops@10.0.0.1", str(HOST_KEY), "a")
    click(jumps.add_button)
    describe(jumps.jumps[1], "ops@10.0.0.2", HOST_KEY.fingerprint, "b")
    services.enrolment.key_error = failures.PortClosedError(target="10.0.0.2:22")
    click(page.footer.next)
    qtbot.waitUntil(lambda: bool(jumps.jumps[1].host.error))
    assert not jumps.jumps[0].host.error
    assert place(page) is At.LOGIN


@pytest.mark.parametrize("text", ["not a key", "[10.0.0.9]:22 " + str(HOST_KEY)])
def test_what_is_no_key_of_the_jump_host(qtbot: QtBot, page: EnrolPage, text: str) -> None:
    at_login(qtbot, page)
    (jump,) = page.login.jumps.jumps
    describe(jump, "ops@10.0.0.1", text, "a")
    click(page.footer.next)
    assert jump.key.error
    assert place(page) is At.LOGIN


def test_each_jump_host_has_a_way_to_log_in_of_its_own(qtbot: QtBot, page: EnrolPage, tmp_path: Path) -> None:
    key = tmp_path / "gate"
    key.write_text("a key")
    at_login(qtbot, page)
    click(page.login.form.by_agent)
    jumps = page.login.jumps
    (first,) = jumps.jumps
    assert first.kind is LoginKind.AGENT  # as on the device
    describe(first, "ops@10.0.0.1", str(HOST_KEY))
    click(jumps.add_button)
    second = jumps.jumps[1]
    describe(second, "ops@10.0.0.2", str(HOST_KEY))
    second.way.setFocus()
    press(second.way, Qt.Key.Key_Up)
    assert second.kind is LoginKind.KEY_FILE
    click(page.footer.next)
    assert "Choose the file" in second.key_file.error
    type_text(second.file_line, str(key))
    type_text(second.passphrase_edit, "open-sesame")
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    logins = [hop.login for hop in page.session.hops]
    assert [(each.kind, each.key_file, each.secret) for each in logins] == [
        (LoginKind.AGENT, "", NO_SECRET),
        (LoginKind.KEY_FILE, str(key), Secret("open-sesame")),
    ]
