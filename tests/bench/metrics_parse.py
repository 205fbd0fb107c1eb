"""Reading the answer of one fleet query: 2,292 series of 60 points into numpy.

The other ways are what one would write first; all give the same matrix.
"""

import json
import random

import msgspec
import numpy as np
import numpy.typing as npt

from app.services.metrics import answers
from tests.bench.measure import Measurement, in_turns

SERIES, POINTS, STEP, START = 2292, 60, 60, 1_795_348_980
TARGET_MS = 30.0


class _Series(msgspec.Struct):
    metric: dict[str, str]
    values: list[tuple[float, str]]


class _Data(msgspec.Struct):
    result: list[_Series]


class _Answer(msgspec.Struct):
    data: _Data


def run() -> list[Measurement]:
    """Milliseconds for each way."""
    body = _answer()
    decoder = msgspec.json.Decoder(_Answer)

    def with_json() -> npt.NDArray[np.float64]:
        result = json.loads(body)["data"]["result"]
        return np.array([[float(value) for _, value in series["values"]] for series in result])

    def with_typed_msgspec() -> npt.NDArray[np.float64]:
        result = decoder.decode(body).data.result
        return np.array([[float(value) for _, value in series.values] for series in result])

    def as_the_app_does() -> npt.NDArray[np.float64]:
        return answers.on_grid(body, START, STEP, POINTS).values

    expected = with_json()
    assert np.array_equal(expected, with_typed_msgspec())
    assert np.array_equal(expected, as_the_app_does())
    ways = {"json": with_json, "msgspec with types": with_typed_msgspec, "the app": as_the_app_does}
    return in_turns(ways, repeats=21, targets={"the app": TARGET_MS})


def _answer() -> bytes:
    """As Prometheus writes it, about 4.8 MB: most values have 16 or 17 digits."""
    chance = random.Random(1)
    result = [
        {
            "metric": {"instance": f"HOW02-T{number:04}"},
            "values": [[START + STEP * point, repr(chance.random())] for point in range(POINTS)],
        }
        for number in range(SERIES)
    ]
    document = {"status": "success", "data": {"resultType": "matrix", "result": result}}
    return json.dumps(document, separators=(",", ":")).encode()
