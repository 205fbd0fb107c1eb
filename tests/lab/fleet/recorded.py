"""What the recording rules (stack/prometheus/rules/recording.yaml) would have made of a device's figures, for history.

Rates are those of the moment, not of the two minutes before: nobody sees the difference in a curve.
"""

import numpy as np

from app.models.metrics import Floats
from tests.lab.fleet.curves import DAY
from tests.lab.fleet.device import COUNTED, PROCESSORS, Device, FileSystem, Moments, Series

_HOUR = 3600.0


def fleet_series(device: Device, moments: Moments) -> list[Series]:
    """What the fleet and the charts of sites read of an endpoint."""
    busy = device.busy(moments)
    disks = {each: device.used(each, moments) for each in COUNTED}
    return [
        ("instance:node_cpu_utilisation:rate2m", np.round(busy, 4)),
        ("instance:node_memory_utilisation:ratio", np.round(device.memory(moments), 4)),
        ("instance:node_filesystem_utilisation:max", np.round(np.max(list(disks.values()), axis=0), 4)),
        ("instance:node_temperature_celsius:max", device.temperature(moments)),
        ("instance:node_network_receive_bytes:rate2m", np.round(device.received(moments))),
        ("instance:node_network_transmit_bytes:rate2m", np.round(device.sent(moments))),
        ("instance:node_load1_per_cpu:ratio", np.round(1.1 * busy, 3)),
        ("instance:node_uptime_seconds:diff", np.round(moments.times - moments.booted)),
    ]


def all_series(device: Device, moments: Moments) -> list[Series]:
    """All that the rules record of an endpoint."""
    found = [*fleet_series(device, moments), ("instance:node_cpus:count", float(PROCESSORS))]
    for each in COUNTED:
        ratio = "instance_mountpoint:node_filesystem_utilisation"
        found.append((f"{ratio}:ratio{{{each.labels}}}", np.round(device.used(each, moments), 4)))
        found += [(f"{ratio}:{name}{{{each.labels}}}", values) for name, values in _marks(device, each, moments)]
        inodes = "instance_mountpoint:node_filesystem_inodes_utilisation"
        found.append((f"{inodes}:ratio{{{each.labels}}}", np.round(0.4 * device.used(each, moments), 4)))
        found += [
            (f"{inodes}:{name}{{{each.labels}}}", np.round(0.4 * values, 4))
            for name, values in _marks(device, each, moments)
        ]
    return found


def _marks(device: Device, file_system: FileSystem, moments: Moments) -> list[tuple[str, Floats]]:
    """The high-water marks of an hour and of a day, and how the latter has risen since the day before."""

    def highest(span: float, step: float, earlier: float = 0.0) -> Floats:
        behind = np.arange(0.0, span, step) + earlier
        highest_there: Floats = np.max([device.used(file_system, moments, float(each)) for each in behind], axis=0)
        return np.round(highest_there, 4)

    day = highest(DAY, 2 * _HOUR)
    return [
        ("max1h", highest(_HOUR, _HOUR / 4)),
        ("max1d", day),
        ("growth1d", np.round(day - highest(DAY, 2 * _HOUR, DAY), 4)),
    ]
