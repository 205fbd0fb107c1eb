"""The way through the wizard, as an operator walks it with the keyboard and the mouse."""

from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.errors import AppError
from app.models.endpoint import HostKey
from app.ui.errors import InlineError
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from app.ui.widgets.states import ViewState
from tests.ui.fake_enrolment import HOST_KEY
from tests.ui.hands import click, type_text

CANARY = "canary-Pa55word"


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
    page.login.form.user_line.clear()
    type_text(page.login.form.user_line, "operator")
    type_text(page.login.form.password_edit, CANARY)
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
