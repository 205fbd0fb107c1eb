"""A stack of a test's own on the lab's engine: its project, ports, inventory and passwords are nobody else's."""

import json
import shutil
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docker

from app.models.secret import Secret
from app.models.stack import DockerHost, ServiceAccess, ServiceName, StackOptions, StackStatus
from app.paths import DataPaths, stack_file
from app.services.inventory import Inventory
from app.services.progress import CancelToken, Event, LogLine, Report, StepStarted, ignore
from app.services.stack import DeployStep, StackService
from app.services.stack.probe import ask
from app.settings import Settings
from tests.integration.monitoring import free_port

PROJECT_LABEL = "com.docker.compose.project"


class FileSecretStore:
    """A `SecretStore` in a file, so that the process that takes over from a killed one has the same passwords. Tests only."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def get(self, name: str) -> Secret | None:
        value = self.all().get(name)
        return None if value is None else Secret(value)

    def put(self, name: str, value: Secret) -> None:
        with self._lock:
            self._write({**self.all(), name: value.reveal()})

    def delete(self, name: str) -> None:
        with self._lock:
            self._write({key: value for key, value in self.all().items() if key != name})

    def all(self) -> dict[str, str]:
        """Everything stored."""
        if not self._file.exists():
            return {}
        stored: dict[str, str] = json.loads(self._file.read_text())
        return stored

    def of_the_stack(self) -> dict[str, str]:
        """What belongs to a stack; the certificate authority is the installation's, made once and kept."""
        return {name: value for name, value in self.all().items() if not name.startswith("authority/")}

    def _write(self, stored: dict[str, str]) -> None:
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(stored))
        fresh.replace(self._file)


class Stack:
    """A `StackService` with everything around it. `dispose` removes whatever it left on the engine."""

    def __init__(self, folder: Path, host: str, client: docker.DockerClient, definition: Path | None = None) -> None:
        self.client = client
        self.definition = definition or copied_definition(folder)
        self.project = f"test-{uuid.uuid4().hex[:8]}"
        self.settings = Settings(
            docker_host=DockerHost(url=host),
            stack=StackOptions(
                project=self.project,
                prometheus_port=free_port(),
                alertmanager_port=free_port(),
                grafana_port=free_port(),
                scrape_interval_seconds=1,
            ),
        )
        self.secrets = FileSecretStore(folder / "secrets.json")
        self.inventory = Inventory.open(DataPaths(folder))
        self.service = StackService(lambda: self.settings, self.secrets, self.inventory, definition=self.definition)
        self.events: list[Event] = []

    def deploy(self, *, report: Report | None = None, token: CancelToken | None = None) -> StackStatus:
        def record(event: Event) -> None:
            self.events.append(event)
            if report is not None:
                report(event)

        return self.service.deploy(report=record, token=token or CancelToken())

    def down(self, *, keep_data: bool = True) -> None:
        self.service.down(keep_data=keep_data, report=ignore, token=CancelToken())

    def choose(self, **options: Any) -> None:
        """Change the stack's options."""
        self.settings = replace(self.settings, stack=replace(self.settings.stack, **options))

    def use_host(self, url: str) -> None:
        self.settings = replace(self.settings, docker_host=DockerHost(url=url))

    def get(self, service: ServiceName, path: str) -> Any:
        """The JSON document at `path` of a service."""
        answer = ask(self.service.access(service), "GET", path)
        assert answer.ok, answer
        return answer.document

    def container(self, service: str) -> Any:
        return self.client.containers.get(f"{self.project}-{service}-1")

    def ids(self) -> dict[str, str]:
        """The containers' ids and start times: equal before and after means that nothing was touched."""
        return {str(item.name): f"{item.id} {item.attrs['State']['StartedAt']}" for item in self.containers()}

    def containers(self) -> list[Any]:
        return list(self.client.containers.list(all=True, filters={"label": f"{PROJECT_LABEL}={self.project}"}))

    def remains(self) -> dict[str, list[str]]:
        """Names of what there is of the project on the engine."""
        return {
            "containers": sorted(item.name for item in self.containers()),
            "networks": sorted(
                str(item.name)
                for item in self.client.networks.list(filters={"label": f"{PROJECT_LABEL}={self.project}"})
            ),
            "volumes": sorted(
                item.name for item in self.client.volumes.list(filters={"label": f"{PROJECT_LABEL}={self.project}"})
            ),
        }

    def dispose(self) -> None:
        self.service.close()
        self.inventory.close()
        for container in self.containers():
            container.remove(force=True, v=True)
        for network in self.client.networks.list(filters={"label": f"{PROJECT_LABEL}={self.project}"}):
            network.remove()
        for volume in self.client.volumes.list(filters={"label": f"{PROJECT_LABEL}={self.project}"}):
            volume.remove()


def copied_definition(folder: Path) -> Path:
    """The shipped files of the stack under `folder`, to be changed by a test. Prometheus scrapes itself every second: deploying is sooner done."""
    copy = folder / "stack"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(stack_file(), copy)
    template = copy / "prometheus" / "prometheus.yml"
    template.write_text(template.read_text().replace("scrape_interval: 5s", "scrape_interval: 1s"))
    return copy


NOTHING: dict[str, list[str]] = {"containers": [], "networks": [], "volumes": []}


def at(step: DeployStep, subject: str, action: Callable[[], object]) -> Report:
    """A report that calls `action` when `step` begins on `subject`."""

    def report(event: Event) -> None:
        if event == StepStarted(step, subject):
            action()

    return report


def lines(events: list[Event]) -> str:
    """What the events say to the operator, as one text."""
    return "\n".join(event.text if isinstance(event, LogLine) else repr(event) for event in events)


def access_of(stack: Stack, service: ServiceName, *, password: str) -> ServiceAccess:
    """The access to a service with another password."""
    return replace(stack.service.access(service), password=Secret(password))
