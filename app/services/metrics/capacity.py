"""What the stack costs its host, read from what Prometheus tells of itself and of the endpoint that is the Docker host."""

import math
from collections import defaultdict
from collections.abc import Iterable

from app.models.metrics import FleetMetric
from app.models.overview import HostCapacity
from app.services.metrics import queries
from app.services.metrics.answers import Sample
from app.services.metrics.health import moment

#: A Prometheus without a single sample says that its history begins at the end of time.
_NO_HISTORY = 1e11


def capacity_of(samples: Iterable[Sample]) -> HostCapacity:
    """From the answer to `queries.capacity()`. Of several endpoints with the tag, the first by name is the host."""
    own: dict[str, float] = {}
    hosts: dict[str, dict[str, float]] = defaultdict(dict)
    for sample in samples:
        name = sample.labels.get("__name__", "")
        if not math.isfinite(sample.value):
            continue
        if sample.labels.get("job") == "prometheus":
            own[name] = sample.value
        else:
            hosts[sample.labels.get("instance", "")][name] = sample.value
    host = min(hosts, default="")
    of_host = hosts.get(host, {})
    # Before the first block is written, 2.42 tells of nothing else: that is no history of 0 bytes.
    size = sum(own.get(name, 0.0) for name in queries.HISTORY_BYTES)
    begins = own.get(queries.HISTORY_BEGINS, 0.0)
    return HostCapacity(
        history_bytes=size or math.nan,
        history_begins=moment(begins) if 0 < begins < _NO_HISTORY else None,
        series=int(own.get(queries.SERIES, 0)),
        memory_bytes=own.get(queries.RESIDENT_BYTES, math.nan),
        host=host,
        host_cpu=_newest(of_host, FleetMetric.CPU),
        host_memory=_newest(of_host, FleetMetric.MEMORY),
        host_disk=_newest(of_host, FleetMetric.DISK),
    )


def _newest(values: dict[str, float], metric: FleetMetric) -> float:
    return values.get(queries.recorded(metric)[0], math.nan)
