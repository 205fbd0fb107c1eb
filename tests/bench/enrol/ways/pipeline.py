"""The product's own enrolment, check or removal of every device of a site: `python -m … FILE enrol|check|remove`.

All of it is real but two things: the keyring (a file of the benchmark, read once) and the Docker engine that carries the target file to
Prometheus (it is written straight to where Prometheus reads it).
"""

import json
import sys
import threading
from pathlib import Path
from typing import Any

from app.models.bulk import BulkAction, EnrolOrder, ItemState
from app.models.endpoint import EndpointDraft, HostKey
from app.models.secret import Secret
from app.models.stack import ServiceAccess, ServiceName, TargetGroup
from app.paths import DataPaths
from app.services.bulk.events import BulkEvent, ItemChanged
from app.services.bulk.service import BulkService
from app.services.credentials import CredentialService
from app.services.enrolment import EnrolmentService
from app.services.inventory import Inventory
from app.services.kit import Kit
from app.services.metrics.fleet import FleetService
from app.services.progress import CancelToken

PROFILE = "site"
SCRAPE_SECONDS = 15


class Keyring:
    """A `SecretStore` in memory, kept in a file between runs."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._secrets: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}

    def get(self, name: str) -> Secret | None:
        found = self._secrets.get(name)
        return None if found is None else Secret(found)

    def put(self, name: str, value: Secret) -> None:
        with self._lock:
            self._secrets[name] = value.reveal()

    def delete(self, name: str) -> None:
        with self._lock:
            self._secrets.pop(name, None)

    def save(self) -> None:
        """Into the file."""
        self._file.write_text(json.dumps(self._secrets))


class TargetFile:
    """A `TargetWriter` where Prometheus looks."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def write_targets(self, groups: list[TargetGroup]) -> None:
        document = [{"targets": [group.target], "labels": dict(group.labels)} for group in groups]
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(document))
        fresh.replace(self._file)


def main() -> int:
    """Ends with the number of devices on which it failed."""
    site: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text())
    action = BulkAction(sys.argv[2])
    data = Path(site["data"])
    keyring = Keyring(data / "keyring.json")
    with Inventory.open(DataPaths.locate(data)) as inventory:
        logins = CredentialService(inventory, keyring)

        def access(_service: ServiceName) -> ServiceAccess:
            return ServiceAccess(site["prometheus"], "", Secret(""))

        fleet = FleetService(access, inventory.endpoints, scrape_interval=lambda: SCRAPE_SECONDS)
        targets = TargetFile(Path(site["targets"]))
        enrolment = EnrolmentService(inventory, keyring, Kit(Path(site["kit"])), targets, fleet)
        bulk = BulkService(inventory, enrolment, logins)
        if action is BulkAction.ENROL:
            run = bulk.enrol([_order(device) for device in site["devices"]])
        else:
            run = bulk.act(action, [device["name"] for device in site["devices"]])
        token = CancelToken()
        ended = bulk.runner(run.id, _report, token=token).execute(token)
        keyring.save()
        return min(ended.total - ended.count(ItemState.DONE), 100)


def _order(device: dict[str, Any]) -> EnrolOrder:
    draft = EndpointDraft(
        device["name"], device["address"], site="Bench", tags=("loopback",), exporter_port=device["exporter_port"]
    )
    return EnrolOrder(draft, PROFILE, host_key=HostKey.parse(device["host_key"]))


def _report(event: BulkEvent) -> None:
    if isinstance(event, ItemChanged) and event.item.failure is not None:
        failure = event.item.failure
        print(f"{event.item.subject}: {failure.message} {failure.evidence}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
