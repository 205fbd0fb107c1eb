"""Other groups of metrics for exporters of the lab: one restart of one exporter, kept by all that installs anew, and taken back when it fails."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.models.bulk import BulkAction, ItemState
from app.models.bulk_parameters import MetricsChange, Parameters
from app.models.endpoint import Endpoint
from app.models.metric_groups import EVERY_GROUP, MetricGroup, choice_of
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.enrolment import failures
from app.services.enrolment.collectors import COLLECTORS
from app.services.enrolment.exporter import UNIT
from app.services.progress import CancelToken, ignore
from tests.integration.enrolment_worker import WITHOUT_NETWORK
from tests.integration.enrolments import Events, World, changed, other_build, request_for
from tests.lab import Device, Lab
from tests.lab.system import wait_until

_EXPORTER = "/usr/local/lib/plantwatch/node_exporter"
#: What is in no group; and what newer versions have, and the lab's does not.
_BASICS = {"dmi", "entropy", "filefd", "loadavg", "os", "pressure", "selinux", "stat", "textfile", "time", "uname"}


@pytest.fixture(scope="module")
def devices(lab: Lab) -> Iterator[tuple[Device, Device]]:
    made = lab.new_device(), lab.new_device()
    yield made
    for each in made:
        each.remove()


@pytest.fixture
def device(devices: tuple[Device, Device]) -> Device:
    return devices[0]


@pytest.fixture
def enrolled(world: World, device: Device) -> Iterator[Endpoint]:
    """An endpoint with every metric; its device is afterwards as it was before."""
    before = device.snapshot()
    world.enrol(request_for(device))
    yield world.inventory.endpoint("wtg-01")
    world.remove("wtg-01")
    assert changed(before, device) == []


def change(world: World, wanted: MetricsChange) -> tuple[Endpoint, Events]:
    events = Events([])
    return world.service.change_metrics("wtg-01", wanted, report=events.report, token=CancelToken()), events


def started_at(device: Device) -> str:
    """When its exporter was started, by its own clock."""
    return device.exec(["systemctl", "show", "-p", "ActiveEnterTimestampMonotonic", UNIT]).out


def read_by(world: World) -> set[str]:
    """The collectors that the exporter ran, once it answers."""
    found: set[str] = set()

    def answers() -> bool:
        try:
            text = world.fleet.scrape("wtg-01").decode()
        except ConnectionError:
            return False
        found.update(re.findall(r'node_scrape_collector_success\{collector="(\w+)"\}', text))
        return True

    wait_until(answers, seconds=10, what="the exporter's answer")
    return found


def collectors_of(*groups: MetricGroup) -> set[str]:
    """Of those that the lab's version has."""
    return {each.name for group in groups for each in COLLECTORS[group] if each.is_known_to("1.5.0")}


def test_each_group_is_what_the_exporter_calls_it(world: World, device: Device, enrolled: Endpoint) -> None:
    """The groups and the basics are together all that the exporter reads, and its own help knows each of them."""
    assert read_by(world) == collectors_of(*EVERY_GROUP) | _BASICS
    told = device.exec([_EXPORTER, "--help"])
    known = {*re.findall(r"--(?:\[no-\])?collector\.(\w+)\s", told.out)}
    assert collectors_of(*EVERY_GROUP) <= known
    assert enrolled.receipt
    later = {each.name for group in COLLECTORS.values() for each in group if not each.is_known_to("1.5.0")}
    assert later
    assert not later & known
    after, _ = change(world, MetricsChange(only=()))
    assert after.metrics == ()
    assert read_by(world) == _BASICS


def test_only_its_exporter_is_restarted_and_what_installs_anew_keeps_it(
    world: World, devices: tuple[Device, Device], enrolled: Endpoint, tmp_path: Path
) -> None:
    device, other = devices
    world.enrol(request_for(other, "wtg-02"))
    targets, started, others = world.targets.all(), started_at(device), started_at(other)
    installed = device.snapshot()
    wanted = choice_of({*EVERY_GROUP} - {MetricGroup.NETWORK, MetricGroup.UNITS})
    after, events = change(world, MetricsChange(off=(MetricGroup.NETWORK, MetricGroup.UNITS)))
    assert events.started == ["connect", "host_key", "log_in", "choice", "metrics", "keep"]
    assert events.details["choice"] == "all but network, units"
    assert after.metrics == world.inventory.endpoint("wtg-01").metrics == wanted
    gone = collectors_of(MetricGroup.NETWORK, MetricGroup.UNITS)
    left = collectors_of(*EVERY_GROUP) - gone | _BASICS
    assert read_by(world) == left
    assert b"node_network_" not in world.fleet.scrape("wtg-01")
    assert started_at(device) != started
    assert started_at(other) == others
    assert world.targets.all() == targets
    (told,) = [each for each in world.inventory.activities() if each.action == "change metrics"]
    assert told.detail == "all but network, units"
    assert not world.service.check("wtg-01", report=ignore, token=CancelToken()).altered
    # What it has already is not asked for on the device.
    again, events = change(world, WITHOUT_NETWORK)
    assert again == after
    assert events.started == []
    # A renewal does not even start it again.
    started = started_at(device)
    assert world.service.renew("wtg-01", report=ignore, token=CancelToken()).metrics == wanted
    assert started_at(device) == started
    newer = other_build(world, tmp_path / "kit")
    assert newer.service.upgrade("wtg-01", report=ignore, token=CancelToken()).metrics == wanted
    newer.close()
    assert read_by(world) == left
    # Back in a run, with the others.
    bulk = BulkService(world.inventory, world.service, CredentialService(world.inventory, world.secrets))
    run = bulk.act(BulkAction.METRICS, ["wtg-01", "wtg-02"], Parameters(metrics=MetricsChange(only=EVERY_GROUP)))
    ended = bulk.runner(run.id, lambda _event: None, token=CancelToken()).execute(CancelToken())
    assert ended.counts == {ItemState.DONE: 2}
    assert [item.detail for item in world.inventory.runs.items(run.id)] == ["all", "had them already"]
    assert world.inventory.endpoint("wtg-01").metrics is None
    assert gone <= read_by(world)
    assert started_at(other) == others
    assert [line for line in changed(installed, device) if UNIT in line] == []
    world.remove("wtg-02")


def test_one_that_does_not_start_reads_what_it_did_before(world: World, device: Device, enrolled: Endpoint) -> None:
    installed = device.snapshot()
    assert enrolled.receipt
    # Of a version that knows more collectors than the one that is there.
    world.inventory.set_receipt(enrolled.id, replace(enrolled.receipt, exporter_version="99.0.0"))
    with pytest.raises(failures.ExporterCrashedError) as caught:
        change(world, MetricsChange(off=(MetricGroup.FILE_SYSTEMS,)))
    assert "no-collector.bcachefs" in caught.value.evidence
    assert changed(installed, device) == []
    assert world.inventory.endpoint("wtg-01").metrics is None
    assert read_by(world) == collectors_of(*EVERY_GROUP) | _BASICS
    world.inventory.set_receipt(enrolled.id, enrolled.receipt)
