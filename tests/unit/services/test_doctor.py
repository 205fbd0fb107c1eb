from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import HostError, SecretStoreError
from app.models.secret import Secret
from app.models.stack import ServiceName, ServiceState, ServiceStatus, StackStatus
from app.paths import DataPaths
from app.services.doctor import Finding, Verdict, examine
from app.services.inventory import Inventory
from app.services.kit import Kit
from app.services.secrets import SecretStore
from tests.unit.fakes import MemorySecretStore


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    opened = Inventory.open(DataPaths(tmp_path))
    yield opened
    opened.close()


def status(*services: ServiceStatus) -> StackStatus:
    return StackStatus("local engine", "plantwatch", "Docker 28.0", services)


def look(tmp_path: Path, inventory: Inventory, secrets: SecretStore, found: StackStatus) -> dict[str, Finding]:
    findings = examine(DataPaths(tmp_path), inventory, secrets, Kit(tmp_path / "kit"), lambda: found)
    return {finding.subject: finding for finding in findings}


def test_a_fresh_installation_says_what_is_next(tmp_path: Path, inventory: Inventory) -> None:
    secrets = MemorySecretStore()
    missing = ServiceStatus(ServiceName.PROMETHEUS, ServiceState.MISSING)
    found = look(tmp_path, inventory, secrets, status(missing))
    assert found["Keyring"].verdict is Verdict.GOOD
    assert found["Docker host"].text == "local engine: Docker 28.0"
    assert "stack deploy" in found["Stack"].hint
    assert "kit fetch" in found["Exporter builds"].hint
    assert secrets.get("doctor/probe") is None


def test_a_sick_service_is_bad_and_shows_its_evidence(tmp_path: Path, inventory: Inventory) -> None:
    sick = ServiceStatus(ServiceName.GRAFANA, ServiceState.UNHEALTHY, evidence="answers 502")
    found = look(tmp_path, inventory, MemorySecretStore(), status(sick))["Grafana"]
    assert (found.verdict, found.text) == (Verdict.BAD, "unhealthy · answers 502")


class Locked(MemorySecretStore):
    def put(self, name: str, value: Secret) -> None:
        raise SecretStoreError(reason="it is locked.", what_to_do="Unlock it.")


def test_what_cannot_be_used_is_a_finding_not_an_error(tmp_path: Path, inventory: Inventory) -> None:
    def away() -> StackStatus:
        raise HostError(host="plant-srv", reason="does not answer.", what_to_do="Start Docker there.")

    found = examine(DataPaths(tmp_path), inventory, Locked(), Kit(tmp_path / "kit"), away)
    bad = {finding.subject: finding.hint for finding in found if finding.verdict is Verdict.BAD}
    assert bad == {"Keyring": "Unlock it.", "Docker host": "Start Docker there."}
