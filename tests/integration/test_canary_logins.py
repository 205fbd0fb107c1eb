"""No secret of any way to log in is where it does not belong, nor those of what is needed for it: authorities, a shared database, an agent.

Each secret is one of its own, so that what is found says how it came there. The keyring may hold some, and each device the key that it
serves with. A marker, the name of an endpoint, proves that the search finds things.
"""

import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from app.errors import InputError
from app.main import Services
from app.models.endpoint import HostKey, Login, LoginKind, parse_jump
from app.models.expected_key import ExpectedKey
from app.models.secret import NO_SECRET
from app.services.progress import CancelToken, ignore
from app.services.secrets import DATABASES
from app.settings import Settings
from app.ui.asking import WindowAsker
from app.ui.dialogs.questions import QuestionsDialog
from app.ui.models.activity import ActivityModel
from app.ui.models.security import SecurityModel
from tests.integration.canary import (
    Secrets,
    Watch,
    everything_logged,
    in_document,
    in_folder,
    in_keyring,
    on_device,
    telling_line,
)
from tests.integration.canary_scene import MARKER, TLS, TYPED, Scene, agent_with, prepare, shared_inventory, use
from tests.integration.careful_devices import Operator, careful_device, doas_device
from tests.integration.cli_session import Shell
from tests.integration.postgresql import running_cluster
from tests.lab import Lab
from tests.ui.hands import click, type_text

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="module")
def scene(lab: Lab, keyring_session: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("canary-logins")
    (folder / "tmp").mkdir()
    values = {name: f"{name.title().replace(' ', '')}-{uuid.uuid4().hex}" for name in (*TYPED, MARKER)}
    shell = Shell(folder / "data", environment={"TMPDIR": str(folder / "tmp")}, is_forked=False)
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
        values["own key"] = own_key_of(services, "doas").splitlines()[4]  # of the private half
        for name, device in devices.items():
            values[f"key of {name}"] = telling_line(device.exec(["sh", "-c", f"cat {TLS}/*.key"]).out)
        yield made
        for endpoint in services.inventory.endpoints():
            made.service(made.operator).remove(endpoint.name, forget_only=True, report=ignore, token=CancelToken())


def own_key_of(services: Services, name: str) -> str:
    """The key that Plantwatch has made for itself there."""
    credential = services.inventory.credential(services.inventory.endpoint(name).credential_id or 0)
    assert credential.kind is LoginKind.OWN_KEY
    return (services.secrets.get(credential.secret_name) or NO_SECRET).reveal()


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
        own = [find for find in finds if f"/{find.place}".startswith(f"{TLS}/")]
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


def test_what_the_window_shows(scene: Scene, qapp: QApplication) -> None:
    security, activity = SecurityModel(), ActivityModel()
    security.show(scene.services.audit.check(report=ignore, token=CancelToken()).endpoints)
    activity.show(scene.services.inventory.activities())
    shown = [
        str(model.index(row, column).data(role))
        for model in (security, activity)
        for row in range(model.rowCount())
        for column in range(model.columnCount())
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole)
    ]
    assert in_document(shown, scene.secrets) == [MARKER]


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
        ("own key", f"{own}/credential/{doas.credential_id}"),
        ("first hop", f"{own}/credential/{first}"),
        ("second hop", f"{own}/credential/{second}"),
        ("passphrase", f"{own}/credential/{locked.credential_id}"),
        ("sudo", f"{own}/credential/{locked.credential_id}/sudo"),
        ("authority", f"{own}/{authority.secret_name}"),
        ("scraper", f"{own}/{authority.client_secret_name}"),
        ("database", f"{DATABASES}/{scene.services.settings().database_url}"),
    }
    assert in_keyring(scene.secrets) == kept
