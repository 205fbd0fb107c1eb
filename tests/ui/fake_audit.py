"""The security of a fleet that exists only in memory."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from app.errors import AppError
from app.models.activity import ChainCheck
from app.models.device import Facts
from app.models.endpoint import Endpoint, LoginKind
from app.models.security import (
    CertificateSummary,
    Demand,
    DeviceCheckRecord,
    EndpointSecurity,
    Exposure,
    SecurityReport,
    StackSecurity,
    Verdict,
)
from app.services.audit import AuditStep
from app.services.progress import CancelToken, Report, step
from tests.ui.fake_enrolment import HOST_KEY
from tests.ui.fakes import FakeInventory

if TYPE_CHECKING:
    from tests.ui.gate import Gate


class FakeAudit:
    """AuditService in memory. Of every five exporters one is open, the others protected, not reached, unclear and unencrypted.

    `error` is raised by `verify` and `check`; `gate` holds them.
    """

    def __init__(self, inventory: FakeInventory) -> None:
        self._inventory = inventory
        self.error: AppError | None = None
        self.gate: Gate | None = None
        self.exposures: dict[int, Exposure] = {}
        """What the last check found, by the endpoint's number."""
        self.device_checks: dict[int, DeviceCheckRecord] = {}
        self.chain = ChainCheck(128, 128, "5f" * 32, ())

    def recorded(self) -> SecurityReport:
        endpoints = tuple(self._described(each) for each in self._inventory.endpoints())
        stack = StackSecurity("local engine", "127.0.0.1")
        return SecurityReport(datetime.now(UTC), "op@desk", "0f8f", "0.1.0", endpoints, None, stack)

    def verify(self, *, report: Report, token: CancelToken) -> ChainCheck:
        with step(report, token, AuditStep.LOG):
            if self.gate is not None:
                self.gate.wait(token)
            if self.error is not None:
                raise self.error
        return self.chain

    def check(self, *, report: Report, token: CancelToken) -> SecurityReport:
        chain = self.verify(report=report, token=token)
        for at, each in enumerate(self._inventory.endpoints()):
            self.exposures[each.id] = _exposure(each.scrape_target, at)
        return replace(self.recorded(), chain=chain)

    def _described(self, endpoint: Endpoint) -> EndpointSecurity:
        facts = endpoint.facts or Facts()
        exposure = self.exposures.get(endpoint.id)
        return EndpointSecurity(
            id=endpoint.id,
            name=endpoint.name,
            site=endpoint.site,
            address=endpoint.ssh_target,
            target=endpoint.scrape_target,
            lifecycle=endpoint.lifecycle,
            hostname=facts.hostname,
            system=f"{facts.os_name} {facts.os_version}".strip(),
            host_key=HOST_KEY,
            login_user="operator",
            login_kind=LoginKind.PASSWORD,
            exporter_version="1.12.1",
            enrolled_at=endpoint.created_at,
            exposure=exposure if exposure and exposure.target == endpoint.scrape_target else None,
            device_check=self.device_checks.get(endpoint.id),
        )


def _exposure(target: str, number: int) -> Exposure:
    verdict = list(Verdict)[(0, 2, 3, 4, 1)[number % 5]]
    made = Exposure(target, datetime.now(UTC), verdict, evidence="HTTP 200")
    if verdict is not Verdict.PROTECTED:
        return made
    ends_at = datetime.now(UTC) + timedelta(days=90, hours=1)
    certificate = CertificateSummary("SHA256:" + "ab" * 32, ends_at)
    seen = "plain HTTP 400; TLSv1.3, demands a client certificate"
    return replace(made, certificate=certificate, demand=Demand.CLIENT_CERTIFICATE, serves_tls=True, evidence=seen)
