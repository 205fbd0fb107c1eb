import math
from dataclasses import replace

import numpy as np
import pytest

from app.models.device import DeviceChange
from app.models.endpoint import Lifecycle
from app.models.fleet_filter import parse_filter
from app.models.metrics import EndpointHealth, FleetMetric, FleetSnapshot, Health, Trend
from app.ui.models.fleet_rows import METRICS, Arrangement, Column, Fleet, Section, arrange, lay_out
from tests.ui import fake_metrics
from tests.ui.fake_metrics import NOW

WORDS = {state: state.value for state in Health}


def fleet_with(values: dict[str, list[float]], *, sites: dict[str, str] | None = None) -> Fleet:
    """Endpoints named by the keys, with these CPU samples."""
    made = fake_metrics.endpoints(len(values))
    known = [
        replace(endpoint, name=name, site=(sites or {}).get(name, ""), region="")
        for endpoint, name in zip(made, sorted(values), strict=True)
    ]
    snapshot = FleetSnapshot(
        taken_at=NOW,
        times=np.arange(3.0),
        health={name: EndpointHealth(Health.UP, NOW) for name in values},
        trends={FleetMetric.CPU: {name: Trend(np.array(samples)) for name, samples in values.items()}},
    )
    return lay_out(known, snapshot, WORDS)


def names(fleet: Fleet, wish: Arrangement) -> list[str]:
    return [f"[{row.site}]" if isinstance(row, Section) else fleet.endpoints[row].name for row in arrange(fleet, wish)]


NAN = math.nan


class TestLayingOut:
    def test_the_newest_known_sample_counts(self) -> None:
        fleet = fleet_with({"a": [0.1, 0.2, NAN], "b": [NAN, NAN, NAN]})
        cpu = fleet.values[METRICS.index(FleetMetric.CPU)]
        assert cpu[0] == 0.2
        assert math.isnan(cpu[1])

    def test_gaps_stay_gaps(self) -> None:
        fleet = fleet_with({"a": [0.1, NAN, 0.9]})
        curve = fleet.curves[0, 0]
        assert np.isnan(curve).tolist() == [False, True, False]
        assert curve[0] == 0
        assert curve[2] == pytest.approx(1)

    def test_noise_does_not_fill_the_height(self) -> None:
        fleet = fleet_with({"a": [0.500, 0.502, 0.501]})
        assert np.ptp(fleet.curves[0, 0]) < 0.05

    def test_without_prometheus_every_endpoint_is_unknown(self) -> None:
        fleet = lay_out(fake_metrics.endpoints(3), None, WORDS)
        assert {each.health for each in fleet.health} == {Health.UNKNOWN}
        assert fleet.taken_at is None

    def test_one_being_enrolled_is_not_unknown(self) -> None:
        known = [replace(fake_metrics.endpoints(1)[0], lifecycle=Lifecycle.ENROLLING)]
        assert lay_out(known, None, WORDS).health[0].health is Health.ENROLLING

    def test_an_empty_fleet(self) -> None:
        fleet = lay_out([], fake_metrics.snapshot(0), WORDS)
        assert arrange(fleet, Arrangement(grouped=True)) == []


class TestArranging:
    @pytest.mark.parametrize(("descending", "expected"), [(False, "b a d c"), (True, "a b d c")])
    def test_what_has_no_value_comes_last_either_way(self, descending: bool, expected: str) -> None:
        fleet = fleet_with({"a": [0.9] * 3, "b": [0.1] * 3, "c": [NAN] * 3, "d": [NAN, NAN, NAN]})
        wish = Arrangement(column=Column.CPU, descending=descending)
        assert set(names(fleet, wish)[2:]) == {"c", "d"}
        assert names(fleet, wish)[:2] == expected.split()[:2]

    def test_numbers_are_sorted_as_numbers(self) -> None:
        fleet = fleet_with({"a": [0.1] * 3, "b": [0.09] * 3, "c": [0.2] * 3})
        assert names(fleet, Arrangement(column=Column.CPU)) == ["b", "a", "c"]

    def test_states_are_sorted_worst_first(self) -> None:
        known = fake_metrics.endpoints(80)
        fleet = lay_out(known, fake_metrics.snapshot(80), WORDS)
        states = [
            fleet.health[row].health for row in arrange(fleet, Arrangement(column=Column.STATE)) if isinstance(row, int)
        ]
        assert states[0] is Health.DOWN
        assert states[-1] is Health.UP
        assert states.index(Health.ATTENTION) < states.index(Health.STALE) < states.index(Health.UNKNOWN)

    def test_every_word_must_be_found_somewhere(self) -> None:
        fleet = fleet_with({"alpha-1": [0] * 3, "alpha-2": [0] * 3, "beta-1": [0] * 3}, sites={"alpha-2": "North"})
        assert names(fleet, Arrangement(wanted=parse_filter("ALPHA north"))) == ["alpha-2"]
        assert names(fleet, Arrangement(wanted=parse_filter("up beta"))) == ["beta-1"]
        assert names(fleet, Arrangement(wanted=parse_filter("nothing like it"))) == []

    def test_one_site_alone(self) -> None:
        fleet = fleet_with({"a": [0] * 3, "b": [0] * 3}, sites={"b": "North"})
        assert names(fleet, Arrangement(wanted=parse_filter('site:"North"'))) == ["b"]
        assert names(fleet, Arrangement(wanted=parse_filter('site:""'))) == ["a"]

    def test_groups_have_heads_and_those_without_a_site_come_last(self) -> None:
        fleet = fleet_with({"a": [0] * 3, "b": [0] * 3, "c": [0] * 3}, sites={"b": "North", "c": "East"})
        assert names(fleet, Arrangement(grouped=True)) == ["[East]", "c", "[North]", "b", "[]", "a"]

    def test_a_folded_group_keeps_its_tally(self) -> None:
        fleet = fleet_with({"a": [0] * 3, "b": [0] * 3}, sites={"a": "North", "b": "North"})
        rows = arrange(fleet, Arrangement(grouped=True, collapsed=frozenset({"North"})))
        assert rows == [Section("North", {Health.UP: 2}, collapsed=True)]

    def test_2292_endpoints_take_milliseconds(self) -> None:
        fleet = lay_out(fake_metrics.endpoints(2292), fake_metrics.snapshot(2292), WORDS)
        assert len(arrange(fleet, Arrangement(column=Column.CPU))) == 2292


def test_an_endpoint_at_which_another_device_was_seen_is_found_by_words() -> None:
    flagged, *others = fake_metrics.endpoints(3)
    seen = replace(flagged, device_change=DeviceChange(NOW, machine_id="ab" * 32))
    fleet = lay_out([seen, *others], None, WORDS, "another device seen")
    assert names(fleet, Arrangement(wanted=parse_filter("Another device"))) == [flagged.name]
