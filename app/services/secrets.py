"""Secrets: in the keyring of the operator's desktop, and nowhere else."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import keyring
import keyring.errors
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend

from app.errors import SecretStoreError
from app.models.secret import NO_SECRET, Secret

SERVICE_NAME = "plantwatch"
#: No secret ever has this name.
_NO_SECRETS_NAME = "check"

#: One at a time in a process: the Secret Service answers threads that ask at once as if entries, or the collection, were not there; and a locked
#: keyring would ask for its password once for each of them.
_turn = threading.RLock()

#: In place of an installation's id, for the passwords of shared databases: they are needed before that id can be read.
DATABASES = "databases"

#: The stores that encrypt and that the desktop unlocks at log-in. Whatever else is configured or installed may write plain text.
_TRUSTED_BACKENDS = frozenset(
    {
        "keyring.backends.SecretService.Keyring",
        "keyring.backends.libsecret.Keyring",
        "keyring.backends.kwallet.DBusKeyring",
        "keyring.backends.kwallet.DBusKeyringKWallet4",
        "keyring.backends.macOS.Keyring",
        "keyring.backends.Windows.WinVaultKeyring",
    }
)
#: Entries of one name that are deleted one by one; more of them cannot be Plantwatch's.
_ENTRIES_MAXIMUM = 10
_NOTHING_FOUND = "keyring.backends.fail.Keyring"

_INSTALL = {
    "darwin": "Open Keychain Access, make sure that a login keychain exists and is unlocked, then try again.",
    "win32": "Make sure that the Windows service “Credential Manager” runs, then try again.",
}
_INSTALL_ON_LINUX = (
    "Install gnome-keyring (Debian, Ubuntu: apt install gnome-keyring; Fedora: dnf install gnome-keyring) or KWallet, "
    "log out and in again so that a Secret Service runs in your desktop session, then try again."
)
_UNLOCK = {
    "darwin": "Unlock the login keychain in Keychain Access, allow Plantwatch to use it, then try again.",
    "win32": "Log in to Windows again, then try again.",
}
_UNLOCK_ON_LINUX = (
    "Try again and enter the keyring's password when the desktop asks for it; it is usually your log-in password."
)


class SecretStore(Protocol):
    """Named secrets. Safe to use from several threads. Every method raises SecretStoreError."""

    def get(self, name: str) -> Secret | None:
        """The secret, or None when there is none of that name."""

    def put(self, name: str, value: Secret) -> None:
        """Store `value` under `name`, in place of what was there."""

    def delete(self, name: str) -> None:
        """Forget the secret; no error if there is none."""


def unlock(secrets: SecretStore) -> None:
    """To be called before anything is begun that will need the keyring: the desktop then asks for its password, if it is locked.

    Raises SecretStoreError while it stays locked, or cannot be used at all.
    """
    secrets.get(_NO_SECRETS_NAME)  # asking is what unlocks


class KeyringStore:
    """A `SecretStore` in the desktop's keyring: service "plantwatch", entry "<installation_id>/<name>".

    The keyring is looked for, by `find`, at first use. Only the operating system's own, encrypting keyrings are used; anything else is a
    SecretStoreError that says what to install.
    """

    def __init__(self, installation_id: str, find: Callable[[], KeyringBackend] = keyring.get_keyring) -> None:
        self._installation_id = installation_id
        self._find = find
        self._backend: KeyringBackend | None = None

    def get(self, name: str) -> Secret | None:
        backend = self._usable_backend()
        with _translated():
            found = backend.get_password(SERVICE_NAME, self._entry(name))
        return None if found is None else Secret(found)

    def put(self, name: str, value: Secret) -> None:
        backend = self._usable_backend()
        with _translated(secret=value):
            backend.set_password(SERVICE_NAME, self._entry(name), value.reveal())

    def delete(self, name: str) -> None:
        backend = self._usable_backend()
        with _translated():
            # Backends differ in how they say “not there”, so ask first; and some delete only the first of several entries.
            for _ in range(_ENTRIES_MAXIMUM):
                if backend.get_password(SERVICE_NAME, self._entry(name)) is None:
                    return
                backend.delete_password(SERVICE_NAME, self._entry(name))
        raise SecretStoreError(
            reason="it does not delete an entry.",
            what_to_do=f"Open the desktop's keyring application and delete the entry {self._entry(name)} of {SERVICE_NAME} there.",
        )

    def _entry(self, name: str) -> str:
        return f"{self._installation_id}/{name}"

    def _usable_backend(self) -> KeyringBackend:
        if self._backend is None:
            with _translated():
                found = self._find()
                candidates = list(found.backends) if isinstance(found, ChainerBackend) else [found]
            self._backend = _trusted(candidates)
        return self._backend


def _trusted(candidates: list[KeyringBackend]) -> KeyringBackend:
    """The first trusted one of `candidates`. A chain is not used as a whole: it would go on to the untrusted ones."""
    for candidate in candidates:
        if _qualified_name(candidate) in _TRUSTED_BACKENDS:
            return candidate
    names = ", ".join(_qualified_name(candidate) for candidate in candidates)
    if names in ("", _NOTHING_FOUND):
        raise SecretStoreError(reason="none is running.", what_to_do=_what_to_install())
    raise SecretStoreError(
        f"Found: {names}",
        reason="what is configured for Python's keyring library is not an encrypted keyring of the desktop.",
        what_to_do=(
            "Remove the setting from keyringrc.cfg or the environment variable PYTHON_KEYRING_BACKEND. "
            + _what_to_install()
        ),
    )


def _qualified_name(backend: KeyringBackend) -> str:
    kind = type(backend)
    return f"{kind.__module__}.{kind.__qualname__}"


def _what_to_install() -> str:
    return _INSTALL.get(sys.platform, _INSTALL_ON_LINUX)


@contextmanager
def _translated(*, secret: Secret = NO_SECRET) -> Iterator[None]:
    """Turn whatever a backend raises into SecretStoreError. `secret` is blotted out of the evidence. One thread at a time."""
    try:
        with _turn:
            yield
    except SecretStoreError:
        raise
    except Exception as error:  # noqa: BLE001 - backends let exceptions of D-Bus, of the Keychain and of Windows through
        evidence = f"{type(error).__name__}: {error}"
        if secret:
            evidence = evidence.replace(secret.reveal(), "…")
        if _says_locked(error):
            raise SecretStoreError(
                evidence, reason="it is locked.", what_to_do=_UNLOCK.get(sys.platform, _UNLOCK_ON_LINUX)
            ) from None
        raise SecretStoreError(
            evidence, reason="it does not answer as it should.", what_to_do=_what_to_install()
        ) from None


def _says_locked(error: BaseException) -> bool:
    """Also true when the operator closed the prompt: the keyring stays locked. Backends may have wrapped the error."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, keyring.errors.KeyringLocked) or names & {"LockedException", "PromptDismissedException"}:
        return True
    return error.__cause__ is not None and _says_locked(error.__cause__)
