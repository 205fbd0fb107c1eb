"""Starting the hostile devices, and the application against them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.integration.hostile.play import Order, Outcome, Report, Try

#: Two hundred devices at once take all of the machine; what waits on other tests' clocks goes first.
_AFTER_OTHERS = ("nice", "-n", "15")


@contextmanager
def hostile_devices() -> Iterator[list[Try]]:
    """All cases, each waiting at an address for each of its tries."""
    command = [*_AFTER_OTHERS, sys.executable, "-m", "tests.integration.hostile.serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        assert server.stdin
        try:
            yield [Try(**place) for place in json.loads(server.stdout.readline())]
        finally:
            server.stdin.close()
            server.wait(20)


def played(folder: Path, kit: Path, tries: list[Try], *, patient: bool = False) -> Report:
    """What became of them. A process that is not over within the time-out is a failure."""
    order = Order(str(folder), str(kit), [asdict(each) for each in tries], patient)
    ended = subprocess.run(
        [*_AFTER_OTHERS, sys.executable, "-m", "tests.integration.hostile.play"],
        input=json.dumps(asdict(order)),
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr[-4000:]
    report = Report(**json.loads(ended.stdout))
    assert ended.stderr == "", ended.stderr[-4000:]
    return report


def outcomes(report: Report) -> dict[tuple[str, str], Outcome]:
    """By case and try."""
    return {(each["case"], each["what"]): Outcome(**each) for each in report.outcomes}
