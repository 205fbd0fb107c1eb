"""The strip at the foot: which Docker host and how it is, how old the data are, what runs."""

from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.ui import theme, words
from app.ui.navigation.task_list import TaskList
from app.ui.tasks import Task, TaskRunner, TaskState
from app.ui.widgets.marks import Mark


class StatusStrip(QWidget):
    """Always says which host, how fresh the data are and what runs."""

    host_pressed = Signal()

    def __init__(self, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runner = runner
        self._taken_at: datetime | None = None
        self.host_mark = Mark(theme.Meaning.UNKNOWN)
        self.host_button = self._link()
        self.host_button.clicked.connect(self.host_pressed)
        self.age_label = QLabel()
        self.age_label.setFont(theme.font(theme.Text.LABEL))
        self.tasks_button = self._link()
        self.tasks_button.clicked.connect(self.open_tasks)
        self.task_list = TaskList(runner, self)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.GAP_WIDE, 0, theme.GAP_WIDE, 0)
        row.setSpacing(theme.GAP_SMALL)
        row.addWidget(self.host_mark)
        row.addWidget(self.host_button)
        row.addSpacing(theme.GAP_WIDE)
        row.addWidget(self.age_label)
        row.addStretch(1)
        row.addWidget(self.tasks_button)
        self.setFixedHeight(theme.ROW_HEIGHT_COMPACT)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._refresh)
        self._clock.start()
        for signal in (runner.added, runner.changed, runner.ended):
            signal.connect(self._refresh_tasks)
        self.show_host(self.tr("Docker host: not known yet"), theme.Meaning.UNKNOWN)
        self._refresh()
        self._refresh_tasks()

    def _link(self) -> QPushButton:
        button = QPushButton()
        button.setProperty("kind", "quiet")
        button.setFont(theme.font(theme.Text.LABEL))
        return button

    def show_host(self, text: str, meaning: theme.Meaning) -> None:
        """`text` names the host and its health in words."""
        self.host_mark.show_meaning(meaning)
        self.host_button.setText(text)

    def show_taken(self, at: datetime | None) -> None:
        """The shown data are of `at`; None: nothing shown ages."""
        self._taken_at = at
        self._refresh()

    def open_tasks(self) -> None:
        """Show the task list over the strip."""
        self.task_list.open_above(self.mapToGlobal(self.rect().topRight()))
        self._refresh_tasks()

    def _refresh(self) -> None:
        text = self.tr("Data: {age}").format(age=words.age(self._taken_at)) if self._taken_at else ""
        self.age_label.setText(text)

    def _refresh_tasks(self, _task: Task | None = None) -> None:
        running = self._runner.running()
        failed = [task for task in self._runner.tasks() if task.state is TaskState.FAILED and not task.seen]
        parts: list[str] = []
        if running:
            one = running[0]
            progress = f" {one.fraction:.0%}" if one.fraction is not None else ""
            parts.append(one.title + progress if len(running) == 1 else self.tr("{n} tasks").format(n=len(running)))
        if failed:
            parts.append(self.tr("%n failed", "", len(failed)))
        self.tasks_button.setText(" · ".join(parts) or self.tr("No tasks"))
        self.tasks_button.setAccessibleName(self.tr("Tasks: {state}").format(state=self.tasks_button.text()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        shades = theme.colours(self.palette())
        painter = QPainter(self)
        painter.fillRect(self.rect(), shades.window)
        painter.setPen(shades.border)
        painter.drawLine(self.rect().topLeft(), self.rect().topRight())
        painter.end()
