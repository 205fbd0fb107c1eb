"""The history of the simulated fleet: its windows, and the text that promtool reads."""

import math
import re
from itertools import pairwise

import pytest

from tests.lab.fleet.farms import choose, fine_site
from tests.lab.fleet.history import History, Making, Window, exposition, labelled, windows

NOW = 1_790_003_777
HOUR = 3600
_SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-z_]+="[^"\\\n]*",?)+)\} (\S+) (\d+)\n')


@pytest.mark.parametrize("now", [NOW, NOW + 5 * HOUR, NOW + 100 * HOUR, NOW // (162 * HOUR) * 162 * HOUR])
def test_windows_cover_the_month_without_gap_or_overlap(now: int) -> None:
    cut = windows(now)
    assert cut[0].start <= now - 30 * 24 * HOUR
    assert cut[-1].end == now
    assert all(one.end == next_one.start for one, next_one in pairwise(cut))
    assert all(window.step == 240 for window in cut if window.end > now - 24 * HOUR)
    assert cut[-1].end - cut[-1].start < 2 * HOUR


def test_a_later_start_makes_few_windows() -> None:
    earlier = set(windows(NOW)[:-1])
    assert len([window for window in windows(NOW + 3 * HOUR)[:-1] if window not in earlier]) <= 3


def test_what_makes_blocks_names_them() -> None:
    one = Making(12, History.FULL, is_faulty=True)
    others = [Making(13, History.FULL, is_faulty=True), Making(12, History.COARSE, is_faulty=True)]
    assert one.digest == Making(12, History.FULL, is_faulty=True).digest
    assert one.digest not in {other.digest for other in others}


@pytest.mark.parametrize("history", [History.COARSE, History.FULL])
def test_the_text_is_openmetrics(history: History) -> None:
    window = Window(NOW // 240 * 240 - 2 * HOUR, NOW // 240 * 240, 240)
    lines = "".join(exposition(Making(12, history, is_faulty=True), window)).splitlines(keepends=True)
    assert lines[-1] == "# EOF\n"
    seen: dict[str, int] = {}
    for line in lines[:-1]:
        found = _SAMPLE.fullmatch(line)
        assert found, line
        name, labels, value, when = found.groups()
        assert math.isfinite(float(value)), line
        assert window.start <= int(when) < window.end
        series = f"{name}{{{labels}}}"
        assert seen.get(series, 0) < int(when), "times of a series ascend"
        seen[series] = int(when)
    names = {turbine.name for turbine in choose(12)}
    assert {re.search('instance="([^"]+)"', series)[1] for series in seen} == names  # type: ignore[index] # all have it


def test_only_one_site_is_told_finely() -> None:
    window = Window(NOW // 240 * 240 - 2 * HOUR, NOW // 240 * 240, 240)
    turbines = choose(12)
    portions = list(exposition(Making(12, History.FULL, is_faulty=False), window))
    for turbine, portion in zip(turbines, portions, strict=False):
        assert ("node_load1{" in portion) == (turbine.farm.name == fine_site(turbines))


def test_labels_of_the_target_join_those_of_the_series() -> None:
    assert labelled("up", 'job="node"') == 'up{job="node"}'
    assert labelled('x{a="b"}', 'job="node"') == 'x{a="b",job="node"}'
