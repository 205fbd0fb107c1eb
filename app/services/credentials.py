"""How devices are logged in to, as it is kept: records in the inventory, secrets in the keyring, and profiles that many endpoints share."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.errors import AppError, InputError, SecretStoreError
from app.models.activity import Result
from app.models.endpoint import Credential, Endpoint, Login, LoginKind, Usage
from app.models.secret import NO_SECRET, Secret
from app.services.inventory import Inventory
from app.services.secrets import SecretStore, unlock

ADD, CHANGE, RENAME, REMOVE, USE = "add login", "change login", "rename login", "remove login", "use login"

#: Logins that are nothing without their secret, and what that is.
NEEDS_SECRET = {LoginKind.PASSWORD: "password", LoginKind.OWN_KEY: "key of Plantwatch's own"}


class LoginLostError(AppError):
    """A record is there, and its secret is not."""

    title = "The keyring has no password for the login {name}."
    hint = "Enter it again: with “Change…” in the settings under Logins, or by plantwatch credentials set."


def secrets_of(credential: Credential, login: Login) -> list[tuple[str, Secret]]:
    """What is to be kept in the keyring for `login`, and under which names."""
    named = ((credential.secret_name, login.secret), (credential.sudo_secret_name, login.sudo_password))
    return [(name, value) for name, value in named if value]


def kept_login(secrets: SecretStore, credential: Credential) -> Login | None:
    """The login with what the keyring has for it; None when the secret that it needs is not there. Raises SecretStoreError."""
    secret = secrets.get(credential.secret_name) or NO_SECRET
    if credential.kind in NEEDS_SECRET and not secret:
        return None
    sudo_password = secrets.get(credential.sudo_secret_name) or NO_SECRET
    return Login(credential.user, credential.kind, credential.key_file, secret, sudo_password)


def delete_secrets(secrets: SecretStore, credential: Credential) -> None:
    """Forget what the keyring has for it; no error if that is nothing. Raises SecretStoreError."""
    secrets.delete(credential.secret_name)
    secrets.delete(credential.sudo_secret_name)


def sweep(inventory: Inventory, secrets: SecretStore) -> None:
    """Forget the credentials, with their secrets, that a process left in the middle of a change. Raises SecretStoreError.

    A change that another process makes at this very moment fails there, and leaves what was before. In a shared inventory one whose
    secrets are in another operator's keyring is left to that operator.
    """
    for credential in inventory.credentials(spare=True):
        names = (credential.secret_name, credential.sudo_secret_name)
        if inventory.is_shared and all(secrets.get(name) is None for name in names):
            continue
        delete_secrets(secrets, credential)
        inventory.remove_credential(credential.id)


class CredentialService:
    """Makes and changes logins. Each change holds for all that share a login, is made whole or not at all, and stands in the activity log.

    The log names no user and no key file: what is removed leaves no trace of them. Every method may raise InventoryError.
    """

    def __init__(self, inventory: Inventory, secrets: SecretStore) -> None:
        self._inventory = inventory
        self._secrets = secrets

    def profiles(self) -> list[Usage]:
        """The logins with a name, by that, and who uses them."""
        named = [credential for credential in self._inventory.credentials() if credential.name]
        endpoints = self._inventory.endpoints()
        return [_usage(each, endpoints) for each in sorted(named, key=lambda each: each.name.lower())]

    def usage(self, credential_id: int) -> Usage:
        """Who uses a credential. Raises NotFoundError."""
        return _usage(self._inventory.credential(credential_id), self._inventory.endpoints())

    def login(self, profile: str) -> Login:
        """The login of that name with its secrets, to enrol with: what is enrolled shares it.

        Raises NotFoundError, LoginLostError, SecretStoreError.
        """
        credential = self._inventory.profile(profile)
        login = kept_login(self._secrets, credential)
        if login is None:
            raise LoginLostError(name=credential.name)
        user, kind, key_file = login.user, login.kind, login.key_file
        return Login(user, kind, key_file, login.secret, login.sudo_password, credential.id)

    def add(self, name: str, login: Login) -> Credential:
        """Keep `login` as a profile. Raises InputError("profile") when one has that name, SecretStoreError."""
        if not name.strip():
            raise InputError("profile", "A name is needed.")
        self._inventory.check_profile_free(name)
        with self._told(ADD, name.strip()) as told, self._kept(login) as credential:
            made = self._inventory.keep_credential(credential.id, name)
            told.append(_worded(login))
        return made

    def change(self, credential_id: int, login: Login) -> Credential:
        """Put `login` in place of that of a credential, for all who share it.

        The new one gets a number of its own, so that nobody ever finds the user of one beside the password of the other, whenever this
        process ends. Raises NotFoundError (also when another process has just changed it), SecretStoreError.
        """
        usage = self.usage(credential_id)
        with self._told(CHANGE, _subject(usage)) as told, self._kept(login) as credential:
            self._inventory.replace_credential(credential_id, credential.id)
            told.append(_worded(login, usage))
        with suppress(SecretStoreError):  # the change holds; the next start deletes what is left
            self._discard(usage.credential)
        return self._inventory.credential(credential.id)

    def separate(self, endpoint_name: str, credential_id: int, login: Login) -> Credential:
        """Put `login` in place of that of a credential for one endpoint alone, as its own; all others keep what they have.

        Raises NotFoundError, InputError("credential") when the endpoint does not log in by it, SecretStoreError.
        """
        endpoint, before = self._inventory.endpoint(endpoint_name), self._inventory.credential(credential_id)
        with self._told(CHANGE, endpoint.name) as told, self._kept(login) as credential:
            is_lone = self._inventory.separate_credential(endpoint.id, credential_id, credential.id)
            told.append(f"{_worded(login)}; its own")
        if is_lone:
            with suppress(SecretStoreError):
                self._discard(before)
        return credential

    def name(self, credential_id: int, name: str) -> Credential:
        """Give a profile another name, or an endpoint's own login its first: others can share it then.

        Raises NotFoundError, and InputError("profile") when another has that name, or for a key of our own, which opens one device only.
        """
        before = self.usage(credential_id)
        if not name.strip():
            raise InputError("profile", "A name is needed.")
        if before.credential.kind is LoginKind.OWN_KEY:
            raise InputError("profile", "A key of Plantwatch's own opens one device only: nobody else can share it.")
        named = self._inventory.name_credential(credential_id, name)
        self._inventory.log(RENAME, _subject(before), Result.DONE, f"{_subject(before)} → {named.name}")
        return named

    def use(self, endpoint_name: str, profile: str) -> Endpoint:
        """Let the device of an endpoint be opened by a profile. A login that was its own is forgotten.

        Raises NotFoundError for either, SecretStoreError.
        """
        endpoint, credential = self._inventory.endpoint(endpoint_name), self._inventory.profile(profile)
        with self._told(USE, endpoint.name) as told:
            unlock(self._secrets)
            before = self._inventory.share_credential(endpoint.id, credential.id)
            told.append(credential.name)
        if before is not None:
            with suppress(SecretStoreError):
                self._discard(self._inventory.credential(before))
        return self._inventory.endpoint_by_id(endpoint.id)

    def remove(self, profile: str) -> None:
        """Forget a profile and its secrets. Raises NotFoundError, InputError("credential") while endpoints use it, SecretStoreError."""
        credential = self._inventory.profile(profile)
        with self._told(REMOVE, credential.name):
            unlock(self._secrets)
            self._inventory.retire_credential(credential.id)
            self._discard(credential)

    def _discard(self, credential: Credential) -> None:
        """Forget a spare one. One that has taken its place meanwhile stays: what is interrupted late may have been done."""
        if credential.id in {kept.id for kept in self._inventory.credentials()}:
            return
        delete_secrets(self._secrets, credential)
        self._inventory.remove_credential(credential.id)

    @contextmanager
    def _kept(self, login: Login) -> Iterator[Credential]:
        """A spare credential whose secrets are in the keyring; forgotten again when the body raises."""
        unlock(self._secrets)
        credential = self._inventory.add_credential(login.user, login.kind, login.key_file, spare=True)
        try:
            for name, value in secrets_of(credential, login):
                self._secrets.put(name, value)
            yield credential
        except BaseException:
            with suppress(AppError):  # else the next start does it
                self._discard(credential)
            raise

    @contextmanager
    def _told(self, action: str, subject: str) -> Iterator[list[str]]:
        """Write into the activity log how the body ended; it adds what is to be told of success."""
        told: list[str] = []
        try:
            yield told
        except AppError as error:
            with suppress(AppError):
                self._inventory.log(action, subject, Result.FAILED, error.message)
            raise
        self._inventory.log(action, subject, Result.DONE, "; ".join(told))


def _usage(credential: Credential, endpoints: list[Endpoint]) -> Usage:
    number = credential.id
    return Usage(
        credential,
        tuple(endpoint.name for endpoint in endpoints if endpoint.credential_id == number),
        tuple(endpoint.name for endpoint in endpoints if any(jump.credential_id == number for jump in endpoint.jumps)),
    )


def _subject(usage: Usage) -> str:
    """What a login is called: by its name, else by the endpoint that it belongs to."""
    return usage.credential.name or ", ".join(usage.endpoints) or f"number {usage.credential.id}"


def _worded(login: Login, usage: Usage | None = None) -> str:
    """The kind of a login and whom a change concerns; never who logs in, nor by which file."""
    kind = login.kind.replace("_", " ")
    shared = usage.endpoints if usage else ()
    return f"{kind}; for {', '.join(shared)}" if shared else kind
