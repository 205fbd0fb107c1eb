"""Telling a living process from a dead one."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.models.operation import Operation
from app.services.inventory.processes import FOREIGN_SILENCE, is_alive, operator, this_process

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def mine() -> Operation:
    me = this_process()
    return Operation(1, "enrol", 1, "T-17", "", me.operator, me.host, me.pid, me.start, NOW, NOW)


def test_this_process_lives(mine: Operation) -> None:
    assert mine.pid == os.getpid()
    assert is_alive(mine, now=NOW, shared=False)
    assert is_alive(mine, now=NOW + timedelta(days=3), shared=True)


def test_a_later_process_with_the_same_number_is_another(mine: Operation) -> None:
    assert not is_alive(replace(mine, process_start=mine.process_start - 60), now=NOW, shared=False)


def test_a_process_that_ended_is_dead(mine: Operation) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait(30)
        assert not is_alive(replace(mine, pid=ended.pid), now=NOW, shared=False)


def test_a_killed_process_that_nobody_waited_for_is_dead(mine: Operation) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and stays a zombie
        assert not is_alive(replace(mine, pid=child.pid), now=NOW, shared=False)


def test_another_machines_process_is_believed_for_a_while(mine: Operation) -> None:
    elsewhere = replace(mine, host="other-laptop", pid=2**22 - 1)
    assert is_alive(elsewhere, now=NOW + FOREIGN_SILENCE / 2, shared=True)
    assert not is_alive(elsewhere, now=NOW + FOREIGN_SILENCE * 2, shared=True)


def test_a_local_database_has_no_other_machines(mine: Operation) -> None:
    """The name of a laptop changes with the network it is in; its database does not move."""
    assert is_alive(replace(mine, host="former-name"), now=NOW + timedelta(days=1), shared=False)


def test_the_operator_is_a_user_on_a_machine() -> None:
    user, _, machine = operator().partition("@")
    assert user
    assert machine
