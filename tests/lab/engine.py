"""A Docker Engine of the lab's own: data, socket, bridge and containerd apart from any other engine on the machine.

It runs without firewall rules of its own (`--iptables=false`): an engine that starts with them flushes the chains of every other engine in
the same network namespace. Published ports work through docker-proxy; the lab adds the few rules that it needs.
"""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import docker
from docker.errors import DockerException

from app.services.stack.unix_socket import use_own_sockets
from tests.lab.errors import LabError
from tests.lab.network import Addresses, make_bridge
from tests.lab.places import Places
from tests.lab.system import (
    detach,
    end_processes,
    processes_of,
    say,
    unmount_below,
    wait_until,
)

# 20.10 is the oldest engine that the lab meets; naming the version spares a round trip for each client.
API_VERSION = "1.41"

_CONTAINERD_CONFIGURATION = """\
version = 2
root = "{data}"
state = "{run}"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "{socket}"
"""


def client_for(url: str, *, timeout: float = 120) -> docker.DockerClient:
    """An SDK client; makes no call yet."""
    client = docker.DockerClient(base_url=url, version=API_VERSION, timeout=int(timeout), max_pool_size=32)
    if url.startswith("unix://"):
        use_own_sockets(client, url.removeprefix("unix://"))
    return client


def answers(url: str) -> bool:
    """Whether an engine answers at this URL."""
    client = client_for(url, timeout=5)
    try:
        return bool(client.ping())
    except (DockerException, OSError):
        return False
    finally:
        client.close()


class PrivateEngine:
    """containerd and dockerd under `state`/engine. Not safe for two processes at once: hold the lifecycle lock."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self.home = places.state / "engine"
        self.socket = self.home / "docker.sock"
        self.url = f"unix://{self.socket}"
        self._pid = self.home / "docker.pid"
        self._configuration = self.home / "daemon.json"
        self._containerd_socket = self.home / "containerd.sock"
        self._containerd_toml = self.home / "containerd.toml"

    @property
    def pid(self) -> int | None:
        """dockerd's process id while it lives. A stale pid file changes nothing."""
        return next(iter(self._processes("dockerd")), None)

    def is_running(self) -> bool:
        """Whether this engine's daemon lives and answers."""
        return self.pid is not None and answers(self.url)

    def start(self, addresses: Addresses) -> None:
        """Returns with an engine that answers: the running one, or a new one. Cleans up after one that was killed."""
        if self.is_running():
            return
        for program in ("dockerd", "containerd", "iptables"):
            if shutil.which(program) is None:
                raise LabError(f"{program} is not installed; the lab's packages are listed in tools/packages/lab.txt")
        if self.pid is not None:
            say("the engine is there but does not answer: ending it")
            end_processes([self.pid])
        self.home.mkdir(parents=True, exist_ok=True)
        self._pid.unlink(missing_ok=True)
        self.socket.unlink(missing_ok=True)
        make_bridge(self._places.engine_bridge, addresses.engine)
        self._start_containerd()
        say("starting a private Docker Engine")
        self._configuration.write_text(json.dumps(self._daemon_configuration(addresses), indent=1))
        detach(
            ["dockerd", f"--config-file={self._configuration}"],
            log=self.home / "docker.log",
        )
        self._wait(self.is_running, self.home / "docker.log", "dockerd")

    def stop(self) -> None:
        """Ends the engine with all that it started, and deletes everything that it kept. Containers must be gone before."""
        if self.pid is not None:
            end_processes([self.pid], seconds=30)
        end_processes(self._processes("containerd"))
        # What a killed engine has left: shims name its directory in their arguments, containers are in the lab's control groups.
        end_processes(self._processes("containerd-shim-runc-v2"))
        _empty_cgroups(self._places.name)
        for address in self.home.glob("containerd-run/io.containerd.runtime.v2.task/*/*/address"):
            Path(address.read_text().removeprefix("unix://")).unlink(missing_ok=True)  # a killed shim's, in /run
        unmount_below(self.home)
        if self.home.exists():
            shutil.rmtree(self.home)

    def _daemon_configuration(self, addresses: Addresses) -> dict[str, Any]:
        """All in a file of its own, so that the machine's /etc/docker/daemon.json does not count here."""
        return {
            "data-root": f"{self.home}/data",
            "exec-root": f"{self.home}/exec",
            "pidfile": str(self._pid),
            "hosts": [self.url],
            "containerd": str(self._containerd_socket),
            "bridge": self._places.engine_bridge,
            "iptables": False,
            "ip6tables": False,
            "default-address-pools": [{"base": str(addresses.pool), "size": 24}],
            "cgroup-parent": f"/{self._places.name}",
            "shutdown-timeout": 5,
        }

    def _start_containerd(self) -> None:
        if self._processes("containerd"):
            return
        self._containerd_toml.write_text(
            _CONTAINERD_CONFIGURATION.format(
                data=self.home / "containerd", run=self.home / "containerd-run", socket=self._containerd_socket
            )
        )
        self._containerd_socket.unlink(missing_ok=True)
        log = self.home / "containerd.log"
        detach(["containerd", "--config", str(self._containerd_toml)], log=log)
        self._wait(self._containerd_socket.exists, log, "containerd")

    def _processes(self, program: str) -> list[int]:
        """This engine's processes of a program; the engine's directory is among their arguments."""
        return processes_of(program, f"{self.home}/")

    @staticmethod
    def _wait(condition: Callable[[], bool], log: Path, what: str) -> None:
        try:
            wait_until(condition, seconds=40, what=f"{what} to answer")
        except LabError as error:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise LabError(f"{error}\n{tail}") from None


def _empty_cgroups(name: str) -> None:
    """Kills what still runs in the lab's control groups (cgroup v1, v2 or both mounted) and removes the groups."""
    mounts = [Path("/sys/fs/cgroup"), *(p for p in Path("/sys/fs/cgroup").iterdir() if p.is_dir())]
    tops = [mount / name for mount in mounts if (mount / name).is_dir()]
    pids = {int(pid) for top in tops for procs in top.rglob("cgroup.procs") for pid in procs.read_text().split()}
    end_processes(sorted(pids), seconds=0)

    def removed() -> bool:
        for top in tops:
            for group in sorted((p for p in [top, *top.rglob("*")] if p.is_dir()), reverse=True):
                with suppress(OSError):  # busy until the last process is reaped
                    group.rmdir()
        return not any(top.exists() for top in tops)

    wait_until(removed, seconds=10, what=f"control groups of {name} to be empty")
