"""Which endpoints a filter means: by columns, so that a fleet of thousands is asked in a millisecond or two."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from app.models.endpoint import Endpoint, Lifecycle
from app.models.fleet_filter import Comparison, FleetFilter, Key, OneOf, Sign, Term, Word, version_number
from app.models.metrics import EndpointHealth, FleetMetric, Floats

Flags = npt.NDArray[np.bool_]
_METRICS = {
    Key.CPU: FleetMetric.CPU,
    Key.MEMORY: FleetMetric.MEMORY,
    Key.DISK: FleetMetric.DISK,
    Key.TEMPERATURE: FleetMetric.TEMPERATURE,
    Key.NETWORK: FleetMetric.NETWORK,
}
_COMPARED: Mapping[Sign, Callable[[Floats, float], Flags]] = {
    Sign.MORE: np.greater,
    Sign.AT_LEAST: np.greater_equal,
    Sign.LESS: np.less,
    Sign.AT_MOST: np.less_equal,
    Sign.EQUAL: lambda column, amount: np.isclose(column, amount, rtol=0, atol=1e-9),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """What filters ask, by position of the endpoint.

    `searched` is what words are looked for in, and each text of `texts` (one or more of an endpoint) is casefolded; "" for none. `numbers`
    have shape (endpoints,), NaN for none, in the units of `Comparison.amount`.
    """

    searched: tuple[str, ...]
    texts: Mapping[Key, tuple[tuple[str, ...], ...]]
    numbers: Mapping[Key, Floats]


def columns_of(
    endpoints: Sequence[Endpoint],
    health: Sequence[EndpointHealth],
    values: Mapping[FleetMetric, Floats],
    searched: Sequence[str],
    now: datetime | None = None,
) -> Columns:
    """All of these are by position: `values` has the newest of each metric, shape (endpoints,); `searched` is casefolded."""
    at = (now or datetime.now(UTC)).timestamp()
    facts = [each.facts for each in endpoints]

    def single(texts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
        return tuple((text.casefold(),) for text in texts)

    return Columns(
        searched=tuple(searched),
        texts={
            Key.STATE: single(state_of(*both) for both in zip(endpoints, health, strict=True)),
            Key.NAME: single(each.name for each in endpoints),
            Key.SITE: single(each.site for each in endpoints),
            Key.REGION: single(each.region for each in endpoints),
            Key.TAG: tuple(tuple(tag.casefold() for tag in each.tags) or ("",) for each in endpoints),
            Key.ADDRESS: tuple((each.address.casefold(), each.scrape_host.casefold()) for each in endpoints),
            Key.HOST: single(each.hostname if each else "" for each in facts),
            Key.SYSTEM: single(system_of(each) for each in endpoints),
            Key.ARCHITECTURE: single(each.architecture if each else "" for each in facts),
            Key.NOTES: single(each.notes for each in endpoints),
        },
        numbers={
            **{key: values[metric] for key, metric in _METRICS.items()},
            Key.CERTIFICATE: _numbers(
                each.certificate.ends_at.timestamp() - at if each.certificate else np.nan for each in endpoints
            ),
            Key.SEEN: _numbers(at - each.last_scrape.timestamp() if each.last_scrape else np.nan for each in health),
            Key.VERSION: _numbers(
                version_number(each.receipt.exporter_version) if each.receipt else np.nan for each in endpoints
            ),
        },
    )


def searched_text(endpoint: Endpoint, *more: str) -> str:
    """What words are looked for in: name, site, region, tags, address and, as the reader words it, `more`. Casefolded."""
    parts = (endpoint.name, endpoint.site, endpoint.region, *endpoint.tags, endpoint.address, *more)
    return "\n".join(parts).casefold()


def state_of(endpoint: Endpoint, health: EndpointHealth) -> str:
    """Where it is on its way into or out of monitoring, and while it is monitored how it is."""
    return str(health.health if endpoint.lifecycle is Lifecycle.MONITORED else endpoint.lifecycle)


def system_of(endpoint: Endpoint) -> str:
    """The operating system that was found on the device: "Debian 12"; empty when nothing was."""
    facts = endpoint.facts
    return " ".join(filter(None, (facts.os_name or facts.os_id, facts.os_version))) if facts else ""


def matching(wanted: FleetFilter, columns: Columns) -> Flags:
    """Whether each endpoint is meant, shape (endpoints,). What is not known of one is neither more nor less than any number."""
    kept = np.ones(len(columns.searched), dtype=np.bool_)
    for term in wanted.terms:
        found = _found(term, columns)
        kept &= ~found if term.negated else found
    return kept


def _found(term: Term, columns: Columns) -> Flags:
    match term:
        case Word():
            word = term.text.casefold()
            return np.array([word in text for text in columns.searched], dtype=np.bool_)
        case OneOf():
            column = columns.texts[term.key]
            # Sites, tags and states are few: each different one is asked once.
            answers = {texts: any(value.fits(text) for value in term.values for text in texts) for texts in set(column)}
            return np.array([answers[texts] for texts in column], dtype=np.bool_)
        case Comparison():
            with np.errstate(invalid="ignore"):
                return _COMPARED[term.sign](columns.numbers[term.key], term.amount)


def _numbers(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)
