"""What a `SecretStore` must do."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.models.secret import Secret
from app.services.secrets import SecretStore

CANARY = "c4nary-§-ключ-\n-end"
SECRET = Secret(CANARY)


class SecretStoreContract:
    """To be inherited by a class with a fixture `store`, which gives an empty one."""

    def test_what_was_put_is_there(self, store: SecretStore) -> None:
        store.put("stack/plantwatch/grafana-admin", SECRET)
        assert store.get("stack/plantwatch/grafana-admin") == SECRET

    def test_an_unknown_name_has_no_secret(self, store: SecretStore) -> None:
        assert store.get("credential/1") is None

    def test_a_later_secret_replaces_the_earlier(self, store: SecretStore) -> None:
        store.put("credential/1", Secret("old"))
        store.put("credential/1", SECRET)
        assert store.get("credential/1") == SECRET
        store.delete("credential/1")
        assert store.get("credential/1") is None

    def test_names_do_not_touch_each_other(self, store: SecretStore) -> None:
        store.put("credential/1", Secret("one"))
        store.put("credential/11", Secret("eleven"))
        store.delete("credential/1")
        assert store.get("credential/11") == Secret("eleven")

    def test_deleting_what_is_not_there_is_no_error(self, store: SecretStore) -> None:
        store.delete("credential/1")
        store.delete("credential/1")

    def test_an_empty_secret_is_a_secret(self, store: SecretStore) -> None:
        store.put("credential/1", Secret(""))
        assert store.get("credential/1") == Secret("")

    @pytest.mark.parametrize("length", [1, 1000])
    def test_long_secrets_come_back_whole(self, store: SecretStore, length: int) -> None:
        store.put("credential/1", Secret("x" * length))
        assert store.get("credential/1") == Secret("x" * length)

    def test_threads_do_not_disturb_each_other(self, store: SecretStore) -> None:
        def put_and_get(number: int) -> Secret | None:
            store.put(f"credential/{number}", Secret(f"secret {number}"))
            return store.get(f"credential/{number}")

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(put_and_get, range(24)))
        assert found == [Secret(f"secret {number}") for number in range(24)]
