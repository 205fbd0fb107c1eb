"""Which device it is: machine-id and host key make the device, its address is only an attribute.

The machine-id is hashed on the device with a key of Plantwatch's own, as machine-id(5) demands, so that the id itself stays there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from app.models.activity import Result
from app.models.device import DeviceChange, Facts
from app.models.endpoint import Endpoint, Login
from app.services.enrolment.failures import (
    AlreadyKnownError,
    ClonedDeviceError,
    DeviceSwappedError,
    HostKeyChangedError,
)
from app.services.enrolment.jumps import shown_beyond
from app.services.enrolment.parts import Parts, Place, Session, open_session
from app.services.enrolment.steps import RemoveStep, RenewStep
from app.services.progress import CancelToken, Report

RECOGNISE = "recognise"
_MACHINE_ID, _HOST_KEY = "machine-id", "host key"


def check_is_new(
    parts: Parts, place: Place, facts: Facts, *, accepts_clone: bool, own_id: int | None = None, token: CancelToken
) -> str:
    """Compare a device that is to be enrolled with those of all endpoints but `own_id`; its `place.host_key` was verified.

    Returns in a sentence which clone was accepted, or "". Raises AlreadyKnownError, and ClonedDeviceError unless `accepts_clone`.
    """
    clone: tuple[Endpoint, tuple[str, str]] | None = None
    for other in parts.inventory.resembling(place.host_key, facts.machine_id):
        if other.id == own_id or other.host_key is None:
            continue
        known_id = other.facts.machine_id if other.facts else ""
        same_id = bool(known_id) and known_id == facts.machine_id
        same_key = other.host_key == place.host_key
        if same_id and other.host_key.kind != place.host_key.kind:
            # A device has a key of each kind: only one of the same kind tells.
            same_key = _shows(parts, place, other, token)
        if same_key and (same_id or not known_id or not facts.machine_id):
            raise AlreadyKnownError(
                target=place.target,
                name=other.name,
                known=other.ssh_target,
                address=place.address,
                port=place.port,
                way=_way_as_options(place, other),
            )
        if same_id or same_key:
            clone = (other, (_MACHINE_ID, _HOST_KEY) if same_id else (_HOST_KEY, _MACHINE_ID))
    if clone is None:
        return ""
    known, (same, different) = clone
    if not accepts_clone:
        raise ClonedDeviceError(
            target=place.target, name=known.name, what=same, other=different, known=known.ssh_target
        )
    return f"{place.target} has the same {same} as {known.name}; it was said to be another device."


def _way_as_options(place: Place, known: Endpoint) -> str:
    """The way to `place`, as a command takes it, where that of the known endpoint would not do."""
    if place.hops:
        return "".join(f" --jump {hop.login.user}@{hop.target}" for hop in place.hops)
    return " --no-jump" if known.jumps else ""


def _shows(parts: Parts, place: Place, other: Endpoint, token: CancelToken) -> bool:
    known = other.host_key
    return shown_beyond(parts.connect, place.hops, place.address, place.port, expected=known, token=token) == known


@contextmanager
def open_known(
    parts: Parts,
    endpoint: Endpoint,
    names: type[RemoveStep] | type[RenewStep] = RemoveStep,
    *,
    login: Login | None = None,
    to_check: bool = False,
    report: Report,
    token: CancelToken,
) -> Iterator[Session]:
    """A session with the device of an endpoint, in which the way to become root is known; reports the steps up to logging in.

    `login` takes the place of the endpoint's own. `to_check`: a check comes first, which may then be done in the same run of the remote program.

    Raises what `open_session` raises, and DeviceSwappedError for a device that has the known host key but another machine-id. That
    it is another device stands then at the endpoint and in the activity log; the first good contact takes it from the endpoint.
    """
    place, login = parts.place_of(endpoint), login or parts.login_of(endpoint)
    try:
        with open_session(parts.connect, place, login, names, report=report, token=token) as session:
            known = endpoint.facts.machine_id if endpoint.facts else ""
            facts = session.exporter.identify(token, check_of=known if to_check else None)
            _recognise(parts, endpoint, place, facts)
            yield session
    except HostKeyChangedError as error:
        if error.details["target"] != place.target:
            raise  # a jump host on the way: nothing is known of the device
        _flag(parts, endpoint, DeviceChange(datetime.now(UTC), fingerprint=str(error.details["shown"])))
        raise


def _recognise(parts: Parts, endpoint: Endpoint, place: Place, found: Facts) -> None:
    """Raises DeviceSwappedError. A device without a machine-id is known by its host key alone."""
    known = endpoint.facts.machine_id if endpoint.facts else ""
    if known and found.machine_id and known != found.machine_id:
        _flag(parts, endpoint, DeviceChange(datetime.now(UTC), machine_id=found.machine_id))
        raise DeviceSwappedError(
            f"Known: {known} (hash of the machine-id)\nFound: {found.machine_id}",
            target=place.target,
            name=endpoint.name,
        )
    if endpoint.facts and found.machine_id and not known:
        # Enrolled by a version that did not ask for it.
        parts.inventory.set_facts(endpoint.id, replace(endpoint.facts, machine_id=found.machine_id))
    if endpoint.device_change:
        parts.inventory.set_device_change(endpoint.id, None)
        parts.log(RECOGNISE, endpoint.name, Result.DONE, f"{place.target} is the known device again")


def _flag(parts: Parts, endpoint: Endpoint, change: DeviceChange) -> None:
    parts.inventory.set_device_change(endpoint.id, change)
    known = endpoint.host_key.fingerprint if endpoint.host_key else ""
    seen = (
        f"host key {change.fingerprint} instead of {known}"
        if change.fingerprint
        else f"hashed machine-id {change.machine_id} instead of {endpoint.facts.machine_id if endpoint.facts else ''}"
    )
    parts.log(RECOGNISE, endpoint.name, Result.FAILED, f"another device at {endpoint.ssh_target}: {seen}")
