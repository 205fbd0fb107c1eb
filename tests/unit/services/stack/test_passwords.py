"""Generated passwords: made once, taken up again, forgotten together."""

from app.models.secret import NO_SECRET, Secret
from app.services.stack.passwords import forget_passwords, known_passwords, prepare_passwords
from tests.unit.fakes import MemorySecretStore


def test_they_are_made_once_long_and_different() -> None:
    store = MemorySecretStore()
    first = prepare_passwords(store, "p", deployed_admin=None)
    assert store.names() == sorted(first.made)
    made = [store.get(name) or NO_SECRET for name in store.names()]
    assert len({each.reveal() for each in made}) == 4
    assert min(len(each.reveal()) for each in made) >= 40
    second = prepare_passwords(store, "p", deployed_admin=Secret("other"))
    assert second.made == ()
    assert second.passwords == first.passwords


def test_projects_do_not_share_passwords() -> None:
    store = MemorySecretStore()
    one = prepare_passwords(store, "one", deployed_admin=None)
    two = prepare_passwords(store, "two", deployed_admin=None)
    assert one.passwords.prometheus != two.passwords.prometheus


def test_grafanas_first_password_is_taken_up_again() -> None:
    store = MemorySecretStore()
    assert prepare_passwords(store, "p", deployed_admin=Secret("first")).passwords.grafana_admin == Secret("first")


def test_a_plan_makes_none() -> None:
    store = MemorySecretStore()
    known_passwords(store, "p")
    assert store.names() == []


def test_forgetting_leaves_nothing() -> None:
    store = MemorySecretStore()
    prepare_passwords(store, "p", deployed_admin=None)
    forget_passwords(store, "p")
    assert store.names() == []
