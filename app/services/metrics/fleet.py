"""The fleet as Prometheus sees it: one question a metric for all endpoints, never one an endpoint."""

import math
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime

import numpy as np

from app.errors import MonitoringError, NotFoundError
from app.models.endpoint import Endpoint
from app.models.metrics import Chart, ChartSpec, EndpointHealth, FleetMetric, FleetSnapshot, Floats, Health, Line, Trend
from app.models.overview import HostCapacity, SiteTrends
from app.models.stack import ServiceAccess, ServiceName
from app.services.metrics import queries
from app.services.metrics.answers import RangeResult
from app.services.metrics.capacity import capacity_of
from app.services.metrics.health import HealthReader, bounded, moment, scrape_errors
from app.services.metrics.prometheus import PrometheusClient
from app.services.metrics.scrapes import Outcomes, ScrapeWatch
from app.services.metrics.site_trends import SiteTrendReader
from app.services.progress import CancelToken

#: More lines make a chart unreadable, and how many there are is up to the device.
MAXIMUM_LINES = 32


class FleetService:
    """What the fleet, an endpoint's page and enrolment ask Prometheus. May be used by several threads.

    `access` says where Prometheus is, and raises what it likes if there is none. `scrape_interval` is that of the deployed stack, in
    seconds. Every method raises `MonitoringError` when Prometheus is away. Times of scrapes and samples are of Prometheus' own clock.
    """

    def __init__(
        self,
        access: Callable[[ServiceName], ServiceAccess],
        endpoints: Callable[[], list[Endpoint]],
        *,
        scrape_interval: Callable[[], float] = lambda: 15.0,
        connect: Callable[[ServiceAccess], PrometheusClient] = PrometheusClient,
    ) -> None:
        self._access = access
        self._endpoints = endpoints
        self._scrape_interval = scrape_interval
        self._connect = connect
        self._connection: tuple[ServiceAccess, PrometheusClient] | None = None
        self._health = HealthReader(scrape_interval)
        self._scrapes = ScrapeWatch()
        self._site_trends = SiteTrendReader()

    def snapshot(self, *, points: int = 60, window_seconds: int = 3600) -> FleetSnapshot:
        """States and trends of all endpoints. Every endpoint has a state; one without samples of a metric has no trend of it.

        The grid is fixed to multiples of its step, so that a trend does not flicker from one snapshot to the next; its last point
        lies up to a step ahead and holds the newest sample. `taken_at` is of this machine's clock, for telling the snapshot's age.
        """
        client = self._client()
        known = self._endpoints()
        taken_at = datetime.now(UTC)
        now = client.time()
        health = self._health.fleet(client, known, now)
        step = max(1, round(window_seconds / points))
        end = math.ceil(now / step) * step
        start = end - (points - 1) * step
        trends = {}
        for metric in FleetMetric:
            found = client.query_range(queries.fleet(metric), start, end, step)
            trends[metric] = _trends(found, health.keys())
        times = start + step * np.arange(points, dtype=np.float64)
        return FleetSnapshot(taken_at=taken_at, times=times, health=health, trends=trends)

    def states(self) -> FleetSnapshot:
        """The states that `snapshot` has, without trends: for who shows no figures."""
        client = self._client()
        known = self._endpoints()
        taken_at = datetime.now(UTC)
        health = self._health.fleet(client, known, client.time())
        return FleetSnapshot(taken_at=taken_at, times=np.empty(0), health=health)

    def site_trends(self) -> SiteTrends:
        """How many of each site's endpoints were up over the last day, every ten minutes; only what is new is asked for."""
        client = self._client()
        return self._site_trends.read(client, client.time())

    def capacity(self) -> HostCapacity:
        """What the stack costs its host, as far as Prometheus tells."""
        return capacity_of(self._client().query(queries.capacity()))

    def health(self, endpoint_name: str) -> EndpointHealth:
        """The state of one endpoint, with `since` also for UP if the last two weeks tell. Raises `NotFoundError`."""
        endpoint = self._endpoint(endpoint_name)
        client = self._client()
        return self._health.one(client, endpoint, client.time())

    def current(self, endpoint_name: str) -> dict[FleetMetric, float]:
        """The newest values of one endpoint, without the metrics that it does not have."""
        client = self._client()
        found = {}
        for metric in FleetMetric:
            parts: dict[str, float] = {}
            for sample in client.query(queries.fleet(metric, endpoint_name)):
                if math.isfinite(sample.value):
                    part = sample.labels.get("__name__", "")
                    parts[part] = max(sample.value, parts.get(part, sample.value))
            if parts:
                found[metric] = sum(parts.values())
        return found

    def charts(self, endpoint_name: str, *, start: datetime, end: datetime, points: int = 300) -> list[Chart]:
        """All charts of one endpoint, in the order of the page, with at most `points` points each; one without data has no lines.

        Points are never closer than two scrapes are. Rates are averages over the time between two points, so that nothing is left out.
        """
        if end <= start or points < 2:
            raise ValueError("A range of time and at least two points are needed.")
        client = self._client()
        interval = self._scrape_interval()
        first, last = math.floor(start.timestamp()), math.floor(end.timestamp())
        step = max(math.ceil((last - first) / (points - 1)), math.ceil(interval), 1)
        # The newest point is always at the end.
        first = last - (last - first) // step * step
        window = queries.rate_window(step, interval)
        return [
            _chart(spec, client.query_range(queries.chart(spec, endpoint_name, window), first, last, step))
            for spec in queries.CHARTS
        ]

    def wait_until_up(
        self, endpoint_name: str, *, since: datetime, timeout: float, token: CancelToken
    ) -> EndpointHealth:
        """The outcome of the first scrape made after `since` (this machine's clock): UP, or DOWN with `last_error`.

        When there is none within `timeout` seconds: UNKNOWN, and `last_error` tells how far Prometheus has come. While it is away it is
        asked again; if it is away to the end, `MonitoringError`. Raises `Cancelled`.
        """
        with self._scrapes.waiting(endpoint_name, since.timestamp()):
            return self._wait_until_up(endpoint_name, since, timeout, token)

    def _wait_until_up(self, name: str, since: datetime, timeout: float, token: CancelToken) -> EndpointHealth:
        deadline = time.monotonic() + timeout
        client: PrometheusClient | None = None
        after = 0.0
        while True:
            token.check()
            trouble: MonitoringError | None = None
            try:
                if client is None:
                    client = self._client()
                    after = since.timestamp() + self._scrapes.clock_difference(client)
                if found := _first_scrape(client, name, after, self._scrapes.outcomes(client, name)):
                    return found
            except MonitoringError as error:
                # It may come back elsewhere, with another password.
                client, trouble = None, error
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                if trouble is not None:
                    raise trouble
                return EndpointHealth(Health.UNKNOWN, last_error=self._why_unseen(name, timeout))
            token.sleep(min(self._scrapes.pause_seconds, remaining))

    def _why_unseen(self, name: str, timeout: float) -> str:
        for target in self._client().targets():
            if target.labels.get("instance") == name:
                tried = f", last at {target.last_scrape:%H:%M:%S} UTC" if target.last_scrape else ""
                return bounded(
                    f"Prometheus knows the target {target.url} but has not scraped it in {timeout:g} s{tried}."
                )
        return f"Prometheus has not noticed a target named {name} within {timeout:g} s."

    def _endpoint(self, name: str) -> Endpoint:
        for endpoint in self._endpoints():
            if endpoint.name == name:
                return endpoint
        raise NotFoundError(kind="endpoint", name=name, command="plantwatch endpoints list")

    def _client(self) -> PrometheusClient:
        """A client for where Prometheus is now; the same one, with its open connections, while that does not change."""
        access = self._access(ServiceName.PROMETHEUS)
        connection = self._connection
        if connection is None or connection[0] != access:
            connection = self._connection = (access, self._connect(access))
        return connection[1]


def _first_scrape(client: PrometheusClient, name: str, after: float, outcomes: Outcomes) -> EndpointHealth | None:
    """The first scrape after a time of Prometheus' clock.

    The samples of `up` tell, which costs Prometheus the same however large the fleet is; the list of targets, which grows with it, is
    only asked for what went wrong.
    """
    scrapes = [(when, succeeded) for when, succeeded in outcomes if when > after]
    if not scrapes:
        return None
    when, succeeded = min(scrapes)
    if succeeded:
        return EndpointHealth(Health.UP, moment(when), moment(when))
    reason = scrape_errors(client).get(name, "")
    if not reason and len(scrapes) == 1:
        return None  # Prometheus stores the sample a moment before it shows the reason: to be asked again
    return EndpointHealth(Health.DOWN, moment(when), moment(when), reason)


def _finite(values: Floats) -> Floats:
    """Nothing can be drawn at infinity: a gap instead."""
    return np.where(np.isfinite(values), values, np.nan)


def _trends(found: RangeResult, names: Collection[str]) -> dict[str, Trend]:
    """By endpoint, for those that the inventory knows: parts that follow each other are joined, different ones are added."""
    parts: dict[tuple[str, str], Floats] = {}
    for labels, row in zip(found.labels, _finite(found.values), strict=True):
        key = labels.get("instance", ""), labels.get("__name__", "")
        earlier = parts.get(key)
        parts[key] = row if earlier is None else np.fmax(earlier, row)
    values: dict[str, Floats] = {}
    for (name, _), row in parts.items():
        if name in names:
            values[name] = row if name not in values else values[name] + row
    return {name: Trend(row) for name, row in values.items()}


def _chart(spec: ChartSpec, found: RangeResult) -> Chart:
    lines = [
        Line(labels.get(spec.legend, "") or spec.title, values)
        for labels, values in zip(found.labels, _finite(found.values), strict=True)
    ]

    def place(line: Line) -> tuple[int, str]:
        # Parts that the query itself names come in its order, others by name.
        return spec.query.find(f'"{line.label}"'), line.label

    return Chart(spec, found.times, tuple(sorted(lines, key=place)[:MAXIMUM_LINES]))
