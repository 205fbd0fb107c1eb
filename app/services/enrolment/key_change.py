"""A new key of Plantwatch's own for an endpoint that is enrolled, in place of the key or other login that it has."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from app.errors import AppError
from app.models.activity import Result
from app.models.endpoint import Endpoint
from app.models.operation import Operation
from app.models.own_key import OwnKeyWish
from app.services.enrolment.identity import open_known
from app.services.enrolment.own_key import (
    adopt_standby,
    install_own_key,
    is_own_key,
    is_standby_to_come,
    take_out_standby,
)
from app.services.enrolment.parts import Parts, Session
from app.services.enrolment.steps import KeyStep, RenewStep
from app.services.progress import CancelToken, LogLine, Report, StepHandle, ignore, step

RENEW_KEY = "renew key"


class KeyRun:
    """Runs once, within an operation of the kind RENEW_KEY that its caller began."""

    def __init__(self, parts: Parts, operation: Operation, report: Report, token: CancelToken) -> None:
        self._parts = parts
        self._operation = operation
        self._report = report
        self._token = token

    def execute(self, endpoint: Endpoint, wish: OwnKeyWish | None) -> Endpoint:
        """Returns the endpoint with its new login. Raises AppError or Cancelled; the endpoint has then the login that it had. Ends the
        operation."""
        try:
            self._parts.check_keyring()
            settle_login(self._parts, endpoint, self._token)
            fingerprint = self._change(self._parts.inventory.endpoint_by_id(endpoint.id), wish)
        except BaseException as error:
            result = Result.FAILED if isinstance(error, AppError) else Result.CANCELLED
            self._parts.log(RENEW_KEY, endpoint.name, result, error.message if isinstance(error, AppError) else "")
            raise
        finally:
            self._parts.inventory.end_operation(self._operation)
        self._parts.log(RENEW_KEY, endpoint.name, Result.DONE, "", endpoint.host_key, own_key=fingerprint)
        return self._parts.inventory.endpoint_by_id(endpoint.id)

    def _change(self, endpoint: Endpoint, wish: OwnKeyWish | None) -> str:
        place = self._parts.place_of(endpoint)
        with open_known(self._parts, endpoint, RenewStep, report=self._report, token=self._token) as session:
            try:
                fingerprint = install_own_key(
                    self._parts, endpoint, place, session, wish, stepping=self._step, token=self._token
                )
                self._token.check()
            except BaseException:
                self._undo(endpoint, session)
                raise
            with step(self._report, CancelToken(), KeyStep.KEEP_KEY):
                adopt_standby(self._parts, endpoint.id)
                self._forget_former(endpoint, session)
        return fingerprint

    def _forget_former(self, endpoint: Endpoint, session: Session) -> None:
        """The new one counts already: what goes wrong is told, and done at the next start."""
        try:
            take_out_standby(self._parts, session, endpoint.id)
        except AppError as error:
            self._report(LogLine(f"The former login is not forgotten yet: {error.message}"))

    def _undo(self, endpoint: Endpoint, session: Session) -> None:
        """What goes wrong is told beside the error that is on its way, and done at the next start."""
        try:
            take_out_standby(self._parts, session, endpoint.id)
        except AppError as trouble:
            self._report(LogLine(f"Undoing: {trouble.message}"))

    @contextmanager
    def _step(self, name: StrEnum) -> Iterator[StepHandle]:
        self._parts.inventory.advance_operation(self._operation, name)
        with step(self._report, self._token, name) as handle:
            yield handle


def settle_login(parts: Parts, endpoint: Endpoint, token: CancelToken) -> None:
    """Bring a change of login to an end that was cut off: a key that had proved itself counts, another one is taken out again.

    Does nothing for an endpoint without a standby login. Raises what `open_known` and `take_out_standby` raise.
    """
    number = endpoint.standby_credential_id
    if number is None:
        return
    if is_standby_to_come(parts, endpoint) and parts.has_secret(number):
        adopt_standby(parts, endpoint.id)
    endpoint = parts.inventory.endpoint_by_id(endpoint.id)
    if not is_own_key(parts, endpoint.standby_credential_id):
        parts.drop_standby(endpoint.id)
        return
    with open_known(parts, endpoint, report=ignore, token=token) as session:
        take_out_standby(parts, session, endpoint.id)
