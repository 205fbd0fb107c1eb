"""The dashboards as files: current, complete, laid out without overlaps, and speaking of the labels that targets carry."""

import re
from typing import Any

import pytest
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from stack.grafana.build_dashboards import rendered
from tests.dashboards import DASHBOARDS, FILES, DashboardQuery, load, panels, queries

UIDS = {"site.json": "plantwatch-site", "endpoint.json": "plantwatch-endpoint"}
TARGET_LABELS = {"job", "instance", "site", "region"}
METRIC_LABELS = {"alertstate", "severity", "device", "state", "mode"}
COLUMNS = 24

dashboards = pytest.mark.parametrize("name", FILES)
every_query = pytest.mark.parametrize("query", list(queries()), ids=str)


def cells(panel: dict[str, Any]) -> set[tuple[int, int]]:
    place = panel["gridPos"]
    return {
        (x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])
    }


def selectors(expr: str) -> list[str]:
    return re.findall(r"\{([^}]*)\}", expr)


@dashboards
def test_the_file_is_what_its_source_makes(name: str) -> None:
    assert (DASHBOARDS / name).read_text(encoding="utf-8") == rendered()[name], (
        "run python -m stack.grafana.build_dashboards"
    )


def test_no_file_is_left_over() -> None:
    assert {file.name for file in DASHBOARDS.iterdir()} == set(FILES) == set(rendered())


@dashboards
def test_the_classic_model_of_grafana_knows_every_field(name: str) -> None:
    """Read into the typed model and written again, nothing is lost: a field that Grafana does not know would be."""
    register_default_plugins()
    again = Dashboard.from_json(load(name)).to_json()
    assert plain(again) == load(name)


def plain(value: Any) -> Any:
    """Models of the SDK as the JSON that they stand for."""
    if hasattr(value, "to_json"):
        return plain(value.to_json())
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return [plain(part) for part in value] if isinstance(value, list) else value


@dashboards
def test_identity_and_settings(name: str) -> None:
    dashboard = load(name)
    assert dashboard["uid"] == UIDS[name]
    assert dashboard["editable"] is False
    assert dashboard["schemaVersion"] >= 41
    assert "id" not in dashboard, "Grafana numbers its dashboards itself"


@dashboards
def test_variables_choose_region_site_and_endpoint(name: str) -> None:
    variables = load(name)["templating"]["list"]
    assert [variable["name"] for variable in variables] == ["region", "site", "endpoint"]
    for variable in variables:
        assert variable["datasource"]["uid"] == "plantwatch-prometheus"
        assert variable["query"]["query"].startswith('label_values(up{job="node"')
    alone = variables[-1] if name == "endpoint.json" else None
    for variable in variables:
        assert variable["multi"] == variable["includeAll"] == (variable is not alone)
        assert variable.get("allValue") == (None if variable is alone else ".*"), "series without a site count too"


@dashboards
def test_panels_have_their_own_numbers_and_cells(name: str) -> None:
    everything = panels(load(name), rows=True)
    numbers = [panel["id"] for panel in everything]
    assert len(numbers) == len(set(numbers))
    taken: set[tuple[int, int]] = set()
    for panel in everything:
        mine = cells(panel)
        assert not mine & taken, panel["title"]
        assert all(x < COLUMNS for x, _ in mine), panel["title"]
        taken |= mine
    assert len(taken) == COLUMNS * (max(y for _, y in taken) + 1), "no gaps"


@dashboards
def test_panels_explain_themselves(name: str) -> None:
    for panel in panels(load(name)):
        assert panel["title"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["fieldConfig"]["defaults"].get("thresholds") or panel["type"] == "timeseries", panel["title"]


@dashboards
def test_series_over_time_have_a_legend(name: str) -> None:
    for panel in panels(load(name)):
        if panel["type"] == "timeseries":
            assert panel["options"]["legend"]["showLegend"] is True
            assert all(target["legendFormat"] != "__auto" for target in panel["targets"]), panel["title"]


@dashboards
def test_targets_name_the_data_source(name: str) -> None:
    for panel in panels(load(name)):
        refs = [target["refId"] for target in panel["targets"]]
        assert refs
        assert len(refs) == len(set(refs))
        for source in (panel["datasource"], *(target["datasource"] for target in panel["targets"])):
            assert source == {"type": "prometheus", "uid": "plantwatch-prometheus"}


@every_query
def test_queries_select_by_the_labels_of_targets(query: DashboardQuery) -> None:
    assert selectors(query.expr)
    for selector in selectors(query.expr):
        names = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selector))
        assert names <= TARGET_LABELS | METRIC_LABELS
        assert 'job="node"' in selector or 'alertstate="firing"' in selector
        chosen = (
            ['instance="$endpoint"']
            if query.dashboard == "endpoint.json"
            else ['instance=~"$endpoint"', 'site=~"$site"', 'region=~"$region"']
        )
        assert all(part in selector for part in chosen)


@every_query
def test_rates_follow_the_scrape_interval(query: DashboardQuery) -> None:
    """Grafana's $__rate_interval is never shorter than four scrapes, and grows with the range."""
    assert set(re.findall(r"\[([^\]]*)\]", query.expr)) <= {"$__rate_interval"}
    assert ("rate(" in query.expr) == ("$__rate_interval" in query.expr)


def test_the_dashboards_lead_to_each_other_and_keep_the_time_range() -> None:
    for name, other in (("site.json", "plantwatch-endpoint"), ("endpoint.json", "plantwatch-site")):
        (link,) = load(name)["links"]
        assert link["url"] == f"/d/{other}"
        assert link["keepTime"] is True


def test_bars_and_tables_of_the_site_lead_to_the_endpoint() -> None:
    leading = 0
    for panel in panels(load("site.json")):
        found = list(panel["fieldConfig"]["defaults"].get("links", []))
        for override in panel["fieldConfig"]["overrides"]:
            found += [link for part in override["properties"] if part["id"] == "links" for link in part["value"]]
        for link in found:
            leading += 1
            assert re.fullmatch(r"/d/plantwatch-endpoint\?var-endpoint=\$\{[^}]+\}&\$\{__url_time_range\}", link["url"])
    assert leading == 6
