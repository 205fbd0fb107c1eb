"""What the window remembers. Qt's own settings write to the disk on the thread that owns them, and a slow disk would stop the window."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QSettings, QTimer

from app.errors import AppError
from app.services.progress import CancelToken, Report
from app.ui.tasks import TaskRunner

_WRITE_AFTER_MILLISECONDS = 1000


class WindowMemory(QSettings):
    """An INI file. What is set counts at once, is written by a worker a little later, and at the latest by `close`."""

    def __init__(self, path: Path, tasks: TaskRunner) -> None:
        super().__init__(str(path), QSettings.Format.IniFormat)
        self._path = path
        self._tasks = tasks
        self._is_open = True
        self._unwritten: dict[str, object] = {}
        self._known: dict[str, object] = {}
        self._pause = QTimer(self, singleShot=True, interval=_WRITE_AFTER_MILLISECONDS)
        self._pause.timeout.connect(self._write_later)

    def value(self, key: str, default: object = None, kind: object = None) -> Any:
        """What was set last, or what the file held at the start; `default` if neither. `kind` is Qt's wish for a type."""
        if key in self._known:
            return self._known[key]
        return super().value(key, default) if kind is None else super().value(key, default, kind)

    def setValue(self, key: str, value: object) -> None:
        if key in self._known and self._known[key] == value:
            return
        self._known[key] = self._unwritten[key] = value
        if self._is_open:
            self._pause.start()

    def close(self) -> None:
        """Write what is not written yet, now. What is set later is not written."""
        self._is_open = False
        self._pause.stop()
        if self._unwritten:
            _write(self._path, self._take())

    def _take(self) -> dict[str, object]:
        values, self._unwritten = self._unwritten, {}
        return values

    def _write_later(self) -> None:
        values = self._take()

        def work(_report: Report, _token: CancelToken) -> None:
            _write(self._path, values)

        self._tasks.start(
            work,
            title=self.tr("Remember the window"),
            owner=self,
            on_success=lambda _nothing: None,
            on_failure=lambda _error: self._keep(values, _error),
            pool="polling",
        )

    def _keep(self, values: dict[str, object], _error: AppError) -> None:
        """Not written: the next time, or `close`, tries again. That the window forgets its size is not worth a word."""
        self._unwritten = values | self._unwritten


def _write(path: Path, values: dict[str, object]) -> None:
    file = QSettings(str(path), QSettings.Format.IniFormat)
    for key, value in values.items():
        file.setValue(key, value)
    file.sync()
