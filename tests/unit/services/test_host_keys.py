"""known_hosts out of the inventory and into it, on a real inventory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import InputError
from app.models.endpoint import EndpointDraft, HostKey
from app.models.known_hosts import hashed, read_known_hosts
from app.models.stack import TargetGroup
from app.paths import DataPaths
from app.services.endpoints import EndpointService
from app.services.host_keys import HostKeyConflictError, compare_host_keys, export_host_keys, import_host_keys
from app.services.inventory import Inventory
from tests.unit.models.test_known_hosts import ECDSA, KEY

OTHER = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJNEuryflYItT8MORZDw+Q8w7OpOGjQcsbawBiXk/zjc")


class NoTargets:
    def write_targets(self, groups: list[TargetGroup]) -> None:
        raise AssertionError("a host key is no target")


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path)) as made:
        made.add(EndpointDraft("WTG 01", "10.20.0.11"), host_key=KEY)
        made.add(EndpointDraft("wtg-02", "10.20.0.12", 2222), host_key=KEY)
        made.add(EndpointDraft("wtg-03", "fe80::3"))
        yield made


@pytest.fixture
def service(inventory: Inventory) -> EndpointService:
    return EndpointService(inventory, NoTargets())


def keys(inventory: Inventory) -> list[HostKey | None]:
    return [endpoint.host_key for endpoint in inventory.endpoints()]


def test_export_is_what_ssh_reads(inventory: Inventory) -> None:
    text = export_host_keys(inventory.endpoints())
    assert text == f"10.20.0.11 {KEY} WTG 01\n[10.20.0.12]:2222 {KEY} wtg-02\n"
    assert export_host_keys([]) == ""


@pytest.mark.parametrize("hash_names", [False, True])
def test_what_was_exported_says_what_is_known(inventory: Inventory, hash_names: bool) -> None:
    text = export_host_keys(inventory.endpoints(), hash_names=hash_names)
    assert ("10.20.0" in text or "wtg" in text.lower()) is not hash_names
    assert len(read_known_hosts(text)) == 2
    findings = compare_host_keys(inventory.endpoints(), text)
    assert [endpoint.name for endpoint in findings.same] == ["WTG 01", "wtg-02"]
    assert (findings.new, findings.conflicts) == ((), ())


def test_a_device_without_a_key_gets_the_files_best(inventory: Inventory, service: EndpointService) -> None:
    text = f"fe80::3 {ECDSA}\nfe80:0::3 {OTHER}\n10.99.0.1 {OTHER}\n@cert-authority * {KEY}\n"
    findings = import_host_keys(service, inventory.endpoints(), text)
    assert [(endpoint.name, key) for endpoint, key in findings.new] == [("wtg-03", OTHER)]
    assert keys(inventory) == [KEY, KEY, OTHER]
    (entry,) = inventory.activities()
    assert entry.detail == f"host key: – → {OTHER.fingerprint}"


def test_a_contradiction_changes_nothing_at_all(inventory: Inventory, service: EndpointService) -> None:
    text = f"fe80::3 {OTHER}\n{hashed('[10.20.0.12]:2222')} {OTHER}\n"
    with pytest.raises(HostKeyConflictError) as caught:
        import_host_keys(service, inventory.endpoints(), text)
    assert "of 1 endpoint." in caught.value.message
    assert caught.value.evidence == (
        f"wtg-02 (10.20.0.12:2222): known {KEY.fingerprint}, in the file {OTHER.fingerprint}"
    )
    assert keys(inventory) == [KEY, KEY, None]
    assert inventory.activities() == []


def test_only_an_explicit_wish_replaces(inventory: Inventory, service: EndpointService) -> None:
    text = f"10.20.0.* {OTHER}\n[10.20.0.12]:2222 {OTHER}\n"
    findings = import_host_keys(service, inventory.endpoints(), text, replace=True)
    assert len(findings.conflicts) == 2
    assert keys(inventory) == [OTHER, OTHER, None]
    assert [entry.detail for entry in inventory.activities()] == [
        f"host key: {KEY.fingerprint} → {OTHER.fingerprint}"
    ] * 2


def test_another_type_of_key_says_nothing(inventory: Inventory) -> None:
    findings = compare_host_keys(inventory.endpoints(), f"10.20.0.11 {ECDSA}\n")
    assert (findings.new, findings.same, findings.conflicts) == ((), (), ())


@pytest.mark.parametrize("replace", [False, True])
def test_a_revoked_key_is_told_and_never_trusted(inventory: Inventory, service: EndpointService, replace: bool) -> None:
    text = f"10.20.0.11 {KEY}\n@revoked * {KEY}\nfe80::3 {KEY}\n"
    with pytest.raises(HostKeyConflictError, match="2 endpoints") as caught:
        import_host_keys(service, inventory.endpoints(), text, replace=replace)
    assert "it is revoked" in caught.value.evidence
    assert keys(inventory) == [KEY, KEY, None]


def test_a_damaged_file_changes_nothing(inventory: Inventory, service: EndpointService) -> None:
    with pytest.raises(InputError, match="Line 2"):
        import_host_keys(service, inventory.endpoints(), f"fe80::3 {KEY}\nfe80::3 ssh-ed25519 AAAAx\n")
    assert keys(inventory) == [KEY, KEY, None]
