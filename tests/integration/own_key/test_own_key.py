"""A key of Plantwatch's own: on a real sshd it takes the place of the password, and goes without a trace."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from app.errors import SecretStoreError
from app.models.endpoint import Login, LoginKind
from app.models.own_key import HERE, OwnKeyWish, authorized_line
from app.models.secret import Secret
from app.services.credentials import CredentialService
from app.services.enrolment import EnrolmentService, Question, RemoveStep, failures
from app.services.enrolment.keys import make_own_key
from app.services.enrolment.own_key import DeviceKey
from app.services.enrolment.parts import open_session
from app.services.enrolment.ssh import SshConnector
from app.services.progress import CancelToken, ignore
from tests.integration.careful_devices import careful_device
from tests.integration.enrolments import World, changed, login, request_for
from tests.integration.own_keys import FILE, OTHER_KEY, keys_of, kind_of, our_lines, own_key_request
from tests.integration.stacks import FileSecretStore
from tests.lab import Device, Lab, Snapshot
from tests.lab.device_image import PASSWORDS

# The whole way


@pytest.mark.parametrize("user", ["iiot", "ask"])
def test_takes_the_place_of_the_password(world: World, device: Device, before: Snapshot, user: str) -> None:
    request = own_key_request(device, user, HERE)
    events = world.enrol(request)
    assert events.started == [step.value for step in request.steps]
    assert kind_of(world) is LoginKind.OWN_KEY
    # Only sudo goes on asking for a password, where it does.
    secrets = list(world.login_secrets.values())
    assert [value for value in secrets if "PRIVATE KEY" not in value] == ([PASSWORDS["ask"]] if user == "ask" else [])
    assert sum("PRIVATE KEY" in value for value in secrets) == 1
    (line,) = our_lines(device, user)
    assert re.match(r'restrict,from="[0-9.]+" ssh-ed25519 \S+ plantwatch:[0-9a-f-]+/\d+ endpoint wtg-01$', line)

    world.service.check("wtg-01", report=ignore, token=CancelToken())
    world.service.renew("wtg-01", report=ignore, token=CancelToken())
    world.remove("wtg-01")
    assert world.leftovers() == []
    assert changed(before, device) == []


def test_the_private_half_is_in_the_keyring_only(world: World, device: Device, before: Snapshot) -> None:
    events = world.enrol(own_key_request(device))
    (kept,) = world.login_secrets.values()
    telling = kept.splitlines()[2]
    for file in world.folder.rglob("*"):
        assert file.name == "secrets.json" or not file.is_file() or telling.encode() not in file.read_bytes()
    assert telling not in repr((events.all, world.inventory.endpoints(), world.inventory.activities()))
    found = device.exec(["grep", "-rlF", telling, "/home", "/root", "/etc", "/var", "/tmp", "/run", "/usr/local"])
    assert found.out == ""
    world.remove("wtg-01")


def test_said_in_the_plan(world: World, device: Device, before: Snapshot) -> None:
    plan = world.service.preview(own_key_request(device, "ask"), report=ignore, token=CancelToken())
    assert plan.lines[-2:] == (
        "Put a key of Plantwatch's own into ask's authorized_keys, and log in with it.",
        "Forget the login that was given; what sudo asks for stays in the keyring.",
    )
    assert changed(before, device) == []


def test_renewed(world: World, device: Device, before: Snapshot) -> None:
    world.enrol(own_key_request(device, "ask", "0.0.0.0/0"))
    (former,), secrets = our_lines(device, "ask"), world.login_secrets
    renewed = world.service.renew_key("wtg-01", None, report=ignore, token=CancelToken())
    (line,) = our_lines(device, "ask")
    assert line != former
    assert line.startswith('restrict,from="0.0.0.0/0" ')
    assert renewed.standby_credential_id is None
    assert len(world.login_secrets) == len(secrets)
    assert not set(world.login_secrets) & set(secrets)
    world.remove("wtg-01")
    assert changed(before, device) == []


def test_an_endpoint_with_a_password_gets_one(world: World, device: Device, before: Snapshot) -> None:
    world.enrol(request_for(device))
    world.service.renew_key("wtg-01", OwnKeyWish(), report=ignore, token=CancelToken())
    assert PASSWORDS["iiot"] not in world.login_secrets.values()
    world.remove("wtg-01")
    assert world.leftovers() == []
    assert changed(before, device) == []


def test_a_login_with_a_name_stays_for_the_others(world: World, device: Device, before: Snapshot) -> None:
    credentials = CredentialService(world.inventory, world.secrets)
    credentials.add("Plant", login("ask"))
    request = replace(own_key_request(device), login=credentials.login("Plant"))
    world.enrol(request)
    assert kind_of(world) is LoginKind.OWN_KEY
    world.remove("wtg-01")
    assert credentials.login("Plant").secret == login("ask").secret
    # Given a name while enrolling, it is kept for others, though not for this one.
    world.enrol(replace(own_key_request(device), keep_as="Farm"))
    assert kind_of(world) is LoginKind.OWN_KEY
    assert [usage.devices for usage in credentials.profiles()] == [(), ()]
    world.remove("wtg-01")


# What cannot be


@contextmanager
def forbidden(device: Device, rule: str) -> Iterator[None]:
    file = "/etc/ssh/sshd_config.d/00-test.conf"
    device.put_file(file, f"{rule}\n", mode=0o644)
    device.exec(["systemctl", "reload", "ssh"])
    try:
        yield
    finally:
        device.exec(["rm", file])
        device.exec(["systemctl", "reload", "ssh"])


@pytest.mark.parametrize(
    "rule", ["PubkeyAuthentication no", "AuthorizedKeysFile /etc/ssh/keys/%u", "AuthenticationMethods password"]
)
@pytest.mark.parametrize("user", ["iiot", pytest.param("ask", marks=pytest.mark.full)])
def test_a_device_that_takes_no_keys(world: World, device: Device, before: Snapshot, user: str, rule: str) -> None:
    with forbidden(device, rule), pytest.raises(failures.OwnKeyForbiddenError):
        world.enrol(own_key_request(device, user))
    assert world.leftovers() == []
    assert changed(before, device) == []


def test_a_device_that_wants_more_than_a_key(world: World, lab: Lab) -> None:
    careful = careful_device(lab)
    careful.exec(["chown", "-R", "plain:plain", "/home/plain/.ssh"])
    careful.put_file("/etc/sudoers.d/plain", "plain ALL=(ALL) NOPASSWD:ALL\n", mode=0o440)
    before = careful.snapshot()

    def answer(_question: Question, _token: CancelToken) -> list[Secret]:
        return [Secret(PASSWORDS["plain"])]

    way_in = Login("plain", LoginKind.KEY_FILE, key_file=str(careful.key_file))
    request = replace(request_for(careful, way_in=way_in), own_key=OwnKeyWish())
    service = world.service_with(connect=SshConnector(ask=answer))
    with pytest.raises(failures.OwnKeyForbiddenError, match="own"):
        service.enrol(request, report=ignore, token=CancelToken())
    assert changed(before, careful) == []
    careful.remove()


def test_accepted_from_elsewhere_only(world: World, device: Device, before: Snapshot) -> None:
    with pytest.raises(failures.OwnKeyForbiddenError) as told:
        world.enrol(own_key_request(device, "iiot", "192.0.2.7"))
    assert "sees this computer at" in told.value.evidence
    assert world.leftovers() == []
    assert changed(before, device) == []


def test_a_home_that_is_read_only(world: World, device: Device, before: Snapshot) -> None:
    device.exec(["chown", "root", "/home/ask"])
    try:
        with pytest.raises(failures.NotWritableError, match="/home/ask"):
            world.enrol(own_key_request(device, "ask"))
    finally:
        device.exec(["chown", "ask", "/home/ask"])
    assert world.leftovers() == []
    assert changed(before, device) == []


@pytest.mark.parametrize(
    "making",
    [
        "ln -s /etc /home/ask/.ssh",
        "mkdir -m 700 /home/ask/.ssh; ln -s /etc/motd /home/ask/.ssh/authorized_keys; chown -h ask /home/ask/.ssh",
        "mkdir -m 777 /home/ask/.ssh",
        "mkdir -m 700 /home/ask/.ssh; touch /home/ask/.ssh/authorized_keys; chown ask /home/ask/.ssh",
        "touch /home/ask/.ssh; chown ask /home/ask/.ssh",
    ],
)
def test_a_place_that_is_not_the_users_own(world: World, device: Device, before: Snapshot, making: str) -> None:
    device.exec(["sh", "-c", making])
    made = device.snapshot()
    with pytest.raises(failures.OwnKeyPlaceError):
        world.enrol(own_key_request(device, "ask"))
    assert changed(made, device) == []
    device.exec(["rm", "-rf", "/home/ask/.ssh"])
    assert changed(before, device) == []


class _Locked(FileSecretStore):
    """A keyring that is locked as soon as a private key of ours is to go into it."""

    def put(self, name: str, value: Secret) -> None:
        if "OPENSSH PRIVATE KEY" in value.reveal():
            raise SecretStoreError(reason="it is locked.", what_to_do="Unlock it.")
        super().put(name, value)


def test_a_keyring_that_does_not_take_it(world: World, device: Device, before: Snapshot) -> None:
    locked = _Locked(world.folder / "secrets.json")
    service = EnrolmentService(world.inventory, locked, world.kit, world.targets, world.fleet)
    with pytest.raises(SecretStoreError):
        service.enrol(own_key_request(device), report=ignore, token=CancelToken())
    assert world.leftovers() == []
    assert changed(before, device) == []


# The file, to the byte


@pytest.mark.parametrize(
    "making",
    [
        ":",
        "mkdir -m 755 .ssh",
        "mkdir -m 700 .ssh; : >.ssh/authorized_keys; chmod 640 .ssh/authorized_keys",
        f"mkdir -m 700 .ssh; echo '{OTHER_KEY}' >.ssh/authorized_keys; chmod 644 .ssh/authorized_keys",
        f"mkdir -m 700 .ssh; printf %s '{OTHER_KEY}' >.ssh/authorized_keys",
        f"mkdir -m 700 .ssh; printf '\\n\\n# {OTHER_KEY}\\r\\n\\n\\n' >.ssh/authorized_keys",
        "mkdir -m 700 .ssh; : >.ssh/known_hosts",
    ],
)
def test_the_file_is_afterwards_as_it_was(device: Device, before: Snapshot, making: str) -> None:
    device.exec(["su", "plain", "-c", f"cd && {making}"])
    made = device.snapshot()
    with key_on(device) as (key, line, tag):
        for _ in range(2):  # either may be repeated
            key.add(line, tag)
            assert our_lines(device, "plain") == [line]
        for _ in range(2):
            key.remove(tag)
            assert changed(made, device) == []
    device.exec(["rm", "-rf", "/home/plain/.ssh"])


def test_what_others_add_stays(device: Device, before: Snapshot) -> None:
    with key_on(device) as (key, line, tag):
        key.add(line, tag)
        device.exec(["sh", "-c", f"printf %s '{OTHER_KEY}' >>/home/plain/.ssh/authorized_keys"])
        key.add(line, tag)
        key.remove(tag)
        assert keys_of(device, "plain") == OTHER_KEY
        assert device.exec(["stat", "-c", "%a %U", FILE.format("plain")]).out == "600 plain\n"
    device.exec(["rm", "-rf", "/home/plain/.ssh"])


@contextmanager
def key_on(device: Device) -> Iterator[tuple[DeviceKey, str, str]]:
    """What changes the file of `plain`, a line, and its tag."""
    place, tag = request_for(device).place, "plantwatch:0b7e/7"
    line = authorized_line(make_own_key().public, tag=tag, name="wtg 01", sources=("10.0.0.0/8", "fd00::1"))
    with open_session(SshConnector(), place, login("plain"), RemoveStep, report=ignore, token=CancelToken()) as session:
        yield DeviceKey(session.program), line, tag


# Cancelled, and killed
