"""A deployment, or its end, while it runs."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.errors import AppError
from app.services.progress import CancelToken, Report
from app.ui import theme
from app.ui.errors import InlineError
from app.ui.icons import icon
from app.ui.models.steps import StepListModel
from app.ui.tasks import Task, TaskRunner
from app.ui.theme import Text
from app.ui.widgets.steps import StepList
from app.ui.widgets.text import Label

T = TypeVar("T")


class WorkView(QWidget):
    """Steps, log and Cancel; on failure the error with a retry. What runs goes on when the page is left."""

    back_wanted = Signal()

    def __init__(self, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._task: Task | None = None
        self.steps = StepListModel(self)
        self.heading = Label(role=Text.SECTION, wrap=True)
        self.told = Label(muted=True, wrap=True)
        self.cancel_button = QPushButton(icon("x"), self.tr("Cancel"))
        self.back_button = QPushButton(icon("arrow-left"), self.tr("Back"))
        self.cancel_button.clicked.connect(self._cancel)
        self.back_button.clicked.connect(self.back_wanted)
        self._failure = QVBoxLayout()
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.GAP_SMALL)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.back_button)
        buttons.addWidget(self.told, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.GAP)
        rows.addWidget(self.heading)
        rows.addLayout(self._failure)
        rows.addWidget(StepList(self.steps))
        rows.addLayout(buttons)
        rows.addStretch()

    @property
    def is_running(self) -> bool:
        return self._task is not None

    @property
    def error(self) -> AppError | None:
        """Why the last work failed; None when it did not."""
        item = self._failure.itemAt(0)
        panel = item.widget() if item is not None else None
        return panel.error if isinstance(panel, InlineError) else None

    def run(
        self,
        work: Callable[[Report, CancelToken], T],
        *,
        title: str,
        steps: Iterable[StrEnum],
        on_success: Callable[[T], None],
        on_failure: Callable[[AppError], None],
    ) -> None:
        """Start `work`; the view tells of failure and cancelling itself, `on_failure` is told as well."""
        self._clear()
        self.heading.setText(title)
        self.told.setText("")
        self.steps.begin(steps)
        self._show_running(running=True)

        def succeeded(result: T) -> None:
            self._task = None
            on_success(result)

        def failed(error: AppError) -> None:
            self._task = None
            self._show_running(running=False)
            self._failure.addWidget(
                InlineError(
                    error,
                    retry=lambda: self.run(
                        work, title=title, steps=steps, on_success=on_success, on_failure=on_failure
                    ),
                )
            )
            on_failure(error)

        self._task = self._tasks.start(
            work,
            title=title,
            owner=self,
            on_success=succeeded,
            on_failure=failed,
            on_event=self.steps.take,
            on_cancelled=self._on_cancelled,
        )

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self.cancel_button.setEnabled(False)
            self.told.setText(self.tr("Cancelling: what this run made is being taken back …"))

    def _on_cancelled(self) -> None:
        self._task = None
        self.steps.mark_cancelled()
        self._show_running(running=False)
        self.told.setText(self.tr("Cancelled. What this run made is taken back, and nothing runs any more."))

    def _show_running(self, *, running: bool) -> None:
        self.cancel_button.setVisible(running)
        self.cancel_button.setEnabled(True)
        self.back_button.setVisible(not running)

    def _clear(self) -> None:
        while (item := self._failure.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
