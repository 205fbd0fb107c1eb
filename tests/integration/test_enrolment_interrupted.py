"""Cancelled, and killed with SIGKILL, at each step: the inventory, the targets, the keyring and the device agree afterwards."""

from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import Cancelled
from app.models.activity import Result
from app.models.device import Receipt
from app.models.endpoint import Lifecycle
from app.services.enrolment import EnrolStep, RemoveStep
from app.services.enrolment.exporter import DeviceExporter
from app.services.progress import CancelToken, Event, StepAdvanced, StepFinished, StepStarted, ignore
from tests.integration.enrolment_worker import run_until_killed
from tests.integration.enrolments import World, changed, request_for
from tests.lab import Device, Lab, Snapshot


@pytest.fixture(scope="module")
def shared(lab: Lab) -> Iterator[tuple[Device, Snapshot]]:
    """A device and what it is; each test finds it so and leaves it so."""
    device = lab.new_device()
    yield device, device.snapshot()
    device.remove()


_ENROL_MOMENTS = [
    *(f"started {step}" for step in EnrolStep),
    "advanced transfer",
    *(f"finished {step}" for step in ("transfer", "install", "start", "register", "first_scrape")),
]
_REMOVE_MOMENTS = [
    *(f"started {step}" for step in RemoveStep),
    "finished uninstall",
    "finished verify",
    "finished forget",
]


def _mostly_full(moments: list[str], *telling: str) -> list[Any]:
    """All of them in the full run; otherwise those between which something else is there to be undone."""
    assert {*telling} <= {*moments}
    return [moment if moment in telling else pytest.param(moment, marks=pytest.mark.full) for moment in moments]


@pytest.mark.parametrize(
    "moment",
    _mostly_full(
        _ENROL_MOMENTS, "started connect", "started facts", "advanced transfer", "started start", "started first_scrape"
    ),
)
def test_cancelled(world: World, shared: tuple[Device, Snapshot], moment: str) -> None:
    device, before = shared
    token = CancelToken()

    def report(event: Event) -> None:
        if moment == _moment(event):
            token.cancel()

    if moment == "finished first_scrape":
        # It is up: there is nothing left to cancel.
        world.service.enrol(request_for(device), report=report, token=token)
        world.remove("wtg-01")
    else:
        with pytest.raises(Cancelled):
            world.service.enrol(request_for(device), report=report, token=token)
        (entry,) = world.inventory.activities()
        assert (entry.action, entry.result) == ("enrol", Result.CANCELLED)
    assert changed(before, device) == []
    assert world.leftovers() == []


_SLOW_ID = """#!/bin/sh
[ "$(/usr/bin/id -u)" = 0 ] && mv /tmp/late /tmp/begun 2>/dev/null && sleep 2 && mv /tmp/begun /tmp/over
exec /usr/bin/id "$@"
"""


def test_cancelled_before_the_device_has_begun(
    world: World, shared: tuple[Device, Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exporter is under way, and the slow device is still about to find out who it runs as: nothing happens there afterwards."""
    device, before = shared
    token, install = CancelToken(), DeviceExporter.install

    def slowly(*given: Any, **named: Any) -> Receipt:
        device.put_file("/usr/sbin/id", _SLOW_ID)
        device.exec(["touch", "/tmp/late"])
        return install(*given, **named)

    def report(event: Event) -> None:
        if isinstance(event, StepAdvanced):
            token.cancel()

    monkeypatch.setattr(DeviceExporter, "install", slowly)
    with pytest.raises(Cancelled):
        world.service.enrol(request_for(device), report=report, token=token)
    assert device.exec(["rm", "/tmp/over"]).code == 0, "something may still happen on the device"
    device.exec(["rm", "/usr/sbin/id"])
    assert changed(before, device) == []
    assert world.leftovers() == []


@pytest.mark.parametrize(
    "moment", _mostly_full(_ENROL_MOMENTS, "advanced transfer", "started start", "started register")
)
def test_killed_while_enrolling(world: World, shared: tuple[Device, Snapshot], lab: Lab, moment: str) -> None:
    device, before = shared
    run_until_killed(world, lab, device, "enrol", moment)
    assert [operation.kind for operation in world.inventory.interrupted_operations()] == ["enrol"]

    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    if moment == "finished first_scrape":
        assert "it is complete" in sentence or "has been undone" in sentence
    else:
        assert "has been undone" in sentence
    if not world.inventory.endpoints():
        assert world.leftovers() == []
        assert changed(before, device) == []
        world.enrol(request_for(device))  # repeating ends well
    assert world.inventory.endpoint("wtg-01").lifecycle is Lifecycle.MONITORED
    assert world.targets.all() == [f"{device.address}:9100"]
    world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []
    assert world.service.recover(report=ignore, token=CancelToken()) == []


@pytest.mark.parametrize(
    "moment", _mostly_full(_REMOVE_MOMENTS, "started uninstall", "finished verify", "finished forget")
)
def test_killed_while_removing(world: World, shared: tuple[Device, Snapshot], lab: Lab, moment: str) -> None:
    device, before = shared
    world.enrol(request_for(device))
    run_until_killed(world, lab, device, "remove", moment)

    sentences = world.service.recover(report=ignore, token=CancelToken())
    if moment == "finished forget":
        assert sentences == []
    else:
        (sentence,) = sentences
        assert "has been finished" in sentence
    assert world.leftovers() == []
    assert changed(before, device) == []
    assert world.service.recover(report=ignore, token=CancelToken()) == []


def test_work_of_a_living_process_is_left_alone(world: World, shared: tuple[Device, Snapshot]) -> None:
    device, before = shared
    said: list[list[str]] = []

    def report(event: Event) -> None:
        if _moment(event) == "started install":
            said.append(world.service.recover(report=ignore, token=CancelToken()))

    world.service.enrol(request_for(device), report=report, token=CancelToken())
    assert said == [[]]
    world.remove("wtg-01")
    assert changed(before, device) == []


def test_cancelling_a_removal_puts_the_target_back(world: World, shared: tuple[Device, Snapshot]) -> None:
    device, before = shared
    world.enrol(request_for(device))
    token = CancelToken()

    def report(event: Event) -> None:
        if _moment(event) == "started log_in":
            token.cancel()

    with pytest.raises(Cancelled):
        world.service.remove("wtg-01", report=report, token=token)
    assert world.inventory.endpoint("wtg-01").lifecycle is Lifecycle.MONITORED
    assert world.targets.all() == [f"{device.address}:9100"]
    world.remove("wtg-01")
    assert changed(before, device) == []


def _moment(event: Event) -> str:
    match event:
        case StepStarted():
            return f"started {event.step}"
        case StepAdvanced():
            return f"advanced {event.step}"
        case StepFinished():
            return f"finished {event.step}"
    return ""
