"""A site: devices, what is installed on them, and a Prometheus that scrapes what is enrolled."""

import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from app.models.endpoint import Login, LoginKind
from app.paths import DataPaths
from app.services.credentials import CredentialService
from app.services.inventory import Inventory
from app.services.pki import AuthorityService
from tests.bench.enrol.devices import INSTALL_PLACE, Devices, LoopbackDevice
from tests.bench.enrol.kit import make_kit
from tests.bench.enrol.ways.pipeline import PROFILE, SCRAPE_SECONDS, Keyring
from tests.bench.enrol.work import BINARY, UNIT, WEB, Payload
from tests.lab.debian import unpacked
from tests.lab.places import Places

_PROMETHEUS = "127.0.0.1:9090"
_READY_SECONDS = 60.0


class Site:
    """Under `folder`, which is on a tmpfs. `data` is the inventory of Plantwatch's runs; `disk`, a folder on a disk, is where it lies."""

    def __init__(self, folder: Path, disk: Path, count: int) -> None:
        self._folder = folder
        self.devices = Devices(folder, count)
        self.payload = Payload.make(folder / "payload")
        self.data = disk / "data"
        self._template = disk / "template"
        self._targets = folder / "targets" / "endpoints.json"
        make_kit(folder / "kit")
        self._make_template()
        self._prometheus = self._start_prometheus()

    def close(self) -> None:
        """End all that runs."""
        self._prometheus.terminate()
        self._prometheus.wait(20)
        self.devices.close()

    def describe(self, count: int) -> Path:
        """A file that tells a way about the first `count` devices and its work."""
        document: dict[str, Any] = {
            "devices": [self._described(device) for device in self.devices.all[:count]],
            "key": str(self.devices.key),
            "known_hosts": str(self.devices.known_hosts),
            "tar": str(self.payload.tar),
            "folder": f"/{INSTALL_PLACE}",
            "command": f"sh -c '{self.payload.from_tar}'",
            "finish": self.payload.finish,
            "files": [
                [str(self.payload.folder / BINARY), f"/{INSTALL_PLACE}/{BINARY}"],
                [str(self.payload.folder / WEB), f"/{INSTALL_PLACE}/{WEB}"],
                [str(self.payload.folder / UNIT), f"/etc/systemd/system/{UNIT}"],
            ],
            "data": str(self.data),
            "kit": str(self._folder / "kit"),
            "targets": str(self._targets),
            "prometheus": f"http://{_PROMETHEUS}",
        }
        file = self._folder / f"site-{count}.json"
        file.write_text(json.dumps(document))
        return file

    def reset(self, count: int) -> None:
        """Devices and inventory as they were at the beginning; Prometheus has no targets."""
        self._forget_targets()
        self.devices.reset(count)
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self._template, self.data)

    def forget_binaries(self) -> None:
        """Take the exporter from devices whose enrolment is complete: memory for the next ones. What a check would notice."""
        for device in self.devices.all:
            binary = device.root / INSTALL_PLACE / BINARY
            if (device.root / "var/lib/plantwatch/receipt").exists() and binary.exists():
                binary.unlink(missing_ok=True)

    def _forget_targets(self) -> None:
        fresh = self._targets.with_suffix(".new")
        fresh.write_text("[]")
        fresh.replace(self._targets)

    def _described(self, device: LoopbackDevice) -> dict[str, Any]:
        return {
            "name": device.name,
            "address": device.address,
            "host_key": device.host_key,
            "exporter_port": device.exporter_port,
        }

    def _make_template(self) -> None:
        """An installation with an authority and a login, as every run finds it."""
        keyring = Keyring(self._template / "keyring.json")
        with Inventory.open(DataPaths.locate(self._template)) as inventory:
            CredentialService(inventory, keyring).add(
                PROFILE, Login("root", LoginKind.KEY_FILE, key_file=str(self.devices.key))
            )
            identity = AuthorityService(inventory, keyring).prometheus_identity()
        keyring.save()
        for name, text in (
            ("client.pem", identity.certificate),
            ("client.key", identity.key.reveal()),
            ("authorities.pem", identity.trusted),
        ):
            (self._folder / name).write_text(text)

    def _start_prometheus(self) -> "subprocess.Popen[bytes]":
        self._targets.parent.mkdir()
        self._forget_targets()
        tls = {
            "ca_file": str(self._folder / "authorities.pem"),
            "cert_file": str(self._folder / "client.pem"),
            "key_file": str(self._folder / "client.key"),
        }
        job = {"job_name": "node", "tls_config": tls, "file_sd_configs": [{"files": [str(self._targets)]}]}
        configuration = {"global": {"scrape_interval": f"{SCRAPE_SECONDS}s"}, "scrape_configs": [job]}
        (self._folder / "prometheus.yml").write_text(yaml.safe_dump(configuration))
        program = unpacked(Places.from_environment(), "prometheus") / "usr/bin/prometheus"
        command = [
            str(program),
            f"--config.file={self._folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self._folder / 'prometheus'}",
            f"--web.listen-address={_PROMETHEUS}",
            f"--web.console.libraries={self._folder}",
            f"--web.console.templates={self._folder}",
            "--log.level=error",
        ]
        started = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                with urllib.request.urlopen(f"http://{_PROMETHEUS}/-/ready", timeout=5):
                    return started
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
