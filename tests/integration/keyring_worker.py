"""An operator whose keyring locks: `python -m tests.integration.keyring_worker` in a desktop session of its own.

Reads one JSON document from standard input: where the kit and a device are, and the keyring's password. Prints what happened as another.
"""

import json
import sys
import traceback
from contextlib import closing
from pathlib import Path
from typing import Any

import secretstorage
from jeepney import DBusAddress, new_method_call  # type: ignore[import-untyped] # it brings no types
from secretstorage.util import format_secret, open_session

from app.errors import SecretStoreError
from app.models.endpoint import EndpointDraft, HostKey, Login, LoginKind
from app.models.secret import Secret
from app.services.enrolment import EnrolmentRequest
from app.services.enrolment.service import EnrolmentService
from app.services.progress import CancelToken, StepStarted, ignore
from app.services.secrets import SERVICE_NAME, KeyringStore
from tests.integration.enrolments import DirectProbe, World

_LOGIN_COLLECTION = "/org/freedesktop/secrets/collection/login"
#: What the log-in screen uses to unlock the keyring with the operator's password; a person types it into the prompt instead.
_UNLOCKING = DBusAddress(
    "/org/freedesktop/secrets",
    "org.freedesktop.secrets",
    "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface",
)


def lock() -> None:
    with closing(secretstorage.dbus_init()) as bus:
        secretstorage.get_default_collection(bus).lock()


def unlock(password: str) -> None:
    with closing(secretstorage.dbus_init()) as bus:
        secret = format_secret(open_session(bus), password.encode(), "text/plain")
        message = new_method_call(_UNLOCKING, "UnlockWithMasterPassword", "o(oayays)", (_LOGIN_COLLECTION, secret))
        bus.send_and_get_reply(message)


def entries(installation: str) -> list[str]:
    """Names of what the keyring holds of this installation, and the secrets, by the library underneath."""
    with closing(secretstorage.dbus_init()) as bus:
        found = secretstorage.search_items(bus, {"service": SERVICE_NAME})
        items = [(item.get_attributes()["username"], item.get_secret().decode()) for item in found]
    return sorted(f"{name.removeprefix(installation + '/')}={secret}" for name, secret in items if installation in name)


class Story:
    """Enrols and removes, with the keyring locked and unlocked. One application all the while: nothing is started again."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._world = world = World(Path(order["folder"]), Path(order["kit"]))
        store = KeyringStore(world.inventory.installation_id)
        fleet = DirectProbe(world.inventory, store)
        self._service = EnrolmentService(world.inventory, store, world.kit, world.targets, fleet)
        self.told: dict[str, object] = {}

    def play(self) -> None:
        order, world = self._order, self._world
        draft = EndpointDraft("wtg-01", order["address"])
        password = Secret(order["password"])
        way_in = Login("ask", LoginKind.PASSWORD, secret=password, sudo_password=password)
        request = EnrolmentRequest(draft, way_in, HostKey.parse(order["host_key"]))
        lock()
        self.told["enrolling while locked"] = self._refused(
            lambda report: self._service.enrol(request, report=report, token=CancelToken())
        )
        self.told["left by it"] = world.leftovers()
        unlock(order["keyring"])
        self._service.enrol(request, report=ignore, token=CancelToken())
        self.told["kept"] = self._entries()
        lock()
        for what, options in (
            ("removing", {}),
            ("keeping", {"keep_exporter": True}),
            ("forgetting", {"forget_only": True}),
        ):
            self.told[f"{what} while locked"] = self._refused(
                lambda report, options=options: self._service.remove(
                    "wtg-01", report=report, token=CancelToken(), **options
                )
            )
        self.told["still"] = [str(world.inventory.endpoint("wtg-01").lifecycle), *world.targets.all()]
        unlock(order["keyring"])
        self._service.remove("wtg-01", forget_only=order["forget_only"], report=ignore, token=CancelToken())
        self.told["kept in the end"] = self._entries()
        self.told["left in the end"] = world.leftovers()
        world.close()

    def _entries(self) -> list[str]:
        """All of them but what is the installation's own: the authority and who Prometheus is."""
        found = entries(self._world.inventory.installation_id)
        return [entry for entry in found if not entry.startswith("authority/")]

    def _refused(self, act: Any) -> list[str]:
        """What is said, and how far it came: the steps that began."""
        steps: list[str] = []

        def report(event: object) -> None:
            if isinstance(event, StepStarted):
                steps.append(event.step.value)

        try:
            act(report)
        except SecretStoreError as error:
            return [error.message, error.advice, *steps]
        return ["it was not refused"]


def main() -> None:
    story = Story(json.load(sys.stdin))
    try:
        story.play()
    except Exception:  # noqa: BLE001 - told to the test
        story.told["failed"] = traceback.format_exc()
    json.dump(story.told, sys.stdout)


if __name__ == "__main__":
    main()
