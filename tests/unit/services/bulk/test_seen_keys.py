"""A key that a scan saw is no reason to trust it: a person still compares, and another key than the seen one is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from app.models.bulk import EnrolOrder, ItemState
from app.models.endpoint import EndpointDraft, HostKey, Login, LoginKind
from app.models.secret import Secret
from app.paths import DataPaths
from app.services.bulk.actions.tools import Enrolment
from app.services.bulk.service import BulkService
from app.services.inventory import Inventory
from app.services.progress import CancelToken

SEEN = HostKey("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIBlvgEJqwVefXc38YrDef3MUyFC0igQ+MXwPOZJvv5YA")
ANOTHER = HostKey("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIIr9rKBSWyNpMTJU2oPjZHnXJNXmUEXJpzxXZVqiT6+m")
OF_ANOTHER_KIND = HostKey("ssh-rsa", "AAAAB3NzaC1yc2EAAAADAQABAAAAgQ==")


class Device:
    """Shows a key. Whoever would log in on it fails the test."""

    def __init__(self, key: HostKey) -> None:
        self.key = key

    def host_key_at(self, _address: str, _port: int, _hops: object, _token: CancelToken) -> HostKey:
        return self.key


class Logins:
    def login(self, _profile: str) -> Login:
        return Login("iiot", LoginKind.PASSWORD, secret=Secret("x"))


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path)) as made:
        yield made


@pytest.mark.parametrize(
    ("shown", "kind"),
    [
        (SEEN, "HostKeyUnknownError"),
        (OF_ANOTHER_KIND, "HostKeyUnknownError"),
        (ANOTHER, "SeenKeyChangedError"),
    ],
)
def test_a_seen_key_is_never_trusted(inventory: Inventory, shown: HostKey, kind: str) -> None:
    bulk = BulkService(inventory, cast("Enrolment", Device(shown)), Logins())
    order = EnrolOrder(EndpointDraft("wtg-01", "10.20.0.11"), "Site", seen_key=SEEN)
    run = bulk.enrol([order])
    assert inventory.runs.items(run.id)[0].order == order
    ended = bulk.runner(run.id, lambda _event: None, token=CancelToken()).execute(CancelToken())
    assert ended.counts == {ItemState.FAILED: 1}
    (item,) = inventory.runs.items(run.id)
    assert item.failure is not None
    assert item.failure.kind == kind
    compared = [] if kind == "SeenKeyChangedError" else [shown]
    assert [key for _, key in bulk.unknown_keys(run.id)] == compared
