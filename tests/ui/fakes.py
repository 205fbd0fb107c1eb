"""Services that live in memory, for tests and pictures of the window. What is asked of them is what the services' own contracts say."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Protocol, cast

from app.errors import AppError, DuplicateError, NotFoundError
from app.models.activity import Activity, Result
from app.models.bulk import BulkAction, BulkItem, BulkRun, ItemState
from app.models.bulk_parameters import MetricsChange, Parameters
from app.models.endpoint import Endpoint, EndpointDraft, HostKey, Jump, Login
from app.models.security import Checks, DeviceCheckRecord, DeviceState
from app.models.stack import ServiceName, ServiceState, ServiceStatus, StackStatus
from app.paths import DataPaths
from app.services.bulk.records import Standing
from app.services.enrolment import DeviceCheck
from app.services.enrolment.exporter import Item
from app.services.enrolment.failures import HostKeyChangedError
from app.services.kit import KitBuild
from app.services.overview import OverviewService
from app.services.progress import CancelToken, Report
from tests.ui import fake_metrics
from tests.ui.fake_credentials import FakeCredentials

if TYPE_CHECKING:
    from app.main import Services


_IN_TWO_YEARS = datetime.now(UTC) + timedelta(days=730)


class FakeInventory:
    """Inventory in memory. Set `error` to make every call raise it, `gate` to make reading wait until it is set."""

    def __init__(self, endpoints: Sequence[Endpoint] = ()) -> None:
        self._endpoints = {endpoint.id: endpoint for endpoint in endpoints}
        self._revision = 1
        self._activities: list[Activity] = []
        self.checked: dict[int, Checks] = {}
        self.error: AppError | None = None
        self.gate: threading.Event | None = None

    def _admit(self) -> None:
        if self.gate is not None:
            self.gate.wait(10)
        if self.error is not None:
            raise self.error

    def endpoints(self) -> list[Endpoint]:
        self._admit()
        return sorted(self._endpoints.values(), key=lambda each: each.name.casefold())

    def endpoint(self, name: str) -> Endpoint:
        self._admit()
        for each in self._endpoints.values():
            if each.name == name:
                return each
        raise NotFoundError(kind="endpoint", name=name, command="plantwatch endpoints list")

    def endpoint_by_id(self, endpoint_id: int) -> Endpoint:
        self._admit()
        return self._endpoints[endpoint_id]

    def revision(self) -> int:
        self._admit()
        return self._revision

    def check_free(self, draft: EndpointDraft, *, except_id: int | None = None) -> None:
        for each in self._endpoints.values():
            if each.id != except_id and each.name.casefold() == draft.name.casefold():
                raise DuplicateError("name", draft.name, each.name)
            if each.id != except_id and (each.address, each.port) == (draft.address, draft.port):
                raise DuplicateError("address", draft.address, each.name)

    def change(self, endpoint_id: int, draft: EndpointDraft) -> Endpoint:
        self._admit()
        self.check_free(draft, except_id=endpoint_id)
        values = {name: getattr(draft, name) for name in EndpointDraft.__dataclass_fields__}
        self._endpoints[endpoint_id] = replace(self._endpoints[endpoint_id], **values)
        self._revision += 1
        return self._endpoints[endpoint_id]

    def put(self, endpoint: Endpoint) -> None:
        """Add or replace, as another process might."""
        self._endpoints[endpoint.id] = endpoint
        self._revision += 1

    def remove(self, endpoint_id: int) -> None:
        self._admit()
        del self._endpoints[endpoint_id]
        self._revision += 1

    def checks(self) -> dict[int, Checks]:
        self._admit()
        return dict(self.checked)

    def checks_of(self, endpoint_id: int) -> Checks:
        return self.checked.get(endpoint_id, Checks())

    def sites(self) -> list[str]:
        return sorted({each.site for each in self._endpoints.values() if each.site})

    def regions(self) -> list[str]:
        return sorted({each.region for each in self._endpoints.values() if each.region})

    def tags(self) -> list[str]:
        return sorted({tag for each in self._endpoints.values() for tag in each.tags})

    def log(self, action: str, subject: str, result: Result, detail: str = "", *, fingerprints: str = "") -> None:
        number = len(self._activities) + 1
        line = Activity(number, datetime.now(UTC), "op@desk", action, subject, result, detail, fingerprints)
        self._activities.append(line)

    def activities(self, limit: int = 500, before_id: int | None = None, text: str = "") -> list[Activity]:
        self._admit()
        found = [
            each
            for each in reversed(self._activities)
            if (before_id is None or each.id < before_id) and text.casefold() in f"{each.action} {each.subject}"
        ]
        return found[:limit]

    def close(self) -> None:
        pass


class FakeEndpoints:
    """EndpointService over a FakeInventory."""

    def __init__(self, inventory: FakeInventory) -> None:
        self._inventory = inventory

    def change(self, endpoint_id: int, draft: EndpointDraft) -> Endpoint:
        return self._inventory.change(endpoint_id, draft)

    def replace_host_key(self, endpoint_id: int, host_key: HostKey) -> Endpoint:
        self._inventory.put(replace(self._inventory.endpoint_by_id(endpoint_id), host_key=host_key))
        return self._inventory.endpoint_by_id(endpoint_id)

    def behind(self, jump: Jump) -> list[Endpoint]:
        return [each for each in self._inventory.endpoints() if any(map(jump.is_same_host, each.jumps))]

    def replace_jump_key(self, jump: Jump, host_key: HostKey) -> list[Endpoint]:
        found = self.behind(jump)
        for each in found:
            jumps = tuple(replace(at, host_key=host_key) if jump.is_same_host(at) else at for at in each.jumps)
            self._inventory.put(replace(each, jumps=jumps))
        return found

    def accept_device(self, endpoint_id: int) -> Endpoint:
        (known,) = [endpoint for endpoint in self._inventory.endpoints() if endpoint.id == endpoint_id]
        accepted = replace(known, device_change=None)
        self._inventory.put(accepted)
        return accepted


class FakeEnrolment:
    """EnrolmentService that only removes and renews."""

    def __init__(self, inventory: FakeInventory) -> None:
        self._inventory = inventory
        self.removed: list[tuple[str, bool, bool]] = []
        self.renewed: list[str] = []
        self.error: AppError | None = None
        self.tried: list[tuple[str, int, Login]] = []
        self.refusal: AppError | None = None
        """What every device says to a login that is tried."""
        self.shown: HostKey | None = None
        """What every device shows; None: what is known."""
        self.found = DeviceCheck((Item("ok", "unit", "plantwatch-node-exporter.service"),), ())
        """What a check of any device finds."""
        self.changed: list[tuple[str, Login]] = []
        self.due: list[str] = []
        """What is told of certificates that were due."""
        self.key_error: AppError | None = None
        """Met on the way to a device that is asked for its key."""

    def shown_jump_key(self, name: str, jump: Jump, *, token: CancelToken) -> HostKey:
        return self.shown or jump.host_key

    def shown_key(self, name: str, *, token: CancelToken) -> HostKey:
        if self.key_error is not None:
            raise self.key_error
        if isinstance(self.error, HostKeyChangedError) or self.error is None:
            key = self.shown or self._inventory.endpoint(name).host_key
            assert key is not None
            return key
        raise self.error

    def check(self, name: str, *, report: Report, token: CancelToken) -> DeviceCheck:
        token.check()
        if self.error is not None:
            raise self.error
        endpoint = self._inventory.endpoint(name)
        self._inventory.put(replace(endpoint, device_change=None))
        state = DeviceState.ALTERED if self.found.altered else DeviceState.AS_IT_WAS
        made = DeviceCheckRecord(datetime.now(UTC), state, "; ".join(self.found.altered))
        self._inventory.checked[endpoint.id] = Checks(device=made)
        return self.found

    def try_login(self, name: str, credential_id: int, login: Login, *, report: Report, token: CancelToken) -> None:
        self.tried.append((name, credential_id, login))
        if self.refusal is not None:
            raise self.refusal

    def change_login(self, name: str, login: Login, *, report: Report, token: CancelToken) -> Endpoint:
        if self.refusal is not None:
            raise self.refusal
        self.changed.append((name, login))
        return self._inventory.endpoint(name)

    def upgrade(self, name: str, *, report: Report, token: CancelToken) -> Endpoint:
        if self.error is not None:
            raise self.error
        before = self._inventory.endpoint(name)
        assert before.receipt is not None
        self._inventory.put(replace(before, receipt=replace(before.receipt, exporter_version="1.12.1")))
        return self._inventory.endpoint(name)

    def change_metrics(self, name: str, change: MetricsChange, *, report: Report, token: CancelToken) -> Endpoint:
        if self.error is not None:
            raise self.error
        before = self._inventory.endpoint(name)
        self._inventory.put(replace(before, metrics=change.applied_to(before.metrics)))
        return self._inventory.endpoint(name)

    def renew(self, name: str, *, report: Report, token: CancelToken) -> Endpoint:
        if self.error is not None:
            raise self.error
        self.renewed.append(name)
        endpoint = self._inventory.endpoint(name)
        renewed = replace(
            endpoint, certificate=fake_metrics.certificate_until(_IN_TWO_YEARS, names=(endpoint.address,))
        )
        self._inventory.put(renewed)
        return renewed

    def remove(
        self, name: str, *, keep_exporter: bool = False, forget_only: bool = False, report: Report, token: CancelToken
    ) -> None:
        token.check()
        if self.error is not None:
            raise self.error
        self.removed.append((name, keep_exporter, forget_only))
        self._inventory.remove(self._inventory.endpoint(name).id)

    def renew_due(self, *, token: CancelToken) -> list[str]:
        return self.due

    def recover(self, *, report: Report, token: CancelToken) -> list[str]:
        return []


class FakeBulk:
    """BulkService whose runs are only remembered, and end at once: `acted` tells what was asked for."""

    def __init__(self) -> None:
        self.latest: BulkRun | None = None
        self.acted: list[tuple[BulkAction, list[str], Parameters]] = []
        self.error: AppError | None = None
        self.failing = 0
        """So many endpoints of a run fail."""

    def act(self, action: BulkAction, names: list[str], parameters: Parameters) -> BulkRun:
        if self.error is not None:
            raise self.error
        self.acted.append((action, names, parameters))
        return self._run({ItemState.WAITING: len(names)})

    def runner(self, run_id: int, report: Callable[[object], None], *, token: CancelToken) -> "FakeBulk":
        del run_id, report, token
        return self

    def execute(self, token: CancelToken) -> BulkRun:
        token.check()
        done = len(self.acted[-1][1]) - self.failing
        return self._run({ItemState.DONE: done, ItemState.FAILED: self.failing})

    def _run(self, counts: dict[ItemState, int]) -> BulkRun:
        action, _, parameters = self.acted[-1]
        now = datetime.now(UTC)
        self.latest = BulkRun(
            len(self.acted), action, "op", "desk", 1, 0.0, now, now, parameters=parameters, counts=counts
        )
        return self.latest


class HasLatest(Protocol):
    """A BulkService in memory, whose latest run is known."""

    latest: BulkRun | None


class FakeRuns:
    """RunRecords that knows the latest run of a fake, without its devices, and those that were interrupted."""

    def __init__(self, bulk: HasLatest) -> None:
        self._bulk = bulk
        self.left: list[BulkRun] = []

    def standing(self, run_id: int) -> Standing:
        if self._bulk.latest is None:
            raise NotFoundError(kind="run", name=str(run_id), command="plantwatch runs list")
        return Standing(self._bulk.latest, is_at_work=False)

    def items(self, run_id: int) -> list[BulkItem]:
        return []

    def interrupted(self) -> list[BulkRun]:
        return self.left


class FakeBuilds:
    """Of the kit, only what is newer than a device's exporter."""

    def __init__(self) -> None:
        self.newer: KitBuild | None = None

    def newer_than(self, version: str, architecture: str) -> KitBuild | None:
        return self.newer


class FakeStack:
    """StackService that is deployed and well. Set `state` to change that, `error` to make it unreachable."""

    def __init__(self) -> None:
        self.state = ServiceState.HEALTHY
        self.error: AppError | None = None

    def status(self) -> StackStatus:
        if self.error is not None:
            raise self.error
        services = tuple(ServiceStatus(name, self.state) for name in ServiceName)
        return StackStatus("plant-srv", "plantwatch", "Docker 28.0 on Debian 12, x86_64", services)


@dataclass
class FakeServices:
    """What `Services` holds, as fakes; `as_services()` for those who ask for the real type."""

    inventory: FakeInventory = field(default_factory=FakeInventory)
    stack: FakeStack = field(default_factory=FakeStack)
    alerts: fake_metrics.FakeAlerts = field(default_factory=fake_metrics.FakeAlerts)
    paths: DataPaths = field(default_factory=lambda: DataPaths(Path("/nonexistent")))
    theme: str = "system"
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.fleet = fake_metrics.FakeFleet(self.inventory.endpoints)
        self.endpoints = FakeEndpoints(self.inventory)
        self.credentials = FakeCredentials(self.inventory)
        self.enrolment = FakeEnrolment(self.inventory)
        self.bulk = FakeBulk()
        self.kit = FakeBuilds()
        self.runs = FakeRuns(self.bulk)
        self.overview = OverviewService(self.inventory, self.fleet, self.alerts, self.kit)

    def as_services(self) -> "Services":
        held = {name: value for name, value in vars(self).items() if name not in ("more", "theme")}
        settings = SimpleNamespace(theme=self.theme)
        return cast(
            "Services",
            SimpleNamespace(**({"settings": lambda: settings, "close": self.inventory.close} | held | self.more)),
        )


def fleet_of(count: int) -> FakeServices:
    """Services with `count` invented endpoints."""
    return FakeServices(inventory=FakeInventory(fake_metrics.endpoints(count)))
