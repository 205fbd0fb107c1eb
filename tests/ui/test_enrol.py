"""The enrolment wizard, walked through with the keyboard and the mouse."""

from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from app.errors import AppError, StackError
from app.models.endpoint import HostKey, LoginKind
from app.services.enrolment import EnrolStep, failures
from app.ui.errors import InlineError
from app.ui.models.steps import StepState
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.mending import mending_of
from app.ui.pages.enrol.wizard import At
from app.ui.widgets.states import ViewState
from tests.ui import fake_metrics
from tests.ui.fake_services import HOST_KEY, Desk, Gate, OperatorInventory, OperatorServices
from tests.ui.hands import click, press, type_text

CANARY = "canary-Pa55word"
OTHER_KEY = HostKey("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIBvN1v9Yv1xVxg0u2bAjk0cG1n9Z3k2JgQ4mYkz9b7aK")


class Device:
    """What shows a host key, or an error instead."""

    def __init__(self) -> None:
        self.key = HOST_KEY
        self.error: AppError | None = None
        self.asked: list[tuple[str, int]] = []

    def __call__(self, address: str, port: int) -> HostKey:
        self.asked.append((address, port))
        if self.error is not None:
            raise self.error
        return self.key


@pytest.fixture
def services() -> OperatorServices:
    return OperatorServices(inventory=OperatorInventory(fake_metrics.endpoints(3)))


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def page(qtbot: QtBot, desk: Desk, device: Device) -> EnrolPage:
    page = EnrolPage(desk.context, read_host_key=device)
    qtbot.addWidget(page)
    page.resize(1080, 640)
    page.show()
    page.activated()
    return page


def place(page: EnrolPage) -> At:
    return page.at


def line(widget: object) -> QLineEdit:
    assert isinstance(widget, QLineEdit)
    return widget


def fill_where(page: EnrolPage, name: str = "turbine-77", address: str = "10.9.9.9") -> None:
    for field, text in ((page.where.name, name), (page.where.address, address)):
        line(field.control).clear()
        type_text(field.control, text)


def go_to(qtbot: QtBot, page: EnrolPage, at: At) -> None:
    """Walk to `at` as an operator would."""
    fill_where(page)
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.LOGIN)
    if at is At.LOGIN:
        return
    page.login.user_line.clear()
    type_text(page.login.user_line, "operator")
    type_text(page.login.password_edit, CANARY)
    click(page.footer.next)
    assert place(page) is At.VERIFY
    qtbot.waitUntil(lambda: page.verify.view.state is not ViewState.LOADING)
    if at is At.VERIFY:
        return
    page.verify.check.same.setChecked(True)
    click(page.footer.next)
    assert place(page) is At.PLAN
    qtbot.waitUntil(lambda: page.plan.plan is not None or failure_of(page) is not None)
    if at is At.PLAN:
        return
    click(page.footer.next)


def failure_of(page: EnrolPage) -> InlineError | None:
    shown = [each for each in page.findChildren(InlineError) if each.isVisible()]
    return shown[0] if shown else None


def failure(qtbot: QtBot, page: EnrolPage) -> InlineError:
    qtbot.waitUntil(lambda: failure_of(page) is not None)
    shown = failure_of(page)
    assert shown is not None
    return shown


# The whole way


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
    assert page.login.user_line.text() == "operator"


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


# Where


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


# Log in


def test_the_password_leaves_the_field_and_never_reaches_the_clipboard(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    go_to(qtbot, page, At.LOGIN)
    edit = page.login.password_edit
    page.login.user_line.setText("operator")
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
    assert (login.user, login.kind, login.secret) == ("operator", LoginKind.PASSWORD, CANARY)


def test_coming_back_keeps_the_password_without_showing_it(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.VERIFY)
    page.go_back()
    assert page.login.password_edit.text() == ""
    assert "kept" in page.login.password_edit.placeholderText()
    click(page.footer.next)
    assert place(page) is At.VERIFY
    assert page.session.login is not None
    assert page.session.login.secret == CANARY


def test_secrets_are_forgotten_when_it_is_over(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    assert page.session.login is None


@pytest.mark.parametrize("kind", [LoginKind.AGENT, LoginKind.QUESTIONS])
def test_ways_without_a_secret(qtbot: QtBot, page: EnrolPage, kind: LoginKind) -> None:
    go_to(qtbot, page, At.LOGIN)
    type_text(page.login.password_edit, CANARY)
    click(page.login.by_agent if kind is LoginKind.AGENT else page.login.by_questions)
    assert page.login.explanation.isVisible()
    assert not page.login.password.isVisible()
    assert not page.login.key_file.isVisible()
    page.login.user_line.clear()
    type_text(page.login.user_line, "operator")
    click(page.footer.next)
    assert place(page) is At.VERIFY
    login = page.session.login
    assert login is not None
    assert (login.kind, login.key_file, login.secret) == (kind, "", "")
    assert page.login.password_edit.text() == ""


def test_a_jump_host(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    go_to(qtbot, page, At.LOGIN)
    page.login.user_line.clear()
    type_text(page.login.user_line, "operator")
    type_text(page.login.password_edit, CANARY)
    page.login.jump_fold.set_open(True)
    jump = page.login.jump
    click(page.footer.next)
    assert jump.host.error
    assert jump.key.error
    type_text(jump.host_line, "ops@10.0.0.1:2222")
    type_text(jump.key_line, str(HOST_KEY))
    click(page.footer.next)
    assert "password" in jump.password.error
    type_text(jump.password_edit, f"{CANARY}2")
    click(page.footer.next)
    assert place(page) is At.VERIFY
    (hop,) = page.session.hops
    assert (hop.address, hop.port, hop.host_key, hop.login.user) == ("10.0.0.1", 2222, HOST_KEY, "ops")
    assert hop.login.secret == f"{CANARY}2"
    assert jump.password_edit.text() == ""
    qtbot.waitUntil(lambda: page.verify.view.state is not ViewState.LOADING)
    assert services.enrolment.asked_beyond == [(("ops@10.0.0.1:2222",), "10.9.9.9", 22)]
    assert page.go_back()
    click(page.footer.next)
    assert page.session.hops == (hop,)
    page._forget_secrets()
    assert len(page.session.hops) == 0


def test_a_key_file_must_be_there(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.LOGIN)
    page.login.user_line.setText("operator")
    page.login.by_key.setChecked(True)
    assert not page.login.password.isVisible()
    click(page.footer.next)
    assert page.login.key_file.error == "Choose the file with the private key."
    type_text(page.login.key_line, "/nonexistent/id_ed25519")
    click(page.footer.next)
    assert "There is no file" in page.login.key_file.error


# Verify


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


# Plan


def test_the_plan_says_what_was_found_and_what_will_be_done(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.PLAN)
    shown = " ".join(label.text() for label in page.plan.findChildren(type(page.footer.why)))
    assert "Debian GNU/Linux 12" in shown
    assert "4 × aarch64" in shown
    assert "to Prometheus' targets as turbine-07" in shown
    assert page.footer.next.text() == "Enrol"


class Mended(NamedTuple):
    """A failure in a step, and where its button leads."""

    step: EnrolStep
    error: AppError
    button: str
    at: At


@pytest.mark.parametrize(
    "case",
    [
        Mended(
            EnrolStep.FACTS,
            failures.SudoPasswordMissingError(target="t", user="u"),
            "Ask for the sudo password",
            At.LOGIN,
        ),
        Mended(EnrolStep.LOG_IN, failures.WrongPasswordError(target="t", user="u"), "Change the password", At.LOGIN),
        Mended(EnrolStep.CONNECT, failures.UnreachableError(target="t"), "Correct the address", At.WHERE),
        Mended(
            EnrolStep.HOST_KEY,
            failures.HostKeyChangedError(target="t", file="f"),
            "Compare the host key again",
            At.VERIFY,
        ),
    ],
)
def test_a_failure_offers_what_mends_it(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices, case: Mended
) -> None:
    services.enrolment.failures[case.step] = case.error
    go_to(qtbot, page, At.PLAN)
    shown = failure(qtbot, page)
    assert shown.retry_button.text() == case.button
    assert page.plan.steps.rows[-1].state is StepState.FAILED
    click(shown.retry_button)
    assert place(page) is case.at


def test_asking_for_the_sudo_password_leads_on_with_it(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    services.enrolment.failures[EnrolStep.FACTS] = failures.SudoPasswordMissingError(target="t", user="u")
    go_to(qtbot, page, At.PLAN)
    click(failure(qtbot, page).retry_button)
    services.enrolment.failures.clear()
    assert page.login.sudo_fold.is_open
    type_text(page.login.sudo_edit, "sudo-secret")
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    click(page.footer.next)
    qtbot.waitUntil(lambda: page.plan.plan is not None)
    login = services.enrolment.requests[-1].login
    assert (login.secret, login.sudo_password) == (CANARY, "sudo-secret")


def test_retry_looks_again(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.CONNECT] = failures.DroppedError(target="t")
    go_to(qtbot, page, At.PLAN)
    failure(qtbot, page)
    services.enrolment.failures.clear()
    click(page.footer.retry)
    qtbot.waitUntil(lambda: page.plan.plan is not None)
    assert failure_of(page) is None
    assert page.footer.next.isVisible()


# Enrol


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
        target="10.9.9.9:22", name=name, known="10.0.0.1:22", address="10.9.9.9", port=22
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
