"""How quantities, times and the events of long work are put into words. Everything shown goes through Qt's translation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

_CONTEXT: Final = "Wording"
_MINUTE: Final = 60
_HOUR: Final = 3600
_DAY: Final = 86400

#: What a step is called while it is to come, runs, or is over. Keys are the enumeration's name and the member's value.
_STEPS: Final[Mapping[tuple[str, str], object]] = {
    ("EnrolStep", "connect"): QT_TRANSLATE_NOOP("Wording", "Reach the device"),
    ("EnrolStep", "host_key"): QT_TRANSLATE_NOOP("Wording", "Check its host key"),
    ("EnrolStep", "log_in"): QT_TRANSLATE_NOOP("Wording", "Log in"),
    ("EnrolStep", "facts"): QT_TRANSLATE_NOOP("Wording", "Find out what it is"),
    ("EnrolStep", "choose_build"): QT_TRANSLATE_NOOP("Wording", "Choose the exporter build"),
    ("EnrolStep", "transfer"): QT_TRANSLATE_NOOP("Wording", "Transfer the exporter"),
    ("EnrolStep", "install"): QT_TRANSLATE_NOOP("Wording", "Install it"),
    ("EnrolStep", "start"): QT_TRANSLATE_NOOP("Wording", "Start it"),
    ("EnrolStep", "metrics"): QT_TRANSLATE_NOOP("Wording", "Read its metrics"),
    ("EnrolStep", "register"): QT_TRANSLATE_NOOP("Wording", "Add it to Prometheus"),
    ("EnrolStep", "first_scrape"): QT_TRANSLATE_NOOP("Wording", "First data"),
    ("RemoveStep", "unregister"): QT_TRANSLATE_NOOP("Wording", "Take it out of Prometheus"),
    ("RemoveStep", "connect"): QT_TRANSLATE_NOOP("Wording", "Reach the device"),
    ("RemoveStep", "host_key"): QT_TRANSLATE_NOOP("Wording", "Check its host key"),
    ("RemoveStep", "log_in"): QT_TRANSLATE_NOOP("Wording", "Log in"),
    ("RemoveStep", "uninstall"): QT_TRANSLATE_NOOP("Wording", "Uninstall the exporter"),
    ("RemoveStep", "verify"): QT_TRANSLATE_NOOP("Wording", "Check that nothing is left"),
    ("RemoveStep", "forget"): QT_TRANSLATE_NOOP("Wording", "Forget the endpoint"),
}


def step_name(step: StrEnum) -> str:
    """What `step` is called. A step without words of its own is called by its value."""
    text = _STEPS.get((type(step).__name__, step.value))
    if text is None:
        return step.value.replace("_", " ").capitalize()
    return QCoreApplication.translate(_CONTEXT, str(text))


def number(value: float, digits: int = 0) -> str:
    """`value` in the language's notation."""
    return QLocale().toString(float(value), "f", digits)


def byte_size(count: float) -> str:
    """`count` bytes as people say it: "5.3 MB"."""
    return QLocale().formattedDataSize(int(count), 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def duration(seconds: float) -> str:
    """`seconds` as a short span: "0.4 s", "2.1 s", "41 s", "3 min 5 s", "2 h 10 min", "4 d 2 h"."""
    translate = QCoreApplication.translate
    if seconds < 10:
        return translate(_CONTEXT, "{0} s").format(number(seconds, 1))
    whole = round(seconds)
    if whole < _MINUTE:
        return translate(_CONTEXT, "{0} s").format(whole)
    if whole < _HOUR:
        return translate(_CONTEXT, "{0} min {1} s").format(whole // _MINUTE, whole % _MINUTE)
    if whole < _DAY:
        return translate(_CONTEXT, "{0} h {1} min").format(whole // _HOUR, whole % _HOUR // _MINUTE)
    return translate(_CONTEXT, "{0} d {1} h").format(whole // _DAY, whole % _DAY // _HOUR)


def span(seconds: float) -> str:
    """`seconds` in one unit, rounded down: "3 s", "12 min", "5 h", "4 d"."""
    translate = QCoreApplication.translate
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return translate(_CONTEXT, "{0} s").format(whole)
    if whole < _HOUR:
        return translate(_CONTEXT, "{0} min").format(whole // _MINUTE)
    if whole < _DAY:
        return translate(_CONTEXT, "{0} h").format(whole // _HOUR)
    return translate(_CONTEXT, "{0} d").format(whole // _DAY)


def age(moment: datetime, now: datetime | None = None) -> str:
    """How long ago the aware `moment` was: "12 min ago"."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    return QCoreApplication.translate(_CONTEXT, "{0} ago").format(span(seconds))


def local_time(moment: datetime) -> str:
    """The aware `moment` on the clock of this desktop, to the second, in an order that sorts: "2026-03-01 14:05:09"."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
