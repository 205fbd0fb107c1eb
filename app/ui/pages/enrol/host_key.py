"""Comparing the host key that a device shows with what the operator has from the device itself."""

import re
from typing import Final

from PySide6.QtCore import QCoreApplication

from app.errors import InputError
from app.models.endpoint import HostKey

_FINGERPRINT: Final = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_KIND_IN_BRACKETS: Final = re.compile(r"\((ED25519|RSA|ECDSA)(?:-SK)?\)")


def _tr(text: str) -> str:
    return QCoreApplication.translate("HostKey", text)


def algorithm(kind: str) -> str:
    """The name in the key file's name: "ssh-ed25519" → "ed25519", "ecdsa-sha2-nistp256" → "ecdsa"."""
    return kind.removeprefix("sk-").removeprefix("ssh-").split("-", maxsplit=1)[0]


def check_command(key: HostKey) -> str:
    """What to run on the device to see the fingerprint of its key of the same type."""
    return f"ssh-keygen -lf /etc/ssh/ssh_host_{algorithm(key.kind)}_key.pub"


def is_same(pasted: str, shown: HostKey) -> bool:
    """Whether `pasted` is `shown`: a fingerprint, the line that ssh-keygen -l prints, or a public key line.

    Raises InputError("host_key") when it is neither, or when it is about the device's key of another type, which says nothing.
    """
    fingerprint = _FINGERPRINT.search(pasted)
    if fingerprint is not None:
        if fingerprint.group() == shown.fingerprint:
            return True
        named = _KIND_IN_BRACKETS.search(pasted)
        if named is not None:
            _refuse_other_type(named.group(1).lower(), shown)
        return False
    if "MD5:" in pasted:
        raise InputError(
            "host_key",
            _tr("This is an MD5 fingerprint. Run the command above: it prints one that begins with SHA256:."),
        )
    try:
        key = HostKey.parse(pasted)
    except InputError:
        raise InputError(
            "host_key", _tr("This is neither a fingerprint (SHA256:…) nor a line of a public key file.")
        ) from None
    _refuse_other_type(algorithm(key.kind), shown)
    return key == shown


def _refuse_other_type(pasted: str, shown: HostKey) -> None:
    wanted = algorithm(shown.kind)
    if pasted != wanted:
        text = _tr("This is the device's {0} key, but it showed its {1} key: compare ssh_host_{1}_key.pub.")
        raise InputError("host_key", text.format(pasted, wanted))
