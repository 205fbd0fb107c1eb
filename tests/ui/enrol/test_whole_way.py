"""The wizard from one end to the other."""

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.services.enrolment import failures
from app.ui.models.steps import StepState
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from tests.ui.enrol.walk import Device, failure, fill_where, go_to, line, place
from tests.ui.fake_enrolment import HOST_KEY
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.hands import click, press


def test_from_name_to_live_values(qtbot: QtBot, page: EnrolPage, desk: Desk, services: OperatorServices) -> None:
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    qtbot.waitUntil(lambda: any(tile.value.text() == "12 %" for tile in page.done.tiles.values()))
    assert services.inventory.endpoint("turbine-77").host_key == HOST_KEY
    assert all(row.state is StepState.DONE for row in page.enrolling.steps.rows)
    click(page.done.open_button)
    assert desk.gone_to == [("endpoint", "turbine-77")]


def test_return_goes_on_from_a_field(qtbot: QtBot, page: EnrolPage) -> None:
    fill_where(page)
    press(page.where.address.control, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: place(page) is At.LOGIN)


def test_esc_goes_back_and_keeps_what_was_given(qtbot: QtBot, page: EnrolPage, device: Device) -> None:
    go_to(qtbot, page, At.PLAN)
    for expected in (At.VERIFY, At.LOGIN, At.WHERE):
        assert page.go_back()
        assert place(page) is expected
    assert not page.go_back()
    assert line(page.where.name.control).text() == "turbine-77"
    assert len(device.asked) == 1


def test_another_keeps_the_site_and_the_user(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    click(page.done.another_button)
    assert place(page) is At.WHERE
    assert line(page.where.name.control).text() == ""
    assert page.login.form.user_line.text() == "operator"


def test_undo_takes_the_endpoint_out_again(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices, desk: Desk
) -> None:
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    click(page.done.undo_button)
    qtbot.waitUntil(lambda: place(page) is At.WHERE)
    assert services.enrolment.removed == ["turbine-77"]
    assert "the device is as it was before" in desk.notices[-1].text


def test_an_undo_that_fails_can_be_repeated_or_left(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    services.enrolment.removal_error = failures.UnreachableError(target="t")
    click(page.done.undo_button)
    failure(qtbot, page)
    assert page.go_back()
    assert place(page) is At.DONE
    services.enrolment.removal_error = None
    click(page.done.undo_button)
    qtbot.waitUntil(lambda: place(page) is At.WHERE)
    assert services.enrolment.removed == ["turbine-77"]
