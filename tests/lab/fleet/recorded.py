"""What the recording rules (stack/prometheus/rules/recording.yaml) would have made of a device's figures, for history.

Rates are those of the moment, not of the two minutes before: nobody sees the difference in a curve.
"""

from collections.abc import Mapping

import numpy as np

from app.models.metrics import Floats
from tests.lab.fleet.curves import DAY
from tests.lab.fleet.device import COUNTED, DATA, INODES_USED, PROCESSORS, Device, FileSystem, Moments, Series

_HOUR = 3600.0


def fleet_series(device: Device, moments: Moments) -> list[Series]:
    """What the fleet reads of an endpoint."""
    disks = [device.used(each, moments) for each in COUNTED]
    return [
        ("instance:node_cpu_utilisation:rate2m", np.round(device.busy(moments), 4)),
        ("instance:node_memory_utilisation:ratio", np.round(device.memory(moments), 4)),
        ("instance:node_filesystem_utilisation:max", np.round(np.max(disks, axis=0), 4)),
        ("instance:node_temperature_celsius:max", device.temperature(moments)),
        ("instance:node_network_receive_bytes:rate2m", np.round(device.received(moments))),
        ("instance:node_network_transmit_bytes:rate2m", np.round(device.sent(moments))),
    ]


def site_series(device: Device, moments: Moments) -> list[Series]:
    """What the dashboard of a site and the rules about reboots read beside that."""
    return [
        ("instance:node_load1_per_cpu:ratio", np.round(1.1 * device.busy(moments), 3)),
        ("instance:node_uptime_seconds:diff", np.round(moments.times - moments.booted)),
    ]


def all_series(device: Device, moments: Moments) -> list[Series]:
    """All that the rules record of an endpoint."""
    found = [*fleet_series(device, moments), *site_series(device, moments)]
    found.append(("instance:node_cpus:count", float(PROCESSORS)))
    for each in COUNTED:
        shares = {"ratio": device.used(each, moments)}
        found += _of_file_system(each, "utilisation", shares)
        found += _of_file_system(each, "inodes_utilisation", _of_inodes(shares))
    return found


def all_marks(device: Device, moments: Moments) -> list[Series]:
    """What the rules record of hours and days, every four minutes."""
    found: list[Series] = []
    for each in COUNTED:
        marks = _marks(device, each, moments)
        found += _of_file_system(each, "utilisation", marks)
        found += _of_file_system(each, "inodes_utilisation", _of_inodes(marks))
    return found


def _of_inodes(shares: Mapping[str, Floats]) -> dict[str, Floats]:
    return {name: INODES_USED * share for name, share in shares.items()}


def data_marks(device: Device, moments: Moments) -> list[Series]:
    """What tells that the disk for data fills up."""
    shares = {"ratio": device.used(DATA, moments), **_marks(device, DATA, moments)}
    return _of_file_system(DATA, "utilisation", shares)


def _of_file_system(each: FileSystem, figure: str, shares: Mapping[str, Floats]) -> list[Series]:
    name = f"instance_mountpoint:node_filesystem_{figure}"
    return [(f"{name}:{part}{{{each.labels}}}", np.round(share, 4)) for part, share in shares.items()]


def _marks(device: Device, file_system: FileSystem, moments: Moments) -> dict[str, Floats]:
    """The high-water marks of an hour and of a day, and how the latter has risen since the day before."""

    def highest(span: float, step: float, earlier: float = 0.0) -> Floats:
        behind = np.arange(0.0, span, step) + earlier
        highest_there: Floats = np.max([device.used(file_system, moments, float(each)) for each in behind], axis=0)
        return highest_there

    day = highest(DAY, 2 * _HOUR)
    return {
        "max1h": highest(_HOUR, _HOUR / 4),
        "max1d": day,
        "growth1d": day - highest(DAY, 2 * _HOUR, DAY),
    }
