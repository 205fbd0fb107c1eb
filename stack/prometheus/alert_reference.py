"""Writes docs/alert-rules.md from the alerting rules: `python -m stack.prometheus.alert_reference`."""

import re
from pathlib import Path
from typing import NamedTuple

import yaml

RULES = Path(__file__).parent / "rules" / "alerting.yaml"
REFERENCE = Path(__file__).parents[2] / "docs" / "alert-rules.md"
SEVERITIES = ("critical", "warning", "info")
SCOPES = {
    "endpoint": (
        "One endpoint",
        "The alert carries the name of the endpoint, and its site and region where it has them.",
    ),
    "site": ("A whole site", "While it fires, the alerts of the single endpoints of the site are held back."),
    "stack": ("The monitoring itself", "What stands between the devices and the person who is to be warned."),
}

_INTRODUCTION = """\
# Alerts

What Plantwatch warns about, how soon, and what to do then. Words in *italics* are filled in when the alert fires.
**critical**: act now. **warning**: act soon. **info**: know about it. Where one alert has two severities, the weaker is held back while
the stronger fires.

This page is written from `stack/prometheus/rules/alerting.yaml` by `python -m stack.prometheus.alert_reference`; a test fails when it
is out of date.
"""


class Alert(NamedTuple):
    """One alerting rule as a person reads it. `lasting` is a Prometheus duration, empty for an alert that fires at once."""

    name: str
    severity: str
    scope: str
    lasting: str
    description: str
    action: str


def alerts(rules: Path = RULES) -> list[Alert]:
    """The alerting rules of the file, in its order."""
    groups = yaml.safe_load(rules.read_text(encoding="utf-8"))["groups"]
    return [
        Alert(
            name=rule["alert"],
            severity=rule["labels"]["severity"],
            scope=rule["labels"]["scope"],
            lasting=rule.get("for", ""),
            description=rule["annotations"]["description"],
            action=rule["annotations"]["action"],
        )
        for group in groups
        for rule in group["rules"]
    ]


def markdown(rules: list[Alert]) -> str:
    """The page: one table a scope, worst alerts first."""
    parts = [_INTRODUCTION]
    for scope, (title, remark) in SCOPES.items():
        chosen = sorted((r for r in rules if r.scope == scope), key=lambda r: SEVERITIES.index(r.severity))
        rows = [
            f"| {r.name} | {r.severity} | {r.lasting or 'at once'} | {_plain(r.description)} | {_plain(r.action)} |"
            for r in chosen
        ]
        head = ["| Alert | Severity | After | When | What to do |", "|---|---|---|---|---|"]
        parts.append("\n".join([f"## {title}", "", remark, "", *head, *rows, ""]))
    return "\n".join(parts)


def _plain(template: str) -> str:
    """A template of Prometheus with its expressions replaced by the names of what they show."""
    text = re.sub(r"\{\{ with \$labels\.(\w+) \}\}(.*?)\{\{ \. \}\}(.*?)\{\{ end \}\}", r"\2*\1*\3", template)
    text = re.sub(r"\{\{ \$labels\.(\w+) \}\}", r"*\1*", text)
    text = re.sub(r"\{\{ \$value.*?\}\}", "*value*", text)
    return text.replace("|", r"\|")


if __name__ == "__main__":
    REFERENCE.write_text(markdown(alerts()), encoding="utf-8")
