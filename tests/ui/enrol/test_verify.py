"""The wizard's third step: the host key."""

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.models.endpoint import HostKey
from app.services.enrolment import failures
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from app.ui.widgets.states import ViewState
from tests.ui.enrol.walk import Device, failure, fill_where, go_to, place
from tests.ui.fake_enrolment import HOST_KEY
from tests.ui.hands import click

OTHER_KEY = HostKey("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIBvN1v9Yv1xVxg0u2bAjk0cG1n9Z3k2JgQ4mYkz9b7aK")


def test_the_fingerprint_and_the_command_to_check_it(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.VERIFY)
    assert page.verify.check.fingerprint.text() == HOST_KEY.fingerprint
    assert page.verify.check.command.text() == "ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"
    click(page.verify.check.copy_fingerprint)
    assert QApplication.clipboard().text() == HOST_KEY.fingerprint


def test_nothing_is_trusted_until_it_is_confirmed(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.VERIFY)
    click(page.footer.next)
    assert place(page) is At.VERIFY
    assert "tick" in page.footer.why.text()
    assert page.session.trusted_key is None


@pytest.mark.parametrize(
    "pasted",
    [
        HOST_KEY.fingerprint,
        f"256 {HOST_KEY.fingerprint} root@turbine-77 (ED25519)",
        str(HOST_KEY),
        f"10.9.9.9 {HOST_KEY} root@turbine-77",
    ],
)
def test_a_pasted_key_is_compared_for_the_operator(qtbot: QtBot, page: EnrolPage, pasted: str) -> None:
    go_to(qtbot, page, At.VERIFY)
    page.verify.check.expected_line.setText(pasted)
    assert page.verify.check.verdict.isVisible()
    click(page.footer.next)
    assert place(page) is At.PLAN


@pytest.mark.parametrize(
    ("pasted", "told"),
    [
        (OTHER_KEY.fingerprint, "another key"),
        (str(OTHER_KEY), "another key"),
        ("nonsense", "not a fingerprint"),
        ("MD5:aa:bb", "MD5"),
        ("256 SHA256:" + "A" * 43 + " root@x (RSA)", "its ed25519 key"),
    ],
)
def test_another_key_stops_the_wizard(qtbot: QtBot, page: EnrolPage, pasted: str, told: str) -> None:
    go_to(qtbot, page, At.VERIFY)
    page.verify.check.expected_line.setText(pasted)
    click(page.footer.next)
    assert told in page.verify.check.expected.error
    assert place(page) is At.VERIFY
    assert page.session.trusted_key is None


def test_an_unreachable_device_can_be_asked_again(qtbot: QtBot, page: EnrolPage, device: Device) -> None:
    device.error = failures.UnreachableError(target="10.9.9.9:22")
    go_to(qtbot, page, At.VERIFY)
    assert page.verify.view.state is ViewState.ERROR
    device.error = None
    click(failure(qtbot, page).retry_button)
    qtbot.waitUntil(lambda: page.verify.view.state is ViewState.CONTENT)


def test_another_address_shows_its_own_key(qtbot: QtBot, page: EnrolPage, device: Device) -> None:
    go_to(qtbot, page, At.VERIFY)
    page.verify.check.same.setChecked(True)
    page.go_back()
    page.go_back()
    fill_where(page, address="10.9.9.10")
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.LOGIN)
    click(page.footer.next)
    qtbot.waitUntil(lambda: device.asked[-1] == ("10.9.9.10", 22))
    assert not page.verify.check.same.isChecked()
