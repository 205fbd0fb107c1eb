"""From the start of the process to the first paint of the window: run as a module, prints one JSON line.

Each round is a fresh interpreter. Its first milliseconds are counted, too: the clock is the kernel's, which knows when the process began.
"""

import json
import os
import statistics
import subprocess
import sys

ROUNDS = 7
LIMITS = {"first_paint_p50_ms": 1200.0}

PROBE = """
import os, sys, tempfile, threading, time
from pathlib import Path

import app.ui.application as application
from app.paths import DataPaths
from PySide6.QtCore import QEvent, QObject

gate = threading.Event()
with tempfile.TemporaryDirectory() as place:
    # Services do not come: what is measured and looked at is the frame alone.
    desk = application.Desk(lambda _ask: gate.wait(10), DataPaths.locate(Path(place)))

    class Eye(QObject):
        def eventFilter(self, watched, happened):
            if happened.type() == QEvent.Type.Paint and not self.seen:
                self.seen = True
                from PySide6.QtCore import QTimer
                QTimer.singleShot(0, desk.application.quit)
            return False

    eye = Eye()
    eye.seen = False
    desk.window.status.installEventFilter(eye)
    desk.open()
    desk.application.exec()
    uptime = float(Path("/proc/uptime").read_text().split()[0])
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    begun = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    print(round((uptime - begun) * 1000), *sorted(sys.modules))
    gate.set()
    desk.close()
"""


def first_paint() -> tuple[float, set[str]]:
    """Milliseconds from the start of a fresh process to its first paint (to the kernel's tick of 10 ms), and the modules it had imported."""
    environment = {"QT_QPA_PLATFORM": "offscreen"} | os.environ
    probe = subprocess.run([sys.executable, "-c", PROBE], check=True, capture_output=True, text=True, env=environment)
    milliseconds, *modules = probe.stdout.split()
    return float(milliseconds), set(modules)


def measure() -> dict[str, float]:
    """The 50th percentile and the worst of `ROUNDS` fresh processes."""
    times = [first_paint()[0] for _ in range(ROUNDS)]
    return {"first_paint_p50_ms": statistics.median(times), "first_paint_max_ms": max(times)}


if __name__ == "__main__":
    found = measure()
    print(json.dumps(found))
    sys.exit(any(found[name] > limit for name, limit in LIMITS.items()))
