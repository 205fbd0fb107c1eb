"""Whether what happened in a test happens again in a process of its own.

What the window does comes again; what a busy machine does for a moment does not, and the processor's share that a neighbour takes away is
seen by no counter of this process. So a single block is no verdict: the test is run once more, alone, and fails if it blocks there too.
"""

import os
import subprocess
import sys

import pytest

_SET_IN_IT = "PLANTWATCH_SECOND_LOOK"
_LONGEST_SECONDS = 120


def is_it() -> bool:
    """Whether this process is a second look, which is the last word."""
    return _SET_IN_IT in os.environ


def second_look(test: pytest.Item) -> str:
    """Run `test` alone. Returns what that printed if it failed, else ""."""
    name = test.nodeid.split("::", 1)[1]
    command = [sys.executable, "-m", "pytest", f"{test.path}::{name}", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        command,
        cwd=test.config.rootpath,
        env=os.environ | {_SET_IN_IT: "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=_LONGEST_SECONDS,
        check=False,
    )
    return done.stdout if done.returncode else ""
