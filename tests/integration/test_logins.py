"""Every way to log in, on a real sshd: kinds and formats of keys, an agent, questions, doas."""

import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from app.models.endpoint import HostKey, Login, LoginKind
from app.services.enrolment.shell import Outbox
from app.services.enrolment.ssh import SshConnector
from app.services.progress import CancelToken
from tests.integration.enrolments import World, changed, kit_folder, request_for
from tests.lab import Device, Lab

_KINDS = {
    "ed25519": ("-t", "ed25519"),
    "ecdsa-256": ("-t", "ecdsa", "-b", "256"),
    "ecdsa-384": ("-t", "ecdsa", "-b", "384"),
    "ecdsa-521": ("-t", "ecdsa", "-b", "521"),
    "rsa": ("-t", "rsa", "-b", "2048"),
}
_FORMATS = ("OPENSSH", "PEM", "PKCS8")
_PASSPHRASE = "eine Passphrase ü"


@pytest.fixture
def world(lab: Lab, tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, kit_folder(lab))
    yield made
    made.close()


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
            "id -un", Outbox(), on_line=lines.append, on_errors=lambda _: None, on_sent=lambda _: None, token=token
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
    way_in = Login("iiot", LoginKind.KEY_FILE, key_file=str(file), secret=passphrase)
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
