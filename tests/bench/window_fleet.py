"""How long one repaint of the fleet takes, with 2,292 endpoints and every curve: run as a module, prints one JSON line.

Two kinds are measured: at rest and while scrolling (all rows are where they were, or some are new), and the first one after new values,
when every visible curve is drawn anew.
"""

import json
import os
import sys
import time

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.models.metrics import Health
from app.ui.models.fleet import FleetModel
from app.ui.models.fleet_rows import Arrangement, lay_out
from app.ui.theme import ThemeKeeper
from app.ui.widgets.fleet_table import FleetTable
from tests.ui import fake_metrics

ENDPOINTS = 2292
ROUNDS = 60
LIMITS = {"repaint_p99_ms": 8.0, "apply_p99_ms": 4.0}


def measure() -> dict[str, float]:
    """Milliseconds: 50th and 99th percentile of a repaint, of one after new values, and of handing a new snapshot to the model."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    ThemeKeeper(application)
    words = {state: str(state) for state in Health}
    known = fake_metrics.endpoints(ENDPOINTS)
    snapshots = [fake_metrics.snapshot(ENDPOINTS, seed=seed) for seed in range(4)]
    begun = time.perf_counter()
    fleets = [lay_out(known, snapshot, words) for snapshot in snapshots]
    lay_out_ms = (time.perf_counter() - begun) / len(fleets) * 1000
    model = FleetModel()
    table = FleetTable(model)
    table.resize(1400, 41 * 28 + 34)
    model.wish(Arrangement())
    model.take(fleets[0])
    table.show()
    application.processEvents()
    bar = table.verticalScrollBar()
    viewport = table.viewport()
    repaint, after_values, apply, worked = [], [], [], []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        model.take(fleets[number % len(fleets)])
        apply.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        viewport.repaint()
        after_values.append(time.perf_counter() - begun)
        for _ in range(5):
            begun, begun_to_work = time.perf_counter(), time.thread_time()
            viewport.repaint()
            repaint.append(time.perf_counter() - begun)
            worked.append(time.thread_time() - begun_to_work)
            bar.setValue((bar.value() + 90) % bar.maximum())
        application.processEvents()

    def percentile(times: list[float], share: int) -> float:
        return round(float(np.percentile(times, share)) * 1000, 2)

    table.close()
    return {
        "lay_out_ms": round(lay_out_ms, 1),
        "repaint_p50_ms": percentile(repaint, 50),
        "repaint_p99_ms": percentile(repaint, 99),
        "repaint_cpu_p50_ms": percentile(worked, 50),
        "repaint_cpu_p99_ms": percentile(worked, 99),
        "repaint_new_values_p50_ms": percentile(after_values, 50),
        "repaint_new_values_p99_ms": percentile(after_values, 99),
        "apply_p50_ms": percentile(apply, 50),
        "apply_p99_ms": percentile(apply, 99),
    }


if __name__ == "__main__":
    found = measure()
    print(json.dumps(found))
    sys.exit(any(found[name] > limit for name, limit in LIMITS.items()))
