"""People, service accounts, tokens and sessions, kept in one JSON file of the data directory."""

import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SESSION_SECONDS = 30 * 24 * 3600
_ROUNDS = 10_000


class ConflictError(Exception):
    """Something of that name exists already."""


@dataclass(frozen=True)
class Identity:
    """Who asks: a person or a service account."""

    id: int
    login: str
    role: str
    server_admin: bool


class Store:
    """Every method is safe to call from several threads. The file is replaced as a whole, never written in place."""

    def __init__(self, file: Path, *, admin: str, password: str) -> None:
        self._file = file
        self._lock = threading.RLock()
        if file.exists():
            self._data: dict[str, Any] = json.loads(file.read_text())
            return
        self._data = {"next": 1, "users": [], "accounts": [], "tokens": [], "sessions": {}}
        # As with Grafana, the administrator's password from the environment counts at the first start only.
        user = self.add_user(login=admin, email="admin@localhost", name="", password=password)
        self._change(user["id"], role="Admin", isGrafanaAdmin=True)

    def add_user(self, *, login: str, email: str, name: str, password: str) -> dict[str, Any]:
        """A new person with role Viewer. Raises ConflictError when the login or the address is taken."""
        with self._lock:
            if any(user["login"] == login or (email and user["email"] == email) for user in self._data["users"]):
                raise ConflictError(f"User with email '{email}' or username '{login}' already exists")
            user = {
                "id": self._next(), "uid": secrets.token_hex(7), "login": login, "email": email or login, "name": name,
                "role": "Viewer", "isGrafanaAdmin": False, "createdAt": _now(), "password": _hashed(password),
            }  # fmt: skip
            self._data["users"].append(user)
            self._save()
            return user

    def user(self, *, id: int | None = None, login: str | None = None) -> dict[str, Any] | None:  # noqa: A002 - the API's word
        """A person by number, or by login or address."""
        with self._lock:
            for user in self._data["users"]:
                if user["id"] == id or (login and login in (user["login"], user["email"])):
                    return dict(user)
        return None

    def set_password(self, id: int, password: str) -> None:  # noqa: A002 - the API's word
        """Sets a person's password and ends their sessions."""
        with self._lock:
            sessions = self._data["sessions"]
            self._data["sessions"] = {key: found for key, found in sessions.items() if found["user"] != id}
            self._change(id, password=_hashed(password))

    def set_role(self, id: int, role: str) -> None:  # noqa: A002 - the API's word
        """Sets a person's role in the organisation."""
        self._change(id, role=role)

    def remove_user(self, id: int) -> None:  # noqa: A002 - the API's word
        """Removes a person with their sessions."""
        with self._lock:
            self._data["users"] = [user for user in self._data["users"] if user["id"] != id]
            sessions = self._data["sessions"]
            self._data["sessions"] = {key: found for key, found in sessions.items() if found["user"] != id}
            self._save()

    def add_account(self, *, name: str, role: str) -> dict[str, Any]:
        """A new service account. Raises ConflictError when the name is taken."""
        with self._lock:
            if any(account["name"] == name for account in self._data["accounts"]):
                raise ConflictError("service account already exists")
            account = {
                "id": self._next(), "uid": secrets.token_hex(7), "name": name, "login": f"sa-1-{name.lower()}", "orgId": 1,
                "isDisabled": False, "role": role, "createdAt": _now(), "updatedAt": _now(),
            }  # fmt: skip
            self._data["accounts"].append(account)
            self._save()
            return account

    def accounts(self) -> list[dict[str, Any]]:
        """Every service account."""
        with self._lock:
            return [
                {**account, "tokens": sum(token["account"] == account["id"] for token in self._data["tokens"])}
                for account in self._data["accounts"]
            ]

    def add_token(self, account: int, name: str, seconds: int) -> tuple[int, str]:
        """A new token of a service account: its number and the key, which is shown this once. 0 seconds: it does not expire."""
        with self._lock:
            if any(token["account"] == account and token["name"] == name for token in self._data["tokens"]):
                raise ConflictError("service account token with given name already exists")
            key = f"glsa_{secrets.token_urlsafe(24)}_{secrets.token_hex(4)}"
            token: dict[str, Any] = {
                "id": self._next(), "account": account, "name": name, "digest": _digest(key),
                "expires": time.time() + seconds if seconds else None,
            }  # fmt: skip
            self._data["tokens"].append(token)
            self._save()
            return token["id"], key

    def tokens(self, account: int) -> list[dict[str, Any]]:
        """The tokens of a service account, without their keys."""
        with self._lock:
            return [
                {"id": token["id"], "name": token["name"], "hasExpired": _expired(token), "isRevoked": False}
                for token in self._data["tokens"]
                if token["account"] == account
            ]

    def remove_token(self, account: int, token: int) -> None:
        """Revokes a token."""
        with self._lock:
            self._data["tokens"] = [t for t in self._data["tokens"] if (t["account"], t["id"]) != (account, token)]
            self._save()

    def check_password(self, login: str, password: str) -> Identity | None:
        """The person, if the password is theirs."""
        user = self.user(login=login)
        if user is None or not _matches(password, user["password"]):
            return None
        return _identity(user)

    def check_token(self, key: str) -> Identity | None:
        """The service account that the key belongs to."""
        with self._lock:
            for token in self._data["tokens"]:
                if token["digest"] == _digest(key) and not _expired(token):
                    account = next(a for a in self._data["accounts"] if a["id"] == token["account"])
                    return Identity(account["id"], account["login"], account["role"], server_admin=False)
        return None

    def open_session(self, user: int) -> str:
        """A new session's secret, for the cookie."""
        with self._lock:
            secret = secrets.token_hex(16)
            self._data["sessions"][_digest(secret)] = {"user": user, "expires": time.time() + SESSION_SECONDS}
            self._save()
            return secret

    def check_session(self, secret: str) -> Identity | None:
        """The person whose session this is."""
        with self._lock:
            session = self._data["sessions"].get(_digest(secret))
            if session is None or _expired(session):
                return None
            user = self.user(id=session["user"])
            return _identity(user) if user else None

    def close_session(self, secret: str) -> None:
        """Signs out."""
        with self._lock:
            self._data["sessions"].pop(_digest(secret), None)
            self._save()

    def _change(self, id: int, **changes: Any) -> None:  # noqa: A002 - the API's word
        with self._lock:
            for user in self._data["users"]:
                if user["id"] == id:
                    user.update(changes)
            self._save()

    def _next(self) -> int:
        number: int = self._data["next"]
        self._data["next"] = number + 1
        return number

    def _save(self) -> None:
        written = self._file.with_suffix(".tmp")
        written.touch(mode=0o600)
        written.write_text(json.dumps(self._data))
        written.replace(self._file)


def _identity(user: dict[str, Any]) -> Identity:
    return Identity(user["id"], user["login"], user["role"], server_admin=user["isGrafanaAdmin"])


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def _expired(entry: dict[str, Any]) -> bool:
    return entry["expires"] is not None and entry["expires"] < time.time()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _hashed(password: str, salt: str | None = None) -> str:
    salt = salt or secrets.token_hex(8)
    return f"{salt}${hashlib.pbkdf2_hmac('sha256', password.encode(), salt.encode(), _ROUNDS).hex()}"


def _matches(password: str, stored: str) -> bool:
    return secrets.compare_digest(_hashed(password, stored.partition("$")[0]), stored)
