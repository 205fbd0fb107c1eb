"""What is delivered into the configuration volumes of the services.

Everything is rendered from files under stack/ and four generated passwords. The fingerprint of a service's configuration tells whether
the volume is up to date; it covers a password by a keyed digest of it, because the file in the volume holds a salted hash that differs with
every rendering. The passwords are random and long, so the digest gives nothing away.
"""

import hashlib
import hmac
import io
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import bcrypt
import yaml

from app.errors import StackError
from app.models.certificate import Identity
from app.models.secret import Secret
from app.models.stack import ServiceName, StackOptions
from app.services.stack.compose import interpolate

USER = "plantwatch"
#: Holds the fingerprint of what was delivered; written last, after the service has taken it.
STAMP = ".plantwatch-fingerprint"

_PROMETHEUS_UID = 65534
_GRAFANA_UID = 472
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 - recognised, not bound


@dataclass(frozen=True, slots=True)
class Passwords:
    """The generated passwords of one stack."""

    prometheus: Secret
    alertmanager: Secret
    grafana_admin: Secret
    grafana_viewer: Secret


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """One file: `content` is made when it is written, since hashing a password takes time. `uid` owns it; secrets are readable by it alone."""

    path: str
    content: Callable[[], bytes] = field(repr=False)
    digest: str
    uid: int = 0
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Configuration:
    """What one service is configured with, delivered at `root` in its container."""

    root: str
    files: tuple[ConfigurationFile, ...]

    @property
    def fingerprint(self) -> str:
        """Changes exactly when the delivered configuration does."""
        lines = sorted(f"{file.path} {file.uid} {file.secret} {file.digest}" for file in self.files)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def archive(self, *, stamped: bool) -> bytes:
        """A tar for `root`. `stamped`: with the fingerprint as the last file."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            made: set[str] = set()
            for file in self.files:
                _add_folders(tar, file, made)
                _add(tar, file.path, file.content(), uid=file.uid, mode=0o400 if file.secret else 0o444)
            if stamped:
                _add(tar, STAMP, self.fingerprint.encode(), uid=0, mode=0o444)
        return buffer.getvalue()

    def previous(self, found: Mapping[str, bytes]) -> bytes:
        """A tar for `root` that brings back those of these files that were `found` there, with the same owners."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for file in self.files:
                if file.path in found:
                    _add(tar, file.path, found[file.path], uid=file.uid, mode=0o400 if file.secret else 0o444)
        return buffer.getvalue()

    def stamp(self) -> bytes:
        """A tar for `root` with nothing but the fingerprint."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            _add(tar, STAMP, self.fingerprint.encode(), uid=0, mode=0o444)
        return buffer.getvalue()


def variables(options: StackOptions) -> dict[str, str]:
    """The values of the variables in compose.yaml and in the configuration files."""
    address = options.publish_address
    visited = visit_address(address)
    return {
        "PLANTWATCH_PUBLISH_ADDRESS": f"[{address}]" if ":" in address else address,
        "PLANTWATCH_VISIT_ADDRESS": f"[{visited}]" if ":" in visited else visited,
        "PLANTWATCH_PROMETHEUS_PORT": str(options.prometheus_port),
        "PLANTWATCH_ALERTMANAGER_PORT": str(options.alertmanager_port),
        "PLANTWATCH_GRAFANA_PORT": str(options.grafana_port),
        "PLANTWATCH_RETENTION": f"{options.retention_days}d",
        "PLANTWATCH_SCRAPE_INTERVAL": f"{options.scrape_interval_seconds}s",
    }


def visit_address(publish_address: str) -> str:
    """The address by which a program on the Docker host itself reaches what is published on `publish_address`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(publish_address, publish_address)  # noqa: S104 - recognised, not bound


def is_loopback(address: str) -> bool:
    """Whether only programs of the same machine reach it. An address that means all interfaces is not."""
    return address in _LOOPBACK or address.startswith("127.")


def render(
    folder: Path, options: StackOptions, passwords: Passwords, scraper: Identity
) -> Mapping[ServiceName, Configuration]:
    """The configuration of every service, from the files in `folder` (stack/). Raises StackError when one is missing or broken.

    `scraper` is what Prometheus proves itself with to the exporters.
    """
    try:
        return {
            ServiceName.ALERTMANAGER: _alertmanager(folder / "alertmanager", options, passwords),
            ServiceName.PROMETHEUS: _prometheus(folder / "prometheus", options, passwords, scraper),
            ServiceName.GRAFANA: _grafana(folder / "grafana", passwords),
        }
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise StackError(
            str(error),
            reason="The files of the stack's definition cannot be read.",
            what_to_do="Install Plantwatch again.",
        ) from error


def _alertmanager(folder: Path, options: StackOptions, passwords: Passwords) -> Configuration:
    text = interpolate((folder / "alertmanager.yml").read_text("utf-8"), variables(options), "alertmanager.yml")
    return Configuration(
        "/etc/alertmanager",
        (_plain("alertmanager.yml", text.encode()), _web_file(passwords.alertmanager)),
    )


def _prometheus(folder: Path, options: StackOptions, passwords: Passwords, scraper: Identity) -> Configuration:
    rules = [_plain(f"rules/{path.name}", path.read_bytes()) for path in sorted((folder / "rules").glob("*.yaml"))]
    text = interpolate((folder / "prometheus.yml").read_text("utf-8"), variables(options), "prometheus.yml")
    document = yaml.safe_load(text)
    document["rule_files"] = [rule.path for rule in rules]
    tls = _tls_files(scraper)
    node = next(job for job in document["scrape_configs"] if job["job_name"] == "node")
    node["tls_config"] = {
        "ca_file": tls[0].path, "cert_file": tls[1].path, "key_file": tls[2].path, "min_version": "TLS12",
    }  # fmt: skip
    return Configuration(
        "/etc/prometheus",
        (
            _plain("prometheus.yml", yaml.safe_dump(document, sort_keys=False).encode()),
            *rules,
            *tls,
            _web_file(passwords.prometheus),
            _secret("secrets/prometheus", passwords.prometheus, _PROMETHEUS_UID),
            _secret("secrets/alertmanager", passwords.alertmanager, _PROMETHEUS_UID),
        ),
    )


def _tls_files(scraper: Identity) -> tuple[ConfigurationFile, ConfigurationFile, ConfigurationFile]:
    """Authorities, certificate, key. Named by what is in them: a change is taken by the reload that names the new files, all at once."""
    trusted, certificate = scraper.trusted.encode("ascii"), scraper.certificate.encode("ascii")
    by_content = hashlib.sha256(certificate).hexdigest()[:16]
    return (
        _plain(f"tls/authorities-{hashlib.sha256(trusted).hexdigest()[:16]}.pem", trusted),
        _plain(f"tls/scraper-{by_content}.pem", certificate),
        _secret(f"secrets/scraper-{by_content}.key", scraper.key, _PROMETHEUS_UID),
    )


def _grafana(folder: Path, passwords: Passwords) -> Configuration:
    delivered = [
        _plain(path.relative_to(folder).as_posix(), path.read_bytes())
        for pattern in ("provisioning/**/*.yaml", "dashboards/**/*.json")
        for path in sorted(folder.glob(pattern))
    ]
    return Configuration(
        "/etc/grafana",
        (
            *delivered,
            _secret("secrets/admin-password", passwords.grafana_admin, _GRAFANA_UID),
            _secret("secrets/prometheus-password", passwords.prometheus, _GRAFANA_UID),
            _secret("secrets/alertmanager-password", passwords.alertmanager, _GRAFANA_UID),
        ),
    )


def _plain(path: str, content: bytes) -> ConfigurationFile:
    return ConfigurationFile(path, lambda: content, hashlib.sha256(content).hexdigest())


def _secret(path: str, value: Secret, uid: int) -> ConfigurationFile:
    return ConfigurationFile(path, lambda: value.reveal().encode(), _secret_digest(value), uid, secret=True)


def _web_file(password: Secret) -> ConfigurationFile:
    def content() -> bytes:
        # The password has 256 random bits: a cheap hash costs an attacker as much, and each request less (the service checks it every time).
        hashed = bcrypt.hashpw(password.reveal().encode(), bcrypt.gensalt(rounds=5))
        return yaml.safe_dump({"basic_auth_users": {USER: hashed.decode()}}).encode()

    return ConfigurationFile("web.yml", content, _secret_digest(password), _PROMETHEUS_UID, secret=True)


def _secret_digest(value: Secret) -> str:
    return hmac.new(value.reveal().encode(), b"plantwatch configuration", hashlib.sha256).hexdigest()


def _add_folders(tar: tarfile.TarFile, file: ConfigurationFile, made: set[str]) -> None:
    parts = file.path.split("/")[:-1]
    for depth in range(1, len(parts) + 1):
        folder = "/".join(parts[:depth])
        if folder not in made:
            made.add(folder)
            entry = tarfile.TarInfo(folder)
            entry.type = tarfile.DIRTYPE
            entry.mode = 0o500 if file.secret else 0o755
            entry.uid = entry.gid = file.uid
            tar.addfile(entry)


def _add(tar: tarfile.TarFile, path: str, content: bytes, *, uid: int, mode: int) -> None:
    entry = tarfile.TarInfo(path)
    entry.size = len(content)
    entry.mode = mode
    entry.uid = entry.gid = uid
    tar.addfile(entry, io.BytesIO(content))
