"""Scans of a network that exists only in memory."""

import base64
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.errors import AppError
from app.models.discovery import FoundExporter, Hit, Known, ScanRequest, ScanSummary, Standing
from app.models.endpoint import HostKey
from app.models.security import Exposure, Verdict
from app.services.discovery import ScanStep
from app.services.discovery.scanning import OnHit
from app.services.progress import CancelToken, Report, StepAdvanced, step
from tests.ui.fakes import FakeInventory

if TYPE_CHECKING:
    from tests.ui.gate import Gate

_BANNERS = (
    "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7",
    "SSH-2.0-OpenSSH_7.4",
    "SSH-2.0-dropbear_2022.83",
    "SSH-2.0-OpenSSH_8.4p1 Raspbian-5+deb11u3",
)

_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def key(number: int) -> HostKey:
    """An Ed25519 key of its own for each number."""
    raw = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + number.to_bytes(32, "big")
    return HostKey("ssh-ed25519", base64.b64encode(raw).decode())


class FakeDiscovery:
    """DiscoveryService in memory: every `every`th address has a device, of each standing some.

    `gate` holds a scan when half of the addresses are done; `error` is raised in its place.
    """

    def __init__(self, inventory: FakeInventory) -> None:
        self._inventory = inventory
        self.every = 8
        self.error: AppError | None = None
        self.gate: Gate | None = None
        self.requests: list[ScanRequest] = []
        self.without_route = False

    def exporter_ports(self) -> tuple[int, ...]:
        return (9100,)

    def scan(self, request: ScanRequest, *, on_hit: OnHit, report: Report, token: CancelToken) -> ScanSummary:
        self.requests.append(request)
        total, found = len(request.addresses), 0
        with step(report, token, ScanStep.ASK):
            report(StepAdvanced(ScanStep.ASK, 0, total))
            for number, address in enumerate(request.addresses, 1):
                token.check()
                if self.every and number % self.every == 0:
                    found += 1
                    on_hit(self._hit(found, address, request))
                if number == (total + 1) // 2:
                    report(StepAdvanced(ScanStep.ASK, number, total))
                    if self.gate is not None:
                        self.gate.wait(token)
                    if self.error is not None:
                        raise self.error
            report(StepAdvanced(ScanStep.ASK, total, total))
            if request.mdns and self.every:
                on_hit(Hit("10.21.0.7", 22, name="wtg-90", announced=True))
        return ScanSummary(total, total, found, total if self.without_route else 0)

    def _hit(self, number: int, address: str, request: ScanRequest) -> Hit:
        names = [endpoint.name for endpoint in self._inventory.endpoints()] or ["wtg-01"]
        name = names[number % len(names)]
        known = {
            2: Known(Standing.ENROLLED, name),
            4: Known(Standing.ANOTHER_KEY, name),
            5: Known(Standing.ELSEWHERE, key_of=(name,)),
        }.get(number % 8, Known())
        verdicts = (Verdict.PROTECTED, Verdict.OPEN, Verdict.NOT_REACHED)
        target = f"{address}:9100"
        exposure = Exposure(target, _NOW, verdicts[number % 3], serves_plain_http=True)
        exporters = (FoundExporter(9100, exposure),) if request.exporter_ports and number % 2 == 0 else ()
        if number % 11 == 7:
            return Hit(address, 22, problem=f"{address}:22 accepts the connection, but says nothing.")
        dns = f"wtg-{number:02}.thanet.example" if request.names else ""
        return Hit(address, 22, _BANNERS[number % 4], key(number), exporters=exporters, known=known, name=dns)
