"""No secret is where it does not belong: a password that is used for everything is found in the keyring, and nowhere else.

Each place is searched for the password of the devices, for the stack's own passwords, and for a marker that was put there to prove that
the search finds things.
"""

import os
import secrets
import subprocess
import traceback
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from docker.models.containers import Container

from app.errors import AppError
from app.main import Services, build_services
from app.models.secret import NO_SECRET, Secret
from app.models.stack import ServiceName
from app.services.progress import CancelToken, Event, ignore
from tests.integration.canary import (
    Find,
    Secrets,
    Watch,
    in_archive,
    in_document,
    in_folder,
    in_keyring,
    on_device,
    telling_line,
)
from tests.integration.cli_session import Shell, enrol_words
from tests.integration.enrolments import login, request_for
from tests.integration.stacks import PROJECT_LABEL
from tests.lab import Device, Lab
from tests.lab.device_image import IMAGE

CANARY, MARKER = "canary", "marker"
STACK = ("prometheus", "alertmanager", "grafana-admin", "grafana-viewer")
#: Private keys of the installation, by the field of the authority that names their place in the keyring.
KEYS = {"authority-key": "secret_name", "scraper-key": "client_secret_name"}


@dataclass
class Scene:
    """All that was done with the canary. One endpoint is still enrolled, and the services are still at work on the data directory."""

    lab: Lab
    device: Device
    shell: Shell
    services: Services
    values: dict[str, str]
    secrets: Secrets
    watched: set[tuple[str, str, str]]
    told: list[object]

    @property
    def project(self) -> str:
        return self.services.settings().stack.project

    @property
    def marker(self) -> str:
        return self.values[MARKER]

    def containers(self) -> list[Container]:
        """Those of the stack."""
        return self.lab.engine.containers.list(all=True, filters={"label": f"{PROJECT_LABEL}={self.project}"})


@pytest.fixture(scope="module")
def scene(lab: Lab, keyring_session: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    values = {CANARY: f"Canary-{uuid.uuid4().hex}", MARKER: f"Marker-{uuid.uuid4().hex}"}
    folder = tmp_path_factory.mktemp("canary")
    (folder / "tmp").mkdir()
    shell = Shell(folder / "data", environment={"TMPDIR": str(folder / "tmp")}, is_forked=False)
    shell.choose_stack(**{"scrape-interval": "1"})
    device, services = lab.new_device(), build_services(shell.data)
    try:
        for user in ("iiot", "ask", "plain"):
            device.set_password(user, values[CANARY])
        for kind in STACK:  # made beforehand, as the deployment would, so that the deployment can be watched for them
            values[kind] = secrets.token_urlsafe(32)
            services.secrets.put(f"stack/{services.settings().stack.project}/{kind}", Secret(values[kind]))
        services.authorities.prometheus_identity()
        authority = services.authorities.current()
        for kind, name in KEYS.items():
            values[kind] = telling_line((services.secrets.get(getattr(authority, name)) or NO_SECRET).reveal())
        with Watch(Secrets.of(values)) as watch:
            told = use(shell, services, device, values[CANARY])
            show_marker_to(watch, device, values[MARKER])
        yield Scene(lab, device, shell, services, values, Secrets.of(values), watch.found, told)
    finally:
        for endpoint in services.inventory.endpoints():
            services.enrolment.remove(endpoint.name, forget_only=True, report=ignore, token=CancelToken())
        services.stack.down(keep_data=False, report=ignore, token=CancelToken())
        services.close()
        device.remove()


def use(shell: Shell, services: Services, device: Device, canary: str) -> list[object]:
    """Log in with the canary in every way, well and badly, by command and by service. Returns what was reported and raised."""
    for outcome in shell.at_once(["stack", "deploy", "--yes"], ["kit", "fetch", "--arch", "amd64"]):
        assert outcome.status == 0, outcome
    asked = ("--password-stdin", "--sudo-password-stdin")
    assert shell(*enrol_words(device, "a", "--password-stdin"), typed=[f"{canary}x"]).status == 10
    assert shell(*enrol_words(device, "b", *asked, "--json", user="plain"), typed=[canary, canary]).status == 10
    assert shell(*enrol_words(device, "c", *asked, "--exporter-port", "22"), typed=[canary, canary]).status == 10
    shell.done(*enrol_words(device, "d", *asked, user="ask"), typed=[canary, canary])
    for outcome in shell.at_once(["stack", "status"], ["doctor"], ["alerts"], ["endpoints", "show", "d", "--json"]):
        assert outcome.status == 0, outcome
    shell.done("endpoints", "remove", "d", "--yes")

    told: list[object] = []
    events: list[Event] = []
    wrong = request_for(device, "e", way_in=login("iiot", canary + "x"))
    right = request_for(device, "f", way_in=login("iiot", canary))
    try:
        services.enrolment.enrol(wrong, report=events.append, token=CancelToken())
    except AppError as error:
        told += [repr(error), error.evidence, error.advice, "".join(traceback.format_exception(error))]
    assert told
    services.enrolment.preview(right, report=events.append, token=CancelToken())
    told += [services.enrolment.enrol(right, report=events.append, token=CancelToken())]
    told += [services.stack.access(name) for name in ServiceName]
    return [*told, *events, right]


def show_marker_to(watch: Watch, device: Device, marker: str) -> None:
    """Three processes that carry the marker: here in the arguments and in the environment, and on the device. Seen within seconds."""
    patient = ["timeout", "20", "sh", "-c", "until test -e /proc/self/never; do sleep 0.2; done"]
    with (
        subprocess.Popen([*patient, marker]) as in_arguments,
        subprocess.Popen(patient, env={**os.environ, "X": marker}) as in_environment,
    ):
        device.exec(["sh", "-c", "sleep 1", f"device-{marker}"])
        in_arguments.terminate()
        in_environment.terminate()


def test_processes(scene: Scene) -> None:
    assert {secret for secret, _, _ in scene.watched} == {MARKER}, scene.watched
    assert {kind for _, kind, _ in scene.watched} == {"cmdline", "environ"}
    assert any(f"device-{scene.marker}"[:20] in program for _, _, program in scene.watched), "the device's are seen too"


def test_files_of_this_machine(scene: Scene) -> None:
    scene.shell.done("endpoints", "set", "f", "--notes", scene.marker)
    data = in_folder(scene.shell.data, scene.secrets)
    assert {find.secret for find in data} == {MARKER}, data
    assert {find.place for find in data} <= {"inventory.db", "inventory.db-wal"}
    assert (scene.shell.data / "inventory.db-wal").exists()
    assert (scene.shell.data / "settings.toml").exists()
    assert in_folder(scene.shell.data.parent / "tmp", scene.secrets) == []
    home = Path(os.environ["HOME"])
    (home / "proof").write_text(scene.marker)
    assert [(find.secret, find.place) for find in in_folder(home, scene.secrets)] == [(MARKER, "proof")]
    (home / "proof").unlink()


def test_what_was_printed_reported_and_raised(scene: Scene) -> None:
    scene.shell.done("activity", "--json", "--limit", "1000")
    assert len(scene.shell.outcomes) > 10
    assert in_document([repr(outcome) for outcome in scene.shell.outcomes], scene.secrets) in ([], [MARKER])
    assert in_document([repr(item) for item in scene.told], scene.secrets) == []
    scene.shell.done("endpoints", "set", "f", "--notes", scene.marker)
    scene.shell.done("endpoints", "show", "f")
    assert in_document(repr(scene.shell.outcomes[-1]), scene.secrets) == [MARKER]
    assert in_document([services_repr(scene.services)], scene.secrets) == []


def services_repr(services: Services) -> str:
    """What a log or a debugger would show of the objects that know secrets."""
    return repr((services, services.secrets, services.stack, services.settings(), services.enrolment))


def test_engine(scene: Scene) -> None:
    engine = scene.lab.engine
    containers = [*scene.containers(), engine.containers.get(scene.device.container)]
    assert len(containers) == 4
    for container in containers:
        image = engine.images.get(container.attrs["Image"])
        for document in (container.attrs, image.attrs, image.history()):
            assert in_document(document, scene.secrets) == [], container.name
        assert scene.secrets.within(written_by(container)) == [], container.name


def test_engine_is_searched_rightly(scene: Scene) -> None:
    engine = scene.lab.engine
    made = engine.containers.create(
        IMAGE, ["sh", "-c", 'echo "$X" | tee /proof'], environment={"X": scene.marker}, network_mode="none"
    )
    try:
        made.start()
        made.wait(timeout=30)
        made.reload()
        image: Any = made.commit(message=scene.marker)
        try:
            assert in_document(made.attrs, scene.secrets) == [MARKER]
            assert in_document(image.history(), scene.secrets) == [MARKER]
        finally:
            engine.images.remove(image.id)
        assert scene.secrets.within(written_by(made)) == [MARKER]
        assert in_archive(changed_files(made), scene.secrets) == [Find(MARKER, "proof", 0, 0o644)]
    finally:
        made.remove(force=True, v=True)


def written_by(container: Container) -> bytes:
    """The engine's log of a container."""
    log: Any = container.logs()  # bytes unless streamed
    return bytes(log)


def changed_files(container: Container) -> Iterator[bytes]:
    """An archive of what a container has that its image has not. Folders come with all that is in them."""
    for change in container.diff() or []:
        if change["Kind"] != 2:  # gone
            yield from container.get_archive(str(change["Path"]))[0]


def test_volumes(scene: Scene) -> None:
    """The stack's passwords are there, for the user of the service alone; the canary is not."""
    found = set()
    for container in scene.containers():
        user = int(container.top(ps_args="-eo pid,uid")["Processes"][0][1])
        places = [mount["Destination"] for mount in container.attrs["Mounts"]]
        assert places
        finds = [find for place in places for find in in_archive(container.get_archive(place)[0], scene.secrets)]
        for find in [*finds, *in_archive(changed_files(container), scene.secrets)]:
            assert find.secret in (*STACK, "scraper-key"), (container.name, find)
            assert find.uid == user, (container.name, find)
            assert find.mode & 0o077 == 0, (container.name, find)
            found.add((container.labels["com.docker.compose.service"], find.secret))
    assert found == {
        ("prometheus", "prometheus"),
        ("prometheus", "alertmanager"),
        ("prometheus", "scraper-key"),
        ("grafana", "prometheus"),
        ("grafana", "alertmanager"),
        ("grafana", "grafana-admin"),
    }


def test_device(scene: Scene) -> None:
    scene.device.put_file("/home/iiot/.bash_history", scene.marker)
    scene.device.exec(["sh", "-c", f"echo {scene.marker} | systemd-cat"])
    finds, journal = on_device(scene.lab.engine.containers.get(scene.device.container), scene.secrets)
    assert {find.secret for find in finds} == {MARKER}, finds
    assert "home/iiot/.bash_history" in {find.place for find in finds}
    assert any("journal" in find.place for find in finds)
    assert b"sudo" in journal
    assert scene.secrets.within(journal) == [MARKER]


def test_keyring_and_nothing_but(scene: Scene) -> None:
    own = scene.services.inventory.installation_id
    credential = scene.services.inventory.endpoint("f").credential_id
    authority = scene.services.authorities.current()
    kept = {(kind, f"{own}/stack/{scene.project}/{kind}") for kind in STACK}
    kept |= {(kind, f"{own}/{getattr(authority, name)}") for kind, name in KEYS.items()}
    assert in_keyring(scene.secrets) == {(CANARY, f"{own}/credential/{credential}"), *kept}
    scene.shell.done("endpoints", "remove", "f", "--yes")
    assert in_keyring(scene.secrets) == kept
    assert in_folder(scene.shell.data, Secrets.of({CANARY: scene.values[CANARY]})) == []
