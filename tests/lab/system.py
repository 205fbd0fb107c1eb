"""The machine below the lab: commands, locks, processes, mounts."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.lab.errors import LabError

_REPOSITORY = Path(__file__).parents[2]


def say(message: str) -> None:
    """Progress for the person who waits; standard output belongs to the result."""
    print(f"lab: {message}", file=sys.stderr, flush=True)


def become_root() -> None:
    """Returns when the process is root; otherwise runs the same command again through sudo. Raises LabError without sudo."""
    if os.geteuid() == 0:
        return
    if (
        shutil.which("sudo") is None
        or subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode
    ):
        raise LabError(
            "the lab starts a Docker Engine and bridges, which needs root: run as root, or allow sudo without a password"
        )
    os.chdir(_REPOSITORY)
    # The cache stays where this user keeps it, also where sudo sets another HOME.
    os.environ.setdefault("PLANTWATCH_LAB_CACHE", str(Path.home() / ".cache" / "plantwatch-lab"))
    os.execvp("sudo", ["sudo", "-n", "-E", sys.executable, "-m", "tests.lab", *sys.argv[1:]])


def run(
    argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, timeout: float = 600
) -> str:
    """Runs a command and returns its standard output. Raises LabError with what it printed when it fails or is not there."""
    try:
        done = subprocess.run(
            argv,
            cwd=cwd,
            env=env,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise LabError(f"{argv[0]} is not installed; the lab's packages are listed in tools/packages/lab.txt") from None
    except subprocess.TimeoutExpired:
        raise LabError(f"{' '.join(argv)}: no end after {timeout:.0f} s") from None
    if done.returncode:
        raise LabError(f"{' '.join(argv)}: exit code {done.returncode}\n{(done.stderr or done.stdout).strip()[-3000:]}")
    return done.stdout


def detach(argv: Sequence[str], *, log: Path) -> None:
    """Starts a daemon that outlives this process; it inherits no descriptor but the log."""
    launch = 'ulimit -n "$(ulimit -Hn)"; exec "$@"'
    with log.open("ab") as output:
        subprocess.run(
            ["setsid", "--fork", "sh", "-c", launch, "sh", *argv],
            cwd="/", env=_daemon_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=True,
        )  # fmt: skip


def _daemon_environment() -> dict[str, str]:
    """What a daemon needs of this process's environment, and nothing of the session that it happens to be started from."""
    kept = ("PATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR")
    chosen = {name: value for name, value in os.environ.items() if name in kept or name.lower().endswith("_proxy")}
    return {**chosen, "HOME": "/root"}


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Holds an advisory lock on `path`, waiting for it. Released by the kernel when the process dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:  # Python opens files close-on-exec: no child keeps the lock
        fcntl.flock(file, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock on `path` at this moment."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str, interval: float = 0.05) -> None:
    """Returns as soon as `condition` holds. Raises LabError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LabError(f"{what}: not after {seconds:.0f} s")
        time.sleep(interval)


def command_line(pid: int) -> str:
    """The arguments of a live process joined by spaces; empty for a dead or a zombie one."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def processes_of(program: str, marker: str) -> list[int]:
    """Live processes that run `program`, or a script of that name, with `marker` in an argument.

    Daemons are found by what they are and never by a pid file, which may be stale, lost, or name a stranger.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and marker in (line := command_line(int(entry.name))):
            names = [Path(word).name for word in line.split(" ")[:2]]
            if program in names:
                found.append(int(entry.name))
    return found


def end_processes(pids: Sequence[int], *, seconds: float = 15) -> None:
    """Asks the processes to end, waits up to `seconds`, then kills what is left."""
    for number, wait in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5.0)):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        with suppress(LabError):
            wait_until(lambda: not any(map(command_line, pids)), seconds=wait, what="end of processes")
            return
    raise LabError(f"processes {pids} do not end")


def unmount_below(directory: Path) -> None:
    """Unmounts everything mounted under `directory`, innermost first."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [line.split()[4].encode().decode("unicode_escape") for line in lines]
    for point in sorted((p for p in points if Path(p).is_relative_to(directory)), key=len, reverse=True):
        run(["umount", "--lazy", point])
