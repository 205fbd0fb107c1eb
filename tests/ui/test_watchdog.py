"""The watchdog itself: it must catch what blocks, name the place, and leave the rest alone."""

import ctypes
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from tests.ui.watchdog import Watchdog, watched

pytestmark = pytest.mark.may_block(1, "blocks on purpose")


def block_by_sleeping() -> None:
    time.sleep(0.12)


def block_by_working() -> None:
    until = time.thread_time() + 0.12
    while time.thread_time() < until:
        pass


@pytest.mark.parametrize("block", [block_by_sleeping, block_by_working])
def test_a_slot_that_takes_long_is_caught_and_named(qtbot: QtBot, block: Callable[[], None]) -> None:
    dog = Watchdog()
    dog.start()
    QTimer.singleShot(0, block)
    qtbot.wait(300)
    dog.stop()
    assert len(dog.blocks) == 1
    assert 0.09 < dog.blocks[0].seconds < 0.5
    assert block.__name__ in str(dog.blocks[0])


def test_a_stall_of_the_whole_process_is_not_the_windows(qtbot: QtBot) -> None:
    """As a paused machine does it: nobody works, and nobody can look."""
    stall = ctypes.PyDLL(None).usleep  # keeps the interpreter's lock
    with watched():
        QTimer.singleShot(0, lambda: stall(200_000))
        qtbot.wait(300)


def test_many_short_slots_are_not_one_long_one(qtbot: QtBot) -> None:
    with watched():
        for delay in range(0, 200, 10):
            QTimer.singleShot(delay, lambda: time.sleep(0.004))
        qtbot.wait(300)


def test_what_the_test_itself_does_is_not_counted(qtbot: QtBot) -> None:
    with watched():
        qtbot.wait(20)
        time.sleep(0.2)
        qtbot.wait(20)
