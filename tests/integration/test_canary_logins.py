"""No secret of any way to log in is where it does not belong, nor those of what is needed for it: authorities, a shared database, an agent.

Each secret is one of its own, so that what is found says how it came there. The keyring may hold some, and each device the key that it
serves with. A marker, the name of an endpoint, proves that the search finds things.
"""

import io
import os
import subprocess
import threading
import traceback
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.errors import AppError, InputError
from app.main import Services, build_services
from app.models.endpoint import HostKey, Login, LoginKind, parse_jump
from app.models.expected_key import ExpectedKey
from app.models.secret import NO_SECRET, Secret
from app.paths import DataPaths
from app.services.enrolment import EnrolmentService, Hop
from app.services.progress import CancelToken, ignore
from app.services.secrets import DATABASES, KeyringStore
from app.settings import Settings, save
from app.ui.asking import WindowAsker
from app.ui.dialogs.questions import QuestionsDialog
from tests.integration.canary import Secrets, Watch, everything_logged, in_document, in_folder, in_keyring, on_device
from tests.integration.careful_devices import Operator, careful_device, doas_device, permit
from tests.integration.cli_session import Shell
from tests.integration.enrolments import DirectProbe, FileTargets, kit_folder, login, request_for
from tests.integration.postgresql import Cluster, running_cluster
from tests.integration.test_canary import telling_line
from tests.lab import Device, Lab
from tests.lab.system import wait_until
from tests.ui.hands import click, type_text

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

MARKER = "marker"
#: What is typed, by what for.
TYPED = ("login", "first hop", "second hop", "sudo", "passphrase", "answer")
_TLS = "/usr/local/lib/plantwatch/tls"


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

    def enrol(self, name: str, device: str, way_in: Login, *hops: Hop) -> None:
        """What is given, reported and returned is kept, to be searched."""
        request = replace(request_for(self.devices[device], name, way_in=way_in), hops=hops)
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


@pytest.fixture(scope="module")
def scene(lab: Lab, keyring_session: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("canary-logins")
    (folder / "tmp").mkdir()
    values = {name: f"{name.title().replace(' ', '')}-{uuid.uuid4().hex}" for name in (*TYPED, MARKER)}
    shell = Shell(folder / "data", environment={"TMPDIR": str(folder / "tmp")})
    with ExitStack() as ending:
        cluster = ending.enter_context(running_cluster())
        services = ending.enter_context(shared_inventory(shell.data, cluster, lab))
        devices = {"careful": careful_device(lab), "first": doas_device(lab)}
        devices |= {"second": lab.new_device(), "far": lab.new_device()}
        for device in devices.values():
            ending.callback(device.remove)
        made = Scene(lab, folder, shell, services, cluster, devices, values, Operator(values["answer"]))
        prepare(made)
        ending.enter_context(agent_with(folder / "agent"))
        with Watch(made.secrets) as watch, everything_logged(made.log):
            use(made)
        made.watched = watch.found
        for name, device in devices.items():
            values[f"key of {name}"] = telling_line(device.exec(["sh", "-c", f"cat {_TLS}/*.key"]).out)
        yield made
        for endpoint in services.inventory.endpoints():
            made.service(made.operator).remove(endpoint.name, forget_only=True, report=ignore, token=CancelToken())


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
    scene.enrol("doas", "first", login("iiot", values["login"]))
    scene.service(scene.operator).renew("doas", report=scene.told.append, token=CancelToken())
    scene.shell.done("endpoints", "show", values[MARKER], "--json")


def test_processes(scene: Scene) -> None:
    assert {(secret, kind) for secret, kind, _ in scene.watched} == {(MARKER, "cmdline")}, scene.watched


def test_files_of_this_machine(scene: Scene) -> None:
    assert in_folder(scene.shell.data, scene.secrets) == []
    assert (scene.shell.data / "settings.toml").exists()
    assert in_folder(scene.folder / "tmp", scene.secrets) == []
    assert in_folder(Path(os.environ["HOME"]), scene.secrets) == []
    assert Secrets.of(scene.values).within((scene.folder / "targets.json").read_bytes()) == [MARKER]


def test_the_shared_database(scene: Scene) -> None:
    finds = in_folder(scene.cluster.folder, scene.secrets)
    assert {find.secret for find in finds} == {MARKER}, finds


def test_what_was_told_and_logged(scene: Scene) -> None:
    assert scene.operator.codes
    assert len(scene.told) > 50
    told = [repr(item) for item in scene.told]
    assert in_document(told, scene.secrets) == [MARKER]
    log = scene.log.getvalue()
    for library in ("paramiko.transport", "urllib3.connectionpool"):
        assert f"DEBUG {library}" in log
    assert [name for name in scene.secrets.within(log.encode()) if name != MARKER] == []
    assert in_document([repr(scene.services), repr(scene.services.inventory.activities())], scene.secrets) == [MARKER]


def test_reports_and_exports(scene: Scene) -> None:
    files = [scene.folder / "tmp" / name for name in ("report.html", "log.csv", "log.json")]
    scene.shell.done("audit", "report", "--html", str(files[0]), "--json")
    for file in files[1:]:
        scene.shell.done("audit", "export", str(file))
    scene.shell.done("activity", "--json", "--limit", "1000")
    for file in files:
        assert scene.secrets.within(file.read_bytes()) == [MARKER], file
        file.unlink()
    assert in_document([repr(outcome) for outcome in scene.shell.outcomes], scene.secrets) == [MARKER]


def test_devices(scene: Scene) -> None:
    for name, device in scene.devices.items():
        container: Any = scene.lab.engine.containers.get(device.container)
        finds, journal = on_device(container, scene.secrets)
        own = [find for find in finds if f"/{find.place}".startswith(f"{_TLS}/")]
        assert {(find.secret, find.mode) for find in own} == {(f"key of {name}", 0o440)}, finds
        others = [find for find in finds if find not in own]
        # The library for one-time codes notes the last one that was used.
        assert {(find.secret, find.place) for find in others} <= {
            ("code", "etc/users.oath"),
            ("code", "etc/users.oath.new"),
        }
        assert scene.secrets.within(journal) == []
        assert scene.secrets.within(container.logs()) == []
        assert in_document(container.attrs, scene.secrets) == []


def test_what_is_pasted_into_the_wrong_field(scene: Scene) -> None:
    """A user name is no secret, whatever it is; what a field cannot be is not repeated."""
    secret = scene.values["login"]
    for read in (ExpectedKey.parse, HostKey.parse, lambda text: parse_jump(f"ada:{text}@10.0.0.1")):
        for pasted in (secret, f"{secret} ssh-ed25519 {secret}", f"|1|{secret}|{secret} ssh-rsa {secret}"):
            with pytest.raises(InputError) as caught:
                read(pasted)
            assert in_document(repr([caught.value, caught.value.message, caught.value.advice]), scene.secrets) == []
    with pytest.raises(InputError) as caught:
        Settings(database_url=f"postgresql://ada:{secret}@db/plantwatch")
    assert in_document(repr([caught.value, caught.value.message, caught.value.advice]), scene.secrets) == []


def test_what_is_typed_into_the_window(scene: Scene, qtbot: QtBot) -> None:
    """The device's questions, asked from a worker at a jump host and answered in a dialog, by hands."""
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    service, found = scene.service(WindowAsker(window)), list[HostKey]()
    scene.operator.password = scene.values["answer"]
    hop, far = scene.hop("careful", Login("iiot", LoginKind.QUESTIONS)), scene.devices["far"]
    work = threading.Thread(
        target=lambda: found.append(service.host_key_at(far.address, far.port, (hop,), CancelToken()))
    )
    with everything_logged(scene.log), Watch(scene.secrets) as watch:
        work.start()
        for answer in (scene.values["answer"], scene.operator.code()):
            qtbot.waitUntil(lambda: bool(window.findChildren(QuestionsDialog)), timeout=20_000)
            (dialog,) = window.findChildren(QuestionsDialog)
            type_text(dialog.edits[0], answer)
            click(dialog.answer_button)
            qtbot.waitUntil(lambda: not window.findChildren(QuestionsDialog))
        qtbot.waitUntil(lambda: not work.is_alive(), timeout=20_000)
    assert [str(key) for key in found] == [far.host_key]
    fields = [widget.text() for widget in QApplication.allWidgets() if isinstance(widget, QLineEdit)]
    clipboard = QApplication.clipboard().text()
    assert in_document([fields, clipboard, scene.log.getvalue()], scene.secrets) in ([], [MARKER])
    assert {secret for secret, _, _ in watch.found} <= {MARKER}
    assert in_folder(scene.shell.data, scene.secrets) == []


def test_keyring_and_nothing_but(scene: Scene) -> None:
    inventory, authority = scene.services.inventory, scene.services.authorities.current()
    own = inventory.installation_id
    far, locked, doas = (inventory.endpoint(name) for name in ("far", "locked", "doas"))
    first, second = (jump.credential_id for jump in far.jumps)
    kept = {
        ("login", f"{own}/credential/{far.credential_id}"),
        ("login", f"{own}/credential/{doas.credential_id}"),
        ("first hop", f"{own}/credential/{first}"),
        ("second hop", f"{own}/credential/{second}"),
        ("passphrase", f"{own}/credential/{locked.credential_id}"),
        ("sudo", f"{own}/credential/{locked.credential_id}/sudo"),
        ("authority", f"{own}/{authority.secret_name}"),
        ("scraper", f"{own}/{authority.client_secret_name}"),
        ("database", f"{DATABASES}/{scene.services.settings().database_url}"),
    }
    assert in_keyring(scene.secrets) == kept
