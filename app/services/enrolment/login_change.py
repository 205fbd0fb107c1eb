"""Another login for an endpoint that is enrolled: tried on its device, kept, and what it had taken away here and there."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.errors import AppError
from app.models.activity import Result
from app.models.endpoint import Credential, Endpoint, Login, LoginKind
from app.models.operation import Operation
from app.services.credentials import CHANGE, delete_secrets, secrets_of
from app.services.enrolment import failures
from app.services.enrolment.identity import open_known
from app.services.enrolment.own_key import tag_in, take_out_standby
from app.services.enrolment.parts import Parts, Session
from app.services.enrolment.steps import KeyStep, RenewStep
from app.services.progress import CancelToken, LogLine, Report, step

#: Our line is in the file of a user that this login cannot act for, or in one that is not to be touched: trying again changes nothing.
_FOR_GOOD = (
    failures.NoRootRightsError,
    failures.SudoPasswordWrongError,
    failures.SudoPasswordMissingError,
    failures.DoasNeedsTerminalError,
    failures.NotWritableError,
    failures.OwnKeyPlaceError,
)


class LoginRun:
    """Runs once, within an operation of the kind RENEW_KEY that its caller began: whatever interrupts it ends as a change of the key does."""

    def __init__(self, parts: Parts, operation: Operation, report: Report, token: CancelToken) -> None:
        self._parts = parts
        self._operation = operation
        self._report = report
        self._token = token

    def execute(self, endpoint: Endpoint, login: Login) -> Endpoint:
        """Returns the endpoint with its new login. Raises AppError or Cancelled; it has then the login that it had. Ends the operation."""
        try:
            self._parts.check_keyring()
            told = self._change(endpoint, login)
        except BaseException as error:
            result = Result.FAILED if isinstance(error, AppError) else Result.CANCELLED
            self._parts.log(CHANGE, endpoint.name, result, error.message if isinstance(error, AppError) else "")
            raise
        finally:
            self._parts.inventory.end_operation(self._operation)
        self._parts.log(CHANGE, endpoint.name, Result.DONE, told, endpoint.host_key)
        return self._parts.inventory.endpoint_by_id(endpoint.id)

    def _change(self, endpoint: Endpoint, login: Login) -> str:
        with open_known(
            self._parts, endpoint, RenewStep, login=login, report=self._report, token=self._token
        ) as session:
            session.exporter.check(self._token)  # the least of what needs root
            self._token.check()
            with step(self._report, CancelToken(), KeyStep.KEEP_KEY):
                left = [self._forget_former(endpoint, session)]  # of a change that was cut off
                self._keep(endpoint, login)
                left.append(self._forget_if_possible(endpoint, session))
        kind = login.kind.replace("_", " ")
        return "; ".join(filter(None, (kind if login.credential_id is None else f"{kind}, shared", *left)))

    def _keep(self, endpoint: Endpoint, login: Login) -> None:
        """From here on the login counts, and the one before is the standby."""
        if login.credential_id is not None:
            self._parts.inventory.change_login(endpoint.id, login.credential_id, is_spare=False)
            return
        with self._spare(login) as credential:
            self._parts.inventory.change_login(endpoint.id, credential.id, is_spare=True)

    @contextmanager
    def _spare(self, login: Login) -> Iterator[Credential]:
        """A spare credential whose secrets are in the keyring; forgotten again when the body raises, or else at the next start."""
        credential = self._parts.inventory.add_credential(login.user, login.kind, login.key_file, spare=True)
        try:
            for name, value in secrets_of(credential, login):
                self._parts.secrets.put(name, value)
            yield credential
        except BaseException:
            with suppress(AppError):
                delete_secrets(self._parts.secrets, credential)
                self._parts.inventory.remove_credential(credential.id)
            raise

    def _forget_former(self, endpoint: Endpoint, session: Session) -> str:
        """The standby login, here and on the device. Returns what is to be known of it; "" for nothing."""
        former = self._parts.inventory.endpoint_by_id(endpoint.id).standby_credential_id
        if former is None:
            return ""
        credential = self._parts.inventory.credential(former)
        try:
            take_out_standby(self._parts, session, endpoint.id)
        except _FOR_GOOD as error:
            self._parts.drop_standby(endpoint.id)
            left = (
                f"Plantwatch's own key is still in the authorized_keys of {credential.user}: {error.message} Nobody has the key any more; "
                f"take out the line with {tag_in(self._parts, former)}."
            )
            self._report(LogLine(left))
            return left
        return "Plantwatch's own key was taken off the device" if credential.kind is LoginKind.OWN_KEY else ""

    def _forget_if_possible(self, endpoint: Endpoint, session: Session) -> str:
        """The other login counts already: what goes wrong is told, and done at the next start."""
        try:
            return self._forget_former(endpoint, session)
        except AppError as error:
            self._report(LogLine(f"The former login is not forgotten yet: {error.message}"))
            return "the former login is forgotten at the next start"
