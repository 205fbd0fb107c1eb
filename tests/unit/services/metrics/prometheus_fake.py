"""A Prometheus that knows the answers to a few questions: for judging states without one."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import requests

from app.models.secret import Secret
from app.models.stack import ServiceAccess
from app.services.metrics import queries
from app.services.metrics.prometheus import PrometheusClient
from tests.unit.services.answering import AnsweringAdapter, Reply, Request, answering

RECORDED = Path(__file__).parent / "recorded"
ACCESS = ServiceAccess("http://127.0.0.1:9090", "plantwatch", Secret("canary"))
NOW = 1_795_352_000.0

_Values = Mapping[str, float]


class FakePrometheus:
    """Answers in the form of the recorded answers. Set what it knows; `asked` tells the queries that came, in order.

    `scrapes`: endpoint → (Unix time, succeeded); `attention`: endpoint → since; `last`: (outcome or None, endpoint) → Unix time;
    `errors`: endpoint → last error; `seen`: endpoints that were ever scraped. `ranges`: query → endpoint → its value at every point;
    `series`: query → labels and the value at each point.
    """

    def __init__(self) -> None:
        self.now = NOW
        self.scrapes: dict[str, tuple[float, bool]] = {}
        self.attention: dict[str, float] = {}
        self.last: dict[tuple[int | None, str], float] = {}
        self.errors: dict[str, str] = {}
        self.seen: set[str] = set()
        self.ranges: dict[str, _Values] = {}
        self.series: dict[str, list[tuple[dict[str, str], list[float | None]]]] = {}
        self.failures = 0
        self.asked: list[str] = []
        self.adapter: AnsweringAdapter

    def client(self, access: ServiceAccess = ACCESS) -> PrometheusClient:
        session, self.adapter = answering(self._answer)
        return PrometheusClient(access, session)

    def _answer(self, request: Request) -> Reply:
        if self.failures:
            self.failures -= 1
            raise requests.ConnectionError("refused")
        path = unquote(request.path)
        if path == "/api/v1/query":
            return self._instant(request.fields["query"])
        if path == "/api/v1/query_range":
            return self._range(request.fields)
        if path == "/api/v1/targets":
            self.asked.append(path)
            return _success({"activeTargets": [self._target(name) for name in self.scrapes]})
        if path == "/api/v1/label/instance/values":
            self.asked.append(path)
            return _success(sorted(self.seen))
        return Reply(404)

    def _instant(self, query: str) -> Reply:
        self.asked.append(query)
        if query == queries.SERVER_TIME:
            return _success({"resultType": "scalar", "result": [self.now, str(self.now)]})
        if query.endswith("s]"):
            return self._raw(query)
        if "ALERTS" in query:
            return self._vector(query, self.attention)
        if "max_over_time" in query:
            outcome = 1 if "== 1" in query else 0 if "== 0" in query else None
            return self._vector(query, {name: when for (kind, name), when in self.last.items() if kind == outcome})
        if "timestamp" in query:
            return self._vector(query, {name: when * 2000 + good for name, (when, good) in self.scrapes.items()})
        return self._vector(query, self.ranges.get(query, {}))

    def _vector(self, query: str, values: _Values) -> Reply:
        chosen = {name: value for name, value in values.items() if "instance=" not in query or f"{name}" in query}
        items = [{"metric": {"instance": name}, "value": [self.now, repr(value)]} for name, value in chosen.items()]
        return _success({"resultType": "vector", "result": items})

    def _raw(self, query: str) -> Reply:
        items = [
            {"metric": {"__name__": "up", "instance": name}, "values": [[when, str(int(good))]]}
            for name, (when, good) in self.scrapes.items()
            if f"instance={queries.quoted(name)}" in query or name in _alternatives(query)
        ]
        return _success({"resultType": "matrix", "result": items})

    def _range(self, fields: Mapping[str, str]) -> Reply:
        self.asked.append(fields["query"])
        start, end, step = (float(fields[name]) for name in ("start", "end", "step"))
        times = [start + step * number for number in range(round((end - start) / step) + 1)]
        items: list[dict[str, object]] = [
            {"metric": {"instance": name}, "values": [[when, str(value)] for when in times]}
            for name, value in self.ranges.get(fields["query"], {}).items()
        ]
        for labels, values in self.series.get(fields["query"], []):
            known = [[when, str(value)] for when, value in zip(times, values, strict=True) if value is not None]
            items.append({"metric": labels, "values": known})
        return _success({"resultType": "matrix", "result": items})

    def _target(self, name: str) -> dict[str, object]:
        return {
            "labels": {"instance": name},
            "scrapeUrl": f"http://{name}:9100/metrics",
            "health": "down" if name in self.errors else "up",
            "lastError": self.errors.get(name, ""),
            "lastScrape": "2026-11-22T12:51:13.522415227Z",
        }


def _success(data: object) -> Reply:
    return Reply(body=json.dumps({"status": "success", "data": data}).encode())


def _alternatives(query: str) -> list[str]:
    """The instances of a query that names several."""
    found = re.search(r'instance=~"([^"]*)"', query)
    return found[1].split("|") if found else []
