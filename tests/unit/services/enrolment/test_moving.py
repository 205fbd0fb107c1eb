"""A device at another address, by another way: the record and the logins change together, or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.errors import AppError, DuplicateError, SecretStoreError, StackError
from app.models.endpoint import Endpoint, EndpointDraft, Login, LoginKind
from app.models.secret import Secret
from app.models.stack import TargetGroup
from app.paths import DataPaths
from app.services.endpoints import draft_of, moved_to
from app.services.enrolment import EnrolmentService, Hop
from app.services.enrolment.moving import MOVE, MovingRun
from app.services.inventory import Inventory
from app.services.kit import Kit
from app.services.progress import CancelToken, ignore
from tests.contracts.inventory import pretend_dead
from tests.contracts.records import HOST_KEY
from tests.unit.fakes import MemorySecretStore
from tests.unit.services.enrolment.test_forgetting import Nobody


class Targets:
    """Keeps what was written last; refuses on request."""

    def __init__(self) -> None:
        self.written: list[TargetGroup] = []
        self.refuses = False

    def write_targets(self, groups: list[TargetGroup]) -> None:
        if self.refuses:
            raise StackError(reason="The stack is not deployed.", what_to_do="Deploy it.")
        self.written = groups


@dataclass
class Place:
    inventory: Inventory
    folder: Path
    secrets: MemorySecretStore = field(default_factory=MemorySecretStore)
    targets: Targets = field(default_factory=Targets)

    @property
    def service(self) -> EnrolmentService:
        nobody = Nobody()
        return EnrolmentService(self.inventory, self.secrets, Kit(self.folder), self.targets, nobody, connect=nobody)

    @property
    def endpoint(self) -> Endpoint:
        return self.inventory.endpoint("wtg-01")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An endpoint behind one jump host."""
    with Inventory.open(DataPaths.locate(tmp_path)) as inventory:
        made = Place(inventory, tmp_path / "kit")
        endpoint = inventory.add(EndpointDraft("wtg-01", "10.20.0.11", site="Thanet"), host_key=HOST_KEY)
        made.service._parts.keep_login(endpoint.id, Login("iiot", LoginKind.PASSWORD, secret=Secret("device")))
        made.service._parts.keep_hops(endpoint.id, (hop("10.0.0.1"),))
        yield made


def hop(address: str) -> Hop:
    return Hop(address, 22, HOST_KEY, Login("ops", LoginKind.PASSWORD, secret=Secret(f"secret of {address}")))


def there(place: Place) -> EndpointDraft:
    return moved_to(place.endpoint, EndpointDraft("as typed", "192.168.7.9", 2222, site="elsewhere"))


def test_the_new_way_takes_the_place_of_the_old_one(place: Place) -> None:
    before = place.endpoint
    moved = place.service.move("wtg-01", there(place), (hop("10.0.0.2"), hop("10.0.0.3")))
    assert (moved.ssh_target, moved.site, moved.host_key) == ("192.168.7.9:2222", "Thanet", HOST_KEY)
    assert [jump.target for jump in moved.jumps] == ["10.0.0.2:22", "10.0.0.3:22"]
    assert moved.credential_id == before.credential_id  # it is the same device
    kept = {place.secrets.get(name) for name in place.secrets.names()}
    assert kept == {Secret("device"), Secret("secret of 10.0.0.2"), Secret("secret of 10.0.0.3")}
    assert [group.target for group in place.targets.written] == ["192.168.7.9:9100"]
    line = place.inventory.activities()[0]
    assert line.detail == "address: 10.20.0.11:22 → 192.168.7.9:2222; through: 10.0.0.1:22 → 10.0.0.2:22, 10.0.0.3:22"
    assert HOST_KEY.fingerprint in line.fingerprints
    assert place.inventory.interrupted_operations() == []


def test_without_a_jump_host_from_now_on(place: Place) -> None:
    moved = place.service.move("wtg-01", draft_of(place.endpoint), ())
    assert moved.jumps == ()
    assert place.secrets.names() == ["credential/1"]


def test_a_login_that_another_endpoint_has_too_stays(place: Place) -> None:
    other = place.inventory.add(EndpointDraft("wtg-02", "10.20.0.12"))
    place.inventory.set_jumps(other.id, place.endpoint.jumps)
    place.service.move("wtg-01", there(place), (hop("10.0.0.2"),))
    assert "credential/2" in place.secrets.names()
    assert place.inventory.credential(2).user == "ops"


@pytest.mark.parametrize("cause", ["targets", "address", "keyring"])
def test_what_fails_leaves_all_as_it_was(place: Place, cause: str) -> None:
    before, names, draft = place.endpoint, place.secrets.names(), there(place)
    expected: type[AppError] = StackError
    match cause:
        case "targets":
            place.targets.refuses = True
        case "address":
            place.inventory.add(EndpointDraft("wtg-02", draft.address, draft.port))
            expected = DuplicateError
        case _:
            place.secrets = Refusing(place.secrets)
            expected = SecretStoreError
    with pytest.raises(expected):
        place.service.move("wtg-01", draft, (hop("10.0.0.2"),))
    assert replace(place.endpoint, changed_at=before.changed_at) == before
    assert place.secrets.names() == names
    assert len({each.credential_id for each in place.endpoint.jumps}) == 1


class Refusing(MemorySecretStore):
    """Takes nothing new."""

    def __init__(self, store: MemorySecretStore) -> None:
        super().__init__()
        for name in store.names():
            if value := store.get(name):
                super().put(name, value)

    def put(self, name: str, value: Secret) -> None:
        raise SecretStoreError(reason="it is full.", what_to_do="Make room.")


def test_what_a_killed_process_left_is_forgotten(place: Place) -> None:
    before = place.endpoint
    parts = place.service._parts
    run = MovingRun(parts, parts.inventory.begin_operation(MOVE, before.id))
    run._involve(*(jump.credential_id for jump in before.jumps))
    run._kept(hop("10.0.0.2"))
    assert len(place.secrets.names()) == 3
    pretend_dead(place.inventory._database)
    (sentence,) = place.service.recover(report=ignore, token=CancelToken())
    assert "it is known at 10.20.0.11:22" in sentence
    assert place.endpoint == before
    assert place.secrets.names() == ["credential/1", "credential/2"]
    assert place.inventory.interrupted_operations() == []
