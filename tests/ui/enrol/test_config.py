"""The operator's ~/.ssh/config in the wizard: completed and offered, never used unasked."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.models.endpoint import LoginKind
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from tests.ui.enrol.walk import line, place
from tests.ui.hands import click, press, type_text


@pytest.fixture
def key(ssh_folder: Path) -> Path:
    key = ssh_folder / "id_plant"
    key.write_text("a key")
    (ssh_folder / "config").write_text(
        "Host turbine-07\n  HostName 10.20.0.7\n  User ops\n  Port 2222\n"
        f"  IdentityFile {key}\n  ProxyJump gate,tech@192.168.7.1\n"
        "Host gate\n  HostName 10.0.0.1\n  User jumper\nHost *\n  ForwardAgent no\n"
    )
    return key


@pytest.mark.usefixtures("key")
def test_a_host_of_the_configuration_is_offered_in_one_line(qtbot: QtBot, page: EnrolPage) -> None:
    hint = page.where.config
    type_text(page.where.address.control, "turbine-07")
    qtbot.waitUntil(hint.use_button.isVisible)
    assert hint.said.text() == (
        "From ~/.ssh/config: address 10.20.0.7, user ops, port 2222, key id_plant, "
        "via jumper@10.0.0.1:22, tech@192.168.7.1:22"
    )
    # Nothing is used before it is asked for.
    assert line(page.where.port.control).text() == "22"
    assert page.login.form.user_line.text() != "ops"
    assert page.login.jumps.jumps == []


def test_using_it_fills_the_fields_and_trusts_nothing(qtbot: QtBot, page: EnrolPage, key: Path) -> None:
    hint = page.where.config
    type_text(page.where.name.control, "turbine-07")
    type_text(page.where.address.control, "turbine-07")
    qtbot.waitUntil(hint.use_button.isVisible)
    press(hint.use_button, Qt.Key.Key_Space)
    assert line(page.where.address.control).text() == "10.20.0.7"
    assert line(page.where.port.control).text() == "2222"
    assert hint.said.text().startswith("Taken over")
    assert not hint.use_button.isVisible()
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.LOGIN)
    login, form = page.login, page.login.form
    assert (form.user_line.text(), login.kind, form.key_line.text()) == ("ops", LoginKind.KEY_FILE, str(key))
    first, second = login.jumps.jumps
    assert (first.host_line.text(), second.host_line.text()) == ("jumper@10.0.0.1:22", "tech@192.168.7.1:22")
    click(page.footer.next)
    assert first.key.error  # the host keys are still to be compared
    assert place(page) is At.LOGIN


@pytest.mark.usefixtures("key")
def test_an_address_of_which_nothing_is_said(qtbot: QtBot, page: EnrolPage) -> None:
    hint = page.where.config
    type_text(page.where.address.control, "turbine-07")
    qtbot.waitUntil(hint.isVisible)
    type_text(page.where.address.control, "0")
    qtbot.waitUntil(hint.isHidden)


@pytest.mark.usefixtures("key")
def test_names_of_hosts_complete(qtbot: QtBot, page: EnrolPage) -> None:
    hint = page.where.config
    qtbot.waitUntil(lambda: hint._names.stringList() == ["gate", "turbine-07"])
    address = line(page.where.address.control)
    type_text(page.where.name.control, "turbine-07")
    type_text(address, "tur")
    qtbot.waitUntil(lambda: hint.is_completing)
    popup = hint._completer.popup()
    assert popup is not None
    press(popup, Qt.Key.Key_Down)
    press(popup, Qt.Key.Key_Return)
    assert address.text() == "turbine-07"
    assert place(page) is At.WHERE  # that Return chose a name and was not meant for the wizard


def test_a_broken_file_is_told_and_harms_nothing(qtbot: QtBot, page: EnrolPage, ssh_folder: Path) -> None:
    (ssh_folder / "config").write_text('Host "gate\nHost mast\n  User ops\n')
    page.where.enter()
    hint = page.where.config
    qtbot.waitUntil(lambda: "line 1 cannot be understood" in hint.said.text())
    type_text(page.where.address.control, "mast")
    qtbot.waitUntil(hint.use_button.isVisible)
    assert hint.said.text() == "From ~/.ssh/config: user ops"


def test_a_folder_in_place_of_the_file(qtbot: QtBot, page: EnrolPage, ssh_folder: Path) -> None:
    (ssh_folder / "config").mkdir()
    page.where.enter()
    qtbot.waitUntil(lambda: page.where.config.said.text() == "~/.ssh/config cannot be read: it is not a file.")
