"""Finds devices by asking addresses that the operator typed."""

import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from app.models.discovery import Announcement, Hit, ScanRequest, ScanSummary
from app.services.discovery.announcing import announcements
from app.services.discovery.asking import exporter_ports_of
from app.services.discovery.judging import Register
from app.services.discovery.looking import Look, NetworkLook
from app.services.discovery.pacing import Throttle
from app.services.discovery.scanning import OnHit, Scan
from app.services.inventory import Inventory
from app.services.progress import CancelToken, Report, StepAdvanced, step

_BETWEEN_REPORTS_SECONDS = 0.1


class ScanStep(StrEnum):
    LISTEN = "listen for announcements"
    ASK = "ask addresses"


class Listen(Protocol):
    """Hears what devices announce; see `announcements`."""

    def __call__(self, *, token: CancelToken) -> Sequence[Announcement]: ...


class DiscoveryService:
    """Scans when it is told to, and at no other time. Writes nothing down; several threads may use one service."""

    def __init__(
        self,
        inventory: Inventory,
        *,
        look: Callable[[Throttle], Look] = NetworkLook,
        listen: Listen = announcements,
    ) -> None:
        self._inventory = inventory
        self._look = look
        self._listen = listen

    def exporter_ports(self) -> tuple[int, ...]:
        """Where exporters may be expected. Raises InventoryError."""
        return exporter_ports_of(self._inventory.endpoints())

    def scan(self, request: ScanRequest, *, on_hit: OnHit, report: Report, token: CancelToken) -> ScanSummary:
        """Ask all addresses of `request`; `on_hit` gets what is found as it is found, on this thread.

        Of an SSH server the key is asked for, and nothing else: no user name, no password, no key of ours. However it ends, nothing of it is
        open or runs afterwards. Raises Cancelled, InventoryError, OpenFilesError, NoMulticastError.
        """
        total = len(request.addresses)
        told = 0.0

        def advance(done: int) -> None:
            nonlocal told
            now = time.monotonic()
            if done == total or now - told >= _BETWEEN_REPORTS_SECONDS:
                told = now
                report(StepAdvanced(ScanStep.ASK, done, total))

        throttle = Throttle(request.rate)
        register = Register(self._inventory.endpoints())
        announced: Sequence[Announcement] = ()
        if request.mdns:
            with step(report, token, ScanStep.LISTEN) as handle:
                announced = self._listen(token=token)
                handle.detail = f"{len(announced)} announced"
        with step(report, token, ScanStep.ASK) as handle:
            advance(0)
            scan = Scan(
                request,
                register,
                self._look(throttle),
                throttle,
                on_hit=on_hit,
                on_progress=advance,
                token=token,
                names={each.address: each.name for each in announced},
            )
            summary = scan.run()
            handle.detail = f"{summary.answered} of {summary.addresses} answered"
        asked = set(request.addresses)
        for each in announced:
            if each.address not in asked:
                known = register.known(each.address, each.port, None)
                on_hit(Hit(each.address, each.port, known=known, name=each.name, announced=True))
        return summary
