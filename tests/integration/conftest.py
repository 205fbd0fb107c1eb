"""Fixtures of the tests on real parts. Run them with a keyring: `python -m tests.lab run -- pytest tests/integration`."""

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest

from app.services.progress import CancelToken, ignore
from tests.integration.cli_session import Shell
from tests.integration.enrolments import World, changed, kit_folder
from tests.integration.prober import Patrol
from tests.lab import Device, Lab
from tests.migrated import copied_inventories, migrated_inventory  # noqa: F401 - fixtures

#: Those that take longest, longest first. What begins last must not be long: the other workers would have nothing left to do.
_FIRST = (
    "test_cli.py",
    "test_cli_devices.py",
    "test_stack.py",
    "test_canary.py",
    "test_canary_logins.py",
    "test_hostile.py",
    "test_enrolment_interrupted.py",
    "test_stack_targets.py",
    "test_enrolment_stack.py",
    "test_rules_promtool.py",
    "test_certificates.py",
    "test_authority_rotation.py",
    "test_enrolment_identity.py",
    "test_stack_hosts.py",
    "test_impostors.py",
    "test_enrolment.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order of `_FIRST`, then of the names. Files stay whole: their tests share what they made."""
    rank = {name: number for number, name in enumerate(_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(_FIRST)))


@pytest.fixture(scope="session")
def patrolled_lab() -> Iterator[tuple[Lab, Patrol]]:
    lab = Lab()
    with lab.in_use():
        with Patrol(lab.own_devices) as patrol:
            yield lab, patrol
        lab.close()


@pytest.fixture(scope="session")
def lab(patrolled_lab: tuple[Lab, Patrol]) -> Lab:
    """The lab, shared by all workers. One that was up before stays up; one that was started here ends with its last user."""
    return patrolled_lab[0]


@pytest.fixture(scope="session")
def patrol(patrolled_lab: tuple[Lab, Patrol]) -> Patrol:
    """Asks the devices' exporters as a stranger would, all the time."""
    return patrolled_lab[1]


@pytest.fixture(autouse=True)
def nobody_else_is_let_in(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails the test during which an exporter of a device answered a stranger. Set up first, so looked at when all else is cleaned up."""
    if "lab" not in request.fixturenames:
        yield
        return
    patrol: Patrol = request.getfixturevalue("patrol")
    yield
    let_in = patrol.take()
    excuse = request.node.get_closest_marker("open_exporter")
    if excuse is None:
        assert let_in == []
    else:
        (reason,) = excuse.args
        assert reason


@pytest.fixture
def device(lab: Lab) -> Iterator[Device]:
    """A fresh device of this test alone."""
    fresh = lab.new_device()
    yield fresh
    fresh.remove()


@pytest.fixture
def world(lab: Lab, tmp_path: Path) -> Iterator[World]:
    """Everything an enrolment needs but a stack: Prometheus is asked in a test's own way. Nothing of it outlives the test."""
    made = World(tmp_path, kit_folder(lab))
    yield made
    made.close()


@pytest.fixture
def alone(tmp_path: Path, lab: Lab) -> Shell:
    """Commands on a data directory where nothing was ever done."""
    return Shell(tmp_path / "data")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory, lab: Lab) -> Iterator[Shell]:
    """Commands on a data directory with a deployed stack and a filled kit."""
    shell = Shell(tmp_path_factory.mktemp("plant"))
    shell.choose_stack(**{"scrape-interval": "5"})
    try:
        deployed, fetched = shell.at_once(["stack", "deploy", "--yes"], ["kit", "fetch", "--arch", "amd64"])
        assert (deployed.status, fetched.status) == (0, 0), (deployed, fetched)
        yield shell
    finally:
        with shell.services() as services:
            services.stack.down(keep_data=False, report=ignore, token=CancelToken())


@pytest.fixture(scope="module")
def untouched(lab: Lab) -> Iterator[Device]:
    """A device for attempts that end before anything is changed on it; it is proven in the end that nothing was."""
    device = lab.new_device()
    before = device.snapshot()
    try:
        yield device
        assert changed(before, device) == []
    finally:
        device.remove()


@pytest.fixture(scope="session")
def keyring_session() -> None:
    """For tests that need the real Secret Service; fails with what to do when there is none."""
    backend = type(keyring.get_keyring())
    if backend.__module__ != "keyring.backends.SecretService":
        pytest.fail(f"no Secret Service here ({backend.__module__}): run under `python -m tests.lab run -- …`")
