"""How benchmarks measure.

A benchmark is a module of this package with a docstring and `run() -> list[Measurement]`. One that needs a process to itself, such as
a window, has no `run`: it is run as a module, prints what it found, and ends with another status than 0 when it misses a target.

Ways that are compared run in turns (`in_turns`), so that a machine that slows down slows all of them.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Measurement:
    """Repeated samples of one thing. `target` is the largest acceptable median in the same unit."""

    name: str
    unit: str
    samples: list[float] = field(repr=False)
    target: float | None = None

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        """The first and the third quartile."""
        if len(self.samples) < 2:
            return self.median, self.median
        first, _, third = statistics.quantiles(self.samples, n=4, method="inclusive")
        return first, third

    @property
    def is_met(self) -> bool:
        """Whether the median is within the target; true without one."""
        return self.target is None or self.median <= self.target


def in_turns(
    ways: Mapping[str, Callable[[], object]], *, repeats: int = 15, targets: Mapping[str, float] | None = None
) -> list[Measurement]:
    """The wall time of each way in milliseconds, after one turn that does not count."""
    samples: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(repeats + 1):
        for name, work in ways.items():
            begun = time.perf_counter()
            work()
            taken = (time.perf_counter() - begun) * 1000
            if turn:
                samples[name].append(taken)
    return [Measurement(name, "ms", samples[name], (targets or {}).get(name)) for name in ways]
