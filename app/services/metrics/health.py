"""The state of endpoints, worked out from what Prometheus has scraped."""

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.models.endpoint import Endpoint, Lifecycle
from app.models.metrics import EndpointHealth, Health
from app.services.metrics import queries
from app.services.metrics.prometheus import PrometheusClient

#: A target that has been silent for this many scrape intervals is stale.
MISSED_SCRAPES = 3

# How far and how finely to look for the time of a past scrape: (look-back, resolution) in seconds.
_LOOKBACKS = ((2 * 3600, 15), (15 * 86400, 240))
# How many endpoints to look back for in one go; the others have their turn the next time.
_LOOKED_UP_AT_ONCE = 100
_REMEMBERED_SECONDS = 60.0
_ERROR_LIMIT = 500


@dataclass(frozen=True, slots=True)
class Scrape:
    """The last scrape of a target: when (Unix seconds, Prometheus' clock) and whether it succeeded."""

    time: float
    succeeded: bool


def moment(seconds: float) -> datetime:
    """Unix seconds as an aware time in UTC."""
    return datetime.fromtimestamp(seconds, UTC)


def judge(
    lifecycle: Lifecycle, scrape: Scrape | None, *, now: float, stale_after: float, attention: float | None
) -> EndpointHealth:
    """The state of one endpoint.

    `scrape` is its last one within Prometheus' look-back of five minutes, `attention` since when a serious alert fires for it. Without a
    scrape it is UNKNOWN: whether it was ever seen (STALE) takes another question.
    """
    if lifecycle is Lifecycle.ENROLLING:
        return EndpointHealth(Health.ENROLLING, moment(scrape.time) if scrape else None)
    if scrape is None:
        return EndpointHealth(Health.UNKNOWN)
    last = moment(scrape.time)
    if now - scrape.time > stale_after:
        return EndpointHealth(Health.STALE, last, last)
    if not scrape.succeeded:
        return EndpointHealth(Health.DOWN, last)
    if attention is not None:
        return EndpointHealth(Health.ATTENTION, last, moment(attention))
    return EndpointHealth(Health.UP, last)


def last_scrapes(client: PrometheusClient, names: Sequence[str] | None, now: float) -> dict[str, Scrape]:
    """By endpoint, for all or the named ones."""
    scrapes = {}
    for sample in client.query(queries.last_scrape(names), at=now):
        milliseconds, outcome = divmod(round(sample.value), 2)
        scrapes[sample.labels.get("instance", "")] = Scrape(milliseconds / 1000, succeeded=bool(outcome))
    return scrapes


def scrape_errors(client: PrometheusClient) -> dict[str, str]:
    """What Prometheus says about each target whose last scrape failed: plain text of bounded length."""
    return {
        target.labels.get("instance", ""): bounded(target.last_error)
        for target in client.targets()
        if target.last_error
    }


def bounded(text: str) -> str:
    """One line of printable text of bounded length: parts of it come from devices."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _ERROR_LIMIT]).split())[:_ERROR_LIMIT]


class HealthReader:
    """Works out states, remembering for a minute what took a look into the past. `scrape_interval()` is in seconds."""

    def __init__(self, scrape_interval: Callable[[], float], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._scrape_interval = scrape_interval
        self._clock = clock
        # (endpoint, outcome) → (when it was asked, when that outcome was last seen)
        self._remembered: dict[tuple[str, int | None], tuple[float, float | None]] = {}

    def fleet(self, client: PrometheusClient, endpoints: Sequence[Endpoint], now: float) -> dict[str, EndpointHealth]:
        """All states at `now` (Prometheus' clock). UP has no `since`: to know it of everyone would read weeks of samples."""
        return self._read(client, endpoints, None, now)

    def one(self, client: PrometheusClient, endpoint: Endpoint, now: float) -> EndpointHealth:
        """One state, with `since` in every state in which it can be known: for UP, when the last failed scrape was."""
        found = self._read(client, [endpoint], [endpoint.name], now)[endpoint.name]
        if found.health is not Health.UP:
            return found
        return replace(found, since=self._last(client, [endpoint.name], 0, now).get(endpoint.name))

    def _read(
        self, client: PrometheusClient, endpoints: Sequence[Endpoint], names: Sequence[str] | None, now: float
    ) -> dict[str, EndpointHealth]:
        scrapes = last_scrapes(client, names, now)
        attention = {
            sample.labels.get("instance", ""): sample.value for sample in client.query(queries.attention(names), at=now)
        }
        stale_after = MISSED_SCRAPES * self._scrape_interval()
        states = {
            endpoint.name: judge(
                endpoint.lifecycle,
                scrapes.get(endpoint.name),
                now=now,
                stale_after=stale_after,
                attention=attention.get(endpoint.name),
            )
            for endpoint in endpoints
        }
        self._forget(states)
        self._explain_down(client, states, now)
        self._find_silent(client, states, now)
        return states

    def _explain_down(self, client: PrometheusClient, states: dict[str, EndpointHealth], now: float) -> None:
        down = _having(states, Health.DOWN)
        if not down:
            return
        errors = scrape_errors(client)
        last_up = self._last(client, down, 1, now)
        for name in down:
            states[name] = replace(states[name], since=last_up.get(name), last_error=errors.get(name, ""))

    def _find_silent(self, client: PrometheusClient, states: dict[str, EndpointHealth], now: float) -> None:
        """Of the endpoints without a recent scrape, those that were ever scraped are stale."""
        silent = _having(states, Health.UNKNOWN)
        if not silent:
            return
        known = set(client.label_values("instance", queries.up(silent if len(silent) == 1 else None)))
        seen = [name for name in silent if name in known]
        last = self._last(client, seen, None, now)
        for name in seen:
            states[name] = EndpointHealth(Health.STALE, last.get(name), last.get(name))

    def _forget(self, states: Mapping[str, EndpointHealth]) -> None:
        """Drop what was remembered for a state that an endpoint is no longer in."""
        asked_in = {1: Health.DOWN, 0: Health.UP, None: Health.UNKNOWN}
        for name, outcome in list(self._remembered):
            if name in states and states[name].health is not asked_in[outcome]:
                self._remembered.pop((name, outcome), None)

    def _last(
        self, client: PrometheusClient, names: Sequence[str], outcome: int | None, now: float
    ) -> dict[str, datetime]:
        """When these endpoints were last scraped with `outcome` (any for None), as far as it is known by now."""
        oldest = self._clock() - _REMEMBERED_SECONDS
        due = [name for name in names if self._remembered.get((name, outcome), (-math.inf, None))[0] < oldest]
        if due:
            # Those that were never asked about first.
            due.sort(key=lambda name: self._remembered.get((name, outcome), (-math.inf, None))[0])
            self._look_back(client, due[:_LOOKED_UP_AT_ONCE], outcome, now)
        answers = ((name, self._remembered.get((name, outcome), (0.0, None))[1]) for name in names)
        return {name: moment(when) for name, when in answers if when is not None}

    def _look_back(self, client: PrometheusClient, names: Iterable[str], outcome: int | None, now: float) -> None:
        missing = set(names)
        for lookback, resolution in _LOOKBACKS:
            if not missing:
                return
            query = queries.last_time(sorted(missing), outcome, lookback, resolution)
            for sample in client.query(query, at=now):
                name = sample.labels.get("instance", "")
                self._remembered[name, outcome] = (self._clock(), sample.value)
                missing.discard(name)
        for name in missing:
            self._remembered[name, outcome] = (self._clock(), None)


def _having(states: Mapping[str, EndpointHealth], health: Health) -> list[str]:
    return [name for name, state in states.items() if state.health is health]
