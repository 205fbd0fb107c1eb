from pathlib import Path

from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from app.ui.memory import WindowMemory
from app.ui.tasks import TaskRunner


def test_what_is_set_counts_at_once_and_is_written_by_a_worker(qtbot: QtBot, tmp_path: Path, tasks: TaskRunner) -> None:
    path = tmp_path / "window.ini"
    memory = WindowMemory(path, tasks)
    memory.setValue("window/page", "stack")
    assert memory.value("window/page") == "stack"
    assert not path.exists()
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: QSettings(str(path), QSettings.Format.IniFormat).value("window/page") == "stack")


def test_closing_leaves_nothing_unwritten(tmp_path: Path, tasks: TaskRunner) -> None:
    path = tmp_path / "window.ini"
    memory = WindowMemory(path, tasks)
    memory.setValue("fleet/text", "north")
    memory.close()
    assert WindowMemory(path, tasks).value("fleet/text") == "north"


def test_a_broken_file_is_an_empty_one(tmp_path: Path, tasks: TaskRunner) -> None:
    path = tmp_path / "window.ini"
    path.write_bytes(b"\x00\xff[broken")
    assert WindowMemory(path, tasks).value("window/page", "fleet") == "fleet"
