"""The alerting and recording rules as files: their form, their tests, their documentation."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from stack.prometheus.alert_reference import REFERENCE, RULES, SCOPES, SEVERITIES, alerts, markdown

FOLDER = RULES.parent
TESTS = sorted((FOLDER.parent / "tests").glob("*.test.yaml"))
STACK_JOBS = {"prometheus", "alertmanager", "grafana"}
EXPECTED = {
    "AlertmanagerUnreachable", "ClockNotSynchronised", "ClockOff", "CpuSaturated", "DiskAlmostFull", "DiskWillFill", "EccErrors",
    "EndpointDown", "ExporterSlow", "FilesystemReadOnly", "GrafanaUnreachable", "InodesWillRunOut", "MemoryLow", "NetworkErrors",
    "NotificationsFailing", "OutOfMemoryKill", "PrometheusConfigReloadFailed", "PrometheusNotScrapingItself", "RaidDegraded",
    "RebootedRecently", "RuleEvaluationFailed", "SiteDown", "StorageAlmostFull", "StorageWriteFailed", "TargetSyncFailed",
    "TemperatureHigh", "UnitFailed",
}  # fmt: skip


def rules_of(file: Path, kind: str) -> list[dict[str, Any]]:
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"] if kind in rule]


ALERTING = rules_of(RULES, "alert")
RECORDING = rules_of(FOLDER / "recording.yaml", "record")


def title(rule: dict[str, Any]) -> str:
    return f"{rule['alert']}-{rule['labels']['severity']}"


def test_the_set_of_alerts_is_complete() -> None:
    assert {rule["alert"] for rule in ALERTING} == EXPECTED


@pytest.mark.parametrize("rule", ALERTING, ids=title)
def test_alert_has_severity_scope_and_the_three_texts(rule: dict[str, Any]) -> None:
    assert rule["labels"].keys() == {"severity", "scope"}
    assert rule["labels"]["severity"] in SEVERITIES
    assert rule["labels"]["scope"] in SCOPES
    assert rule["annotations"].keys() == {"summary", "description", "action"}
    for text in rule["annotations"].values():
        assert text == " ".join(text.split()), "one line, single spaces"
        assert text[0].isupper() or text.startswith("{{")
    assert not rule["annotations"]["summary"].endswith("."), "a title, not a sentence"
    for text in (rule["annotations"]["description"], rule["annotations"]["action"]):
        assert text.endswith((".", "| tail", "-50")), "a sentence, or a command to copy"


@pytest.mark.parametrize("rule", ALERTING, ids=title)
def test_action_holds_nothing_that_a_device_says(rule: dict[str, Any]) -> None:
    """People copy commands from it."""
    assert "{{" not in rule["annotations"]["action"]


def test_no_alert_appears_twice_at_one_severity() -> None:
    titles = [title(rule) for rule in ALERTING]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("rule", ALERTING + RECORDING, ids=lambda rule: rule.get("record") or title(rule))
def test_selectors_name_their_job(rule: dict[str, Any]) -> None:
    """A metric that another exporter happens to export too must not leak in. Recorded series (with colons) carry the job already."""
    for name, labels in re.findall(
        r"\b(node_\w+|up|scrape_\w+|prometheus_\w+|alertmanager_\w+)(\{[^}]*\})?(?![\w:(])", rule["expr"]
    ):
        if re.search(rf":{name}|{name}:", rule["expr"]):
            continue
        job = re.search(r'job="(\w+)"', labels)
        assert job is not None, name
        assert job[1] == "node" or job[1] in STACK_JOBS


@pytest.mark.parametrize("rule", RECORDING, ids=lambda rule: rule["record"])
def test_recorded_names_say_level_metric_and_operation(rule: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z_]+:[a-z0-9_]+:[a-z0-9_]+", rule["record"])


@pytest.mark.parametrize("rule", ALERTING + RECORDING, ids=lambda rule: rule.get("record") or title(rule))
def test_ranges_hold_at_least_four_scrapes(rule: dict[str, Any]) -> None:
    """At the usual interval of 15 s. Subqueries ([1d:10m]) set their own step."""
    seconds = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
    for number, unit in re.findall(r"\[(\d+)([smhdw])\]", rule["expr"]):
        assert int(number) * seconds[unit] >= 4 * 15


@pytest.mark.parametrize("file", [*sorted(FOLDER.glob("*.yaml")), *TESTS], ids=lambda file: file.name)
def test_files_have_neither_tabs_nor_trailing_spaces(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert "\t" not in text
    assert not re.search(r" +$", text, re.MULTILINE)


@cache
def asserted_in_tests() -> tuple[set[tuple[str, str]], set[str]]:
    """What the tests show firing, as (alert, severity), and what they show silent, as alert."""
    firing: set[tuple[str, str]] = set()
    silent: set[str] = set()
    for file in TESTS:
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]:
            for check in case.get("alert_rule_test", []):
                firing |= {(check["alertname"], alert["exp_labels"]["severity"]) for alert in check["exp_alerts"]}
            for check in case.get("promql_expr_test", []):
                for sample in check["exp_samples"]:
                    labels = dict(re.findall(r'(\w+)="([^"]*)"', sample["labels"]))
                    if "alertname" in labels and "severity" in labels:
                        firing.add((labels["alertname"], labels["severity"]))
                matched = re.search(r'ALERTS\{[^}]*alertname=~?"([^"]+)"', check["expr"])
                if matched and not check["exp_samples"]:
                    silent |= set(matched[1].split("|"))
                elif "false alarm" in case["name"] and "ALERTS{" in check["expr"] and not check["exp_samples"]:
                    silent |= {rule["alert"] for rule in ALERTING if rule["labels"]["scope"] == "stack"}
    return firing, silent


@pytest.mark.parametrize("rule", ALERTING, ids=title)
def test_each_alert_is_shown_firing_and_silent(rule: dict[str, Any]) -> None:
    firing, silent = asserted_in_tests()
    assert (rule["alert"], rule["labels"]["severity"]) in firing
    assert rule["alert"] in silent


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.name)
def test_each_file_of_tests_names_existing_rules(file: Path) -> None:
    for name in yaml.safe_load(file.read_text(encoding="utf-8"))["rule_files"]:
        assert (file.parent / name).resolve().is_relative_to(FOLDER)
        assert (file.parent / name).is_file()


def test_the_reference_page_is_current() -> None:
    assert REFERENCE.read_text(encoding="utf-8") == markdown(alerts()), "run python -m stack.prometheus.alert_reference"


@pytest.mark.parametrize("leftover", ["{{", "}}", "$labels", "$value"])
def test_the_reference_page_shows_no_template(leftover: str) -> None:
    assert leftover not in markdown(alerts())
