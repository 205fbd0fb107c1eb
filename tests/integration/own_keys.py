"""What the tests of Plantwatch's own key share: how it is asked for, and what is on the device of it."""

from dataclasses import replace

from app.models.endpoint import LoginKind
from app.models.own_key import OwnKeyWish
from app.services.enrolment import EnrolmentRequest
from tests.integration.enrolments import World, login, request_for
from tests.lab import Device

FILE = "/home/{}/.ssh/authorized_keys"
OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5Bq6Qp0hXo3bq0l2Z1Vt5QvUfEwC8y0m9oU2d5nY7k somebody@desk"


def own_key_request(device: Device, user: str = "iiot", *sources: str) -> EnrolmentRequest:
    return replace(request_for(device, way_in=login(user)), own_key=OwnKeyWish(sources))


def keys_of(device: Device, user: str) -> str:
    read = device.exec(["cat", FILE.format(user)])
    assert read.code == 0, read
    return read.out


def our_lines(device: Device, user: str) -> list[str]:
    """Without what the device has added to them."""
    lines = [line for line in keys_of(device, user).splitlines() if "plantwatch:" in line]
    return [line.rpartition(" made:")[0] for line in lines]


def kind_of(world: World) -> LoginKind:
    number = world.inventory.endpoint("wtg-01").credential_id
    assert number is not None
    return world.inventory.credential(number).kind
