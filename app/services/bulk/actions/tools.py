"""What the actions work with."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.models.bulk import BulkItem
from app.models.bulk_parameters import NOTHING_MORE, MetricsChange, Parameters
from app.models.endpoint import Endpoint, HostKey, Jump, Login
from app.models.own_key import OwnKeyWish
from app.services.enrolment import DeviceCheck, EnrolmentRequest, Hop
from app.services.enrolment.known_ways import WayFinder
from app.services.inventory import Inventory
from app.services.progress import CancelToken, Report


class Enrolment(Protocol):
    """What is done with one device; see `EnrolmentService`."""

    def enrol(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> Endpoint: ...
    def check(self, name: str, *, report: Report, token: CancelToken) -> DeviceCheck: ...
    def renew(self, name: str, *, report: Report, token: CancelToken) -> Endpoint: ...
    def upgrade(self, name: str, *, report: Report, token: CancelToken) -> Endpoint: ...
    def change_metrics(self, name: str, change: MetricsChange, *, report: Report, token: CancelToken) -> Endpoint: ...
    def change_login(self, name: str, login: Login, *, report: Report, token: CancelToken) -> Endpoint: ...
    def remove(
        self, name: str, *, keep_exporter: bool = False, forget_only: bool = False, report: Report, token: CancelToken
    ) -> None: ...
    def recover(self, *, report: Report, token: CancelToken) -> list[str]: ...
    def host_key_at(self, address: str, port: int, hops: tuple[Hop, ...], token: CancelToken) -> HostKey: ...
    def hops_by(self, name: str, jumps: Sequence[Jump]) -> tuple[Hop, ...]: ...
    def renew_key(self, name: str, wish: OwnKeyWish | None, *, report: Report, token: CancelToken) -> Endpoint: ...
    def write_targets(self) -> None: ...


class Logins(Protocol):
    """Who keeps the logins that have a name; see `CredentialService`."""

    def login(self, profile: str) -> Login: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """The services, and what the run was told."""

    inventory: Inventory
    enrolment: Enrolment
    logins: Logins
    ways: WayFinder
    parameters: Parameters = NOTHING_MORE

    def endpoint(self, item: BulkItem) -> Endpoint:
        """The endpoint that the item is about, as it is now. Raises NotFoundError when it is gone."""
        return self.inventory.endpoint_by_id(item.endpoint_id or 0)


class Action(Protocol):
    """Does it with one device; may be repeated. Returns what came of it, in a few words. Raises AppError, Cancelled."""

    def __call__(self, tools: Tools, item: BulkItem, report: Report, token: CancelToken, /) -> str: ...
