"""What one press does about a failure: the wizard goes where the cause is mended, or mends it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.errors import AppError, DuplicateError
from app.models.endpoint import Endpoint
from app.services.endpoints import moved_to
from app.services.progress import CancelToken, Report
from app.ui.pages.enrol.mending import Remedy, next_port
from app.ui.pages.enrol.session import At
from app.ui.pages.page import Notice
from app.ui.theme import Meaning
from app.ui.widgets.renewal import renew

if TYPE_CHECKING:
    from app.ui.pages.enrol.wizard import EnrolPage


class Remedies(QObject):
    """Acts on the wizard that it belongs to."""

    def __init__(self, page: "EnrolPage") -> None:
        super().__init__(page)
        self._page = page

    def apply(self, remedy: Remedy, error: AppError) -> None:
        """Do about `error` what the button under it said."""
        page = self._page
        match remedy:
            case Remedy.SUDO_PASSWORD:
                page.show_step(At.LOGIN)
                page.login.ask_for_sudo()
            case Remedy.PASSWORD | Remedy.LOGIN:
                page.show_step(At.LOGIN)
                page.login.ask_for_secret()
            case Remedy.ADDRESS | Remedy.LISTEN_ADDRESS:
                self._correct_address(remedy, error)
            case Remedy.HOST_KEY:
                page.show_step(At.VERIFY)
                page.verify.ask()
            case Remedy.EXPORTER_PORT:
                self._use_next_port()
            case Remedy.MOVE:
                self._move(str(error.details["name"]))
            case Remedy.CLONE | Remedy.NO_OWN_KEY:
                self._retry_otherwise(remedy)
            case Remedy.STACK:
                page.context.navigate("stack", "")
            case Remedy.KIT:
                page.context.navigate("settings", "kit")

    def _retry_otherwise(self, remedy: Remedy) -> None:
        """The same again with what the operator has just decided."""
        page = self._page
        if remedy is Remedy.CLONE:
            page.session.accepts_clone = True
        else:
            page.login.own_key.install.setChecked(False)
            page.session.own_key = None
        page.retry()

    def _correct_address(self, remedy: Remedy, error: AppError) -> None:
        """Back to the first step, at the field that is wrong."""
        self._page.show_step(At.WHERE)
        if isinstance(error, DuplicateError):
            self._page.where.complain(error)
        elif remedy is Remedy.LISTEN_ADDRESS:
            self._page.where.ask_for_listen_address()
        else:
            self._page.where.address.control.setFocus()

    def _use_next_port(self) -> None:
        """The same again with the exporter on the next port."""
        page = self._page
        if page.session.draft is None:
            return
        page.where.set_exporter_port(next_port(page.session.draft.exporter_port))
        page.session.draft = page.where.draft()
        page.show_step(At.PLAN)

    def _move(self, name: str) -> None:
        """The device is known as `name`: that endpoint gets its new address, with the way there, and nothing is enrolled."""
        page, services = self._page, self._page.context.services
        request = page.session.request()

        def move(_report: Report, _token: CancelToken) -> Endpoint:
            draft = moved_to(services.inventory.endpoint(name), request.draft)
            return services.enrolment.move(name, draft, request.hops)

        def moved(endpoint: Endpoint) -> None:
            text = self.tr("{0} is at {1} now.").format(endpoint.name, endpoint.ssh_target)
            page.context.notify(Notice(text, Meaning.UP))
            page.start_anew()
            page.context.navigate("endpoint", endpoint.name)
            if not endpoint.is_named_by_certificate:
                renew(page.context, [endpoint], page.window())

        page.context.tasks.start(
            move,
            title=self.tr("Move {0}").format(name),
            owner=page,
            on_success=moved,
            on_failure=page.show_failure,
        )
