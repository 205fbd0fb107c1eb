"""The wizard's first step: name, address, place."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from tests.ui.enrol.walk import fill_where, line, place
from tests.ui.fake_services import OperatorServices
from tests.ui.hands import click, press, type_text


def test_site_is_the_last_one(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    newest = max(services.inventory.endpoints(), key=lambda each: each.created_at)
    qtbot.waitUntil(lambda: page.where.site_text == newest.site)


def test_fields_complain_once_they_are_left(qtbot: QtBot, page: EnrolPage) -> None:
    type_text(page.where.address.control, "10.1.1")
    assert page.where.address.error == ""
    press(page.where.address.control, Qt.Key.Key_Tab)
    assert "neither an IP address nor a host name" in page.where.address.error
    type_text(page.where.address.control, ".1")
    assert page.where.address.error == ""


def test_next_names_what_is_missing(qtbot: QtBot, page: EnrolPage) -> None:
    click(page.footer.next)
    assert page.where.name.error == "A name is needed."
    assert place(page) is At.WHERE


def test_a_taken_name_is_told_when_the_field_is_left(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    taken = services.inventory.endpoints()[0].name
    fill_where(page, name=taken)
    press(page.where.address.control, Qt.Key.Key_Tab)
    qtbot.waitUntil(lambda: taken in page.where.name.error)


def test_a_taken_address_keeps_the_wizard_where_it_is(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    fill_where(page, address=services.inventory.endpoints()[0].address)
    click(page.footer.next)
    qtbot.waitUntil(lambda: "already used" in page.where.address.error)
    assert place(page) is At.WHERE


def test_a_wrong_advanced_field_unfolds(qtbot: QtBot, page: EnrolPage) -> None:
    fill_where(page)
    line(page.where.exporter_port.control).setText("99999")
    click(page.footer.next)
    assert page.where.advanced.is_open
    assert "not a port" in page.where.exporter_port.error


def test_the_listening_address_goes_into_the_draft(page: EnrolPage) -> None:
    fill_where(page)
    line(page.where.listen_address.control).setText("10.20.0.8")
    assert page.where.draft().listen_address == "10.20.0.8"
    line(page.where.listen_address.control).setText("127.0.0.1")
    click(page.footer.next)
    assert page.where.advanced.is_open
    assert "Prometheus cannot reach" in page.where.listen_address.error
