"""Enrolling one lab device, step by step, up to the registration of its target; and removing it. Needs the lab up.

The device is a container on the same machine, so its own work is in the figures.
"""

import tempfile
import time
from pathlib import Path

from tests.bench.measure import Measurement
from tests.integration.enrolments import Events, World, kit_folder, request_for
from tests.lab import Lab

_RUNS = 7
_REGISTER_TARGET_MS = 3000.0
_NOT_BEFORE_REGISTER = ("register", "first_scrape")


def run() -> list[Measurement]:
    """Milliseconds a step, medians of several runs on one device, and this process's CPU for a whole enrolment."""
    steps: dict[str, list[float]] = {}
    before_register, cpu, removals = [], [], []
    lab = Lab()
    with lab.in_use(), tempfile.TemporaryDirectory() as scratch:
        world = World(Path(scratch), kit_folder(lab))
        device = lab.new_device()
        try:
            for _ in range(_RUNS):
                begun = time.process_time()
                events = world.enrol(request_for(device))
                cpu.append((time.process_time() - begun) * 1000)
                for name, seconds in events.seconds.items():
                    steps.setdefault(name, []).append(seconds * 1000)
                before_register.append(_total(events) * 1000)
                begun = time.perf_counter()
                world.remove("wtg-01")
                removals.append((time.perf_counter() - begun) * 1000)
        finally:
            device.remove()
            world.close()
            lab.close()
    return [
        Measurement("before the target is registered", "ms", before_register, _REGISTER_TARGET_MS),
        *(Measurement(f"  {name}", "ms", samples) for name, samples in steps.items()),
        Measurement("CPU of this process for all of it", "ms", cpu),
        Measurement("removing", "ms", removals),
    ]


def _total(events: Events) -> float:
    return sum(seconds for name, seconds in events.seconds.items() if name not in _NOT_BEFORE_REGISTER)
