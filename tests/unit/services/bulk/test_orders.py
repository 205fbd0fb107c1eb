"""From a list to a run: only what is ready, and nothing is written down before the login is there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from app.errors import InputError, NotFoundError
from app.models.bulk import BulkAction, BulkRun, EnrolOrder
from app.models.device_list import RowId
from app.models.endpoint import Credential, Endpoint, Login, LoginKind
from app.models.secret import Secret
from app.services.bulk.orders import begin
from app.services.lists import Preview, preview_of, read_list
from tests import corpus

LIST = """\
name,ip,jumps
wtg-01,10.20.0.11,
wtg-02,10.20.0.12,admin@10.9.0.1
wtg 03!,10.20.0.13,
wtg-04,10.20.0.14,
"""
LOGIN = Login("admin", LoginKind.PASSWORD, secret=Secret("s"))


@dataclass
class Desk:
    """Records, logins and runs in one, which notes what was done in which order."""

    known: list[Endpoint] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    orders: list[EnrolOrder] = field(default_factory=list)

    def endpoints(self) -> list[Endpoint]:
        return self.known

    def login(self, profile: str) -> Login:
        if profile != "Wind farm":
            raise NotFoundError(kind="login", name=profile, command="plantwatch credentials list")
        self.done.append("login")
        return LOGIN

    def add(self, name: str, login: Login) -> Credential:
        self.done.append(f"add {name}")
        return Credential(1, login.user, login.kind, "", name)

    def enrol(self, orders: list[EnrolOrder]) -> BulkRun:
        self.done.append("enrol")
        self.orders = orders
        now = datetime.now(UTC)
        return BulkRun(12, BulkAction.ENROL, "op", "desk", 1, 1.0, now, now)


def listed(text: str = LIST) -> Preview:
    return preview_of(read_list(text))


def test_what_is_ready_goes_on_and_the_rest_stays() -> None:
    desk = Desk()
    begun = begin(listed(), desk, desk, desk, profile="Wind farm", login=None)
    assert (begun.run.id, begun.rows) == (12, (RowId(2), RowId(3), RowId(5)))
    assert [(order.draft.name, order.profile, order.jumps) for order in desk.orders] == [
        ("wtg-01", "Wind farm", ()),
        ("wtg-02", "Wind farm", (("admin", "10.9.0.1", 22),)),
        ("wtg-04", "Wind farm", ()),
    ]
    assert desk.done == ["login", "enrol"]


def test_a_new_login_is_kept_first() -> None:
    desk = Desk()
    begin(listed(), desk, desk, desk, profile="New", login=LOGIN)
    assert desk.done == ["add New", "enrol"]


def test_a_login_that_is_not_there_writes_nothing_down() -> None:
    desk = Desk()
    with pytest.raises(NotFoundError):
        begin(listed(), desk, desk, desk, profile="Lost", login=None)
    assert desk.done == []


def test_what_was_enrolled_meanwhile_is_not_begun_with() -> None:
    known = corpus.known()
    desk = Desk([known])
    with pytest.raises(InputError, match="No row of the list is ready"):
        begin(
            listed(f"name,ip\n{known.name},{known.address}:{known.port}\n"),
            desk,
            desk,
            desk,
            profile="New",
            login=LOGIN,
        )
    # Nothing was kept for a run that there is not.
    assert desk.done == []
