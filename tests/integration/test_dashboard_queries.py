"""Every query of the dashboards against a real Prometheus that scrapes a real exporter and evaluates the shipped rules.

Where this machine has what a query asks for, data must come back; everywhere the query must be accepted. No Docker needed.
"""

import re
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import requests
import yaml

from app.models.stack import ServiceName, TargetGroup
from tests.dashboards import DashboardQuery, queries
from tests.integration.monitoring import PASSWORD, STACK, Monitoring, running, wait_for

ENDPOINT = TargetGroup("", {"instance": "turbine-07", "site": "Hornsea", "region": "North Sea"})
VARIABLES = {"$__rate_interval": "1m", "$region": ".*", "$site": "Hornsea"}
GROUPS = yaml.safe_load((STACK / "prometheus/rules/recording.yaml").read_text(encoding="utf-8"))["groups"]
# The trend is worked out every few minutes only.
RECORDED = [rule["record"] for group in GROUPS if "interval" not in group for rule in group["rules"]]
HARDWARE = {"instance:node_temperature_celsius:max": ("node_hwmon_temp_celsius", "node_thermal_zone_temp")}


class Fleet:
    """A Prometheus with one endpoint, asked as Grafana asks."""

    def __init__(self, monitoring: Monitoring) -> None:
        access = monitoring.access(ServiceName.PROMETHEUS)
        self._url = access.url
        self._session = requests.Session()
        self._session.auth = ("plantwatch", PASSWORD)
        exported = requests.get(f"http://{monitoring.exporter_target}/metrics", timeout=10).text
        self.metrics = set(re.findall(r"^(\w+)", exported, re.MULTILINE)) | {"up", "scrape_duration_seconds"}

    def ask(self, expr: str, *, instant: bool = True) -> list[dict[str, Any]]:
        """The series that `expr` gives now, or over the last minute unless `instant`. Fails the test if it is not accepted."""
        now = time.time()
        form: dict[str, str | float] = {"query": expr}
        form |= {"time": now} if instant else {"start": now - 60, "end": now, "step": 15}
        path = "query" if instant else "query_range"
        answer = self._session.post(f"{self._url}/api/v1/{path}", data=form, timeout=10).json()
        assert answer["status"] == "success", f"{expr}: {answer.get('error')}"
        assert not answer.get("warnings"), answer
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def rules(self) -> list[dict[str, Any]]:
        """All rules with their health, as Prometheus has loaded them."""
        answer = self._session.get(f"{self._url}/api/v1/rules", timeout=10).json()
        return [rule for group in answer["data"]["groups"] for rule in group["rules"]]

    def has_what_it_takes(self, series: str) -> bool:
        """Whether this machine exports the metric, or one of those that the recorded series needs."""
        if series in HARDWARE:
            return any(metric in self.metrics for metric in HARDWARE[series])
        return series in RECORDED or series in self.metrics


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """One endpoint that has been scraped, with every recorded series that this machine can give."""
    with running(tmp_path_factory.mktemp("monitoring")) as monitoring:
        monitoring.write_targets([TargetGroup(monitoring.exporter_target, ENDPOINT.labels)])
        fleet = Fleet(monitoring)
        for series in RECORDED:
            if fleet.has_what_it_takes(series):
                wait_for(partial(fleet.ask, series), seconds=30, what=f"{series} is recorded")
        yield fleet


def filled_in(query: DashboardQuery) -> str:
    expr = query.expr.replace("$endpoint", ENDPOINT.labels["instance"])
    for variable, value in VARIABLES.items():
        expr = expr.replace(variable, value)
    assert "$" not in expr
    return expr


def series_of(expr: str) -> set[str]:
    """The metrics and recorded series that `expr` selects."""
    return set(re.findall(r"([a-zA-Z_:][\w:]*)\{", expr))


@pytest.mark.parametrize("series", RECORDED)
def test_recording_rules_give_one_plain_number(fleet: Fleet, series: str) -> None:
    found = fleet.ask(series)
    if not fleet.has_what_it_takes(series):
        assert not found
        return
    if series.startswith("instance:"):
        (sample,) = found
        assert sample["metric"] == {"__name__": series, "job": "node", **ENDPOINT.labels}, (
            "the labels of the target, no others"
        )
    for sample in found:
        value = float(sample["value"][1])
        assert 0 <= value <= (1 if series.endswith("utilisation:ratio") else float("inf"))


def test_the_root_counts_among_the_file_systems(fleet: Fleet) -> None:
    mountpoints = {
        sample["metric"]["mountpoint"] for sample in fleet.ask("instance_mountpoint:node_filesystem_utilisation:ratio")
    }
    assert "/" in mountpoints
    assert not {place for place in mountpoints if place.startswith(("/dev", "/proc", "/run", "/sys", "/etc"))}


@pytest.mark.parametrize("query", list(queries()), ids=str)
def test_query_is_accepted_and_finds_what_there_is(fleet: Fleet, query: DashboardQuery) -> None:
    expr = filled_in(query)
    found = fleet.ask(expr, instant=query.instant)
    needs = series_of(expr)
    assert needs
    filters = "ALERTS" in needs or re.search(r"(?<![<>!=])==? *[01]$", expr)
    if not filters and all(fleet.has_what_it_takes(series) for series in needs):
        assert found, expr


@pytest.mark.parametrize("query", list(queries()), ids=str)
def test_query_is_accepted_for_an_endpoint_that_does_not_exist(fleet: Fleet, query: DashboardQuery) -> None:
    """An empty dashboard is no error."""
    expr = query.expr.replace("$endpoint", "nobody")
    for variable, value in VARIABLES.items():
        expr = expr.replace(variable, value)
    for sample in fleet.ask(expr, instant=query.instant):
        assert sample["metric"] == {}, "nothing but the noughts of counts"


def test_no_rule_fails(fleet: Fleet) -> None:
    """Neither recording nor alerting: a rule that fails at run time passes every check of its syntax."""
    rules = fleet.rules()
    assert len(rules) > len(RECORDED)
    assert not [rule for rule in rules if rule["health"] == "err"]
