"""Prometheus' HTTP API, as far as the app uses it. Works with Prometheus 2.42 and 3.x.

Times are Unix seconds of Prometheus' own clock, which need not agree with this machine's; `time()` tells it.
"""

from collections.abc import Callable
from typing import TypeVar

import msgspec
import requests

from app.errors import MonitoringError
from app.models.stack import ServiceAccess, ServiceName
from app.services.http import ServiceApi
from app.services.metrics import answers, queries
from app.services.metrics.answers import RangeResult, RuleAlert, Sample, Series, Target

T = TypeVar("T")

_LARGEST = 64 << 20
#: Prometheus refuses longer ranges.
_MAXIMUM_POINTS = 11_000

_REPORT = (
    "This is a fault of Plantwatch, or of a version of {service} that it does not know. Report it with the details."
)
_SHORTER = "Choose a shorter time range. If it goes on, look at the load of the Docker host."


class PrometheusClient:
    """Asks one Prometheus. `timeout` is in seconds. Every method raises `MonitoringError`; all may be called from several threads."""

    def __init__(self, access: ServiceAccess, session: requests.Session | None = None, timeout: float = 10.0) -> None:
        self._timeout = timeout
        self._api = ServiceApi(ServiceName.PROMETHEUS, access, session, timeout=timeout, largest=_LARGEST)

    def ready(self) -> bool:
        """Whether it has started up; False while it replays its log. Raises if it does not answer at all."""
        answer = self._api.exchange("GET", "/-/ready")
        if answer.status == requests.codes.unavailable:
            return False
        self._api.check(answer)
        return True

    def time(self) -> float:
        """Its clock."""
        return self.query(queries.SERVER_TIME)[0].value

    def query(self, promql: str, at: float | None = None) -> list[Sample]:
        """The instant vector or scalar at a time; default now."""
        return self._decode(answers.samples, self._instant(promql, at))

    def raw_samples(self, selector: str, at: float | None = None) -> list[Series]:
        """What was really sampled: `selector` has a range and no function around it."""
        return self._decode(answers.series, self._instant(selector, at))

    def query_range(self, promql: str, start: float, end: float, step: float) -> RangeResult:
        """Values at `start`, `start + step`, … up to `end`. Times are rounded to milliseconds, as Prometheus does. At most 11,000 points."""
        start, step = round(start, 3), round(step, 3)
        points = int((end - start) / step + 1e-6) + 1
        if not 1 <= points <= _MAXIMUM_POINTS:
            raise ValueError(f"{points} points; 1 to {_MAXIMUM_POINTS} are possible.")
        form = {
            "query": promql,
            "start": f"{start:.3f}",
            "end": f"{start + step * (points - 1):.3f}",
            "step": f"{step:.3f}",
        }
        body = self._ask("POST", "/api/v1/query_range", form=form | self._limit())
        return self._decode(lambda answer: answers.on_grid(answer, start, step, points), body)

    def label_values(self, label: str, selector: str) -> list[str]:
        """The values that a label has had on the selected series, as far back as samples are kept. Reads the index only."""
        body = self._ask("GET", f"/api/v1/label/{label}/values", params={"match[]": selector})
        return self._decode(answers.names, body)

    def targets(self) -> list[Target]:
        """The active targets of the endpoints."""
        body = self._ask("GET", "/api/v1/targets", params={"state": "active", "scrapePool": queries.JOB})
        return self._decode(answers.targets, body)

    def alerts(self) -> list[RuleAlert]:
        """The alerts of the alerting rules, pending and firing."""
        return self._decode(answers.alerts, self._ask("GET", "/api/v1/alerts"))

    def _instant(self, promql: str, at: float | None) -> bytes:
        form = {"query": promql} | self._limit()
        if at is not None:
            form["time"] = f"{at:.3f}"
        return self._ask("POST", "/api/v1/query", form=form)

    def _limit(self) -> dict[str, str]:
        # Prometheus gives up by itself, a little earlier than we do, and can then say so.
        return {"timeout": f"{max(0.9 * self._timeout, 0.1):.3f}"}

    def _ask(
        self, method: str, path: str, *, params: dict[str, str] | None = None, form: dict[str, str] | None = None
    ) -> bytes:
        answer = self._api.exchange(method, path, params=params, form=form)
        if 400 <= answer.status < 600:
            self._explain(answer.body, (form or {}).get("query", ""))
        self._api.check(answer)
        return answer.body

    def _explain(self, body: bytes, promql: str) -> None:
        """Raise what Prometheus itself says about a failure; return if it says nothing."""
        try:
            kind, message = answers.failure(body)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return
        evidence = f"{kind}: {message}\n{promql}"
        if kind in ("timeout", "canceled"):
            raise self._api.error("gave up on a query that took too long.", _SHORTER, evidence)
        raise self._api.error(f"cannot answer: {message}", _REPORT, evidence)

    def _decode(self, decode: Callable[[bytes], T], body: bytes) -> T:
        try:
            return decode(body)
        except (msgspec.MsgspecError, ValueError) as error:
            raise self._unintelligible(error, body) from error

    def _unintelligible(self, error: Exception, body: bytes) -> MonitoringError:
        return self._api.unintelligible(f"{error}\n{body[:200].decode(errors='replace')}")
