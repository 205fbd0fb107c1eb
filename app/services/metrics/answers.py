"""What Prometheus' HTTP API answers, decoded. Every function raises `msgspec.MsgspecError` or `ValueError` for anything else.

The samples of a range come as `[[1700000000,"0.5"],…]`. Decoding leaves them as they are; then the brackets of all series are struck
out and one flat list of numbers is read: several times as fast as building a pair for each sample (tests/bench/metrics_parse.py).
"""

import gc
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, Literal, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from app.models.metrics import Floats

Labels = Mapping[str, str]
T = TypeVar("T")

#: Prometheus rounds times to milliseconds.
_TIME_TOLERANCE = 0.002
_NEVER = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Sample:
    """`time` is in Unix seconds of Prometheus' clock; `value` may be NaN or infinite."""

    labels: Labels
    time: float
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """Samples with their own times: `times` (Unix seconds, ascending) and `values` have the same length."""

    labels: Labels
    times: Floats
    values: Floats


@dataclass(frozen=True, slots=True)
class RangeResult:
    """Series on a common grid: `times` has shape (points,), `values` (series, points) with NaN for gaps; row i is labelled `labels[i]`."""

    times: Floats
    labels: list[dict[str, str]]
    values: Floats


@dataclass(frozen=True, slots=True)
class Target:
    """One active target. `health` is "up", "down" or "unknown"; `last_scrape` is None before the first one."""

    labels: Labels
    url: str
    health: str
    last_error: str
    last_scrape: datetime | None


@dataclass(frozen=True, slots=True)
class RuleAlert:
    """An alert as Prometheus' rules see it; `state` is "pending" or "firing"."""

    labels: Labels
    annotations: Labels
    state: str
    since: datetime


class _Answer(msgspec.Struct, Generic[T]):
    data: T
    status: Literal["success"]


class _Failure(msgspec.Struct):
    error: str
    errorType: str = ""  # noqa: N815 - Prometheus' name


class _Result(msgspec.Struct):
    resultType: str  # noqa: N815 - Prometheus' name
    result: msgspec.Raw


class _VectorItem(msgspec.Struct):
    metric: dict[str, str]
    value: tuple[float, str] = (0.0, "NaN")  # absent for native histograms


class _MatrixItem(msgspec.Struct):
    metric: dict[str, str]
    values: msgspec.Raw = msgspec.Raw(b"[]")  # absent for native histograms


class _Matrix(msgspec.Struct):
    resultType: Literal["matrix"]  # noqa: N815 - Prometheus' name
    result: list[_MatrixItem]


class _Target(msgspec.Struct):
    labels: dict[str, str]
    health: str
    lastError: str  # noqa: N815 - Prometheus' name
    lastScrape: datetime  # noqa: N815 - Prometheus' name
    scrapeUrl: str = ""  # noqa: N815 - Prometheus' name


class _Targets(msgspec.Struct):
    activeTargets: list[_Target]  # noqa: N815 - Prometheus' name


class _Alert(msgspec.Struct):
    labels: dict[str, str]
    annotations: dict[str, str]
    state: str
    activeAt: datetime  # noqa: N815 - Prometheus' name


class _Alerts(msgspec.Struct):
    alerts: list[_Alert]


_failure = msgspec.json.Decoder(_Failure)
_result = msgspec.json.Decoder(_Answer[_Result])
_scalar = msgspec.json.Decoder(tuple[float, str])
_vector = msgspec.json.Decoder(list[_VectorItem])
_matrix = msgspec.json.Decoder(_Answer[_Matrix])
_names = msgspec.json.Decoder(_Answer[list[str]])
_targets = msgspec.json.Decoder(_Answer[_Targets])
# Not strict: numbers in quotes are numbers. Reads "NaN" and "-Inf", and 17 digits seven times as fast as numpy does.
_flat = msgspec.json.Decoder(list[float], strict=False)
_alerts = msgspec.json.Decoder(_Answer[_Alerts])


class CollectorHold:
    """Holds the garbage collector while anyone wants it held, on any thread.

    Decoding makes thousands of containers and no garbage; the collector would walk them all several times.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._was_enabled = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        with self._lock:
            if self._holders == 0:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._holders += 1
        try:
            yield
        finally:
            with self._lock:
                self._holders -= 1
                if self._holders == 0 and self._was_enabled:
                    gc.enable()


_collector_held = CollectorHold()


def failure(body: bytes) -> tuple[str, str]:
    """The kind ("bad_data", "timeout", …) and the message of an answer that says what went wrong."""
    found = _failure.decode(body)
    return found.errorType, found.error


def samples(body: bytes) -> list[Sample]:
    """An instant query that gives a vector or a scalar; a scalar has no labels."""
    data = _result.decode(body).data
    match data.resultType:
        case "scalar":
            when, value = _scalar.decode(data.result)
            return [Sample({}, when, float(value))]
        case "vector":
            with _collector_held():
                return [
                    Sample(item.metric, item.value[0], float(item.value[1])) for item in _vector.decode(data.result)
                ]
    raise ValueError(f"A {data.resultType} where a vector or scalar was expected.")


def series(body: bytes) -> list[Series]:
    """An instant query that gives raw samples: a selector with a range."""
    items = _matrix.decode(body).data.result
    return [Series(item.metric, *_numbers(bytes(item.values)).T) for item in items]


def on_grid(body: bytes, start: float, step: float, points: int) -> RangeResult:
    """A range query of `points` times from `start`, `step` seconds apart. Samples that are not on the grid are refused."""
    with _collector_held():
        items = _matrix.decode(body).data.result
        pieces = [bytes(item.values) for item in items]
        # Each sample is a list within the list of its series.
        counts = [piece.count(b"[") - 1 for piece in pieces]
        numbers = _numbers(b",".join(piece for piece, count in zip(pieces, counts, strict=True) if count))
        labels = [item.metric for item in items]
    if len(numbers) != sum(counts):
        raise ValueError("A sample that is not a time and a value.")
    offsets = numbers[:, 0] - start
    columns = np.rint(offsets / step).astype(np.intp)
    if columns.size and (columns.min() < 0 or columns.max() >= points):
        raise ValueError("A sample outside the range that was asked for.")
    if (np.abs(columns * step - offsets) > _TIME_TOLERANCE).any():
        raise ValueError("A sample between the times that were asked for.")
    values = np.full((len(items), points), np.nan)
    values[np.repeat(np.arange(len(items)), counts), columns] = numbers[:, 1]
    return RangeResult(start + step * np.arange(points, dtype=np.float64), labels, values)


def _numbers(text: bytes) -> npt.NDArray[np.float64]:
    """`[[t,"v"],…]` as an array of shape (samples, 2)."""
    flat = text.translate(None, b"[]").replace(b'"+Inf"', b'"Inf"')
    numbers = _flat.decode(b"[" + flat + b"]")
    return np.fromiter(numbers, np.float64, len(numbers)).reshape(-1, 2)


def names(body: bytes) -> list[str]:
    """The values of a label."""
    return _names.decode(body).data


def targets(body: bytes) -> list[Target]:
    """The active targets."""
    with _collector_held():
        return [
            Target(
                labels=found.labels,
                url=found.scrapeUrl,
                health=found.health,
                last_error=found.lastError,
                last_scrape=found.lastScrape if found.lastScrape > _NEVER else None,
            )
            for found in _targets.decode(body).data.activeTargets
        ]


def alerts(body: bytes) -> list[RuleAlert]:
    """Pending and firing alerts."""
    return [
        RuleAlert(found.labels, found.annotations, found.state, found.activeAt)
        for found in _alerts.decode(body).data.alerts
    ]
