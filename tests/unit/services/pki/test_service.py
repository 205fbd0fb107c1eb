from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.models.endpoint import EndpointDraft
from app.models.secret import NO_SECRET
from app.paths import DataPaths
from app.services.inventory import Inventory
from app.services.pki import AuthorityService, issuing
from app.services.pki.service import AuthorityKeyError, RequestRefusedError
from tests.unit.fakes import MemorySecretStore

DRAFT = EndpointDraft("Turbine 07", "10.0.0.7", scrape_address="198.51.100.7")


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths(tmp_path)) as inventory:
        yield inventory


@pytest.fixture
def secrets() -> MemorySecretStore:
    return MemorySecretStore()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(inventory: Inventory, secrets: MemorySecretStore, clock: Clock) -> AuthorityService:
    return AuthorityService(inventory, secrets, clock)


def test_there_is_one_authority_from_the_first_call_on(service: AuthorityService, inventory: Inventory) -> None:
    assert service.current() == service.current()
    assert [each.is_current for each in inventory.authorities()] == [True]


def test_who_comes_second_takes_the_firsts_and_leaves_no_key(
    service: AuthorityService, inventory: Inventory, secrets: MemorySecretStore
) -> None:
    first = service.current()
    held = secrets.names()
    late = AuthorityService(inventory, secrets)._make(replacing="")
    assert late == first
    assert secrets.names() == held


def test_a_certificate_names_every_address_and_what_it_trusts(service: AuthorityService) -> None:
    issued = service.issue_server(DRAFT, "10.0.0.7:22")
    authority = service.current()
    assert issued.certificate.names == ("198.51.100.7", "10.0.0.7")
    assert issued.certificate.authority == authority.fingerprint
    assert issued.certificate.trusts == (authority.fingerprint,)
    assert issued.certificate.covers("10.0.0.7")
    assert not issued.certificate.covers("10.0.0.8")
    assert issued.trusted == authority.certificate
    assert issued.key.reveal().startswith("-----BEGIN PRIVATE KEY-----")


def test_a_key_of_the_device_is_not_made_here(service: AuthorityService) -> None:
    with pytest.raises(RequestRefusedError) as refused:
        service.issue_server(DRAFT, "10.0.0.7:22", request="nonsense")
    assert refused.value.message == "10.0.0.7:22 asked for a certificate with a request that cannot be signed."


def test_no_key_shows_in_a_repr(service: AuthorityService) -> None:
    issued, identity = service.issue_server(DRAFT, "x"), service.prometheus_identity()
    assert "PRIVATE" not in f"{issued!r}{identity!r}{service.current()!r}"


def test_prometheus_keeps_its_certificate_until_it_nears_its_end(service: AuthorityService, clock: Clock) -> None:
    first = service.prometheus_identity()
    assert service.prometheus_identity().certificate == first.certificate
    clock.now += timedelta(days=issuing.LEAF_DAYS - 50)
    later = service.prometheus_identity()
    assert later.certificate != first.certificate
    assert later.key != first.key


def test_our_own_look_leaves_nothing_behind(service: AuthorityService, secrets: MemorySecretStore) -> None:
    service.current()
    held = secrets.names()
    own = service.own_identity()
    assert issuing.load(own.certificate).not_valid_after_utc < datetime.now(UTC) + timedelta(hours=2)
    assert secrets.names() == held


def test_while_it_rotates_both_are_trusted_and_prometheus_keeps_what_all_know(service: AuthorityService) -> None:
    old, shown = service.current(), service.prometheus_identity()
    new = service.begin_rotation()
    assert new != old
    issued = service.issue_server(DRAFT, "x")
    assert issued.certificate.authority == new.fingerprint
    assert issued.certificate.trusts == (old.fingerprint, new.fingerprint)
    assert service.prometheus_identity().certificate == shown.certificate
    assert service.trusted_pem() == old.certificate + new.certificate


def test_a_retired_authority_is_gone_with_its_keys(service: AuthorityService, secrets: MemorySecretStore) -> None:
    service.prometheus_identity()
    old = service.current()
    new = service.begin_rotation()
    service.retire(service.trusted()[0])
    assert [each.fingerprint for each in service.trusted()] == [new.fingerprint]
    assert not any(old.fingerprint[:32] in name for name in secrets.names())
    assert issuing.load(service.prometheus_identity().certificate).issuer == issuing.load(new.certificate).subject
    with pytest.raises(ValueError, match="current"):
        service.retire(new)


def test_a_keyring_without_the_key_says_whose_it_is(service: AuthorityService, secrets: MemorySecretStore) -> None:
    secrets.delete(service.current().secret_name)
    with pytest.raises(AuthorityKeyError) as missing:
        service.issue_server(DRAFT, "x")
    assert "does not hold the key of the certificate authority" in missing.value.message


def test_a_lost_authority_that_nobody_relies_on_is_replaced(
    service: AuthorityService, inventory: Inventory, secrets: MemorySecretStore
) -> None:
    service.prometheus_identity()
    lost = service.current()
    for name in secrets.names():
        secrets.delete(name)
    assert service.prometheus_identity().key
    assert (
        [each.fingerprint for each in inventory.authorities()] == [service.current().fingerprint] != [lost.fingerprint]
    )


def test_a_lost_authority_that_an_exporter_relies_on_is_not(
    service: AuthorityService, inventory: Inventory, secrets: MemorySecretStore
) -> None:
    inventory.set_certificate(inventory.add(DRAFT).id, service.issue_server(DRAFT, "x").certificate)
    secrets.delete(service.current().secret_name)
    with pytest.raises(AuthorityKeyError):
        service.prometheus_identity()
    assert not service.can_sign()


def test_a_certificate_and_the_key_of_another_are_not_shown(
    service: AuthorityService, secrets: MemorySecretStore
) -> None:
    first = service.prometheus_identity()
    secrets.put(service.current().client_secret_name, issuing.new_key())
    assert service.known_identity().key == NO_SECRET
    again = service.prometheus_identity()
    assert again.certificate != first.certificate
    assert issuing.belong_together(again.certificate, again.key)
