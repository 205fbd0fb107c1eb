"""The keyring's store on the real Secret Service, and without one."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import keyring
import pytest
import secretstorage
from keyring.backends.SecretService import Keyring

from app.services.secrets import SERVICE_NAME, KeyringStore, SecretStore
from tests.contracts.secret_store import CANARY, SECRET, SecretStoreContract

ROOT = Path(__file__).parents[2]

#: Asks a store and prints what a person would read.
ASK = """
from app.errors import SecretStoreError
from app.models.secret import Secret
from app.services.secrets import KeyringStore
for use in (lambda s: s.get("credential/1"), lambda s: s.put("credential/1", Secret("c4nary")), lambda s: s.delete("credential/1")):
    try:
        use(KeyringStore("test"))
    except SecretStoreError as error:
        print(error.message, "|", error.evidence, "|", error.advice)
"""

LOCK = """
import secretstorage
bus = secretstorage.dbus_init()
secretstorage.get_default_collection(bus).lock()
"""


@pytest.mark.usefixtures("keyring_session")
class TestOnSecretService(SecretStoreContract):
    @pytest.fixture
    def installation(self) -> Iterator[str]:
        """An installation of this test alone, of which nothing stays in the keyring."""
        installation = str(uuid.uuid4())
        yield installation
        with closing(secretstorage.dbus_init()) as bus:
            for item in secretstorage.search_items(bus, {"service": SERVICE_NAME}):
                if item.get_attributes()["username"].startswith(installation):
                    item.delete()

    @pytest.fixture
    def store(self, installation: str) -> SecretStore:
        return KeyringStore(installation)

    def test_it_is_the_real_thing(self) -> None:
        assert type(keyring.get_keyring()) is Keyring

    def test_another_process_finds_it(self, store: SecretStore, installation: str) -> None:
        store.put("credential/1", SECRET)
        assert KeyringStore(installation).get("credential/1") == SECRET
        assert keyring.get_password("plantwatch", f"{installation}/credential/1") == CANARY
        assert KeyringStore("another").get("credential/1") is None

    def test_nothing_is_left_after_deleting(self, store: SecretStore, installation: str) -> None:
        store.put("credential/1", SECRET)
        store.delete("credential/1")
        with closing(secretstorage.dbus_init()) as bus:
            found = secretstorage.search_items(bus, {"username": f"{installation}/credential/1"})
            assert list(found) == []


def asked(environment: dict[str, str]) -> list[str]:
    """What reading, writing and deleting say in a process with nothing but `environment`."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def asked_in_session(folder: Path, before: str) -> list[str]:
    """As `asked`, in a desktop session of its own, after the shell commands `before`. There is nobody to answer its prompts."""
    environment = {"PATH": os.defpath, "PYTHON": sys.executable, "ASK": ASK, "LOCK": LOCK}
    for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME"):
        (folder / name).mkdir(mode=0o700)
        environment[name] = str(folder / name)
    program = f'{before} && exec "$PYTHON" -c "$ASK"'
    done = subprocess.run(
        ["dbus-run-session", "--", "sh", "-c", program],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_a_locked_keyring_that_nobody_unlocks_is_told(tmp_path: Path) -> None:
    unlocked = "printf pw | gnome-keyring-daemon --unlock --components=secrets >&2"
    lines = asked_in_session(tmp_path, f'{unlocked} && "$PYTHON" -c "$LOCK"')
    assert len(lines) == 3
    for line in lines:
        assert "it is locked" in line
        assert "password" in line


def test_a_keyring_that_was_never_set_up_is_told(tmp_path: Path) -> None:
    """The desktop offers to make one; closing that window is not unlocking it either."""
    lines = asked_in_session(tmp_path, "gnome-keyring-daemon --start --components=secrets >&2")
    assert len(lines) == 3
    assert all("it is locked" in line for line in lines)


def test_without_a_session_it_says_what_to_install(tmp_path: Path) -> None:
    lines = asked({"HOME": str(tmp_path), "PATH": os.defpath})
    assert len(lines) == 3
    for line in lines:
        assert "none is running" in line
        assert "gnome-keyring" in line
        assert "KWallet" in line
    assert list(tmp_path.iterdir()) == []


def test_with_a_session_that_is_gone_it_says_what_to_install(tmp_path: Path) -> None:
    lines = asked(
        {"HOME": str(tmp_path), "PATH": os.defpath, "DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path}/no-bus"}
    )
    assert len(lines) == 3
    assert all("gnome-keyring" in line for line in lines)


@pytest.mark.parametrize(
    "backend", ["keyring.backends.null.Keyring", "keyring.backends.fail.Keyring", "no.such.Keyring"]
)
def test_no_other_backend_is_used(tmp_path: Path, backend: str) -> None:
    lines = asked({"HOME": str(tmp_path), "PATH": os.defpath, "PYTHON_KEYRING_BACKEND": backend})
    assert len(lines) == 3
    assert all("The keyring of this desktop cannot be used" in line for line in lines)
    assert not any("c4nary" in line for line in lines)
