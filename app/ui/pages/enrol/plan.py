"""Step 4: what was found on the device, and what will be done to it, line by line."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QStackedWidget, QVBoxLayout, QWidget

from app.errors import AppError
from app.models.device import Facts, Privilege
from app.services.enrolment import EnrolmentPlan, EnrolmentRequest
from app.services.progress import CancelToken, Report
from app.ui import theme, words
from app.ui.models.steps import StepListModel
from app.ui.pages.enrol.session import Session, WizardStep
from app.ui.tasks import Task, TaskRunner
from app.ui.theme import Text
from app.ui.widgets.steps import StepList
from app.ui.widgets.text import Label

_SLOW_CLOCK_SECONDS = 5.0


class Previewer(Protocol):
    """Looks at a device without changing it."""

    def preview(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> EnrolmentPlan: ...


class PlanStep(WizardStep):
    """Logs in, finds out what the device is and shows the plan. Changes nothing on the device."""

    failed = Signal(object)
    """An AppError; the wizard shows it with what can mend it."""

    def __init__(
        self, session: Session, enrolment: Previewer, tasks: TaskRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.action = self.tr("Enrol")
        self._session = session
        self._enrolment = enrolment
        self._tasks = tasks
        self._task: Task | None = None
        self._planned: EnrolmentRequest | None = None
        self.plan: EnrolmentPlan | None = None
        self.steps = StepListModel(self)
        self._looking = QWidget()
        rows = QVBoxLayout(self._looking)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(Label(self.tr("Looking at the device; nothing is changed on it"), Text.SECTION))
        rows.addWidget(StepList(self.steps))
        rows.addStretch()
        self._shown = QWidget()
        self._rows = QVBoxLayout(self._shown)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(theme.GAP)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._looking)
        self._stack.addWidget(self._shown)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def enter(self) -> None:
        if self.plan is None or self._planned != self._session.request():
            self.look()

    def look(self) -> None:
        """Look at the device (again)."""
        self.stop()
        request = self._session.request()
        self.plan, self._planned = None, None
        self.steps.begin(())
        self._stack.setCurrentWidget(self._looking)
        self.waiting.emit(self.tr("Looking at {0} …").format(request.draft.name))
        self._task = self._tasks.start(
            lambda report, token: self._enrolment.preview(request, report=report, token=token),
            title=self.tr("Look at {0}").format(request.draft.name),
            owner=self,
            on_success=lambda plan: self._on_plan(request, plan),
            on_failure=self._on_failure,
            on_event=self.steps.take,
            on_cancelled=self._on_cancelled,
        )

    def stop(self) -> None:
        """Stop looking, if that is going on."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def forget(self) -> None:
        """Drop the plan: something else will be enrolled."""
        self.stop()
        self.plan, self._planned = None, None

    def proceed(self, accepted: Callable[[], None]) -> None:
        if self.plan is None:
            self.refused.emit(self.tr("The device has not been looked at yet."))
            return
        accepted()

    def _on_plan(self, request: EnrolmentRequest, plan: EnrolmentPlan) -> None:
        self._task = None
        self.waiting.emit("")
        self.plan, self._planned = plan, request
        while (item := self._rows.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        self._rows.addWidget(Label(self.tr("What was found"), Text.SECTION))
        self._rows.addWidget(self._card_of(self._found(plan)))
        self._rows.addWidget(Label(self.tr("What will be done"), Text.SECTION))
        self._rows.addWidget(self._card_of([(f"{at}.", line) for at, line in enumerate(plan.lines, start=1)]))
        self._rows.addStretch()
        self._stack.setCurrentWidget(self._shown)

    def _on_failure(self, error: AppError) -> None:
        self._task = None
        self.waiting.emit("")
        self.failed.emit(error)

    def _on_cancelled(self) -> None:
        self.steps.mark_cancelled()

    def _card_of(self, rows: list[tuple[str, str]]) -> QFrame:
        card = QFrame()
        card.setProperty("kind", "card")
        grid = QGridLayout(card)
        grid.setContentsMargins(theme.GAP_WIDE, theme.GAP, theme.GAP_WIDE, theme.GAP)
        grid.setHorizontalSpacing(theme.GAP_WIDE)
        grid.setVerticalSpacing(theme.GAP_SMALL)
        grid.setColumnStretch(1, 1)
        for at, (name, value) in enumerate(rows):
            grid.addWidget(Label(name, muted=True), at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(value, wrap=True, selectable=True), at, 1)
        return card

    def _found(self, plan: EnrolmentPlan) -> list[tuple[str, str]]:
        facts = plan.facts
        unknown = self.tr("unknown")
        system = " ".join(part for part in (facts.os_name or facts.os_id, facts.os_version) if part)
        rows = [
            (self.tr("Host name"), facts.hostname or unknown),
            (
                self.tr("System"),
                " · ".join(part for part in (system or unknown, facts.kernel, facts.init.value) if part),
            ),
            (self.tr("Machine"), self._machine(facts)),
            (self.tr("Free space"), words.size(facts.free_bytes) if facts.free_bytes else unknown),
            (self.tr("Becomes root by"), self._privilege(facts.privilege)),
            (self.tr("Exporter"), facts.installed_version or self.tr("none of ours yet")),
        ]
        if facts.port_holder:
            rows.append((self.tr("Port"), self.tr("taken by {0}").format(facts.port_holder)))
        if abs(facts.clock_offset_seconds) > _SLOW_CLOCK_SECONDS:
            offset = words.duration(abs(facts.clock_offset_seconds))
            ahead = facts.clock_offset_seconds > 0
            rows.append(
                (
                    self.tr("Clock"),
                    (self.tr("{0} ahead of ours") if ahead else self.tr("{0} behind ours")).format(offset),
                )
            )
        return rows

    def _machine(self, facts: Facts) -> str:
        machine = facts.machine or self.tr("unknown")
        parts = [f"{facts.cpu_count} × {machine}" if facts.cpu_count else machine]
        if facts.memory_bytes:
            parts.append(self.tr("{0} of memory").format(words.size(facts.memory_bytes)))
        return " · ".join(parts)

    def _privilege(self, privilege: Privilege) -> str:
        return {
            Privilege.ROOT: self.tr("being root already"),
            Privilege.SUDO: self.tr("sudo, without a password"),
            Privilege.SUDO_PASSWORD: self.tr("sudo, with a password"),
            Privilege.DOAS: self.tr("doas, without a password"),
            Privilege.DOAS_PASSWORD: self.tr("doas, with a password"),
            Privilege.NONE: self.tr("no way found"),
        }[privilege]
