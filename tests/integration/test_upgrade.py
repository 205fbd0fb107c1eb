"""A newer exporter on devices of the lab: sent once, kept only when it answers, and the former back after whatever goes wrong."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import Cancelled
from app.models.bulk import BulkAction, ItemState
from app.models.endpoint import Endpoint
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.enrolment import failures
from app.services.progress import CancelToken, Event, Report, StepStarted, ignore
from tests.integration.enrolment_worker import WITHOUT_NETWORK, run_until_killed
from tests.integration.enrolments import Events, World, changed, other_build, request_for, write_build
from tests.lab import Device, Lab
from tests.lab.system import wait_until

_EXPORTER = "/usr/local/lib/plantwatch/node_exporter"
_CALLS: dict[str, Callable[[World, Report, CancelToken], Endpoint]] = {
    "upgrade": lambda world, report, token: world.service.upgrade("wtg-01", report=report, token=token),
    "change metrics": lambda world, report, token: world.service.change_metrics(
        "wtg-01", WITHOUT_NETWORK, report=report, token=token
    ),
}
#: How what was interrupted is called, and what it is about.
_CALLED = {
    "upgrade": ("upgrade of the exporter", "exporter"),
    "change metrics": ("change of the metrics", "choice of metrics"),
}


@pytest.fixture(scope="module")
def device(lab: Lab) -> Iterator[Device]:
    made = lab.new_device()
    yield made
    made.remove()


@pytest.fixture
def enrolled(world: World, device: Device) -> Iterator[Endpoint]:
    """An endpoint with the lab's build; its device is afterwards as it was before."""
    before = device.snapshot()
    world.enrol(request_for(device))
    yield world.inventory.endpoint("wtg-01")
    world.remove("wtg-01")
    assert changed(before, device) == []


@pytest.fixture
def newer(world: World, tmp_path: Path) -> Iterator[World]:
    made = other_build(world, tmp_path / "kit")
    yield made
    made.close()


def upgrade(world: World) -> tuple[Endpoint, Events]:
    events = Events([])
    return world.service.upgrade("wtg-01", report=events.report, token=CancelToken()), events


def comes_up(world: World) -> None:
    """Waits for the exporter, which the device may just be starting again."""

    def answers() -> bool:
        try:
            return b"node_exporter_build_info" in world.fleet.scrape("wtg-01")
        except ConnectionError:
            return False

    wait_until(answers, seconds=10, what="the exporter's answer")


def sum_on(device: Device) -> str:
    return device.exec(["sha256sum", _EXPORTER]).out.split()[0]


def test_the_newer_one_runs_afterwards(world: World, newer: World, device: Device, enrolled: Endpoint) -> None:
    after, events = upgrade(newer)
    assert after.receipt
    assert after.receipt.exporter_version == "99.0.0"
    assert events.started == [
        "connect", "host_key", "log_in", "choose_build", "exporter", "metrics", "keep",
    ]  # fmt: skip
    assert sum_on(device) == newer.kit.builds()[0].sha256
    assert not newer.service.check("wtg-01", report=ignore, token=CancelToken()).altered
    comes_up(newer)
    (told,) = [each for each in newer.inventory.activities() if each.action == "upgrade exporter"]
    assert told.detail == "node_exporter 99.0.0"
    # What is there already is not sent, nor anything else changed.
    device_before = device.snapshot()
    again, events = upgrade(newer)
    assert again == after
    assert events.started[-1] == "choose_build"
    assert events.details["choose_build"] == "99.0.0 is there already"
    # An older kit takes nothing back.
    same, events = upgrade(world)
    assert same == after
    assert events.details["choose_build"].startswith("99.0.0 stays: the kit has ")
    assert changed(device_before, device) == []


@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("exit 1", failures.ExporterCrashedError),
        # It starts and listens, and speaks to everybody.
        pytest.param(
            f"exec {_EXPORTER}.plantwatch-old --web.listen-address=:9100",
            failures.MetricsWrongError,
            marks=pytest.mark.open_exporter("what the kit holds answers everybody"),
        ),
    ],
)
def test_one_that_is_no_good_makes_room_for_the_former(  # noqa: PLR0917 - fixtures
    world: World, device: Device, enrolled: Endpoint, tmp_path: Path, program: str, error: type[Exception]
) -> None:
    installed = device.snapshot()
    write_build(tmp_path / "kit" / "99.0.0" / "amd64", f"#!/bin/sh\n{program}\n".encode())
    bad = World(world.folder, tmp_path / "kit")
    with pytest.raises(error):
        upgrade(bad)
    bad.close()
    assert changed(installed, device) == []
    assert world.inventory.endpoint("wtg-01").receipt == enrolled.receipt
    comes_up(world)


@pytest.mark.parametrize(
    ("action", "moment"),
    [
        ("upgrade", "metrics"),
        ("change metrics", "keep"),
        *(
            pytest.param(action, moment, marks=pytest.mark.full)
            for action, moments in (
                ("upgrade", ("choose_build", "exporter", "keep")),
                ("change metrics", ("choice", "metrics")),
            )
            for moment in moments
        ),
    ],
)
def test_cancelled_or_killed_it_is_the_old_or_the_new_one(  # noqa: PLR0917 - fixtures
    world: World, newer: World, device: Device, enrolled: Endpoint, lab: Lab, tmp_path: Path, action: str, moment: str
) -> None:
    """Of all that starts the exporter anew."""
    token = CancelToken()

    def report(event: Event) -> None:
        if isinstance(event, StepStarted) and event.step == moment:
            token.cancel()

    if moment != "keep":
        with pytest.raises(Cancelled):
            _CALLS[action](newer, report, token)
        assert world.inventory.endpoint("wtg-01") == replace(
            enrolled, changed_at=world.inventory.endpoint("wtg-01").changed_at
        )
        comes_up(world)
    run_until_killed(world, lab, device, action, f"started {moment}", kit=tmp_path / "kit")
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    what, thing = _CALLED[action]
    has = f"its new {thing}" if moment == "keep" else f"the {thing} that it had before"
    assert sentence == f"The {what} of wtg-01 was interrupted; it has {has}."
    after = world.inventory.endpoint("wtg-01")
    assert (after.receipt != enrolled.receipt) == (moment == "keep")
    assert (after.metrics is not None) == (moment == "keep" and action == "change metrics")
    comes_up(world)
    assert (b"node_network_" in world.fleet.scrape("wtg-01")) == (after.metrics is None)
    assert not world.service.check("wtg-01", report=ignore, token=CancelToken()).altered


def test_in_a_run(newer: World, enrolled: Endpoint) -> None:
    bulk = BulkService(newer.inventory, newer.service, CredentialService(newer.inventory, newer.secrets))
    before = enrolled.receipt.exporter_version if enrolled.receipt else ""
    for expected in (f"{before} → 99.0.0", "99.0.0 stays"):
        run = bulk.act(BulkAction.UPGRADE, ["wtg-01"])
        ended = bulk.runner(run.id, lambda _event: None, token=CancelToken()).execute(CancelToken())
        assert ended.counts == {ItemState.DONE: 1}
        assert [item.detail for item in newer.inventory.runs.items(run.id)] == [expected]
