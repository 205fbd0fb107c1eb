"""One removal: the target first, then the device, then the record. History stays in Prometheus."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.errors import AppError, HostError, StackError
from app.models.activity import Result
from app.models.endpoint import Endpoint, Lifecycle
from app.models.operation import Operation
from app.services.enrolment.failures import LeftBehindError, OwnKeyRefusedError
from app.services.enrolment.identity import open_known
from app.services.enrolment.own_key import own_keys, take_out_keys
from app.services.enrolment.parts import Parts, Session
from app.services.enrolment.steps import RemoveStep
from app.services.progress import CancelToken, LogLine, Report, StepHandle, ignore, step

REMOVE = "remove"
REMOVE_KEEPING_EXPORTER = "remove, keeping the exporter"
FORGET = "forget"
REMOVALS = (REMOVE, REMOVE_KEEPING_EXPORTER, FORGET)
#: A step of the operation's record: all is clean but for our own keys.
KEYS_LEFT = "own keys left"


class RemovalRun:
    """Runs once, within an operation that its caller began; `operation.kind` is one of REMOVALS and says how much is done."""

    def __init__(self, parts: Parts, operation: Operation, report: Report, token: CancelToken) -> None:
        self._parts = parts
        self._operation = operation
        self._report = report
        self._token = token

    def execute(self, endpoint: Endpoint) -> None:
        """Raises AppError or Cancelled, after the target was put back: the endpoint is then what it was. Ends the operation."""
        try:
            # The last step needs it, when there is nothing to go back to any more.
            self._parts.check_keyring()
            self.finish(endpoint)
        except BaseException as error:
            self._put_back(endpoint)
            cancelled = not isinstance(error, AppError)
            detail = error.message if isinstance(error, AppError) else ""
            result = Result.CANCELLED if cancelled else Result.FAILED
            self._parts.log("remove", endpoint.name, result, detail, endpoint.host_key)
            raise
        finally:
            self._parts.inventory.end_operation(self._operation)
        self._parts.log("remove", endpoint.name, Result.DONE, _DETAILS[self._operation.kind], endpoint.host_key)

    def finish(self, endpoint: Endpoint, *, device_is_clean: bool = False) -> None:
        """All steps. What is done already is found so, and passed over."""
        if self._operation.step == KEYS_LEFT:
            self._take_out_last_keys(endpoint)
            device_is_clean = True
        with self._step(RemoveStep.UNREGISTER):
            self._parts.inventory.set_lifecycle(endpoint.id, Lifecycle.REMOVING)
            self._write_targets()
        if self._operation.kind == REMOVE and not device_is_clean:
            self._clean_device(endpoint)
        # From here on there is nothing to go back to.
        self._parts.inventory.advance_operation(self._operation, RemoveStep.FORGET)
        with step(self._report, CancelToken(), RemoveStep.FORGET):
            self._parts.forget(endpoint.id)

    def _clean_device(self, endpoint: Endpoint) -> None:
        with open_known(self._parts, endpoint, report=self._report, token=self._token) as session:
            self._token.check()
            # The device would finish it even if nobody waited: it is not left in between.
            unstoppable = CancelToken()
            self._parts.inventory.advance_operation(self._operation, RemoveStep.UNINSTALL)
            with step(self._report, unstoppable, RemoveStep.UNINSTALL):
                session.exporter.remove(endpoint.receipt, unstoppable)
            with step(self._report, unstoppable, RemoveStep.VERIFY):
                items, left = session.exporter.check(unstoppable)
                if items or left:
                    raise LeftBehindError(
                        "\n".join([*(item.name for item in items), *left]), target=endpoint.ssh_target
                    )

            self._take_out_keys(endpoint, session)

    def _take_out_keys(self, endpoint: Endpoint, session: Session) -> None:
        """Last, for they may be the way in: from here on it counts as done if the device lets us in no more."""
        if not own_keys(self._parts, endpoint.id):
            return
        self._report(LogLine("Taking Plantwatch's own key out."))
        self._parts.inventory.advance_operation(self._operation, KEYS_LEFT)
        try:
            take_out_keys(self._parts, session, endpoint.id)
        except AppError:
            self._take_out_last_keys(endpoint)

    def _take_out_last_keys(self, endpoint: Endpoint) -> None:
        with (
            suppress(OwnKeyRefusedError),
            open_known(self._parts, endpoint, report=ignore, token=CancelToken()) as again,
        ):
            take_out_keys(self._parts, again, endpoint.id)

    def _write_targets(self) -> None:
        try:
            self._parts.write_targets()
        except StackError as error:
            # Without a stack there are no targets; the next deployment writes them from the inventory.
            self._report(LogLine(f"Prometheus' targets were not written: {error.message}"))
        except HostError as error:
            if self._operation.kind != FORGET:
                raise
            self._report(LogLine(f"Prometheus' targets will be written at the next deployment: {error.message}"))

    def _put_back(self, endpoint: Endpoint) -> None:
        with suppress(AppError):
            self._parts.inventory.set_lifecycle(endpoint.id, endpoint.lifecycle)
            self._parts.write_targets()

    @contextmanager
    def _step(self, name: RemoveStep) -> Iterator[StepHandle]:
        self._parts.inventory.advance_operation(self._operation, name)
        with step(self._report, self._token, name) as handle:
            yield handle


_DETAILS = {
    REMOVE: "the device is as it was",
    REMOVE_KEEPING_EXPORTER: "the exporter stays on the device",
    FORGET: "only the record; the device was not contacted",
}
