"""What the stack needs of a Docker engine. Every method raises HostError or StackError, never a library's exception.

Only containers, networks and volumes with the labels of the project are touched: `observe` refuses when a foreign one has a name that the stack
needs, and nothing is removed but what `observe` or a `create_*` of this class returned.
"""

import io
import tarfile
import threading
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import requests
from docker.errors import APIError, ImageNotFound, NotFound
from docker.types import LogConfig

from app.errors import StackError
from app.services.stack.compose import Definition, ServiceDefinition
from app.services.stack.configuration import STAMP
from app.services.stack.failures import foreign, image_missing, not_deployed, working
from app.services.stack.hosts import Location, connect
from app.services.stack.names import (
    DEFINITION,
    PROJECT,
    SERVICE,
    container_name,
    is_ours,
    network_name,
    volume_name,
)
from app.services.stack.plan import Actual, ActualContainer, definition_hash

_ARCHIVE_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A port of the host that a running container holds."""

    container: str
    address: str
    port: int


@dataclass(frozen=True, slots=True)
class ContainerState:
    """`state` as in ActualContainer; `restarts` since it was created; `started_at` as the engine writes it; `ports` by container port."""

    state: str
    restarts: int
    started_at: str
    exit_code: int
    image: str
    ports: Mapping[int, tuple[str, int]]


class Engine:
    """A connection to one Docker host. Safe to use from several threads. `close` it."""

    def __init__(self, location: Location) -> None:
        self.location = location
        self.label = location.label
        self._client = connect(location)
        self._api = self._client.api
        # The SDK hands out what a streamed answer says, not the answer, which has to be closed when it is not read to its end.
        self._streamed = threading.local()
        self._api.hooks["response"].append(self._note_streamed)

    def close(self) -> None:
        self._client.close()

    @property
    def is_alive(self) -> bool:
        """Whether the connection can still be used: an SSH connection ends when the network changes."""
        transport = self._ssh_transport()
        return transport is None or bool(transport.is_active())

    def open_channel(self, address: str, port: int) -> Any:
        """A byte stream to `address`:`port` as seen from an ssh:// host. Raises what the SSH library raises."""
        transport = self._ssh_transport()
        if transport is None:
            raise OSError("the engine is not reached by SSH")
        return transport.open_channel("direct-tcpip", (address, port), ("127.0.0.1", 0), timeout=10)

    def description(self) -> str:
        """ "Docker 28.0.1 on Debian GNU/Linux 12 (bookworm), x86_64"."""
        with working(self.label):
            info = self._client.info()
        return f"Docker {info['ServerVersion']} on {info['OperatingSystem']}, {info['Architecture']}"

    # -- looking ---------------------------------------------------------------------------------------------------------------------

    def observe(self, project: str, definition: Definition) -> Actual:
        """What is there of the stack `project`. Raises StackError when a name that it needs is taken by something foreign."""
        with working(self.label):
            images = {
                service.image: image_id
                for service in definition.services
                if (image_id := self._image_id(service.image))
            }
            networks = self._ours(
                "network",
                {item["Name"]: item.get("Labels") for item in self._api.networks()},
                {network_name(project, key): key for key in definition.networks},
                project,
            )
            volumes = self._ours(
                "volume",
                {item["Name"]: item.get("Labels") for item in self._api.volumes()["Volumes"] or []},
                {volume_name(project, key): key for key in definition.volumes},
                project,
            )
            return Actual(images, networks, volumes, self._containers(project, definition))

    def published_ports(self) -> list[PublishedPort]:
        """The ports of the host that running containers hold, whoever owns them."""
        with working(self.label):
            return [
                PublishedPort(item["Names"][0].lstrip("/"), port.get("IP", ""), port["PublicPort"])
                for item in self._api.containers()
                for port in item.get("Ports") or []
                if "PublicPort" in port
            ]

    def container_state(self, project: str, service: str) -> ContainerState | None:
        """How the container of this service is; None if there is none of ours."""
        with working(self.label):
            try:
                found = self._api.inspect_container(container_name(project, service))
            except NotFound:
                return None
        if not is_ours(found["Config"]["Labels"], project):
            return None
        state = found["State"]
        return ContainerState(
            state=state["Status"],
            restarts=found.get("RestartCount", 0),
            started_at=state["StartedAt"],
            exit_code=state["ExitCode"],
            image=found["Config"]["Image"],
            ports={
                int(inner.partition("/")[0]): (bindings[0]["HostIp"], int(bindings[0]["HostPort"]))
                for inner, bindings in (found["HostConfig"]["PortBindings"] or {}).items()
                if bindings
            },
        )

    def logs(self, project: str, service: str, tail: int) -> str:
        """The last lines that the service wrote. StackError when it has no container."""
        with working(self.label):
            try:
                raw: bytes = self._api.logs(container_name(project, service), tail=tail, timestamps=False)
            except NotFound:
                raise not_deployed(service) from None
        return raw.decode(errors="replace")

    def read(self, project: str, service: str, path: str) -> dict[str, bytes]:
        """The regular files at `path` in the service's container, by their path below the last part of `path`. Empty when there is none."""
        with working(self.label):
            return self._read(container_name(project, service), path)

    # -- changing --------------------------------------------------------------------------------------------------------------------

    def pull(self, image: str) -> Generator[dict[str, Any], None, None]:
        """Fetches an image; yields the engine's progress messages. Raises StackError when it cannot be had.

        The engine stops fetching when the iterator is closed.
        """
        repository, _, tag = image.rpartition(":")
        try:
            with working(self.label):
                messages = self._api.pull(repository, tag=tag, stream=True, decode=True)
                with closing(self._streamed.answer):
                    for message in messages:
                        if "error" in message:
                            raise image_missing(image, str(message["error"]))
                        yield message
        except StackError as error:
            raise image_missing(image, error.evidence) from error

    def _note_streamed(self, answer: requests.Response, **options: Any) -> None:
        if options.get("stream"):
            self._streamed.answer = answer

    def create_network(self, project: str, key: str, labels: Mapping[str, str]) -> None:
        with working(self.label):
            self._api.create_network(
                network_name(project, key),
                driver="bridge",
                check_duplicate=True,
                labels={**labels, PROJECT: project, "com.docker.compose.network": key},
            )

    def create_volume(self, project: str, key: str, labels: Mapping[str, str]) -> None:
        with working(self.label):
            self._api.create_volume(
                volume_name(project, key), labels={**labels, PROJECT: project, "com.docker.compose.volume": key}
            )

    def create_container(self, project: str, service: ServiceDefinition) -> None:
        """Makes the container of a service, not started. Its network and volumes exist."""
        name, api = container_name(project, service.name), self._api
        digest = definition_hash(service)
        with working(self.label):
            api.create_container(
                service.image,
                name=name,
                command=list(service.command) or None,
                user=service.user,
                environment=dict(service.environment),
                ports=[port.container for port in service.ports],
                labels={
                    **service.labels,
                    PROJECT: project,
                    SERVICE: service.name,
                    "com.docker.compose.container-number": "1",
                    "com.docker.compose.oneoff": "False",
                    "com.docker.compose.config-hash": digest,
                    DEFINITION: digest,
                },
                stop_timeout=service.stop_seconds,
                host_config=api.create_host_config(
                    binds=[f"{volume_name(project, item.volume)}:{item.path}:rw" for item in service.mounts],
                    port_bindings={port.container: (port.address, port.host) for port in service.ports},
                    restart_policy={"Name": service.restart},
                    read_only=service.read_only,
                    cap_drop=list(service.cap_drop),
                    security_opt=list(service.security_opt),
                    tmpfs=dict.fromkeys(service.tmpfs, "") or None,
                    mem_limit=service.memory,
                    log_config=LogConfig(type=service.log_driver, config=dict(service.log_options)),
                    network_mode=network_name(project, service.networks[0]),
                ),
                networking_config={
                    "EndpointsConfig": {
                        network_name(project, network): api.create_endpoint_config(aliases=[service.name])
                        for network in service.networks
                    }
                },
            )

    def write(self, project: str, service: str, path: str, archive: bytes) -> None:
        """Unpacks a tar at `path`, which is in a volume, of a container in any state."""
        with working(self.label):
            self._api.put_archive(container_name(project, service), path, archive)

    def start(self, project: str, service: str) -> None:
        name = container_name(project, service)
        with working(self.label):
            if self._api.inspect_container(name)["State"]["Paused"]:
                self._api.unpause(name)
            else:
                self._api.start(name)

    def stop(self, project: str, service: str, seconds: int) -> None:
        """Ends the service's processes, waiting up to `seconds`; no error if it has no container."""
        with working(self.label):
            try:
                self._api.stop(container_name(project, service), timeout=seconds)
            except NotFound:
                return

    def remove_container(self, project: str, service: str) -> None:
        """No error if it is gone already. Volumes with a name stay; anonymous ones of the image go."""
        with working(self.label):
            try:
                self._api.remove_container(container_name(project, service), v=True, force=True)
            except NotFound:
                return

    def remove_network(self, project: str, key: str) -> None:
        """No error if it is gone already."""
        with working(self.label):
            try:
                self._api.remove_network(network_name(project, key))
            except NotFound:
                return

    def remove_volume(self, project: str, key: str) -> bool:
        """Whether it is gone; a volume that somebody else's container uses stays."""
        with working(self.label):
            try:
                self._api.remove_volume(volume_name(project, key))
            except NotFound:
                return True
            except APIError as error:
                if error.status_code == 409:
                    return False
                raise
        return True

    # ---------------------------------------------------------------------------------------------------------------------------------

    def _ssh_transport(self) -> Any:
        # The SDK keeps its SSH connection to itself; a second one would ask for the key's passphrase again.
        client = getattr(getattr(self._api, "_custom_adapter", None), "ssh_client", None)
        return client.get_transport() if client is not None else None

    def _image_id(self, image: str) -> str:
        try:
            return str(self._client.images.get(image).id)
        except ImageNotFound:
            return ""

    def _containers(self, project: str, definition: Definition) -> dict[str, ActualContainer]:
        taken = {container_name(project, service.name): service.name for service in definition.services}
        found = {}
        for item in self._api.containers(all=True):
            name, labels = item["Names"][0].lstrip("/"), item.get("Labels") or {}
            if is_ours(labels, project) and name == container_name(project, labels.get(SERVICE, "")):
                found[labels[SERVICE]] = self._container(item, labels)
            elif name in taken:
                raise foreign("container", name)
        return found

    def _container(self, item: Mapping[str, Any], labels: Mapping[str, str]) -> ActualContainer:
        service = labels[SERVICE]
        return ActualContainer(
            id=item["Id"],
            service=service,
            state=item["State"],
            image_id=item["ImageID"],
            definition_hash=labels.get(DEFINITION, ""),
            fingerprint=self._read(item["Id"], f"/etc/{service}/{STAMP}").get(STAMP, b"").decode(errors="replace"),
        )

    def _ours(self, kind: str, found: Mapping[str, Any], wanted: Mapping[str, str], project: str) -> frozenset[str]:
        for name in wanted.keys() & found.keys():
            if not is_ours(found[name], project):
                raise foreign(kind, name)
        return frozenset(wanted[name] for name in wanted.keys() & found.keys())

    def _read(self, container: str, path: str) -> dict[str, bytes]:
        try:
            chunks, _ = self._api.get_archive(container, path)
        except NotFound:
            return {}
        buffer = io.BytesIO()
        for chunk in chunks:
            buffer.write(chunk)
            if buffer.tell() > _ARCHIVE_LIMIT:
                raise StackError(
                    path,
                    reason="A configuration volume of the stack holds far more than it should.",
                    what_to_do="Look at the volume on the Docker host.",
                )
        buffer.seek(0)
        with tarfile.open(fileobj=buffer) as tar:
            return {
                _below(member.name): extracted.read()
                for member in tar
                if member.isfile() and (extracted := tar.extractfile(member)) is not None
            }


def _below(path: str) -> str:
    first, _, rest = path.partition("/")
    return rest or first
