"""What a process that was killed has left: enrolments are undone, removals are finished."""

from contextlib import suppress
from dataclasses import replace

from app.errors import AppError, BusyError, DeviceError, HostError, NotFoundError, SecretStoreError
from app.models.activity import Result
from app.models.endpoint import Endpoint, Lifecycle
from app.models.operation import Operation
from app.services.credentials import sweep
from app.services.enrolment.enrol import ENROL, KEEPING, UNDONE
from app.services.enrolment.identity import open_known
from app.services.enrolment.key_change import RENEW_KEY, settle_login
from app.services.enrolment.metrics_change import CHANGE_METRICS
from app.services.enrolment.moving import MOVE, involved_in
from app.services.enrolment.own_key import take_out_keys
from app.services.enrolment.parts import Parts
from app.services.enrolment.removal import REMOVALS, REMOVE, RemovalRun
from app.services.enrolment.renewal import KEEPING as RENEWED
from app.services.enrolment.renewal import RENEW
from app.services.enrolment.steps import EnrolStep, RemoveStep, RenewStep, UpgradeStep
from app.services.enrolment.upgrade import UPGRADE
from app.services.progress import CancelToken, LogLine, Report, ignore

#: Before these the device is untouched; after the last it is clean again.
_DEVICE_UNTOUCHED = {
    "", EnrolStep.CONNECT, EnrolStep.HOST_KEY, EnrolStep.LOG_IN, EnrolStep.FACTS, EnrolStep.CHOOSE_BUILD, UNDONE,
}  # fmt: skip
_RENEWAL_NOT_BEGUN = {"", RenewStep.CONNECT, RenewStep.HOST_KEY, RenewStep.LOG_IN, UpgradeStep.CHOOSE_BUILD}
#: What installs anew, how it is called, in short too, and what an endpoint has of it.
_RENEWED = {
    RENEW: ("renewal of the certificate", "renewal", "certificate"),
    UPGRADE: ("upgrade of the exporter", "upgrade", "exporter"),
    CHANGE_METRICS: ("change of the metrics", "change of the metrics", "choice of metrics"),
}
_KINDS = {Lifecycle.ENROLLING: ENROL, Lifecycle.MONITORED: RENEW_KEY, Lifecycle.REMOVING: REMOVE}
#: What may be otherwise at the next start.
_HINDRANCES = (DeviceError, HostError, SecretStoreError)


class Recovery:
    """Runs once. Says what it did in sentences, one for each endpoint."""

    def __init__(self, parts: Parts, report: Report, token: CancelToken) -> None:
        self._parts = parts
        self._report = report
        self._token = token

    def execute(self) -> list[str]:
        """Raises InventoryError, Cancelled; what goes wrong with one endpoint is said, and does not keep the others back."""
        with suppress(SecretStoreError):  # then the next start does it
            sweep(self._parts.inventory, self._parts.secrets)
        sentences = []
        for operation in self._interrupted():
            self._token.check()
            try:
                sentence = self._one(operation)
            except NotFoundError:
                sentence = ""  # its record is gone: it was all but done
            finally:
                self._parts.inventory.end_operation(operation)
            if sentence:
                self._report(LogLine(sentence))
                sentences.append(sentence)
        return sentences

    def _interrupted(self) -> list[Operation]:
        """Operations of processes that are gone, taken over; and of records that are half-way without anybody at work on them."""
        inventory = self._parts.inventory
        found = []
        for operation in inventory.interrupted_operations():
            if operation.kind not in (ENROL, *_RENEWED, RENEW_KEY, MOVE, *REMOVALS):
                continue
            try:
                found.append(inventory.resume_operation(operation))
            except BusyError:
                continue  # another process is faster
        taken = {operation.endpoint_id for operation in found}
        for endpoint in inventory.endpoints():
            is_settled = endpoint.lifecycle is Lifecycle.MONITORED and endpoint.standby_credential_id is None
            if is_settled or endpoint.id in taken:
                continue
            kind = _KINDS[endpoint.lifecycle]
            try:
                # Nothing tells how far it came: as if it had touched the device.
                reached = EnrolStep.TRANSFER if kind == ENROL else RemoveStep.UNREGISTER
                found.append(replace(inventory.begin_operation(kind, endpoint.id), step=reached.value))
            except (BusyError, NotFoundError):
                continue
        return found

    def _one(self, operation: Operation) -> str:
        if operation.endpoint_id is None:
            return ""
        endpoint = self._parts.inventory.endpoint_by_id(operation.endpoint_id)
        if operation.kind in REMOVALS:
            return self._finish_removal(operation, endpoint)
        if operation.kind in _RENEWED:
            return self._end_renewal(operation, endpoint)
        if operation.kind == MOVE:
            return self._end_move(operation, endpoint)
        if operation.kind == RENEW_KEY:
            return self._end_key_change(endpoint)
        if operation.step == KEEPING:
            return self._finish_enrolment(endpoint)
        return self._undo_enrolment(operation, endpoint)

    def _finish_enrolment(self, endpoint: Endpoint) -> str:
        """It was up already; only the device has not been told."""
        try:
            self._on_device(endpoint, keep=True)
            settle_login(self._parts, endpoint, self._token)
        except AppError as error:
            self._report(LogLine(f"{endpoint.name}: {error.message}"))
        self._parts.log(ENROL, endpoint.name, Result.DONE, "finished after an interruption")
        return f"The enrolment of {endpoint.name} was interrupted at its very end; it is complete."

    def _end_renewal(self, operation: Operation, endpoint: Endpoint) -> str:
        """The record says which certificate counts; the device is told to keep the new one, or to go back to the one before."""
        is_new, (what, shortly, thing) = operation.step == RENEWED, _RENEWED[operation.kind]
        try:
            if is_new or operation.step not in _RENEWAL_NOT_BEGUN:
                self._on_device(endpoint, keep=is_new)
        except _HINDRANCES as error:
            return self._hindered(shortly, "ended", endpoint, error)
        if operation.step == RenewStep.REGISTER:
            # Only what answered in plain HTTP before comes to this step.
            self._parts.inventory.set_certificate(endpoint.id, None)
        self._rewrite_targets()
        outcome = f"has its new {thing}" if is_new else f"has the {thing} that it had before"
        self._parts.log(operation.kind, endpoint.name, Result.INTERRUPTED, outcome)
        return f"The {what} of {endpoint.name} was interrupted; it {outcome}."

    def _end_move(self, operation: Operation, endpoint: Endpoint) -> str:
        """The record says which way counts; the logins of the other are of no use."""
        try:
            self._parts.forget_unmentioned(involved_in(operation))
        except _HINDRANCES as error:
            return self._hindered("move", "ended", endpoint, error)
        self._rewrite_targets()
        self._parts.log(MOVE, endpoint.name, Result.INTERRUPTED, f"it is known at {endpoint.ssh_target}")
        return f"Moving {endpoint.name} to another address was interrupted; it is known at {endpoint.ssh_target}."

    def _end_key_change(self, endpoint: Endpoint) -> str:
        try:
            settle_login(self._parts, endpoint, self._token)
        except _HINDRANCES as error:
            return self._hindered("change of the login", "ended", endpoint, error)
        self._parts.log(RENEW_KEY, endpoint.name, Result.INTERRUPTED, "ended at the next start")
        return f"The change of the login of {endpoint.name} was interrupted; it has one that works, and the other is forgotten."

    def _undo_enrolment(self, operation: Operation, endpoint: Endpoint) -> str:
        if endpoint.lifecycle is not Lifecycle.ENROLLING:
            self._parts.inventory.set_lifecycle(endpoint.id, Lifecycle.ENROLLING)
        self._rewrite_targets()
        try:
            if operation.step not in _DEVICE_UNTOUCHED:
                self._on_device(endpoint, keep=False, with_keys=True)
                self._parts.inventory.advance_operation(operation, UNDONE)
            self._parts.forget(endpoint.id)
        except _HINDRANCES as error:
            return self._hindered("enrolment", "undone", endpoint, error)
        self._parts.log(ENROL, endpoint.name, Result.INTERRUPTED, "undone at the next start")
        return f"The enrolment of {endpoint.name} was interrupted; it has been undone. Enrol it again."

    def _finish_removal(self, operation: Operation, endpoint: Endpoint) -> str:
        run = RemovalRun(self._parts, operation, ignore, self._token)
        try:
            run.finish(endpoint, device_is_clean=operation.step == RemoveStep.FORGET)
        except _HINDRANCES as error:
            return self._hindered("removal", "finished", endpoint, error)
        self._parts.log("remove", endpoint.name, Result.INTERRUPTED, "finished at the next start")
        return f"The removal of {endpoint.name} was interrupted; it has been finished."

    def _hindered(self, what: str, aim: str, endpoint: Endpoint, error: AppError) -> str:
        self._parts.log(
            {
                "enrolment": ENROL,
                "renewal": RENEW,
                "upgrade": UPGRADE,
                "change of the metrics": CHANGE_METRICS,
                "change of the login": RENEW_KEY,
                "move": MOVE,
            }.get(what, REMOVE),
            endpoint.name,
            Result.INTERRUPTED,
            f"not {aim} yet: {error.message}",
        )
        return (
            f"The {what} of {endpoint.name} was interrupted and cannot be {aim} yet: {error.message} "
            f"Plantwatch tries again at its next start. If the device is gone for good, remove only the record."
        )

    def _on_device(self, endpoint: Endpoint, *, keep: bool, with_keys: bool = False) -> None:
        with open_known(self._parts, endpoint, report=ignore, token=self._token) as session:
            if keep:
                session.exporter.keep(self._token)
            else:
                session.exporter.undo(self._token)
                if with_keys:
                    take_out_keys(self._parts, session, endpoint.id)

    def _rewrite_targets(self) -> None:
        try:
            self._parts.write_targets()
        except AppError as error:
            self._report(LogLine(f"Prometheus' targets were not written: {error.message}"))
