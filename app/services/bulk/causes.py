"""Failures of a run by their cause, and the one thing that mends all of a kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from app.errors import AppError, HostError, KitError, StackError
from app.models.bulk import BulkItem, Failure, ItemState
from app.services.enrolment import failures
from app.services.enrolment.refusals import REFUSALS


class Fix(StrEnum):
    """What one press can do about all failures of a cause."""

    LOGIN = "login"
    """Change the login; then try them again."""
    HOST_KEYS = "host keys"
    """Compare the host keys that were shown for the first time."""
    PORT = "port"
    """Let the exporter listen on another port."""
    STACK = "stack"
    KIT = "kit"
    RETRY = "retry"


@dataclass(frozen=True, slots=True)
class Cause:
    """Devices that failed alike: `failure` is that of the first one. `profile` is the login of devices to be enrolled, `port` that of
    their exporters; empty and 0 for endpoints."""

    fix: Fix
    failure: Failure
    numbers: tuple[int, ...]
    subjects: tuple[str, ...]
    profile: str = ""
    port: int = 0
    endpoint_id: int | None = None
    """The first one's."""

    @property
    def count(self) -> int:
        return len(self.numbers)


def causes_of(items: Iterable[BulkItem]) -> list[Cause]:
    """The causes of those of `items` that failed, the most frequent first. Those with one cause have one kind of failure and, where the
    login or the port is to blame, the same one."""
    groups: dict[tuple[str, str, int], list[BulkItem]] = {}
    firsts: dict[tuple[str, str, int], Failure] = {}
    for item in items:
        if item.state is ItemState.FAILED and item.failure is not None:
            key = _key(item, item.failure)
            groups.setdefault(key, []).append(item)
            firsts.setdefault(key, item.failure)
    causes = [_cause(group, firsts[key], key[1], key[2]) for key, group in groups.items()]
    return sorted(causes, key=lambda cause: -cause.count)


def fix_for(kind: str) -> Fix:
    """The fix for failures of this kind."""
    return _fixes().get(kind, Fix.RETRY)


def _key(item: BulkItem, failure: Failure) -> tuple[str, str, int]:
    fix = fix_for(failure.kind)
    profile = item.order.profile if item.order and fix is Fix.LOGIN else ""
    port = item.order.draft.exporter_port if item.order and fix is Fix.PORT else 0
    return failure.kind, profile, port


def _cause(group: list[BulkItem], failure: Failure, profile: str, port: int) -> Cause:
    fix = fix_for(failure.kind)
    if fix is Fix.PORT and not port:
        fix = Fix.RETRY  # an endpoint's exporter has its port already
    return Cause(
        fix,
        failure,
        tuple(item.number for item in group),
        tuple(item.subject for item in group),
        profile,
        port,
        group[0].endpoint_id,
    )


def _fixes() -> dict[str, Fix]:
    if not _FIXES:
        _FIXES.update({name: fix for fix, kinds in _KINDS.items() for kind in kinds for name in _names(kind)})
    return _FIXES


def _names(kind: type[AppError]) -> list[str]:
    return [kind.__name__, *(name for each in kind.__subclasses__() for name in _names(each))]


_KINDS: dict[Fix, tuple[type[AppError], ...]] = {
    Fix.LOGIN: REFUSALS,
    Fix.HOST_KEYS: (failures.HostKeyUnknownError,),
    Fix.PORT: (failures.PortTakenError, failures.MetricsWrongError),
    Fix.STACK: (StackError, HostError),
    Fix.KIT: (KitError,),
}
_FIXES: dict[str, Fix] = {}
