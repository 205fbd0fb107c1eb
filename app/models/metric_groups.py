"""Groups of metrics: what an operator may have an exporter leave out."""

from collections.abc import Iterable
from enum import StrEnum

from app.errors import InputError

#: How many groups are named one by one before it is shorter to name the others.
_FEW = 5


class MetricGroup(StrEnum):
    """In the order in which they are shown. What is in none of them (uptime, load, who the device is) is always read."""

    CPU = "cpu"
    MEMORY = "memory"
    DISKS = "disks"
    FILE_SYSTEMS = "file-systems"
    NETWORK = "network"
    TEMPERATURES = "temperatures"
    """And fans."""
    UNITS = "units"
    """Of systemd."""
    PROCESSES = "processes"
    TIME = "time"
    """How well the clock is kept."""
    POWER = "power"
    """Supplies and batteries, and what the processor takes."""
    RAID = "raid"
    HARDWARE_ERRORS = "hardware-errors"


Choice = tuple[MetricGroup, ...] | None
"""The groups that an endpoint has, in the order of `MetricGroup`. None: the default, which is all of them, also those of later versions."""

EVERY_GROUP = tuple(MetricGroup)


def choice_of(groups: Iterable[MetricGroup]) -> Choice:
    """In order, each once. All of them are the default."""
    wanted = {*groups}
    return None if wanted == {*MetricGroup} else tuple(group for group in MetricGroup if group in wanted)


def groups_of(choice: Choice) -> tuple[MetricGroup, ...]:
    """Those that are on."""
    return EVERY_GROUP if choice is None else choice


def groups_off(choice: Choice) -> tuple[MetricGroup, ...]:
    """Those that are switched off."""
    return tuple(group for group in MetricGroup if group not in groups_of(choice))


def parse_groups(texts: Iterable[str]) -> tuple[MetricGroup, ...]:
    """From names, each text one or several with commas. Raises InputError("metrics") that lists what there is."""
    names = [name.strip().lower() for text in texts for name in text.split(",") if name.strip()]
    for name in names:
        if name not in EVERY_GROUP:
            raise InputError(
                "metrics", f"“{name}” is not a group of metrics.", hint=f"There are {', '.join(EVERY_GROUP)}."
            )
    return tuple(group for group in MetricGroup if group in names)


def described(choice: Choice) -> str:
    """ "all", "all but network, units", "cpu, memory", "the basics"."""
    on, off = groups_of(choice), groups_off(choice)
    if not off:
        return "all"
    if not on:
        return "the basics"
    return ", ".join(on) if len(on) <= min(_FEW, len(off)) else f"all but {', '.join(off)}"
