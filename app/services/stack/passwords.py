"""The stack's generated passwords: made once, kept in the keyring and nowhere else on this machine."""

import secrets
from dataclasses import dataclass

from app.models.secret import Secret
from app.services.secrets import SecretStore
from app.services.stack.configuration import Passwords

_KINDS = ("prometheus", "alertmanager", "grafana-admin", "grafana-viewer")
#: Stands in for a password that is not in the keyring when a plan is made, so that the plan says what deploying will change.
_UNKNOWN = Secret("unknown")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The passwords of a deployment, and the names of those that it had to make."""

    passwords: Passwords
    made: tuple[str, ...]


def secret_name(project: str, kind: str) -> str:
    """Where the keyring holds a password of the stack `project`."""
    return f"stack/{project}/{kind}"


def known_passwords(store: SecretStore, project: str) -> Passwords:
    """The passwords as the keyring has them; one that it does not have is a placeholder that matches no deployed configuration."""
    return _passwords({kind: store.get(secret_name(project, kind)) or _UNKNOWN for kind in _KINDS})


def prepare_passwords(store: SecretStore, project: str, *, deployed_admin: Secret | None) -> Prepared:
    """The passwords from the keyring; those that are not there are made and stored.

    `deployed_admin` is Grafana's administrator password as the deployed configuration has it, if there is one: Grafana keeps its first
    password in its database, so this one is taken up again when the keyring has lost it.
    """
    found: dict[str, Secret] = {}
    made = []
    for kind in _KINDS:
        name = secret_name(project, kind)
        value = store.get(name)
        if value is None:
            recovered = deployed_admin if kind == "grafana-admin" else None
            value = recovered or Secret(secrets.token_urlsafe(32))
            store.put(name, value)
            made.append(name)
        found[kind] = value
    return Prepared(_passwords(found), tuple(made))


def forget_passwords(store: SecretStore, project: str) -> None:
    """Deletes all of them from the keyring."""
    for kind in _KINDS:
        store.delete(secret_name(project, kind))


def _passwords(found: dict[str, Secret]) -> Passwords:
    return Passwords(
        prometheus=found["prometheus"],
        alertmanager=found["alertmanager"],
        grafana_admin=found["grafana-admin"],
        grafana_viewer=found["grafana-viewer"],
    )
