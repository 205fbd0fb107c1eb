"""A desktop session for one command: a D-Bus of its own and an unlocked throwaway keyring (Secret Service)."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tests.lab.errors import LabError
from tests.lab.lab import Lab
from tests.lab.system import end_processes, wait_until

_LOOKS = 1000
_XDG = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
_IS_UNLOCKED = (
    "dbus-send", "--session", "--print-reply", "--dest=org.freedesktop.secrets", "/org/freedesktop/secrets/aliases/default",
    "org.freedesktop.DBus.Properties.Get", "string:org.freedesktop.Secret.Collection", "string:Locked",
)  # fmt: skip

# No service directories: nothing of a desktop is started because somebody asked for its name.
_BUS = """\
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def run_in_session(lab: Lab, argv: Sequence[str], *, devices: int = 0) -> int:
    """Runs a command on the lab in a session of its own and returns its exit code (128 + n after signal n).

    Starts the lab if it is down, and then ends it afterwards. Nothing of the session outlives the command, its files neither.
    """
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl-C reaches the command too; what it does then is waited for
    with lab.in_use(devices) as document:
        ours = {
            "DOCKER_HOST": document["docker_host"],
            "PLANTWATCH_KIT_URL": document["kit_url"],
            "PLANTWATCH_KIT_VERSION": document["kit_version"],
            "LAB_JSON": str(lab.places.document),
            # HOME is another one in the session: a lab in the lab finds its places all the same.
            "PLANTWATCH_LAB_DIR": str(lab.places.state),
            "PLANTWATCH_LAB_CACHE": str(lab.places.cache),
        }
        with session() as own:
            code = subprocess.run(argv, env={**os.environ, **own, **ours}, check=False).returncode
    return 128 - code if code < 0 else code


@contextmanager
def session() -> Iterator[dict[str, str]]:
    """The environment of a new session. At the end, every process that carries it is ended and its files are deleted."""
    with tempfile.TemporaryDirectory(prefix="plantwatch-session-") as scratch:
        home = Path(scratch)
        environment = {"HOME": scratch, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={scratch}/bus"}
        for name in _XDG:
            directory = home / name.lower()
            directory.mkdir(mode=0o700)
            environment[name] = str(directory)
        daemons: list[subprocess.Popen[bytes]] = []
        try:
            _start(home, environment, daemons)
            yield environment
        finally:
            end_processes(_processes_of(scratch), seconds=5)
            for daemon in daemons:
                daemon.wait()


def _start(home: Path, environment: Mapping[str, str], daemons: list[subprocess.Popen[bytes]]) -> None:
    everything = {**os.environ, **environment}
    configuration, log = home / "bus.conf", home / "session.log"
    configuration.write_text(_BUS.format(address=environment["DBUS_SESSION_BUS_ADDRESS"]))
    bus = ["dbus-daemon", "--nofork", f"--config-file={configuration}"]
    keyring = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
    try:
        with log.open("wb") as output:
            daemons.append(_daemon(bus, everything, output))
            wait_until((home / "bus").exists, seconds=10, what="the session's D-Bus to listen")
            daemons.append(_daemon(keyring, everything, output, stdin=secrets.token_urlsafe().encode()))
        wait_until(lambda: _is_unlocked(everything), seconds=15, what="the throwaway keyring to unlock")
    except FileNotFoundError as error:
        raise LabError(
            f"{error.filename} is not installed; the lab's packages are listed in tools/packages/lab.txt"
        ) from None
    except LabError as error:
        raise LabError(f"{error}\n{log.read_text(errors='replace')[-1500:]}") from None


def _daemon(
    argv: Sequence[str], environment: Mapping[str, str], output: IO[bytes], *, stdin: bytes = b""
) -> subprocess.Popen[bytes]:
    # Apart from the command's process group: Ctrl-C is for the command, the session ends after it.
    daemon = subprocess.Popen(
        argv, env=environment, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
    )
    assert daemon.stdin is not None
    daemon.stdin.write(stdin)
    daemon.stdin.close()
    return daemon


def _is_unlocked(environment: Mapping[str, str]) -> bool:
    answer = subprocess.run(_IS_UNLOCKED, env=environment, capture_output=True, text=True, check=False)
    return "boolean false" in answer.stdout


def _processes_of(scratch: str) -> list[int]:
    """Live processes whose environment names the session's directory; daemons of the lab are started without it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if f"={scratch}".encode() in _environment(entry):
                    found.append(int(entry.name))
            except OSError:
                continue  # it has just ended, or is the kernel's
    return found


def _environment(entry: Path) -> bytes:
    """The environment of the process under /proc. One that is just becoming another program has none for a moment: waited for."""
    for _ in range(_LOOKS):
        environment = (entry / "environ").read_bytes()
        if environment or (entry / "cmdline").read_bytes():
            break
        # Raises for a thread of the kernel and for a process that has ended: these never get one.
        (entry / "exe").readlink()
    return environment
