"""Step 5: the enrolment itself, step by step, or its undoing."""

from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.errors import AppError
from app.models.endpoint import Endpoint
from app.services.enrolment import EnrolmentRequest, RemoveStep
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.models.steps import StepListModel
from app.ui.pages.enrol.session import Session, WizardStep
from app.ui.tasks import Task, TaskRunner
from app.ui.theme import Text
from app.ui.widgets.steps import StepList
from app.ui.widgets.text import Label


class Enroller(Protocol):
    """Brings a device into monitoring, and out again."""

    def enrol(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> Endpoint: ...

    def remove(
        self,
        name: str,
        *,
        keep_exporter: bool = False,
        forget_only: bool = False,
        report: Report,
        token: CancelToken,
    ) -> None: ...


class EnrollingStep(WizardStep):
    """The live list of steps. The work goes on as a task when the page is left; coming back shows it."""

    enrolled = Signal(object)
    """The `Endpoint`."""
    removed = Signal(str)
    """The endpoint of that name is out again."""
    failed = Signal(object)
    """An AppError; nothing runs any more and what this run did is undone."""
    cancelled = Signal()

    def __init__(self, session: Session, enrolment: Enroller, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._enrolment = enrolment
        self._tasks = tasks
        self._task: Task | None = None
        self.steps = StepListModel(self)
        self.heading = Label(role=Text.SECTION, wrap=True)
        self.list = StepList(self.steps)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        layout.addWidget(self.heading)
        layout.addWidget(self.list)
        layout.addStretch()

    @property
    def is_running(self) -> bool:
        return self._task is not None

    @property
    def is_cancelling(self) -> bool:
        return self._task is not None and self._task.token.cancelled

    def begin(self) -> None:
        """Enrol what the session describes."""
        request = self._session.request()
        name = request.draft.name
        self.heading.setText(self.tr("Enrolling {0}").format(name))
        self.steps.begin(request.steps)
        self._task = self._tasks.start(
            lambda report, token: self._enrolment.enrol(request, report=report, token=token),
            title=self.tr("Enrol {0}").format(name),
            owner=self,
            on_success=self._on_enrolled,
            on_failure=self._on_failure,
            on_event=self.steps.take,
            on_cancelled=self._on_cancelled,
        )

    def undo(self, name: str) -> None:
        """Take the endpoint out again and leave the device as it was."""
        self.heading.setText(self.tr("Removing {0}").format(name))
        self.steps.begin(RemoveStep)
        self._task = self._tasks.start(
            lambda report, token: self._enrolment.remove(name, report=report, token=token),
            title=self.tr("Remove {0}").format(name),
            owner=self,
            on_success=lambda _none: self._on_removed(name),
            on_failure=self._on_failure,
            on_event=self.steps.take,
            on_cancelled=self._on_cancelled,
        )

    def cancel(self) -> None:
        """Ask the work to stop; `cancelled` tells when it has."""
        if self._task is not None:
            self._task.cancel()

    def _on_enrolled(self, endpoint: Endpoint) -> None:
        self._task = None
        self.enrolled.emit(endpoint)

    def _on_removed(self, name: str) -> None:
        self._task = None
        self.removed.emit(name)

    def _on_failure(self, error: AppError) -> None:
        self._task = None
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        self._task = None
        self.steps.mark_cancelled()
        self.cancelled.emit()
