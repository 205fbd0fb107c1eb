"""The settings page: what is changed is kept through the settings module, and messages stand under their fields."""

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.errors import KitError
from app.models.endpoint import LoginKind
from app.models.secret import Secret
from app.ui import theme
from app.ui.dialogs.danger import DangerDialog
from app.ui.dialogs.licences import LicencesDialog
from app.ui.dialogs.login import LoginDialog
from app.ui.dialogs.login_name import LoginNameDialog
from app.ui.errors import InlineError
from app.ui.pages.settings import SettingsPage
from tests.ui import fake_metrics
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.gate import Gate
from tests.ui.hands import click, type_text

CANARY = "canary-Pa55word"


@pytest.fixture
def page(qtbot: QtBot, desk: Desk) -> SettingsPage:
    page = SettingsPage(desk.context)
    qtbot.addWidget(page)
    page.resize(1080, 1400)
    page.show()
    page.activated()
    # The last of the sections, which are made in turns.
    qtbot.waitUntil(lambda: bool(page.kit.held.text()) and "about" in vars(page) and page.about.isVisible())
    return page


def test_the_theme_changes_at_once_and_is_kept(
    qtbot: QtBot, page: SettingsPage, services: OperatorServices, desk: Desk
) -> None:
    box = page.appearance.theme_box
    box.setCurrentIndex(box.findData("dark"))
    box.activated.emit(box.currentIndex())
    assert theme.colours(QApplication.palette()).is_dark
    qtbot.waitUntil(lambda: services.now.theme == "dark")
    assert desk.context.state.value("window/theme") == "dark"


def test_an_empty_kit_says_what_that_means_and_can_be_filled(
    qtbot: QtBot, page: SettingsPage, services: OperatorServices, desk: Desk
) -> None:
    assert "none yet" in page.kit.held.text()
    page.kit.version_line.clear()
    type_text(page.kit.version_line, "1.11.0")
    click(page.kit.fetch_button)
    qtbot.waitUntil(lambda: "1.11.0: amd64, arm64" in page.kit.held.text())
    assert services.now.kit_version == "1.11.0"
    assert "for amd64, arm64" in desk.notices[0].text


def test_fetching_shows_bytes_and_can_be_cancelled(
    qtbot: QtBot, page: SettingsPage, services: OperatorServices, desk: Desk
) -> None:
    services.kit.gate = Gate()
    click(page.kit.fetch_button)
    qtbot.waitUntil(lambda: any(row.done == 4_000_000 for row in page.kit.steps.rows))
    click(page.kit.cancel_button)
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert desk.notices[0].text.startswith("Cancelled")
    assert page.kit.fetch_button.isVisible()


def test_a_source_that_is_away_is_told_in_its_place(
    qtbot: QtBot, page: SettingsPage, services: OperatorServices
) -> None:
    services.kit.error = KitError(reason="The source does not answer.", what_to_do="Use a mirror.")
    click(page.kit.fetch_button)
    qtbot.waitUntil(lambda: any(each.isVisible() for each in page.kit.findChildren(InlineError)))
    services.kit.error = None
    click(page.kit.findChildren(InlineError)[0].retry_button)
    qtbot.waitUntil(lambda: "arm64" in page.kit.held.text())


def test_messages_stand_under_their_fields(qtbot: QtBot, page: SettingsPage, services: OperatorServices) -> None:
    page.kit.url_line.clear()
    type_text(page.kit.url_line, "ftp://mirror")
    page.kit.version_line.clear()
    type_text(page.kit.version_line, "newest")
    click(page.kit.fetch_button)
    assert "http://" in page.kit.url.error
    page.kit.url_line.clear()
    type_text(page.kit.url_line, "https://mirror.example/node_exporter")
    click(page.kit.fetch_button)
    assert page.kit.url.error == ""
    assert "a version such as" in page.kit.version.error


def test_a_shared_database_keeps_its_password_in_the_keyring(
    qtbot: QtBot, page: SettingsPage, services: OperatorServices, desk: Desk
) -> None:
    section = page.database
    section.shared.setChecked(True)
    click(section.save_button)
    assert section.url.error == "The address of the database is needed."
    type_text(section.url_line, f"postgresql://op:{CANARY}@db/plantwatch")
    click(section.save_button)
    assert "keyring" in section.url.error
    assert CANARY not in section.url.error
    section.url_line.clear()
    type_text(section.url_line, "postgresql://op@db/plantwatch")
    type_text(section.password_edit, CANARY)
    click(section.save_button)
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert services.now.database_url == "postgresql://op@db/plantwatch"
    assert services.database_passwords.held == {"postgresql://op@db/plantwatch": Secret(CANARY)}
    assert section.password_edit.text() == ""
    assert CANARY not in repr(services.now)


def test_back_to_a_file(qtbot: QtBot, page: SettingsPage, services: OperatorServices, desk: Desk) -> None:
    page.database.shared.setChecked(True)
    type_text(page.database.url_line, "postgresql://op@db/plantwatch")
    click(page.database.save_button)
    qtbot.waitUntil(lambda: bool(services.now.database_url))
    page.database.in_file.setChecked(True)
    assert not page.database.url.isVisible()
    click(page.database.save_button)
    qtbot.waitUntil(lambda: not services.now.database_url)


def test_what_is_being_typed_survives_a_refresh(qtbot: QtBot, page: SettingsPage) -> None:
    page.kit.url_line.clear()
    type_text(page.kit.url_line, "https://mirror.example")
    page.refresh()
    assert page.kit.url_line.text() == "https://mirror.example"


def rows(page: SettingsPage) -> list[str]:
    """The names of the logins that are shown."""
    return [row.usage.credential.name for row in page.logins.logins if row.isVisible()]


def words(page: SettingsPage) -> str:
    return " ".join(str(each.property("text")) for each in page.logins.findChildren(QWidget) if each.isVisible())


def test_logins_that_endpoints_share(qtbot: QtBot, page: SettingsPage, services: OperatorServices, desk: Desk) -> None:
    qtbot.waitUntil(page.logins.none.isVisible)
    services.credentials.hold(7, "Plant")
    services.credentials.hold(8, "Substations", LoginKind.KEY_FILE, "ops")
    page.refresh()
    qtbot.waitUntil(lambda: rows(page) == ["Plant", "Substations"])
    assert "iiot by password No endpoint uses it yet." in words(page)
    assert "ops by the key plant" in words(page)

    click(page.logins.logins[0].rename_button)
    (asked,) = page.findChildren(LoginNameDialog)
    asked.line.clear()
    type_text(asked.line, "substations")
    click(asked.keep_button)
    qtbot.waitUntil(lambda: "substations is the name of another login already." in asked.field.error)
    asked.line.clear()
    type_text(asked.line, "Wind farm")
    click(asked.keep_button)
    qtbot.waitUntil(lambda: rows(page) == ["Wind farm", "Substations"])
    assert desk.notices[-1].text == "The login is called Wind farm now."

    click(page.logins.logins[0].change_button)
    (dialog,) = page.findChildren(LoginDialog)
    qtbot.waitUntil(dialog.change_button.isEnabled)
    assert not dialog.try_first.isVisible()  # nobody uses it: there is nowhere to try it
    type_text(dialog.form.password_edit, CANARY)
    click(dialog.change_button)
    qtbot.waitUntil(lambda: bool(services.credentials.changed))
    assert services.credentials.changed[0][1].secret == Secret(CANARY)
    qtbot.waitUntil(lambda: not page.findChildren(LoginDialog))

    click(page.logins.logins[1].remove_button)
    (danger,) = page.findChildren(DangerDialog)
    click(danger.do_button)
    qtbot.waitUntil(lambda: rows(page) == ["Wind farm"])


def test_a_login_that_is_used_is_not_removed(qtbot: QtBot, page: SettingsPage, services: OperatorServices) -> None:
    services.inventory.put(fake_metrics.endpoints(1)[0])
    services.credentials.hold(1, "Plant")
    page.refresh()
    qtbot.waitUntil(lambda: rows(page) == ["Plant"])
    click(page.logins.logins[0].remove_button)
    (danger,) = page.findChildren(DangerDialog)
    click(danger.do_button)
    qtbot.waitUntil(lambda: "still use it." in words(page))
    assert [each.name for each in services.credentials.held.values()] == ["Plant"]


def test_licences_of_all_that_is_shipped(qtbot: QtBot, page: SettingsPage) -> None:
    click(page.about.licences_button)
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, LicencesDialog))
    qtbot.waitUntil(lambda: dialog.names.count() > 10)
    assert "Apache License" in dialog.text.toPlainText()
    names = [dialog.names.item(at).text() for at in range(dialog.names.count())]
    assert {"Plantwatch", "Lucide icons", "paramiko", "PySide6"} <= set(names)
