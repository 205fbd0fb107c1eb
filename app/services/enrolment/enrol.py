"""One enrolment, from the record to the first scrape; and all of it undone when any step fails or is cancelled."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from enum import StrEnum

from app.errors import AppError, Cancelled
from app.models.activity import Result
from app.models.device import Facts
from app.models.endpoint import Endpoint, Lifecycle
from app.models.operation import Operation
from app.services.credentials import CredentialService
from app.services.enrolment.exporter import DeviceState
from app.services.enrolment.failures import (
    NotCleanedError,
    UnknownArchitectureError,
)
from app.services.enrolment.first_scrape import wait_for_first_scrape
from app.services.enrolment.identity import RECOGNISE, check_is_new
from app.services.enrolment.look import look_at_metrics
from app.services.enrolment.own_key import adopt_standby, install_own_key
from app.services.enrolment.parts import Parts, Session, open_session
from app.services.enrolment.request import EnrolmentRequest
from app.services.enrolment.steps import EnrolStep, KeyStep, StepLine
from app.services.enrolment.undoing import undo_on_device
from app.services.kit import KitBuild
from app.services.pki import Issued
from app.services.progress import CancelToken, LogLine, Report, StepAdvanced, StepHandle, step

ENROL = "enrol"
#: Steps of the operation's record that the operator does not see.
KEEPING = "keep"
UNDONE = "undone"

CLOCK_TOLERANCE_SECONDS = 30.0
_PROGRESS_BYTES = 256 * 1024
#: Not written down: to the recovery they are what was written last. Each would be a transaction of its own, flushed to the disk.
_SAME_AS_BEFORE = {
    EnrolStep.FACTS, EnrolStep.CHOOSE_BUILD, EnrolStep.START, EnrolStep.METRICS, EnrolStep.FIRST_SCRAPE,
}  # fmt: skip
#: A run of many has just made sure that the targets can be written.
_TARGETS_CHECKED_SECONDS = 5.0


class EnrolmentRun:
    """Runs once."""

    def __init__(self, parts: Parts, request: EnrolmentRequest, report: Report, token: CancelToken) -> None:
        self._parts = parts
        self._request = request
        self._report = report
        self._token = token
        self._target = request.place.target
        self._endpoint: Endpoint | None = None
        self._operation: Operation | None = None
        self._session: Session | None = None
        self._touched_device = False
        self._touched_targets = False
        self._own_key = ""  # the fingerprint of the one that was installed

    def execute(self) -> Endpoint:
        """Raises AppError or Cancelled, after everything was undone; NotCleanedError when the device could not be."""
        name = self._request.draft.name
        with ExitStack() as connection:
            try:
                endpoint = self._enrol(connection)
            except BaseException as error:
                told = self._undo(error)
                self._parts.log(ENROL, name, *_outcome(told), host_key=self._request.host_key)
                if told is error:
                    raise
                raise told from error
        detail, key = f"{self._target}, {_described(endpoint)}", self._request.host_key
        self._parts.log(ENROL, name, Result.DONE, detail, key, certificate=endpoint.certificate, own_key=self._own_key)
        self._end_operation()
        return endpoint

    def _enrol(self, connection: ExitStack) -> Endpoint:
        endpoint = self._write_record()
        self._session = session = connection.enter_context(
            open_session(
                self._parts.connect,
                self._request.place,
                self._request.login,
                EnrolStep,
                report=self._report,
                token=self._token,
            )
        )
        with self._step(EnrolStep.FACTS) as handle:
            state = session.exporter.look(self._token)
            handle.detail = state.facts.os_name
            warn_of_clock(state.facts, self._report)
            self._check_is_new(state.facts, endpoint)
        with self._step(EnrolStep.CHOOSE_BUILD) as handle:
            build = choose_build(self._parts, session, state, self._target)
            binary = b"" if state.installed_sha256 == build.sha256 else self._parts.kit.read(build)
            handle.detail = f"{build.version} {build.architecture}"
        self._install_own_key(endpoint, session)
        issued = self._install(endpoint, session, state, build, binary)
        with self._step(EnrolStep.METRICS) as handle:
            handle.detail = look_at_metrics(
                self._parts,
                session,
                issued,
                target=self._target,
                port=endpoint.exporter_port,
                address=endpoint.listen_address,
            )
        since = datetime.now(UTC)
        with self._step(EnrolStep.REGISTER) as handle:
            self._register(endpoint)
            handle.detail = endpoint.scrape_target
        with self._step(EnrolStep.FIRST_SCRAPE):
            wait_for_first_scrape(self._parts, endpoint, self._target, since=since, token=self._token)
        self._keep(session)
        self._make_profile(endpoint)
        if self._own_key:
            self._keep_own_key(endpoint)
        return self._parts.inventory.endpoint_by_id(endpoint.id)

    def _check_is_new(self, facts: Facts, endpoint: Endpoint) -> None:
        accepted = check_is_new(
            self._parts,
            self._request.place,
            facts,
            accepts_clone=self._request.accepts_clone,
            own_id=endpoint.id,
            token=self._token,
        )
        if accepted:
            self._report(LogLine(accepted))
            self._parts.log(RECOGNISE, endpoint.name, Result.DONE, accepted)

    def _write_record(self) -> Endpoint:
        """Before anything else, so that whatever ends this process leaves a trace of what has to be undone."""
        inventory = self._parts.inventory
        self._request.check_free(inventory)
        self._parts.check_keyring()
        # As they are: a stack that is missing or away is told before the device is touched, not after.
        self._parts.write_targets(unless_within=_TARGETS_CHECKED_SECONDS)
        login = self._request.login
        self._endpoint, self._operation = endpoint, _ = inventory.add_under_way(
            ENROL, self._request.draft, host_key=self._request.host_key, credential_id=login.credential_id
        )
        if login.credential_id is None:
            self._parts.keep_login(endpoint.id, login)
        self._parts.keep_hops(endpoint.id, self._request.hops)
        return endpoint

    def _install_own_key(self, endpoint: Endpoint, session: Session) -> None:
        """Before the exporter: a device that does not take keys says so early. The login that was given counts to the end."""
        wish = self._request.own_key
        if wish is None:
            return
        self._touched_device = True
        place = self._request.place
        self._own_key = install_own_key(
            self._parts, endpoint, place, session, wish, stepping=self._step, token=self._token
        )

    @contextmanager
    def _step(self, name: StrEnum) -> Iterator[StepHandle]:
        self._advance(name)
        with step(self._report, self._token, name) as handle:
            yield handle

    def _advance(self, name: StrEnum | str) -> None:
        if self._operation and name not in _SAME_AS_BEFORE:
            self._parts.inventory.advance_operation(self._operation, str(name))

    def _install(
        self, endpoint: Endpoint, session: Session, state: DeviceState, build: KitBuild, binary: bytes
    ) -> Issued:
        """The certificate, and one run of the remote program that is shown as three steps."""
        told = 0

        def on_sent(sent: int) -> None:
            nonlocal told
            if sent and (sent - told >= _PROGRESS_BYTES or sent == len(binary)):
                told = sent
                self._report(StepAdvanced(EnrolStep.TRANSFER, sent, len(binary)))

        with StepLine(self._report, self._token) as line:

            def on_answer(key: str, value: str) -> None:
                if key == "log":
                    self._report(LogLine(value))
                elif key == "verified":
                    line.end(f"{len(binary) / 1e6:.1f} MB")
                    self._next(line, EnrolStep.INSTALL)
                elif key == "installed":
                    if line.current is EnrolStep.TRANSFER:
                        line.end("was there already")
                        self._next(line, EnrolStep.INSTALL)
                    line.end()
                    self._next(line, EnrolStep.START)

            if state.is_unfinished:
                self._report(LogLine("An earlier installation was cut off; it is undone first."))
            self._touched_device = True
            self._next(line, EnrolStep.TRANSFER)
            request = session.exporter.request_certificate(self._token)
            issued = self._parts.authorities.issue_server(endpoint, self._target, request=request)
            receipt = session.exporter.install(
                build, binary, issued, on_answer=on_answer, on_sent=on_sent, token=self._token
            )
            if line.current is not None:
                line.end()
        self._parts.inventory.set_installed(endpoint.id, state.facts, receipt, issued.certificate)
        return issued

    def _next(self, line: StepLine, name: EnrolStep) -> None:
        self._advance(name)
        line.begin(name)

    def _register(self, endpoint: Endpoint) -> None:
        self._touched_targets = True
        self._parts.inventory.set_lifecycle(endpoint.id, Lifecycle.MONITORED)
        self._parts.write_targets()

    def _keep(self, session: Session) -> None:
        """The endpoint is up: what follows is tidying, and its failure does not undo the work."""
        self._advance(KEEPING)
        try:
            session.exporter.keep(CancelToken())
        except AppError as error:
            self._report(LogLine(f"The device could not be told that all is well: {error.message}"))

    def _make_profile(self, endpoint: Endpoint) -> None:
        """Only now, so that undoing never has to take away what others may share already."""
        number = self._parts.inventory.endpoint_by_id(endpoint.id).credential_id
        if not self._request.keep_as or self._request.login.credential_id is not None or number is None:
            return
        try:
            CredentialService(self._parts.inventory, self._parts.secrets).name(number, self._request.keep_as)
        except AppError as error:
            self._report(LogLine(f"The login is the endpoint's own: {error.message}"))

    def _keep_own_key(self, endpoint: Endpoint) -> None:
        """What a locked keyring keeps from being forgotten now, the recovery forgets at the next start."""
        try:
            with step(self._report, CancelToken(), KeyStep.KEEP_KEY):
                adopt_standby(self._parts, endpoint.id)
                self._parts.drop_standby(endpoint.id)
        except AppError as error:
            self._report(LogLine(f"The login that was given is not forgotten yet: {error.message}"))

    # Undoing

    def _undo(self, error: BaseException) -> BaseException:
        """Undo what this run did. Returns the error to raise: the given one, or NotCleanedError."""
        if self._endpoint is None:
            return error
        endpoint = self._endpoint
        problems: list[str] = []
        if self._touched_device:
            self._report(LogLine("Undoing what was done."))
        if self._touched_targets:
            with _collected(problems):
                self._parts.inventory.set_lifecycle(endpoint.id, Lifecycle.ENROLLING)
                self._parts.write_targets()
        if self._touched_device:
            try:
                undo_on_device(self._parts, self._request, endpoint.id, self._session, report=self._report, after=error)
            except AppError as trouble:
                # The record stays, with its login: the next start, or removing the endpoint, cleans the device.
                self._end_operation()
                reason = error.message if isinstance(error, AppError) else "The enrolment was cancelled."
                evidence = "\n".join(filter(None, (getattr(error, "evidence", ""), trouble.message, trouble.evidence)))
                return NotCleanedError(evidence, reason=reason, target=self._target)
        with _collected(problems):
            self._advance(UNDONE)
            self._parts.forget(endpoint.id)
            self._end_operation()
        for problem in problems:
            self._report(LogLine(f"Undoing: {problem}"))
        return error

    def _end_operation(self) -> None:
        if self._operation:
            self._parts.inventory.end_operation(self._operation)


@contextmanager
def _collected(problems: list[str]) -> Iterator[None]:
    """What goes wrong while undoing is told beside the error that is being told, not instead of it."""
    try:
        yield
    except AppError as error:
        problems.append(error.message)


def choose_build(parts: Parts, session: Session, state: DeviceState, target: str) -> KitBuild:
    """Raises UnknownArchitectureError, KitError, and what `check_suits` raises."""
    if not state.facts.architecture:
        machine = state.facts.machine or "unknown"
        raise UnknownArchitectureError(target=target, machine=machine)
    build = parts.kit.choose(state.facts.architecture)
    session.exporter.check_suits(state, build)
    return build


def warn_of_clock(facts: Facts, report: Report) -> None:
    """A clock that is far off makes certificates and logs wrong; metrics are stamped by Prometheus and are not affected."""
    offset = facts.clock_offset_seconds
    if abs(offset) > CLOCK_TOLERANCE_SECONDS:
        direction = "ahead of" if offset > 0 else "behind"
        report(LogLine(f"Warning: the device's clock is {abs(offset):.0f} s {direction} this machine's."))


def _outcome(error: BaseException) -> tuple[Result, str]:
    if isinstance(error, AppError):
        return Result.FAILED, error.message
    if isinstance(error, Cancelled):
        return Result.CANCELLED, ""
    return Result.FAILED, type(error).__name__


def _described(endpoint: Endpoint) -> str:
    receipt = endpoint.receipt
    return f"node_exporter {receipt.exporter_version} {receipt.architecture}" if receipt else "node_exporter"
