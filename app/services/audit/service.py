"""Puts the security report together: what the inventory holds, what a stranger gets, and whether the activity log is whole."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from app import __version__
from app.errors import NotFoundError
from app.models.activity import ChainCheck
from app.models.device import Facts
from app.models.endpoint import Credential, Endpoint
from app.models.security import CertificateSummary, Checks, EndpointSecurity, Exposure, SecurityReport, StackSecurity
from app.services.audit.probe import probe
from app.services.inventory import Inventory
from app.services.inventory.processes import operator
from app.services.progress import CancelToken, Report, StepAdvanced, step
from app.settings import Settings

#: Connections at once: enough for a plant, few enough for its network.
PROBES_AT_ONCE = 16


class AuditStep(StrEnum):
    LOG = "verify log"
    ENDPOINTS = "look at exporters"


class Probe(Protocol):
    """Looks at one exporter from outside; see `app.services.audit.probe.probe`."""

    def __call__(self, address: str, port: int, *, token: CancelToken) -> Exposure: ...


class AuditService:
    """Answers an auditor's questions. Its methods block; several threads may use one service."""

    def __init__(self, inventory: Inventory, settings: Callable[[], Settings], *, look: Probe = probe) -> None:
        self._inventory = inventory
        self._settings = settings
        self._look = look

    def recorded(self) -> SecurityReport:
        """What is known without asking anybody, with what the last checks found and when. Raises InventoryError."""
        stack = self._settings()
        return SecurityReport(
            made_at=datetime.now(UTC),
            made_by=operator(),
            installation_id=self._inventory.installation_id,
            version=__version__,
            endpoints=tuple(self._described(self._inventory.endpoints())),
            chain=None,
            stack=StackSecurity(stack.docker_host.label, stack.stack.publish_address),
        )

    def verify(self, *, report: Report, token: CancelToken) -> ChainCheck:
        """Walk the activity log. Raises InventoryError, Cancelled."""
        with step(report, token, AuditStep.LOG) as handle:
            check = self._inventory.verify_activity(token=token)
            handle.detail = f"{check.lines} lines"
        return check

    def check(self, *, report: Report, token: CancelToken) -> SecurityReport:
        """As `recorded`, with the log walked and every exporter looked at, which is written down. Raises InventoryError, Cancelled."""
        known = self.recorded()
        chain = self.verify(report=report, token=token)
        with step(report, token, AuditStep.ENDPOINTS) as handle:
            exposures = self._look_at_all(self._inventory.endpoints(), report, token)
            handle.detail = f"{len(exposures)} looked at"
            self._inventory.record_exposures(exposures)
        checked = tuple(replace(each, exposure=exposures.get(each.id)) for each in known.endpoints)
        return replace(known, endpoints=checked, chain=chain)

    def _look_at_all(self, endpoints: Sequence[Endpoint], report: Report, token: CancelToken) -> dict[int, Exposure]:
        """By endpoint. The threads are gone when it returns, or raises."""
        exposures: dict[int, Exposure] = {}
        with ThreadPoolExecutor(PROBES_AT_ONCE, thread_name_prefix="probe") as pool:
            started = {pool.submit(self._look_at, each, token): each.id for each in endpoints}
            try:
                for done in as_completed(started):
                    exposures[started[done]] = done.result()
                    report(StepAdvanced(AuditStep.ENDPOINTS, len(exposures), len(started)))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return exposures

    def _look_at(self, endpoint: Endpoint, token: CancelToken) -> Exposure:
        return self._look(endpoint.scrape_host, endpoint.exporter_port, token=token)

    def _described(self, endpoints: Sequence[Endpoint]) -> list[EndpointSecurity]:
        wanted = {each.credential_id for each in endpoints if each.credential_id is not None}
        credentials = {credential_id: self._credential(credential_id) for credential_id in wanted}
        checks = self._inventory.checks()
        return [
            _security_of(each, credentials.get(each.credential_id or 0), checks.get(each.id, Checks()))
            for each in endpoints
        ]

    def _credential(self, credential_id: int) -> Credential | None:
        try:
            return self._inventory.credential(credential_id)
        except NotFoundError:
            return None  # the endpoint was removed in the meantime


def _system(facts: Facts) -> str:
    """Most systems have their version in their name."""
    return facts.os_name if facts.os_version in facts.os_name else f"{facts.os_name} {facts.os_version}"


def _security_of(endpoint: Endpoint, credential: Credential | None, checks: Checks) -> EndpointSecurity:
    facts, receipt, made = endpoint.facts, endpoint.receipt, endpoint.certificate
    # What was seen elsewhere says nothing about where the exporter is now.
    is_there = checks.exposure is not None and checks.exposure.target == endpoint.scrape_target
    return EndpointSecurity(
        id=endpoint.id,
        name=endpoint.name,
        site=endpoint.site,
        address=endpoint.ssh_target,
        target=endpoint.scrape_target,
        lifecycle=endpoint.lifecycle,
        hostname=facts.hostname if facts else "",
        system=_system(facts) if facts else "",
        host_key=endpoint.host_key,
        login_user=credential.user if credential else "",
        login_kind=credential.kind if credential else None,
        exporter_version=receipt.exporter_version if receipt else "",
        certificate=CertificateSummary(f"SHA256:{made.fingerprint}", made.ends_at) if made else None,
        enrolled_at=endpoint.created_at,
        exposure=checks.exposure if is_there else None,
        device_check=checks.device,
    )
