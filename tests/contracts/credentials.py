"""What the inventory must do about logins, shared and own, on every database."""

import pytest

from app.errors import InputError, NotFoundError
from app.models.endpoint import Credential, Jump, LoginKind
from app.services.inventory import Inventory
from tests.contracts.records import HOST_KEY, draft


class CredentialContract:
    """As EndpointContract."""

    def test_a_credential_names_a_secret(self, inventory: Inventory) -> None:
        credential = inventory.add_credential("tech", LoginKind.PASSWORD)
        assert credential == Credential(credential.id, "tech", LoginKind.PASSWORD, "")
        assert inventory.credential(credential.id) == credential

    def test_one_in_use_is_not_removed(self, inventory: Inventory) -> None:
        credential = inventory.add_credential("tech", LoginKind.PASSWORD)
        endpoint = inventory.add(draft(), credential_id=credential.id)
        with pytest.raises(InputError, match="T-17 still uses it"):
            inventory.remove_credential(credential.id)
        inventory.remove(endpoint.id)
        inventory.remove_credential(credential.id)
        inventory.remove_credential(credential.id)
        with pytest.raises(NotFoundError):
            inventory.credential(credential.id)

    def test_one_of_a_jump_host_is_not_removed(self, inventory: Inventory) -> None:
        credential = inventory.add_credential("tech", LoginKind.PASSWORD)
        endpoint = inventory.add(draft())
        inventory.set_jumps(endpoint.id, (Jump("10.0.0.1", 22, HOST_KEY, credential.id),))
        with pytest.raises(InputError, match="T-17 still uses it"):
            inventory.remove_credential(credential.id)
        inventory.set_jumps(endpoint.id, ())
        assert inventory.endpoint("T-17").jumps == ()
        inventory.remove_credential(credential.id)

    def test_an_unknown_one_cannot_be_used(self, inventory: Inventory) -> None:
        endpoint = inventory.add(draft())
        with pytest.raises(NotFoundError, match="credential"):
            inventory.set_credential(endpoint.id, 17)
        with pytest.raises(NotFoundError, match="credential"):
            inventory.add(draft("T-18", "10.0.0.18"), credential_id=17)

    def test_a_profile_is_found_by_its_name(self, inventory: Inventory) -> None:
        inventory.add_credential("tech", LoginKind.PASSWORD)
        shared = inventory.add_credential("ops", LoginKind.AGENT, name="Wind farm")
        assert shared.name == "Wind farm"
        assert inventory.profile(" wind FARM ") == shared
        assert inventory.name_credential(shared.id, "Plant").name == "Plant"
        assert inventory.name_credential(shared.id, "plant").name == "plant"
        with pytest.raises(NotFoundError, match="login named Wind farm"):
            inventory.profile("Wind farm")
        with pytest.raises(NotFoundError, match="credential"):
            inventory.name_credential(17, "nobody's")

    def test_a_name_belongs_to_one(self, inventory: Inventory) -> None:
        first = inventory.add_credential("tech", LoginKind.PASSWORD, name="Plant")
        own = inventory.add_credential("tech", LoginKind.PASSWORD)
        spare = inventory.add_credential("tech", LoginKind.PASSWORD, spare=True)
        for claim in (
            lambda: inventory.check_profile_free("PLANT"),
            lambda: inventory.add_credential("ops", LoginKind.AGENT, name="plant"),
            lambda: inventory.name_credential(own.id, "pLant"),
            lambda: inventory.keep_credential(spare.id, "Plant"),
        ):
            with pytest.raises(InputError, match="Plant is the name of another login"):
                claim()
        with pytest.raises(InputError) as caught:
            inventory.name_credential(own.id, "no/slash")
        assert caught.value.field == "profile"
        assert inventory.credentials() == [first, own]

    def test_one_takes_the_place_of_another(self, inventory: Inventory) -> None:
        old = inventory.add_credential("tech", LoginKind.PASSWORD, name="Plant")
        other = inventory.add_credential("jump", LoginKind.PASSWORD)
        first = inventory.add(draft(), credential_id=old.id)
        second = inventory.add(draft("T-18", "10.0.0.18"), credential_id=other.id)
        third = inventory.add(draft("T-19", "10.0.0.19"), credential_id=other.id)
        jumps = (Jump("10.0.0.1", 22, HOST_KEY, other.id), Jump("10.0.0.2", 22, HOST_KEY, old.id))
        inventory.set_jumps(second.id, jumps)
        new = inventory.add_credential("ops", LoginKind.KEY_FILE, "/keys/plant", spare=True)
        revision = inventory.revision()

        inventory.replace_credential(old.id, new.id)
        assert inventory.endpoint_by_id(first.id).credential_id == new.id
        moved = inventory.endpoint_by_id(second.id)
        assert (moved.credential_id, [jump.credential_id for jump in moved.jumps]) == (other.id, [other.id, new.id])
        assert inventory.endpoint_by_id(third.id) == third
        assert inventory.profile("Plant") == Credential(new.id, "ops", LoginKind.KEY_FILE, "/keys/plant", "Plant")
        assert [spare.id for spare in inventory.credentials(spare=True)] == [old.id]
        assert inventory.revision() > revision
        # Whoever comes late with a change of what is no more changes nothing.
        late = inventory.add_credential("late", LoginKind.AGENT, spare=True)
        with pytest.raises(NotFoundError):
            inventory.replace_credential(old.id, late.id)
        with pytest.raises(NotFoundError):
            inventory.replace_credential(new.id, other.id)
        assert inventory.profile("Plant").id == new.id

    def test_a_login_of_its_own_is_spare_once_another_is_shared(self, inventory: Inventory) -> None:
        own = inventory.add_credential("tech", LoginKind.PASSWORD)
        shared = inventory.add_credential("ops", LoginKind.PASSWORD, name="Plant")
        first = inventory.add(draft(), credential_id=own.id)
        second = inventory.add(draft("T-18", "10.0.0.18"), credential_id=own.id)
        assert inventory.share_credential(first.id, shared.id) is None
        assert inventory.share_credential(second.id, shared.id) == own.id
        assert inventory.share_credential(second.id, shared.id) is None
        assert inventory.credentials(spare=True) == [own]
        with pytest.raises(InputError, match="The endpoints T-17, T-18 still use it"):
            inventory.retire_credential(shared.id)
        inventory.remove(first.id)
        inventory.remove(second.id)
        # A profile stays without endpoints until it is retired.
        assert inventory.credentials() == [shared]
        inventory.retire_credential(shared.id)
        assert inventory.credentials() == []

    def test_one_endpoint_gets_one_of_its_own(self, inventory: Inventory) -> None:
        shared = inventory.add_credential("ops", LoginKind.PASSWORD, name="Plant")
        first = inventory.add(draft(), credential_id=shared.id)
        second = inventory.add(draft("T-18", "10.0.0.18"), credential_id=shared.id)
        inventory.set_jumps(first.id, (Jump("10.0.0.1", 22, HOST_KEY, shared.id),))
        own = inventory.add_credential("tech", LoginKind.PASSWORD, spare=True)
        assert inventory.separate_credential(first.id, shared.id, own.id) is False
        now = inventory.endpoint_by_id(first.id)
        assert (now.credential_id, now.jumps[0].credential_id) == (own.id, own.id)
        assert inventory.endpoint_by_id(second.id) == second
        assert inventory.credentials() == [shared, own]
        other = inventory.add_credential("tech", LoginKind.PASSWORD, spare=True)
        with pytest.raises(InputError, match="T-17 does not log in by it"):
            inventory.separate_credential(first.id, shared.id, other.id)
        assert inventory.separate_credential(first.id, own.id, other.id) is True
        assert inventory.credentials(spare=True) == [own]

    def test_a_login_that_takes_anothers_place(self, inventory: Inventory) -> None:
        former = inventory.add_credential("tech", LoginKind.PASSWORD)
        endpoint = inventory.add(draft(), credential_id=former.id)
        standby = inventory.add_standby_credential(endpoint.id, "tech", LoginKind.OWN_KEY)
        assert standby == Credential(standby.id, "tech", LoginKind.OWN_KEY)
        with pytest.raises(InputError):
            inventory.remove_credential(standby.id)
        inventory.swap_credentials(endpoint.id)
        swapped = inventory.endpoint_by_id(endpoint.id)
        assert (swapped.credential_id, swapped.standby_credential_id) == (standby.id, former.id)
        with pytest.raises(InputError):
            inventory.remove_credential(former.id)
        inventory.unset_standby_credential(endpoint.id)
        inventory.remove_credential(former.id)
        assert inventory.endpoint_by_id(endpoint.id).standby_credential_id is None

    def test_no_standby_login_without_an_endpoint(self, inventory: Inventory) -> None:
        before = inventory.add_credential("tech", LoginKind.PASSWORD)
        with pytest.raises(NotFoundError):
            inventory.add_standby_credential(17, "tech", LoginKind.OWN_KEY)
        with pytest.raises(NotFoundError):
            inventory.credential(before.id + 1)

    def test_a_number_is_not_given_again(self, inventory: Inventory) -> None:
        first = inventory.add_credential("tech", LoginKind.PASSWORD)
        inventory.remove_credential(first.id)
        assert inventory.add_credential("tech", LoginKind.PASSWORD).id != first.id
