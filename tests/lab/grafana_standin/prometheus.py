"""Queries of a Prometheus data source, answered as Grafana's data frames."""

import base64
import json
import math
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

from tests.lab.grafana_standin.provisioning import DataSource

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}
_RELATIVE = re.compile(r"now(?:-(\d+)([smhdwMy]))?")
_DURATION = re.compile(r"(\d+)([smhd])")


class QueryError(Exception):
    """The data source did not answer, or refused the query. `status` is the HTTP status of the answer."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


def check(source: DataSource) -> None:
    """Asks the data source something real. Raises QueryError."""
    _ask(source, "query", {"query": "1+1"})


def instant(source: DataSource, expression: str, at: float | None = None) -> list[dict[str, Any]]:
    """Prometheus' own list of series with one value each. Raises QueryError."""
    data = _ask(source, "query", {"query": expression, "time": str(at or time.time())})
    if data["resultType"] in ("scalar", "string"):
        return [{"metric": {}, "value": data["result"]}]
    result: list[dict[str, Any]] = data["result"]
    return result


def query(source: DataSource, request: dict[str, Any], since: float, until: float) -> list[dict[str, Any]]:
    """The frames of one query of `/api/ds/query`. Raises QueryError."""
    step = _step(source, request, since, until)
    expression = expand(request.get("expr", ""), step=step, span=until - since, scrape=_scrape_interval(source))
    frames: list[dict[str, Any]] = []
    wants_instant = bool(request.get("instant"))
    if wants_instant:
        series = instant(source, expression, until)
        frames += [_frame(request, expression, "vector", s["metric"], [s["value"]]) for s in series if "value" in s]
    if request.get("range") or not wants_instant:
        data = _ask(
            source,
            "query_range",
            {"query": expression, "start": str(since), "end": str(until), "step": str(step)},
        )
        frames += [_frame(request, expression, "matrix", s["metric"], s["values"]) for s in data["result"]]
    return frames


def expand(expression: str, *, step: float, span: float, scrape: float) -> str:
    """Replaces Grafana's own variables, such as $__rate_interval."""
    rate = max(step + scrape, 4 * scrape)
    values = {
        "__rate_interval_ms": f"{rate * 1000:.0f}", "__rate_interval": f"{rate:.0f}s",
        "__interval_ms": f"{step * 1000:.0f}", "__interval": f"{step:.0f}s",
        "__range_ms": f"{span * 1000:.0f}", "__range_s": f"{span:.0f}", "__range": f"{span:.0f}s",
    }  # fmt: skip
    for name, value in values.items():
        expression = expression.replace(f"${{{name}}}", value)
        expression = re.sub(rf"\${name}\b", value, expression)
    return expression


def moment(text: str | float) -> float:
    """`now-5m`, or milliseconds since the epoch, as seconds since the epoch. Raises QueryError."""
    match = _RELATIVE.fullmatch(str(text))
    if match:
        return time.time() - (int(match[1]) * _UNITS[match[2]] if match[1] else 0)
    try:
        return float(text) / 1000
    except ValueError:
        raise QueryError(f"invalid time: {text}") from None


def _scrape_interval(source: DataSource) -> float:
    match = _DURATION.fullmatch(str(source.settings.get("jsonData", {}).get("timeInterval", "")))
    return float(int(match[1]) * _UNITS[match[2]]) if match else 15.0


def _step(source: DataSource, request: dict[str, Any], since: float, until: float) -> float:
    wanted = float(request.get("intervalMs") or 15_000) / 1000
    fewest = (until - since) / float(request.get("maxDataPoints") or 1_000)
    return max(1.0, math.ceil(max(wanted, fewest, _scrape_interval(source))))


def _ask(source: DataSource, path: str, form: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(f"{source.url}/api/v1/{path}", data=urllib.parse.urlencode(form).encode())
    if source.settings.get("basicAuth"):
        pair = f"{source.settings.get('basicAuthUser', '')}:{source.secure.get('basicAuthPassword', '')}"
        request.add_header("Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as response:
            data: dict[str, Any] = json.load(response)["data"]
            return data
    except urllib.error.HTTPError as error:
        with error:
            body = error.read(10_000)
        try:
            message = json.loads(body)["error"]
        except (ValueError, KeyError):
            message = f"{error.code} {error.reason}"
        raise QueryError(message, error.code) from None
    except (OSError, ValueError) as error:
        raise QueryError(f'Post "{source.url}/api/v1/{path}": {error}', 502) from None


def _frame(
    request: dict[str, Any], expression: str, kind: str, labels: dict[str, str], points: list[list[Any]]
) -> dict[str, Any]:
    values = [float(value) for _, value in points]
    odd: dict[str, list[int]] = {}
    for index, value in enumerate(values):
        if not math.isfinite(value):
            odd.setdefault("NaN" if math.isnan(value) else "Inf" if value > 0 else "NegInf", []).append(index)
    data: dict[str, Any] = {
        "values": [[round(at * 1000) for at, _ in points], [v if math.isfinite(v) else None for v in values]]
    }
    if odd:
        data["entities"] = [None, odd]
    name = legend(labels)
    return {
        "schema": {
            "refId": request["refId"],
            "meta": {
                "type": "numeric-multi" if kind == "vector" else "timeseries-multi",
                "typeVersion": [0, 1],
                "custom": {"resultType": kind},
                "executedQueryString": f"Expr: {expression}",
            },
            "fields": [
                {"name": "Time", "type": "time", "typeInfo": {"frame": "time.Time"}, "config": {}},
                {
                    "name": labels.get("__name__", "Value"), "type": "number", "typeInfo": {"frame": "float64"},
                    "labels": labels, "config": {"displayNameFromDS": name},
                },
            ],
        },
        "data": data,
    }  # fmt: skip


def legend(labels: dict[str, str]) -> str:
    """A series as PromQL writes it: `up{instance="a"}`."""
    rest = ", ".join(f'{key}="{value}"' for key, value in labels.items() if key != "__name__")
    return f"{labels.get('__name__', '')}{{{rest}}}"
