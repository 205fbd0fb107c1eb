"""What goes wrong by itself: when, where and for how long is drawn from the name, so it is the same in history and live.

A fault comes round: some of the devices (or sites) are afflicted with it, and of each `every` seconds it lasts `lasts`. Tests that want a
fault now make it themselves (tests.lab.fleet.running).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import numpy as np

from app.models.metrics import Floats
from tests.lab.fleet.curves import DAY, chance
from tests.lab.fleet.farms import Turbine


class Fault(StrEnum):
    """Kinds of faults."""

    DOWN = "down"
    """The device is off: connections are refused."""
    EXPORTER_GONE = "exporter gone"
    """The device works, its exporter does not."""
    LINK_LOST = "link lost"
    """Nothing at the whole site answers, until the scrape gives up."""
    DISK_FILLING = "disk filling"
    HOT = "hot"
    CLOCK_OFF = "clock off"
    UNIT_FAILED = "unit failed"


#: Those in which a scrape brings nothing.
SILENT = frozenset({Fault.DOWN, Fault.EXPORTER_GONE, Fault.LINK_LOST})
#: At the end of these the device has just booted.
BOOTS = (Fault.DOWN,)


@dataclass(frozen=True, slots=True)
class _Habit:
    share: float
    every: float
    lasts: float


_HOUR = 3600.0
_HABITS = {
    Fault.DOWN: _Habit(share=0.10, every=19 * DAY, lasts=DAY),
    Fault.EXPORTER_GONE: _Habit(share=0.05, every=9 * DAY, lasts=3 * _HOUR),
    Fault.LINK_LOST: _Habit(share=0.3, every=17 * DAY, lasts=4 * _HOUR),
    Fault.DISK_FILLING: _Habit(share=0.02, every=20 * DAY, lasts=12 * DAY),
    Fault.HOT: _Habit(share=0.03, every=6 * DAY, lasts=8 * _HOUR),
    Fault.CLOCK_OFF: _Habit(share=0.02, every=10 * DAY, lasts=2 * DAY),
    Fault.UNIT_FAILED: _Habit(share=0.04, every=12 * DAY, lasts=2 * DAY),
}
#: Every device is started anew so often, for updates.
_BOOT_EVERY = 26 * DAY


@dataclass(frozen=True, slots=True)
class Spell:
    """One time in which a fault lasts, in Unix seconds. What grows (a disk, a clock's error) does so from `start` on."""

    fault: Fault
    start: float
    end: float


def scheduled(turbine: Turbine, start: float, end: float) -> list[Spell]:
    """The spells of this turbine that touch the time from `start` to `end`, in the order of `Fault` and of time."""
    spells = []
    for fault, habit in _HABITS.items():
        afflicted, phase = _lot(turbine.farm.name if fault is Fault.LINK_LOST else turbine.name, fault)
        if not afflicted:
            continue
        first = math.floor((start - phase - habit.lasts) / habit.every) + 1
        last = math.ceil((end - phase) / habit.every)
        for turn in range(first, last):
            begin = phase + turn * habit.every
            spells.append(Spell(fault, begin, begin + habit.lasts))
    return spells


def boots(turbine: Turbine, spells: Sequence[Spell], start: float, end: float) -> Floats:
    """When the device booted, up to `end`, beginning with the last boot before `start`. `spells` reach back as far as that."""
    phase = _boot_phase(turbine.name)
    first = math.floor((start - phase) / _BOOT_EVERY)
    last = math.floor((end - phase) / _BOOT_EVERY)
    usual = [phase + turn * _BOOT_EVERY for turn in range(first, last + 1)]
    after_faults = [spell.end for spell in spells if spell.fault in BOOTS and usual[0] < spell.end <= end]
    times = np.array(sorted({*usual, *after_faults}))
    before = int(np.searchsorted(times, start, side="right")) - 1
    return times[before:]


#: So far back `boots` wants to know the spells.
BOOT_LOOKBACK = _BOOT_EVERY


@cache
def _lot(name: str, fault: Fault) -> tuple[bool, float]:
    drawn = chance("fault", fault, name).uniform(size=2)
    return bool(drawn[0] < _HABITS[fault].share), float(drawn[1] * _HABITS[fault].every)


@cache
def _boot_phase(name: str) -> float:
    return float(chance("boot", name).uniform(0, _BOOT_EVERY))
