"""The lab as a whole: an engine, the stack's images, the kit source, and devices on a plant network."""

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cached_property
from ipaddress import IPv4Network
from pathlib import Path
from typing import TypedDict

import docker
from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from tests.lab import device, device_image, images
from tests.lab.device import Device, DeviceEntry, DeviceOptions
from tests.lab.engine import PrivateEngine, answers, client_for
from tests.lab.errors import LabError
from tests.lab.kit import KitServer
from tests.lab.network import Addresses, choose_addresses, close_firewall, open_firewall, remove_bridges
from tests.lab.places import Places
from tests.lab.system import is_free, locked, run, say

_WORKERS = 6  # more at once boot no sooner on two cores
_INOTIFY_INSTANCES = Path("/proc/sys/fs/inotify/max_user_instances")


class Document(TypedDict):
    """What `up` prints: everything that is needed to use the lab."""

    docker_host: str
    kit_url: str
    kit_version: str
    devices: list[DeviceEntry]


class Lab:
    """One lab, named by its state directory. Every process may have its own Lab of the same places."""

    def __init__(self, places: Places | None = None) -> None:
        self.places = places or Places.from_environment()
        self.kit = KitServer(self.places)
        self._private = PrivateEngine(self.places)
        self._foreign = os.environ.get("LAB_DOCKER_HOST")
        self._made: list[Device] = []

    @property
    def docker_host(self) -> str:
        """URL of the engine: the lab's own, or the one that LAB_DOCKER_HOST names."""
        return self._foreign or self._private.url

    @cached_property
    def engine(self) -> docker.DockerClient:
        """An SDK client of the lab's engine."""
        return client_for(self.docker_host)

    @property
    def document(self) -> Document:
        """The document of the last `up`. Raises LabError when the lab is down."""
        try:
            content: Document = json.loads(self.places.document.read_text())
        except FileNotFoundError:
            raise LabError("the lab is down; start it with: python -m tests.lab up") from None
        return content

    def is_up(self) -> bool:
        """Whether the engine answers and `up` has finished once."""
        return self.places.document.exists() and answers(self.docker_host)

    @property
    def nobody(self) -> str:
        """An address in the devices' network that none of them ever has. The lab must have been up."""
        return self._addresses().nobody

    def up(self, devices: int = 0) -> Document:
        """Starts what does not run yet, with at least this many numbered devices. Fast when all runs already."""
        with locked(self.places.lifecycle_lock):
            (self.places.state / "ends-with-its-users").unlink(missing_ok=True)
            return self._up(devices)

    def down(self) -> None:
        """Leaves no process, mount, network, firewall rule or container of this lab; the cache stays. Safe on a half-started lab."""
        with locked(self.places.lifecycle_lock):
            self._down()

    @contextmanager
    def in_use(self, devices: int = 0) -> Iterator[Document]:
        """The lab for the time of a `with` block, shared with other processes.

        A lab that was up before stays up. One that was started here ends with its last user, unless PLANTWATCH_LAB_KEEP=1.
        """
        ends_with_users = self.places.state / "ends-with-its-users"
        with locked(self.places.use_lock, shared=True):
            with locked(self.places.lifecycle_lock):
                fresh = not self.is_up()
                document = self._up(devices)
                if fresh and os.environ.get("PLANTWATCH_LAB_KEEP") != "1":
                    ends_with_users.touch()
            yield document
        with locked(self.places.lifecycle_lock):
            if ends_with_users.exists() and is_free(self.places.use_lock):
                self._down()

    def close(self) -> None:
        """Closes this process's connections to the engine; the lab runs on."""
        if "engine" in self.__dict__:
            self.engine.close()
            del self.__dict__["engine"]

    def devices(self) -> list[Device]:
        """The numbered devices and any other that exists now."""
        return device.devices_of(self.places, self.engine)

    def own_devices(self) -> list[Device]:
        """Those that this process has made and not removed. May be asked from another thread."""
        return [made for made in list(self._made) if not made.is_removed]

    def new_device(
        self,
        name: str | None = None,
        *,
        small_disks: Mapping[str, int] | None = None,
        files: Mapping[str, str] | None = None,
    ) -> Device:
        """A fresh device, ready for SSH; the caller removes it. The lab must be up.

        small_disks: path -> size in bytes; an empty file system of this size is mounted there.
        files: path -> content, written before the first boot; executable, owned by root.
        """
        options = DeviceOptions(small_disks or {}, files or {})
        made = device.create(self.places, self.engine, name or f"fresh-{uuid.uuid4().hex[:8]}", options)
        self._made.append(made)
        return made

    def _up(self, count: int) -> Document:
        self.places.state.mkdir(parents=True, exist_ok=True)
        self.places.cache.mkdir(parents=True, exist_ok=True)
        addresses = self._addresses()
        self._start_engine(addresses)
        with ThreadPoolExecutor(max_workers=3) as pool:
            version = pool.submit(self.kit.start)
            stack = pool.submit(images.provide, self.places, self.engine, images.wanted())
            device_image.provide(self.places, self.engine)
            self._make_plant(addresses)
            devices = self._boot_devices(count)
            stack.result()
        document = Document(
            docker_host=self.docker_host, kit_url=self.kit.url, kit_version=version.result(), devices=devices
        )  # fmt: skip
        written = self.places.document.with_suffix(".tmp")
        written.write_text(json.dumps(document))
        written.rename(self.places.document)
        return document

    def _addresses(self) -> Addresses:
        remembered = self.places.state / "addresses"
        if not remembered.exists():
            remembered.write_text(str(choose_addresses(self.places).whole))
        return Addresses(IPv4Network(remembered.read_text()))

    def _start_engine(self, addresses: Addresses) -> None:
        if not self._foreign:
            self._private.start(addresses)
        elif not answers(self._foreign):
            raise LabError(f"LAB_DOCKER_HOST={self._foreign}: no engine answers there")
        open_firewall(self.places, addresses.plant if self._foreign else addresses.whole)

    def _make_plant(self, addresses: Addresses) -> None:
        try:
            self.engine.networks.get(self.places.plant_network)
        except NotFound:
            self.engine.networks.create(
                self.places.plant_network,
                driver="bridge",
                ipam=IPAMConfig(pool_configs=[IPAMPool(subnet=str(addresses.plant), iprange=str(addresses.devices))]),
                options={"com.docker.network.bridge.name": self.places.plant_bridge},
                labels={images.LABEL: self.places.name},
            )
        if not self.places.device_key.exists():
            run(
                [
                    "ssh-keygen",
                    "-q",
                    "-t",
                    "ed25519",
                    "-N",
                    "",
                    "-C",
                    self.places.name,
                    "-f",
                    str(self.places.device_key),
                ]
            )
        # systemd takes several instances: with the usual 128, devices from about the 43rd on die at boot.
        if int(_INOTIFY_INSTANCES.read_text()) < 8192:
            _INOTIFY_INSTANCES.write_text("8192")

    def _boot_devices(self, count: int) -> list[DeviceEntry]:
        known = {d.name: d for d in self.devices() if d.name.startswith("device-")}
        names = sorted({*known, *(f"device-{number:02}" for number in range(1, count + 1))})
        if missing := [name for name in names if name not in known]:
            say(f"booting {len(missing)} device{'s' if len(missing) > 1 else ''}")

        def ready(name: str) -> DeviceEntry:
            existing = known.get(name)
            if existing is None:
                return device.create(self.places, self.engine, name, DeviceOptions()).entry
            existing.start()
            return existing.entry

        with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
            return list(pool.map(ready, names))

    def _down(self) -> None:
        state = self.places.state
        if not state.exists():
            return
        say("ending the lab")
        self.kit.stop()
        if answers(self.docker_host):
            self._empty_engine()
        self.close()
        if not self._foreign:
            self._private.stop()
        close_firewall(self.places)
        remembered = state / "addresses"
        addresses = Addresses(IPv4Network(remembered.read_text())) if remembered.exists() else None
        remove_bridges([self.places.engine_bridge, self.places.plant_bridge], None if self._foreign else addresses)
        shutil.rmtree(state)

    def _empty_engine(self) -> None:
        """Removes containers and networks: all of a private engine's, in a foreign one the lab's own and its stand-ins."""
        ours: dict[str, str | list[str] | bool] = (
            {"label": f"{images.LABEL}={self.places.name}"} if self._foreign else {}
        )
        containers = self.engine.containers.list(all=True, filters=ours, ignore_removed=True)
        with ThreadPoolExecutor(max_workers=_WORKERS) as pool:
            list(pool.map(lambda container: container.remove(force=True, v=True), containers))
        for network in self.engine.networks.list(filters=ours):
            if network.name not in ("bridge", "host", "none"):
                network.remove()
        if self._foreign:
            for image in self.engine.images.list(filters={"label": f"{images.LABEL}=stand-in"}):
                with suppress(APIError):  # another lab on the same engine uses it
                    self.engine.images.remove(str(image.id), force=True)
