from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.errors import DuplicateError, InputError, NotFoundError, StackError
from app.models.activity import Result
from app.models.device import DeviceChange, Facts
from app.models.endpoint import EndpointDraft, HostKey, Jump, LoginKind
from app.models.stack import TargetGroup
from app.paths import DataPaths
from app.services.endpoints import EndpointService, draft_of, write_current_targets
from app.services.inventory import Inventory


class Targets:
    """Keeps what was written last; refuses on request."""

    def __init__(self) -> None:
        self.written: list[list[TargetGroup]] = []
        self.refuses = False

    def write_targets(self, groups: list[TargetGroup]) -> None:
        if self.refuses:
            raise StackError(reason="The stack is not deployed.", what_to_do="Deploy it.")
        self.written.append(groups)


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    opened = Inventory.open(DataPaths(tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def targets() -> Targets:
    return Targets()


@pytest.fixture
def service(inventory: Inventory, targets: Targets) -> EndpointService:
    return EndpointService(inventory, targets)


DRAFT = EndpointDraft(name="wtg-01", address="10.0.0.1", site="Thanet", tags=("a",), notes="old")


def test_a_new_site_reaches_prometheus_and_the_activity_log(
    service: EndpointService, inventory: Inventory, targets: Targets
) -> None:
    endpoint = inventory.add(DRAFT)
    changed = service.change(endpoint.id, replace(DRAFT, site="Barrow"))
    assert changed.site == "Barrow"
    assert targets.written == [[TargetGroup("10.0.0.1:9100", {"instance": "wtg-01", "site": "Barrow", "tags": ",a,"})]]
    line = inventory.activities()[0]
    assert (line.action, line.subject, line.result) == ("change", "wtg-01", Result.DONE)
    assert line.detail == "site: Thanet → Barrow"


def test_notes_leave_prometheus_alone_and_are_not_quoted_in_the_log(
    service: EndpointService, inventory: Inventory, targets: Targets
) -> None:
    endpoint = inventory.add(DRAFT)
    service.change(endpoint.id, replace(DRAFT, notes="the new gearbox"))
    assert targets.written == []
    assert inventory.activities()[0].detail == "notes"


def test_the_record_stays_as_it_was_when_the_targets_cannot_be_written(
    service: EndpointService, inventory: Inventory, targets: Targets
) -> None:
    endpoint = inventory.add(DRAFT)
    targets.refuses = True
    with pytest.raises(StackError):
        service.change(endpoint.id, replace(DRAFT, name="wtg-02", site="Barrow"))
    assert draft_of(inventory.endpoint("wtg-01")) == DRAFT
    assert inventory.activities()[0].result is Result.FAILED


def test_the_exporter_port_of_an_enrolled_endpoint_is_not_changed_behind_its_back(
    service: EndpointService, inventory: Inventory
) -> None:
    endpoint = inventory.add(DRAFT)
    with pytest.raises(InputError, match="listens on port 9100") as caught:
        service.change(endpoint.id, replace(DRAFT, exporter_port=9101))
    assert caught.value.field == "exporter_port"
    with pytest.raises(InputError, match="listens on all addresses") as caught:
        service.change(endpoint.id, replace(DRAFT, listen_address="10.0.0.1"))
    assert caught.value.field == "listen_address"


def test_a_taken_name_names_who_has_it(service: EndpointService, inventory: Inventory) -> None:
    endpoint = inventory.add(DRAFT)
    inventory.add(EndpointDraft(name="Substation", address="10.0.0.2"))
    with pytest.raises(DuplicateError) as caught:
        service.change(endpoint.id, replace(DRAFT, name="substation"))
    assert (caught.value.field, caught.value.other) == ("name", "Substation")


def test_a_new_host_key_is_trusted_and_both_are_written_down(service: EndpointService, inventory: Inventory) -> None:
    old = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOPjuGIlQJ0oXf8IeRQaRCxdDvLy0OEi6W7N4wU6VRT2")
    new = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIoMjYLd2tvlyhnnsE2r2Xg5GxF3yf8oKQmSDE3IKsmz")
    endpoint = inventory.add(DRAFT, host_key=old)
    assert service.replace_host_key(endpoint.id, new).host_key == new
    assert inventory.activities()[0].detail == f"host key: {old.fingerprint} → {new.fingerprint}"


def test_another_machine_is_accepted_when_it_was_seen(service: EndpointService, inventory: Inventory) -> None:
    endpoint = inventory.add(DRAFT)
    inventory.set_facts(endpoint.id, Facts(machine_id="a" * 64))
    with pytest.raises(InputError, match="No other device was seen"):
        service.accept_device(endpoint.id)
    inventory.set_device_change(endpoint.id, DeviceChange(datetime.now(UTC), fingerprint="SHA256:abc"))
    with pytest.raises(InputError, match="another host key"):
        service.accept_device(endpoint.id)

    inventory.set_device_change(endpoint.id, DeviceChange(datetime.now(UTC), machine_id="b" * 64))
    accepted = service.accept_device(endpoint.id)
    assert (accepted.facts, accepted.device_change) == (Facts(machine_id="b" * 64), None)
    assert inventory.activities()[0].detail == f"hashed machine-id: {'a' * 64} → {'b' * 64}"


def test_what_another_wrote_meanwhile_is_not_written_over(inventory: Inventory) -> None:
    """The other reads, changes and writes between our reading and our writing."""
    inventory.add(DRAFT)
    file: list[str] = []

    def write(groups: list[TargetGroup]) -> None:
        if len(inventory.endpoints()) == 1:
            inventory.add(EndpointDraft(name="wtg-02", address="10.0.0.2"))
            file[:] = [group.target for group in inventory.targets()]
        file[:] = [group.target for group in groups]

    write_current_targets(inventory, write)
    assert file == ["10.0.0.1:9100", "10.0.0.2:9100"]


def test_targets_of_an_inventory_that_never_rests_end_with_its_last_writer(inventory: Inventory) -> None:
    written = 0

    def write(_groups: list[TargetGroup]) -> None:
        nonlocal written
        written += 1
        inventory.add(EndpointDraft(name=f"wtg-{written}", address=f"10.0.1.{written}"))

    write_current_targets(inventory, write)
    assert written == 20


def test_a_jump_host_s_new_key_is_in_the_activity_log_with_the_old_one(
    service: EndpointService, inventory: Inventory
) -> None:
    old, new = (HostKey("ssh-ed25519", blob) for blob in ("b2xk", "bmV3"))
    credential = inventory.add_credential("tech", LoginKind.AGENT)
    jump = Jump("10.9.0.1", 22, old, credential.id)
    for number in (1, 2):
        endpoint = inventory.add(replace(DRAFT, name=f"wtg-{number:02}", address=f"10.0.0.{number}"))
        inventory.set_jumps(endpoint.id, (jump,))
    assert [each.name for each in service.behind(jump)] == ["wtg-01", "wtg-02"]
    assert [each.name for each in service.replace_jump_key(jump, new)] == ["wtg-01", "wtg-02"]
    assert {each.jumps[0].host_key for each in inventory.endpoints()} == {new}
    (line,) = inventory.activities()
    assert (line.subject, line.fingerprints) == ("10.9.0.1:22", f"host key {new.fingerprint}")
    assert line.detail.endswith(f"{old.fingerprint} → {new.fingerprint}, on the way to wtg-01, wtg-02")
    with pytest.raises(NotFoundError, match=r"10\.9\.0\.1:22"):
        service.replace_jump_key(jump, new)  # the key that is replaced is not known any more
