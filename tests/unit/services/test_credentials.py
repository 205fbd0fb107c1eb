"""Logins that many share: changed in one place, whole or not at all, and told without a secret."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import InputError, InventoryError, NotFoundError, SecretStoreError
from app.models.activity import Result
from app.models.endpoint import EndpointDraft, HostKey, Jump, Login, LoginKind
from app.models.secret import Secret
from app.paths import DataPaths
from app.services.credentials import CredentialService, LoginLostError, sweep
from app.services.inventory import Inventory
from tests.unit.fakes import MemorySecretStore

HOST_KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX")
SECRET, SUDO, NEW = Secret("canary-secret"), Secret("canary-sudo"), Secret("canary-new")
OLD_LOGIN = Login("canary-user", LoginKind.PASSWORD, secret=SECRET, sudo_password=SUDO)
NEW_LOGIN = Login("canary-ops", LoginKind.KEY_FILE, key_file="/canary/key", secret=NEW)


class FickleStore(MemorySecretStore):
    """Locks after `room` more writes, if that is set; deleting counts as one."""

    def __init__(self) -> None:
        super().__init__()
        self.room: int | None = None

    def put(self, name: str, value: Secret) -> None:
        self._use()
        super().put(name, value)

    def delete(self, name: str) -> None:
        self._use()
        super().delete(name)

    def _use(self) -> None:
        if self.room is not None:
            self.room -= 1
            if self.room < 0:
                raise SecretStoreError(reason="it is locked.", what_to_do="Unlock it.")


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path)) as opened:
        yield opened


@pytest.fixture
def secrets() -> FickleStore:
    return FickleStore()


@pytest.fixture
def service(inventory: Inventory, secrets: FickleStore) -> CredentialService:
    return CredentialService(inventory, secrets)


def two_sharing(service: CredentialService, inventory: Inventory) -> int:
    """Two endpoints, the second also behind a jump host, all by one profile."""
    shared = service.add("Plant", OLD_LOGIN)
    inventory.add(EndpointDraft("wtg-01", "10.0.0.1"), credential_id=shared.id)
    second = inventory.add(EndpointDraft("wtg-02", "10.0.0.2"), credential_id=shared.id)
    inventory.set_jumps(second.id, (Jump("10.0.0.9", 22, HOST_KEY, shared.id),))
    return shared.id


def as_it_was(service: CredentialService, inventory: Inventory, number: int) -> bool:
    login = service.login("Plant")
    return (
        (login.user, login.secret, login.sudo_password) == (OLD_LOGIN.user, SECRET, SUDO)
        and {endpoint.credential_id for endpoint in inventory.endpoints()} == {number}
        and [usage.credential.id for usage in service.profiles()] == [number]
    )


def test_a_profile_is_asked_once_and_read_by_its_name(
    service: CredentialService, inventory: Inventory, secrets: FickleStore
) -> None:
    number = two_sharing(service, inventory)
    assert secrets.names() == [f"credential/{number}", f"credential/{number}/sudo"]
    login = service.login("plant")
    assert (login.secret, login.sudo_password, login.credential_id) == (SECRET, SUDO, number)
    (usage,) = service.profiles()
    assert (usage.devices, usage.jumps, usage.endpoints) == (("wtg-01", "wtg-02"), ("wtg-02",), ("wtg-01", "wtg-02"))
    with pytest.raises(InputError, match="Plant is the name"):
        service.add("PLANT", NEW_LOGIN)
    with pytest.raises(InputError, match="A name is needed"):
        service.add(" ", NEW_LOGIN)
    assert inventory.credentials(spare=True) == []


def test_changed_in_one_place_for_all(service: CredentialService, inventory: Inventory, secrets: FickleStore) -> None:
    changed = service.change(two_sharing(service, inventory), NEW_LOGIN)
    assert (changed.name, changed.user, changed.key_file) == ("Plant", "canary-ops", "/canary/key")
    assert service.usage(changed.id).endpoints == ("wtg-01", "wtg-02")
    # Of the old one nothing is left, the password for sudo neither.
    assert secrets.names() == [f"credential/{changed.id}"]
    assert secrets.get(changed.secret_name) == NEW
    assert inventory.credentials(spare=True) == []


def test_one_endpoint_leaves_the_others_alone(
    service: CredentialService, inventory: Inventory, secrets: FickleStore
) -> None:
    number = two_sharing(service, inventory)
    own = service.separate("wtg-01", number, NEW_LOGIN)
    assert service.usage(own.id).endpoints == ("wtg-01",)
    assert service.usage(number).endpoints == ("wtg-02",)
    assert service.login("Plant").secret == SECRET
    assert secrets.get(own.secret_name) == NEW
    again = service.separate("wtg-01", own.id, OLD_LOGIN)
    assert secrets.get(own.secret_name) is None
    with pytest.raises(InputError, match="wtg-02 does not log in by it"):
        service.separate("wtg-02", again.id, NEW_LOGIN)
    assert inventory.credentials(spare=True) == []
    assert inventory.activities()[1].detail == "password; its own"


@pytest.mark.parametrize("room", [0, 1])
def test_a_keyring_that_locks_meanwhile_changes_nothing(
    service: CredentialService, inventory: Inventory, secrets: FickleStore, room: int
) -> None:
    number = two_sharing(service, inventory)
    secrets.room = room
    with pytest.raises(SecretStoreError):
        service.change(number, Login("other", LoginKind.PASSWORD, secret=NEW, sudo_password=SUDO))
    secrets.room = None
    assert as_it_was(service, inventory, number)
    assert inventory.activities()[0].result is Result.FAILED
    sweep(inventory, secrets)  # what the next start does
    assert secrets.names() == [f"credential/{number}", f"credential/{number}/sudo"]
    assert inventory.credentials(spare=True) == []


def test_a_database_that_fails_changes_nothing(
    service: CredentialService, inventory: Inventory, secrets: FickleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = two_sharing(service, inventory)

    def refuse(_number: int, _successor: int) -> None:
        raise InventoryError(reason="the disk is full.", what_to_do="")

    monkeypatch.setattr(inventory, "replace_credential", refuse)
    with pytest.raises(InventoryError):
        service.change(number, NEW_LOGIN)
    assert as_it_was(service, inventory, number)
    assert secrets.names() == [f"credential/{number}", f"credential/{number}/sudo"]


@pytest.mark.parametrize("after_the_swap", [False, True])
def test_a_process_that_is_killed_meanwhile(
    service: CredentialService,
    inventory: Inventory,
    secrets: FickleStore,
    monkeypatch: pytest.MonkeyPatch,
    after_the_swap: bool,
) -> None:
    """Nothing that runs after the kill tidies up: the old login holds, or the new one does, and the next start does the rest."""
    number = two_sharing(service, inventory)
    swap = inventory.replace_credential

    class Killed(BaseException):
        pass

    def killed(old: int, new: int) -> None:
        if after_the_swap:
            swap(old, new)
        raise Killed

    monkeypatch.setattr(inventory, "replace_credential", killed)
    monkeypatch.setattr(service, "_discard", lambda _credential: None)
    with pytest.raises(Killed):
        service.change(number, NEW_LOGIN)
    assert len(inventory.credentials(spare=True)) == 1
    if after_the_swap:
        assert service.login("Plant").secret == NEW
    else:
        assert as_it_was(service, inventory, number)
    sweep(inventory, secrets)
    kept = service.login("Plant")
    expected = [f"credential/{kept.credential_id}"] + ([] if after_the_swap else [f"credential/{number}/sudo"])
    assert secrets.names() == expected
    assert inventory.credentials(spare=True) == []


def test_what_another_operator_left_is_left_to_that_one(
    inventory: Inventory, secrets: FickleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a shared inventory: the secrets are in the other one's keyring, and would stay there without their record."""
    ours, theirs = (inventory.add_credential(user, LoginKind.PASSWORD, spare=True) for user in ("us", "them"))
    secrets.put(ours.secret_name, SECRET)
    monkeypatch.setattr(Inventory, "is_shared", True)
    sweep(inventory, secrets)
    assert inventory.credentials(spare=True) == [theirs]
    assert secrets.names() == []


def test_an_interruption_after_the_change_loses_nothing(
    service: CredentialService, inventory: Inventory, secrets: FickleStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = two_sharing(service, inventory)
    swap = inventory.replace_credential

    def interrupted(old: int, new: int) -> None:
        swap(old, new)
        raise KeyboardInterrupt

    monkeypatch.setattr(inventory, "replace_credential", interrupted)
    with pytest.raises(KeyboardInterrupt):
        service.change(number, NEW_LOGIN)
    assert service.login("Plant").secret == NEW


def test_a_used_profile_stays_and_an_unused_one_goes(
    service: CredentialService, inventory: Inventory, secrets: FickleStore
) -> None:
    two_sharing(service, inventory)
    with pytest.raises(InputError, match="The endpoints wtg-01, wtg-02 still use it"):
        service.remove("plant")
    for endpoint in inventory.endpoints():
        inventory.remove(endpoint.id)
    assert [usage.endpoints for usage in service.profiles()] == [()]
    service.remove("plant")
    assert service.profiles() == []
    assert secrets.names() == []
    with pytest.raises(NotFoundError):
        service.remove("plant")


def test_an_own_login_becomes_a_profile_and_others_share_it(
    service: CredentialService, inventory: Inventory, secrets: FickleStore
) -> None:
    for at, name in enumerate(("wtg-01", "wtg-02"), 1):
        credential = inventory.add_credential("canary-user", LoginKind.PASSWORD)
        secrets.put(credential.secret_name, SECRET)
        inventory.add(EndpointDraft(name, f"10.0.0.{at}"), credential_id=credential.id)
    own = inventory.endpoint("wtg-01").credential_id or 0
    assert service.usage(own).credential.name == ""
    service.name(own, "Plant")
    shared = service.use("wtg-02", "plant")
    assert shared.credential_id == own
    # The login that nobody needs any more is gone.
    assert secrets.names() == [f"credential/{own}"]
    assert [credential.id for credential in inventory.credentials()] == [own]
    service.name(own, "Farm")
    assert [(line.action, line.subject, line.detail) for line in inventory.activities(3)] == [
        ("rename login", "Plant", "Plant → Farm"),
        ("use login", "wtg-02", "Plant"),
        ("rename login", "wtg-01", "wtg-01 → Plant"),
    ]


def test_a_secret_that_was_deleted_elsewhere_is_told(
    service: CredentialService, inventory: Inventory, secrets: FickleStore
) -> None:
    number = two_sharing(service, inventory)
    secrets.delete(f"credential/{number}")
    with pytest.raises(LoginLostError, match="no password for the login Plant"):
        service.login("Plant")


def test_the_log_tells_of_changes_and_of_no_secret_user_or_file(
    service: CredentialService, inventory: Inventory
) -> None:
    changed = service.change(two_sharing(service, inventory), NEW_LOGIN)
    with pytest.raises(InputError):
        service.remove("Plant")
    lines = inventory.activities()
    assert [(line.action, line.subject, line.result, line.detail) for line in lines] == [
        ("remove login", "Plant", Result.FAILED, "Credential: The endpoints wtg-01, wtg-02 still use it."),
        ("change login", "Plant", Result.DONE, "key file; for wtg-01, wtg-02"),
        ("add login", "Plant", Result.DONE, "password"),
    ]
    assert "canary" not in f"{lines}"
    assert NEW.reveal() not in f"{service.login('Plant')!r} {changed!r} {service.profiles()!r}"
