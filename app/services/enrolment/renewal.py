"""A new certificate for an exporter that runs; and TLS for one that was installed before there were certificates."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.errors import AppError
from app.models.activity import Result
from app.models.endpoint import Endpoint
from app.models.operation import Operation
from app.services.enrolment.failures import ExporterMissingError
from app.services.enrolment.first_scrape import wait_for_first_scrape
from app.services.enrolment.identity import open_known
from app.services.enrolment.look import look_at_metrics
from app.services.enrolment.parts import Parts, Session
from app.services.enrolment.steps import RenewStep
from app.services.pki import Issued
from app.services.progress import CancelToken, LogLine, Report, StepHandle, step

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
    """Runs once, within an operation of the kind RENEW that its caller began."""

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
            self._parts.log(RENEW, endpoint.name, result, error.message if isinstance(error, AppError) else "")
            raise
        finally:
            self._parts.inventory.end_operation(self._operation)
        made = renewed.certificate
        detail = f"until {made.ends_at:%Y-%m-%d}" if made else ""
        self._parts.log(RENEW, endpoint.name, Result.DONE, detail, endpoint.host_key, certificate=made)
        return renewed

    def _renew(self, endpoint: Endpoint) -> Endpoint:
        target = endpoint.ssh_target
        with open_known(self._parts, endpoint, RenewStep, report=self._report, token=self._token) as session:
            try:
                issued = self._install(endpoint, session, target)
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
            self._parts.inventory.record_certificate(self._operation, endpoint.id, issued.certificate, KEEPING)
            with step(self._report, CancelToken(), RenewStep.KEEP):
                session.exporter.keep(CancelToken())
        return self._parts.inventory.endpoint_by_id(endpoint.id)

    def _install(self, endpoint: Endpoint, session: Session, target: str) -> Issued:
        with self._step(RenewStep.CERTIFICATE) as handle:
            state = session.exporter.look(self._token)
            receipt = endpoint.receipt
            if not state.installed_sha256 or receipt is None:
                raise ExporterMissingError(target=target)
            # From here on the device is changed, and `_undo` takes it back.
            request = session.exporter.request_certificate(self._token)
            issued = self._parts.authorities.issue_server(endpoint, target, request=request)
            there = _Installed(receipt.exporter_version, receipt.architecture, state.installed_sha256)
            renewed = session.exporter.install(
                there, b"", issued, on_answer=self._hear, on_sent=lambda _sent: None, token=self._token
            )
            handle.detail = f"until {issued.certificate.ends_at:%Y-%m-%d}"
        self._parts.inventory.set_receipt(endpoint.id, renewed)
        return issued

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
            self._parts.inventory.set_receipt(endpoint.id, endpoint.receipt)
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
