"""A canary for a password: after all that enrolment does, it is in the keyring and nowhere else, here or on the device."""

import logging
import secrets
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.errors import AppError
from app.models.metrics import EndpointHealth, Health
from app.services.progress import CancelToken, Event
from tests.integration.enrolments import World, kit_folder, login, request_for
from tests.lab import Device, Lab


@contextmanager
def watched_processes(canary: bytes) -> Iterator[list[str]]:
    """Reads the arguments and the environment of every process of this machine, devices included, over and over. Yields what was found."""
    found: list[str] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for place in Path("/proc").glob("[0-9]*"):
                for what in ("cmdline", "environ"):
                    try:
                        content = (place / what).read_bytes()
                    except OSError:
                        continue  # it has ended
                    if canary in content:
                        found.append(f"{place}/{what}: {content!r}")
            over.wait(0.005)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def test_the_password_is_in_the_keyring_and_nowhere_else(
    lab: Lab, device: Device, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    canary = f"canary-{secrets.token_hex(8)}"
    device.set_password("ask", canary)
    world = World(tmp_path, kit_folder(lab))
    request = request_for(device, way_in=login("ask", canary))
    events: list[Event] = []
    errors: list[AppError] = []
    with caplog.at_level(logging.DEBUG), watched_processes(canary.encode()) as found:
        world.service.enrol(request, report=events.append, token=CancelToken())
        assert canary in world.secrets.all().values()
        world.service.remove("wtg-01", report=events.append, token=CancelToken())
        world.fleet.answer = EndpointHealth(Health.DOWN, last_error="connection refused")
        for way_in in (login("ask", canary), login("ask", canary + "-not"), login("plain", canary)):
            with pytest.raises(AppError) as caught:
                world.service.enrol(request_for(device, way_in=way_in), report=events.append, token=CancelToken())
            errors.append(caught.value)
    assert found == []
    assert world.leftovers() == []
    said = "".join([*map(repr, events), *(line for error in errors for line in traceback.format_exception(error))])
    said += "".join(f"{error!r}{error.evidence}{error.advice}{error.details}" for error in errors)
    said += repr(request) + repr(world.inventory.activities()) + caplog.text
    assert canary not in said
    world.close()
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or canary.encode() not in file.read_bytes(), file
    on_device = device.exec(
        [
            "sh",
            "-c",
            f"journalctl --no-pager -o verbose | grep -c {canary}; grep -rlF {canary} /etc /var /usr/local /home /root /tmp /run",
        ]
    )
    assert on_device.out.split() == ["0"], on_device.out
