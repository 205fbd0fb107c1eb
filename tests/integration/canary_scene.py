"""What the canary of the logins does: every way to log in, well and badly, each with a secret of its own."""

import io
import os
import subprocess
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from app.errors import AppError
from app.main import Services, build_services
from app.models.endpoint import HostKey, Login, LoginKind
from app.models.own_key import OwnKeyWish
from app.models.secret import NO_SECRET, Secret
from app.paths import DataPaths
from app.services.enrolment import EnrolmentService, Hop
from app.services.progress import CancelToken
from app.services.secrets import DATABASES, KeyringStore
from app.settings import Settings, save
from app.ui.asking import WindowAsker
from tests.integration.canary import Secrets, telling_line
from tests.integration.careful_devices import Operator, permit
from tests.integration.cli_session import Shell
from tests.integration.enrolments import DirectProbe, FileTargets, kit_folder, login, request_for
from tests.integration.postgresql import Cluster
from tests.lab import Device, Lab
from tests.lab.system import wait_until

MARKER = "marker"
#: What is typed, by what for.
TYPED = ("login", "first hop", "second hop", "sudo", "passphrase", "answer")
TLS = "/usr/local/lib/plantwatch/tls"


@dataclass
class Scene:
    """All that was done. Four endpoints are still enrolled, and the services still at work on a shared database."""

    lab: Lab
    folder: Path
    shell: Shell
    services: Services
    cluster: Cluster
    devices: dict[str, Device]
    values: dict[str, str]
    operator: Operator
    told: list[object] = field(default_factory=list)
    log: io.StringIO = field(default_factory=io.StringIO)
    watched: set[tuple[str, str, str]] = field(default_factory=set)

    @property
    def secrets(self) -> Secrets:
        """Codes are looked for as they are: what is so short has other forms everywhere."""
        codes = {"code": tuple(code.encode() for code in self.operator.codes)} if self.operator.codes else {}
        return Secrets({**Secrets.of(self.values).forms, **codes})

    def service(self, ask: Operator | WindowAsker) -> EnrolmentService:
        """One whose questions `ask` answers, with small stand-ins for Prometheus."""
        inventory, keyring = self.services.inventory, self.services.secrets
        fleet, targets = DirectProbe(inventory, keyring), FileTargets(self.folder / "targets.json")
        return EnrolmentService(inventory, keyring, self.services.kit, targets, fleet, ask=ask)

    def enrol(self, name: str, device: str, way_in: Login, *hops: Hop, own_key: OwnKeyWish | None = None) -> None:
        """What is given, reported and returned is kept, to be searched."""
        request = replace(request_for(self.devices[device], name, way_in=way_in), hops=hops, own_key=own_key)
        self.told.append(request)
        service = self.service(self.operator)
        self.told.append(service.enrol(request, report=self.told.append, token=CancelToken()))

    def is_refused(self, device: str, way_in: Login, *hops: Hop) -> None:
        """The same, with what is raised."""
        with pytest.raises(AppError) as caught:
            self.enrol("refused", device, way_in, *hops)
        error = caught.value
        self.told += [repr(error), error.evidence, error.advice, "".join(traceback.format_exception(error))]

    def hop(self, device: str, way_in: Login) -> Hop:
        there = self.devices[device]
        return Hop(there.address, there.port, HostKey.parse(there.host_key), way_in)


@contextmanager
def shared_inventory(data: Path, cluster: Cluster, lab: Lab) -> Iterator[Services]:
    """Services on a database that asks for a password, which is in the keyring beforehand."""
    url, passwords = cluster.new_database(), KeyringStore(DATABASES)
    passwords.put(url, Secret(cluster.password))
    save(DataPaths.locate(data), Settings(database_url=url))
    services = build_services(data)
    try:
        yield replace(services, kit=type(services.kit)(kit_folder(lab)))
    finally:
        services.close()
        passwords.delete(url)


@contextmanager
def agent_with(key: Path) -> Iterator[None]:
    """An ssh-agent that holds `key`, as the session's own."""
    place = key.with_suffix(".sock")
    before = os.environ.get("SSH_AUTH_SOCK")
    with subprocess.Popen(["ssh-agent", "-D", "-a", place], stdout=subprocess.DEVNULL) as process:
        wait_until(place.exists, seconds=10, what="ssh-agent to listen")
        os.environ["SSH_AUTH_SOCK"] = str(place)
        try:
            subprocess.run(["ssh-add", "-q", key], check=True)
            yield
        finally:
            os.environ.pop("SSH_AUTH_SOCK")
            if before is not None:
                os.environ["SSH_AUTH_SOCK"] = before
            process.terminate()


def prepare(scene: Scene) -> None:
    """Put the secrets where they are asked for, and learn those that are made here."""
    values, devices = scene.values, scene.devices
    for device, user, name in (
        ("first", "plain", "first hop"), ("second", "plain", "second hop"), ("far", "iiot", "login"),
        ("first", "iiot", "login"), ("careful", "iiot", "answer"), ("careful", "ask", "sudo"),
    ):  # fmt: skip
        devices[device].set_password(user, values[name])
    permit(devices["first"], "permit nopass iiot as root")
    devices["first"].exec(["chown", "-R", "iiot:", "/home/iiot/.ssh"])  # where a key of our own is to be put

    key = ed25519.Ed25519PrivateKey.generate()
    protection = serialization.BestAvailableEncryption(values["passphrase"].encode())
    pem, openssh = serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH
    (scene.folder / "locked").write_bytes(key.private_bytes(pem, openssh, protection))
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    devices["careful"].put_file("/home/ask/.ssh/authorized_keys", public + b"\n", mode=0o644)

    file = scene.folder / "agent"
    subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", file], check=True)
    devices["second"].put_file("/home/iiot/.ssh/authorized_keys", file.with_suffix(".pub").read_bytes(), mode=0o644)

    scene.services.authorities.prometheus_identity()
    authority, kept = scene.services.authorities.current(), scene.services.secrets
    values |= {
        "database": scene.cluster.password,
        "agent": file.read_text().splitlines()[14],  # of the private half
        "authority": telling_line((kept.get(authority.secret_name) or NO_SECRET).reveal()),
        "scraper": telling_line((kept.get(authority.client_secret_name) or NO_SECRET).reveal()),
    }


def use(scene: Scene) -> None:
    """Log in by every way, well and badly."""
    values, wrong = scene.values, "x"
    over_hops = [
        scene.hop("first", login("plain", values["first hop"])),
        scene.hop("second", login("plain", values["second hop"])),
    ]
    scene.enrol("far", "far", login("iiot", values["login"]), *over_hops)
    bad_hop = scene.hop("second", login("plain", values["second hop"] + wrong))
    scene.is_refused("far", login("iiot", values["login"]), over_hops[0], bad_hop)

    scene.enrol("asked", "careful", Login("iiot", LoginKind.QUESTIONS))
    scene.service(scene.operator).remove("asked", report=scene.told.append, token=CancelToken())
    scene.operator.password = values["sudo"]
    by_key = Login(
        "ask", LoginKind.KEY_FILE, str(scene.folder / "locked"), Secret(values["passphrase"]), Secret(values["sudo"])
    )
    scene.enrol("locked", "careful", by_key)
    scene.is_refused("careful", replace(by_key, secret=Secret(values["passphrase"] + wrong)))
    scene.is_refused("careful", replace(by_key, sudo_password=Secret(values["sudo"] + wrong)))
    scene.operator.password = values["answer"] + wrong
    scene.is_refused("careful", Login("iiot", LoginKind.QUESTIONS))

    scene.enrol(values[MARKER], "second", Login("iiot", LoginKind.AGENT))
    scene.enrol("doas", "first", login("iiot", values["login"]), own_key=OwnKeyWish())
    scene.service(scene.operator).renew("doas", report=scene.told.append, token=CancelToken())
    scene.shell.done("endpoints", "show", values[MARKER], "--json")
