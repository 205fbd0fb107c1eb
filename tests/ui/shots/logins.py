"""Logins that endpoints share: in the wizard, in the dialog that changes one, and in the settings."""

from app.models.endpoint import LoginKind
from app.ui.pages.enrol import EnrolPage
from app.ui.pages.enrol.session import At
from tests.ui.fake_services import OperatorServices
from tests.ui.screens import Shot, Stage
from tests.ui.shots.operator import enrol, nothing, page_of, working


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


SHOTS = [
    Shot("enrol-2-profile", working(some_logins), choose_kept),
    Shot("enrol-2-keep-as", working(nothing), name_a_new_one),
]
