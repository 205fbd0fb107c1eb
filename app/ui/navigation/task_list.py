"""What runs and what ran: each task with its step, progress, remaining time, cancel and log."""

from PySide6.QtCore import QCoreApplication, QPoint, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.ui import icons, theme, words
from app.ui.errors import advice_of, message_of
from app.ui.tasks import Task, TaskRunner, TaskState

_WIDTH, _HEIGHT = 480, 360
_LOG_HEIGHT = 140


def state_words(task: Task) -> str:
    """One line on where the task stands."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("TaskList", text)

    took = words.duration(task.seconds)
    match task.state:
        case TaskState.WAITING:
            return tr("Waiting")
        case TaskState.RUNNING:
            step = QCoreApplication.translate("Step", task.step).capitalize() or tr("Working")
            if (left := task.remaining_seconds) is not None and left >= 1:
                return tr("{step} · about {left} left").format(step=step, left=words.duration(left))
            return tr("{step} · {took}").format(step=step, took=took)
        case TaskState.CANCELLING:
            return tr("Cancelling …")
        case TaskState.DONE:
            return tr("Done in {took}").format(took=took)
        case TaskState.CANCELLED:
            return tr("Cancelled after {took}; nothing of it runs any more").format(took=took)
        case TaskState.FAILED:
            return message_of(task.error) if task.error else tr("Failed")


class TaskRow(QFrame):
    """One task."""

    def __init__(self, task: Task, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.task = task
        self._runner = runner
        title = QLabel(task.title, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        title.setFont(theme.font(theme.Text.STRONG))
        self._state = QLabel(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self._progress = QProgressBar(textVisible=False, maximum=1000)
        self._progress.setFixedHeight(theme.GAP_TINY)
        self._progress.setAccessibleName(self.tr("Progress of {title}").format(title=task.title))
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAccessibleName(self.tr("Cancel {title}").format(title=task.title))
        self.cancel_button.clicked.connect(task.cancel)
        self.look_button = QPushButton(self.tr("Look"))
        self.look_button.setAccessibleName(self.tr("Look at {title}").format(title=task.title))
        self.look_button.clicked.connect(self._look)
        self.log_button = QPushButton(self.tr("Log"))
        self.log_button.setCheckable(True)
        self.log_button.setAccessibleName(self.tr("Log of {title}").format(title=task.title))
        self.log_button.toggled.connect(self._show_log)
        self.forget_button = QToolButton()
        self.forget_button.setIcon(icons.icon("x"))
        self.forget_button.setAccessibleName(self.tr("Take {title} off the list").format(title=task.title))
        self.forget_button.clicked.connect(lambda: runner.forget(task))
        self._log = QPlainTextEdit(readOnly=True)
        self._log.setVisible(False)
        self._log.setFont(theme.font(theme.Text.LABEL, monospaced=True))
        self._log.setFixedHeight(_LOG_HEIGHT)
        self._log.setAccessibleName(self.log_button.accessibleName())
        self._lay_out(title)
        (self.look_button if task.look is None else self.log_button).hide()
        self.refresh()

    def _lay_out(self, title: QLabel) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_SMALL)
        head.addWidget(title, 1)
        for button in (self.look_button, self.log_button, self.cancel_button, self.forget_button):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.GAP, theme.GAP_SMALL, theme.GAP, theme.GAP_SMALL)
        column.setSpacing(theme.GAP_TINY)
        column.addLayout(head)
        column.addWidget(self._state)
        column.addWidget(self._progress)
        column.addWidget(self._log)

    def refresh(self) -> None:
        """Show the task's present state."""
        task = self.task
        advice = advice_of(task.error) if task.error else ""
        self._state.setText("\n".join(filter(None, (state_words(task), advice))))
        self._progress.setVisible(not task.state.is_over)
        self._progress.setMaximum(0 if task.fraction is None else 1000)
        self._progress.setValue(round((task.fraction or 0) * 1000))
        self.cancel_button.setVisible(not task.state.is_over)
        self.cancel_button.setEnabled(task.state is not TaskState.CANCELLING)
        self.forget_button.setVisible(task.state.is_over)
        if self._log.isVisible():
            self._fill_log()

    def _look(self) -> None:
        self.window().hide()  # the list lies over what is to be seen
        if self.task.look is not None:
            self.task.look()

    def _show_log(self, shown: bool) -> None:  # noqa: FBT001 - the signature of toggled
        self._log.setVisible(shown)
        if shown:
            self._fill_log()

    def _fill_log(self) -> None:
        text = "\n".join(self.task.log) or self.tr("Nothing has been logged yet.")
        if text != self._log.toPlainText():
            self._log.setPlainText(text)
            bar = self._log.verticalScrollBar()
            bar.setValue(bar.maximum())


class TaskList(QFrame):
    """The list as a pop-up over the status bar; newest first."""

    def __init__(self, runner: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("kind", "card")
        self.setAccessibleName(self.tr("Tasks"))
        self._runner = runner
        self._rows: dict[Task, TaskRow] = {}
        heading = QLabel(self.tr("Tasks"))
        heading.setFont(theme.font(theme.Text.SECTION))
        heading.setContentsMargins(theme.GAP, theme.GAP_SMALL, theme.GAP, 0)
        self._nothing = QLabel(self.tr("Nothing runs. Work that you start is listed here."))
        self._nothing.setContentsMargins(theme.GAP, theme.GAP_SMALL, theme.GAP, theme.GAP_SMALL)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        inner.setAutoFillBackground(False)
        scroll.viewport().setAutoFillBackground(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.addWidget(heading)
        column.addWidget(scroll, 1)
        self.resize(_WIDTH, _HEIGHT)
        self._clock = QTimer(self, interval=1000)
        self._clock.timeout.connect(self._refresh_rows)
        runner.added.connect(self._on_changed)
        runner.changed.connect(self._on_changed)

    def rows(self) -> list[TaskRow]:
        """Newest first."""
        return [self._rows[task] for task in reversed(self._runner.tasks()) if task in self._rows]

    def open_above(self, corner: QPoint) -> None:
        """Show with the bottom right at `corner` (global). What is listed counts as seen."""
        self.move(corner.x() - self.width(), corner.y() - self.height())
        self.show()

    def showEvent(self, event: QShowEvent) -> None:
        self._synchronise()
        for row in self._rows.values():
            row.refresh()
        for task in self._runner.tasks():
            task.seen = task.seen or task.state.is_over
        self._clock.start()
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._clock.stop()
        super().hideEvent(event)

    def _synchronise(self) -> None:
        tasks = self._runner.tasks()
        for task in [each for each in self._rows if each not in tasks]:
            row = self._rows.pop(task)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        for task in tasks:
            if task not in self._rows:
                self._rows[task] = TaskRow(task, self._runner)
                self._column.insertWidget(0, self._rows[task])
        self._nothing.setVisible(not self._rows)

    def _on_changed(self, task: Task) -> None:
        if not self.isVisible():
            return
        self._synchronise()
        if task in self._rows:
            self._rows[task].refresh()

    def _refresh_rows(self) -> None:
        for task, row in self._rows.items():
            if not task.state.is_over:
                row.refresh()
