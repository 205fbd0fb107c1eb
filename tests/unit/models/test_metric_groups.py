"""Groups of metrics, and changes of the choice."""

import pytest

from app.errors import InputError
from app.models.bulk_parameters import MetricsChange, Parameters
from app.models.metric_groups import EVERY_GROUP, Choice, MetricGroup, choice_of, described, groups_off, parse_groups

CPU, MEMORY, NETWORK, RAID = MetricGroup.CPU, MetricGroup.MEMORY, MetricGroup.NETWORK, MetricGroup.RAID
ALL_BUT_NETWORK = choice_of({*MetricGroup} - {NETWORK})


def test_all_of_them_are_the_default() -> None:
    assert choice_of(EVERY_GROUP) is None
    assert choice_of([RAID, CPU, RAID]) == (CPU, RAID)
    assert choice_of([]) == ()


def test_names_are_read_in_any_order_and_with_commas() -> None:
    assert parse_groups(["raid, CPU", "memory"]) == (CPU, MEMORY, RAID)
    assert parse_groups([""]) == ()
    with pytest.raises(InputError, match="“disk” is not a group of metrics") as caught:
        parse_groups(["cpu,disk"])
    assert "There are cpu, memory, disks, file-systems, network," in caught.value.advice


@pytest.mark.parametrize(
    ("choice", "words"),
    [(None, "all"), ((), "the basics"), ((CPU, MEMORY), "cpu, memory"), (ALL_BUT_NETWORK, "all but network")],
)
def test_a_choice_in_words(choice: Choice, words: str) -> None:
    assert described(choice) == words


@pytest.mark.parametrize(
    ("change", "before", "after"),
    [
        (MetricsChange(off=(NETWORK,)), None, ALL_BUT_NETWORK),
        (MetricsChange(on=(NETWORK,)), ALL_BUT_NETWORK, None),
        (MetricsChange(on=(RAID,), off=(CPU,)), (CPU, MEMORY), (MEMORY, RAID)),
        (MetricsChange(on=(CPU,)), (CPU, MEMORY), (CPU, MEMORY)),
        (MetricsChange(only=(RAID, CPU)), (MEMORY,), (CPU, RAID)),
        (MetricsChange(only=()), None, ()),
        (MetricsChange(only=EVERY_GROUP), (CPU,), None),
    ],
)
def test_what_becomes_of_a_choice(change: MetricsChange, before: Choice, after: Choice) -> None:
    assert change.applied_to(before) == after
    assert change


def test_what_a_change_says() -> None:
    assert not MetricsChange()
    assert (
        str(Parameters(metrics=MetricsChange((NETWORK, RAID), (CPU,)))) == "metrics on: network, raid, metrics off: cpu"
    )
    assert str(Parameters(metrics=MetricsChange(only=EVERY_GROUP))) == "metrics: all"
    with pytest.raises(InputError, match="cpu cannot be both switched on and off"):
        MetricsChange(on=(CPU,), off=(CPU,))
    with pytest.raises(InputError, match="Either all groups are named"):
        MetricsChange(on=(CPU,), only=(RAID,))


def test_what_is_off() -> None:
    assert groups_off(None) == ()
    assert groups_off(ALL_BUT_NETWORK) == (NETWORK,)
