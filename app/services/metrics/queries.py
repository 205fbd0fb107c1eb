"""Every PromQL string of the application.

The label `instance` of a target is the endpoint's name and its job is "node" (see app.services.metrics.targets), so one matcher
finds all series of an endpoint. The fleet is read from the recorded series of stack/prometheus/rules/recording.yaml: they are
deployed together with Prometheus, before any target exists, so there is no time without them (docs/adr/0010-fleet-metrics-by-recording-rules.md).
The charts of one endpoint are worked out from raw series instead: their rate window must follow the range that is looked at.

An endpoint whose site or tags were changed has two sets of series for a while: whoever asks for the fleet is told how to make one of them.
"""

import math
import re
from collections.abc import Iterable

from app.models.metric_groups import MetricGroup
from app.models.metrics import ChartSpec, FleetMetric

JOB = "node"

# The ports that count, as in the recording rules: a bridge, bond, VLAN or tunnel would count the same bytes again.
VIRTUAL_PORTS = (
    "lo|(veth|docker|br|virbr|cni|flannel|cali|lxc|vnet|tap|tun|wg|tailscale|ifb|dummy|bond|team|vlan).*|.*[.].*"
)
# Devices that lie above other devices, or are not disks.
_VIRTUAL_DISKS = "dm-.*|md.*|loop.*|ram.*|zram.*|sr.*|fd.*"

_RECORDED: dict[FleetMetric, tuple[str, ...]] = {
    FleetMetric.CPU: ("instance:node_cpu_utilisation:rate2m",),
    FleetMetric.MEMORY: ("instance:node_memory_utilisation:ratio",),
    FleetMetric.DISK: ("instance:node_filesystem_utilisation:max",),
    FleetMetric.TEMPERATURE: ("instance:node_temperature_celsius:max",),
    FleetMetric.NETWORK: (
        "instance:node_network_receive_bytes:rate2m",
        "instance:node_network_transmit_bytes:rate2m",
    ),
}


def quoted(value: str) -> str:
    """`value` as a double-quoted PromQL string literal."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def any_of(values: Iterable[str]) -> str:
    """A quoted regular expression (RE2) that matches exactly these values."""
    return quoted("|".join(re.sub(r"[\\.+*?()|\[\]{}^$]", r"\\\g<0>", value) for value in values))


def matchers(instances: Iterable[str] | None) -> str:
    """The label matchers, in braces, of the targets of these endpoints; of all endpoints for None."""
    if instances is None:
        return f'{{job="{JOB}"}}'
    names = list(instances)
    test = f"={quoted(names[0])}" if len(names) == 1 else f"=~{any_of(names)}"
    return f'{{job="{JOB}",instance{test}}}'


def fleet(metric: FleetMetric, instance: str | None = None) -> str:
    """The recorded series of a metric, of one endpoint or all, in the unit of `FleetMetric`.

    A bare selector: adding and aggregating in Prometheus takes it two to three times as long as the selection (tests/bench/metrics_fleet.py).
    So there may be several series for an endpoint. Those with the same `__name__` follow each other in time (its site was changed), and
    those with different ones (received and sent) are to be added.
    """
    names = _RECORDED[metric]
    named = f"__name__={quoted(names[0])}" if len(names) == 1 else f"__name__=~{any_of(names)}"
    return f"{{{named}}}" if instance is None else f"{{{named},instance={quoted(instance)}}}"


def up(instances: Iterable[str] | None = None) -> str:
    """The outcome of the last scrape of each target: 1 or 0."""
    return f"up{matchers(instances)}"


def last_scrape(instances: Iterable[str] | None = None) -> str:
    """The newest scrape of each endpoint, labelled `instance` only: twice its Unix time in milliseconds, plus 1 if it succeeded.

    Time and outcome in one number, so that they belong together: the newest of several targets of one endpoint wins, with its outcome.
    """
    selector = up(instances)
    return f"max by (instance) (timestamp({selector}) * 2000 + {selector})"


def scrapes(instances: Iterable[str], seconds: int) -> str:
    """The outcomes, with their own times, of all scrapes of these targets within the last `seconds`."""
    return f"up{matchers(instances)}[{seconds}s]"


def last_time(instances: Iterable[str], outcome: int | None, lookback_seconds: int, resolution_seconds: int) -> str:
    """When each target was last scraped with `outcome` (1, 0 or, for None, any), to the `resolution`.

    A resolution above Prometheus' look-back of five minutes would miss short periods.
    """
    comparison = "" if outcome is None else f" == {outcome}"
    return (
        "max by (instance) (max_over_time("
        f"timestamp(up{matchers(instances)}{comparison})[{lookback_seconds}s:{resolution_seconds}s]))"
    )


def attention(instances: Iterable[str] | None = None) -> str:
    """For each endpoint with a firing alert of severity warning or worse: since when, in Unix seconds, labelled `instance` only.

    Not limited to the job: rules may aggregate it away.
    """
    names = None if instances is None else list(instances)
    about = 'instance!=""' if names is None else f"instance=~{any_of(names)}"
    which = f'{about},severity=~"warning|critical"'
    return (
        f"min by (instance) (ALERTS_FOR_STATE{{{which}}} "
        f'and ignoring (alertstate) ALERTS{{{which},alertstate="firing"}})'
    )


SERVER_TIME = "time()"

#: The share (0..1) of each site's endpoints whose last scrape worked, labelled `site` only; not at all for those without one.
UP_SHARE = f"avg by (site) ({up()})"

#: The tag of the endpoint that is the Docker host.
HOST_TAG = "docker-host"
#: What is on disk: finished blocks, the chunks of the newest hours, and the log that a restart begins from. 2.42 tells of the blocks only.
HISTORY_BYTES = (
    "prometheus_tsdb_storage_blocks_bytes",
    "prometheus_tsdb_head_chunks_storage_size_bytes",
    "prometheus_tsdb_wal_storage_size_bytes",
)
HISTORY_BEGINS = "prometheus_tsdb_lowest_timestamp_seconds"
SERIES = "prometheus_tsdb_head_series"
RESIDENT_BYTES = "process_resident_memory_bytes"


def recorded(metric: FleetMetric) -> tuple[str, ...]:
    """The names of the recorded series of a metric."""
    return _RECORDED[metric]


def capacity() -> str:
    """What Prometheus tells of itself, and the recorded series of the endpoint that is the Docker host: one question, told apart by name."""
    own = any_of((*HISTORY_BYTES, HISTORY_BEGINS, SERIES, RESIDENT_BYTES))
    host = any_of(name for metric in HOST_METRICS for name in _RECORDED[metric])
    return f'{{__name__=~{own},job="prometheus"}} or {{__name__=~{host},tags=~".*,{HOST_TAG},.*"}}'


#: What is told of the Docker host.
HOST_METRICS = (FleetMetric.CPU, FleetMetric.MEMORY, FleetMetric.DISK)


def rate_window(step_seconds: float, scrape_interval_seconds: float) -> int:
    """The window of a rate, in seconds: no sample between two points is left out, and one lost scrape makes no gap."""
    return math.ceil(max(4 * scrape_interval_seconds, step_seconds))


def chart(spec: ChartSpec, instance: str, window_seconds: int) -> str:
    """The query of a chart for one endpoint."""
    filled = {"{instance}": quoted(instance), "{window}": f"{window_seconds}s"}
    return re.sub(r"\{instance\}|\{window\}", lambda found: filled[found.group()], spec.query)


def _named(expression: str, name: str) -> str:
    """`expression` with the label `part` set, so that several can share a chart."""
    return f'label_replace({expression}, "part", "{name}", "", "")'


_OWN = 'job="node",instance={instance}'
_MEMORY_AVAILABLE = (
    f"(node_memory_MemAvailable_bytes{{{_OWN}}} or (node_memory_MemFree_bytes{{{_OWN}}}"
    f" + node_memory_Buffers_bytes{{{_OWN}}} + node_memory_Cached_bytes{{{_OWN}}}))"
)


def _rate_sum(metric: str, name: str, which: str) -> str:
    return _named(f"sum by (instance) (rate({metric}{{{_OWN},{which}}}[{{window}}]))", name)


def _pressure(resource: str) -> str:
    return _named(f"100 * rate(node_pressure_{resource}_waiting_seconds_total{{{_OWN}}}[{{window}}])", resource)


#: The charts of the endpoint page, in the order in which it shows them. "percent" runs from 0 to 100.
CHARTS: tuple[ChartSpec, ...] = (
    ChartSpec(
        key="cpu",
        group=MetricGroup.CPU,
        title="Processor",
        unit="percent",
        query=f'100 * avg by (mode) (rate(node_cpu_seconds_total{{{_OWN},mode!="idle"}}[{{window}}]))',
        legend="mode",
        maximum=100.0,
    ),
    ChartSpec(
        key="memory",
        group=MetricGroup.MEMORY,
        title="Memory",
        unit="bytes",
        query=" or ".join(
            (
                _named(f"node_memory_MemTotal_bytes{{{_OWN}}} - {_MEMORY_AVAILABLE}", "used"),
                _named(f"node_memory_Cached_bytes{{{_OWN}}} + node_memory_Buffers_bytes{{{_OWN}}}", "cache"),
                _named(f"node_memory_MemTotal_bytes{{{_OWN}}}", "total"),
            )
        ),
        legend="part",
    ),
    ChartSpec(
        key="filesystems",
        group=MetricGroup.FILE_SYSTEMS,
        title="File systems",
        unit="percent",
        query=f"100 * max by (mountpoint) (instance_mountpoint:node_filesystem_utilisation:ratio{{{_OWN}}})",
        legend="mountpoint",
        maximum=100.0,
        threshold=90.0,
    ),
    ChartSpec(
        key="disk",
        group=MetricGroup.DISKS,
        title="Disk traffic",
        unit="bytes/s",
        query=" or ".join(
            (
                _rate_sum("node_disk_read_bytes_total", "read", f'device!~"{_VIRTUAL_DISKS}"'),
                _rate_sum("node_disk_written_bytes_total", "written", f'device!~"{_VIRTUAL_DISKS}"'),
            )
        ),
        legend="part",
    ),
    ChartSpec(
        key="network",
        group=MetricGroup.NETWORK,
        title="Network traffic",
        unit="bytes/s",
        query=" or ".join(
            (
                _rate_sum("node_network_receive_bytes_total", "received", f'device!~"{VIRTUAL_PORTS}"'),
                _rate_sum("node_network_transmit_bytes_total", "sent", f'device!~"{VIRTUAL_PORTS}"'),
            )
        ),
        legend="part",
    ),
    ChartSpec(
        key="temperatures",
        group=MetricGroup.TEMPERATURES,
        title="Temperatures",
        unit="°C",
        query=(
            f'(label_join(node_hwmon_temp_celsius{{{_OWN}}}, "part", " ", "chip", "sensor")'
            f' or label_join(node_thermal_zone_temp{{{_OWN}}}, "part", " ", "type", "zone")) > -40 < 125'
        ),
        legend="part",
        minimum=None,
    ),
    ChartSpec(
        key="load",
        title="Load",
        unit="",
        query=" or ".join(
            (
                _named(f"node_load1{{{_OWN}}}", "1 min"),
                _named(f"node_load5{{{_OWN}}}", "5 min"),
                _named(f"node_load15{{{_OWN}}}", "15 min"),
                _named(f'count by (instance) (node_cpu_seconds_total{{{_OWN},mode="idle"}})', "processors"),
            )
        ),
        legend="part",
    ),
    ChartSpec(
        key="pressure",
        title="Time lost waiting",
        unit="percent",
        query=" or ".join(_pressure(resource) for resource in ("cpu", "memory", "io")),
        legend="part",
        maximum=100.0,
    ),
    ChartSpec(
        key="scrape",
        title="Time to scrape",
        unit="s",
        query=f"max by (instance) (scrape_duration_seconds{{{_OWN}}})",
        legend="",
    ),
)
