"""Enrolling one lab device from Submit to the first successful scrape of a deployed Prometheus, which scrapes every 5 s.

Prometheus takes up to 5 s to notice a target and up to 5 s to scrape it: that waiting is most of the figure. Needs the lab up.
"""

import tempfile
import time
from pathlib import Path

from app.services.enrolment import EnrolmentService
from app.services.kit import Kit
from app.services.metrics.fleet import FleetService
from app.services.progress import CancelToken, ignore
from tests.bench.measure import Measurement
from tests.integration.enrolments import kit_folder, request_for
from tests.integration.stacks import Stack
from tests.lab import Lab

_RUNS = 5
_INTERVAL_SECONDS = 5
_TARGET_MS = 10_000.0


def run() -> list[Measurement]:
    """Milliseconds from Submit to the first scrape that is up."""
    took = []
    lab = Lab()
    with lab.in_use(), tempfile.TemporaryDirectory() as scratch:
        stack = Stack(Path(scratch), lab.docker_host, lab.engine)
        stack.choose(scrape_interval_seconds=_INTERVAL_SECONDS)
        device = lab.new_device()
        try:
            stack.deploy()
            fleet = FleetService(
                stack.service.access, stack.inventory.endpoints, scrape_interval=lambda: float(_INTERVAL_SECONDS)
            )
            kit = Kit(kit_folder(lab))
            service = EnrolmentService(stack.inventory, stack.secrets, kit, stack.service, fleet)
            for _ in range(_RUNS):
                begun = time.perf_counter()
                service.enrol(request_for(device), report=ignore, token=CancelToken())
                took.append((time.perf_counter() - begun) * 1000)
                service.remove("wtg-01", report=ignore, token=CancelToken())
        finally:
            device.remove()
            stack.dispose()
            lab.close()
    return [Measurement("from Submit to the first scrape", "ms", took, _TARGET_MS)]
