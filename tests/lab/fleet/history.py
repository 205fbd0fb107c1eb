"""The history of the fleet as blocks of Prometheus' database, made by promtool and kept in the lab's cache.

Time is cut into windows, aligned as Prometheus aligns blocks: long ones of the past month, an hour between samples, and shorter and denser
ones of the last day. A window's blocks depend on nothing but its bounds and the sources, so they are made once; a start makes only the
windows that have ended since the last one, and the tail of less than two hours that no window covers yet. History so ends a few seconds
before the first live scrape.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from app.models.metrics import Floats
from tests.lab.debian import forget_unused, unpacked
from tests.lab.errors import LabError
from tests.lab.fleet.device import Device, Series
from tests.lab.fleet.farms import choose, fine_site
from tests.lab.fleet.faults import Fault
from tests.lab.fleet.recorded import all_marks, all_series, data_marks, fleet_series, site_series
from tests.lab.places import Places
from tests.lab.system import locked, say

_HOUR = 3600
#: Bounds are multiples of these (Prometheus' block ranges), each of which is a multiple of the next.
_LONG, _MIDDLE, _SHORT, _SHORTEST = 162 * _HOUR, 18 * _HOUR, 6 * _HOUR, 2 * _HOUR
_MONTH, _RECENT = 30 * 24 * _HOUR, 24 * _HOUR
_SPARSE_STEP = _HOUR
#: The longest at which a series has no gaps: Prometheus looks back for five minutes.
_DENSE_STEP = 240
_FINE_STEP = 60
_WORKERS = 2
_SOURCES = ("curves.py", "device.py", "farms.py", "faults.py", "history.py", "recorded.py", "wind-farms.csv")

#: Prometheus has to look back as far as the sparse samples are apart, for a month of them to be a line.
LOOKBACK = "65m"


class History(StrEnum):
    """How much there is."""

    NONE = "none"
    COARSE = "coarse"
    """What the fleet reads of every endpoint: every hour, and every four minutes of the last day."""
    FULL = "full"
    """The same, and all that is known of one site every minute."""


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` (inclusive) to `end` (exclusive), Unix seconds; `step` seconds between samples of what is not told finely."""

    start: int
    end: int
    step: int

    @property
    def name(self) -> str:
        return f"{self.start}-{self.end}-{self.step}"


@dataclass(frozen=True, slots=True)
class Making:
    """What decides the content of blocks, apart from the window."""

    count: int
    history: History
    is_faulty: bool

    @property
    def digest(self) -> str:
        """Changes with anything that would change a block."""
        hashed = hashlib.sha256(repr(self).encode())
        for name in _SOURCES:
            hashed.update(Path(__file__).with_name(name).read_bytes())
        return hashed.hexdigest()[:12]


def windows(now: int) -> list[Window]:
    """What covers the month before `now` without gap or overlap, oldest first; the last one, the tail, ends at `now`."""
    recent = (now - _RECENT) // _MIDDLE * _MIDDLE
    long_until, short_until, shortest_until = (
        now_or // size * size for now_or, size in ((recent, _LONG), (now, _SHORT), (now, _SHORTEST))
    )
    cuts = [
        *_cut((now - _MONTH) // _LONG * _LONG, long_until, _LONG, _SPARSE_STEP),
        *_cut(long_until, recent, _MIDDLE, _SPARSE_STEP),
        *_cut(recent, short_until, _SHORT, _DENSE_STEP),
        *_cut(short_until, shortest_until, _SHORTEST, _DENSE_STEP),
    ]
    return [*cuts, Window(shortest_until, now, _DENSE_STEP)]


def _cut(start: int, end: int, size: int, step: int) -> list[Window]:
    return [Window(begin, begin + size, step) for begin in range(start, end, size)]


def fill(places: Places, making: Making, now: int, data: Path) -> None:
    """Put the history up to `now` (Unix seconds) into Prometheus' empty directory `data`. Makes what the cache does not have."""
    data.mkdir(parents=True, exist_ok=True)
    if making.history is History.NONE:
        return
    promtool = unpacked(places, "prometheus") / "usr/bin/promtool"
    cache = places.cache / f"fleet-history-{making.digest}"
    *whole, tail = windows(now)
    # One after the other: several processes that make the same windows at once would only be slower.
    with locked(cache.with_suffix(".lock")):
        cache.mkdir(parents=True, exist_ok=True)
        missing = [window for window in whole if not (cache / window.name).exists()]
        if missing:
            say(f"making {len(missing)} windows of history (kept in {cache})")
        _make_all(promtool, making, sorted(missing, key=_samples, reverse=True), cache)
        for old in cache.glob("*-*-*"):
            if int(old.name.split("-")[1]) <= whole[0].start:
                shutil.rmtree(old)
        for window in whole:
            _link(cache / window.name, data)
        os.utime(cache)
    forget_unused(places.cache, "fleet-history-????????????")
    if tail.end > tail.start:
        make_window(promtool, making, tail, data)


def _samples(window: Window) -> int:
    return (window.end - window.start) // window.step


def _make_all(promtool: Path, making: Making, missing: Sequence[Window], cache: Path) -> None:
    if not missing:
        return
    # Not forked: whoever asks may have threads.
    with ProcessPoolExecutor(_WORKERS, get_context("spawn")) as pool:
        waiting = [pool.submit(_make_cached, promtool, making, window, cache) for window in missing]
        for each in waiting:
            each.result()


def _make_cached(promtool: Path, making: Making, window: Window, cache: Path) -> None:
    with tempfile.TemporaryDirectory(dir=cache, prefix=".making-") as scratch:
        made = Path(scratch) / "blocks"
        make_window(promtool, making, window, made)
        made.rename(cache / window.name)


def make_window(promtool: Path, making: Making, window: Window, target: Path) -> None:
    """Blocks of one window in the directory `target`. Raises LabError with what promtool said."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=target.parent, prefix="samples-", suffix=".txt") as text:
        text.writelines(exposition(making, window))
        text.flush()
        hours = max((window.end - window.start) // _HOUR, _SHORTEST // _HOUR)
        command = [
            str(promtool),
            "tsdb",
            "create-blocks-from",
            f"--max-block-duration={hours}h",
            "openmetrics",
            "--quiet",
        ]
        done = subprocess.run([*command, text.name, str(target)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise LabError(f"promtool could not make the history of the fleet:\n{(done.stderr or done.stdout)[-2000:]}")


def exposition(making: Making, window: Window) -> Iterator[str]:
    """The samples of a window in the OpenMetrics text format, a portion a turbine."""
    turbines = choose(making.count)
    fine = fine_site(turbines) if making.history is History.FULL else ""
    for turbine in turbines:
        device = Device(turbine, faulty=making.is_faulty)
        is_fine = turbine.farm.name == fine
        yield "".join(_fine(device, window) if is_fine else _coarse(device, window))
    yield "# EOF\n"


def _grid(window: Window, step: int) -> Floats:
    # On multiples of the step, so that neighbouring windows continue each other's rhythm.
    first = -(-window.start // step) * step
    return np.arange(first, window.end, step, dtype=np.float64)


def _coarse(device: Device, window: Window) -> Iterator[str]:
    times = _grid(window, window.step)
    if not len(times):
        return
    moments = device.moments(times)
    silent = device.is_silent(moments)
    yield from _lines(device, times, None, [("up", 1.0 - silent)])
    recorded = fleet_series(device, moments)
    if window.step == _DENSE_STEP:
        recorded += site_series(device, moments)
    if any(spell.fault is Fault.DISK_FILLING and spell.end > times[0] for spell in moments.spells):
        recorded += data_marks(device, moments)
    yield from _lines(device, times, silent, recorded)


def _fine(device: Device, window: Window) -> Iterator[str]:
    times = _grid(window, _FINE_STEP)
    if not len(times):
        return
    moments = device.moments(times)
    silent = device.is_silent(moments)
    yield from _lines(device, times, None, device.scraped(moments))
    yield from _lines(device, times, silent, [*device.exposed(moments), *all_series(device, moments)])
    rarely = _grid(window, _DENSE_STEP)
    if len(rarely):
        moments = device.moments(rarely)
        yield from _lines(device, rarely, device.is_silent(moments), all_marks(device, moments))


def _lines(device: Device, times: Floats, silent: Floats | None, found: Sequence[Series]) -> Iterator[str]:
    """What does not change is told as rarely as leaves no gap."""
    answered = np.ones(len(times), dtype=bool) if silent is None else silent == 0
    rarely = answered & (times % _DENSE_STEP < _FINE_STEP)
    often_texts = [f" {when:.0f}\n" for when in times[answered]]
    rare_texts = [f" {when:.0f}\n" for when in times[rarely]]
    for head, values in found:
        begin = f"{labelled(head, device.labels)} "
        if isinstance(values, float):
            line = f"{begin}{values!r}"
            yield "".join([f"{line}{when}" for when in rare_texts])
        else:
            pairs = zip(values[answered].tolist(), often_texts, strict=True)
            yield "".join([f"{begin}{value!r}{when}" for value, when in pairs])


def labelled(head: str, labels: str) -> str:
    """A metric with its own labels, and with those of its target."""
    return f"{head[:-1]},{labels}}}" if head.endswith("}") else f"{head}{{{labels}}}"


def _link(made: Path, data: Path) -> None:
    """Prometheus replaces and deletes the files of blocks, and never writes into them: the cache can share them."""
    for block in made.iterdir():
        shutil.copytree(block, data / block.name, copy_function=_link_or_copy)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # on another file system
        shutil.copy2(source, target)
