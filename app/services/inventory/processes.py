"""Who this process is, and whether the process that recorded an operation still lives."""

import getpass
import os
import platform
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Protocol

import psutil

#: A process on another machine counts as living for this long after its last step: no step takes longer.
FOREIGN_SILENCE = timedelta(minutes=30)
#: Starts are read from clocks that tick in hundredths of a second or, at worst, seconds.
_START_TOLERANCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Process:
    """This process, as recorded in operations."""

    operator: str
    host: str
    pid: int
    start: float


@cache
def _described(pid: int) -> Process:
    return Process(operator(), platform.node(), pid, _start_of(pid))


def this_process() -> Process:
    return _described(os.getpid())  # by pid, so that a forked child is not taken for its parent


@cache
def operator() -> str:
    """The desktop user and the machine: "ada@laptop"."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "unknown"  # no such user in the system's database, or none in the environment
    return f"{user}@{platform.node() or 'unknown'}"


def owner() -> dict[str, Any]:
    """The columns that say whose work a record is: this process's."""
    me = this_process()
    return {"operator": me.operator, "host": me.host, "pid": me.pid, "process_start": me.start}


class Held(Protocol):
    """A record that names the process that works on it."""

    @property
    def host(self) -> str: ...
    @property
    def pid(self) -> int: ...
    @property
    def process_start(self) -> float: ...
    @property
    def advanced_at(self) -> datetime: ...


def is_alive(operation: Held, *, now: datetime, shared: bool) -> bool:
    """Whether the process behind `operation` still lives.

    On this host it is looked for by number and start. In a `shared` database it may be on another host: then it is believed to live
    until it has been silent for FOREIGN_SILENCE before `now`. Process 0 is nobody.
    """
    if not operation.pid:
        return False
    if shared and operation.host != this_process().host:
        return now - operation.advanced_at < FOREIGN_SILENCE
    try:
        start = _start_of(operation.pid)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True  # another user's: careful is right
    return abs(start - operation.process_start) < _START_TOLERANCE_SECONDS


def _start_of(pid: int) -> float:
    """When a process started, by a clock that is not moved when somebody sets the time."""
    process = psutil.Process(pid)
    if process.status() == psutil.STATUS_ZOMBIE:
        raise psutil.NoSuchProcess(pid)
    # Linux knows the start relative to boot; psutil adds the boot time, which moves with the clock, so it is taken off again.
    return process.create_time() - (psutil.boot_time() if psutil.LINUX else 0.0)
