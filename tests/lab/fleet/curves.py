"""Curves over time: deterministic, smooth, and with an integral in closed form.

A counter is the integral of its rate. Because that is a formula, nobody has to count: any moment of any month can be asked for alone.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.models.metrics import Floats

DAY = 86400.0
#: Of what a curve is made besides its mean: the day, the weather, and three that look like chance because they never meet again.
PERIODS = np.array([DAY, 2.7 * DAY, 5_431.0, 1_237.0, 311.0])
_OMEGA = 2 * np.pi / PERIODS
#: How much of a curve's swing each period has; together 1.
_WEIGHTS = np.array([0.4, 0.25, 0.15, 0.12, 0.08])


def chance(*parts: object) -> np.random.Generator:
    """Random numbers that are the same for the same parts, on every machine and in every run."""
    digest = hashlib.sha256("\0".join(map(str, parts)).encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest[:16], "big")))


@dataclass(frozen=True, slots=True)
class Step:
    """Adds `height` from `start` (inclusive) to `end` (exclusive), in Unix seconds."""

    start: float
    end: float
    height: float


@dataclass(frozen=True, slots=True)
class Curve:
    """`mean` ± `swing` over the times of `PERIODS`, shifted by `phases` (radians, one a period).

    Times are Unix seconds, shape (points,); so are the results.
    """

    mean: float
    swing: float
    phases: Floats = field(repr=False)

    def value(self, times: Floats) -> Floats:
        """Within mean ± swing."""
        waves = np.sin(np.outer(_OMEGA, times) + self.phases[:, None])
        shaped: Floats = self.mean + self.swing * (_WEIGHTS @ waves)
        return shaped

    def summed(self, times: Floats) -> Floats:
        """An antiderivative of the value: the difference of two is what came together between their times."""
        waves = np.cos(np.outer(_OMEGA, times) + self.phases[:, None])
        total: Floats = self.mean * times - self.swing * ((_WEIGHTS / _OMEGA) @ waves)
        return total


def curve(mean: float, swing: float, weather: Floats, *name: object) -> Curve:
    """One with phases of its own, except for the day and the `weather` (two phases), which its site shares."""
    own = chance("phases", *name).uniform(0, 2 * np.pi, len(PERIODS))
    own[:2] = weather + chance("lag", *name).normal(0, 0.25, 2)
    return Curve(mean, swing, own)


def weather(site: str) -> Floats:
    """The phases of the day and of the wind at a site."""
    drawn = chance("weather", site).uniform(0, 2 * np.pi, 2)
    # The working day is the same everywhere, within an hour or so.
    drawn[0] = -np.pi * 0.75 + drawn[0] * 0.05
    return drawn


def stepped(steps: Sequence[Step], times: Floats) -> Floats:
    """The sum of the steps at each time."""
    total = np.zeros_like(times)
    for step in steps:
        total += np.where((step.start <= times) & (times < step.end), step.height, 0.0)
    return total


def steps_summed(steps: Sequence[Step], times: Floats) -> Floats:
    """An antiderivative of `stepped`."""
    total = np.zeros_like(times)
    for step in steps:
        total += step.height * np.clip(np.minimum(times, step.end) - step.start, 0.0, None)
    return total
