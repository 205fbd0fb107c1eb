"""Data sources and dashboards from provisioning files, read the way Grafana reads them."""

import json
import os
import re
import threading
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from tests.lab.grafana_standin.settings import SettingsError

_FILE = re.compile(r"\$__file\{([^}]*)\}")
_VARIABLE = re.compile(r"\$__env\{(\w+)\}|\$\{(\w+)\}")


@dataclass(frozen=True)
class DataSource:
    """One provisioned data source. `secure` never leaves the server."""

    id: int
    uid: str
    name: str
    type: str
    url: str
    settings: dict[str, Any]
    secure: dict[str, str] = field(repr=False)

    def public(self) -> dict[str, Any]:
        """The data source as the API shows it."""
        return {
            "id": self.id, "uid": self.uid, "orgId": 1, "name": self.name, "type": self.type, "access": "proxy",
            "url": self.url, "user": "", "database": "", "basicAuth": bool(self.settings.get("basicAuth")),
            "basicAuthUser": self.settings.get("basicAuthUser", ""), "isDefault": bool(self.settings.get("isDefault")),
            "jsonData": self.settings.get("jsonData", {}), "secureJsonFields": dict.fromkeys(self.secure, True),
            "version": 1, "readOnly": not self.settings.get("editable", False),
        }  # fmt: skip


@dataclass(frozen=True)
class Dashboard:
    """One dashboard file of a provider."""

    uid: str
    title: str
    folder: str
    folder_uid: str
    file: str
    model: dict[str, Any]

    @property
    def slug(self) -> str:
        """The readable part of its address."""
        return re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")

    @property
    def url(self) -> str:
        """Its page, relative to the root URL."""
        return f"/d/{self.uid}/{self.slug}"


def folder_uid(title: str) -> str:
    """A stable identifier for a folder that is known by its title only; empty for the general folder."""
    return sha256(title.encode()).hexdigest()[:14] if title else ""


def data_sources(directory: Path) -> list[DataSource]:
    """The data sources of every file in `directory`/datasources. Raises SettingsError naming the file that is wrong."""
    found: list[DataSource] = []
    for document, file in _documents(directory / "datasources"):
        for entry in document.get("datasources") or []:
            settings = _expand(entry)
            try:
                name, kind = settings["name"], settings["type"]
            except KeyError as error:
                raise SettingsError(f"{file}: a data source without {error}") from None
            found.append(
                DataSource(
                    id=len(found) + 1, uid=settings.get("uid") or folder_uid(name), name=name, type=kind,
                    url=str(settings.get("url", "")).rstrip("/"), settings=settings,
                    secure=settings.get("secureJsonData") or {},
                )
            )  # fmt: skip
    if sum(bool(source.settings.get("isDefault")) for source in found) > 1:
        raise SettingsError("datasource provisioning: only one data source can be the default")
    return found


class Dashboards:
    """The dashboards of every provider in `directory`/dashboards; changed files are read again when asked for."""

    def __init__(self, directory: Path) -> None:
        self._providers = [
            _expand(entry)
            for document, _ in _documents(directory / "dashboards")
            for entry in document.get("providers") or []
        ]
        self._lock = threading.Lock()
        self._read: dict[Path, tuple[int, Dashboard]] = {}

    def all(self) -> list[Dashboard]:
        """Every dashboard, by title. A file that is not a dashboard is skipped, as Grafana does."""
        found = []
        for provider in self._providers:
            options = provider.get("options", {})
            root = Path(options["path"])
            for file in sorted(root.rglob("*.json")):
                folder = provider.get("folder", "")
                if options.get("foldersFromFilesStructure"):
                    folder = "" if file.parent == root else file.parent.name
                uid = provider.get("folderUid") or folder_uid(folder)
                if (dashboard := self._dashboard(file, folder, uid)) is not None:
                    found.append(dashboard)
        return sorted(found, key=lambda dashboard: dashboard.title)

    def get(self, uid: str) -> Dashboard | None:
        """The dashboard with this identifier."""
        return next((dashboard for dashboard in self.all() if dashboard.uid == uid), None)

    def _dashboard(self, file: Path, folder: str, in_folder: str) -> Dashboard | None:
        with self._lock:
            try:
                changed = file.stat().st_mtime_ns
                known = self._read.get(file)
                if known is not None and known[0] == changed:
                    return known[1]
                model = json.loads(file.read_text())
                title = model["title"]
            except (OSError, ValueError, KeyError) as error:
                print(f"dashboard {file}: {error!r}", flush=True)
                return None
            uid = model.get("uid") or folder_uid(str(file))
            made = Dashboard(uid=uid, title=title, folder=folder, folder_uid=in_folder, file=file.name, model=model)
            self._read[file] = (changed, made)
            return made


def _documents(directory: Path) -> list[tuple[dict[str, Any], Path]]:
    files = sorted((*directory.glob("*.yaml"), *directory.glob("*.yml")))
    read = []
    for file in files:
        try:
            document = yaml.safe_load(file.read_text())
        except (OSError, yaml.YAMLError) as error:
            raise SettingsError(f"{file}: {error}") from None
        if document is not None:
            read.append((document, file))
    return read


def _expand(value: Any) -> Any:
    """Replaces `$__file{path}`, `$__env{NAME}` and `${NAME}` in every string of a document."""
    if isinstance(value, dict):
        return {key: _expand(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_expand(item) for item in value]
    if not isinstance(value, str):
        return value
    try:
        value = _FILE.sub(lambda match: Path(match[1]).read_text().strip(), value)
    except OSError as error:
        raise SettingsError(f"provisioning: {error}") from None
    return _VARIABLE.sub(lambda match: os.environ.get(match[1] or match[2], ""), value)
