"""Runs a command and writes what it cost as JSON: `python stopwatch.py FILE COMMAND…`. Nothing is imported but what that needs.

CPU is that of the command and of all that it started, also of what it left behind (Ansible's connections stay open for a while): that comes
to this process when its parent has ended, is told to end, and is counted.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_SET_CHILD_SUBREAPER = 36
_PATIENCE_SECONDS = 10.0


def main() -> int:
    """Ends with the command's exit status."""
    file, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    begun = time.perf_counter()
    started = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    _, code, used = os.wait4(started.pid, 0)
    wall = time.perf_counter() - begun
    cpu = used.ru_utime + used.ru_stime + _rest()
    status = os.waitstatus_to_exitcode(code)
    Path(file).write_text(json.dumps({"wall_s": wall, "client_cpu_s": cpu, "peak_mb": used.ru_maxrss / 1024}))
    return status if status >= 0 else 1


def _rest() -> float:
    """CPU seconds of what the command left behind, which is ended."""
    spent = 0.0
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        how = signal.SIGTERM if time.monotonic() < deadline else signal.SIGKILL
        for pid in _children():
            with suppress(ProcessLookupError):
                os.kill(pid, how)
        try:
            pid, _, used = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return spent
        if pid:
            spent += used.ru_utime + used.ru_stime
        else:
            time.sleep(0.02)


def _children() -> list[int]:
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]


if __name__ == "__main__":
    sys.exit(main())
