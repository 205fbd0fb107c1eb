"""Which flags a choice of metrics becomes."""

import pytest

from app.models.metric_groups import MetricGroup, choice_of
from app.services.enrolment.collectors import COLLECTORS, collector_arguments

ALL = {*MetricGroup}


def test_every_group_has_collectors_and_each_is_in_one() -> None:
    assert set(COLLECTORS) == ALL
    names = [collector.name for group in COLLECTORS.values() for collector in group]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("version", ["", "1.5.0", "99.0.0"])
def test_the_default_says_what_it_always_said(version: str) -> None:
    assert collector_arguments(None, version) == "--collector.systemd --collector.processes"


def test_what_is_built_in_otherwise_by_some_is_always_said() -> None:
    """Debian's build reads systemd's units unless told not to."""
    assert collector_arguments(choice_of(ALL - {MetricGroup.UNITS}), "1.5.0") == (
        "--collector.processes --no-collector.systemd"
    )


@pytest.mark.parametrize(
    ("version", "is_known"), [("1.5.0", False), ("1.10.2", False), ("1.11.0", True), ("2.0.0", True)]
)
def test_a_version_is_told_of_what_it_knows_only(version: str, is_known: bool) -> None:
    said = collector_arguments(choice_of(ALL - {MetricGroup.FILE_SYSTEMS}), version).split()
    assert "--no-collector.filesystem" in said
    assert ("--no-collector.bcachefs" in said) == is_known


def test_nothing_but_the_basics() -> None:
    said = collector_arguments((), "1.11.0").split()
    assert {*said} == {f"--no-collector.{each.name}" for group in COLLECTORS.values() for each in group}
