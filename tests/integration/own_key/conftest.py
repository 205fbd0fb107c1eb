"""The device of the tests of Plantwatch's own key, and the proof that it is left as it was."""

from collections.abc import Iterator

import pytest

from tests.integration.enrolments import changed
from tests.lab import Device, Lab, Snapshot


@pytest.fixture(scope="module")
def device(lab: Lab) -> Iterator[Device]:
    """`iiot` has a key of somebody else's; `ask`, whose sudo wants a password, has no folder for keys."""
    made = lab.new_device()
    made.exec(["chown", "-R", "iiot:iiot", "/home/iiot/.ssh"])
    yield made
    made.remove()


@pytest.fixture
def before(device: Device) -> Iterator[Snapshot]:
    """What the device is; it has to be the same afterwards, too."""
    found = device.snapshot()
    yield found
    assert changed(found, device) == []
