"""Enrolment for runs, in memory: what is done with a device is only remembered."""

from collections.abc import Sequence
from dataclasses import replace

from app.errors import AppError
from app.models.bulk_parameters import MetricsChange
from app.models.endpoint import Endpoint, HostKey, Jump, Lifecycle, Login, LoginKind
from app.models.own_key import OwnKeyWish
from app.services.bulk.actions.tools import Enrolment
from app.services.enrolment import DeviceCheck, EnrolmentRequest, Hop
from app.services.inventory import Inventory
from app.services.progress import CancelToken, Report
from tests.unit.models.test_known_hosts import KEY


class FakeEnrolment:
    """`done` tells what was asked for; `refusals` maps the name of an endpoint to the error raised for it; `writing_error` to that of
    `write_targets`."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self.done: list[tuple[str, ...]] = []
        self.requests: list[EnrolmentRequest] = []
        self.refusals: dict[str, AppError] = {}
        self.writing_error: AppError | None = None
        self.targets: list[str] = []
        """The names and sites that Prometheus was told last."""

    def enrol(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> Endpoint:
        del report, token
        self.requests.append(request)
        return self._inventory.add(request.draft, host_key=request.host_key)

    def check(self, name: str, *, report: Report, token: CancelToken) -> DeviceCheck:
        del report, token
        self._do("check", name)
        return DeviceCheck((), ())

    def renew(self, name: str, *, report: Report, token: CancelToken) -> Endpoint:
        del report, token
        return self._do("renew", name)

    def upgrade(self, name: str, *, report: Report, token: CancelToken) -> Endpoint:
        del report, token
        return self._do("upgrade", name)

    def change_metrics(self, name: str, change: MetricsChange, *, report: Report, token: CancelToken) -> Endpoint:
        del report, token
        endpoint = self._do("change metrics", name)
        return replace(endpoint, metrics=change.applied_to(endpoint.metrics))

    def change_login(self, name: str, login: Login, *, report: Report, token: CancelToken) -> Endpoint:
        del report, token
        endpoint = self._do("change login", name, login.secret.reveal())
        self._inventory.set_credential(endpoint.id, login.credential_id)
        return endpoint

    def remove(
        self, name: str, *, keep_exporter: bool = False, forget_only: bool = False, report: Report, token: CancelToken
    ) -> None:
        del report, token
        ways = [word for word, is_so in (("keep", keep_exporter), ("forget", forget_only)) if is_so]
        self._inventory.remove(self._do("remove", name, *ways).id)

    def recover(self, *, report: Report, token: CancelToken) -> list[str]:
        del report, token
        return []

    def host_key_at(self, address: str, port: int, hops: tuple[Hop, ...], token: CancelToken) -> HostKey:
        del token
        self.done.append(("key", *(hop.target for hop in hops), f"{address}:{port}"))
        return KEY

    def renew_key(self, name: str, wish: OwnKeyWish | None, *, report: Report, token: CancelToken) -> Endpoint:
        del report, token
        return self._do("renew-key", name, *(wish.sources if wish else ()))

    def hops_by(self, name: str, jumps: Sequence[Jump]) -> tuple[Hop, ...]:
        del name
        return tuple(
            Hop(each.address, each.port, each.host_key, Login("hop", LoginKind.AGENT, credential_id=each.credential_id))
            for each in jumps
        )

    def write_targets(self) -> None:
        self.done.append(("write targets",))
        if self.writing_error is not None:
            raise self.writing_error
        self.targets = [f"{each.name} {each.site}" for each in self._inventory.endpoints()]

    def _do(self, *what: str) -> Endpoint:
        if what[1] in self.refusals:
            raise self.refusals[what[1]]
        self.done.append(what)
        return replace(self._inventory.endpoint(what[1]), lifecycle=Lifecycle.MONITORED)


def _fits(fake: FakeEnrolment) -> Enrolment:
    return fake
