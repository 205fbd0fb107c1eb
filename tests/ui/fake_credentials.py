"""CredentialService in memory."""

from dataclasses import replace
from typing import TYPE_CHECKING

from app.errors import AppError, InputError, NotFoundError
from app.models.endpoint import Credential, Endpoint, Login, LoginKind, Usage
from app.models.secret import Secret

if TYPE_CHECKING:
    from tests.ui.fakes import FakeInventory

CANARY = "kept-canary"


class FakeCredentials:
    """Set `error` to make every call but reading the list raise it. `added`, `changed`, `separated` and `used` tell what was done."""

    def __init__(self, inventory: "FakeInventory") -> None:
        self._inventory = inventory
        self.held: dict[int, Credential] = {}
        self.error: AppError | None = None
        self.added: list[tuple[str, Login]] = []
        self.changed: list[tuple[int, Login]] = []
        self.separated: list[tuple[str, int, Login]] = []
        self.used: list[tuple[str, str]] = []

    def hold(self, number: int, name: str, kind: LoginKind = LoginKind.PASSWORD, user: str = "iiot") -> Credential:
        """Have a credential. Endpoints use it by its number."""
        self.held[number] = Credential(number, user, kind, "/keys/plant" if kind is LoginKind.KEY_FILE else "", name)
        return self.held[number]

    def profiles(self) -> list[Usage]:
        return [self.usage(number) for number, each in self.held.items() if each.name]

    def usage(self, credential_id: int) -> Usage:
        self._admit()
        credential = self.held.get(credential_id) or Credential(credential_id, "operator", LoginKind.PASSWORD)
        endpoints = self._inventory.endpoints()
        devices = tuple(each.name for each in endpoints if each.credential_id == credential_id)
        jumps = (each for each in endpoints if any(jump.credential_id == credential_id for jump in each.jumps))
        return Usage(credential, devices, tuple(each.name for each in jumps))

    def login(self, profile: str) -> Login:
        self._admit()
        each = self._named(profile)
        secret = Secret(CANARY if each.kind is LoginKind.PASSWORD else "")
        return Login(each.user, each.kind, each.key_file, secret, credential_id=each.id)

    def add(self, name: str, login: Login) -> Credential:
        self._admit()
        if any(each.name.lower() == name.lower() for each in self.held.values()):
            raise InputError("profile", f"{name} is the name of another login already.")
        number = max(self.held, default=0) + 1
        self.added.append((name, login))
        self.held[number] = Credential(number, login.user, login.kind, login.key_file, name)
        return self.held[number]

    def change(self, credential_id: int, login: Login) -> Credential:
        self._admit()
        self.changed.append((credential_id, login))
        name = self.held[credential_id].name if credential_id in self.held else ""
        made = Credential(credential_id, login.user, login.kind, login.key_file, name)
        self.held[credential_id] = made
        return made

    def separate(self, endpoint_name: str, credential_id: int, login: Login) -> Credential:
        self._admit()
        self.separated.append((endpoint_name, credential_id, login))
        return Credential(credential_id + 100, login.user, login.kind, login.key_file)

    def name(self, credential_id: int, name: str) -> Credential:
        self._admit()
        if any(each.name.lower() == name.lower() for number, each in self.held.items() if number != credential_id):
            raise InputError("profile", f"{name} is the name of another login already.")
        self.held[credential_id] = replace(self.usage(credential_id).credential, name=name)
        return self.held[credential_id]

    def use(self, endpoint_name: str, profile: str) -> Endpoint:
        self._admit()
        self.used.append((endpoint_name, profile))
        self._inventory.put(replace(self._inventory.endpoint(endpoint_name), credential_id=self._named(profile).id))
        return self._inventory.endpoint(endpoint_name)

    def remove(self, profile: str) -> None:
        self._admit()
        each = self._named(profile)
        if names := self.usage(each.id).endpoints:
            raise InputError("credential", f"The endpoints {', '.join(names)} still use it.")
        del self.held[each.id]

    def _named(self, name: str) -> Credential:
        for each in self.held.values():
            if each.name == name:
                return each
        raise NotFoundError(kind="login", name=name, command="plantwatch credentials list")

    def _admit(self) -> None:
        if self.error is not None:
            raise self.error
