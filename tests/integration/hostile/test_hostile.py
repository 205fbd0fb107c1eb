"""Whatever a device sends costs a bounded time and memory, harms nobody else, and is told as plain text."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.enrolments import kit_folder, write_build
from tests.integration.hostile.case import ENROL, REMOVE, STALLED, WELL, Case
from tests.integration.hostile.cases import CASES, LONG
from tests.integration.hostile.play import Outcome, Report, Try
from tests.integration.hostile.runs import hostile_devices, outcomes, played
from tests.integration.hostile.server import PASSWORD
from tests.lab import Lab
from tests.lab.device_image import PASSWORDS

_SECONDS = 60.0
_MEGABYTES = 300.0
#: The last try of a case goes through what the ones before do: those are for the full run.
_LAST = [(case, case.tries[-1]) for case in CASES]
_OTHERS = [(case, what) for case in CASES for what in case.tries[:-1]]
#: Larger than what the kernel takes from somebody who waits for a device that does not read.
_EXPORTER = bytes(8_000_000)


@pytest.fixture(scope="module")
def devices() -> Iterator[list[Try]]:
    with hostile_devices() as tries:
        yield tries


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kit")
    write_build(folder / "1.5.0" / "amd64", _EXPORTER)
    return folder


@pytest.fixture(scope="module")
def report(devices: list[Try], kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    """The last tries, several at a time, against one application."""
    return played(tmp_path_factory.mktemp("data"), kit, among(_LAST, devices))


@pytest.fixture(scope="module")
def other_report(devices: list[Try], kit: Path, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return played(tmp_path_factory.mktemp("data"), kit, among(_OTHERS, devices))


def among(wanted: list[tuple[Case, str]], devices: list[Try]) -> list[Try]:
    names = {(case.name, what) for case, what in wanted}
    return [tried for tried in devices if (tried.case, tried.what) in names]


def named(tries: list[tuple[Case, str]]) -> list[str]:
    return [f"{case.name}-{what}" for case, what in tries]


def check(case: Case, outcome: Outcome) -> None:
    """One try is over in time, with an error that is right, told in plain text, and with nothing left that should not be."""
    # Which of the two limits comes first depends on how long they are.
    late = ("TooSlowError",) if STALLED in case.ends else ()
    assert outcome.end in (*case.ends, *late), outcome
    assert outcome.seconds < _SECONDS
    assert [text for text in outcome.told if not text.isprintable()] == []
    assert max(map(len, outcome.told), default=0) < 2500
    assert PASSWORD not in "\n".join(outcome.told)
    if outcome.end != WELL:
        assert outcome.advice
    if outcome.what == ENROL:
        left = {WELL: ["monitored"], "NotCleanedError": ["enrolling"]}.get(outcome.end, [])
    else:
        left = ["monitored"] if outcome.what == REMOVE and outcome.end != WELL else []
    assert outcome.left == left


@pytest.mark.parametrize(("case", "what"), _LAST, ids=named(_LAST))
def test_a_hostile_device(report: Report, case: Case, what: str) -> None:
    check(case, outcomes(report)[case.name, what])


def test_what_all_of_them_cost(report: Report) -> None:
    check_cost(report)


def check_cost(report: Report) -> None:
    assert report.megabytes < _MEGABYTES
    assert report.threads == []
    assert report.left == []


@pytest.mark.full
@pytest.mark.parametrize(("case", "what"), _OTHERS, ids=named(_OTHERS))
def test_the_other_tries(other_report: Report, case: Case, what: str) -> None:
    check(case, outcomes(other_report)[case.name, what])


@pytest.mark.full
def test_what_the_other_tries_cost(other_report: Report) -> None:
    check_cost(other_report)


def test_a_receipt_names_our_own_things_only(report: Report) -> None:
    outcome = outcomes(report)["a receipt of others' files", ENROL]
    assert outcome.changes == ["directory /usr/local/lib/plantwatch", "user plantwatch-exporter"]


def test_names_are_told_apart() -> None:
    names = [case.name for case in CASES]
    assert sorted(set(names)) == sorted(names)


def test_an_enrolment_beside_them(lab: Lab, devices: list[Try], tmp_path: Path) -> None:
    enrolled_beside(loud(devices), lab, tmp_path)


@pytest.mark.full
@pytest.mark.alone
def test_an_enrolment_beside_them_is_as_quick(lab: Lab, devices: list[Try], tmp_path: Path) -> None:
    """As quick as one alone, but for what two processors have to share. Other tests would be a third party."""
    alone = enrolled_beside([], lab, tmp_path / "alone")
    assert enrolled_beside(loud(devices), lab, tmp_path / "beside") < 3 * alone + 5


def loud(devices: list[Try]) -> list[Try]:
    """Those that keep the process busy."""
    return [tried for tried in devices if any(word in tried.case for word in ("without end", "gigabyte", "drip"))]


def enrolled_beside(others: list[Try], lab: Lab, place: Path) -> float:
    """An honest device is enrolled while `others` are tried; how many seconds that took."""
    device = lab.new_device()
    honest = Try("", ENROL, device.address, device.port, device.host_key, "iiot", PASSWORDS["iiot"])
    report = played(place, kit_folder(lab), [*others[:6], honest, *others[6:]])
    device.remove()
    outcome = outcomes(report)["", ENROL]
    assert (outcome.end, outcome.left) == (WELL, ["monitored"])
    assert report.megabytes < _MEGABYTES
    return outcome.seconds


@pytest.mark.full
@pytest.mark.timeout(300)
def test_with_the_limits_of_the_product(devices: list[Try], kit: Path, tmp_path: Path) -> None:
    cases = {case.name: case for case in LONG}
    tries = [tried for tried in devices if tried.case in cases]
    begun = time.monotonic()
    report = played(tmp_path, kit, tries, patient=True)
    for (name, _what), outcome in outcomes(report).items():
        check(cases[name], outcome)
    assert report.megabytes < _MEGABYTES
    assert report.threads == []
    assert time.monotonic() - begun < 3 * _SECONDS
