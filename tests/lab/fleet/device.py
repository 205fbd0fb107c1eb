"""What one turbine's device measures, at any times: as its node_exporter tells it, and as the recording rules make of it.

Every figure that the application, the dashboards and the alerting rules ask for is there. Counters begin at the last boot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from app.models.metrics import Floats
from tests.lab.fleet.curves import DAY, Curve, Step, chance, curve, stepped, steps_summed, weather
from tests.lab.fleet.farms import Turbine
from tests.lab.fleet.faults import BOOT_LOOKBACK, SILENT, Fault, Spell, boots, scheduled

Series = tuple[str, Floats | float]
"""A metric with its labels, but for those of the target, as an exporter writes it; its values, or one that does not change."""

PROCESSORS = 4
_PROCESSOR_SHARES = (1.15, 1.05, 0.95, 0.85)
_WORK = {"user": 0.64, "system": 0.25, "nice": 0.02, "irq": 0.02, "softirq": 0.07}
_WAITING = 0.04  # for disks, per second of work; not work itself
_MEMORY = float(4 << 30)
_SWAP = float(1 << 30)
_SECTOR = 4096.0
#: The share of a file system's inodes that is used, as part of the share of its space.
INODES_USED = 0.4
_UNIT_STATES = ("activating", "active", "deactivating", "failed", "inactive")
_UNITS = ("chrony.service", "scada-gateway.service", "ssh.service", "turbine-logger.service")
_FRAGILE_UNIT = "turbine-logger.service"
_DEGREES_OF_HEAT, _WORK_OF_HEAT = 38.0, 0.3
_FILLS_BY, _FILLS_WITHIN = 0.5, 12 * DAY
_CLOCK_GAINS = 1 / 3600


@dataclass(frozen=True, slots=True)
class FileSystem:
    """One of a device's; `size` in bytes, `used` and `swing` as shares of it."""

    labels: str
    size: float
    used: float
    swing: float


DATA = FileSystem('device="/dev/sda1",fstype="ext4",mountpoint="/data"', float(128 << 30), 0.42, 0.03)
FILE_SYSTEMS = (
    FileSystem('device="/dev/mmcblk0p2",fstype="ext4",mountpoint="/"', float(16 << 30), 0.34, 0.01),
    DATA,
    FileSystem('device="tmpfs",fstype="tmpfs",mountpoint="/run"', float(256 << 20), 0.02, 0.01),
)
#: Those that count (stack/prometheus/rules/recording.yaml).
COUNTED = FILE_SYSTEMS[:2]


@dataclass(frozen=True, slots=True)
class Moments:
    """The times that are asked for (Unix seconds, shape (points,)), and what goes wrong then."""

    times: Floats
    spells: Sequence[Spell]
    booted: Floats
    """For each time, when the device had last booted."""

    def during(self, fault: Fault) -> Floats:
        """1.0 while the fault lasts, 0.0 else."""
        return np.minimum(stepped(self.steps(fault, 1.0), self.times), 1.0)

    def steps(self, fault: Fault, height: float) -> list[Step]:
        return [Step(spell.start, spell.end, height) for spell in self.spells if spell.fault is fault]

    def grown(self, fault: Fault, at: Floats) -> Floats:
        """Seconds since the spell that lasts at each time began; 0 outside."""
        total = np.zeros_like(at)
        for spell in self.spells:
            if spell.fault is fault:
                total += np.where((spell.start <= at) & (at < spell.end), at - spell.start, 0.0)
        return total


class Device:
    """The device of one turbine. `faulty`: what is scheduled goes wrong; else only what is handed in does."""

    def __init__(self, turbine: Turbine, *, faulty: bool = True) -> None:
        self.turbine = turbine
        self._faulty = faulty
        self._weather = weather(turbine.farm.name)
        drawn = chance("size", turbine.name).uniform(size=4)
        self._busy = self._curve("busy", 0.12 + 0.16 * drawn[0], 0.5)
        self._memory = self._curve("memory", 0.35 + 0.25 * drawn[1], 0.12)
        self._heat = self._curve("heat", 44.0 + 8.0 * drawn[2], 0.18)
        self._received = self._curve("received", 18e3 + 60e3 * drawn[3], 0.6)
        self._sent = self._curve("sent", 25e3 + 90e3 * drawn[3], 0.6)
        self._read = self._curve("read", 9e3, 0.8)
        self._written = self._curve("written", 60e3, 0.5)
        self._fan = self._curve("fan", 2400.0, 0.15)
        self._disks = {each: self._curve(each.labels, each.used, each.swing / each.used) for each in FILE_SYSTEMS}

    def _curve(self, name: str, mean: float, swing: float) -> Curve:
        """`swing` is relative to the mean."""
        return curve(mean, mean * swing, self._weather, self.turbine.name, name)

    @cached_property
    def labels(self) -> str:
        """Those of the target, as the inventory derives them (app.services.metrics.targets), and its job."""
        turbine = self.turbine
        values = {
            "instance": turbine.name,
            "job": "node",
            "region": turbine.farm.region,
            "site": turbine.farm.name,
            "tags": f",{','.join(turbine.tags)},",
        }
        return ",".join(f'{name}="{value}"' for name, value in values.items())

    def moments(self, times: Floats, made: Sequence[Spell] = ()) -> Moments:
        """`times` ascend. `made` are faults beside the scheduled ones."""
        first, last = float(times[0]), float(times[-1])
        usual = scheduled(self.turbine, first - 2 * BOOT_LOOKBACK, last + 1) if self._faulty else []
        spells = [*usual, *made]
        started = boots(self.turbine, spells, first, last)
        index = np.searchsorted(started, times, side="right") - 1
        return Moments(times, spells, started[index])

    def is_silent(self, moments: Moments) -> Floats:
        """1.0 where a scrape brings nothing, 0.0 else."""
        silent = np.zeros_like(moments.times)
        for fault in SILENT:
            silent = np.maximum(silent, moments.during(fault))
        return silent

    def exposed(self, moments: Moments) -> list[Series]:
        """What the exporter tells, in an order that never changes. Not whether it can be asked."""
        return [
            *self._processors(moments),
            *self._memories(moments),
            *self._file_systems(moments),
            *self._disk_traffic(moments),
            *self._network(moments),
            *self._temperatures(moments),
            *self._units(moments),
            *self._clock(moments),
            *self._others(moments),
        ]

    def scraped(self, moments: Moments) -> list[Series]:
        """What Prometheus itself writes down about each scrape, also of one that brought nothing."""
        answered = 1.0 - self.is_silent(moments)
        lost = moments.during(Fault.LINK_LOST)
        samples = float(len(self.exposed(moments)))
        taken: Floats = 0.004 + 0.002 * self._busy.value(moments.times)
        duration: Floats = np.where(lost > 0, 10.0, taken)
        return [
            ("up", answered),
            ("scrape_duration_seconds", np.round(duration, 5)),
            ("scrape_samples_scraped", samples * answered),
            ("scrape_samples_post_metric_relabeling", samples * answered),
            ("scrape_series_added", 0.0),
        ]

    # ---------------------------------------------------------------------------------------------------------------------------------

    def busy(self, moments: Moments) -> Floats:
        """The share of the processors' time that is spent working."""
        steps = moments.steps(Fault.HOT, _WORK_OF_HEAT)
        return self._busy.value(moments.times) + stepped(steps, moments.times)

    def _since_boot(self, moments: Moments, rate: Curve, steps: Sequence[Step] = ()) -> Floats:
        """What a rate came to since the last boot."""
        total = rate.summed(moments.times) - rate.summed(moments.booted)
        if steps:
            total += steps_summed(steps, moments.times) - steps_summed(steps, moments.booted)
        return np.maximum(total, 0.0)

    def _worked(self, moments: Moments) -> Floats:
        return self._since_boot(moments, self._busy, moments.steps(Fault.HOT, _WORK_OF_HEAT))

    def _processors(self, moments: Moments) -> list[Series]:
        worked, uptime = self._worked(moments), moments.times - moments.booted
        found: list[Series] = []
        for number, share in enumerate(_PROCESSOR_SHARES):
            own = worked * share
            found += [
                (f'node_cpu_seconds_total{{cpu="{number}",mode="{mode}"}}', np.round(own * part, 2))
                for mode, part in _WORK.items()
            ]
            found += [
                (f'node_cpu_seconds_total{{cpu="{number}",mode="idle"}}', np.round(uptime - own * (1 + _WAITING), 2)),
                (f'node_cpu_seconds_total{{cpu="{number}",mode="iowait"}}', np.round(own * _WAITING, 2)),
                (f'node_cpu_seconds_total{{cpu="{number}",mode="steal"}}', 0.0),
            ]
        heat = moments.steps(Fault.HOT, _WORK_OF_HEAT)
        for name, behind in (("node_load1", 0.0), ("node_load5", 150.0), ("node_load15", 450.0)):
            at = moments.times - behind
            load = PROCESSORS * 1.1 * (self._busy.value(at) + stepped(heat, at))
            found.append((name, np.round(load, 2)))
        for resource, part in (("cpu", 0.05), ("io", 0.02), ("memory", 0.001)):
            found.append((f"node_pressure_{resource}_waiting_seconds_total", np.round(worked * part, 4)))
        found.append(("node_pressure_io_stalled_seconds_total", np.round(worked * 0.01, 4)))
        found.append(("node_pressure_memory_stalled_seconds_total", np.round(worked * 0.0005, 4)))
        found.append(("node_context_switches_total", np.floor(worked * 9000 + uptime * 400)))
        return found

    def memory(self, moments: Moments) -> Floats:
        """The share of the memory that is in use and cannot be given back."""
        return self._memory.value(moments.times)

    def _memories(self, moments: Moments) -> list[Series]:
        available = _in_sectors((1.0 - self.memory(moments)) * _MEMORY)
        parts = {"MemFree": 0.3, "Cached": 0.55, "Buffers": 0.1, "SReclaimable": 0.05}
        return [
            ("node_memory_MemTotal_bytes", _MEMORY),
            ("node_memory_MemAvailable_bytes", available),
            *((f"node_memory_{name}_bytes", np.floor(available * part)) for name, part in parts.items()),
            ("node_memory_SwapTotal_bytes", _SWAP),
            ("node_memory_SwapFree_bytes", np.floor(_SWAP * (1 - 0.2 * self.memory(moments)))),
        ]

    def used(self, file_system: FileSystem, moments: Moments, earlier: float = 0.0) -> Floats:
        """The share that is used, `earlier` seconds before each time."""
        at = moments.times - earlier
        share = self._disks[file_system].value(at)
        if file_system is DATA:
            share = share + _FILLS_BY * moments.grown(Fault.DISK_FILLING, at) / _FILLS_WITHIN
        return np.clip(share, 0.0, 0.995)

    def _file_systems(self, moments: Moments) -> list[Series]:
        found: list[Series] = []
        for each in FILE_SYSTEMS:
            free = _in_sectors((1.0 - self.used(each, moments)) * each.size)
            files = each.size / 16384
            of = f"{{{each.labels}}}"
            found += [
                (f"node_filesystem_size_bytes{of}", each.size),
                (f"node_filesystem_free_bytes{of}", free),
                (f"node_filesystem_avail_bytes{of}", free),
                (f"node_filesystem_files{of}", files),
                (f"node_filesystem_files_free{of}", np.floor(files * (1.0 - INODES_USED * self.used(each, moments)))),
                (f"node_filesystem_readonly{of}", 0.0),
            ]
        return found

    def _disk_traffic(self, moments: Moments) -> list[Series]:
        read, written = self._since_boot(moments, self._read), self._since_boot(moments, self._written)
        found: list[Series] = []
        for name, part in (("mmcblk0", 0.3), ("sda", 0.7)):
            of = f'{{device="{name}"}}'
            found += [
                (f"node_disk_read_bytes_total{of}", np.floor(read * part)),
                (f"node_disk_written_bytes_total{of}", np.floor(written * part)),
                (f"node_disk_reads_completed_total{of}", np.floor(read * part / 16384)),
                (f"node_disk_writes_completed_total{of}", np.floor(written * part / 8192)),
                (f"node_disk_io_time_seconds_total{of}", np.round((read + written) * part * 4e-7, 3)),
            ]
        return found

    def received(self, moments: Moments) -> Floats:
        """Bytes per second through all physical ports."""
        return self._received.value(moments.times)

    def sent(self, moments: Moments) -> Floats:
        """Bytes per second through all physical ports."""
        return self._sent.value(moments.times)

    def _network(self, moments: Moments) -> list[Series]:
        totals = {
            "receive": self._since_boot(moments, self._received),
            "transmit": self._since_boot(moments, self._sent),
        }
        found: list[Series] = []
        for name, part in (("eth0", 0.8), ("eth1", 0.2), ("lo", 0.5)):
            of = f'{{device="{name}"}}'
            for way, total in totals.items():
                found.append((f"node_network_{way}_bytes_total{of}", np.floor(total * part)))
                found.append((f"node_network_{way}_packets_total{of}", np.floor(total * part / 420)))
                if name != "lo":
                    found.append((f"node_network_{way}_drop_total{of}", np.floor(total * part / 9e8)))
                    found.append((f"node_network_{way}_errs_total{of}", 0.0))
            found.append((f"node_network_up{of}", 1.0))
        return found

    def temperature(self, moments: Moments) -> Floats:
        """Of the hottest sensor, in °C."""
        heat = stepped(moments.steps(Fault.HOT, _DEGREES_OF_HEAT), moments.times)
        return np.round(self._heat.value(moments.times) + heat, 1)

    def _temperatures(self, moments: Moments) -> list[Series]:
        hottest = self.temperature(moments)
        chip = 'chip="platform_coretemp_0"'
        found: list[Series] = []
        for number, cooler in enumerate((0.0, 2.5, 4.0), 1):
            sensor = f'{{{chip},sensor="temp{number}"}}'
            found.append((f"node_hwmon_temp_celsius{sensor}", np.round(hottest - cooler, 1)))
            found.append((f"node_hwmon_temp_crit_celsius{sensor}", 100.0))
        fan = np.floor(self._fan.value(moments.times) + 900 * moments.during(Fault.HOT))
        found.append((f'node_hwmon_fan_rpm{{{chip},sensor="fan1"}}', fan))
        found.append(('node_thermal_zone_temp{type="x86_pkg_temp",zone="0"}', np.round(hottest - 1.0, 1)))
        return found

    def _units(self, moments: Moments) -> list[Series]:
        broken = moments.during(Fault.UNIT_FAILED)
        found: list[Series] = []
        for name in _UNITS:
            for state in _UNIT_STATES:
                value: Floats | float = float(state == "active")
                if name == _FRAGILE_UNIT and state in ("active", "failed"):
                    value = broken if state == "failed" else 1.0 - broken
                head = f'node_systemd_unit_state{{name="{name}",state="{state}",type="simple"}}'
                found.append((head, value))
        return found

    def _clock(self, moments: Moments) -> list[Series]:
        ahead = _CLOCK_GAINS * moments.grown(Fault.CLOCK_OFF, moments.times)
        return [
            ("node_time_seconds", np.round(moments.times + ahead, 3)),
            ("node_boot_time_seconds", np.floor(moments.booted + ahead)),
            ("node_timex_offset_seconds", np.round(1e-4 * self._heat.value(moments.times) / 50, 7)),
            ("node_timex_sync_status", 1.0 - moments.during(Fault.CLOCK_OFF)),
        ]

    def _others(self, moments: Moments) -> list[Series]:
        name = self.turbine.name
        worked = self._worked(moments)
        uname = f'machine="x86_64",nodename="{name}",release="6.1.0-32-amd64",sysname="Linux",version="#1 SMP"'
        return [
            (f"node_uname_info{{{uname}}}", 1.0),
            ('node_os_info{id="debian",name="Debian GNU/Linux",version_id="12"}', 1.0),
            ("node_procs_running", np.ceil(PROCESSORS * self.busy(moments))),
            ("node_procs_blocked", 0.0),
            ("node_vmstat_oom_kill", 0.0),
            ('node_edac_correctable_errors_total{controller="0"}', 0.0),
            ('node_edac_uncorrectable_errors_total{controller="0"}', 0.0),
            ('node_md_disks_required{device="md0"}', 2.0),
            ('node_md_disks{device="md0",state="active"}', 2.0),
            ('node_exporter_build_info{goversion="go1.24",version="1.12.1"}', 1.0),
            ("process_cpu_seconds_total", np.round(worked * 0.002, 2)),
            ("process_resident_memory_bytes", float(21 << 20)),
        ]


def _in_sectors(size: Floats) -> Floats:
    whole: Floats = np.floor(size / _SECTOR) * _SECTOR
    return whole
