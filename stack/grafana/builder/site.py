"""The dashboard of sites: what is up, what is worst, and how the endpoints compare over time."""

from grafana_foundation_sdk.builders import bargauge, timeseries
from grafana_foundation_sdk.models import dashboard as models

from stack.grafana.builder.alerts import alert_count, firing_alerts
from stack.grafana.builder.frame import Frame
from stack.grafana.builder.panels import ENDPOINT_UID, SITE_UID, Levels, Query, bars, lines, listing, number

_PLACE = 'site=~"$site",region=~"$region",instance=~"$endpoint"'
_NODE = f'job="node",{_PLACE}'
_SHOWN = 15
_BUSY = Levels(warning=0.8, critical=0.95)
_FILLED = Levels(warning=0.85, critical=0.95)
_HOT = Levels(warning=80, critical=95)

_CPU = "instance:node_cpu_utilisation:rate2m"
_MEMORY = "instance:node_memory_utilisation:ratio"
_DISK = "instance:node_filesystem_utilisation:max"
_TEMPERATURE = "instance:node_temperature_celsius:max"
_RECEIVE = "instance:node_network_receive_bytes:rate2m"
_TRANSMIT = "instance:node_network_transmit_bytes:rate2m"


def _worst(
    title: str, description: str, unit: str, series: str, levels: Levels, *, top: float | None = None
) -> bargauge.Panel:
    query = Query(f"sort_desc(topk(10, {series}{{{_NODE}}}))", "{{instance}}")
    return bars(
        title,
        f"{description} The ten highest now; click a bar to open the endpoint.",
        unit,
        query,
        levels,
        top=top,
        links=True,
    )


def _compared(
    title: str, description: str, unit: str, series: str, levels: Levels | None = None, *, top: float | None = None
) -> timeseries.Panel:
    """Series of the endpoints that are highest at the end of the range: thousands of lines would help nobody."""
    chosen = f"{series}{{{_NODE}}}"
    query = Query(f"{chosen} and on (instance) topk({_SHOWN}, {chosen} @ end())", "{{instance}}")
    text = f"{description} The {_SHOWN} endpoints that are highest at the end of the time range."
    return lines(title, text, unit, query, levels=levels, top=top)


def site_dashboard() -> models.Dashboard:
    """One or more sites at a glance."""
    frame = Frame(
        "Plantwatch: sites",
        SITE_UID,
        "What is up, what needs attention, and how the endpoints of a site compare.",
        period="3h",
    )
    frame.variable("region", "Region", 'label_values(up{job="node"}, region)', many=True)
    frame.variable("site", "Site", 'label_values(up{job="node",region=~"$region"}, site)', many=True)
    frame.variable(
        "endpoint", "Endpoint", 'label_values(up{job="node",region=~"$region",site=~"$site"}, instance)', many=True
    )
    frame.link("Endpoint", ENDPOINT_UID)
    _overview(frame)
    _attention(frame)
    _comparison(frame)
    return frame.build()


def _overview(frame: Frame) -> None:
    frame.across(
        number("Endpoints", "How many endpoints are monitored.", "none", Query(f"count(up{{{_NODE}}}) or vector(0)")),
        number(
            "Up",
            "How many answered the last time they were asked.",
            "none",
            Query(f"count(up{{{_NODE}}} == 1) or vector(0)"),
            Levels(),
        ),
        number(
            "Down",
            "How many did not answer the last time they were asked.",
            "none",
            Query(f"count(up{{{_NODE}}} == 0) or vector(0)"),
            Levels(critical=1),
        ),
        number(
            "Sites",
            "How many sites have endpoints.",
            "none",
            Query(f"count(count by (site) (up{{{_NODE}}})) or vector(0)"),
        ),
        number(
            "Critical alerts",
            "Alerts that fire now and want action now.",
            "none",
            alert_count(_PLACE, "critical"),
            Levels(critical=1),
        ),
        number(
            "Warnings",
            "Alerts that fire now and want action soon.",
            "none",
            alert_count(_PLACE, "warning"),
            Levels(warning=1),
        ),
        height=4,
    )


def _attention(frame: Frame) -> None:
    frame.heading("Needs attention")
    frame.across(
        firing_alerts(_PLACE, {"instance": "Endpoint", "site": "Site", "region": "Region"}),
        listing(
            "Endpoints that do not answer",
            "Endpoints that did not answer the last time they were asked.",
            Query(f"up{{{_NODE}}} == 0"),
            {"instance": "Endpoint", "site": "Site", "region": "Region"},
        ),
        height=9,
        widths=(14, 10),
    )
    frame.across(
        _worst("Busiest processors", "Share of the processors' time spent working.", "percentunit", _CPU, _BUSY, top=1),
        _worst(
            "Fullest memory",
            "Share of the memory that is in use and cannot be freed.",
            "percentunit",
            _MEMORY,
            _BUSY,
            top=1,
        ),
        _worst("Fullest disks", "The fullest file system of each endpoint.", "percentunit", _DISK, _FILLED, top=1),
        _worst("Hottest", "The hottest sensor of each endpoint.", "celsius", _TEMPERATURE, _HOT),
        height=9,
    )


def _comparison(frame: Frame) -> None:
    frame.heading("Over time")
    frame.across(
        lines(
            "Endpoints up and down",
            "How many endpoints answered, and how many did not.",
            "none",
            Query(f"count(up{{{_NODE}}} == 1) or vector(0)", "up"),
            Query(f"count(up{{{_NODE}}} == 0) or vector(0)", "down"),
            stacked=True,
        ),
        _compared("Temperature", "The hottest sensor of each endpoint.", "celsius", _TEMPERATURE, _HOT),
        height=8,
    )
    frame.across(
        _compared("Processor", "Share of the processors' time spent working.", "percentunit", _CPU, _BUSY, top=1),
        _compared(
            "Memory", "Share of the memory that is in use and cannot be freed.", "percentunit", _MEMORY, _BUSY, top=1
        ),
        height=8,
    )
    frame.across(
        _compared("Disk", "The fullest file system of each endpoint.", "percentunit", _DISK, _FILLED, top=1),
        _compared(
            "Load per processor",
            "Programs that run or wait, for each processor. Above 1, some wait.",
            "none",
            "instance:node_load1_per_cpu:ratio",
        ),
        height=8,
    )
    frame.across(
        _compared("Network in", "Bytes received each second through physical ports.", "Bps", _RECEIVE),
        _compared("Network out", "Bytes sent each second through physical ports.", "Bps", _TRANSMIT),
        height=8,
    )
