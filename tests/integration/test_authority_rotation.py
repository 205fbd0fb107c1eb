"""Certificates, and then the authority, are changed while a real Prometheus scrapes every second: nothing of it is seen in `up`."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from app.models.stack import ServiceName
from app.services.enrolment import EnrolmentService, RotateStep, failures
from app.services.kit import Kit
from app.services.metrics.fleet import FleetService
from app.services.pki import AuthorityService
from app.services.progress import CancelToken, ignore
from tests.integration.enrolments import Events, kit_folder, request_for
from tests.integration.prober import Prober
from tests.integration.stacks import Stack
from tests.lab import Device, Lab

#: Between two looks at any of the devices.
_PROBING_SECONDS = 0.05


@pytest.fixture(scope="module")
def stack(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("rotation"), lab.docker_host, lab.engine)
    try:
        made.deploy()
        yield made
    finally:
        made.dispose()


@pytest.fixture
def service(lab: Lab, stack: Stack) -> EnrolmentService:
    fleet = FleetService(stack.service.access, stack.inventory.endpoints, scrape_interval=lambda: 1.0)
    return EnrolmentService(stack.inventory, stack.secrets, Kit(kit_folder(lab)), stack.service, fleet)


class Fleet:
    """Enrolled devices, and what Prometheus has seen of them."""

    def __init__(self, stack: Stack, service: EnrolmentService, devices: dict[str, Device]) -> None:
        self.stack = stack
        self.service = service
        self.devices = devices
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(self._enrol, devices))

    def _enrol(self, name: str) -> None:
        self.service.enrol(request_for(self.devices[name], name), report=ignore, token=CancelToken())

    def value(self, promql: str) -> dict[str, float]:
        answer = self.stack.get(ServiceName.PROMETHEUS, f"/api/v1/query?query={promql}")
        return {each["metric"]["instance"]: float(each["value"][1]) for each in answer["data"]["result"]}

    def seen_since(self, begun: float) -> None:
        """Every scrape went well, and none is missing. Raises AssertionError."""
        seconds = int(time.time() - begun)
        over = f'(up{{job="node"}}[{seconds}s])'
        assert self.value(f"min_over_time{over}") == dict.fromkeys(self.devices, 1.0)
        counts = self.value(f"count_over_time{over}")
        assert set(counts) == set(self.devices)
        assert min(counts.values()) >= seconds - 1, (seconds, counts)

    def certificates(self) -> set[tuple[str, tuple[str, ...]]]:
        """Who signed, and who is trusted."""
        made = [endpoint.certificate for endpoint in self.stack.inventory.endpoints()]
        return {(each.authority, each.trusts) for each in made if each is not None}

    def remove(self) -> None:
        for endpoint in self.stack.inventory.endpoints():
            self.service.remove(endpoint.name, forget_only=True, report=ignore, token=CancelToken())


def rotate_everything(fleet: Fleet) -> None:
    authorities = AuthorityService(fleet.stack.inventory, fleet.stack.secrets)
    old = authorities.current()
    begun = time.time()
    with ExitStack() as probing:
        # Four handshakes a round: all of them together must leave the processors to what is asked about.
        probers = [
            probing.enter_context(Prober(device.address).asking(_PROBING_SECONDS * len(fleet.devices)))
            for device in fleet.devices.values()
        ]
        for name in fleet.devices:
            fleet.service.renew(name, report=ignore, token=CancelToken())
        events = Events([])
        fleet.service.rotate_authority(fleet.stack.service, report=events.report, token=CancelToken())
    new = authorities.current()
    assert events.started == [step.value for step in RotateStep]
    assert fleet.certificates() == {(new.fingerprint, (new.fingerprint,))}
    assert [each.fingerprint for each in authorities.trusted()] == [new.fingerprint] != [old.fingerprint]
    assert not any(old.fingerprint[:32] in name for name in fleet.stack.secrets.all())
    fleet.seen_since(begun)
    assert [prober.let_in for prober in probers] == [[]] * len(probers)


# Scraped once a second with a time limit of a second: other tests beside it make scrapes late.
@pytest.mark.full
@pytest.mark.alone
def test_no_scrape_fails_while_everything_is_rotated(stack: Stack, service: EnrolmentService, lab: Lab) -> None:
    devices = {f"wtg-{number:02}": lab.new_device() for number in range(1, 4)}
    fleet = Fleet(stack, service, devices)
    try:
        rotate_everything(fleet)
        begun = time.time()
        cut_off_and_gone_on_with(fleet)
        fleet.seen_since(begun)
    finally:
        fleet.remove()
        for device in devices.values():
            device.remove()


def cut_off_and_gone_on_with(fleet: Fleet) -> None:
    """A device that is away in the middle holds the rotation up, and loses nothing."""
    authorities = AuthorityService(fleet.stack.inventory, fleet.stack.secrets)
    away = next(iter(fleet.devices.values()))
    away.exec(["systemctl", "stop", "ssh.socket", "ssh.service"])
    with pytest.raises(failures.RotationIncompleteError) as caught:
        fleet.service.rotate_authority(fleet.stack.service, report=ignore, token=CancelToken())
    assert caught.value.message.startswith("1 of 3 endpoints")
    assert len(authorities.trusted()) == 2
    away.exec(["systemctl", "start", "ssh.service"])
    fleet.service.rotate_authority(fleet.stack.service, report=ignore, token=CancelToken())
    assert fleet.certificates() == {(authorities.current().fingerprint, (authorities.current().fingerprint,))}


@pytest.mark.full
@pytest.mark.alone
@pytest.mark.timeout(1200)
def test_twenty_endpoints(stack: Stack, service: EnrolmentService, lab: Lab) -> None:
    devices = {f"wtg-{number:02}": lab.new_device() for number in range(1, 21)}
    fleet = Fleet(stack, service, devices)
    try:
        rotate_everything(fleet)
    finally:
        fleet.remove()
        for device in devices.values():
            device.remove()
