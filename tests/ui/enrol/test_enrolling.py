"""The wizard's last step: the work, what mends it, and what it leaves."""

from pytestqt.qtbot import QtBot

from app.errors import StackError
from app.services.enrolment import EnrolStep, failures
from app.ui.models.steps import StepState
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.mending import mending_of
from app.ui.pages.enrol.session import At
from app.ui.widgets.states import ViewState
from tests.ui.enrol.walk import CANARY, failure, go_to, place
from tests.ui.fake_enrolment import HOST_KEY
from tests.ui.fake_services import Desk, OperatorServices
from tests.ui.gate import Gate
from tests.ui.hands import click, type_text


def test_a_taken_port_is_mended_with_the_next_one(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.START] = failures.PortTakenError(
        "pid 1", target="t", port=9100, holder="nginx"
    )
    go_to(qtbot, page, At.ENROL)
    shown = failure(qtbot, page)
    assert page.enrolling.steps.rows[list(EnrolStep).index(EnrolStep.START)].state is StepState.FAILED
    assert shown.retry_button.text() == "Use port 9101"
    services.enrolment.failures.clear()
    click(shown.retry_button)
    qtbot.waitUntil(lambda: page.plan.plan is not None)
    assert services.enrolment.requests[-1].draft.exporter_port == 9101


def test_an_address_that_is_not_the_devices_leads_back_to_its_field(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    services.enrolment.failures[EnrolStep.CHOOSE_BUILD] = failures.ListenAddressError(
        target="t", address="10.20.0.8", addresses="10.20.0.7"
    )
    go_to(qtbot, page, At.PLAN)
    shown = failure(qtbot, page)
    click(shown.retry_button)
    assert place(page) is At.WHERE
    assert page.where.advanced.is_open
    assert page.where.listen_address.control.hasFocus()


def test_a_known_device_is_moved_instead(qtbot: QtBot, page: EnrolPage, services: OperatorServices, desk: Desk) -> None:
    name = services.inventory.endpoints()[0].name
    services.enrolment.failures[EnrolStep.FACTS] = failures.AlreadyKnownError(
        target="10.9.9.9:22", name=name, known="10.0.0.1:22", address="10.9.9.9", port=22, way=""
    )
    go_to(qtbot, page, At.PLAN)
    shown = failure(qtbot, page)
    assert shown.retry_button.text() == f"Move {name} to this address"
    click(shown.retry_button)
    qtbot.waitUntil(lambda: desk.gone_to == [("endpoint", name)])
    assert services.inventory.endpoint(name).address == "10.9.9.9"
    qtbot.waitUntil(lambda: services.enrolment.renewed == [name])
    assert place(page) is At.WHERE
    assert page.session.login is None


def test_moving_takes_the_way_that_was_given(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices, desk: Desk
) -> None:
    name = services.inventory.endpoints()[0].name
    services.enrolment.failures[EnrolStep.FACTS] = failures.AlreadyKnownError(
        target="10.9.9.9:22", name=name, known="10.0.0.1:22", address="10.9.9.9", port=22, way=""
    )
    go_to(qtbot, page, At.LOGIN)
    page.login.form.user_line.setText("operator")
    type_text(page.login.form.password_edit, CANARY)
    page.login.jump_fold.set_open(True)
    (jump,) = page.login.jumps.jumps
    type_text(jump.host_line, "ops@10.0.0.1")
    type_text(jump.key_line, HOST_KEY.fingerprint)
    type_text(jump.password_edit, CANARY)
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY and page.verify.view.state is not ViewState.LOADING)
    page.verify.check.same.setChecked(True)
    click(page.footer.next)
    click(failure(qtbot, page).retry_button)
    qtbot.waitUntil(lambda: desk.gone_to == [("endpoint", name)])
    (taken,) = services.inventory.endpoint(name).jumps
    assert (taken.target, taken.host_key) == ("10.0.0.1:22", HOST_KEY)
    assert len(page.session.hops) == 0


def test_a_clone_is_enrolled_only_when_the_operator_says_so(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    services.enrolment.failures[EnrolStep.FACTS] = failures.ClonedDeviceError(
        target="t", name="wtg-01", what="machine-id", other="host key", known="10.0.0.1:22"
    )
    go_to(qtbot, page, At.PLAN)
    shown = failure(qtbot, page)
    services.enrolment.failures.clear()
    click(shown.retry_button)
    qtbot.waitUntil(lambda: page.plan.plan is not None)
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    assert [request.accepts_clone for request in services.enrolment.requests] == [False, True, True]
    assert not page.session.accepts_clone


def test_without_a_stack_it_leads_there(qtbot: QtBot, page: EnrolPage, services: OperatorServices, desk: Desk) -> None:
    services.enrolment.failures[EnrolStep.REGISTER] = StackError(reason="There is no stack.", what_to_do="Deploy it.")
    go_to(qtbot, page, At.ENROL)
    shown = failure(qtbot, page)
    assert shown.retry_button.text() == "Deploy the stack first"
    click(shown.retry_button)
    assert desk.gone_to == [("stack", "")]
    services.enrolment.failures.clear()
    page.activated()
    click(page.footer.retry)
    qtbot.waitUntil(lambda: place(page) is At.DONE)


def test_cancelling_says_that_nothing_is_left(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    services.enrolment.gate = Gate()
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(services.enrolment.gate.reached.is_set)
    qtbot.waitUntil(lambda: any(row.done for row in page.enrolling.steps.rows))
    assert not page.go_back()
    click(page.footer.cancel)
    qtbot.waitUntil(lambda: not page.enrolling.is_running)
    assert "nothing runs any more" in page.footer.why.text()
    assert page.footer.retry.isVisible()
    assert page.footer.back.isVisible()


def test_leaving_the_page_lets_the_enrolment_go_on(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices, desk: Desk
) -> None:
    services.enrolment.gate = Gate()
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(services.enrolment.gate.reached.is_set)
    page.deactivated()
    page.hide()
    services.enrolment.gate.open()
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    assert desk.notices[-1].text == "turbine-77 is enrolled and up."
    page.show()
    page.activated()
    qtbot.waitUntil(lambda: any(tile.value.text() == "41 %" for tile in page.done.tiles.values()))


def test_a_failure_while_away_is_told(qtbot: QtBot, page: EnrolPage, services: OperatorServices, desk: Desk) -> None:
    services.enrolment.gate = Gate()
    services.enrolment.failures[EnrolStep.METRICS] = failures.ExporterSilentError(target="t", port=9100)
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(services.enrolment.gate.reached.is_set)
    page.deactivated()
    page.hide()
    services.enrolment.gate.open()
    qtbot.waitUntil(lambda: bool(desk.notices))
    assert "does not answer on port 9100" in desk.notices[0].text


def test_the_log_is_there_on_demand(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    assert "transfer: begun" in page.enrolling.steps.log_text


def test_every_failure_of_a_login_leads_to_the_login() -> None:
    for error in (
        failures.KeyRefusedError(target="t", file="f", user="u"),
        failures.NoRootRightsError(target="t", user="u"),
    ):
        mending = mending_of(error, 9100)
        assert mending is not None
        assert mending.text == "Change the login"
    assert mending_of(failures.NoSpaceError(target="t", free=1, needed=2, place="/"), 9100) is None
