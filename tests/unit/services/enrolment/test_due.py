"""What is due is renewed, nobody is asked for it, and the operator hears of it once and in time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.errors import BusyError, Cancelled, SecretStoreError
from app.models.certificate import Certificate
from app.models.endpoint import Endpoint, EndpointDraft, Lifecycle, LoginKind
from app.paths import DataPaths
from app.services.enrolment.due import renew_due
from app.services.enrolment.failures import UnreachableError
from app.services.inventory import Inventory
from app.services.progress import CancelToken

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Renewals:
    """Notes whose certificate is renewed; raises for those that it has an error for."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.errors: dict[str, Exception] = {}

    def __call__(self, endpoint: Endpoint, _token: CancelToken) -> None:
        if endpoint.name in self.errors:
            raise self.errors[endpoint.name]
        self.names.append(endpoint.name)


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path)) as made:
        yield made


def put(
    inventory: Inventory, name: str, days: int | None, *, monitored: bool = True, kind: LoginKind | None = None
) -> None:
    """An endpoint whose certificate ends in `days`; None: it answers in plain HTTP."""
    number = len(inventory.endpoints()) + 1
    credential = inventory.add_credential("iiot", kind).id if kind else None
    endpoint = inventory.add(EndpointDraft(name, f"10.20.0.{number}"), credential_id=credential)
    if days is not None:
        ends = NOW + timedelta(days=days)
        made = Certificate(
            f"{number:040x}", f"{number:064x}", (name,), ends - timedelta(days=730), ends, "a" * 64, ("a" * 64,)
        )
        inventory.set_certificate(endpoint.id, made)
    if not monitored:
        inventory.set_lifecycle(endpoint.id, Lifecycle.ENROLLING)


def due(inventory: Inventory, renewals: Renewals, token: CancelToken | None = None) -> list[str]:
    return renew_due(inventory, renewals, NOW, token or CancelToken())


def test_only_what_ends_before_long_is_renewed(inventory: Inventory) -> None:
    put(inventory, "ended", -1)
    put(inventory, "soon", 59)
    put(inventory, "later", 61)
    put(inventory, "plain", None)
    put(inventory, "unfinished", 1, monitored=False)
    renewals = Renewals()
    (told,) = due(inventory, renewals)
    assert sorted(renewals.names) == ["ended", "soon"]
    assert told == "ended, soon have new certificates; the ones before would have ended within 60 days."


def test_nobody_is_asked_for_a_code_out_of_the_blue(inventory: Inventory) -> None:
    put(inventory, "asks", 1, kind=LoginKind.QUESTIONS)
    put(inventory, "knows", 1, kind=LoginKind.PASSWORD)
    renewals = Renewals()
    due(inventory, renewals)
    assert renewals.names == ["knows"]


@pytest.mark.parametrize(("days", "told"), [(31, 0), (29, 1)])
def test_an_unreachable_device_is_told_of_only_in_the_last_month(inventory: Inventory, days: int, told: int) -> None:
    put(inventory, "away", days)
    put(inventory, "busy", days)
    put(inventory, "there", days)
    renewals = Renewals()
    renewals.errors = {
        "away": UnreachableError(target="10.20.0.1"),
        "busy": BusyError(subject="busy", holder="another window"),
    }
    sentences = due(inventory, renewals)
    assert renewals.names == ["there"]
    assert len(sentences) == 1 + told
    assert all(each.startswith("The certificate of away ends on 2026-12-21 and could not") for each in sentences[1:])


def test_what_would_fail_for_all_is_tried_once(inventory: Inventory) -> None:
    put(inventory, "first", 1)
    put(inventory, "second", 1)
    renewals = Renewals()
    renewals.errors = {"first": SecretStoreError(reason="it is locked.", what_to_do="Unlock it.")}
    with pytest.raises(SecretStoreError):
        due(inventory, renewals)
    assert renewals.names == []


def test_many_are_one_sentence(inventory: Inventory) -> None:
    for number in range(7):
        put(inventory, f"wtg-{number}", 10)
    (told,) = due(inventory, Renewals())
    assert told.startswith("wtg-0, wtg-1, wtg-2, wtg-3, wtg-4 and 2 more have new certificates")


def test_cancelling_stops_between_two(inventory: Inventory) -> None:
    put(inventory, "first", 1)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        due(inventory, Renewals(), token)
