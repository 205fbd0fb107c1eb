"""What simulated devices measure: deterministic, continuous, and wrong when it is meant to be."""

import numpy as np
import pytest

from app.models.metrics import Floats
from tests.lab.fleet.curves import DAY, Step, curve, stepped, steps_summed, weather
from tests.lab.fleet.device import Device, Moments
from tests.lab.fleet.farms import choose
from tests.lab.fleet.faults import Fault, Spell, boots, scheduled
from tests.lab.fleet.recorded import all_marks, all_series

NOW = 1_790_000_000.0
TURBINE = choose(12)[3]


def hour(step: float = 60.0) -> Floats:
    return np.arange(NOW - 3600, NOW, step)


def well() -> Device:
    return Device(TURBINE, faulty=False)


def of(device: Device, moments: Moments, head: str) -> Floats:
    """The values of a series, one a moment."""
    value = dict(device.exposed(moments))[head]
    return np.broadcast_to(np.asarray(value, dtype=np.float64), moments.times.shape)


def test_the_same_moment_is_always_the_same() -> None:
    whole, alone = well(), Device(choose(12)[3], faulty=False)
    together = dict(whole.exposed(whole.moments(hour())))
    last = dict(alone.exposed(alone.moments(hour()[-1:])))
    for head, values in together.items():
        newest = values if isinstance(values, float) else values[-1]
        assert np.allclose(newest, last[head], atol=0.02), head


def test_a_sum_is_the_integral_of_its_curve() -> None:
    drawn = curve(2.0, 1.0, weather("Thanet"), "x")
    times = np.arange(NOW, NOW + DAY, 10.0)
    rates, total = drawn.value(times), drawn.summed(times)
    assert np.allclose(np.cumsum(rates * 10)[:-1], (total - total[0])[1:], atol=15)
    assert (rates >= 1.0).all()
    assert (rates <= 3.0).all()


def test_steps_add_up() -> None:
    steps = [Step(10, 20, 2.0), Step(15, 30, 1.0)]
    times = np.array([0.0, 10.0, 16.0, 25.0, 40.0])
    assert stepped(steps, times).tolist() == [0, 2, 3, 1, 0]
    assert steps_summed(steps, times).tolist() == [0, 0, 13, 30, 35]


def test_the_processors_time_is_all_told() -> None:
    device = well()
    moments = device.moments(hour())
    series = {head: values for head, values in device.exposed(moments) if head.startswith("node_cpu_seconds_total")}
    assert len(series) == 4 * 8
    totals = sum(
        np.broadcast_to(np.asarray(values, dtype=np.float64), moments.times.shape) for values in series.values()
    )
    assert np.allclose(np.diff(totals), 4 * 60, atol=1)
    assert all((np.diff(values) >= 0).all() for values in series.values() if not isinstance(values, float))


def test_days_differ_from_nights() -> None:
    device = well()
    moments = device.moments(np.arange(NOW - 7 * DAY, NOW, 600.0))
    busy = device.busy(moments)
    assert busy.min() > 0
    assert busy.max() < 0.7
    assert np.ptp(busy) > 0.03


def test_counters_begin_anew_at_a_boot() -> None:
    device = well()
    started = boots(TURBINE, [], NOW - 40 * DAY, NOW)
    moments = device.moments(np.array([started[-1] - 60, started[-1] + 60]))
    received = of(device, moments, 'node_network_receive_bytes_total{device="eth0"}')
    assert received[0] > 1e9
    assert received[1] < 1e8
    assert (of(device, moments, "node_time_seconds") - of(device, moments, "node_boot_time_seconds"))[1] < 62


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.EXPORTER_GONE, Fault.LINK_LOST])
def test_the_silent_are_not_up(fault: Fault) -> None:
    device = well()
    moments = device.moments(hour(), [Spell(fault, NOW - 1800, NOW)])
    assert dict(device.scraped(moments))["up"].tolist() == [1.0] * 30 + [0.0] * 30  # type: ignore[union-attr] # these change


def test_what_goes_wrong_is_seen() -> None:
    device = well()
    broken = [
        Spell(Fault.HOT, NOW - 7200, NOW),
        Spell(Fault.UNIT_FAILED, NOW - 7200, NOW),
        Spell(Fault.DISK_FILLING, NOW - 11.7 * DAY, NOW),
        Spell(Fault.CLOCK_OFF, NOW - DAY, NOW),
    ]
    moments = device.moments(hour(), broken)
    assert device.temperature(moments).min() > 70
    unit = 'node_systemd_unit_state{name="turbine-logger.service",state="failed",type="simple"}'
    assert of(device, moments, unit).all()
    ratio = 'instance_mountpoint:node_filesystem_utilisation:ratio{device="/dev/sda1",fstype="ext4",mountpoint="/data"}'
    assert np.min(dict(all_series(device, moments))[ratio]) > 0.85
    growth = ratio.replace(":ratio", ":growth1d")
    assert np.min(dict(all_marks(device, moments))[growth]) > 0.005
    assert (of(device, moments, "node_time_seconds") - moments.times).min() > 5
    assert not of(device, moments, "node_timex_sync_status").any()


def test_the_order_of_series_never_changes() -> None:
    device = Device(TURBINE)
    heads = [head for head, _ in device.exposed(device.moments(hour()))]
    later = device.moments(hour() + 13 * DAY, [Spell(Fault.HOT, NOW, NOW + 30 * DAY)])
    assert [head for head, _ in device.exposed(later)] == heads
    assert len(set(heads)) == len(heads)


def test_faults_come_round_to_a_few() -> None:
    down = [
        [spell for spell in scheduled(turbine, NOW, NOW + 1) if spell.fault is Fault.DOWN] for turbine in choose(2292)
    ]
    assert 3 < sum(map(bool, down)) < 40
    assert scheduled(TURBINE, NOW - 30 * DAY, NOW) == scheduled(TURBINE, NOW - 30 * DAY, NOW)


def test_a_site_loses_its_link_as_a_whole() -> None:
    lost: dict[str, set[tuple[Spell, ...]]] = {}
    for turbine in choose(2292):
        spells = scheduled(turbine, NOW - 30 * DAY, NOW)
        lost.setdefault(turbine.farm.name, set()).add(tuple(s for s in spells if s.fault is Fault.LINK_LOST))
    assert all(len(kinds) == 1 for kinds in lost.values())
    assert any(spells for kinds in lost.values() for spells in kinds)
