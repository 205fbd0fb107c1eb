"""Every way to log in, on a real sshd: kinds and formats of keys, an agent, questions, doas."""

import os
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from app.errors import AppError, Cancelled
from app.models.device import Privilege
from app.models.endpoint import HostKey, Login, LoginKind
from app.models.secret import Secret
from app.services.enrolment import failures
from app.services.enrolment.questions import Question
from app.services.enrolment.shell import Outbox
from app.services.enrolment.ssh import SshConnector
from app.services.progress import CancelToken, ignore
from tests.integration.careful_devices import Operator, careful_device, doas_device, permit, start_codes_anew
from tests.integration.enrolments import World, changed, login, request_for
from tests.lab import Device, Lab
from tests.lab.device_image import PASSWORDS
from tests.lab.system import wait_until

_KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa-256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa-521": ("-t", "ecdsa", "-b", "521"),
    "rsa": ("-t", "rsa", "-b", "2048"),
}
_FORMATS = ("OPENSSH", "PEM", "PKCS8")
_PASSPHRASE = "eine Passphrase ü"


@pytest.fixture(scope="module")
def keyed(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Device, Path]]:
    """A device that knows one key of each kind, and the folder of these keys, without passphrases and in OpenSSH's format."""
    made, folder = lab.new_device(), tmp_path_factory.mktemp("keys")
    for kind, options in _KINDS.items():
        subprocess.run(["ssh-keygen", "-q", "-N", "", "-f", folder / kind, *options], check=True)
    known = b"".join((folder / f"{kind}.pub").read_bytes() for kind in _KINDS)
    made.put_file("/home/iiot/.ssh/authorized_keys", known, mode=0o644)
    yield made, folder
    made.remove()


def who_is_in(device: Device, login: Login, connector: SshConnector | None = None) -> list[str]:
    """Log in, as enrolling does, and say what `id -un` prints there."""
    token, lines = CancelToken(), list[str]()
    connection = (connector or SshConnector())(
        device.address, device.port, expected=HostKey.parse(device.host_key), token=token
    )
    try:
        connection.log_in(login, token).run(
            "id -un",
            Outbox(),
            on_line=lines.append,
            on_errors=lambda _: None,
            on_sent=lambda _: None,
            seconds=10.0,
            token=token,
        )
        return lines
    finally:
        connection.close()


# Key files


@pytest.mark.parametrize("kind", _KINDS)
def test_enrolled_by_each_kind_of_key(world: World, keyed: tuple[Device, Path], kind: str) -> None:
    device, folder = keyed
    before = device.snapshot()
    world.enrol(request_for(device, way_in=Login("iiot", LoginKind.KEY_FILE, key_file=str(folder / kind))))
    world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []


@pytest.mark.parametrize(("kind", "form", "passphrase"), list(product(_KINDS, _FORMATS, ("", _PASSPHRASE))))
def test_each_format_of_a_key_opens(
    keyed: tuple[Device, Path], tmp_path: Path, kind: str, form: str, passphrase: str
) -> None:
    device, folder = keyed
    file = tmp_path / "key"
    file.write_bytes(_written(folder / kind, form, passphrase))
    way_in = Login("iiot", LoginKind.KEY_FILE, key_file=str(file), secret=Secret(passphrase))
    assert who_is_in(device, way_in) == ["iiot"]


def _written(source: Path, form: str, passphrase: str) -> bytes:
    """The key at `source` in another format. PEM is PKCS#1 or SEC 1; Ed25519 has no such form and gets PKCS#8."""
    key = serialization.load_ssh_private_key(source.read_bytes(), None)
    protection: serialization.KeySerializationEncryption = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    forms = {
        "OPENSSH": serialization.PrivateFormat.OpenSSH,
        "PEM": serialization.PrivateFormat.PKCS8
        if source.name == "ed25519"
        else serialization.PrivateFormat.TraditionalOpenSSL,
        "PKCS8": serialization.PrivateFormat.PKCS8,
    }
    return key.private_bytes(serialization.Encoding.PEM, forms[form], protection)


# ssh-agent


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A real ssh-agent without keys, as the session's own. The path of its socket."""
    place = tmp_path / "agent.sock"
    with subprocess.Popen(["ssh-agent", "-D", "-a", place], stdout=subprocess.DEVNULL) as process:
        wait_until(place.exists, seconds=10, what="ssh-agent to listen")
        monkeypatch.setenv("SSH_AUTH_SOCK", str(place))
        yield place
        process.terminate()


_BY_AGENT = Login("iiot", LoginKind.AGENT)


def _add(*files: Path) -> None:
    subprocess.run(["ssh-add", "-q", *files], check=True)


def _unknown_keys(folder: Path, count: int) -> list[Path]:
    made = [folder / f"unknown-{number}" for number in range(count)]
    for file in made:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    return made


@pytest.mark.usefixtures("agent")
def test_enrolled_by_the_agent(world: World, keyed: tuple[Device, Path], tmp_path: Path) -> None:
    device, folder = keyed
    _add(*_unknown_keys(tmp_path, 2), folder / "ed25519")
    before = device.snapshot()
    world.enrol(request_for(device, way_in=_BY_AGENT))
    assert world.login_secrets == {}
    world.remove("wtg-01")
    assert changed(before, device) == []
    assert world.leftovers() == []


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("kind", _KINDS)
def test_the_agent_signs_with_each_kind_of_key(keyed: tuple[Device, Path], kind: str) -> None:
    device, folder = keyed
    _add(folder / kind)
    assert who_is_in(device, _BY_AGENT) == ["iiot"]


@pytest.mark.usefixtures("agent")
def test_an_agent_with_more_keys_than_the_server_tries(keyed: tuple[Device, Path], tmp_path: Path) -> None:
    device, folder = keyed
    _add(*_unknown_keys(tmp_path, 7), folder / "rsa")
    with pytest.raises(failures.AgentRefusedError) as caught:
        who_is_in(device, _BY_AGENT)
    assert "8 keys" in caught.value.message
    assert "after 6 of them" in caught.value.evidence

    chosen = Login("iiot", LoginKind.AGENT, key_file=str(folder / "rsa.pub"))
    assert who_is_in(device, chosen) == ["iiot"]
    with pytest.raises(failures.AgentLacksKeyError):
        who_is_in(device, Login("iiot", LoginKind.AGENT, key_file=str(folder / "ed25519.pub")))


def test_no_agent(keyed: tuple[Device, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    with pytest.raises(failures.AgentMissingError, match="No ssh-agent"):
        who_is_in(keyed[0], _BY_AGENT)
    monkeypatch.setenv("SSH_AUTH_SOCK", str(tmp_path / "gone"))
    with pytest.raises(failures.AgentMissingError) as caught:
        who_is_in(keyed[0], _BY_AGENT)
    assert "gone" in caught.value.evidence


def test_an_empty_and_a_locked_agent(keyed: tuple[Device, Path], agent: Path, tmp_path: Path) -> None:
    device, folder = keyed
    with pytest.raises(failures.AgentEmptyError):
        who_is_in(device, _BY_AGENT)
    _add(folder / "ed25519")
    says = tmp_path / "askpass"
    says.write_text("#!/bin/sh\necho locked\n")
    says.chmod(0o700)
    environment = {"SSH_AUTH_SOCK": str(agent), "SSH_ASKPASS": str(says), "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run(["ssh-add", "-x"], env={**os.environ, **environment}, check=True, capture_output=True)
    with pytest.raises(failures.AgentEmptyError) as caught:
        who_is_in(device, _BY_AGENT)
    assert "ssh-add -X" in caught.value.advice


# Questions


@pytest.fixture(scope="module")
def careful(lab: Lab) -> Iterator[Device]:
    made = careful_device(lab)
    yield made
    made.remove()


@pytest.fixture
def operator(careful: Device) -> Operator:
    """The codes start anew with each test."""
    start_codes_anew(careful)
    return Operator(PASSWORDS["iiot"])


def test_enrolled_by_answers(world: World, careful: Device, operator: Operator) -> None:
    world.service = world.service_with(connect=SshConnector(ask=operator))
    world.enrol(request_for(careful, way_in=Login("iiot", LoginKind.QUESTIONS)))
    assert [prompt.text for question in operator.seen for prompt in question.prompts] == [
        "Password:",
        "One-time password (OATH) for `iiot':",
    ]
    assert not any(prompt.is_shown for question in operator.seen for prompt in question.prompts)
    assert world.login_secrets == {}
    world.remove("wtg-01")
    assert len(operator.seen) == 4
    assert world.leftovers() == []


def test_the_password_is_given_and_the_code_is_asked_for(careful: Device, operator: Operator) -> None:
    way_in = Login("iiot", LoginKind.PASSWORD, secret=Secret(PASSWORDS["iiot"]))
    assert who_is_in(careful, way_in, SshConnector(ask=operator)) == ["iiot"]
    assert [prompt.text for question in operator.seen for prompt in question.prompts] == [
        "One-time password (OATH) for `iiot':"
    ]


def test_enrolled_by_key_and_code(world: World, careful: Device, operator: Operator) -> None:
    operator.password = PASSWORDS["ask"]
    way_in = Login("ask", LoginKind.KEY_FILE, key_file=str(careful.key_file), sudo_password=Secret(PASSWORDS["ask"]))
    world.service = world.service_with(connect=SshConnector(ask=operator))
    world.enrol(request_for(careful, way_in=way_in))
    world.remove("wtg-01")
    assert world.leftovers() == []


def test_a_key_and_a_password(careful: Device) -> None:
    way_in = Login("plain", LoginKind.KEY_FILE, key_file=str(careful.key_file))
    assert who_is_in(careful, way_in, SshConnector(ask=Operator(PASSWORDS["plain"]))) == ["plain"]
    with pytest.raises(failures.WrongAnswerError):
        who_is_in(careful, way_in, SshConnector(ask=Operator("Wr0ng-Secret")))


def test_a_wrong_code(careful: Device, operator: Operator, caplog: pytest.LogCaptureFixture) -> None:
    operator.counter = 500
    code = operator.code()
    operator.counter = 500
    with caplog.at_level("DEBUG"), pytest.raises(failures.WrongAnswerError) as caught:
        who_is_in(careful, Login("iiot", LoginKind.QUESTIONS), SshConnector(ask=operator))
    told = f"{caught.value!r}{caught.value.message}{caught.value.evidence}{caught.value.advice}{caplog.text}"
    assert code not in told
    assert operator.password not in told


def test_nobody_answers(world: World, careful: Device) -> None:
    with pytest.raises(failures.NobodyToAskError) as caught:
        world.enrol(request_for(careful))
    assert "One-time password" in caught.value.evidence
    assert world.leftovers() == []


def test_the_operator_gives_up(careful: Device) -> None:
    def give_up(_question: Question, _token: CancelToken) -> list[Secret]:
        raise Cancelled

    with pytest.raises(Cancelled):
        who_is_in(careful, Login("iiot", LoginKind.QUESTIONS), SshConnector(ask=give_up))


def test_a_device_that_asks_nothing(keyed: tuple[Device, Path]) -> None:
    with pytest.raises(failures.QuestionsNotAllowedError) as caught:
        who_is_in(keyed[0], Login("iiot", LoginKind.QUESTIONS))
    assert "publickey" in caught.value.evidence


# doas


@pytest.fixture(scope="module")
def with_doas(lab: Lab) -> Iterator[Device]:
    """A device with doas and without sudo."""
    made = doas_device(lab)
    yield made
    made.remove()


def test_enrolled_by_doas(world: World, with_doas: Device) -> None:
    permit(with_doas, "permit nopass iiot as root")
    before = with_doas.snapshot()
    world.enrol(request_for(with_doas))
    facts = world.inventory.endpoint("wtg-01").facts
    assert facts is not None
    assert facts.privilege is Privilege.DOAS
    world.remove("wtg-01")
    assert changed(before, with_doas) == []
    assert world.leftovers() == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("permit iiot as root", failures.DoasNeedsTerminalError),
        ("permit nopass someone as root", failures.NoRootRightsError),
    ],
)
def test_doas_that_does_not_let_in(world: World, with_doas: Device, rule: str, expected: type[AppError]) -> None:
    permit(with_doas, rule)
    before = with_doas.snapshot()
    with pytest.raises(expected) as caught:
        world.enrol(request_for(with_doas))
    assert "iiot" in caught.value.message
    assert changed(before, with_doas) == []
    assert world.leftovers() == []


def test_doas_where_sudo_is_for_others(world: World, with_doas: Device) -> None:
    permit(with_doas, "permit nopass plain as root")
    with_doas.exec(["cp", "-a", "/usr/bin/sudo.away", "/usr/bin/sudo"])
    try:
        plan = world.service.preview(request_for(with_doas, way_in=login("plain")), report=ignore, token=CancelToken())
    finally:
        with_doas.exec(["rm", "/usr/bin/sudo"])
    assert plan.facts.privilege is Privilege.DOAS
