"""An enrolment service on real devices, an inventory of its own, and small stand-ins for Prometheus and its target file."""

import hashlib
import json
import os
import shutil
import socket
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from app.errors import HostError
from app.models.endpoint import EndpointDraft, HostKey, Login, LoginKind
from app.models.metrics import EndpointHealth, Health
from app.models.secret import Secret
from app.models.stack import TargetGroup
from app.paths import DataPaths
from app.services.enrolment import EnrolmentRequest, EnrolmentService
from app.services.enrolment.parts import FleetProbe
from app.services.enrolment.shell import Connector
from app.services.enrolment.ssh_stream import http_body
from app.services.enrolment.tls import TlsStream
from app.services.inventory import Inventory
from app.services.kit import Kit
from app.services.pki import AuthorityService
from app.services.progress import CancelToken, Event, LogLine, StepFinished, StepStarted, ignore
from app.services.secrets import SecretStore
from tests.integration.stacks import FileSecretStore
from tests.lab import Device, Lab, Snapshot
from tests.lab.device_image import PASSWORDS


class FileTargets:
    """A `TargetWriter` into a file, so that it outlives a killed process. `refuse` makes it fail as an engine that is away does."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.refuse = False

    def write_targets(self, groups: list[TargetGroup]) -> None:
        if self.refuse:
            raise HostError(host="lab", reason="cannot be reached.", what_to_do="")
        self._file.write_text(json.dumps([[group.target, dict(group.labels)] for group in groups]))

    def all(self) -> list[str]:
        """The targets written last."""
        return [target for target, _ in json.loads(self._file.read_text())] if self._file.exists() else []


class DirectProbe:
    """A `FleetProbe` that asks the exporter itself, from outside of the device as Prometheus does. `answer` overrides what it says."""

    def __init__(self, inventory: Inventory, secrets: SecretStore) -> None:
        self._inventory = inventory
        self._secrets = secrets
        self.answer: EndpointHealth | None = None

    def scrape(self, endpoint_name: str) -> bytes:
        """The metrics, as Prometheus gets them. Raises OSError."""
        endpoint = self._inventory.endpoint(endpoint_name)
        fingerprint = endpoint.certificate.fingerprint if endpoint.certificate else ""
        identity = AuthorityService(self._inventory, self._secrets).own_identity()
        with socket.create_connection((endpoint.scrape_host, endpoint.exporter_port), timeout=5) as connected:
            stream = TlsStream(connected, identity, fingerprint)
            return http_body(stream, "/metrics", timeout=5, limit=1 << 24)

    def wait_until_up(
        self, endpoint_name: str, *, since: datetime, timeout: float, token: CancelToken
    ) -> EndpointHealth:
        token.check()
        if self.answer:
            return self.answer
        try:
            self.scrape(endpoint_name)
        except OSError as error:
            return EndpointHealth(Health.DOWN, datetime.now(UTC), since, str(error))
        return EndpointHealth(Health.UP, datetime.now(UTC), since)


@dataclass(frozen=True)
class Events:
    """What a run reported."""

    all: list[Event]

    def report(self, event: Event) -> None:
        self.all.append(event)

    @property
    def started(self) -> list[str]:
        return [event.step.value for event in self.all if isinstance(event, StepStarted)]

    @property
    def details(self) -> dict[str, str]:
        return {event.step.value: event.detail for event in self.all if isinstance(event, StepFinished)}

    @property
    def seconds(self) -> dict[str, float]:
        return {event.step.value: event.seconds for event in self.all if isinstance(event, StepFinished)}

    @property
    def log(self) -> list[str]:
        return [event.text for event in self.all if isinstance(event, LogLine)]


@cache
def kit_folder(lab: Lab) -> Path:
    """The lab's kit, fetched once a machine and version, shared by the workers."""
    document = lab.document
    folder = Path(tempfile.gettempdir(), f"plantwatch-test-kit-{os.getuid()}")
    Kit(folder).fetch(
        document["kit_url"], document["kit_version"], ["amd64", "arm64"], report=ignore, token=CancelToken()
    )
    return folder


class World:
    """Everything an enrolment needs, in `folder`. A second World of the same folder is the application started again."""

    def __init__(self, folder: Path, kit: Path) -> None:
        self.folder = folder
        self.paths = DataPaths.locate(folder / "data")
        self.inventory = Inventory.open(self.paths)
        self.secrets = FileSecretStore(folder / "secrets.json")
        self.targets = FileTargets(folder / "targets.json")
        self.fleet = DirectProbe(self.inventory, self.secrets)
        self.kit = Kit(kit)
        self.service = self.service_with()

    def service_with(self, *, fleet: FleetProbe | None = None, connect: Connector | None = None) -> EnrolmentService:
        """The service, with another part in place of the usual one."""
        return EnrolmentService(
            self.inventory, self.secrets, self.kit, self.targets, fleet or self.fleet, connect=connect
        )

    @property
    def login_secrets(self) -> dict[str, str]:
        """What the keyring holds of logins. The authority is the installation's, made at its first enrolment."""
        return {name: value for name, value in self.secrets.all().items() if not name.startswith("authority/")}

    def close(self) -> None:
        self.inventory.close()

    def enrol(self, request: EnrolmentRequest) -> Events:
        """Enrol and say what was reported."""
        events = Events([])
        self.service.enrol(request, report=events.report, token=CancelToken())
        return events

    def remove(self, name: str) -> Events:
        """Remove and say what was reported."""
        events = Events([])
        self.service.remove(name, report=events.report, token=CancelToken())
        return events

    def leftovers(self) -> list[str]:
        """What is here that an enrolment undone, or an endpoint removed, must not leave."""
        found = [f"endpoint {endpoint.name} ({endpoint.lifecycle})" for endpoint in self.inventory.endpoints()]
        found += [f"target {target}" for target in self.targets.all()]
        found += [f"secret {name}" for name in self.login_secrets]
        found += [f"operation {operation.kind}" for operation in self.inventory.interrupted_operations()]
        return found


def login(user: str = "iiot", password: str = "") -> Login:
    """One of the device's accounts, by password."""
    return Login(user, LoginKind.PASSWORD, secret=Secret(password or PASSWORDS[user]))


def request_for(
    device: Device, name: str = "wtg-01", *, way_in: Login | None = None, port: int = 9100
) -> EnrolmentRequest:
    """Enrol `device` as `name`."""
    draft = EndpointDraft(name, device.address, device.port, site="Thanet", exporter_port=port)
    return EnrolmentRequest(draft, way_in or login(), HostKey.parse(device.host_key))


def changed(before: Snapshot, device: Device) -> list[str]:
    """How the device differs from what it was; empty when it does not."""
    return before.difference(device.snapshot())


def other_build(world: World, folder: Path) -> World:
    """The same world with a kit that holds another build of a later version."""
    kit = next(build for build in world.kit.builds() if build.architecture == "amd64")
    place = folder / "99.0.0" / "amd64"
    shutil.copytree(kit.path.parent, place)
    write_build(place, kit.path.read_bytes() + b"\n")
    return World(world.folder, folder)


def write_build(place: Path, content: bytes) -> None:
    """A build of the kit with this binary."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "node_exporter").write_bytes(content)
    (place / "build.json").write_text(
        json.dumps({"sha256": hashlib.sha256(content).hexdigest(), "size": len(content), "archive_sha256": ""})
    )
