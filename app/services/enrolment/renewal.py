"""A new certificate for an exporter that runs; and TLS for one that was installed before there were certificates."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.errors import AppError
from app.models.activity import Result
from app.models.device import Receipt
from app.models.endpoint import Endpoint
from app.models.operation import Operation
from app.services.enrolment.exporter import Build
from app.services.enrolment.failures import ExporterMissingError
from app.services.enrolment.first_scrape import wait_for_first_scrape
from app.services.enrolment.identity import open_known
from app.services.enrolment.look import look_at_metrics
from app.services.enrolment.parts import Parts, Session
from app.services.enrolment.steps import RenewStep
from app.services.pki import Issued
from app.services.progress import CancelToken, LogLine, Report, StepAdvanced, StepHandle, step

RENEW = "renew certificate"
#: The device has the new certificate for good, and the record says so: what is left is to tell the device.
KEEPING = "keep"


@dataclass(frozen=True, slots=True)
class _Installed:
    """The exporter that is on the device, and stays."""

    version: str
    architecture: str
    sha256: str


class RenewalRun:
    """Runs once, within an operation of the kind `action` that its caller began.

    What else is to be installed anew on a device, with a certificate as every installation has, is a kind of it.
    """

    action = RENEW
    #: The step that installs.
    installing: StrEnum = RenewStep.CERTIFICATE

    def __init__(self, parts: Parts, operation: Operation, report: Report, token: CancelToken) -> None:
        self._parts = parts
        self._operation = operation
        self._report = report
        self._token = token

    def execute(self, endpoint: Endpoint) -> Endpoint:
        """Returns the endpoint with its new certificate. Raises AppError or Cancelled, after the device was put back to the one it had.
        Ends the operation."""
        try:
            renewed = self._renew(endpoint)
        except BaseException as error:
            result = Result.FAILED if isinstance(error, AppError) else Result.CANCELLED
            self._parts.log(self.action, endpoint.name, result, error.message if isinstance(error, AppError) else "")
            raise
        finally:
            self._parts.inventory.end_operation(self._operation)
        if renewed is not endpoint:
            told = self._told(renewed)
            self._parts.log(
                self.action, endpoint.name, Result.DONE, told, endpoint.host_key, certificate=renewed.certificate
            )
        return renewed

    def _told(self, renewed: Endpoint) -> str:
        """For the activity log."""
        return f"until {renewed.certificate.ends_at:%Y-%m-%d}" if renewed.certificate else ""

    def _is_needed(self, endpoint: Endpoint, session: Session) -> bool:  # noqa: ARG002 - for other kinds
        """A look before anything is changed. False: all is as it should be, and stays."""
        return True

    def _chosen(self, endpoint: Endpoint, session: Session) -> tuple[Build, bytes]:
        """The exporter to be on the device, and its binary: empty when it is there. Raises ExporterMissingError."""
        state = session.exporter.look(self._token)
        receipt = endpoint.receipt
        if not state.installed_sha256 or receipt is None:
            raise ExporterMissingError(target=endpoint.ssh_target)
        return _Installed(receipt.exporter_version, receipt.architecture, state.installed_sha256), b""

    def _renew(self, endpoint: Endpoint) -> Endpoint:
        target = endpoint.ssh_target
        with open_known(self._parts, endpoint, RenewStep, report=self._report, token=self._token) as session:
            if not self._is_needed(endpoint, session):
                return endpoint
            try:
                issued, receipt = self._install(endpoint, session, target)
                with self._step(RenewStep.METRICS) as handle:
                    handle.detail = look_at_metrics(
                        self._parts,
                        session,
                        issued,
                        target=target,
                        port=endpoint.exporter_port,
                        address=endpoint.listen_address,
                    )
                if endpoint.certificate is None:
                    self._move_to_tls(endpoint, issued, target)
                self._token.check()
            except BaseException:
                self._undo(endpoint, session)
                raise
            self._parts.inventory.record_installation(
                self._operation, endpoint.id, issued.certificate, receipt, KEEPING, metrics=endpoint.metrics
            )
            with step(self._report, CancelToken(), RenewStep.KEEP):
                session.exporter.keep(CancelToken())
        return self._parts.inventory.endpoint_by_id(endpoint.id)

    def _install(self, endpoint: Endpoint, session: Session, target: str) -> tuple[Issued, Receipt]:
        def on_sent(sent: int) -> None:
            if binary:
                self._report(StepAdvanced(self.installing, sent, len(binary)))

        with self._step(self.installing) as handle:
            build, binary = self._chosen(endpoint, session)
            # From here on the device is changed, and `_undo` takes it back.
            request = session.exporter.request_certificate(self._token)
            issued = self._parts.authorities.issue_server(endpoint, target, request=request)
            receipt = session.exporter.install(
                build, binary, issued, on_answer=self._hear, on_sent=on_sent, token=self._token
            )
            handle.detail = self._installed(issued, receipt)
        return issued, receipt

    def _installed(self, issued: Issued, receipt: Receipt) -> str:  # noqa: ARG002 - for other kinds
        """In a few words, for the step."""
        return f"until {issued.certificate.ends_at:%Y-%m-%d}"

    def _hear(self, key: str, value: str) -> None:
        if key == "log":
            self._report(LogLine(value))

    def _move_to_tls(self, endpoint: Endpoint, issued: Issued, target: str) -> None:
        """It answered in plain HTTP until now: Prometheus has to ask otherwise from this moment on."""
        since = datetime.now(UTC)
        with self._step(RenewStep.REGISTER):
            self._parts.inventory.set_certificate(endpoint.id, issued.certificate)
            self._parts.write_targets()
            wait_for_first_scrape(self._parts, endpoint, target, since=since, token=self._token)

    def _undo(self, endpoint: Endpoint, session: Session) -> None:
        """Back to the certificate, or to the lack of one, that the record has.

        What goes wrong is told beside the error that is on its way; the device itself goes back at the next contact that changes anything.
        """
        try:
            session.exporter.undo(CancelToken())
            if endpoint.certificate is None:
                self._parts.inventory.set_certificate(endpoint.id, None)
                self._parts.write_targets()
        except AppError as trouble:
            self._report(LogLine(f"Undoing: {trouble.message}"))

    @contextmanager
    def _step(self, name: StrEnum) -> Iterator[StepHandle]:
        self._parts.inventory.advance_operation(self._operation, name)
        with step(self._report, self._token, name) as handle:
            yield handle
