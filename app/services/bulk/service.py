"""Runs over many devices: written down, worked on, and taken up again after whatever ended them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from app.errors import AppError, InputError, NotFoundError
from app.models.activity import Result
from app.models.bulk import BulkAction, BulkItem, BulkRun, EnrolOrder, ItemState, NewItem
from app.models.endpoint import Endpoint, HostKey, Lifecycle, Login
from app.models.expected_key import ExpectedKey, key_file
from app.services.bulk.pace import Pace
from app.services.bulk.runner import BulkReport, BulkRunner
from app.services.enrolment import DeviceCheck, EnrolmentRequest, Hop, verified_key
from app.services.enrolment.failures import DroppedError, HostKeyUnknownError, SeenKeyChangedError, SilentError
from app.services.enrolment.parts import Place
from app.services.inventory import Inventory
from app.services.progress import CancelToken, Report

#: What a device, or a jump host before it, says when it has too many connections.
_TOO_MANY = (DroppedError, SilentError)
#: How much of what a check found is told in a line.
_NAMED = 5


class Enrolment(Protocol):
    """What is done with one device; see `EnrolmentService`."""

    def enrol(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> Endpoint: ...
    def check(self, name: str, *, report: Report, token: CancelToken) -> DeviceCheck: ...
    def renew(self, name: str, *, report: Report, token: CancelToken) -> Endpoint: ...
    def remove(self, name: str, *, report: Report, token: CancelToken) -> None: ...
    def recover(self, *, report: Report, token: CancelToken) -> list[str]: ...
    def host_key_at(self, address: str, port: int, hops: tuple[Hop, ...], token: CancelToken) -> HostKey: ...


class Logins(Protocol):
    """Who keeps the logins that have a name; see `CredentialService`."""

    def login(self, profile: str) -> Login: ...


class BulkService:
    """Does one action with many devices. Every method may raise InventoryError."""

    def __init__(self, inventory: Inventory, enrolment: Enrolment, logins: Logins) -> None:
        self._inventory = inventory
        self._enrolment = enrolment
        self._logins = logins

    def enrol(self, orders: Sequence[EnrolOrder]) -> BulkRun:
        """Write an enrolment of these devices down; `runner` begins it. Raises InputError when there is none."""
        return self._add(BulkAction.ENROL, [NewItem(order.draft.name, order=order) for order in orders])

    def act(self, action: BulkAction, names: Iterable[str]) -> BulkRun:
        """Write `action` on these endpoints down; `runner` begins it. Raises NotFoundError, InputError when there is none."""
        endpoints = [self._inventory.endpoint(name) for name in dict.fromkeys(names)]
        return self._add(action, [NewItem(endpoint.name, endpoint_id=endpoint.id) for endpoint in endpoints])

    def runner(self, run_id: int, report: BulkReport, *, token: CancelToken, pace: Pace | None = None) -> BulkRunner:
        """Whoever works on it from now on: `execute` does.

        What a process was at when it ended is finished or undone first. Raises BusyError when a living process works on it,
        NotFoundError, Cancelled.
        """
        run = self._inventory.runs.take(run_id)
        if run.count(ItemState.RUNNING):
            self._enrolment.recover(report=lambda _event: None, token=token)
            for item in self._inventory.runs.items(run_id, [ItemState.RUNNING]):
                self._settle(run, item)
            run = self._inventory.runs.run(run_id)
        work = self._work(run.action)
        return BulkRunner(self._inventory.runs, run, work, report=report, overburdened=_is_of_too_many, pace=pace)

    def interrupted(self) -> list[str]:
        """A sentence for each run that a process has left unfinished: what to do to go on."""
        return [
            f"Run {run.id} ({run.action}) was interrupted: {run.count(ItemState.WAITING, ItemState.RUNNING)} of {run.total} devices are "
            f"left. Go on with plantwatch runs resume {run.id}."
            for run in self._inventory.runs.interrupted()
        ]

    def unknown_keys(self, run_id: int) -> list[tuple[BulkItem, HostKey]]:
        """The devices that wait for somebody to compare the host key that they show, and that key."""
        failed = self._inventory.runs.items(run_id, [ItemState.FAILED])
        return [
            (item, HostKey.parse(item.failure.evidence))
            for item in failed
            if item.failure is not None and item.failure.kind == HostKeyUnknownError.__name__
        ]

    def accept_keys(self, run_id: int, compared: Mapping[int, HostKey]) -> int:
        """Trust the keys, by the numbers of their devices, that a person has compared; the devices wait again. Returns how many.

        Raises BusyError, NotFoundError. A device that has shown another key than the one given here is left as it is.
        """
        self._inventory.runs.take(run_id)
        numbers = []
        for item, key in self.unknown_keys(run_id):
            if item.order is not None and compared.get(item.number) == key:
                self._inventory.runs.change_order(item, replace(item.order, host_key=key))
                numbers.append(item.number)
        return self._inventory.runs.put_back(run_id, [ItemState.FAILED], numbers) if numbers else 0

    def retry(self, run_id: int, numbers: Sequence[int] = ()) -> int:
        """Let those that failed or were cancelled (only those of `numbers`, if any are given) wait again, in a run that nobody works on."""
        self._inventory.runs.take(run_id)
        return self._inventory.runs.put_back(run_id, [ItemState.FAILED, ItemState.CANCELLED], numbers)

    def _add(self, action: BulkAction, items: list[NewItem]) -> BulkRun:
        if not items:
            raise InputError("devices", "There is no device in the list.")
        run = self._inventory.runs.add(action, items)
        self._inventory.log(f"begin to {action}", run.subject, Result.DONE, f"{len(items)} devices")
        return run

    def _settle(self, run: BulkRun, item: BulkItem) -> None:
        """What became of a device whose work was interrupted, as the inventory has it after the recovery."""
        endpoint = self._endpoint_of(item)
        is_done = {
            BulkAction.ENROL: endpoint is not None and endpoint.lifecycle is Lifecycle.MONITORED,
            BulkAction.REMOVE: endpoint is None,
        }.get(run.action, False)
        state = ItemState.DONE if is_done else ItemState.WAITING
        self._inventory.runs.end_item(item, state, detail="finished after an interruption" if is_done else "")

    def _endpoint_of(self, item: BulkItem) -> Endpoint | None:
        """The endpoint that the item is about, or has become."""
        try:
            if item.order is None:
                return self._inventory.endpoint_by_id(item.endpoint_id or 0)
            draft = item.order.draft
            found = self._inventory.endpoint(draft.name)
        except NotFoundError:
            return None
        return found if (found.address, found.port) == (draft.address, draft.port) else None

    # With one device

    def _work(self, action: BulkAction) -> "_ItemWork":
        match action:
            case BulkAction.ENROL:
                return self._enrol
            case BulkAction.CHECK:
                return self._check
            case BulkAction.RENEW:
                return self._renew
            case BulkAction.REMOVE:
                return self._remove

    def _enrol(self, item: BulkItem, report: Report, token: CancelToken) -> str:
        if (order := item.order) is None:
            raise NotFoundError(kind="order", name=item.subject, command="plantwatch runs list")
        key = order.host_key or self._verified_key(order, token)
        request = EnrolmentRequest(order.draft, self._logins.login(order.profile), key)
        endpoint = self._enrolment.enrol(request, report=report, token=token)
        return f"{endpoint.facts.os_name} {endpoint.facts.os_version}".strip() if endpoint.facts else ""

    def _verified_key(self, order: EnrolOrder, token: CancelToken) -> HostKey:
        """The key that the operator has of the device. Raises HostKeyUnknownError when that is none, UnexpectedHostKeyError for another.

        A key that a scan saw is none: see docs/adr/0026. SeenKeyChangedError when it is not the one that is shown.
        """

        def shown(address: str, port: int) -> HostKey:
            return self._enrolment.host_key_at(address, port, (), token)

        draft = order.draft
        if order.expected_key:
            return verified_key(ExpectedKey.parse(order.expected_key), draft.address, draft.port, fetch=shown)
        key = shown(draft.address, draft.port)
        target = Place(draft.address, draft.port, draft.exporter_port, key).target
        # Of another kind, the server may have both.
        if order.seen_key is not None and order.seen_key.kind == key.kind and order.seen_key != key:
            evidence = f"The scan saw: {order.seen_key.fingerprint}\nShown: {key.fingerprint} ({key.kind})"
            raise SeenKeyChangedError(evidence, target=target, file=key_file(key))
        raise HostKeyUnknownError(str(key), target=target, fingerprint=key.fingerprint, file=key_file(key))

    def _check(self, item: BulkItem, report: Report, token: CancelToken) -> str:
        check = self._enrolment.check(self._name(item), report=report, token=token)
        return "; ".join(check.altered[:_NAMED]) or "as it was"

    def _renew(self, item: BulkItem, report: Report, token: CancelToken) -> str:
        certificate = self._enrolment.renew(self._name(item), report=report, token=token).certificate
        return f"until {certificate.ends_at:%Y-%m-%d}" if certificate else ""

    def _remove(self, item: BulkItem, report: Report, token: CancelToken) -> str:
        self._enrolment.remove(self._name(item), report=report, token=token)
        return ""

    def _name(self, item: BulkItem) -> str:
        """What the endpoint is called now."""
        return self._inventory.endpoint_by_id(item.endpoint_id or 0).name


class _ItemWork(Protocol):
    def __call__(self, item: BulkItem, report: Report, token: CancelToken, /) -> str: ...


def _is_of_too_many(error: AppError) -> bool:
    return isinstance(error, _TOO_MANY)
