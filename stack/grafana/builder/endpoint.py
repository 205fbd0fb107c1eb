"""The dashboard of one endpoint: everything that its exporter tells."""

from grafana_foundation_sdk.models import dashboard as models

from stack.grafana.builder.alerts import alert_count, firing_alerts
from stack.grafana.builder.frame import Frame
from stack.grafana.builder.panels import (
    ENDPOINT_UID,
    GREEN,
    RED,
    SITE_UID,
    Levels,
    Query,
    bars,
    lines,
    listing,
    number,
)

_THIS = 'instance="$endpoint"'
_NODE = f'job="node",{_THIS}'
_WINDOW = "[$__rate_interval]"
_PORTS = f'{_NODE},device!~"lo|(veth|docker|br|virbr|cni|flannel|cali|lxc|vnet|tap|ifb|dummy).*"'
_WORKING = f'{_NODE},mode!="idle"'
_DISKS = f'{_NODE},device!~"(loop|ram|zram|fd|sr).*"'
_BUSY = Levels(warning=0.8, critical=0.95)
_FILLED = Levels(warning=0.85, critical=0.95)
_HOT = Levels(warning=80, critical=95)


def _rate(metric: str, selector: str = _NODE) -> str:
    return f"rate({metric}{{{selector}}}{_WINDOW})"


def _now(metric: str) -> str:
    return f"{metric}{{{_NODE}}}"


def endpoint_dashboard() -> models.Dashboard:
    """One endpoint in full."""
    frame = Frame(
        "Plantwatch: endpoint",
        ENDPOINT_UID,
        "Everything about one endpoint: state, processor, memory, disks, network, temperatures, services.",
        period="6h",
    )
    frame.variable("region", "Region", 'label_values(up{job="node"}, region)', many=True)
    frame.variable("site", "Site", 'label_values(up{job="node",region=~"$region"}, site)', many=True)
    frame.variable(
        "endpoint", "Endpoint", 'label_values(up{job="node",region=~"$region",site=~"$site"}, instance)', many=False
    )
    frame.link("Sites", SITE_UID)
    _state(frame)
    _processor(frame)
    _memory(frame)
    _storage(frame)
    _network(frame)
    _health(frame)
    return frame.build()


def _state(frame: Frame) -> None:
    states = {"1": ("Up", GREEN), "0": ("Down", RED)}
    frame.across(
        number(
            "State",
            "Whether the endpoint answered the last time it was asked.",
            "none",
            Query(_now("up")),
            texts=states,
        ),
        number("Uptime", "How long ago the device was started.", "s", Query(_now("instance:node_uptime_seconds:diff"))),
        number(
            "Processor",
            "Share of the processors' time spent working.",
            "percentunit",
            Query(_now("instance:node_cpu_utilisation:rate2m")),
            _BUSY,
        ),
        number(
            "Memory",
            "Share of the memory that cannot be freed.",
            "percentunit",
            Query(_now("instance:node_memory_utilisation:ratio")),
            _BUSY,
        ),
        number(
            "Fullest disk",
            "Use of the fullest file system.",
            "percentunit",
            Query(_now("instance:node_filesystem_utilisation:max")),
            _FILLED,
        ),
        number(
            "Hottest",
            "The hottest sensor, if the device has any.",
            "celsius",
            Query(_now("instance:node_temperature_celsius:max")),
            _HOT,
        ),
        number(
            "Failed services",
            "How many systemd units have failed.",
            "none",
            Query(f'sum(node_systemd_unit_state{{{_NODE},state="failed"}})'),
            Levels(warning=1),
        ),
        number(
            "Alerts",
            "Alerts of severity warning or critical.",
            "none",
            alert_count(_THIS, "warning", "critical"),
            Levels(warning=1),
        ),
        height=4,
    )
    frame.across(
        firing_alerts(_THIS, {"mountpoint": "Folder", "device": "Device", "name": "Service"}),
        listing(
            "Failed services",
            "The systemd units that have failed. systemctl status tells why.",
            Query(f'node_systemd_unit_state{{{_NODE},state="failed"}} == 1'),
            {"name": "Service"},
        ),
        height=6,
        widths=(16, 8),
    )


def _processor(frame: Frame) -> None:
    frame.heading("Processor")
    frame.across(
        lines(
            "Processor by kind of work",
            "Share of the processors' time by kind of work. iowait is time spent waiting for a disk; steal is taken by the virtual machine's host.",
            "percentunit",
            Query(f"avg by (mode) ({_rate('node_cpu_seconds_total', _WORKING)})", "{{mode}}"),
            top=1,
            stacked=True,
        ),
        lines(
            "Load",
            "Programs that run or wait, averaged over 1, 5 and 15 minutes. Above the number of processors, some wait.",
            "none",
            Query(_now("node_load1"), "1 minute"),
            Query(_now("node_load5"), "5 minutes"),
            Query(_now("node_load15"), "15 minutes"),
            Query(_now("instance:node_cpus:count"), "processors"),
        ),
        lines(
            "Pressure",
            "Share of the time in which work stood still for want of processor, memory or disk. Needs Linux 4.20 or later.",
            "percentunit",
            Query(_rate("node_pressure_cpu_waiting_seconds_total"), "processor"),
            Query(_rate("node_pressure_memory_waiting_seconds_total"), "memory"),
            Query(_rate("node_pressure_io_waiting_seconds_total"), "disk"),
        ),
        height=8,
    )


def _memory(frame: Frame) -> None:
    frame.heading("Memory")
    cache = f"{_now('node_memory_Cached_bytes')} + {_now('node_memory_Buffers_bytes')} + {_now('node_memory_SReclaimable_bytes')}"
    free = _now("node_memory_MemFree_bytes")
    frame.across(
        lines(
            "Memory",
            "What the memory is used for. Cache is given back when programs need it.",
            "bytes",
            Query(f"{_now('node_memory_MemTotal_bytes')} - {free} - ({cache})", "programs"),
            Query(cache, "cache"),
            Query(free, "free"),
            stacked=True,
        ),
        lines(
            "Swap",
            "Memory that was moved to disk, and how much of the disk is set aside for it.",
            "bytes",
            Query(f"{_now('node_memory_SwapTotal_bytes')} - {_now('node_memory_SwapFree_bytes')}", "used"),
            Query(_now("node_memory_SwapTotal_bytes"), "set aside"),
        ),
        lines(
            "Processes",
            "Processes that run, and processes that are blocked by a disk.",
            "none",
            Query(_now("node_procs_running"), "running"),
            Query(_now("node_procs_blocked"), "blocked"),
        ),
        height=8,
    )


def _storage(frame: Frame) -> None:
    frame.heading("Disks")
    used = _now("instance_mountpoint:node_filesystem_utilisation:ratio")
    frame.across(
        bars(
            "File systems",
            "How full each file system is now, as df shows it.",
            "percentunit",
            Query(f"sort_desc({used})", "{{mountpoint}}"),
            _FILLED,
            top=1,
        ),
        lines(
            "File systems over time",
            "How full each file system has been.",
            "percentunit",
            Query(used, "{{mountpoint}}"),
            levels=_FILLED,
            top=1,
        ),
        lines(
            "Free space",
            "What is left of each file system for ordinary users.",
            "bytes",
            Query(f"{_now('node_filesystem_avail_bytes')} and ignoring (device_error) {used}", "{{mountpoint}}"),
        ),
        height=8,
    )
    frame.across(
        lines(
            "Disk traffic",
            "Bytes read from and written to each disk, each second.",
            "Bps",
            Query(_rate("node_disk_read_bytes_total", _DISKS), "{{device}} read"),
            Query(_rate("node_disk_written_bytes_total", _DISKS), "{{device}} written"),
        ),
        lines(
            "Disk busy",
            "Share of the time in which each disk had work to do.",
            "percentunit",
            Query(_rate("node_disk_io_time_seconds_total", _DISKS), "{{device}}"),
        ),
        lines(
            "Files",
            "Share of the number of files that each file system can hold. Some kinds have no limit and do not appear.",
            "percentunit",
            Query(_now("instance_mountpoint:node_filesystem_inodes_utilisation:ratio"), "{{mountpoint}}"),
            levels=_FILLED,
            top=1,
        ),
        height=8,
    )


def _network(frame: Frame) -> None:
    frame.heading("Network")
    frame.across(
        lines(
            "Network traffic",
            "Bytes through each port, each second.",
            "Bps",
            Query(_rate("node_network_receive_bytes_total", _PORTS), "{{device}} in"),
            Query(_rate("node_network_transmit_bytes_total", _PORTS), "{{device}} out"),
        ),
        lines(
            "Damaged and dropped packets",
            "Packets that were damaged on the way or had to be dropped, each second. Usually none.",
            "pps",
            Query(_rate("node_network_receive_errs_total", _PORTS), "{{device}} in, damaged"),
            Query(_rate("node_network_transmit_errs_total", _PORTS), "{{device}} out, damaged"),
            Query(_rate("node_network_receive_drop_total", _PORTS), "{{device}} in, dropped"),
            Query(_rate("node_network_transmit_drop_total", _PORTS), "{{device}} out, dropped"),
        ),
        height=8,
    )


def _health(frame: Frame) -> None:
    frame.heading("Hardware and monitoring")
    clock = f"{_now('node_time_seconds')} - timestamp({_now('node_time_seconds')})"
    frame.across(
        lines(
            "Temperatures",
            "Every sensor of the device that gives a believable value.",
            "celsius",
            Query(f"{_now('node_hwmon_temp_celsius')} > -40 < 125", "{{chip}} {{sensor}}"),
            Query(f"{_now('node_thermal_zone_temp')} > -40 < 125", "{{type}} {{zone}}"),
            levels=_HOT,
        ),
        lines(
            "Clock",
            "How far the clock of the device is from that of the monitoring server, less the time that the reading took.",
            "s",
            Query(f"clamp_min(abs({clock}) - {_now('scrape_duration_seconds')}, 0)", "difference"),
            levels=Levels(warning=5),
        ),
        lines(
            "Reading the measurements",
            "How long it takes to read the measurements of this endpoint. Above 10 seconds they are lost.",
            "s",
            Query(_now("scrape_duration_seconds"), "duration"),
            levels=Levels(warning=4, critical=10),
        ),
        height=8,
    )
