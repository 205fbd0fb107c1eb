"""Docker hosts: which there are, where they are, and a connection to one."""

import ipaddress
import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import docker
import docker.constants
from docker.context import ContextAPI
from docker.errors import DockerException
from docker.tls import TLSConfig
from docker.utils import version_lt
from paramiko import SSHConfig

from app.errors import HostError
from app.models.stack import DockerHost
from app.services.stack.failures import connecting
from app.services.stack.unix_socket import use_own_sockets

_CALL_TIMEOUT = 60
_SOCKET = "unix://"
_CONNECT_TIMEOUT = 10
_KEEPALIVE = 15
#: Named at construction, so that the SDK makes no call before the session is set up; the real one is agreed afterwards.
_FIRST_VERSION = "1.41"
_SCHEMES = {"unix", "npipe", "ssh", "tcp"}


@dataclass(frozen=True, slots=True)
class Location:
    """Where an engine is: `url` for the SDK and `tls` for tcp://. `label` names it in messages."""

    label: str
    url: str
    tls: TLSConfig | None = None

    @property
    def is_local(self) -> bool:
        """Whether what the engine publishes on its loopback is reached on this machine's."""
        parts = urlsplit(self.url)
        return parts.scheme in {"unix", "npipe"} or (parts.scheme == "tcp" and _is_loopback(parts.hostname or ""))

    @property
    def is_ssh(self) -> bool:
        return self.url.startswith("ssh://")


def list_hosts() -> list[DockerHost]:
    """The local engine and every docker context. Raises HostError when a context cannot be read."""
    try:
        names = [context.name for context in ContextAPI.contexts()]
    except (DockerException, OSError, ValueError, LookupError) as error:
        raise HostError(
            str(error),
            host="list",
            reason="cannot be read from Docker's contexts.",
            what_to_do="Run “docker context ls” and remove the one that it complains about.",
        ) from error
    return [DockerHost(), *(DockerHost(context=name) for name in names if name != "default")]


def locate(host: DockerHost) -> Location:
    """Where `host` is. Raises HostError for an unknown context or a URL that cannot be used safely."""
    if host.context and host.context != "default":
        return _checked(_of_context(host))
    url = host.url or os.environ.get("DOCKER_HOST", "") or _local_url()
    tls = _tls_from_environment() if url.startswith("tcp://") else None
    return _checked(Location(host.label, url, tls))


def connect(location: Location) -> docker.DockerClient:
    """A client for the engine there, which has answered. Raises HostError with what to do.

    SSH host keys are checked against known_hosts and never accepted here. Proxy and certificate variables of the environment are not obeyed:
    the SDK would let them override the certificate that was given.
    """
    with connecting(location.label):
        if location.is_ssh:
            _knock(location.url)
        client = docker.DockerClient(
            base_url=location.url,
            version=_FIRST_VERSION,
            timeout=_CALL_TIMEOUT,
            tls=location.tls or False,
            use_ssh_client=False,
            max_pool_size=10,
        )
        if location.url.startswith(_SOCKET):
            use_own_sockets(client, location.url.removeprefix(_SOCKET))
        try:
            client.api.trust_env = False
            server = client.api.version(api_version=False)
        except BaseException:
            client.close()
            raise
    if server.get("Os", "linux") != "linux":
        client.close()
        raise HostError(
            host=location.label,
            reason="runs Windows containers.",
            what_to_do="Switch Docker Desktop to Linux containers, then try again.",
        )
    if location.is_ssh:
        _tune_ssh(client)
    # The SDK has no public way to change it after construction.
    vars(client.api)["_version"] = _agreed_version(server)
    return client


def _tune_ssh(client: docker.DockerClient) -> None:
    """One pool of connections for all URLs, and signs of life between them.

    The SDK keeps a pool for each URL, and each connection of an ssh:// host starts a process over there, which takes 0.2 s.
    """
    adapter: Any = client.api.get_adapter(client.api.base_url)
    original = adapter.get_connection

    def get_connection(_url: str, proxies: object = None) -> Any:
        return original(client.api.base_url, proxies)

    adapter.get_connection = get_connection
    adapter.ssh_client.get_transport().set_keepalive(_KEEPALIVE)


def _agreed_version(server: dict[str, str]) -> str:
    newest, known = server["ApiVersion"], docker.constants.DEFAULT_DOCKER_API_VERSION
    oldest = server.get("MinAPIVersion", newest)
    wanted = newest if version_lt(newest, known) else known
    return oldest if version_lt(wanted, oldest) else wanted


def _of_context(host: DockerHost) -> Location:
    try:
        context = ContextAPI.get_context(host.context)
        url = getattr(context, "Host", None)
    # The SDK raises bare exceptions for a damaged file.
    except Exception as error:
        raise HostError(
            str(error), host=host.label, reason="is a docker context that cannot be read.", what_to_do="Create it anew."
        ) from error
    if not url:
        raise HostError(
            host=host.label,
            reason="is not a docker context of this computer.",
            what_to_do="Choose another one; “docker context ls” lists them.",
        )
    return Location(host.label, url, context.TLSConfig)


def _checked(location: Location) -> Location:
    parts = urlsplit(location.url)
    if parts.scheme not in _SCHEMES:
        raise HostError(
            location.url,
            host=location.label,
            reason="is not a Docker host.",
            what_to_do="Use unix://…, npipe://…, ssh://user@host or tcp://host:port.",
        )
    if parts.password:
        raise HostError(
            host=location.label.replace(f":{parts.password}@", "@"),
            reason="has a password in its address.",
            what_to_do="Leave it out and log in with an SSH key.",
        )
    if parts.scheme == "tcp" and location.tls is None and not location.is_local:
        raise HostError(
            host=location.label,
            reason="would be used without encryption, and whoever listens would own it.",
            what_to_do="Use ssh://user@host, or a docker context with TLS certificates.",
        )
    return location


def _local_url() -> str:
    """The engine's own default, Docker Desktop's socket in the home directory, or a rootless engine's: the first that is there."""
    if sys.platform == "win32":
        return "npipe:////./pipe/docker_engine"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    sockets = [Path("/var/run/docker.sock"), Path.home() / ".docker" / "run" / "docker.sock"]
    if runtime:
        sockets.append(Path(runtime) / "docker.sock")
    return f"unix://{next((path for path in sockets if path.exists()), sockets[0])}"


def _tls_from_environment() -> TLSConfig | None:
    """As the docker command does: DOCKER_TLS_VERIFY and DOCKER_CERT_PATH."""
    if not os.environ.get("DOCKER_TLS_VERIFY"):
        return None
    folder = Path(os.environ.get("DOCKER_CERT_PATH") or Path.home() / ".docker")
    try:
        return TLSConfig(
            client_cert=(str(folder / "cert.pem"), str(folder / "key.pem")), ca_cert=str(folder / "ca.pem"), verify=True
        )
    except DockerException as error:
        raise HostError(
            str(error),
            host="of DOCKER_HOST",
            reason="has no usable certificates.",
            what_to_do="Put ca.pem, cert.pem and key.pem into the folder that DOCKER_CERT_PATH names.",
        ) from error


def _knock(url: str) -> None:
    """Fails within seconds when nothing answers: the SDK connects over SSH without a time limit."""
    parts = urlsplit(url)
    name, port = parts.hostname or "", parts.port or 22
    file = Path.home() / ".ssh" / "config"
    if file.exists():
        entry = SSHConfig.from_path(str(file)).lookup(name)
        if "proxycommand" in entry or "proxyjump" in entry:
            return
        name = entry.get("hostname", name)
        port = parts.port or int(entry.get("port", port))
    socket.create_connection((name, port), timeout=_CONNECT_TIMEOUT).close()


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"
