"""Private keys: from files, and Plantwatch's own."""

import io
from dataclasses import dataclass
from pathlib import Path

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from app.models.endpoint import HostKey
from app.models.secret import NO_SECRET, Secret
from app.services.enrolment.failures import KeyNeedsPassphraseError, KeyUnreadableError, WrongPassphraseError

_PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
_KINDS: dict[type[_PrivateKey], type[paramiko.PKey]] = {
    ed25519.Ed25519PrivateKey: paramiko.Ed25519Key,
    ec.EllipticCurvePrivateKey: paramiko.ECDSAKey,
    rsa.RSAPrivateKey: paramiko.RSAKey,
}
_LIMIT = 64 * 1024
_IN_KEYRING = "of Plantwatch's own in the keyring"


def load_private_key(file: str, passphrase: Secret) -> paramiko.PKey:
    """An Ed25519, ECDSA or RSA key in OpenSSH or PEM format.

    Raises KeyUnreadableError, KeyNeedsPassphraseError, WrongPassphraseError. No message holds any of the key.
    """
    path = Path(file).expanduser()
    try:
        if path.stat().st_size > _LIMIT:
            raise KeyUnreadableError(file=file, why="it is too large for a key.")
        text = path.read_bytes()
    except FileNotFoundError as error:
        raise KeyUnreadableError(file=file, why="there is no such file.") from error
    except OSError as error:
        raise KeyUnreadableError(file=file, why=f"{error.strerror or 'it cannot be read'}.") from error
    _check_form(file, text)
    return _for_paramiko(file, _parsed(file, text, passphrase))


def needs_passphrase(file: str) -> bool:
    """Whether the key in `file` cannot be read without one. What else is wrong with it is told where it is used."""
    try:
        load_private_key(file, NO_SECRET)
    except KeyNeedsPassphraseError:
        return True
    except KeyUnreadableError:
        return False
    return False


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A new Ed25519 key: the private half in OpenSSH's format, without a passphrase, and the public one as "TYPE BASE64"."""

    private: Secret
    public: str

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it."""
        return HostKey.parse(self.public).fingerprint


def make_own_key() -> OwnKey:
    """Never in a file: the private half is for the keyring."""
    made = ed25519.Ed25519PrivateKey.generate()
    public = made.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    return OwnKey(Secret(_openssh(made)), public.decode("ascii"))


def own_key(private: Secret) -> paramiko.PKey:
    """What `make_own_key` made, as it came back from the keyring. Raises KeyUnreadableError."""
    return _for_paramiko(_IN_KEYRING, _parsed(_IN_KEYRING, private.reveal().encode(), NO_SECRET))


def _check_form(file: str, text: bytes) -> None:
    if text.startswith(b"PuTTY-User-Key-File"):
        raise KeyUnreadableError(file=file, why="it is in PuTTY's own format.")
    if text.startswith((b"ssh-", b"ecdsa-", b"sk-")):
        raise KeyUnreadableError(
            file=file, why="it is the public half; the private one has the same name without .pub."
        )
    if b"PRIVATE KEY-----" not in text:
        raise KeyUnreadableError(file=file, why="it is not a private key.")


def _parsed(file: str, text: bytes, passphrase: Secret) -> object:
    """By `cryptography`, which reads every format and says why it cannot; Paramiko guesses."""
    load = serialization.load_ssh_private_key if b"BEGIN OPENSSH" in text else serialization.load_pem_private_key
    try:
        return load(text, None)
    except TypeError as error:  # the library's way to say that it is encrypted
        if not passphrase:
            raise KeyNeedsPassphraseError(file=file) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnreadableError(file=file, why="its form is not known, or it is damaged.") from error
    try:
        return load(text, passphrase.reveal().encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongPassphraseError(file=file) from error


def _for_paramiko(file: str, key: object) -> paramiko.PKey:
    """Through its own format, in memory."""
    for kind, wanted in _KINDS.items():
        if isinstance(key, kind):
            return wanted.from_private_key(io.StringIO(_openssh(key)))
    raise KeyUnreadableError(file=file, why="it is of a kind that SSH servers no longer accept.")


def _openssh(key: _PrivateKey) -> str:
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    return text.decode("ascii")
