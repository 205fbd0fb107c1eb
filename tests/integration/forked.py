"""Processes of their own that begin with the libraries loaded: loading them takes longer than most of what they do.

A server, a process that has loaded them and does nothing else, forks for each. What a command reads from its surroundings, and who stops
it, is as it would be otherwise.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import reduction
from typing import Any, NoReturn

_servers = multiprocessing.get_context("forkserver")
_servers.set_forkserver_preload(["app.cli", "tests.integration.enrolments"])


def forked(work: Callable[..., None], *arguments: Any, seconds: float = 60.0) -> int:
    """Run `work`, a function of a module, in a process of its own. Returns that one's exit status: negative for the signal that ended it."""
    process = _servers.Process(target=work, args=arguments)
    process.start()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
        raise TimeoutError(f"{work.__name__}{arguments} takes longer than {seconds} s")
    return process.exitcode


class _Streams:
    """Descriptors for a child's standard input, output and error."""

    def __init__(self, *descriptors: int) -> None:
        self._descriptors = descriptors

    def __getstate__(self) -> list[Any]:
        return [reduction.DupFd(each) for each in self._descriptors]

    def __setstate__(self, passed: list[Any]) -> None:
        self._descriptors = tuple(each.detach() for each in passed)

    def take_over(self) -> None:
        """They become those of this process."""
        for number, descriptor in enumerate(self._descriptors):
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.stdin, sys.stdout, sys.stderr = (open(at, mode) for at, mode in enumerate("rww"))  # noqa: SIM115 - they live as long as the process


def _run(streams: _Streams, folder: str, environment: Mapping[str, str], arguments: Sequence[str]) -> NoReturn:
    from app.__main__ import run_command  # noqa: PLC0415 - in the child, where it is loaded

    streams.take_over()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["plantwatch", *arguments]
    sys.exit(run_command(list(arguments)))


class ForkedCommand:
    """`plantwatch` with these arguments, as `subprocess.Popen` would have it: what of that is needed here."""

    def __init__(self, arguments: Sequence[str], folder: str, environment: Mapping[str, str]) -> None:
        its_in, ours_in = os.pipe()
        ours_out, its_out = os.pipe()
        ours_err, its_err = os.pipe()
        self.stdin = open(ours_in, "w", encoding="utf-8")  # noqa: SIM115 - closed by `communicate`
        self.stdout = open(ours_out, encoding="utf-8")  # noqa: SIM115 - the same
        self.stderr = open(ours_err, encoding="utf-8")  # noqa: SIM115 - the same
        streams = _Streams(its_in, its_out, its_err)
        self._process = _servers.Process(target=_run, args=(streams, folder, dict(environment), list(arguments)))
        self._process.start()
        for descriptor in (its_in, its_out, its_err):
            os.close(descriptor)

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def communicate(self, typed: str = "", timeout: float | None = None) -> tuple[str, str]:
        """Write, read to the end, wait. Raises subprocess.TimeoutExpired."""
        said = ["", ""]

        def read(at: int) -> None:
            said[at] = (self.stdout, self.stderr)[at].read()

        readers = [threading.Thread(target=read, args=(at,), daemon=True) for at in range(2)]
        for reader in readers:
            reader.start()
        try:
            with self.stdin:
                self.stdin.write(typed)
        except BrokenPipeError:
            pass  # it did not want to hear it
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        for reader in readers:
            reader.join()
        self.stdout.close()
        self.stderr.close()
        return said[0], said[1]

    def send_signal(self, number: signal.Signals) -> None:
        if self._process.exitcode is None and self._process.pid is not None:
            os.kill(self._process.pid, number)

    def kill(self) -> None:
        """Nothing happens when it has ended."""
        if self._process.exitcode is None:
            self._process.kill()
