"""A snapshot of 2,292 endpoints from a real Prometheus, all in: questions, answers, states and trends.

Prometheus (Debian's, a child process) is given an hour of samples, 15 seconds apart, of `up` and of the recorded series of every endpoint.
Scraping 2,292 exporters at the same time would measure this machine instead.
"""

import random
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.models.endpoint import Lifecycle
from app.models.metrics import FleetMetric, Health
from app.models.stack import ServiceName
from app.services.metrics import queries
from app.services.metrics.fleet import FleetService
from app.services.metrics.prometheus import PrometheusClient
from tests.bench.measure import Measurement, in_turns
from tests.integration.monitoring import Monitoring
from tests.lab.debian import unpacked
from tests.lab.places import Places
from tests.ui import fake_metrics

ENDPOINTS, HOUR, INTERVAL = 2292, 3600, 15
_DOWN_EVERY = 100
_RECORDED = {
    "instance:node_cpu_utilisation:rate2m": 1.0,
    "instance:node_memory_utilisation:ratio": 1.0,
    "instance:node_filesystem_utilisation:max": 1.0,
    "instance:node_temperature_celsius:max": 70.0,
    "instance:node_network_receive_bytes:rate2m": 1e5,
    "instance:node_network_transmit_bytes:rate2m": 1e5,
}


def run() -> list[Measurement]:
    """Milliseconds for one range query, a snapshot, one endpoint's state and its charts."""
    endpoints = [replace(endpoint, lifecycle=Lifecycle.MONITORED) for endpoint in fake_metrics.endpoints(ENDPOINTS)]
    names = [endpoint.name for endpoint in endpoints]
    with tempfile.TemporaryDirectory() as scratch:
        monitoring = Monitoring(Path(scratch))
        # The last samples lie ahead, so that they are not stale while this runs.
        end = int(time.time()) + 240
        _fill(Path(scratch), names, end)
        monitoring.prometheus.start()
        try:
            access = monitoring.access
            fleet = FleetService(access, lambda: endpoints, scrape_interval=lambda: 300.0)
            client = PrometheusClient(access(ServiceName.PROMETHEUS))
            found = fleet.snapshot()
            assert all(len(trends) == ENDPOINTS for trends in found.trends.values())
            assert sum(state.health is Health.UP for state in found.health.values()) > ENDPOINTS * 0.9
            now = datetime.now(UTC)
            return in_turns(
                {
                    "one range query, 2,292 x 60": lambda: client.query_range(
                        queries.fleet(FleetMetric.CPU), end - HOUR, end - 60, 60
                    ),
                    "snapshot": fleet.snapshot,
                    "state of one endpoint": lambda: fleet.health(names[0]),
                    "charts of one endpoint, 1 h": lambda: fleet.charts(
                        names[0], start=now - timedelta(hours=1), end=now
                    ),
                },
                repeats=9,
            )
        finally:
            monitoring.prometheus.stop()


def _fill(root: Path, names: list[str], end: int) -> None:
    """Blocks in Prometheus' data directory, made by promtool."""
    text = root / "samples.txt"
    with text.open("w") as file:
        for line in _lines(names, end):
            file.write(line)
        file.write("# EOF\n")
    promtool = unpacked(Places.from_environment(), "prometheus") / "usr/bin/promtool"
    command = [str(promtool), "tsdb", "create-blocks-from", "openmetrics", str(text), str(root / "data")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    text.unlink()


def _lines(names: list[str], end: int) -> Iterator[str]:
    chance = random.Random(1)
    noise = [chance.random() for _ in range(1009)]
    times = range(end - HOUR - 300, end, INTERVAL)
    for metric, scale in {"up": 0.0, **_RECORDED}.items():
        for number, name in enumerate(names):
            labels = f'{metric}{{instance="{name}",job="node",site="{name[:3]}",tags=",scada,turbine,"}}'
            is_up = number % _DOWN_EVERY != 0
            for index, when in enumerate(times):
                value = noise[(number * 31 + index) % 1009] * scale if scale else int(is_up)
                yield f"{labels} {value!r} {when}\n"
