"""Numbers, sizes and times as the window words them: short, with one unit, figures a person can compare."""

import math
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale
from PySide6.QtGui import Qt

NONE = "–"
_BYTE_UNITS = ("B", "kB", "MB", "GB", "TB", "PB")


def _tr(text: str) -> str:
    return QCoreApplication.translate("words", text)


def tip(text: str) -> str:
    """`text` for a tooltip, which would take what looks like markup for markup: words of a device are never that."""
    return Qt.convertFromPlainText(text) if Qt.mightBeRichText(text) else text


def duration(seconds: float) -> str:
    """ "3 s", "5 min", "2 h", "4 days": the largest unit that fits, rounded down."""
    whole = max(0, int(seconds))
    if whole < 60:
        return _tr("{n} s").format(n=whole)
    if whole < 3600:
        return _tr("{n} min").format(n=whole // 60)
    if whole < 2 * 86400:
        return _tr("{n} h").format(n=whole // 3600)
    return _tr("{n} days").format(n=whole // 86400)


def age(at: datetime | None, now: datetime | None = None) -> str:
    """How long ago `at` (aware) was, "–" when it is not known. What lies ahead by a clock's error is "now"."""
    if at is None:
        return NONE
    seconds = ((now or datetime.now(UTC)) - at).total_seconds()
    return _tr("now") if seconds < 1 else _tr("{duration} ago").format(duration=duration(seconds))


def moment(at: datetime | None) -> str:
    """Date and time on this desk's clock, the month by name: "22 Nov 2026, 13:11"."""
    if at is None:
        return NONE
    local = QDateTime.fromSecsSinceEpoch(int(at.timestamp()))
    return QLocale().toString(local, _tr("d MMM yyyy, HH:mm"))


def size(count: float) -> str:
    """Bytes with one unit, steps of 1000: "5.3 MB"."""
    if math.isnan(count):
        return NONE
    value, index = float(count), 0
    while abs(value) >= 999.5 and index < len(_BYTE_UNITS) - 1:
        value, index = value / 1000, index + 1
    return (
        f"{value:.0f} {_BYTE_UNITS[index]}"
        if index == 0 or abs(value) >= 99.95
        else f"{value:.1f} {_BYTE_UNITS[index]}"
    )


def rate(count: float) -> str:
    """Bytes per second."""
    return NONE if math.isnan(count) else f"{size(count)}/s"


def share(ratio: float) -> str:
    """A ratio 0..1 as percent."""
    return NONE if math.isnan(ratio) else f"{ratio * 100:.0f} %"


def degrees(value: float) -> str:
    return NONE if math.isnan(value) else f"{value:.0f} °C"
