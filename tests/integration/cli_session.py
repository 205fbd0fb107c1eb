"""`plantwatch` as an operator's shell runs it: processes of their own on one data directory, with the session's keyring and engine.

Most begin with the libraries loaded (see forked.py). On a terminal, and where `is_forked` is False, they are begun by their command line.
"""

import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.main import Services, build_services
from tests.integration.forked import ForkedCommand
from tests.integration.monitoring import free_port
from tests.lab import Device

_ROOT = Path(__file__).parents[2]
_SECONDS = 90
_OF_MANY = {("enrol", "--from"), *(("runs", what) for what in ("act", "resume", "retry"))}
#: What would make a pipe look like a terminal, or a terminal look like another one.
_FOREIGN = ("COLUMNS", "LINES", "FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR", "PLANTWATCH_DATA_DIR")


@dataclass(frozen=True)
class Outcome:
    """What one command left."""

    arguments: tuple[str, ...]
    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What it printed with `--json`."""
        return json.loads(self.out)

    @property
    def error(self) -> str:
        """What went wrong, as printed with `--json`."""
        message: str = self.document["error"]["message"]
        return message


@dataclass
class Shell:
    """Runs commands on `data`. Everything that any of them printed is in `outcomes`."""

    data: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    outcomes: list[Outcome] = field(default_factory=list)
    seconds: float = _SECONDS
    """How long a command may take; it is ended then."""
    is_forked: bool = True
    """False where it matters what a process is called with."""

    def __call__(self, *arguments: str, typed: Sequence[str] = (), **environment: str) -> Outcome:
        """One command, with the lines `typed` on its standard input. No command ever shows a traceback or garbage beside its JSON."""
        (outcome,) = self.at_once(arguments, typed=typed, **environment)
        return outcome

    def at_once(self, *commands: Sequence[str], typed: Sequence[str] = (), **environment: str) -> list[Outcome]:
        """Several commands that have nothing to do with each other, started together."""
        processes = [(words, self.start(*words, **environment)) for words in commands]
        outcomes = []
        try:
            for words, process in processes:
                out, err = process.communicate("".join(f"{line}\n" for line in typed), timeout=self.seconds)
                outcomes.append(self._kept(words, _status(process), out, err))
        finally:
            for _, process in processes:
                process.kill()  # Only one that took too long is still there.
        return outcomes

    def done(self, *arguments: str, typed: Sequence[str] = ()) -> Outcome:
        """One command that has to succeed."""
        outcome = self(*arguments, typed=typed)
        assert outcome.status == 0, outcome
        return outcome

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str] | ForkedCommand":
        """One command, not waited for."""
        if self.is_forked:
            return ForkedCommand(arguments, str(_ROOT), self.surroundings(**environment))
        return subprocess.Popen(
            self.command(*arguments),
            cwd=_ROOT,
            env=self.surroundings(**environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def interrupted(self, line: str, *arguments: str, typed: Sequence[str]) -> Outcome:
        """One command that is sent Ctrl+C as soon as it prints `line` on standard error."""
        process = self.start(*arguments)
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write("".join(f"{text}\n" for text in typed))
        process.stdin.flush()
        seen = []
        for text in process.stderr:
            seen.append(text)
            if text.rstrip() == line:
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=self.seconds)
        return self._kept(arguments, _status(process), out, "".join(seen) + err)

    @contextmanager
    def terminal(self, *arguments: str) -> Iterator["Terminal"]:
        """One command on a terminal of 80 columns."""
        ours, its = pty.openpty()
        termios.tcsetwinsize(its, (24, 80))
        process = subprocess.Popen(
            ["setsid", "--ctty", *self.command(*arguments)],  # so that Ctrl+C is a signal
            cwd=_ROOT,
            env=self.surroundings(TERM="xterm"),
            stdin=its,
            stdout=its,
            stderr=its,
        )
        os.close(its)
        terminal = Terminal(process, ours)
        try:
            yield terminal
        finally:
            process.kill()
            process.wait()
            os.close(ours)
        assert "Traceback" not in terminal.shown

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "app", *arguments]

    def surroundings(self, **environment: str) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        return {**inherited, "PLANTWATCH_DATA_DIR": str(self.data), **self.environment, **environment}

    def choose_stack(self, **options: str) -> Outcome:
        """`stack set` on the session's engine, with a project and ports of its own."""
        chosen = {
            "host": os.environ["DOCKER_HOST"],
            "project": f"test-{uuid.uuid4().hex[:8]}",
            "prometheus-port": str(free_port()),
            "alertmanager-port": str(free_port()),
            "grafana-port": str(free_port()),
            **options,
        }
        return self.done("stack", "set", "--json", *(word for name in chosen for word in (f"--{name}", chosen[name])))

    @contextmanager
    def services(self) -> Iterator[Services]:
        """The same data directory in this process, as the window has it."""
        services = build_services(self.data)
        try:
            yield services
        finally:
            services.close()

    def _kept(self, arguments: Sequence[str], status: int, out: str, err: str) -> Outcome:
        outcome = Outcome(tuple(arguments), status, out, err)
        self.outcomes.append(outcome)
        assert "Traceback" not in out + err, outcome
        assert "… " not in out, "progress is not a result"
        if "--json" in arguments:
            # Work on many devices prints a line for each change; everything else one document.
            for document in out.splitlines() if tuple(arguments[:2]) in _OF_MANY else [out]:
                json.loads(document)
        return outcome


def _status(process: "subprocess.Popen[str] | ForkedCommand") -> int:
    """Of one that has ended."""
    assert process.returncode is not None
    return process.returncode


class Terminal:
    """The terminal of a running command. `shown` is all that has appeared on it."""

    def __init__(self, process: subprocess.Popen[bytes], descriptor: int) -> None:
        self._process = process
        self._descriptor = descriptor
        self._looked_at = 0
        self.shown = ""

    def wait_for(self, text: str) -> None:
        """Until the command shows `text`, after what was waited for before."""
        deadline = time.monotonic() + _SECONDS
        while (found := self.shown.find(text, self._looked_at)) < 0:
            assert self._read(deadline), f"it ended without {text!r}: {self.shown}"
        self._looked_at = found + len(text)

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())

    def status(self) -> int:
        """The exit status, once the command has ended."""
        deadline = time.monotonic() + _SECONDS
        while self._read(deadline):
            pass
        return self._process.wait(_SECONDS)

    def _read(self, deadline: float) -> bool:
        ready, _, _ = select.select([self._descriptor], [], [], max(0.0, deadline - time.monotonic()))
        assert ready, f"not within {_SECONDS} s: {self.shown}"
        try:
            read = os.read(self._descriptor, 65536)
        except OSError:  # the other end is closed
            return False
        self.shown += read.decode(errors="replace")
        return bool(read)


def enrol_words(device: Device, name: str, *options: str, user: str = "iiot") -> list[str]:
    """The command that enrols `device`; `options` say how to log in."""
    where = [name, device.address, "--port", str(device.port), "--user", user, "--host-key", device.host_key]
    return ["enrol", *where, *options]
