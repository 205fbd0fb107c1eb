"""The security report: complete, honest about what it did not look at, and inert whatever a device is called."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from app.errors import Cancelled
from app.models.activity import ChainCheck, ChainFault, FaultKind, Result
from app.models.device import Facts, Receipt
from app.models.endpoint import EndpointDraft, HostKey, LoginKind
from app.models.security import (
    CertificateSummary,
    Demand,
    DeviceCheckRecord,
    DeviceState,
    Exposure,
    SecurityReport,
    Verdict,
)
from app.paths import DataPaths
from app.services.audit import AuditService, AuditStep, report_html
from app.services.inventory import Inventory
from app.services.progress import CancelToken, Event, StepAdvanced, ignore
from app.settings import Settings

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOST_KEY = HostKey.parse("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDyPIrW/R4Is/JbgGzNpo8GcLq5u7kBwnvmZE2oDF8qX")
HOSTILE = "<script>alert(1)</script>\" onload='x' & \x1b[2J\u202e"


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with Inventory.open(DataPaths.locate(tmp_path / "data")) as inventory:
        credential = inventory.add_credential("tech", LoginKind.KEY_FILE, "/home/ada/.ssh/id_plant")
        for number in range(1, 4):
            draft = EndpointDraft(f"T-{number}", f"10.0.0.{number}", scrape_address="gateway" if number == 2 else "")
            endpoint = inventory.add(draft, host_key=HOST_KEY, credential_id=credential.id)
            inventory.set_facts(
                endpoint.id, Facts(hostname=f"t-{number}", os_name="Debian GNU/Linux 12", os_version="12")
            )
            inventory.set_receipt(endpoint.id, Receipt("1.12.1", "amd64"))
        inventory.add(EndpointDraft("bare", "10.0.0.9"))
        inventory.log("enrol", "T-1", Result.DONE)
        yield inventory


def looking(address: str, port: int, *, token: CancelToken) -> Exposure:
    verdict = Verdict.OPEN if address == "gateway" else Verdict.PROTECTED
    return Exposure(f"{address}:{port}", NOW, verdict, evidence=f"as {address}")


@pytest.fixture
def service(inventory: Inventory) -> AuditService:
    return AuditService(inventory, Settings, look=looking)


def test_what_is_recorded_claims_nothing_else(service: AuditService) -> None:
    made = service.recorded()
    bare, first, *_ = made.endpoints
    assert (first.hostname, first.system, first.exporter_version) == ("t-1", "Debian GNU/Linux 12", "1.12.1")
    assert (first.login_user, first.login_kind, first.host_key) == ("tech", LoginKind.KEY_FILE, HOST_KEY)
    assert (bare.hostname, bare.login_user, bare.login_kind, bare.host_key) == ("", "", None, None)
    assert (made.chain, made.unchecked) == (None, 4)
    assert made.stack.publish_address == "127.0.0.1"


def test_a_check_looks_where_prometheus_scrapes(service: AuditService) -> None:
    events: list[Event] = []
    made = service.check(report=events.append, token=CancelToken())
    assert [each.exposure.evidence for each in made.endpoints if each.exposure] == [
        "as 10.0.0.9",
        "as 10.0.0.1",
        "as gateway",
        "as 10.0.0.3",
    ]
    assert (made.count(Verdict.OPEN), made.count(Verdict.PROTECTED), made.unchecked) == (1, 3, 0)
    assert made.chain is not None
    assert made.chain.is_whole
    assert StepAdvanced(AuditStep.ENDPOINTS, 4, 4) in events


def test_a_cancelled_check_ends(inventory: Inventory) -> None:
    token = CancelToken()

    def cancelling(address: str, port: int, *, token: CancelToken) -> Exposure:
        token.cancel()
        token.check()
        raise AssertionError

    with pytest.raises(Cancelled):
        AuditService(inventory, Settings, look=cancelling).check(report=ignore, token=token)


class Elements(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.open = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @classmethod
    def of(cls, made: SecurityReport) -> "Elements":
        elements = cls()
        elements.feed(report_html(made))
        elements.close()
        return elements


def test_nothing_that_was_read_becomes_markup(service: AuditService) -> None:
    made = service.check(report=ignore, token=CancelToken())
    exposure = Exposure(HOSTILE, NOW, Verdict.UNCLEAR, evidence=HOSTILE, tls_version=HOSTILE)
    hostile = replace(
        made.endpoints[0],
        name=HOSTILE,
        site=HOSTILE,
        address=HOSTILE,
        target=HOSTILE,
        hostname=HOSTILE,
        system=HOSTILE,
        host_key=HostKey(HOSTILE, HOST_KEY.blob),
        login_user=HOSTILE,
        exporter_version=HOSTILE,
        exposure=exposure,
    )
    harmless, shown = Elements.of(made), Elements.of(replace(made, endpoints=(hostile,), made_by=HOSTILE))
    assert shown.tags <= harmless.tags
    assert shown.attributes <= harmless.attributes
    assert "<script>alert(1)</script>\" onload='x' & �[2J�" in shown.texts
    assert not {"script", "img", "link", "iframe", "a"} & shown.tags
    assert not {"src", "href", "onload"} & shown.attributes


def test_what_was_not_checked_is_said(service: AuditService) -> None:
    text = "\n".join(Elements.of(service.recorded()).texts)
    assert "The chain of the activity log: not checked." in text
    assert "The exporters of 4 endpoints." in text
    assert "OPEN: gives the metrics to anyone\n" in text
    assert text.count("not checked") > 28


def test_what_was_found_is_said(service: AuditService) -> None:
    made = service.check(report=ignore, token=CancelToken())
    shown = Exposure(
        "10.0.0.9:9100",
        NOW,
        Verdict.PROTECTED,
        serves_plain_http=False,
        serves_tls=True,
        tls_version="TLSv1.3",
        demand=Demand.CLIENT_CERTIFICATE,
        certificate=CertificateSummary("SHA256:" + "ab" * 32, NOW),
    )
    endpoints = (replace(made.endpoints[0], exposure=shown), *made.endpoints[1:])
    broken = ChainCheck(3, 4, "", (ChainFault(FaultKind.MISSING, 4, 2),))
    text = "\n".join(Elements.of(replace(made, endpoints=endpoints, chain=broken)).texts)
    for expected in (
        "NIS2 Article 21",
        "IEC 62443-2-1",
        f"ssh-ed25519 {HOST_KEY.fingerprint}",
        "key file",
        "client certificate",
        "ends 2026-03-01 12:00 UTC",
        "Lines between 2 and 4 are missing, or line 2 was replaced.",
    ):
        assert expected in text
    assert "id_plant" not in text


def test_what_a_check_found_is_known_afterwards(service: AuditService, inventory: Inventory) -> None:
    made = service.check(report=ignore, token=CancelToken())
    known = service.recorded()
    assert [each.exposure for each in known.endpoints] == [each.exposure for each in made.endpoints]
    assert known.unchecked == 0
    first = inventory.endpoint("T-1")
    inventory.change(first.id, EndpointDraft("T-1", "10.0.0.99"))
    # What was seen at the former address says nothing about the new one.
    assert [each.name for each in service.recorded().endpoints if each.exposure is None] == ["T-1"]


def test_the_last_check_of_the_device_is_stated_with_its_time(service: AuditService, inventory: Inventory) -> None:
    first = inventory.endpoint("T-1")
    inventory.record_check(first.id, DeviceCheckRecord(NOW, DeviceState.ALTERED, f"changed: {HOSTILE}"))
    page = report_html(service.recorded())
    assert "altered (changed: &lt;script&gt;" in page
    assert "2026-03-01 12:00" in page
    assert "<script" not in page
