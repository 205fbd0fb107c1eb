"""Failures by their cause: one thing mends all of a kind."""

import pytest

from app.models.bulk import ItemState
from app.services.bulk.causes import Fix, causes_of, fix_for
from tests.unit.services.bulk.some_items import failed, some_item


def test_the_most_frequent_comes_first_and_what_did_not_fail_is_none() -> None:
    items = [some_item(1), failed(2, "PortClosedError"), failed(3), failed(4), some_item(5, ItemState.CANCELLED)]
    refused, closed = causes_of(items)
    assert (refused.fix, refused.numbers, refused.subjects) == (Fix.LOGIN, (3, 4), ("wtg-03", "wtg-04"))
    assert (closed.fix, closed.count) == (Fix.RETRY, 1)


def test_each_login_and_each_port_is_a_cause_of_its_own() -> None:
    items = [failed(1, profile="North"), failed(2, profile="South"), failed(3, profile="North")]
    assert [(cause.profile, cause.numbers) for cause in causes_of(items)] == [("North", (1, 3)), ("South", (2,))]
    taken = [failed(1, "PortTakenError"), failed(2, "PortTakenError", profile="South")]
    assert [(cause.port, cause.count, cause.fix) for cause in causes_of(taken)] == [(9100, 2, Fix.PORT)]


@pytest.mark.parametrize(
    ("kind", "fix"),
    [
        ("WrongPasswordError", Fix.LOGIN),
        ("SudoPasswordMissingError", Fix.LOGIN),
        ("HostKeyUnknownError", Fix.HOST_KEYS),
        ("UnexpectedHostKeyError", Fix.RETRY),
        ("PortTakenError", Fix.PORT),
        ("StackError", Fix.STACK),
        ("KitError", Fix.KIT),
        ("SomethingNewError", Fix.RETRY),
    ],
)
def test_what_mends_it(kind: str, fix: Fix) -> None:
    assert fix_for(kind) is fix
