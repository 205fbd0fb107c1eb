"""The wind farms of the simulated fleet."""

from collections import Counter

import pytest

from app.models.endpoint import parse_name
from tests.lab.fleet.farms import EVERY_TURBINE, all_farms, choose, fine_site


def test_every_farm_of_the_list_is_there_with_all_its_turbines() -> None:
    assert len(all_farms()) == 39
    assert sum(farm.turbines for farm in all_farms()) == EVERY_TURBINE
    assert Counter(turbine.farm for turbine in choose(EVERY_TURBINE)) == {farm: farm.turbines for farm in all_farms()}


def test_names_are_valid_and_differ() -> None:
    names = [turbine.name for turbine in choose(EVERY_TURBINE)]
    assert len({name.lower() for name in names}) == EVERY_TURBINE
    assert [parse_name(name) for name in names] == names


@pytest.mark.parametrize("count", [1, 12, 59, 200, 2291])
def test_smaller_fleets_have_whole_farms_and_at_most_part_of_one(count: int) -> None:
    turbines = choose(count)
    sizes = Counter(turbine.farm for turbine in turbines)
    assert len(turbines) == count
    assert sum(size < farm.turbines for farm, size in sizes.items()) <= 1
    assert [turbine.number for turbine in turbines] == list(range(count))
    assert choose(count) == turbines


@pytest.mark.parametrize("count", [0, EVERY_TURBINE + 1])
def test_there_are_no_other_fleets(count: int) -> None:
    with pytest.raises(ValueError, match="turbines"):
        choose(count)


def test_the_fine_site_is_small_but_a_site() -> None:
    sizes = Counter(turbine.farm.name for turbine in choose(EVERY_TURBINE))
    assert sizes[fine_site(choose(EVERY_TURBINE))] == 2
    assert fine_site(choose(1)) == choose(1)[0].farm.name
