"""A block that comes again fails its test; one that does not is told, and no more."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_BLOCKS = """
import pathlib, time
from PySide6.QtCore import QTimer

def block():
    marks = pathlib.Path(__file__).parent
    done = len(list(marks.glob("mark-*")))
    if done < {times}:
        (marks / f"mark-{{done}}").touch()
        time.sleep(0.1)

def test_it(qtbot):
    QTimer.singleShot(0, block)
    qtbot.wait(150)
"""


def run(place: Path, times: int, root: Path) -> tuple[int, str]:
    """A test that blocks the window's thread the first `times` times, under the rules of this folder: how pytest ends and what it prints."""
    file = place / "test_made.py"
    file.write_text(_BLOCKS.format(times=times))
    environment = os.environ | {"PYTEST_ADDOPTS": "-p tests.ui.conftest"}
    environment.pop("PLANTWATCH_SECOND_LOOK", None)
    command = [
        sys.executable,
        "-m",
        "pytest",
        str(file),
        "-q",
        "-p",
        "no:cacheprovider",
        "-c",
        str(root / "pyproject.toml"),
    ]
    done = subprocess.run(
        command,
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_block_that_comes_again_fails(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    code, printed = run(tmp_path, 2, pytestconfig.rootpath)
    assert code == 1
    assert "again in a process of its own" in printed
    assert "line 10 in block" in printed


def test_a_block_that_was_the_machines_is_told(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    code, printed = run(tmp_path, 1, pytestconfig.rootpath)
    assert code == 0, printed
    assert "Seen once, and not again in a process of its own" in printed
    assert "1 passed" in printed
