"""The wind farms and their turbines.

wind-farms.csv lists every operational UK offshore wind farm with its number of turbines, as the appendix of the CBSISM report gave them:
public facts about public installations, to which no licence is attached. Names, regions and numbers are real; what the turbines measure
here is invented.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_LIST = Path(__file__).with_name("wind-farms.csv")
_SLUG_LIMIT = 48
#: Every turbine of the list.
EVERY_TURBINE = 2292


@dataclass(frozen=True, slots=True)
class Farm:
    """A site: `turbines` is how many there are, `megawatts` what each of them makes."""

    name: str
    turbines: int
    region: str
    megawatts: float

    @property
    def slug(self) -> str:
        """What the names of its turbines begin with."""
        words = re.sub(r"\([^)]*\)", " ", self.name).lower()
        return re.sub(r"[^a-z0-9]+", "-", words).strip("-")[:_SLUG_LIMIT].rstrip("-")


@dataclass(frozen=True, slots=True)
class Turbine:
    """One endpoint. `number` counts through the fleet from 0, `place` within the farm from 1."""

    farm: Farm
    number: int
    place: int

    @property
    def name(self) -> str:
        return f"{self.farm.slug}-wtg-{self.place:03}"

    @property
    def tags(self) -> tuple[str, ...]:
        """In the order in which the inventory keeps them. The first of the fleet stands for the Docker host."""
        tags = ["scada", "turbine"] if self.place > 1 else ["gateway", "scada", "turbine"]
        return ("docker-host", *tags) if self.number == 0 else tuple(tags)


@cache
def all_farms() -> tuple[Farm, ...]:
    """In the order of the list, which is that of their names."""
    with _LIST.open(newline="", encoding="utf-8") as file:
        return tuple(
            Farm(row["farm"], int(row["turbines"]), row["region"], float(row["turbine_mw"]))
            for row in csv.DictReader(file)
        )


def choose(count: int) -> tuple[Turbine, ...]:
    """`count` turbines (1 to 2,292), the same ones each time: whole farms in the order of the list as long as they fit, then part of one."""
    if not 1 <= count <= EVERY_TURBINE:
        raise ValueError(f"{count} turbines; there are 1 to {EVERY_TURBINE}.")
    left = count
    taken: dict[Farm, int] = {}
    for farm in all_farms():
        if farm.turbines <= left:
            taken[farm] = farm.turbines
            left -= farm.turbines
    if left:
        taken[next(farm for farm in all_farms() if farm not in taken)] = left
    places = [(farm, place) for farm in all_farms() for place in range(1, taken.get(farm, 0) + 1)]
    return tuple(Turbine(farm, number, place) for number, (farm, place) in enumerate(places))


def fine_site(turbines: Sequence[Turbine]) -> str:
    """The name of the site of which everything is told every minute: the smallest of at least two turbines."""
    sizes: dict[str, int] = {}
    for turbine in turbines:
        sizes[turbine.farm.name] = sizes.get(turbine.farm.name, 0) + 1
    return min(sizes, key=lambda name: (sizes[name] < 2, sizes[name], name))
