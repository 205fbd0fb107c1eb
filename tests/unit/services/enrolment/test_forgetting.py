"""Logins are kept whole or not at all, and nothing of one stays: neither in the keyring nor in the database's files."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from app.errors import NotFoundError, SecretStoreError
from app.models.endpoint import Endpoint, EndpointDraft, HostKey, Login, LoginKind
from app.models.metrics import EndpointHealth
from app.models.secret import Secret
from app.models.stack import TargetGroup
from app.paths import DataPaths
from app.services.credentials import CredentialService
from app.services.enrolment.jumps import Hop
from app.services.enrolment.own_key import adopt_standby, own_keys
from app.services.enrolment.parts import Parts
from app.services.enrolment.shell import Connection
from app.services.inventory import Inventory
from app.services.kit import Kit
from app.services.pki import AuthorityService
from app.services.progress import CancelToken
from tests.unit.fakes import MemorySecretStore

#: Each names what it is, and is nothing that a database holds anyway.
USER, KEY_FILE, SECRET, SUDO = b"canary-user", b"/canary/key-file", b"canary-secret", b"canary-sudo"
LOGIN = Login(USER.decode(), LoginKind.KEY_FILE, KEY_FILE.decode(), Secret(SECRET.decode()), Secret(SUDO.decode()))
HOST_KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX")


class LockedStore(MemorySecretStore):
    """Takes `room` secrets, and is locked then, for everything."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def put(self, name: str, value: Secret) -> None:
        self._room -= 1
        self._check()
        super().put(name, value)

    def delete(self, name: str) -> None:
        self._check()
        super().delete(name)

    def _check(self) -> None:
        if self._room < 0:
            raise SecretStoreError(reason="it is locked.", what_to_do="Unlock it.")


class Nobody:
    """No target, no device and no Prometheus is asked when a login is kept or forgotten."""

    def write_targets(self, groups: list[TargetGroup]) -> None:
        raise AssertionError(groups)

    def wait_until_up(
        self, endpoint_name: str, *, since: datetime, timeout: float, token: CancelToken
    ) -> EndpointHealth:
        raise AssertionError(endpoint_name)

    def __call__(self, address: str, port: int, *, expected: HostKey | None, token: CancelToken) -> Connection:
        raise AssertionError(address)


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path)) as made:
        yield made


def parts_of(inventory: Inventory, secrets: MemorySecretStore, folder: Path) -> Parts:
    authorities = AuthorityService(inventory, secrets)
    return Parts(inventory, authorities, secrets, Kit(folder), Nobody(), Nobody(), Nobody(), 1.0)


def kept(inventory: Inventory, parts: Parts, name: str = "wtg-01", address: str = "10.20.0.11") -> Endpoint:
    endpoint = inventory.add(EndpointDraft(name, address))
    parts.keep_login(endpoint.id, LOGIN)
    return inventory.endpoint_by_id(endpoint.id)


def traces(folder: Path) -> set[bytes]:
    """Which parts of the login are in a file below `folder`: database, write-ahead log, whatever there is."""
    contents = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert contents
    return {part for part in (USER, KEY_FILE, SECRET, SUDO) if any(part in content for content in contents)}


def test_nothing_of_a_login_stays(inventory: Inventory, tmp_path: Path) -> None:
    secrets = MemorySecretStore()
    parts = parts_of(inventory, secrets, tmp_path / "kit")
    endpoint = kept(inventory, parts)
    # The control: the search finds what is there, and what never may be there is not.
    assert traces(tmp_path) == {USER, KEY_FILE}
    assert secrets.names() == ["credential/1", "credential/1/sudo"]
    parts.forget(endpoint.id)
    # While the database is open: closing it would tidy up anyway.
    assert traces(tmp_path) == set()
    assert secrets.names() == []
    with pytest.raises(NotFoundError):
        inventory.credential(1)


def test_a_login_that_another_endpoint_has_stays_until_that_is_gone_too(inventory: Inventory, tmp_path: Path) -> None:
    secrets = MemorySecretStore()
    parts = parts_of(inventory, secrets, tmp_path / "kit")
    first = kept(inventory, parts)
    second = inventory.add(EndpointDraft("wtg-02", "10.20.0.12"), credential_id=first.credential_id)
    parts.forget(first.id)
    assert parts.login_of(second) == LOGIN
    parts.forget(second.id)
    assert secrets.names() == []
    assert traces(tmp_path) == set()


def test_a_profile_outlives_its_endpoints(inventory: Inventory, tmp_path: Path) -> None:
    secrets = MemorySecretStore()
    parts = parts_of(inventory, secrets, tmp_path / "kit")
    logins = CredentialService(inventory, secrets)
    logins.add("Plant", LOGIN)
    shared = logins.login("Plant")
    endpoint = inventory.add(EndpointDraft("wtg-01", "10.20.0.11"))
    parts.keep_login(endpoint.id, shared)
    parts.keep_hops(endpoint.id, (Hop("10.20.0.1", 22, HOST_KEY, shared),))
    (usage,) = logins.profiles()
    assert (usage.devices, usage.jumps) == (("wtg-01",), ("wtg-01",))
    kept = secrets.names()
    parts.forget(endpoint.id)
    assert secrets.names() == kept
    assert logins.login("Plant") == shared


def test_a_keyring_that_locks_before_the_first_secret_leaves_nothing_to_undo(
    inventory: Inventory, tmp_path: Path
) -> None:
    parts = parts_of(inventory, LockedStore(0), tmp_path / "kit")
    with pytest.raises(SecretStoreError):
        kept(inventory, parts)
    endpoint = inventory.endpoint("wtg-01")
    assert endpoint.credential_id is None
    parts.forget(endpoint.id)  # without the keyring
    assert inventory.endpoints() == []


def test_a_keyring_that_locks_between_two_secrets_keeps_their_name(inventory: Inventory, tmp_path: Path) -> None:
    """So that the one that is in it can be found and deleted, once it is unlocked."""
    secrets = LockedStore(1)
    parts = parts_of(inventory, secrets, tmp_path / "kit")
    with pytest.raises(SecretStoreError):
        kept(inventory, parts)
    endpoint = inventory.endpoint("wtg-01")
    assert inventory.credential(endpoint.credential_id or 0).secret_name in secrets.names()
    with pytest.raises(SecretStoreError):
        parts.forget(endpoint.id)
    assert inventory.endpoint("wtg-01") == endpoint


def test_the_keyring_is_asked_before_it_is_needed(inventory: Inventory, tmp_path: Path) -> None:
    class Locked(MemorySecretStore):
        def get(self, name: str) -> Secret | None:
            raise SecretStoreError(reason="it is locked.", what_to_do="Unlock it.")

    with pytest.raises(SecretStoreError):
        parts_of(inventory, Locked(), tmp_path / "kit").check_keyring()
    parts_of(inventory, MemorySecretStore(), tmp_path / "kit").check_keyring()


OWN_KEY = Login(
    "canary-user", LoginKind.OWN_KEY, secret=Secret("canary-own-key"), sudo_password=Secret("canary-sudo-2")
)


def test_of_a_login_that_took_anothers_place_only_one_stays(inventory: Inventory, tmp_path: Path) -> None:
    secrets = MemorySecretStore()
    parts = parts_of(inventory, secrets, tmp_path)
    endpoint = kept(inventory, parts)
    former = endpoint.credential_id
    standby = inventory.add_standby_credential(endpoint.id, "canary-user", LoginKind.OWN_KEY)
    parts.keep_standby(standby, OWN_KEY)
    assert parts.login_of(endpoint) == LOGIN
    adopt_standby(parts, endpoint.id)
    adopt_standby(parts, endpoint.id)  # what is done stays so
    assert parts.login_of(inventory.endpoint_by_id(endpoint.id)) == OWN_KEY
    for _ in range(2):
        parts.drop_standby(endpoint.id)
        assert secrets.names() == [standby.secret_name, f"{standby.secret_name}/sudo"]
    with pytest.raises(NotFoundError):
        inventory.credential(former or 0)


def test_a_former_login_that_another_endpoint_has_too_stays(inventory: Inventory, tmp_path: Path) -> None:
    secrets = MemorySecretStore()
    parts = parts_of(inventory, secrets, tmp_path)
    endpoint, other = kept(inventory, parts), inventory.add(EndpointDraft("wtg-02", "10.20.0.12"))
    inventory.set_credential(other.id, endpoint.credential_id)
    standby = inventory.add_standby_credential(endpoint.id, "canary-user", LoginKind.OWN_KEY)
    parts.keep_standby(standby, OWN_KEY)
    adopt_standby(parts, endpoint.id)
    parts.drop_standby(endpoint.id)
    assert parts.login_of(inventory.endpoint_by_id(other.id)) == LOGIN
    assert inventory.endpoint_by_id(endpoint.id).standby_credential_id is None


def test_a_key_that_was_never_kept_leaves_no_trace(inventory: Inventory, tmp_path: Path) -> None:
    secrets = MemorySecretStore()
    parts = parts_of(inventory, secrets, tmp_path)
    endpoint = kept(inventory, parts)
    inventory.add_standby_credential(endpoint.id, "canary-user", LoginKind.OWN_KEY)
    assert len(own_keys(parts, endpoint.id)) == 1
    parts.forget(endpoint.id)
    assert secrets.names() == []
    assert traces(tmp_path) == set()
