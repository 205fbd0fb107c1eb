"""The wizard's offer to put a key of Plantwatch's own in place of the login."""

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.models.own_key import HERE, OwnKeyWish
from app.services.enrolment import failures
from app.services.enrolment.steps import KeyStep
from app.ui.models.steps import StepState
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from tests.ui.enrol.walk import failure, go_to, place
from tests.ui.fake_services import OperatorServices
from tests.ui.hands import click


def test_none_is_installed_unasked(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    go_to(qtbot, page, At.LOGIN)
    assert not page.login.own_key.install.isChecked()
    assert not page.login.own_key.from_here.isVisible()
    go_to(qtbot, page, At.PLAN)
    assert services.enrolment.requests[-1].own_key is None


def test_what_is_chosen_is_asked_for(qtbot: QtBot, page: EnrolPage, services: OperatorServices) -> None:
    go_to(qtbot, page, At.LOGIN)
    choice = page.login.own_key
    click(choice.install)
    assert choice.caution.isVisible()
    click(choice.from_here)
    assert choice.wish == OwnKeyWish((HERE,))
    click(choice.from_here)
    go_to(qtbot, page, At.ENROL)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    assert services.enrolment.requests[-1].own_key == OwnKeyWish()
    rows = {row.step: row.state for row in page.enrolling.steps.rows}
    assert all(rows[step] is StepState.DONE for step in KeyStep)


def test_worded_for_the_way_above(qtbot: QtBot, page: EnrolPage) -> None:
    go_to(qtbot, page, At.LOGIN)
    assert "forget this password" in page.login.own_key.install.text()
    click(page.login.form.by_agent)
    assert "in place of this login" in page.login.own_key.install.text()


def test_a_device_that_takes_none_is_enrolled_without(
    qtbot: QtBot, page: EnrolPage, services: OperatorServices
) -> None:
    services.enrolment.failures[KeyStep.TRY_KEY] = failures.OwnKeyForbiddenError(target="t", user="u")
    go_to(qtbot, page, At.LOGIN)
    click(page.login.own_key.install)
    go_to(qtbot, page, At.ENROL)
    shown = failure(qtbot, page)
    (mend,) = [each for each in shown.findChildren(QPushButton) if each.text() == "Go on without such a key"]
    click(mend)
    qtbot.waitUntil(lambda: place(page) is At.DONE)
    assert services.enrolment.requests[-1].own_key is None
    assert not page.login.own_key.install.isChecked()
