"""What a simulated exporter answers, and to whom."""

import re
from pathlib import Path

from app.models.endpoint import EndpointDraft
from app.paths import DataPaths
from app.services.inventory import Inventory
from app.services.metrics.targets import target_groups
from tests.lab.fleet.device import Device
from tests.lab.fleet.exporters import PORT, Exporter, address
from tests.lab.fleet.farms import choose
from tests.lab.fleet.faults import Fault

NOW = 1_790_000_000.0
TURBINE = choose(12)[0]


def test_the_text_has_each_series_once_and_a_type_for_each_metric() -> None:
    exporter = Exporter(Device(TURBINE, faulty=False))
    lines = exporter.text(exporter.moments(NOW)).splitlines()
    types = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    series = [line.rsplit(" ", 1)[0] for line in lines if not line.startswith("#")]
    assert len(series) == len(set(series)) > 100
    assert len(types) == len(set(types))
    assert {name.partition("{")[0] for name in series} == set(types)
    assert all(
        re.fullmatch(r"[A-Za-z_0-9:]+(\{.*\})? -?[0-9.e+-]+", line) for line in lines if not line.startswith("#")
    )


def test_a_fault_lasts_until_it_is_mended() -> None:
    exporter = Exporter(Device(TURBINE, faulty=False))
    assert exporter.silence(exporter.moments(NOW)) is None
    exporter.make(Fault.LINK_LOST, NOW)
    exporter.make(Fault.LINK_LOST, NOW + 1)
    assert exporter.silence(exporter.moments(NOW + 5e6)) is Fault.LINK_LOST
    exporter.mend(Fault.LINK_LOST)
    assert exporter.silence(exporter.moments(NOW + 2)) is None


def test_addresses_differ_and_are_loopback() -> None:
    addresses = {address(127, turbine.number) for turbine in choose(2292)}
    assert len(addresses) == 2292
    assert all(each.startswith("127.127.") and not each.endswith((".0", ".255")) for each in addresses)


def test_history_has_the_labels_of_the_products_targets(tmp_path: Path) -> None:
    where = address(100, TURBINE.number)
    draft = EndpointDraft(
        name=TURBINE.name, address=where, site=TURBINE.farm.name, region=TURBINE.farm.region, tags=TURBINE.tags
    )
    with Inventory.open(DataPaths.locate(tmp_path)) as inventory:
        (group,) = target_groups([inventory.add(draft)])
    labels = dict(re.findall(r'(\w+)="([^"]*)"', Device(TURBINE).labels))
    assert group.target == f"{where}:{PORT}"
    assert labels == {**group.labels, "job": "node"}
