"""What the container's environment asks for, under Grafana's own variable names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class SettingsError(Exception):
    """The environment or the provisioning cannot be used; the stand-in stops, as Grafana does."""


@dataclass(frozen=True)
class Settings:
    """The settings that the stand-in honours."""

    admin_user: str
    admin_password: str
    port: int
    root_url: str
    data: Path
    provisioning: Path
    version: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Reads GF_… and GF_…__FILE. Raises SettingsError for both at once, or a file that cannot be read."""

        def value(name: str, default: str) -> str:
            file = environment.get(f"{name}__FILE")
            if file is None:
                return environment.get(name, default)
            if name in environment:
                raise SettingsError(f"both {name} and {name}__FILE are set")
            try:
                return Path(file).read_text().rstrip("\n")
            except OSError as error:
                raise SettingsError(f"{name}__FILE: {error}") from None

        port = int(value("GF_SERVER_HTTP_PORT", "3000"))
        return cls(
            admin_user=value("GF_SECURITY_ADMIN_USER", "admin"),
            admin_password=value("GF_SECURITY_ADMIN_PASSWORD", "admin"),
            port=port,
            root_url=value("GF_SERVER_ROOT_URL", f"http://localhost:{port}/").rstrip("/") + "/",
            data=Path(value("GF_PATHS_DATA", "/var/lib/grafana")),
            provisioning=Path(value("GF_PATHS_PROVISIONING", "/etc/grafana/provisioning")),
            version=environment.get("PLANTWATCH_LAB_STANDS_FOR", "grafana/grafana:0.0.0").rpartition(":")[2],
        )
