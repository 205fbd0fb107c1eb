"""What on this machine and on the Docker host would stand in the way."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app.errors import AppError
from app.models.secret import Secret
from app.models.stack import ServiceState, StackStatus
from app.paths import DataPaths
from app.services.inventory import Inventory
from app.services.kit import Kit
from app.services.secrets import SecretStore

_ENOUGH_DISK_BYTES = 500 * 1024**2
_PROBE_ENTRY = "doctor/probe"
_PROBE = Secret("probe")


class Verdict(StrEnum):
    GOOD = "good"
    ATTENTION = "attention"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `text` says what was found, `hint` what to do about it (empty when good)."""

    subject: str
    verdict: Verdict
    text: str
    hint: str = ""


def examine(
    paths: DataPaths, inventory: Inventory, secrets: SecretStore, kit: Kit, status: Callable[[], StackStatus]
) -> list[Finding]:
    """Look at the data folder, the inventory, the keyring, the kit, the Docker host and the stack. Changes nothing that stays."""
    return [
        _data_folder(paths),
        _guarded("Inventory", lambda: _inventory(inventory)),
        _guarded("Keyring", lambda: _keyring(secrets)),
        _guarded("Exporter builds", lambda: _kit(kit)),
        *_stack(status),
    ]


def _guarded(subject: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except AppError as error:
        return Finding(subject, Verdict.BAD, error.message, error.advice)


def _data_folder(paths: DataPaths) -> Finding:
    free = shutil.disk_usage(paths.root).free
    text = f"{paths.root}, {free / 1024**3:.1f} GiB free"
    if free < _ENOUGH_DISK_BYTES:
        return Finding(
            "Data folder", Verdict.ATTENTION, text, "Free some space, or choose another folder with --data-dir."
        )
    return Finding("Data folder", Verdict.GOOD, text)


def _inventory(inventory: Inventory) -> Finding:
    count = len(inventory.endpoints())
    interrupted = inventory.interrupted_operations()
    if interrupted:
        return Finding(
            "Inventory",
            Verdict.ATTENTION,
            f"{_counted(count, 'endpoint')}; {_counted(len(interrupted), 'interrupted operation')}",
            "“plantwatch recover” (or opening the window) undoes or finishes them.",
        )
    return Finding("Inventory", Verdict.GOOD, _counted(count, "endpoint"))


def _keyring(secrets: SecretStore) -> Finding:
    secrets.put(_PROBE_ENTRY, _PROBE)
    try:
        kept = secrets.get(_PROBE_ENTRY) == _PROBE
    finally:
        secrets.delete(_PROBE_ENTRY)
    if not kept:
        return Finding("Keyring", Verdict.BAD, "does not give back what it was given", "Unlock or repair the keyring.")
    return Finding("Keyring", Verdict.GOOD, "keeps and gives back secrets")


def _kit(kit: Kit) -> Finding:
    builds = kit.builds()
    if not builds:
        return Finding(
            "Exporter builds", Verdict.ATTENTION, "none yet", "Run “plantwatch kit fetch” where there is a way to them."
        )
    architectures = ", ".join(sorted({build.architecture for build in builds}))
    return Finding("Exporter builds", Verdict.GOOD, f"{_counted(len(builds), 'build')}: {architectures}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _stack(status: Callable[[], StackStatus]) -> list[Finding]:
    try:
        found = status()
    except AppError as error:
        return [Finding("Docker host", Verdict.BAD, error.message, error.advice)]
    findings = [Finding("Docker host", Verdict.GOOD, f"{found.host}: {found.engine}")]
    if not found.is_deployed:
        findings.append(Finding("Stack", Verdict.ATTENTION, "not deployed", "Run “plantwatch stack deploy”."))
        return findings
    for service in found.services:
        verdict = Verdict.GOOD if service.state is ServiceState.HEALTHY else Verdict.BAD
        text = " · ".join(part for part in (service.state.value, service.evidence, service.drift) if part)
        hint = "" if verdict is Verdict.GOOD else "Run “plantwatch stack deploy”; it mends what differs."
        findings.append(Finding(service.name.value.capitalize(), verdict, text, hint))
    return findings
