"""Logins that endpoints share: in the wizard, in the dialog that changes one, and in the settings."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.models.endpoint import LoginKind
from app.services.enrolment import failures
from app.ui.dialogs.login import LoginDialog
from app.ui.dialogs.login_change import open_login
from app.ui.errors import InlineError
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from app.ui.pages.settings import SettingsPage
from app.ui.widgets.states import ViewState
from tests.ui import fake_metrics
from tests.ui.fake_services import OperatorInventory, OperatorServices
from tests.ui.fakes import FakeServices
from tests.ui.scenes import nothing, page_of, working
from tests.ui.screens import Shot, Stage
from tests.ui.shots.endpoint import shown
from tests.ui.shots.enrol import enrol

if TYPE_CHECKING:
    from app.main import Services

REFUSED = failures.WrongPasswordError(
    "Authentication failed (publickey,password).", target="10.20.0.112:22", user="iiot"
)


def some_logins(services: OperatorServices) -> None:
    """One that all three endpoints share, and one that nobody needs yet."""
    shared = services.inventory.endpoints()[0].credential_id or 0
    services.credentials.hold(shared, "Thanet turbines")
    services.credentials.hold(shared + 1, "Substations", LoginKind.KEY_FILE, "ops")


def choose_kept(stage: Stage) -> None:
    enrol(At.LOGIN)(stage)
    page = page_of(stage, "enrol", EnrolPage)
    stage.wait_until(page.login.profiles.isVisible)
    page.login.profiles.choice.setCurrentIndex(1)


def name_a_new_one(stage: Stage) -> None:
    enrol(At.LOGIN)(stage)
    page = page_of(stage, "enrol", EnrolPage)
    page.login.keep_as.fold.set_open(True)


def settings(count: int) -> Callable[[Stage], None]:
    """The settings with so many logins."""

    def scene(stage: Stage) -> None:
        page = page_of(stage, "settings", SettingsPage)
        stage.wait_until(lambda: "about" in vars(page) and len(page.logins.logins) == count)
        QTest.qWait(50)
        page.show_subject("logins")

    return scene


def fleet() -> "Services":
    """59 endpoints that share one login."""
    services = FakeServices(inventory=OperatorInventory(fake_metrics.endpoints(59)))
    services.credentials.hold(1, "Thanet turbines")
    services.credentials.hold(2, "Substations", LoginKind.KEY_FILE, "ops")
    services.enrolment.refusal = REFUSED
    return services.as_services()


def opened(parent: QWidget, stage: Stage) -> LoginDialog:
    stage.wait_until(lambda: bool(parent.findChildren(LoginDialog)))
    (dialog,) = parent.findChildren(LoginDialog)
    stage.wait_until(lambda: dialog.view.state is ViewState.CONTENT)
    return dialog


def refused(stage: Stage) -> LoginDialog:
    """As from the notice of a renewal that failed."""
    page = shown(stage)
    endpoint = page.context.services.inventory.endpoint("BAR-T001")
    open_login(page.context, page, endpoint=endpoint, error=REFUSED)
    return opened(page, stage)


def refused_again(stage: Stage) -> None:
    dialog = refused(stage)
    dialog.form.password_edit.setText("not-a-secret")
    dialog.change_button.click()
    stage.wait_until(lambda: any(each.isVisible() for each in dialog.findChildren(InlineError)))


SHOTS = [
    Shot("enrol-2-profile", working(some_logins), choose_kept),
    Shot("enrol-2-keep-as", working(nothing), name_a_new_one),
    Shot("login-dialog", fleet, refused),
    Shot("login-dialog-refused", fleet, refused_again),
    Shot("settings-logins", working(some_logins), settings(2)),
    Shot("settings-logins-none", working(nothing), settings(0)),
]
