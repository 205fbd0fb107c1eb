"""From the rows of a list to what a run is to do, and the run that begins with them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from app.errors import InputError
from app.models.bulk import BulkRun, EnrolOrder
from app.models.device_list import Field, Row, RowId, Verdict
from app.models.endpoint import Credential, Endpoint, Login
from app.services.lists import Preview


class Records(Protocol):
    """Who knows the endpoints; see `Inventory`."""

    def endpoints(self) -> list[Endpoint]: ...


class Logins(Protocol):
    """Who keeps the logins that have a name; see `CredentialService`."""

    def login(self, profile: str) -> Login: ...
    def add(self, name: str, login: Login) -> Credential: ...


class Runs(Protocol):
    """Who writes runs down; see `BulkService`."""

    def enrol(self, orders: list[EnrolOrder]) -> BulkRun: ...


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that was written down, and the rows of the list that are in it."""

    run: BulkRun
    rows: tuple[RowId, ...]


def is_ready(row: Row) -> bool:
    """Whether a run can enrol it."""
    return row.verdict is Verdict.GOOD and row.device is not None


def orders_of(rows: Iterable[Row], profile: str) -> list[EnrolOrder]:
    """What a run is to do with each of `rows` that has a device, logging in by `profile`."""
    return [
        EnrolOrder(
            row.device.draft,
            profile,
            row.values.get(Field.HOST_KEY, ""),
            seen_key=row.device.seen_key,
            jumps=row.device.jumps,
        )
        for row in rows
        if row.device is not None
    ]


def begin(
    preview: Preview, records: Records, logins: Logins, runs: Runs, *, profile: str, login: Login | None
) -> Begun:
    """Write a run down that enrols every row of `preview` that is ready, beside the inventory as it is now.

    `login` is kept as `profile` first; None: `profile` is there already. Raises InputError when no row is ready or another login has that name,
    NotFoundError, LoginLostError, SecretStoreError, InventoryError.
    """
    ready = [row for row in preview.with_known(records.endpoints()).good if is_ready(row)]
    if not ready:
        raise InputError("devices", "No row of the list is ready: each is wrong, or enrolled already.")
    if login is not None:
        logins.add(profile, login)
    else:
        logins.login(profile)  # before anything is written down
    return Begun(runs.enrol(orders_of(ready, profile)), tuple(row.id for row in ready))
