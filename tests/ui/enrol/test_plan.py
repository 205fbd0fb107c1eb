"""The wizard's fourth step: what was found and what will be done."""

from typing import NamedTuple

import pytest
from pytestqt.qtbot import QtBot

from app.errors import AppError
from app.models.secret import Secret
from app.services.enrolment import EnrolStep, failures
from app.ui.models.steps import StepState
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from tests.ui.enrol.walk import CANARY, failure, failure_of, go_to, place
from tests.ui.fake_services import OperatorServices
from tests.ui.hands import click, type_text


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
    assert page.login.form.asks_for_sudo
    type_text(page.login.form.sudo_edit, "sudo-secret")
    click(page.footer.next)
    qtbot.waitUntil(lambda: place(page) is At.VERIFY)
    click(page.footer.next)
    qtbot.waitUntil(lambda: page.plan.plan is not None)
    login = services.enrolment.requests[-1].login
    assert (login.secret, login.sudo_password) == (Secret(CANARY), Secret("sudo-secret"))


def test_retry_looks_again(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.CONNECT] = failures.DroppedError(target="t")
    go_to(qtbot, page, At.PLAN)
    failure(qtbot, page)
    services.enrolment.failures.clear()
    click(page.footer.retry)
    qtbot.waitUntil(lambda: page.plan.plan is not None)
    assert failure_of(page) is None
    assert page.footer.next.isVisible()
