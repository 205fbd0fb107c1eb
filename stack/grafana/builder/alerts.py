"""The list of firing alerts, worst first, as both dashboards show it."""

from collections.abc import Mapping

from grafana_foundation_sdk.builders import table

from stack.grafana.builder.panels import BLUE, ORANGE, RED, Query, listing

_RANKS = {"critical": 3, "warning": 2, "info": 1}
_TEXTS = {"3": ("Critical", RED), "2": ("Warning", ORANGE), "1": ("Info", BLUE)}


def firing_alerts(selector: str, columns: Mapping[str, str]) -> table.Panel:
    """A table of what fires among the series of `selector`, one line for each alert and set of `columns` (label to heading)."""
    ranked = " or ".join(
        f'ALERTS{{alertstate="firing",severity="{severity}",{selector}}} * {rank}' for severity, rank in _RANKS.items()
    )
    labels = ", ".join(["alertname", *columns])
    return listing(
        "Firing alerts",
        "What needs attention now, worst first. The Alerts page of the application says what to do about each.",
        Query(f"sort_desc(max by ({labels}) ({ranked}))"),
        {"Value": "Severity", "alertname": "Alert", **columns},
        texts=_TEXTS,
    )


def alert_count(selector: str, *severities: str) -> Query:
    """How many alerts of these severities fire; 0 for none."""
    return Query(f'count(ALERTS{{alertstate="firing",severity=~"{"|".join(severities)}",{selector}}}) or vector(0)')
