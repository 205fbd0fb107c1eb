"""Fixtures of the tests on real parts. Run them with a keyring: `python -m tests.lab run -- pytest tests/integration`."""

from collections.abc import Iterator

import keyring
import pytest

from tests.lab import Device, Lab


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The lab, shared by all workers. One that was up before stays up; one that was started here ends with its last user."""
    lab = Lab()
    with lab.in_use():
        yield lab
        lab.close()


@pytest.fixture
def device(lab: Lab) -> Iterator[Device]:
    """A fresh device of this test alone."""
    fresh = lab.new_device()
    yield fresh
    fresh.remove()


@pytest.fixture(scope="session")
def keyring_session() -> None:
    """For tests that need the real Secret Service; fails with what to do when there is none."""
    backend = type(keyring.get_keyring())
    if backend.__module__ != "keyring.backends.SecretService":
        pytest.fail(f"no Secret Service here ({backend.__module__}): run under `python -m tests.lab run -- …`")
