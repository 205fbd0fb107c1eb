"""PromQL: quoting, matching and windows; and that it agrees with the shipped recording rules."""

import re
from pathlib import Path

import pytest
import yaml

from app.models.metrics import ChartSpec, FleetMetric
from app.services.metrics import queries

RULES = Path(__file__).parents[4] / "stack/prometheus/rules/recording.yaml"


def _recorded() -> dict[str, str]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["record"]: rule["expr"] for group in groups for rule in group["rules"]}


@pytest.mark.parametrize(
    ("value", "literal"),
    [("T-1", '"T-1"'), ('a"b', r'"a\"b"'), ("a\\b", r'"a\\b"'), ("a\nb", r'"a\nb"'), ("Øst", '"Øst"')],
)
def test_values_are_quoted(value: str, literal: str) -> None:
    assert queries.quoted(value) == literal


def test_one_name_is_compared_and_several_are_matched_literally() -> None:
    assert queries.up(["T.1"]) == 'up{job="node",instance="T.1"}'
    assert queries.up(["T.1", "b c", "x-y"]) == r'up{job="node",instance=~"T\\.1|b c|x-y"}'
    assert queries.up() == 'up{job="node"}'


@pytest.mark.parametrize("name", ["T.1", "a+b", "(x)", "a|b", "[z]", "q?", "x{2}", "^$", "back\\slash", "a*"])
def test_a_matched_name_matches_itself_only(name: str) -> None:
    literal = queries.any_of([name, "other"])
    pattern = literal[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    assert re.fullmatch(pattern, name)
    assert not re.fullmatch(pattern, name + "x")
    assert not re.fullmatch(pattern, "T-1")


def test_a_name_that_looks_like_a_placeholder_stays_a_name() -> None:
    spec = ChartSpec(key="", title="", unit="", query="rate(x{instance={instance}}[{window}])", legend="")
    assert queries.chart(spec, "{window}", 60) == 'rate(x{instance="{window}"}[60s])'


@pytest.mark.parametrize(("step", "interval", "window"), [(3, 15, 60), (60, 15, 60), (288, 15, 288), (2.5, 5, 20)])
def test_the_window_leaves_no_sample_out_and_survives_a_lost_scrape(step: float, interval: float, window: int) -> None:
    assert queries.rate_window(step, interval) == window


@pytest.mark.parametrize("metric", FleetMetric)
def test_the_fleet_is_read_from_series_that_are_recorded(metric: FleetMetric) -> None:
    names = re.findall(r"[a-z_]+:[a-z_]+:[a-z0-9]+", queries.fleet(metric))
    assert names
    assert set(names) <= set(_recorded())
    assert queries.fleet(metric, 'a"b') == queries.fleet(metric)[:-1] + r',instance="a\"b"}'


def test_charts_name_only_recorded_series_that_exist() -> None:
    used = {name for spec in queries.CHARTS for name in re.findall(r"[a-z_]+:[a-z_]+:[a-z0-9]+", spec.query)}
    assert used <= set(_recorded())


def test_the_same_ports_count_as_in_the_recording_rules() -> None:
    for name in ("instance:node_network_receive_bytes:rate2m", "instance:node_network_transmit_bytes:rate2m"):
        assert f'device!~"{queries.VIRTUAL_PORTS}"' in _recorded()[name]


def test_every_chart_is_about_one_endpoint_of_our_job() -> None:
    assert len({spec.key for spec in queries.CHARTS}) == len(queries.CHARTS)
    for spec in queries.CHARTS:
        selectors = re.findall(r"\{[^{}]*\{instance\}[^{}]*\}", spec.query)
        assert selectors
        assert all(selector.startswith('{job="node",instance={instance}') for selector in selectors)
        assert "{" not in queries.chart(spec, "T-1", 60).replace('{job="node",instance="T-1"', "")
