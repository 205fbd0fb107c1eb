"""Which collectors of node_exporter a group of metrics consists of, and how its command line says which are wanted.

Kept to what a version knows: an exporter does not start with a flag that is unknown to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.models.metric_groups import EVERY_GROUP, Choice, MetricGroup, groups_of
from app.services.kit import newness


@dataclass(frozen=True, slots=True)
class Collector:
    """One of node_exporter's. `since`: the version that has it first; empty: all that can be installed, which is 1.5.0 and later."""

    name: str
    since: str = ""
    asked_for: bool = False
    """Upstream leaves it out unless it is asked for, and others build it otherwise: it is always said."""

    def is_known_to(self, version: str) -> bool:
        return not self.since or newness(version) >= newness(self.since)


def _plain(*names: str) -> tuple[Collector, ...]:
    return tuple(Collector(name) for name in names)


#: All that node_exporter reads by itself on Linux is here, or always read: dmi, entropy, filefd, kernel_hung, loadavg, os, pressure, selinux,
#: stat, textfile, time, uname, watchdog.
COLLECTORS: Mapping[MetricGroup, tuple[Collector, ...]] = {
    MetricGroup.CPU: _plain("cpu", "cpufreq", "schedstat"),
    MetricGroup.MEMORY: _plain("meminfo", "vmstat"),
    MetricGroup.DISKS: _plain("diskstats", "nvme", "bcache", "fibrechannel", "tapestats"),
    MetricGroup.FILE_SYSTEMS: (
        *_plain("filesystem", "btrfs", "xfs", "zfs", "nfs", "nfsd"),
        Collector("bcachefs", since="1.11.0"),
    ),
    MetricGroup.NETWORK: _plain(
        "netdev",
        "netclass",
        "netstat",
        "sockstat",
        "softnet",
        "arp",
        "bonding",
        "conntrack",
        "infiniband",
        "ipvs",
        "udp_queues",
    ),
    MetricGroup.TEMPERATURES: _plain("hwmon", "thermal_zone"),
    MetricGroup.UNITS: (Collector("systemd", asked_for=True),),
    MetricGroup.PROCESSES: (Collector("processes", asked_for=True),),
    MetricGroup.TIME: _plain("timex"),
    MetricGroup.POWER: _plain("powersupplyclass", "rapl"),
    MetricGroup.RAID: _plain("mdadm"),
    MetricGroup.HARDWARE_ERRORS: _plain("edac"),
}


def collector_arguments(choice: Choice, version: str) -> str:
    """For the command line of a node_exporter of `version`, separated by blanks; of the default what there was before there was a choice."""
    wanted = groups_of(choice)
    said = [
        f"--collector.{collector.name}" if group in wanted else f"--no-collector.{collector.name}"
        for group in EVERY_GROUP
        for collector in COLLECTORS[group]
        if collector.asked_for or (group not in wanted and collector.is_known_to(version))
    ]
    # What is switched on comes first, so that the line begins as it always did.
    return " ".join(sorted(said, key=lambda argument: argument.startswith("--no-")))
