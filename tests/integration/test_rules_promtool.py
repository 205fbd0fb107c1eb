"""The shipped rules before Prometheus' own judge: they parse, and each alert fires when it should and only then."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.lab.debian import unpacked
from tests.lab.places import Places

PROMETHEUS = Path(__file__).parents[2] / "stack" / "prometheus"
#: Half a minute of a processor.
_LONG = ("disk-trend.test.yaml",)
TESTS = [
    pytest.param(file, id=file.name, marks=[pytest.mark.full] if file.name in _LONG else [])
    for file in sorted((PROMETHEUS / "tests").glob("*.test.yaml"))
]


@pytest.fixture(scope="session")
def promtool() -> Path:
    """PLANTWATCH_PROMTOOL, else the one in PATH, else Debian's from the lab's cache. Never a reason to skip."""
    chosen = os.environ.get("PLANTWATCH_PROMTOOL") or shutil.which("promtool")
    if chosen:
        return Path(chosen)
    places = Places.from_environment()
    places.cache.mkdir(parents=True, exist_ok=True)
    return unpacked(places, "prometheus") / "usr/bin/promtool"


def run(promtool: Path, *arguments: str | Path) -> None:
    done = subprocess.run([promtool, *arguments], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("rules", sorted((PROMETHEUS / "rules").glob("*.yaml")), ids=lambda file: file.name)
def test_rules_are_valid(promtool: Path, rules: Path) -> None:
    run(promtool, "check", "rules", "--lint=all", "--lint-fatal", rules)


@pytest.mark.parametrize("tests", TESTS)
def test_rules_do_what_their_tests_say(promtool: Path, tests: Path) -> None:
    run(promtool, "test", "rules", tests)
