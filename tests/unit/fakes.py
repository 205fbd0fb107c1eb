"""Stand-ins for the edges of the product. Each passes the contract test of what it stands for."""

import threading

from app.models.secret import Secret


class MemorySecretStore:
    """A `SecretStore` that forgets everything with the process. Passes tests/contracts/secret_store.py, as the keyring does."""

    def __init__(self) -> None:
        self._secrets: dict[str, Secret] = {}
        self._lock = threading.Lock()

    def get(self, name: str) -> Secret | None:
        with self._lock:
            return self._secrets.get(name)

    def put(self, name: str, value: Secret) -> None:
        with self._lock:
            self._secrets[name] = value

    def delete(self, name: str) -> None:
        with self._lock:
            self._secrets.pop(name, None)

    def names(self) -> list[str]:
        """What is stored, sorted: for tests that look for secrets left behind."""
        with self._lock:
            return sorted(self._secrets)
