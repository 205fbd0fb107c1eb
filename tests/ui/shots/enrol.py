"""The wizard, step by step and in each of its states."""

import os
from collections.abc import Callable

os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--no-sandbox --disable-gpu")

from PySide6.QtWidgets import QLineEdit, QScrollArea

from app.services.enrolment import EnrolStep, failures
from app.services.enrolment.ssh_config import Offer, SuggestedJump
from app.ui.models.steps import StepState
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from app.ui.widgets.states import ViewState
from tests.ui.fake_enrolment import HOST_KEY
from tests.ui.fake_services import OperatorServices
from tests.ui.gate import Gate
from tests.ui.scenes import nothing, page_of, until, working
from tests.ui.screens import Shot, Stage


def enrol(at: At) -> Callable[[Stage], None]:
    """The wizard at a step, with its fields filled."""

    def scene(stage: Stage) -> None:
        page = page_of(stage, "enrol", EnrolPage)
        page.verify.read_host_key = lambda _address, _port: HOST_KEY
        if at >= At.WHERE:
            _type(page.where.name.control, "turbine-07")
            _type(page.where.address.control, "10.20.0.7")
        if at >= At.LOGIN:
            page.go_on()
            stage.wait_until(lambda: page.at is At.LOGIN)
        if at >= At.VERIFY:
            page.login.form.user_line.setText("operator")
            page.login.form.password_edit.setText("not-a-secret")
            page.go_on()
            until(stage, page.verify.view, ViewState.CONTENT)
        if at >= At.PLAN:
            page.verify.check.same.setChecked(True)
            page.go_on()
            stage.wait_until(lambda: page.plan.plan is not None or page.footer.retry.isVisible())
        if at >= At.ENROL:
            page.go_on()
            stage.wait_until(lambda: page.at is At.DONE or _is_telling(page))
        if at is At.DONE:
            stage.wait_until(lambda: page.at is At.DONE)
            stage.wait_until(lambda: all(tile.value.text() != "–" for tile in page.done.tiles.values()))

    return scene


def _type(control: object, text: str) -> None:
    assert isinstance(control, QLineEdit)
    control.setText(text)


def _is_telling(page: EnrolPage) -> bool:
    return any(row.done or row.state is StepState.FAILED for row in page.enrolling.steps.rows)


def enrol_wrong(stage: Stage) -> None:
    page = page_of(stage, "enrol", EnrolPage)
    _type(page.where.address.control, "10.20.0")
    page.where.advanced.set_open(True)
    page.go_on()


def enrol_key(stage: Stage) -> None:
    enrol(At.LOGIN)(stage)
    page = page_of(stage, "enrol", EnrolPage)
    page.login.form.by_key.setChecked(True)
    page.login.form.ask_for_sudo()


def enrol_config(stage: Stage) -> None:
    enrol(At.WHERE)(stage)
    hint = page_of(stage, "enrol", EnrolPage).where.config
    stage.wait_until(lambda: not hint.isVisible())
    way = (SuggestedJump("ops@10.0.0.1:22"),)
    hint._take_offer("10.20.0.7", Offer("10.20.0.7", "operator", 2222, "/home/operator/.ssh/id_plant", way))


def enrol_jumps(stage: Stage) -> None:
    enrol(At.LOGIN)(stage)
    page = page_of(stage, "enrol", EnrolPage)
    page.login.form.by_agent.setChecked(True)
    page.login.jump_fold.set_open(True)
    page.login.jumps.add_button.click()
    first, second = page.login.jumps.jumps
    first.host_line.setText("ops@10.0.0.1")
    first.key_line.setText(HOST_KEY.fingerprint)
    second.host_line.setText("tech@192.168.7.1")
    second.way.setCurrentIndex(0)
    # Down to them, as far as it goes.
    bar = page.findChildren(QScrollArea)[0].verticalScrollBar()
    stage.wait_until(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())


def enrol_own_key(stage: Stage) -> None:
    enrol(At.LOGIN)(stage)
    page_of(stage, "enrol", EnrolPage).login.own_key.install.setChecked(True)


def enrol_other_key(stage: Stage) -> None:
    enrol(At.VERIFY)(stage)
    page = page_of(stage, "enrol", EnrolPage)
    page.verify.check.expected_line.setText("SHA256:" + "A" * 43)


def port_taken(services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.START] = failures.PortTakenError(
        "LISTEN 0 511 0.0.0.0:9100 users:((nginx,pid=612,fd=6))", target="10.20.0.7:22", port=9100, holder="nginx"
    )


def sudo_asks(services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.FACTS] = failures.SudoPasswordMissingError(
        "sudo: a password is required", target="10.20.0.7:22", user="operator"
    )


def known_already(services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.FACTS] = failures.AlreadyKnownError(
        target="10.20.0.7:22", name="THA-T004", known="10.20.0.112:22", address="10.20.0.7", port=22, way=""
    )


def cloned(services: OperatorServices) -> None:
    services.enrolment.failures[EnrolStep.FACTS] = failures.ClonedDeviceError(
        target="10.20.0.7:22", name="THA-T004", what="machine-id", other="host key", known="10.20.0.112:22"
    )


def held(services: OperatorServices) -> None:
    services.enrolment.gate = Gate()


SHOTS = [
    Shot("enrol-1-where", working(nothing), enrol(At.WHERE)),
    Shot("enrol-1-config", working(nothing), enrol_config),
    Shot("enrol-1-wrong", working(nothing), enrol_wrong),
    Shot("enrol-2-login", working(nothing), enrol(At.LOGIN)),
    Shot("enrol-2-key", working(nothing), enrol_key),
    Shot("enrol-2-jumps", working(nothing), enrol_jumps),
    Shot("enrol-2-own-key", working(nothing), enrol_own_key),
    Shot("enrol-3-verify", working(nothing), enrol(At.VERIFY)),
    Shot("enrol-3-other-key", working(nothing), enrol_other_key),
    Shot("enrol-4-plan", working(nothing), enrol(At.PLAN)),
    Shot("enrol-4-failed", working(sudo_asks), enrol(At.PLAN)),
    Shot("enrol-4-known", working(known_already), enrol(At.PLAN)),
    Shot("enrol-4-clone", working(cloned), enrol(At.PLAN)),
    Shot("enrol-5-enrol", working(held), enrol(At.ENROL)),
    Shot("enrol-5-failed", working(port_taken), enrol(At.ENROL)),
    Shot("enrol-6-done", working(nothing), enrol(At.DONE)),
]
