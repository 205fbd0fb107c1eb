"""What a service of the stack wrote last, or what happened at a device."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import AppError
from app.ui import theme
from app.ui.icons import icon
from app.ui.tasks import TaskRunner
from app.ui.theme import Text
from app.ui.widgets.states import EmptyState, StateView

_WIDTH, _HEIGHT = 900, 560
_LIVE_MILLISECONDS = 1000


class LogDialog(QDialog):
    """The newest lines of a log, read again on demand, with a filter. `read` blocks and runs as a task.

    `live`: read again every second, for as long as it is open.
    """

    def __init__(
        self,
        name: str,
        read: Callable[[], str],
        tasks: TaskRunner,
        parent: QWidget | None = None,
        *,
        live: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Log of {0}").format(name))
        self.resize(_WIDTH, _HEIGHT)
        self._name = name
        self._read = read
        self._tasks = tasks
        self._lines: list[str] = []
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setFont(theme.font(Text.LABEL, monospaced=True))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.windowTitle())
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Show only lines that contain …"))
        self.filter.setAccessibleName(self.tr("Filter of the log"))
        self.filter.setClearButtonEnabled(True)
        self.again_button = QPushButton(icon("refresh-cw"), self.tr("Read again"))
        self.copy_button = QPushButton(icon("copy"), self.tr("Copy"))
        self.close_button = QPushButton(self.tr("Close"))
        empty = EmptyState(
            "file-text", self.tr("The log is empty"), self.tr("{0} has not written anything.").format(name)
        )
        self.view = StateView(self.text, empty)
        self._lay_out()
        self.filter.textChanged.connect(self._show_lines)
        self.again_button.clicked.connect(self.read_again)
        self.copy_button.clicked.connect(lambda: QApplication.clipboard().setText(self.text.toPlainText()))
        self.close_button.clicked.connect(self.close)
        self.clock = QTimer(self, interval=_LIVE_MILLISECONDS)
        self.clock.timeout.connect(self.read_again)
        if live:
            self.again_button.hide()
            self.clock.start()
        self.read_again()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.GAP_SMALL)
        head.addWidget(self.filter, 1)
        head.addWidget(self.again_button)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GAP_SMALL)
        foot.addWidget(self.copy_button)
        foot.addStretch()
        foot.addWidget(self.close_button)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE, theme.GAP_WIDE)
        rows.setSpacing(theme.GAP)
        rows.addLayout(head)
        rows.addWidget(self.view, 1)
        rows.addLayout(foot)

    def done(self, result: int) -> None:
        self.clock.stop()
        super().done(result)

    def read_again(self) -> None:
        """Ask for the newest lines."""
        self.view.show_loading()
        self._tasks.start(
            lambda _report, _token: self._read(),
            title=self.windowTitle(),
            owner=self,
            on_success=self._show,
            on_failure=self._show_error,
            pool="polling",
        )

    def _show(self, text: str) -> None:
        lines = text.splitlines()
        if self._lines and lines == self._lines:
            return  # who reads or selects in it is not disturbed
        self._lines = lines
        if not self._lines:
            self.view.show_empty()
            return
        self._show_lines()
        self.view.show_content()

    def _show_error(self, error: AppError) -> None:
        self.view.show_error(error, self.read_again)

    def _show_lines(self) -> None:
        wanted = self.filter.text().casefold()
        bar = self.text.verticalScrollBar()
        at, was_at_end = bar.value(), bar.value() == bar.maximum()
        self.text.setPlainText("\n".join(line for line in self._lines if wanted in line.casefold()))
        if was_at_end:
            self.text.moveCursor(QTextCursor.MoveOperation.End)
        else:
            bar.setValue(at)
