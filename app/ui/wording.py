"""What the steps of long work are called, and how long they took."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLocale

_CONTEXT: Final = "Wording"
_MINUTE: Final = 60

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
    ("KeyStep", "install_key"): QT_TRANSLATE_NOOP("Wording", "Install Plantwatch's own key"),
    ("KeyStep", "try_key"): QT_TRANSLATE_NOOP("Wording", "Log in with it"),
    ("KeyStep", "keep_key"): QT_TRANSLATE_NOOP("Wording", "Keep it, and forget the login that was given"),
    ("MetricsStep", "choice"): QT_TRANSLATE_NOOP("Wording", "Start the exporter with the chosen metrics"),
    ("RemoveStep", "unregister"): QT_TRANSLATE_NOOP("Wording", "Take it out of Prometheus"),
    ("RemoveStep", "connect"): QT_TRANSLATE_NOOP("Wording", "Reach the device"),
    ("RemoveStep", "host_key"): QT_TRANSLATE_NOOP("Wording", "Check its host key"),
    ("RemoveStep", "log_in"): QT_TRANSLATE_NOOP("Wording", "Log in"),
    ("RemoveStep", "uninstall"): QT_TRANSLATE_NOOP("Wording", "Uninstall the exporter"),
    ("RemoveStep", "verify"): QT_TRANSLATE_NOOP("Wording", "Check that nothing is left"),
    ("RemoveStep", "forget"): QT_TRANSLATE_NOOP("Wording", "Forget the endpoint"),
    ("FetchStep", "sums"): QT_TRANSLATE_NOOP("Wording", "Read the checksums"),
    ("FetchStep", "archive"): QT_TRANSLATE_NOOP("Wording", "Get the build"),
    ("DeployStep", "connect"): QT_TRANSLATE_NOOP("Wording", "Reach the Docker host"),
    ("DeployStep", "get images"): QT_TRANSLATE_NOOP("Wording", "Get the images"),
    ("DeployStep", "network"): QT_TRANSLATE_NOOP("Wording", "Make the network"),
    ("DeployStep", "volumes"): QT_TRANSLATE_NOOP("Wording", "Make the volumes"),
    ("DeployStep", "create"): QT_TRANSLATE_NOOP("Wording", "Create the container"),
    ("DeployStep", "configure"): QT_TRANSLATE_NOOP("Wording", "Deliver the configuration"),
    ("DeployStep", "start"): QT_TRANSLATE_NOOP("Wording", "Start"),
    ("DeployStep", "healthy"): QT_TRANSLATE_NOOP("Wording", "Wait until it works"),
    ("DeployStep", "viewer"): QT_TRANSLATE_NOOP("Wording", "Make the viewer's account"),
    ("DeployStep", "targets"): QT_TRANSLATE_NOOP("Wording", "Write the targets"),
    ("AuditStep", "verify log"): QT_TRANSLATE_NOOP("Wording", "Verify the activity log"),
    ("AuditStep", "look at exporters"): QT_TRANSLATE_NOOP("Wording", "Look at the exporters"),
    ("ScanStep", "listen for announcements"): QT_TRANSLATE_NOOP("Wording", "Listen for announcements"),
    ("ScanStep", "ask addresses"): QT_TRANSLATE_NOOP("Wording", "Ask the addresses"),
    ("DownStep", "connect"): QT_TRANSLATE_NOOP("Wording", "Reach the Docker host"),
    ("DownStep", "stop"): QT_TRANSLATE_NOOP("Wording", "Stop and remove"),
    ("DownStep", "network"): QT_TRANSLATE_NOOP("Wording", "Remove the network"),
    ("DownStep", "volumes"): QT_TRANSLATE_NOOP("Wording", "Remove the recorded history"),
    ("DownStep", "secrets"): QT_TRANSLATE_NOOP("Wording", "Forget the passwords"),
}


def step_name(step: StrEnum) -> str:
    """What `step` is called. A step without words of its own is called by its value."""
    text = _STEPS.get((type(step).__name__, step.value))
    if text is None:
        return step.value.replace("_", " ").capitalize()
    return QCoreApplication.translate(_CONTEXT, str(text))


def exact_duration(seconds: float) -> str:
    """How long a step took: "0.4 s", "41 s", "3 min 5 s"."""
    if seconds < 10:
        return QCoreApplication.translate(_CONTEXT, "{0} s").format(QLocale().toString(float(seconds), "f", 1))
    whole = round(seconds)
    if whole < _MINUTE:
        return QCoreApplication.translate(_CONTEXT, "{0} s").format(whole)
    return QCoreApplication.translate(_CONTEXT, "{0} min {1} s").format(whole // _MINUTE, whole % _MINUTE)


def clock_time(moment: datetime) -> str:
    """The aware `moment` on the clock of this desktop, to the second, in an order that sorts: "2026-03-01 14:05:09"."""
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")
