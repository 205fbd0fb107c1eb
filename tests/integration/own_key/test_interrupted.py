"""Plantwatch's own key when its work is cancelled or killed: the device, the keyring and the inventory agree afterwards."""

from typing import Any

import pytest

from app.errors import Cancelled
from app.models.endpoint import Lifecycle, LoginKind
from app.services.enrolment import EnrolmentService, EnrolStep
from app.services.enrolment.steps import KeyStep
from app.services.progress import CancelToken, Event, LogLine, Report, StepFinished, StepStarted, ignore
from tests.integration.enrolment_worker import run_until_killed
from tests.integration.enrolments import World, changed
from tests.integration.own_keys import FILE, kind_of, our_lines, own_key_request
from tests.integration.stacks import FileSecretStore
from tests.lab import Device, Lab, Snapshot

_NEW_MOMENTS = [f"{what} {step}" for what in ("started", "finished") for step in KeyStep][:-1]
_MOMENTS = [*_NEW_MOMENTS, f"started {EnrolStep.TRANSFER}", f"started {EnrolStep.FIRST_SCRAPE}"]
#: After the line is on the device, and after it has proved itself: the others are for the full run.
_TELLING = (f"finished {KeyStep.INSTALL_KEY}", f"started {KeyStep.KEEP_KEY}")


def _mostly_full(moments: list[str]) -> list[Any]:
    return [moment if moment in _TELLING else pytest.param(moment, marks=pytest.mark.full) for moment in moments]


@pytest.mark.parametrize("moment", _mostly_full([moment for moment in _MOMENTS if moment != "started keep_key"]))
def test_cancelled(world: World, device: Device, before: Snapshot, moment: str) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        world.service.enrol(own_key_request(device, "ask"), report=cancelling(token, moment), token=token)
    assert world.leftovers() == []
    assert changed(before, device) == []


@pytest.mark.parametrize("moment", _mostly_full(_MOMENTS))
def test_killed_while_enrolling(world: World, device: Device, lab: Lab, before: Snapshot, moment: str) -> None:
    killed(world, lab, device, "enrol", moment)
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    if moment == "started keep_key":
        assert "it is complete" in sentence
        assert kind_of(world) is LoginKind.OWN_KEY
        world.remove("wtg-01")
    else:
        assert "has been undone" in sentence
    assert world.leftovers() == []
    assert changed(before, device) == []
    assert world.service.recover(report=ignore, token=CancelToken()) == []


@pytest.mark.parametrize("moment", ["started uninstall", *_mostly_full(["finished verify", "started forget"])])
def test_killed_while_removing(world: World, device: Device, lab: Lab, before: Snapshot, moment: str) -> None:
    world.enrol(own_key_request(device, "ask"))
    killed(world, lab, device, "remove", moment)
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "has been finished" in sentence
    assert world.leftovers() == []
    assert changed(before, device) == []


def test_the_last_answer_of_a_removal_is_lost(world: World, device: Device, before: Snapshot) -> None:
    """The key is out already, and with it the way in: that is what was wanted."""
    world.enrol(own_key_request(device, "ask"))

    def report(event: Event) -> None:
        if isinstance(event, LogLine) and "own key" in event.text:
            device.exec(["rm", "-rf", "/home/ask/.ssh"])
            device.exec(["pkill", "-u", "ask", "sshd"])

    world.service.remove("wtg-01", report=report, token=CancelToken())
    assert world.leftovers() == []
    assert changed(before, device) == []


@pytest.mark.parametrize("moment", _mostly_full([*_NEW_MOMENTS, "finished log_in"]))
def test_killed_while_renewing(world: World, device: Device, lab: Lab, before: Snapshot, moment: str) -> None:
    world.enrol(own_key_request(device, "ask"))
    killed(world, lab, device, "renew key", moment)
    (sentence,) = world.service.recover(report=ignore, token=CancelToken())
    assert "has one that works" in sentence
    assert len(our_lines(device, "ask")) == 1
    assert world.inventory.endpoint("wtg-01").standby_credential_id is None
    assert len(world.login_secrets) == 2
    world.service.check("wtg-01", report=ignore, token=CancelToken())
    world.remove("wtg-01")
    assert world.leftovers() == []
    assert changed(before, device) == []


def test_killed_while_a_renewal_is_taken_back(world: World, device: Device, before: Snapshot) -> None:
    """Its line is out already: a key that had proved itself is not taken for the one to come."""

    class Killed(BaseException):
        pass

    class Store(FileSecretStore):
        def delete(self, name: str) -> None:
            super().delete(name)
            if taken_back:
                raise Killed

    taken_back: list[bool] = []
    token = CancelToken()

    def report(event: Event) -> None:
        if moment_of(event) == f"finished {KeyStep.TRY_KEY}":
            token.cancel()
            taken_back.append(True)

    world.enrol(own_key_request(device, "ask"))
    lines = our_lines(device, "ask")
    store = Store(world.folder / "secrets.json")
    service = EnrolmentService(world.inventory, store, world.kit, world.targets, world.fleet)
    with pytest.raises(Killed):
        service.renew_key("wtg-01", None, report=report, token=token)
    device.exec(["sed", "-i", "$d", FILE.format("ask")])
    assert our_lines(device, "ask") == lines
    world.service.recover(report=ignore, token=CancelToken())
    world.service.check("wtg-01", report=ignore, token=CancelToken())
    assert our_lines(device, "ask") == lines
    world.remove("wtg-01")
    assert changed(before, device) == []


@pytest.mark.parametrize("moment", [f"started {KeyStep.TRY_KEY}", *_mostly_full([f"finished {KeyStep.TRY_KEY}"])])
def test_cancelled_while_renewing(world: World, device: Device, before: Snapshot, moment: str) -> None:
    world.enrol(own_key_request(device, "ask"))
    lines, token = our_lines(device, "ask"), CancelToken()
    with pytest.raises(Cancelled):
        world.service.renew_key("wtg-01", None, report=cancelling(token, moment), token=token)
    assert our_lines(device, "ask") == lines
    assert world.inventory.endpoint("wtg-01").lifecycle is Lifecycle.MONITORED
    world.remove("wtg-01")
    assert changed(before, device) == []


def cancelling(token: CancelToken, moment: str) -> Report:
    def report(event: Event) -> None:
        if moment == moment_of(event):
            token.cancel()

    return report


def moment_of(event: Event) -> str:
    kinds = {StepStarted: "started", StepFinished: "finished"}
    return f"{kinds[type(event)]} {event.step}" if isinstance(event, (StepStarted, StepFinished)) else ""


def killed(world: World, lab: Lab, device: Device, action: str, moment: str) -> None:
    run_until_killed(world, lab, device, action, moment, user="ask", own_key=True)
