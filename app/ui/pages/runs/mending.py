"""What one press does about a cause: for the operator to decide in a dialog, or at once; then those devices wait again."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.errors import AppError, DeviceError
from app.models.bulk import BulkItem, BulkRun
from app.models.endpoint import Endpoint, HostKey
from app.services.bulk.causes import Cause, Fix
from app.services.progress import CancelToken, Report
from app.ui.dialogs.login_change import open_login
from app.ui.dialogs.new_keys import NewKeysDialog
from app.ui.errors import message_of
from app.ui.pages.page import Notice, PageContext
from app.ui.pages.runs.causes import next_port
from app.ui.run_words import cause_title
from app.ui.theme import Meaning

T = TypeVar("T")


class Mending(QObject):
    """Acts on the run `run_id`, for the page `owner`."""

    def __init__(self, context: PageContext, owner: QWidget) -> None:
        super().__init__(owner)
        self._context = context
        self._owner = owner
        self.run_id = 0

    def mend(self, cause: Cause) -> None:
        """Do about `cause` what its button says."""
        match cause.fix:
            case Fix.LOGIN:
                self._change_login(cause)
            case Fix.HOST_KEYS:
                self._compare_keys()
            case Fix.PORT:
                self._use_next_port(cause)
            case Fix.STACK:
                self._context.navigate("stack", "")
            case Fix.KIT:
                self._context.navigate("settings", "kit")
            case Fix.RETRY:
                self._context.runs.retry(self.run_id, cause.numbers)

    # A login

    def _change_login(self, cause: Cause) -> None:
        inventory, run_id = self._context.services.inventory, self.run_id

        def work(_report: Report, _token: CancelToken) -> tuple[int | None, Endpoint | None]:
            if cause.profile:
                return inventory.profile(cause.profile).id, None
            endpoint = inventory.endpoint_by_id(cause.endpoint_id or 0)
            return endpoint.credential_id, endpoint

        def found(whose: tuple[int | None, Endpoint | None]) -> None:
            number, endpoint = whose
            # What the first device said, in its own words.
            said = DeviceError(reason=cause.failure.message if endpoint is None else cause_title(cause), what_to_do="")
            open_login(
                self._context,
                self._owner.window(),
                endpoint=endpoint,
                error=said,
                credential_id=number,
                then=lambda: self._context.runs.retry(run_id, cause.numbers),
            )

        self._start(work, found)

    # Host keys

    def _compare_keys(self) -> None:
        bulk, run_id = self._context.services.bulk, self.run_id

        def found(unknown: list[tuple[BulkItem, HostKey]]) -> None:
            dialog = NewKeysDialog(unknown, self._owner.window())
            dialog.trusted.connect(lambda compared: self._accept(run_id, compared))
            dialog.open()

        self._start(lambda _report, _token: bulk.unknown_keys(run_id), found)

    def _accept(self, run_id: int, compared: dict[int, HostKey]) -> None:
        bulk = self._context.services.bulk
        self._put_back(run_id, lambda: bulk.accept_keys(run_id, compared))

    # A port

    def _use_next_port(self, cause: Cause) -> None:
        runs, run_id, port = self._context.services.runs, self.run_id, next_port(cause.port)
        self._put_back(run_id, lambda: runs.use_port(run_id, cause.numbers, port))

    # Common to all

    def _put_back(self, run_id: int, change: Callable[[], int]) -> None:
        """Let devices wait again by `change`, and see that they are worked on."""
        runs, live = self._context.services.runs, self._context.runs.live(run_id)

        def work(_report: Report, _token: CancelToken) -> BulkRun:
            added = change()
            if live is not None:
                live.count_again(added)
            return runs.standing(run_id).run

        self._start(work, self._context.runs.begin)

    def _start(self, work: Callable[[Report, CancelToken], T], on_success: Callable[[T], None]) -> None:
        self._context.tasks.start(
            work,
            title=self.tr("Mend what failed"),
            owner=self,
            on_success=on_success,
            on_failure=self._tell,
            pool="polling",
        )

    def _tell(self, error: AppError) -> None:
        self._context.notify(Notice(message_of(error), Meaning.DOWN))
