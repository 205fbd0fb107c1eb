"""A fleet that exists only in memory, for tests and pictures of the window.

The figures look like those of wind turbines: calm processors, cabinets that warm up in the afternoon, a few devices down, one being
enrolled. Everything follows from the seed, so that pictures can be compared. `FakeFleet` and `FakeAlerts` stand for FleetService and
AlertService and pass the same contracts (tests/contracts/fleet.py, tests/contracts/alerts.py).
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np

from app.errors import AppError, NotFoundError
from app.models.alert import Alert, Severity
from app.models.certificate import Certificate
from app.models.device import Facts, InitSystem, Privilege
from app.models.endpoint import Endpoint, Lifecycle
from app.models.metric_groups import groups_off
from app.models.metrics import Chart, ChartSpec, EndpointHealth, FleetMetric, FleetSnapshot, Floats, Health, Line, Trend
from app.models.overview import HostCapacity, SiteTrends
from app.services.metrics import queries
from app.services.progress import CancelToken

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)

#: Site, region, and the short name that its turbines carry.
SITES = (
    ("Barrow", "North West", "BAR"),
    ("Beatrice", "Scotland", "BEA"),
    ("Burbo Bank", "North West", "BUR"),
    ("Greater Gabbard", "East of England", "GGA"),
    ("Hornsea 2", "Yorkshire and the Humber", "HOW02"),
    ("Walney Extension", "North West", "WOW03"),
)
_LINES: dict[str, tuple[str, ...]] = {
    "cpu": ("user", "system", "iowait", "irq", "softirq", "nice", "steal"),
    "memory": ("used", "cache", "total"),
    "filesystems": ("/", "/boot", "/var/log"),
    "disk": ("read", "written"),
    "network": ("received", "sent"),
    "temperatures": ("platform_coretemp_0 temp1", "cpu-thermal 0"),
    "load": ("1 min", "5 min", "15 min", "processors"),
    "pressure": ("cpu", "memory", "io"),
    "scrape": ("Time to scrape",),
}
_TYPICAL = {
    "percent": (12.0, 8.0),
    "bytes": (1.2e9, 2e8),
    "bytes/s": (40e3, 25e3),
    "°C": (46.0, 6.0),
    "s": (0.02, 0.008),
    "": (0.6, 0.3),
}


def endpoints(count: int, *, now: datetime = NOW) -> list[Endpoint]:
    """`count` monitored endpoints, by name, spread over the sites; the last of more than 20 is being enrolled."""
    made = []
    for number in range(count):
        site, region, prefix = SITES[number % len(SITES)]
        turbine = number // len(SITES) + 1
        address = f"10.{20 + number % len(SITES)}.{turbine // 250}.{turbine % 250 + 1}"
        made.append(
            Endpoint(
                id=number + 1,
                name=f"{prefix}-T{turbine:03}",
                address=address,
                port=22,
                site=site,
                region=region,
                tags=("scada", "turbine") if number % 3 else ("turbine",),
                notes="",
                scrape_address="",
                exporter_port=9100,
                lifecycle=Lifecycle.ENROLLING if count > 20 and number == count - 1 else Lifecycle.MONITORED,
                host_key=None,
                credential_id=1,
                facts=_facts(f"{prefix}-t{turbine:03}".lower(), number),
                receipt=None,
                created_at=now - timedelta(days=200 - number % 150),
                changed_at=now - timedelta(days=number % 150),
                certificate=_certificate(number, datetime.now(UTC), address),
            )
        )
    return sorted(made, key=lambda endpoint: endpoint.name)


def _certificate(number: int, now: datetime, address: str) -> Certificate | None:
    """Good for most; the third ends soon, and the fifth was enrolled by a version that knew none."""
    if number == 4:
        return None
    return certificate_until(now + timedelta(days=20 if number == 2 else 400 + number), number, names=(address,))


def certificate_until(ends: datetime, number: int = 0, *, names: tuple[str, ...] = ()) -> Certificate:
    """One of an authority that is trusted."""
    begins = ends - timedelta(days=730)
    return Certificate(f"{number:040x}", f"{number:064x}", names, begins, ends, "a" * 64, ("a" * 64,))


def _facts(hostname: str, number: int) -> Facts:
    is_arm = number % 4 == 0
    return Facts(
        hostname=hostname,
        os_id="debian",
        os_name="Debian GNU/Linux",
        os_version="12",
        kernel="6.1.0-28-arm64" if is_arm else "6.1.0-28-amd64",
        machine="aarch64" if is_arm else "x86_64",
        architecture="arm64" if is_arm else "amd64",
        init=InitSystem.SYSTEMD,
        privilege=Privilege.SUDO,
        cpu_count=4,
        memory_bytes=4 << 30,
        free_bytes=3 << 30,
        installed_version="1.12.1",
    )


def snapshot(
    names: Sequence[str] | int = 59,
    *,
    points: int = 60,
    window_seconds: int = 3600,
    now: datetime = NOW,
    seed: int = 1,
    enrolling: Sequence[str] = (),
) -> FleetSnapshot:
    """A snapshot of these endpoints (or of `endpoints(n)`): of every 40, one is down, one stale, one unknown and two need attention.

    A down endpoint's trends end in a gap; an unknown one has none. Endpoints in `enrolling` have no trends. 2,292 take about 50 ms.
    """
    if isinstance(names, int):
        fleet = endpoints(names, now=now)
        names = [endpoint.name for endpoint in fleet]
        enrolling = [endpoint.name for endpoint in fleet if endpoint.lifecycle is Lifecycle.ENROLLING]
    health = {
        name: EndpointHealth(Health.ENROLLING) if name in enrolling else _health(number, now)
        for number, name in enumerate(names)
    }
    step = window_seconds / points
    end = math.ceil(now.timestamp() / step) * step
    times = end - step * np.arange(points - 1, -1, -1.0)
    seen = [name for name in names if health[name].health not in (Health.UNKNOWN, Health.ENROLLING)]
    silent = np.array([health[name].health in (Health.DOWN, Health.STALE) for name in seen], dtype=bool)
    values = _values(np.random.default_rng(seed), len(seen), points)
    trends = {}
    for metric, matrix in values.items():
        matrix[silent, points - max(2, points // 6) :] = np.nan
        known = np.flatnonzero(np.isfinite(matrix).any(axis=1))
        trends[metric] = {seen[row]: Trend(matrix[row]) for row in known}
    return FleetSnapshot(taken_at=now, times=times, health=health, trends=trends)


def _health(number: int, now: datetime) -> EndpointHealth:
    fresh = now - timedelta(seconds=1 + number % 15)
    match number % 40:
        case 7:
            error = f'Get "http://10.20.0.{number % 250}:9100/metrics": dial tcp: connect: no route to host'
            return EndpointHealth(Health.DOWN, fresh, now - timedelta(minutes=9 + number), error)
        case 13:
            seen = now - timedelta(hours=2, minutes=number)
            return EndpointHealth(Health.STALE, seen, seen)
        case 19:
            return EndpointHealth(Health.UNKNOWN)
        case 3 | 28:
            return EndpointHealth(Health.ATTENTION, fresh, now - timedelta(minutes=34))
    return EndpointHealth(Health.UP, fresh)


def _values(random: np.random.Generator, rows: int, points: int) -> dict[FleetMetric, Floats]:
    """A matrix (rows, points) for each metric: a level for each endpoint, a slow wave and noise. One device in ten has no sensor."""

    def wandering(low: float, high: float, noise: float) -> Floats:
        level = random.uniform(low, high, (rows, 1))
        phase = random.uniform(0, 2 * np.pi, (rows, 1))
        wave = 0.1 * (high - low) * np.sin(np.linspace(0, 4, points) + phase)
        made: Floats = level + wave + random.normal(0, noise, (rows, points))
        return made

    temperature = wandering(31, 68, 0.4)
    temperature[random.random(rows) < 0.1] = np.nan
    return {
        FleetMetric.CPU: np.clip(wandering(0.02, 0.35, 0.02), 0, 1),
        FleetMetric.MEMORY: np.clip(wandering(0.2, 0.8, 0.004), 0, 1),
        FleetMetric.DISK: np.clip(wandering(0.2, 0.93, 0.0005), 0, 1),
        FleetMetric.TEMPERATURE: temperature,
        FleetMetric.NETWORK: np.clip(wandering(2e3, 90e3, 4e3), 0, None),
    }


def chart(spec: ChartSpec, times: Floats, *, seed: int = 1) -> Chart:
    """`spec` with invented lines on `times`; a gap of a few points lies at two thirds."""
    random = np.random.default_rng([seed, sum(spec.key.encode())])
    level, swing = _TYPICAL[spec.unit]
    lines = []
    for number, label in enumerate(_LINES[spec.key]):
        values = np.full(len(times), 4e9 if spec.unit == "bytes" else 4.0)
        if label not in ("total", "processors"):
            own = level / (1 + number)
            wave = np.sin(times / 3600 * 2 + number) + 0.3 * random.standard_normal(len(times))
            values = np.clip(own + swing / (1 + number) * wave, 0, spec.maximum)
        gap = len(times) * 2 // 3
        values[gap : gap + max(1, len(times) // 40)] = np.nan
        lines.append(Line(label, values))
    return Chart(spec, times, tuple(lines))


def site_trends(sites: Sequence[str], *, now: datetime = NOW) -> SiteTrends:
    """A day of these sites: the first loses a few endpoints at the end, the second had a bad hour, the third a gap; the others are calm."""
    times = math.floor(now.timestamp() / 600) * 600 - 600 * np.arange(144, -1, -1.0)
    shares = {}
    for number, site in enumerate(sites):
        row = np.ones(len(times))
        if number == 0:
            row[-7:] = 0.96
        elif number == 1:
            row[60:66] = 0.2
        elif number == 2:
            row[90:104] = np.nan
        shares[site] = row
    return SiteTrends(times, shares)


def alerts(names: Sequence[str] = (), *, now: datetime = NOW) -> list[Alert]:
    """Seven alerts, worst first, of all severities: about endpoints (of `names`, if given), a whole site and the stack; one is silenced."""
    names = names or [endpoint.name for endpoint in endpoints(59)]

    def about(number: int) -> str:
        return names[number % len(names)]

    rows = (
        (
            "EndpointDown",
            Severity.CRITICAL,
            about(7),
            "Barrow",
            9,
            "is down",
            "Check its power and its network.",
            False,
        ),
        ("SiteDown", Severity.CRITICAL, "", "Beatrice", 4, "No endpoint answers", "Check the site's router.", False),
        (
            "FilesystemAlmostFull",
            Severity.CRITICAL,
            about(3),
            "Barrow",
            34,
            "/ is 97 % full",
            "Free some space.",
            False,
        ),
        ("TemperatureHigh", Severity.WARNING, about(28), "Hornsea 2", 21, "is 84 °C hot", "Check the fan.", False),
        (
            "ClockOff",
            Severity.WARNING,
            about(29),
            "Hornsea 2",
            180,
            "clock is 48 s off",
            "Check its time source.",
            True,
        ),
        (
            "UnitFailed",
            Severity.WARNING,
            about(30),
            "Burbo Bank",
            300,
            "a unit failed",
            "See systemctl --failed.",
            False,
        ),
        ("RebootNeeded", Severity.INFO, about(31), "Barrow", 4000, "waits for a reboot", "Choose a calm hour.", False),
    )
    return [
        Alert(
            name=name,
            severity=severity,
            instance=instance,
            site=site,
            region=next(region for known, region, _ in SITES if known == site),
            summary=f"{instance or site}: {what}",
            description=f"{what} for {minutes} minutes.",
            action=action,
            since=now - timedelta(minutes=minutes),
            silenced=silenced,
            labels={"alertname": name, "severity": str(severity), "site": site}
            | ({"instance": instance} if instance else {}),
            fingerprint=f"{number:016x}",
        )
        for number, (name, severity, instance, site, minutes, what, action, silenced) in enumerate(rows, start=1)
    ]


class FakeFleet:
    """FleetService in memory. Set `error` to make every call raise it. `polls` counts the snapshots taken."""

    def __init__(
        self, endpoints: Callable[[], list[Endpoint]], *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._endpoints = endpoints
        self._now = now
        self.error: AppError | None = None
        self.polls = 0
        self.told_capacity = HostCapacity(2.31e9, self._now() - timedelta(days=9), 48_200, 412e6)

    def snapshot(self, *, points: int = 60, window_seconds: int = 3600) -> FleetSnapshot:
        self._fail()
        self.polls += 1
        known = self._endpoints()
        return snapshot(
            [endpoint.name for endpoint in known],
            points=points,
            window_seconds=window_seconds,
            now=self._now(),
            seed=self.polls,
            enrolling=[endpoint.name for endpoint in known if endpoint.lifecycle is Lifecycle.ENROLLING],
        )

    def states(self) -> FleetSnapshot:
        taken = self.snapshot(points=2)
        return FleetSnapshot(taken.taken_at, np.empty(0), taken.health)

    def site_trends(self) -> SiteTrends:
        self._fail()
        return site_trends(sorted({endpoint.site for endpoint in self._endpoints()}), now=self._now())

    def capacity(self) -> HostCapacity:
        self._fail()
        return self.told_capacity

    def charts(self, endpoint_name: str, *, start: datetime, end: datetime, points: int = 300) -> list[Chart]:
        self._fail()
        self._check(endpoint_name)
        times = np.linspace(start.timestamp(), end.timestamp(), points)
        made = [chart(spec, times, seed=len(endpoint_name)) for spec in queries.CHARTS]
        off = next(groups_off(each.metrics) for each in self._endpoints() if each.name == endpoint_name)
        return [replace(each, lines=()) if each.spec.group in off else each for each in made]

    def health(self, endpoint_name: str) -> EndpointHealth:
        self._check(endpoint_name)
        return self.snapshot(points=2).health[endpoint_name]

    def current(self, endpoint_name: str) -> dict[FleetMetric, float]:
        self._check(endpoint_name)
        taken = self.snapshot()
        last = {metric: rows[endpoint_name].last for metric, rows in taken.trends.items() if endpoint_name in rows}
        return {metric: value for metric, value in last.items() if not math.isnan(value)}

    def wait_until_up(
        self, endpoint_name: str, *, since: datetime, timeout: float, token: CancelToken
    ) -> EndpointHealth:
        token.check()
        self._fail()
        return EndpointHealth(Health.UP, max(since, self._now()))

    def _check(self, name: str) -> None:
        if all(endpoint.name != name for endpoint in self._endpoints()):
            raise NotFoundError(kind="endpoint", name=name, command="plantwatch endpoints list")

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


class FakeAlerts:
    """AlertService in memory: `firing()` gives `alerts`. Set `error` to make it raise."""

    def __init__(self, alerts: Sequence[Alert] = ()) -> None:
        self.alerts = list(alerts)
        self.error: AppError | None = None

    def firing(self) -> list[Alert]:
        if self.error is not None:
            raise self.error
        return sorted(self.alerts, key=lambda alert: (alert.severity.rank, alert.since))
