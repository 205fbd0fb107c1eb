"""Runs over many devices: written down, worked on, and taken up again after whatever ended them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from app.errors import HostError, InputError, MonitoringError, NotFoundError
from app.models.activity import Result
from app.models.bulk import BulkAction, BulkItem, BulkRun, EnrolOrder, ItemState, NewItem
from app.models.bulk_parameters import NOTHING_MORE, Parameters
from app.models.endpoint import Endpoint, HostKey, Lifecycle
from app.services.bulk.actions import ACTIONS, CLOSINGS, check_parameters
from app.services.bulk.actions.tools import Enrolment, Logins, Tools
from app.services.bulk.events import BulkReport
from app.services.bulk.pace import Pace
from app.services.bulk.runner import BulkRunner
from app.services.enrolment.failures import (
    ConnectionLostError,
    DroppedError,
    HostKeyUnknownError,
    NameUnknownError,
    NotScrapedError,
    SilentError,
    StalledError,
    TooSlowError,
    UnreachableError,
)
from app.services.enrolment.known_ways import WayFinder
from app.services.inventory import Inventory
from app.services.progress import CancelToken

#: What a device, or a jump host before it, says when it has too many connections.
_TOO_MANY = (DroppedError, SilentError)
#: What is met by a computer that has just woken up: broken connections, and a network that is not there yet.
_AFTER_SLEEP = (
    ConnectionLostError,
    HostError,
    MonitoringError,
    NameUnknownError,
    NotScrapedError,
    StalledError,
    TooSlowError,
    UnreachableError,
    *_TOO_MANY,
)


class BulkService:
    """Does one action with many devices. Every method may raise InventoryError."""

    def __init__(self, inventory: Inventory, enrolment: Enrolment, logins: Logins) -> None:
        self._inventory = inventory
        self._enrolment = enrolment
        self._logins = logins

    def enrol(self, orders: Sequence[EnrolOrder]) -> BulkRun:
        """Write an enrolment of these devices down; `runner` begins it. Raises InputError when there is none."""
        return self._add(BulkAction.ENROL, [NewItem(order.draft.name, order=order) for order in orders])

    def act(self, action: BulkAction, names: Iterable[str], parameters: Parameters = NOTHING_MORE) -> BulkRun:
        """Write `action` on these endpoints down; `runner` begins it.

        Raises NotFoundError, InputError when there is none or when the action needs other parameters.
        """
        check_parameters(action, self._tools(parameters))
        found = [self._inventory.endpoint(name) for name in dict.fromkeys(names)]
        endpoints = {endpoint.id: endpoint for endpoint in found}.values()
        return self._add(
            action, [NewItem(endpoint.name, endpoint_id=endpoint.id) for endpoint in endpoints], parameters
        )

    def runner(self, run_id: int, report: BulkReport, *, token: CancelToken, pace: Pace | None = None) -> BulkRunner:
        """Whoever works on it from now on: `execute` does.

        What a process was at when it ended is finished or undone first. Raises BusyError when a living process works on it,
        NotFoundError, Cancelled.
        """
        run = self._inventory.runs.take(run_id)
        self._inventory.runs.pause(run_id, paused=False)
        if run.count(ItemState.RUNNING):
            self._enrolment.recover(report=lambda _event: None, token=token)
            for item in self._inventory.runs.items(run_id, [ItemState.RUNNING]):
                self._settle(run, item)
            run = self._inventory.runs.run(run_id)
        tools = self._tools(run.parameters)
        return BulkRunner(
            self._inventory.runs,
            run,
            partial(ACTIONS[run.action], tools),
            report=report,
            overburdened=lambda error: isinstance(error, _TOO_MANY),
            broken_off=lambda error: isinstance(error, _AFTER_SLEEP),
            pace=pace,
            afterwards=partial(CLOSINGS[run.action], tools) if run.action in CLOSINGS else None,
        )

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

    def _add(self, action: BulkAction, items: list[NewItem], parameters: Parameters = NOTHING_MORE) -> BulkRun:
        if not items:
            raise InputError("devices", "There is no device in the list.")
        run = self._inventory.runs.add(action, items, parameters)
        told = f"; {parameters}" if str(parameters) else ""
        self._inventory.log(f"begin to {action}", run.subject, Result.DONE, f"{len(items)} devices{told}")
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

    def _tools(self, parameters: Parameters) -> Tools:
        return Tools(self._inventory, self._enrolment, self._logins, WayFinder(self._inventory), parameters)
