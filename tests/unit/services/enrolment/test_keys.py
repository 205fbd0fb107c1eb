"""Private keys: files of every kind that is in use, and what is said of the others."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from app.models.secret import NO_SECRET, Secret
from app.services.enrolment.failures import KeyNeedsPassphraseError, KeyUnreadableError, WrongPassphraseError
from app.services.enrolment.keys import load_private_key, make_own_key, own_key

_KINDS = {
    "ed25519": [],
    "ecdsa": ["-t", "ecdsa", "-b", "384"],
    "rsa": ["-t", "rsa", "-b", "2048"],
    "rsa-pem": ["-t", "rsa", "-b", "2048", "-m", "PEM"],
    "ecdsa-pkcs8": ["-t", "ecdsa", "-m", "PKCS8"],
}


@pytest.mark.parametrize("passphrase", ["", "Geheimnis ü"])
@pytest.mark.parametrize("kind", _KINDS)
def test_kinds_and_formats(tmp_path: Path, kind: str, passphrase: str) -> None:
    file = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-a", "1", "-N", passphrase, "-f", file, *_KINDS[kind]], check=True)
    key = load_private_key(str(file), Secret(passphrase))
    assert f"{key.get_name()} {key.get_base64()}" in file.with_suffix(".pub").read_text()
    if passphrase:
        with pytest.raises(KeyNeedsPassphraseError):
            load_private_key(str(file), NO_SECRET)
        with pytest.raises(WrongPassphraseError) as caught:
            load_private_key(str(file), Secret("not this"))
        assert "not this" not in f"{caught.value!r}{caught.value.evidence}"
    else:
        assert load_private_key(str(file), Secret("needless")).get_base64() == key.get_base64()


def test_ed25519_in_pkcs8(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(
        ed25519.Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    assert load_private_key(str(file), NO_SECRET).get_name() == "ssh-ed25519"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"PuTTY-User-Key-File-3: ssh-ed25519", "PuTTY"),
        (b"ssh-ed25519 AAAA me", "public half"),
        (b"notes", "not a private key"),
        (b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n", "damaged"),
        (b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n", "damaged"),
        (b"x" * 100_000, "too large"),
    ],
)
def test_what_is_no_key(tmp_path: Path, content: bytes, word: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(KeyUnreadableError) as caught:
        load_private_key(str(file), NO_SECRET)
    assert word in caught.value.message


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(KeyUnreadableError, match="no such file"):
        load_private_key(str(tmp_path / "absent"), NO_SECRET)


def test_a_key_of_our_own(tmp_path: Path) -> None:
    made = make_own_key()
    key = own_key(made.private)
    assert f"{key.get_name()} {key.get_base64()}" == made.public
    assert "PRIVATE KEY" not in repr(made)
    file = tmp_path / "key.pub"
    file.write_text(made.public)
    printed = subprocess.run(["ssh-keygen", "-l", "-f", file], check=True, capture_output=True, text=True).stdout
    assert made.fingerprint in printed
    assert make_own_key().private != made.private


def test_a_key_of_our_own_that_the_keyring_has_damaged() -> None:
    with pytest.raises(KeyUnreadableError, match="keyring") as caught:
        own_key(Secret("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n"))
    assert "AAAA" not in f"{caught.value!r}{caught.value.evidence}"
