"""A key of Plantwatch's own in place of the login that the operator gave: installed, tried in a connection of its own, and only then kept."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum

from app.errors import DeviceError, InputError
from app.models.endpoint import Credential, Endpoint, Login, LoginKind
from app.models.own_key import OwnKeyWish, authorized_line, sources_of, tag_of
from app.services.enrolment import failures
from app.services.enrolment.keys import make_own_key
from app.services.enrolment.parts import Parts, Place, Session, open_session
from app.services.enrolment.program import Answers, Mode, RemoteProgram
from app.services.enrolment.steps import KeyStep, RemoveStep
from app.services.progress import CancelToken, StepHandle, ignore

Stepping = Callable[[StrEnum], AbstractContextManager[StepHandle]]
_TITLE_LENGTH = 200


class DeviceKey:
    """Our line in the authorized_keys of the user that logged in, or of `user`. Each call is one run of plantwatch-key.sh, with that
    user's own rights.

    Raises NotWritableError, OwnKeyPlaceError, DeviceBusyError, and what `RemoteProgram.run` raises.
    """

    def __init__(self, program: RemoteProgram, user: str = "") -> None:
        self._program = program
        self._user = user

    def look(self, tag: str, token: CancelToken) -> tuple[str, str]:
        """The address that the device sees us at, and the line with that tag; each empty when there is none. Changes nothing."""
        answers = self._run(Mode.KEY_LOOK, {"PW_TAG": tag}, token)
        return answers.get("client"), answers.get("line")

    def add(self, line: str, tag: str) -> None:
        """Put the line in, or leave everything as it was. It is short, and is not cancelled: what follows must find it ended."""
        self._run(Mode.KEY_ADD, {"PW_TAG": tag, "PW_LINE": line}, CancelToken())

    def remove(self, tag: str) -> None:
        """Take the line out, and what was made for it; no error when it is not there."""
        self._run(Mode.KEY_REMOVE, {"PW_TAG": tag}, CancelToken())

    def _run(self, mode: Mode, arguments: dict[str, str | int], token: CancelToken) -> Answers:
        answers = self._program.run(mode, arguments, as_user=self._user, token=token)
        code, text = answers.failure
        if code:
            raise self._failure(code[:_TITLE_LENGTH], text[:_TITLE_LENGTH], f"{text}\n{answers.errors}")
        return answers

    def _failure(self, code: str, text: str, seen: str) -> DeviceError:
        told = {"target": self._program.target}
        match code:
            case "change":
                return failures.NotWritableError(seen, **told, what=text)
            case "key_place":
                return failures.OwnKeyPlaceError(**told, what=text)
            case "busy":
                return failures.DeviceBusyError(text, **told)
        return failures.DeviceFailedError(seen, **told, what=code)


def install_own_key(
    parts: Parts,
    endpoint: Endpoint,
    place: Place,
    session: Session,
    wish: OwnKeyWish | None,
    *,
    stepping: Stepping,
    token: CancelToken,
) -> str:
    """Put a new key on the device, and log in with it: from then on it is the endpoint's standby login, until `adopt_standby`.

    Without a `wish`, it is accepted from where the present own key is. Returns its fingerprint. On a failure the caller calls
    `take_out_standby`. Raises OwnKeyForbiddenError, OwnKeySourceError, what `DeviceKey` raises, SecretStoreError, Cancelled.
    """
    program, device = session.program, DeviceKey(session.program)
    with stepping(KeyStep.INSTALL_KEY) as handle:
        seen, present = device.look(tag_in(parts, endpoint.credential_id or 0), token)
        sources = _sources(wish, seen, present, program.target)
        credential = parts.inventory.add_standby_credential(endpoint.id, program.user, LoginKind.OWN_KEY)
        key, tag = make_own_key(), tag_in(parts, credential.id)
        device.add(authorized_line(key.public, tag=tag, name=endpoint.name, sources=sources), tag)
        handle.detail = ", ".join([key.fingerprint, *(f"from {source}" for source in sources)])
    login = Login(program.user, LoginKind.OWN_KEY, secret=key.private, sudo_password=program.needed_sudo_password)
    with stepping(KeyStep.TRY_KEY):
        _try(parts, place, login, f"The device sees this computer at {seen or 'an unknown address'}.", token)
    parts.keep_standby(credential, login)
    return key.fingerprint


def check_place_for_key(parts: Parts, session: Session, wish: OwnKeyWish, token: CancelToken) -> None:
    """Whether a key could be put there, as far as looking tells. Raises what `install_own_key` raises."""
    seen, _ = DeviceKey(session.program).look(tag_in(parts, 0), token)
    _sources(wish, seen, "", session.program.target)


def _sources(wish: OwnKeyWish | None, seen: str, present: str, target: str) -> tuple[str, ...]:
    if wish is None:
        return sources_of(present)
    try:
        return wish.at(seen)
    except InputError as error:
        raise failures.OwnKeySourceError(seen, target=target) from error


def _try(parts: Parts, place: Place, login: Login, seen: str, token: CancelToken) -> None:
    """In a new connection, as every later contact will."""
    try:
        with open_session(parts.connect, place, login, RemoveStep, report=ignore, token=token) as session:
            session.exporter.identify(token)
    except (failures.OwnKeyRefusedError, failures.SecondFactorError) as error:
        evidence = "\n".join(filter(None, (error.message, error.evidence, seen)))
        raise failures.OwnKeyForbiddenError(evidence, target=place.target, user=login.user) from error


def adopt_standby(parts: Parts, endpoint_id: int) -> None:
    """The standby login is the one that counts from now on; the former stays as the standby until `drop_standby`."""
    if is_standby_to_come(parts, parts.inventory.endpoint_by_id(endpoint_id)):
        parts.inventory.swap_credentials(endpoint_id)


def is_standby_to_come(parts: Parts, endpoint: Endpoint) -> bool:
    """Whether the standby login is to take the place of the other, and has not lost it: a key of ours is never given up for another kind of
    login, and of two keys the later one comes. Numbers are given once, and grow."""
    comes, counts = endpoint.standby_credential_id, endpoint.credential_id
    if comes is None or not is_own_key(parts, comes):
        return False
    return counts is None or not is_own_key(parts, counts) or comes > counts


def own_keys(parts: Parts, endpoint_id: int) -> list[Credential]:
    """Those whose lines may be on the endpoint's device; empty for most."""
    endpoint = parts.inventory.endpoint_by_id(endpoint_id)
    numbers = (endpoint.standby_credential_id, endpoint.credential_id)
    return [
        parts.inventory.credential(number) for number in numbers if number is not None and is_own_key(parts, number)
    ]


def is_own_key(parts: Parts, credential_id: int | None) -> bool:
    """Whether it is the login of a key of ours."""
    return credential_id is not None and parts.inventory.credential(credential_id).kind is LoginKind.OWN_KEY


def take_out_keys(parts: Parts, session: Session, endpoint_id: int) -> None:
    """All lines of ours for this endpoint. When a key of ours was the way in, this session was the last."""
    for credential in own_keys(parts, endpoint_id):
        _take_out(parts, session, credential)


def take_out_standby(parts: Parts, session: Session, endpoint_id: int) -> None:
    """The line of the standby login, if it has one; then forget that login. Raises what `DeviceKey` raises, SecretStoreError."""
    number = parts.inventory.endpoint_by_id(endpoint_id).standby_credential_id
    if number is not None and is_own_key(parts, number):
        # First: without its secret, no recovery takes a key that is about to go for one that is to come.
        parts.delete_secrets_of(number)
        _take_out(parts, session, parts.inventory.credential(number))
    parts.drop_standby(endpoint_id)


def _take_out(parts: Parts, session: Session, credential: Credential) -> None:
    """With the rights of the user whose file it is in, whoever has logged in."""
    DeviceKey(session.program, credential.user).remove(tag_in(parts, credential.id))


def tag_in(parts: Parts, credential_id: int) -> str:
    """The word by which the line of that credential is known on a device."""
    return tag_of(parts.inventory.installation_id, credential_id)
