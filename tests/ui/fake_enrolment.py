"""Enrolment for the wizard, in memory: each step may fail or be held."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import AppError
from app.models.device import Facts, InitSystem, Privilege
from app.models.endpoint import Endpoint, EndpointDraft, HostKey, Jump
from app.services.enrolment import EnrolmentPlan, EnrolmentRequest, EnrolStep, Hop, RemoveStep, WantedHop, verified_hops
from app.services.kit import KitBuild
from app.services.progress import CancelToken, LogLine, Report, StepAdvanced, step
from tests.ui import fake_metrics
from tests.ui.fakes import FakeInventory

if TYPE_CHECKING:
    pass


from tests.ui.gate import Gate

HOST_KEY = HostKey("ssh-ed25519", "AAAAC3NzaC1lZDI1NTE5AAAAIGqLM0VTXQlB2nHEvGkG+JxgrPNRnPKYzBcy1Oy/kCqz")
FACTS = Facts(
    hostname="turbine-07",
    os_id="debian",
    os_name="Debian GNU/Linux",
    os_version="12",
    kernel="6.1.0-28-arm64",
    machine="aarch64",
    architecture="arm64",
    init=InitSystem.SYSTEMD,
    privilege=Privilege.SUDO_PASSWORD,
    cpu_count=4,
    memory_bytes=3_980_000_000,
    free_bytes=3_100_000_000,
)
PLAN_LINES = (
    "Put node_exporter 1.12.1 (arm64, 5.3 MB) into /usr/local/lib/plantwatch.",
    "Make the system user and group plantwatch-exporter, without a shell and a home.",
    "Make, enable and start the service plantwatch-node-exporter.service, which listens on port 9100.",
    "Add 10.20.0.7:9100 to Prometheus' targets as turbine-07.",
)


def build() -> KitBuild:
    """An exporter build as the kit has it."""
    return KitBuild("1.12.1", "arm64", "ab" * 32, 5_300_000, Path("/kit/node_exporter.tar.gz"))


class FakeEnrolment:
    """EnrolmentService in memory. `failures` maps a step to the error raised in it; `gate` holds the enrolment in TRANSFER."""

    def __init__(self, inventory: FakeInventory) -> None:
        self._inventory = inventory
        self.failures: dict[StrEnum, AppError] = {}
        self.gate: Gate | None = None
        self.removal_error: AppError | None = None
        self.requests: list[EnrolmentRequest] = []
        self.removed: list[str] = []
        self.renewed: list[str] = []
        self.key_error: AppError | None = None
        self.asked_beyond: list[tuple[tuple[str, ...], str, int]] = []

    def host_key_at(self, address: str, port: int, hops: tuple[Hop, ...], token: CancelToken) -> HostKey:
        token.check()
        self.asked_beyond.append((tuple(f"{hop.login.user}@{hop.target}" for hop in hops), address, port))
        if self.key_error is not None:
            raise self.key_error
        return HOST_KEY

    def verify_hops(self, wanted: Sequence[WantedHop], *, token: CancelToken) -> tuple[Hop, ...]:
        return verified_hops(wanted, fetch=partial(self.host_key_at, token=token))

    def _walk(self, steps: Sequence[StrEnum], report: Report, token: CancelToken) -> None:
        for each in steps:
            with step(report, token, each) as done:
                report(LogLine(f"{each.value}: begun"))
                if each is EnrolStep.TRANSFER:
                    report(StepAdvanced(each, 2_600_000, 5_300_000))
                    if self.gate is not None:
                        self.gate.wait(token)
                    done.detail = "5.3 MB"
                if each in self.failures:
                    raise self.failures[each]

    def preview(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> EnrolmentPlan:
        self.requests.append(request)
        self._walk(list(EnrolStep)[:5], report, token)
        return EnrolmentPlan(FACTS, build(), PLAN_LINES)

    def enrol(self, request: EnrolmentRequest, *, report: Report, token: CancelToken) -> Endpoint:
        self.requests.append(request)
        self._inventory.check_free(request.draft)
        self._walk(request.steps, report, token)
        template = fake_metrics.endpoints(1)[0]
        values = {name: getattr(request.draft, name) for name in EndpointDraft.__dataclass_fields__}
        endpoint = replace(template, id=1000 + len(self.requests), host_key=request.host_key, **values)
        self._inventory.put(endpoint)
        return endpoint

    def move(self, name: str, draft: EndpointDraft, hops: tuple[Hop, ...]) -> Endpoint:
        known = self._inventory.endpoint(name)
        jumps = tuple(Jump(hop.address, hop.port, hop.host_key, at) for at, hop in enumerate(hops, start=1))
        self._inventory.put(replace(self._inventory.change(known.id, draft), jumps=jumps))
        return self._inventory.endpoint(name)

    def renew(self, name: str, *, report: Report, token: CancelToken) -> Endpoint:
        token.check()
        self.renewed.append(name)
        return self._inventory.endpoint(name)

    def remove(
        self, name: str, *, keep_exporter: bool = False, forget_only: bool = False, report: Report, token: CancelToken
    ) -> None:
        for each in RemoveStep:
            with step(report, token, each):
                if self.removal_error is not None:
                    raise self.removal_error
        self.removed.append(name)
        self._inventory.remove(self._inventory.endpoint(name).id)
