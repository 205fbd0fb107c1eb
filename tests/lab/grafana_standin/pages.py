"""The HTML pages: sign-in, the list of dashboards, and a dashboard with real values in it."""

import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from tests.lab.grafana_standin import prometheus
from tests.lab.grafana_standin.provisioning import Dashboard, DataSource

_WHAT_THIS_IS = (
    "This is not Grafana. It is the stand-in of Plantwatch's test lab: it serves the documented interface that Plantwatch "
    "uses, with real values from Prometheus."
)
_SERIES_SHOWN = 20
_STYLE = """
body { font: 14px/1.4 sans-serif; margin: 0; background: %(back)s; color: %(text)s }
header, main { padding: 8px 16px } header { background: %(card)s } header p { margin: 2px 0; opacity: .75 }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(360px, 1fr)); gap: 12px }
section, form { background: %(card)s; border: 1px solid %(line)s; border-radius: 4px; padding: 8px 12px }
h1 { font-size: 18px; margin: 4px 0 } h2 { font-size: 14px; margin: 0 0 6px }
table { width: 100%%; border-collapse: collapse } td { padding: 1px 0; overflow-wrap: anywhere }
td.value { text-align: right; padding-left: 12px; white-space: nowrap; font-variant-numeric: tabular-nums } a { color: %(link)s }
"""
_THEMES = {
    "dark": {"back": "#111217", "text": "#ccccdc", "card": "#181b1f", "line": "#2f3036", "link": "#6e9fff"},
    "light": {"back": "#f4f5f5", "text": "#24292e", "card": "#ffffff", "line": "#d8d9da", "link": "#1f62e0"},
}

# What Grafana escapes in the values of variables that may have several.
_REGEX_SIGN = re.compile(r"[$^*{}\[\]'+?.()|]")
_LABEL_VALUES = re.compile(r"label_values\((.+),\s*(\w+)\s*\)")

Sources = Callable[[Any], DataSource | None]
Parameters = Mapping[str, list[str]]


def login(parameters: Parameters) -> str:
    """The sign-in page."""
    form = """<main><form method="post" action="login"><h2>Sign in</h2>
<p><label>Email or username <input name="user" autocomplete="username"></label></p>
<p><label>Password <input name="password" type="password" autocomplete="current-password"></label></p>
<p><button type="submit">Log in</button></p></form></main>"""
    return _page("Grafana", form, parameters)


def home(dashboards: list[Dashboard], parameters: Parameters) -> str:
    """What a signed-in person sees first."""
    items = "".join(f'<p><a href="{escape(d.url)}">{escape(d.title)}</a> {escape(d.folder)}</p>' for d in dashboards)
    return _page("Dashboards", f"<main><section>{items or 'No dashboards.'}</section></main>", parameters)


def dashboard(found: Dashboard, sources: Sources, parameters: Parameters) -> str:
    """A dashboard: each panel's title, and the values that its queries have at the end of the time range."""
    time_range = found.model.get("time", {})
    since = prometheus.moment(parameters.get("from", [time_range.get("from", "now-6h")])[0])
    until = prometheus.moment(parameters.get("to", [time_range.get("to", "now")])[0])
    variables = _variables(found.model, sources, parameters)
    sections = []
    for panel in _panels(found.model.get("panels", [])):
        rows = "".join(_rows(panel, sources, variables, since, until))
        title = escape(_replace(panel.get("title", ""), variables))
        sections.append(
            f'<section data-panel-id="{panel.get("id", "")}"><h2>{title}</h2><table>{rows}</table></section>'
        )
    return _page(found.title, f"<main>{''.join(sections)}</main>", parameters)


def _page(title: str, body: str, parameters: Parameters) -> str:
    theme = "light" if parameters.get("theme") == ["light"] else "dark"
    heading = "" if "kiosk" in parameters else f"<h1>{escape(title)}</h1>"
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>{escape(title)} - stand-in for Grafana'
        f"</title><style>{_STYLE % _THEMES[theme]}</style></head><body><header>{heading}<p>{_WHAT_THIS_IS}</p></header>{body}</body></html>"
    )


def _panels(panels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The panels without rows, those inside rows included."""
    flat = []
    for panel in panels:
        if panel.get("type") == "row":
            flat += _panels(panel.get("panels") or [])
        else:
            flat.append(panel)
    return flat


def _rows(
    panel: dict[str, Any], sources: Sources, variables: Mapping[str, str], since: float, until: float
) -> list[str]:
    rows = []
    defaults = panel.get("fieldConfig", {}).get("defaults", {})
    for target in panel.get("targets") or []:
        if not target.get("expr") or target.get("hide"):
            continue
        source = sources(_resolve(target.get("datasource") or panel.get("datasource"), variables))
        if source is None:
            rows.append(_row("data source not found", ""))
            continue
        expression = prometheus.expand(_replace(target["expr"], variables), step=15, span=until - since, scrape=15)
        try:
            series = prometheus.instant(source, expression, until)
        except prometheus.QueryError as error:
            rows.append(_row(f"error: {error}", ""))
            continue
        if not series:
            rows.append(_row("No data", ""))
        for one in series[:_SERIES_SHOWN]:
            name = _legend(target.get("legendFormat", ""), one["metric"])
            rows.append(_row(name, _shown(float(one["value"][1]), defaults.get("unit", "none"))))
    return rows


def _shown(value: float, unit: str) -> str:
    if unit == "percentunit":
        value, unit = value * 100, "percent"
    sign = {"none": "", "short": "", "percent": "%"}.get(unit, unit)
    return f"{value:.6g} {sign}"


def _row(name: str, value: str) -> str:
    return f'<tr><td>{escape(name)}</td><td class="value">{escape(value.strip())}</td></tr>'


def _legend(template: str, labels: dict[str, str]) -> str:
    if template and template != "__auto":
        return re.sub(r"\{\{\s*(\w+)\s*\}\}", lambda match: labels.get(match[1], ""), template)
    return prometheus.legend(labels) if labels else "Value"


def _variables(model: dict[str, Any], sources: Sources, parameters: Parameters) -> dict[str, str]:
    """The dashboard's variables, in PromQL's writing: from the address (`var-site=…`, more than once for several values), else
    the saved value, else the first that the variable's query finds. "All" matches everything."""
    values: dict[str, str] = {}
    for variable in model.get("templating", {}).get("list", []):
        name = variable.get("name", "")
        saved = (variable.get("current") or {}).get("value") or []
        chosen = parameters.get(f"var-{name}") or ([saved] if isinstance(saved, str) else saved)
        if not chosen and not variable.get("includeAll"):
            chosen = _found_values(variable, sources, values)[:1]
        if not chosen or "$__all" in chosen:
            values[name] = variable.get("allValue") or ".*"
        elif variable.get("multi") or variable.get("includeAll"):
            escaped = [_REGEX_SIGN.sub(r"\\\\\g<0>", value) for value in chosen]
            values[name] = escaped[0] if len(escaped) == 1 else f"({'|'.join(escaped)})"
        else:
            values[name] = chosen[0].replace("\\", "\\\\").replace('"', '\\"')
    return values


def _found_values(variable: dict[str, Any], sources: Sources, values: Mapping[str, str]) -> list[str]:
    asked = variable.get("query")
    match = _LABEL_VALUES.fullmatch(str(asked.get("query") if isinstance(asked, dict) else asked))
    source = sources(variable.get("datasource"))
    if match is None or source is None:
        return []
    try:
        series = prometheus.instant(source, _replace(match[1], values))
    except prometheus.QueryError:
        return []
    return sorted({one["metric"][match[2]] for one in series if match[2] in one["metric"]})


def _replace(text: str, variables: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return variables.get(match[1] or match[2] or match[3], match[0])

    return re.sub(r"\$\{(\w+)(?::\w+)?\}|\[\[(\w+)\]\]|\$(\w+)", value, text)


def _resolve(reference: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(reference, dict):
        return {**reference, "uid": _replace(str(reference.get("uid") or ""), variables)}
    return reference
