"""The HTTP API: which method and path leads to which answer, and who may ask."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.lab.grafana_standin import prometheus
from tests.lab.grafana_standin.provisioning import Dashboard, Dashboards, DataSource
from tests.lab.grafana_standin.settings import Settings
from tests.lab.grafana_standin.store import ConflictError, Identity, Store

_ROLES = ("Viewer", "Editor", "Admin")


class ApiError(Exception):
    """An answer that is not a success, in Grafana's form."""

    def __init__(self, code: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.body = {"message": message, **more}


@dataclass(frozen=True)
class Call:
    """One request: who asks, the numbers or names in its path, its query parameters and its JSON body."""

    who: Identity
    path: tuple[str, ...]
    parameters: Mapping[str, str]
    body: Mapping[str, Any]

    def text(self, name: str, default: str | None = None) -> str:
        """A string of the body. Raises ApiError when it is missing or something else."""
        value = self.body.get(name, default)
        if not isinstance(value, str):
            raise ApiError(400, "bad request data")
        return value


Answer = tuple[int, Any]


class Api:
    """Everything under /api that needs somebody to be signed in."""

    def __init__(self, settings: Settings, store: Store, sources: list[DataSource], dashboards: Dashboards) -> None:
        self._settings = settings
        self._store = store
        self._sources = sources
        self._dashboards = dashboards
        admin, member = "Admin", "Viewer"
        # method, path, least role (or "server" for Grafana administrators), handler
        routes: list[tuple[str, str, str, Callable[[Call], Answer]]] = [
            ("GET", r"/api/user", member, self._user),
            ("POST", r"/api/admin/users", "server", self._add_user),
            ("PUT", r"/api/admin/users/(\d+)/password", "server", self._set_password),
            ("DELETE", r"/api/admin/users/(\d+)", "server", self._remove_user),
            ("GET", r"/api/users/lookup", "server", self._look_up),
            ("PATCH", r"/api/org/users/(\d+)", admin, self._set_role),
            ("POST", r"/api/serviceaccounts", admin, self._add_account),
            ("GET", r"/api/serviceaccounts/search", admin, self._accounts),
            ("GET", r"/api/serviceaccounts/(\d+)/tokens", admin, self._tokens),
            ("POST", r"/api/serviceaccounts/(\d+)/tokens", admin, self._add_token),
            ("DELETE", r"/api/serviceaccounts/(\d+)/tokens/(\d+)", admin, self._remove_token),
            ("GET", r"/api/datasources", admin, self._list_sources),
            ("GET", r"/api/datasources/uid/([\w-]+)", admin, self._one_source),
            ("GET", r"/api/datasources/uid/([\w-]+)/health", member, self._source_health),
            ("POST", r"/api/ds/query", member, self._query),
            ("GET", r"/api/search", member, self._search),
            ("GET", r"/api/dashboards/uid/([\w-]+)", member, self._dashboard),
        ]
        self._routes = [(method, re.compile(path), role, handler) for method, path, role, handler in routes]

    def answer(
        self, method: str, path: str, who: Identity, parameters: Mapping[str, str], body: Mapping[str, Any]
    ) -> Answer:
        """Status and JSON document. Raises ApiError."""
        for expected, pattern, role, handler in self._routes:
            match = pattern.fullmatch(path)
            if match and method == expected:
                _require(who, role)
                return handler(Call(who, match.groups(), parameters, body))
        raise ApiError(404, "Not found")

    def source(self, reference: Any) -> DataSource | None:
        """The data source that a query or panel names: by `uid`, by name, or the default one."""
        name = reference.get("uid") if isinstance(reference, dict) else reference
        for source in self._sources:
            if name in (source.uid, source.name) or (
                name in (None, "", "default") and source.settings.get("isDefault")
            ):
                return source
        return None

    def _user(self, call: Call) -> Answer:
        user = self._store.user(id=call.who.id) if call.who.login[:3] != "sa-" else None
        if user is None:
            raise ApiError(404, "user not found")
        return 200, _profile(user)

    def _add_user(self, call: Call) -> Answer:
        login, password = call.text("login", ""), call.text("password", "")
        login = login or call.text("email", "")
        if not login:
            raise ApiError(400, "Validation error, need specify either username or email")
        if len(password) < 4:
            raise ApiError(400, "Password is missing or too short")
        try:
            user = self._store.add_user(
                login=login, email=call.text("email", ""), name=call.text("name", ""), password=password
            )
        except ConflictError as conflict:
            raise ApiError(412, str(conflict)) from None
        return 200, {"id": user["id"], "uid": user["uid"], "message": "User created"}

    def _set_password(self, call: Call) -> Answer:
        user, password = self._existing(call.path[0]), call.text("password")
        if len(password) < 4:
            raise ApiError(400, "New password is too short")
        self._store.set_password(user["id"], password)
        return 200, {"message": "User password updated"}

    def _remove_user(self, call: Call) -> Answer:
        self._store.remove_user(self._existing(call.path[0])["id"])
        return 200, {"message": "User deleted"}

    def _look_up(self, call: Call) -> Answer:
        user = self._store.user(login=call.parameters.get("loginOrEmail", ""))
        if user is None:
            raise ApiError(404, "user not found")
        return 200, _profile(user)

    def _set_role(self, call: Call) -> Answer:
        role = call.text("role")
        if role not in _ROLES:
            raise ApiError(400, "Invalid role specified")
        self._store.set_role(self._existing(call.path[0])["id"], role)
        return 200, {"message": "Organization user updated"}

    def _existing(self, number: str) -> dict[str, Any]:
        user = self._store.user(id=int(number))
        if user is None:
            raise ApiError(404, "user not found")
        return user

    def _add_account(self, call: Call) -> Answer:
        role = call.text("role", "Viewer")
        if role not in _ROLES:
            raise ApiError(400, "Invalid role specified")
        try:
            return 201, self._store.add_account(name=call.text("name"), role=role)
        except ConflictError as conflict:
            raise ApiError(400, str(conflict)) from None

    def _accounts(self, call: Call) -> Answer:
        wanted = call.parameters.get("query", "")
        found = [account for account in self._store.accounts() if wanted in account["name"]]
        return 200, {"totalCount": len(found), "serviceAccounts": found, "page": 1, "perPage": 1000}

    def _account(self, number: str) -> int:
        if all(account["id"] != int(number) for account in self._store.accounts()):
            raise ApiError(404, "service account not found")
        return int(number)

    def _tokens(self, call: Call) -> Answer:
        return 200, self._store.tokens(self._account(call.path[0]))

    def _add_token(self, call: Call) -> Answer:
        seconds = call.body.get("secondsToLive") or 0
        try:
            number, key = self._store.add_token(self._account(call.path[0]), call.text("name"), int(seconds))
        except ConflictError as conflict:
            raise ApiError(409, str(conflict)) from None
        return 200, {"id": number, "name": call.text("name"), "key": key}

    def _remove_token(self, call: Call) -> Answer:
        self._store.remove_token(self._account(call.path[0]), int(call.path[1]))
        return 200, {"message": "Service account token deleted"}

    def _list_sources(self, _: Call) -> Answer:
        return 200, [source.public() for source in self._sources]

    def _one_source(self, call: Call) -> Answer:
        return 200, self._source(call.path[0]).public()

    def _source(self, uid: str) -> DataSource:
        for source in self._sources:
            if source.uid == uid:
                return source
        raise ApiError(404, "Data source not found")

    def _source_health(self, call: Call) -> Answer:
        source = self._source(call.path[0])
        if source.type != "prometheus":
            raise ApiError(404, "Plugin health check is not available")
        try:
            prometheus.check(source)
        except prometheus.QueryError as error:
            message = f"There was an error returned querying the Prometheus API. - {error}"
            return 400, {"message": message, "status": "ERROR"}
        return 200, {"message": "Successfully queried the Prometheus API.", "status": "OK"}

    def _query(self, call: Call) -> Answer:
        queries = call.body.get("queries")
        if not isinstance(queries, list) or not queries:
            raise ApiError(400, "No queries found in query")
        results: dict[str, Any] = {}
        try:
            since, until = (
                prometheus.moment(call.body.get(key, default)) for key, default in (("from", "now-6h"), ("to", "now"))
            )
        except prometheus.QueryError as error:
            raise ApiError(400, str(error)) from None
        for query in queries:
            request = {"refId": "A", **query}
            source = self.source(request.get("datasource"))
            if source is None:
                raise ApiError(404, "Data source not found")
            try:
                frames = prometheus.query(source, request, since, until)
                results[request["refId"]] = {"status": 200, "frames": frames}
            except prometheus.QueryError as error:
                results[request["refId"]] = {"error": str(error), "errorSource": "downstream", "status": error.status}
        # Several queries of which some fail: Grafana answers 207; one that fails: 400.
        failed = [result for result in results.values() if "error" in result]
        return (200 if not failed else 400 if len(failed) == len(results) else 207), {"results": results}

    def _search(self, call: Call) -> Answer:
        wanted = call.parameters.get("query", "").lower()
        kind = call.parameters.get("type", "")
        dashboards = [d for d in self._dashboards.all() if wanted in d.title.lower()]
        if tag := call.parameters.get("tag"):
            dashboards = [d for d in dashboards if tag in d.model.get("tags", [])]
        folders = sorted(
            {(d.folder, d.folder_uid) for d in self._dashboards.all() if d.folder and wanted in d.folder.lower()}
        )
        found = (
            [] if kind == "dash-db" or "tag" in call.parameters else [_folder_hit(title, uid) for title, uid in folders]
        )
        found += [] if kind == "dash-folder" else [_dashboard_hit(d) for d in dashboards]
        return 200, found

    def _dashboard(self, call: Call) -> Answer:
        found = self._dashboards.get(call.path[0])
        if found is None:
            raise ApiError(404, "Dashboard not found", status="not-found")
        meta = {
            "type": "db", "slug": found.slug, "url": found.url, "version": 1, "canSave": False, "canEdit": False,
            "canAdmin": False, "canStar": True, "canDelete": False, "isFolder": False, "provisioned": True,
            "provisionedExternalId": found.file, "folderTitle": found.folder or "General", "folderUid": found.folder_uid,
        }  # fmt: skip
        return 200, {"meta": meta, "dashboard": found.model}


def _require(who: Identity, role: str) -> None:
    allowed = who.server_admin if role == "server" else _ROLES.index(who.role) >= _ROLES.index(role)
    if not allowed:
        raise ApiError(403, "You'll need additional permissions to perform this action.", title="Access denied")


def _profile(user: dict[str, Any]) -> dict[str, Any]:
    shown = ("id", "uid", "email", "name", "login", "isGrafanaAdmin", "createdAt")
    return {**{key: user[key] for key in shown}, "orgId": 1, "theme": "", "isDisabled": False, "isExternal": False}


def _dashboard_hit(found: Dashboard) -> dict[str, Any]:
    hit = {
        "uid": found.uid, "title": found.title, "url": found.url, "uri": f"db/{found.slug}", "type": "dash-db",
        "tags": found.model.get("tags", []), "isStarred": False,
    }  # fmt: skip
    return {**hit, "folderUid": found.folder_uid, "folderTitle": found.folder} if found.folder else hit


def _folder_hit(title: str, uid: str) -> dict[str, Any]:
    return {
        "uid": uid,
        "title": title,
        "url": f"/dashboards/f/{uid}",
        "type": "dash-folder",
        "tags": [],
        "isStarred": False,
    }
