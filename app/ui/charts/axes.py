"""The axes of a chart: values in its unit, times on this desk's clock."""

import math
from datetime import datetime, timedelta

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from app.ui.charts.units import worded

_VALUE_WIDTH = 64
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
#: What ticks may be apart, in seconds.
_STEPS = (
    *(_MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(_HOUR * n for n in (1, 2, 3, 6, 12)),
    *(_DAY * n for n in (1, 2, 5, 10)),
)
_PIXELS_APART = 70


class ValueAxis(pg.AxisItem):
    """Ticks in the unit of the chart."""

    def __init__(self, unit: str) -> None:
        super().__init__("left")
        self._unit = unit
        self.setWidth(_VALUE_WIDTH)
        self.enableAutoSIPrefix(enable=False)

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        if self._unit in ("bytes", "bytes/s", "s"):
            return [worded(value, self._unit) if value else "0" for value in values]
        return [f"{value:g}" for value in values]


class TimeAxis(pg.AxisItem):
    """Ticks at whole minutes, hours or days of the local clock; values are Unix seconds. One level only: it is painted often."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.enableAutoSIPrefix(enable=False)

    def tickValues(self, first: float, last: float, size: float) -> list[tuple[float, list[float]]]:
        return [ticks(first, last, size)]

    def tickStrings(self, values: list[float], _scale: float, spacing: float) -> list[str]:
        pattern = QCoreApplication.translate("TimeAxis", "d MMM" if spacing >= _DAY else "HH:mm")
        locale = QLocale()
        return [locale.toString(QDateTime.fromSecsSinceEpoch(int(value)), pattern) for value in values]


def ticks(first: float, last: float, size: float) -> tuple[float, list[float]]:
    """The distance of the ticks in seconds, and where they are, for an axis of `size` pixels from `first` to `last`."""
    span = last - first
    if span <= 0 or size <= 0:
        return float(_MINUTE), []
    least = span * _PIXELS_APART / size
    step = next((step for step in _STEPS if step >= least), _STEPS[-1])
    begun = datetime.fromtimestamp(first).astimezone()
    midnight = begun.replace(hour=0, minute=0, second=0, microsecond=0)
    if step > _DAY:
        # Counted from the first day of the year, so that ticks stay where they are while time goes on.
        midnight -= timedelta(days=(midnight.timetuple().tm_yday - 1) % (step // _DAY))
    origin = midnight.timestamp()
    at = origin + math.ceil((first - origin) / step) * step
    found = []
    while at <= last:
        found.append(at)
        at += step
    return float(step), found
