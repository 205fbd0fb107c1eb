"""A plant of many sites that is mostly well: for the Overview, whose question is where it is not."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.models.device import Receipt
from app.models.endpoint import Endpoint, Lifecycle
from app.models.metrics import EndpointHealth, FleetSnapshot, Health
from app.models.overview import HostCapacity, SiteTrends
from app.models.security import Checks, DeviceCheckRecord, DeviceState
from app.services.overview import OverviewService
from tests.ui import fake_metrics
from tests.ui.fakes import FakeInventory, FakeServices

#: The operational offshore wind farms of the United Kingdom, with their regions and numbers of turbines.
FARMS = (
    ("Barrow", "North West", 30),
    ("Beatrice", "Scotland", 84),
    ("Blyth Offshore Wind Demonstration Project (Phase 1)", "North East", 5),
    ("Burbo Bank", "North West", 25),
    ("Burbo Bank Extension", "North West", 32),
    ("Dudgeon", "East of England", 67),
    ("East Anglia ONE", "East of England", 102),
    ("European Offshore Wind Deployment Centre (EOWDC, Aberdeen Bay)", "Scotland", 11),
    ("Galloper", "East of England", 56),
    ("Greater Gabbard", "East of England", 140),
    ("Gunfleet Sands 1 & 2", "East of England", 48),
    ("Gunfleet Sands Demonstration Project", "East of England", 2),
    ("Gwynt Y Mor", "North Wales", 160),
    ("Hornsea Project One", "Yorkshire & Humber", 174),
    ("Humber Gateway", "Yorkshire & Humber", 73),
    ("Hywind Scotland Pilot Park", "Scotland", 5),
    ("Kentish Flats", "South East", 30),
    ("Kentish Flats Extension", "South East", 15),
    ("Kincardine Phase 1", "Scotland", 1),
    ("Levenmouth Demonstration Turbine (Energy Park Fife)", "Scotland", 1),
    ("Lincs", "East Midlands", 75),
    ("London Array Phase One", "South East", 175),
    ("Lynn and Inner Dowsing", "East Midlands", 54),
    ("North Hoyle", "North Wales", 30),
    ("Ormonde", "North West", 30),
    ("Race Bank", "East of England", 91),
    ("Rampion", "South East", 116),
    ("Rhyl Flats", "North Wales", 25),
    ("Robin Rigg", "Scotland", 58),
    ("Scroby Sands", "East of England", 30),
    ("Sheringham Shoal", "East of England", 88),
    ("Teesside", "North East", 27),
    ("Thanet", "South East", 100),
    ("Walney 1", "North West", 51),
    ("Walney 2", "North West", 51),
    ("Walney Extension East", "North West", 47),
    ("Walney Extension West", "North West", 40),
    ("West of Duddon Sands", "North West", 108),
    ("Westermest Rough", "Yorkshire & Humber", 35),
)

_RECEIPT = Receipt("1.12.1", "amd64")


def turbines(farms: tuple[tuple[str, str, int], ...] = FARMS) -> list[Endpoint]:
    """One endpoint a turbine, all enrolled and in order, named by its farm."""
    count = sum(number for _, _, number in farms)
    models = iter(fake_metrics.endpoints(count))
    good = fake_metrics.certificate_until(datetime.now(UTC) + timedelta(days=400))
    made: list[Endpoint] = []
    for site, region, number in farms:
        short = "".join(word[0] for word in site.split() if word[0].isalnum())[:3].upper().ljust(2, "X")
        prefix = f"{short}{len({each.site for each in made}):02}"
        made += [
            replace(
                next(models),
                id=len(made) + turbine,
                name=f"{prefix}-T{turbine:03}",
                site=site,
                region=region,
                tags=("turbine",),
                lifecycle=Lifecycle.MONITORED,
                certificate=good,
                receipt=_RECEIPT,
            )
            for turbine in range(1, number + 1)
        ]
    return made


class PlantFleet(fake_metrics.FakeFleet):
    """Everything is up but what `amiss` names."""

    def __init__(self, inventory: FakeInventory) -> None:
        super().__init__(inventory.endpoints)
        self.amiss: dict[str, EndpointHealth] = {}
        self.told_capacity = HostCapacity(
            41.7e9, datetime.now(UTC) - timedelta(days=14, hours=3), 1_893_400, 3.1e9, "plant-srv", 0.21, 0.58, 0.64
        )

    def states(self) -> FleetSnapshot:
        self._fail()
        self.polls += 1
        now = self._now()
        health: Mapping[str, EndpointHealth] = {
            each.name: self.amiss.get(each.name, EndpointHealth(Health.UP, now)) for each in self._endpoints()
        }
        return FleetSnapshot(now, fake_metrics.snapshot(1, points=2).times[:0], health)

    def site_trends(self) -> SiteTrends:
        self._fail()
        known = self._endpoints()
        site_of = {each.name: each.site for each in known}
        # The one with endpoints down was named first.
        amiss = list(dict.fromkeys(site_of[name] for name in self.amiss))
        return fake_metrics.site_trends([*amiss, *sorted({each.site for each in known} - set(amiss))], now=self._now())


def plant(farms: tuple[tuple[str, str, int], ...] = FARMS) -> tuple[FakeServices, PlantFleet]:
    """Services for these farms, all well."""
    services = FakeServices(inventory=FakeInventory(turbines(farms)))
    fleet = PlantFleet(services.inventory)
    services.fleet = fleet
    services.overview = OverviewService(
        services.inventory, fleet, services.alerts, services.kit, retention_days=lambda: 15
    )
    return services, fleet


def harmed(services: FakeServices, fleet: PlantFleet, *, now: datetime | None = None) -> None:
    """Some of everything: endpoints down at one site, one that needs attention at another, one silent, one never seen, alerts and needs."""
    moment = now or datetime.now(UTC)
    by_site: dict[str, list[Endpoint]] = {}
    for each in services.inventory.endpoints():
        by_site.setdefault(each.site, []).append(each)
    sites = list(by_site.values())
    down, warm, silent, new = sites[-1][:2], sites[1 % len(sites)][2:3], sites[2 % len(sites)][3:4], sites[0][4:5]
    for each in down:
        fleet.amiss[each.name] = EndpointHealth(Health.DOWN, moment, moment - timedelta(minutes=64), "no route to host")
    for each in warm:
        fleet.amiss[each.name] = EndpointHealth(Health.ATTENTION, moment, moment - timedelta(hours=30))
    for each in silent:
        fleet.amiss[each.name] = EndpointHealth(Health.STALE, moment, moment - timedelta(hours=2))
    for each in new:
        fleet.amiss[each.name] = EndpointHealth(Health.UNKNOWN)
    services.alerts.alerts = fake_metrics.alerts([each.name for each in services.inventory.endpoints()], now=moment)
    first, second, third = sites[0][:3]
    soon = fake_metrics.certificate_until(moment + timedelta(days=12))
    services.inventory.put(replace(first, certificate=soon))
    services.inventory.put(replace(second, certificate=None))
    services.inventory.checked[third.id] = Checks(
        device=DeviceCheckRecord(moment, DeviceState.ALTERED, "changed: /etc/plantwatch")
    )
