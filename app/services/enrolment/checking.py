"""One check: is the device the known one, and is all that was made on it as it was? What was found is written down."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from app.errors import AppError
from app.models.activity import Result
from app.models.endpoint import Endpoint
from app.models.security import DeviceCheckRecord, DeviceState
from app.services.enrolment.exporter import Item
from app.services.enrolment.failures import DeviceSwappedError, HostKeyChangedError
from app.services.enrolment.identity import open_known
from app.services.enrolment.parts import Parts
from app.services.progress import CancelToken, Report

CHECK = "check"
_NAMED = 5


@dataclass(frozen=True)
class DeviceCheck:
    """What a check found: each thing that was made on the device with its condition, and what is there without being written down."""

    items: tuple[Item, ...]
    unknown: tuple[str, ...]

    @property
    def altered(self) -> tuple[str, ...]:
        """What is not as it was made, "changed: NAME"; empty: all is. Without anything on the device, something is missing."""
        wrong = [f"{item.condition}: {item.name}" for item in self.items if item.condition != "ok"]
        wrong += [f"not written down: {name}" for name in self.unknown]
        return tuple(wrong or ([] if self.items else ["missing: everything"]))


def check_device(parts: Parts, endpoint: Endpoint, *, report: Report, token: CancelToken) -> DeviceCheck:
    """See `EnrolmentService.check`. The record of it replaces the one before; one that was cancelled leaves none."""
    try:
        with open_known(parts, endpoint, to_check=True, report=report, token=token) as session:
            items, left = session.exporter.check(token)
    except AppError as error:
        with suppress(AppError):  # the error that is being told goes first
            _write(parts, endpoint, _state_told_by(error, endpoint), error.message)
        raise
    found = DeviceCheck(tuple(items), tuple(left))
    shown = "; ".join(found.altered[:_NAMED])
    more = f"; and {len(found.altered) - _NAMED} more" if len(found.altered) > _NAMED else ""
    _write(parts, endpoint, DeviceState.ALTERED if found.altered else DeviceState.AS_IT_WAS, shown + more)
    return found


def _state_told_by(error: AppError, endpoint: Endpoint) -> DeviceState:
    is_other_key = isinstance(error, HostKeyChangedError) and error.details["target"] == endpoint.ssh_target
    return DeviceState.ANOTHER if is_other_key or isinstance(error, DeviceSwappedError) else DeviceState.NOT_SEEN


def _write(parts: Parts, endpoint: Endpoint, state: DeviceState, detail: str) -> None:
    parts.inventory.record_check(endpoint.id, DeviceCheckRecord(datetime.now(UTC), state, detail))
    result = Result.FAILED if state in (DeviceState.ANOTHER, DeviceState.NOT_SEEN) else Result.DONE
    parts.log(CHECK, endpoint.name, result, f"{state}: {detail}" if detail else state.value, endpoint.host_key)
