"""Values of charts in words."""

import math

from app.ui import words


def worded(value: float, unit: str) -> str:
    """`value` with its unit (see `ChartSpec`), "–" for none."""
    if math.isnan(value):
        return words.NONE
    match unit:
        case "percent":
            return f"{value:.1f} %" if abs(value) < 10 else f"{value:.0f} %"
        case "bytes":
            return words.size(value)
        case "bytes/s":
            return words.rate(value)
        case "s":
            return f"{value * 1000:.0f} ms" if abs(value) < 1 else f"{value:.2f} s"
        case "":
            return f"{value:.2f}"
        case _:
            return f"{value:.1f} {unit}"
