"""Reads the dashboards that the stack ships, for the tests that look at their panels and run their queries."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DASHBOARDS = Path(__file__).parents[1] / "stack" / "grafana" / "dashboards"
FILES = ("site.json", "endpoint.json")


@dataclass(frozen=True)
class DashboardQuery:
    """One PromQL expression of a dashboard, with Grafana's variables still in it, and where it stands."""

    dashboard: str
    panel: str
    ref_id: str
    expr: str
    instant: bool

    def __str__(self) -> str:
        return f"{Path(self.dashboard).stem}-{self.panel}-{self.ref_id}".replace(" ", "-")


def load(name: str) -> dict[str, Any]:
    """A dashboard of FILES, as Grafana reads it."""
    dashboard: dict[str, Any] = json.loads((DASHBOARDS / name).read_text(encoding="utf-8"))
    return dashboard


def panels(dashboard: dict[str, Any], *, rows: bool = False) -> list[dict[str, Any]]:
    """The panels in order, without the headings unless `rows`."""
    return [panel for panel in dashboard["panels"] if rows or panel["type"] != "row"]


def queries() -> Iterator[DashboardQuery]:
    """Every PromQL expression of every dashboard."""
    for name in FILES:
        for panel in panels(load(name)):
            for target in panel["targets"]:
                yield DashboardQuery(name, panel["title"], target["refId"], target["expr"], target["instant"])
