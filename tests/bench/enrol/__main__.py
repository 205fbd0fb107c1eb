"""Runs the comparison: `python -m tests.bench.enrol [--n 10,59,200] [--only plantwatch,openssh]`.

One JSON line a result goes to standard output, progress and ratios to standard error. Ends with 1 when a way fails.
Everything runs in mount, network and process namespaces of its own, which the kernel clears away when they end, however that comes.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
from contextlib import closing
from pathlib import Path

from tests.bench.enrol.mounts import make_private, mount_tmpfs
from tests.bench.enrol.results import Cost, Result, as_text
from tests.bench.enrol.site import Site
from tests.bench.enrol.tools import WAYS, Command, Way, command_for
from tests.lab.system import become_root

_INSIDE = "PLANTWATCH_BENCH_INSIDE"
_NUMBERS = "10,59,200"
#: Every operational offshore turbine in the UK.
_MOST = 2292
_MEMORY = "memory"
_JANITOR_SECONDS = 1.0
#: Nobody but root may write above a root directory that sshd enters, which excludes /tmp.
_PLACE = Path("/mnt")


def main() -> int:
    """In the namespaces it measures; outside it makes them and starts itself again inside."""
    arguments = _arguments()
    if not (folder := os.environ.get(_INSIDE)):
        become_root()
        return _enter()
    make_private()
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    wanted = [word for word in arguments.only.split(",") if word]
    known = {way.name for way in WAYS} | {_MEMORY}
    if unknown := sorted(set(wanted) - known):
        print(f"There is no {', '.join(unknown)}. There are: {', '.join(sorted(known))}.", file=sys.stderr)
        return 2
    if wanted == [_MEMORY]:
        return _measure_memory(Path(folder), int(arguments.n.split(",")[0] or _MOST) if arguments.n else _MOST)
    numbers = [int(word) for word in (arguments.n or _NUMBERS).split(",")]
    return _compare(Path(folder), numbers, _ways(wanted))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.enrol", description=__doc__)
    parser.add_argument("--n", default="", metavar="N,…", help=f"how many devices (default: {_NUMBERS})")
    parser.add_argument("--only", default="", metavar="WAY,…", help=f"these ways, or {_MEMORY} (default: all ways)")
    return parser.parse_args()


def _enter() -> int:
    with tempfile.TemporaryDirectory(prefix="plantwatch-bench-") as disk:
        namespaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
        command = ["unshare", *namespaces, sys.executable, "-m", "tests.bench.enrol", *sys.argv[1:]]
        return subprocess.run(command, env={**os.environ, _INSIDE: disk}, check=False).returncode


def _ways(wanted: list[str]) -> list[Way]:
    """In their order, with those that others build on."""
    chosen = {way.name for way in WAYS} if not wanted else set(wanted)
    chosen |= {way.after for way in WAYS if way.name in chosen and way.after}
    return [way for way in WAYS if way.name in chosen]


def _compare(disk: Path, numbers: list[int], ways: list[Way]) -> int:
    found: list[Result] = []
    with closing(_site(disk, max(numbers))) as site:
        for count in numbers:
            costs: dict[str, list[Cost]] = {way.name: [] for way in ways}
            for turn in range(max(way.runs_for(count) for way in ways)):
                for way in ways:
                    if turn < way.runs_for(count):
                        costs[way.name].append(_one(way, site, count))
            for way in ways:
                result = Result.of(way.name, count, costs[way.name])
                found.append(result)
                print(json.dumps(result.plain), flush=True)
    print(as_text(found), file=sys.stderr)
    return 0


def _one(way: Way, site: Site, count: int) -> Cost:
    if not way.after:
        site.reset(count)
    cost = _measured(command_for(way.name, site, count))
    if way.does_work:
        for device in site.devices.all[:count]:
            site.payload.check(device)
    print(
        f"{way.name}, N={count}: {cost.wall_s:.2f} s, CPU {cost.client_cpu_s:.2f} s, {cost.peak_mb:.0f} MB",
        file=sys.stderr,
    )
    return cost


def _measured(command: Command) -> Cost:
    """Raises CalledProcessError when the command fails; what it said is told then."""
    stopwatch = Path(__file__).with_name("stopwatch.py")
    with tempfile.TemporaryDirectory() as folder:
        file, log = Path(folder) / "cost.json", Path(folder) / "log"
        with log.open("wb") as said:
            done = subprocess.run(
                [sys.executable, str(stopwatch), str(file), *command.argv],
                env={**os.environ, **command.environment},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                check=False,
            )
        if done.returncode:
            print(log.read_text(errors="replace")[-4000:], file=sys.stderr)
            raise subprocess.CalledProcessError(done.returncode, command.argv)
        return Cost(**json.loads(file.read_text()))


def _measure_memory(disk: Path, count: int) -> int:
    """The whole enrolment of very many. What is installed on devices that are done is taken away: it would fill this machine's memory."""
    over = threading.Event()
    with closing(_site(disk, count)) as site:
        site.reset(count)

        def tidy() -> None:
            while not over.wait(_JANITOR_SECONDS):
                site.forget_binaries()

        janitor = threading.Thread(target=tidy, daemon=True)
        janitor.start()
        try:
            cost = _measured(command_for("plantwatch-pipeline", site, count))
        finally:
            over.set()
            janitor.join()
    result = Result.of("plantwatch-memory", count, [cost])
    print(json.dumps(result.plain), flush=True)
    print(as_text([result]), file=sys.stderr)
    return 0


def _site(disk: Path, count: int) -> Site:
    print(f"Making {count} devices.", file=sys.stderr)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    mount_tmpfs(_PLACE, size="80%")
    return Site(_PLACE, disk, count)


if __name__ == "__main__":
    sys.exit(main())
