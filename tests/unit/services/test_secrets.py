"""The store in memory keeps the contract; the keyring's says clearly why it cannot work."""

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, KeyringLocked

from app.errors import SecretStoreError
from app.models.secret import Secret
from app.services.secrets import KeyringStore, SecretStore
from tests.contracts.secret_store import CANARY, SECRET, SecretStoreContract
from tests.unit.fakes import MemorySecretStore


class InMemory(KeyringBackend):
    """A keyring that passes for the Secret Service's."""

    priority = 5.0

    def __init__(self, failure: Exception | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # keyring's constructors have no annotations
        self.failure = failure
        self.entries: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        del self.entries[service, username]

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


InMemory.__module__, InMemory.__qualname__ = "keyring.backends.SecretService", "Keyring"


class PlainText(InMemory):
    """As third-party packages bring them."""


PlainText.__module__, PlainText.__qualname__ = "keyrings.alt.file", "PlaintextKeyring"


class LockedException(Exception):  # noqa: N818 - the name that the library of the Secret Service gives it
    """As secretstorage raises it."""


class TestMemorySecretStore(SecretStoreContract):
    @pytest.fixture
    def store(self) -> SecretStore:
        return MemorySecretStore()


class TestKeyringStore(SecretStoreContract):
    @pytest.fixture
    def keyring(self) -> InMemory:
        return InMemory()

    @pytest.fixture
    def store(self, keyring: InMemory) -> SecretStore:
        return KeyringStore("1f0c", lambda: keyring)

    def test_entries_carry_the_installation(self, store: SecretStore, keyring: InMemory) -> None:
        store.put("credential/1", SECRET)
        assert keyring.entries == {("plantwatch", "1f0c/credential/1"): CANARY}

    def test_installations_do_not_see_each_other(self, store: SecretStore, keyring: InMemory) -> None:
        store.put("credential/1", SECRET)
        assert KeyringStore("2a1b", lambda: keyring).get("credential/1") is None


class Repeating(InMemory):
    """Has several entries of one name, as a keyring that another program has written into may; `stuck`: deletes none."""

    def __init__(self, *, stuck: bool) -> None:
        super().__init__()
        self.left = 3
        self._stuck = stuck

    def get_password(self, service: str, username: str) -> str | None:
        return CANARY if self.left else None

    def delete_password(self, service: str, username: str) -> None:
        self.left -= 0 if self._stuck else 1


Repeating.__module__, Repeating.__qualname__ = "keyring.backends.SecretService", "Keyring"


def test_every_entry_of_a_name_is_deleted() -> None:
    keyring = Repeating(stuck=False)
    KeyringStore("1f0c", lambda: keyring).delete("credential/1")
    assert keyring.left == 0


def test_an_entry_that_stays_is_told() -> None:
    keyring = Repeating(stuck=True)
    with pytest.raises(SecretStoreError, match="does not delete") as caught:
        KeyringStore("1f0c", lambda: keyring).delete("credential/1")
    assert "1f0c/credential/1" in caught.value.advice
    assert CANARY not in f"{caught.value!r}{caught.value.advice}"


class Single(InMemory):
    """Notes whether anybody asked while it was answering somebody else."""

    def __init__(self) -> None:
        super().__init__()
        self._busy = threading.Lock()
        self.interrupted = False

    def get_password(self, service: str, username: str) -> str | None:
        with self._alone():
            return super().get_password(service, username)

    def set_password(self, service: str, username: str, password: str) -> None:
        with self._alone():
            super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        with self._alone():
            super().delete_password(service, username)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        if not self._busy.acquire(blocking=False):
            self.interrupted = True
            yield
            return
        try:
            threading.Event().wait(0.001)  # long enough for others to come
            yield
        finally:
            self._busy.release()


Single.__module__, Single.__qualname__ = "keyring.backends.SecretService", "Keyring"


def test_it_is_asked_by_one_thread_at_a_time() -> None:
    backend = Single()

    def use(number: int) -> None:
        # Two windows of one process have two of them.
        store = KeyringStore("plant", lambda: backend)
        store.put(f"credential/{number}", Secret("s"))
        store.get(f"credential/{number}")
        store.delete(f"credential/{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(16)))
    assert not backend.interrupted


def chain(*members: KeyringBackend) -> ChainerBackend:
    """A chain of given members: the library's own asks the whole system for them."""
    made: ChainerBackend = type("Chain", (ChainerBackend,), {"backends": list(members)})()
    return made


USES: list[Callable[[SecretStore], object]] = [
    lambda store: store.get("credential/1"),
    lambda store: store.put("credential/1", SECRET),
    lambda store: store.delete("credential/1"),
]


@pytest.mark.parametrize("use", USES)
class TestWithoutUsableKeyring:
    @pytest.mark.parametrize(
        ("platform", "advice"), [("linux", "gnome-keyring"), ("darwin", "Keychain"), ("win32", "Credential Manager")]
    )
    def test_none_at_all_names_what_to_install(
        self, use: Callable[[SecretStore], object], platform: str, advice: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys, "platform", platform)
        with pytest.raises(SecretStoreError, match="none is running") as caught:
            use(KeyringStore("1f0c", fail.Keyring))
        assert advice in caught.value.advice

    @pytest.mark.parametrize("found", [null.Keyring, PlainText, lambda: chain(PlainText(), PlainText())])
    def test_others_are_refused_and_named(
        self, use: Callable[[SecretStore], object], found: Callable[[], KeyringBackend]
    ) -> None:
        with pytest.raises(SecretStoreError, match="not an encrypted keyring") as caught:
            use(KeyringStore("1f0c", found))
        assert "Keyring" in caught.value.evidence
        assert "PYTHON_KEYRING_BACKEND" in caught.value.advice

    def test_an_empty_chain_is_none(self, use: Callable[[SecretStore], object]) -> None:
        with pytest.raises(SecretStoreError, match="none is running"):
            use(KeyringStore("1f0c", chain))

    def test_a_setting_that_cannot_be_loaded_is_told(self, use: Callable[[SecretStore], object]) -> None:
        def find() -> KeyringBackend:
            raise ModuleNotFoundError("No module named 'keyrings'")

        with pytest.raises(SecretStoreError, match="does not answer as it should") as caught:
            use(KeyringStore("1f0c", find))
        assert "keyrings" in caught.value.evidence

    @pytest.mark.parametrize("failure", [KeyringLocked("Failed to unlock the collection!"), LockedException()])
    def test_a_locked_one_is_told(self, use: Callable[[SecretStore], object], failure: Exception) -> None:
        with pytest.raises(SecretStoreError, match="it is locked") as caught:
            use(KeyringStore("1f0c", lambda: InMemory(failure)))
        assert "password" in caught.value.advice

    @pytest.mark.parametrize("failure", [InitError("no bus"), ConnectionResetError("gone"), RuntimeError(CANARY)])
    def test_any_failure_is_told_without_the_secret(
        self, use: Callable[[SecretStore], object], failure: Exception
    ) -> None:
        with pytest.raises(SecretStoreError, match="does not answer") as caught:
            use(KeyringStore("1f0c", lambda: InMemory(failure)))
        assert type(failure).__name__ in caught.value.evidence
        assert caught.value.__cause__ is None
        if use is USES[1]:
            assert CANARY not in f"{caught.value.evidence}{caught.value}"


def test_only_the_trusted_one_of_a_chain_is_used() -> None:
    plain, trusted = PlainText(), InMemory()
    KeyringStore("1f0c", lambda: chain(plain, trusted)).put("credential/1", SECRET)
    assert (len(plain.entries), len(trusted.entries)) == (0, 1)
