"""Groups of metrics in the operator's words: what each is called, and what is in it."""

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

from app.models.metric_groups import Choice, MetricGroup, groups_of, groups_off

_CONTEXT: Final = "Metrics"

_NAMES: Final[Mapping[MetricGroup, object]] = {
    MetricGroup.CPU: QT_TRANSLATE_NOOP("Metrics", "Processor"),
    MetricGroup.MEMORY: QT_TRANSLATE_NOOP("Metrics", "Memory"),
    MetricGroup.DISKS: QT_TRANSLATE_NOOP("Metrics", "Disks"),
    MetricGroup.FILE_SYSTEMS: QT_TRANSLATE_NOOP("Metrics", "File systems"),
    MetricGroup.NETWORK: QT_TRANSLATE_NOOP("Metrics", "Network"),
    MetricGroup.TEMPERATURES: QT_TRANSLATE_NOOP("Metrics", "Temperatures and fans"),
    MetricGroup.UNITS: QT_TRANSLATE_NOOP("Metrics", "Services"),
    MetricGroup.PROCESSES: QT_TRANSLATE_NOOP("Metrics", "Processes"),
    MetricGroup.TIME: QT_TRANSLATE_NOOP("Metrics", "Clock"),
    MetricGroup.POWER: QT_TRANSLATE_NOOP("Metrics", "Power"),
    MetricGroup.RAID: QT_TRANSLATE_NOOP("Metrics", "RAID"),
    MetricGroup.HARDWARE_ERRORS: QT_TRANSLATE_NOOP("Metrics", "Hardware errors"),
}

_CONTENTS: Final[Mapping[MetricGroup, object]] = {
    MetricGroup.CPU: QT_TRANSLATE_NOOP("Metrics", "How busy each core is, and how fast it runs."),
    MetricGroup.MEMORY: QT_TRANSLATE_NOOP("Metrics", "Used, free and swapped; processes ended for lack of it."),
    MetricGroup.DISKS: QT_TRANSLATE_NOOP("Metrics", "What is read and written, and how long it takes."),
    MetricGroup.FILE_SYSTEMS: QT_TRANSLATE_NOOP("Metrics", "How full each is; whether it became read-only."),
    MetricGroup.NETWORK: QT_TRANSLATE_NOOP("Metrics", "Traffic, errors and links of each port; connections."),
    MetricGroup.TEMPERATURES: QT_TRANSLATE_NOOP("Metrics", "Sensors of the board, the processor and the disks."),
    MetricGroup.UNITS: QT_TRANSLATE_NOOP("Metrics", "Which units of systemd run, and which have failed."),
    MetricGroup.PROCESSES: QT_TRANSLATE_NOOP("Metrics", "How many there are, and in which state."),
    MetricGroup.TIME: QT_TRANSLATE_NOOP("Metrics", "How far it is off, and whether it is kept in step."),
    MetricGroup.POWER: QT_TRANSLATE_NOOP("Metrics", "Supplies, batteries, and what the processor takes."),
    MetricGroup.RAID: QT_TRANSLATE_NOOP("Metrics", "Arrays, and disks that they have lost."),
    MetricGroup.HARDWARE_ERRORS: QT_TRANSLATE_NOOP(
        "Metrics", "Memory errors that were corrected, and those that were not."
    ),
}
_ONLY_BASICS: Final = QT_TRANSLATE_NOOP("Metrics", "Metrics: only the basics, everything else is switched off")
_SWITCHED_OFF: Final = QT_TRANSLATE_NOOP("Metrics", "Switched off: {groups}")


def group_name(group: MetricGroup) -> str:
    """For a box to tick."""
    return _translated(_NAMES[group])


def group_contents(group: MetricGroup) -> str:
    """One line of what is measured."""
    return _translated(_CONTENTS[group])


def choice_text(choice: Choice) -> str:
    """What of an endpoint is not read; empty for the default."""
    off = groups_off(choice)
    if not off:
        return ""
    if not groups_of(choice):
        return _translated(_ONLY_BASICS)
    return _translated(_SWITCHED_OFF).format(groups=", ".join(map(group_name, off)))


def _translated(text: object) -> str:
    return QCoreApplication.translate(_CONTEXT, str(text))
