"""How safely endpoints are reached, as far as it is known: recorded, or checked at a certain time. Never a secret."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.models.activity import ChainCheck
from app.models.endpoint import HostKey, Lifecycle, LoginKind


class Verdict(StrEnum):
    """What a stranger gets who connects to an exporter."""

    OPEN = "open"
    """The metrics, without any authentication."""
    UNENCRYPTED = "unencrypted"
    """A demand for authentication, but over plain HTTP: passwords can be read on the way."""
    PROTECTED = "protected"
    """Nothing without authentication, and TLS."""
    NOT_REACHED = "not reached"
    """No connection: nothing listens there, something filters, or the device is off."""
    UNCLEAR = "unclear"
    """A connection, but no answer that could be judged."""


class Demand(StrEnum):
    """What an exporter asks for before it answers."""

    NOTHING = "nothing"
    PASSWORD = "password"  # noqa: S105 - the name of a way to authenticate
    CLIENT_CERTIFICATE = "client certificate"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CertificateSummary:
    """A certificate: `fingerprint` "SHA256:" and hexadecimal digits, `ends_at` aware and in UTC."""

    fingerprint: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Exposure:
    """What was found by connecting to an exporter from this computer, at `checked_at` (aware, UTC)."""

    target: str
    checked_at: datetime
    verdict: Verdict
    serves_plain_http: bool | None = None
    """Whether `/metrics` was given over plain HTTP without authentication; None: could not be found out. The same below."""
    serves_tls: bool | None = None
    tls_version: str = ""
    """As agreed in this connection; empty when there was none."""
    demand: Demand = Demand.UNKNOWN
    certificate: CertificateSummary | None = None
    """As shown in this connection. It was not verified against an authority."""
    evidence: str = ""
    """What was seen, plain text, bounded."""


class DeviceState(StrEnum):
    """What a contact with a device found."""

    AS_IT_WAS = "as it was made"
    """The known device, and all that was made on it."""
    ALTERED = "altered"
    """The known device, but what was made on it is not as it was."""
    ANOTHER = "another device"
    """Another device answered, or its keys are new."""
    NOT_SEEN = "not reached"
    """It could not be found out: no connection, no way in, no answer."""


@dataclass(frozen=True, slots=True)
class DeviceCheckRecord:
    """The last contact that looked at a device: when (aware, UTC), and what it found, with plain text, bounded, about what was amiss."""

    checked_at: datetime
    state: DeviceState
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    """What was found of an endpoint when it was last looked at; None: never."""

    exposure: Exposure | None = None
    """From outside."""
    device: DeviceCheckRecord | None = None
    """Logged in on its device."""


@dataclass(frozen=True, slots=True)
class EndpointSecurity:
    """One endpoint. Everything but `exposure` and `device_check` is what the inventory holds, as found or given at enrolment or by a later change."""

    id: int
    name: str
    site: str
    address: str
    """host:port of SSH."""
    target: str
    """host:port of the exporter."""
    lifecycle: Lifecycle
    hostname: str
    system: str
    """Operating system with version; empty: not known. The same for the other texts."""
    host_key: HostKey | None
    login_user: str
    login_kind: LoginKind | None
    exporter_version: str
    enrolled_at: datetime
    certificate: CertificateSummary | None = None
    """That the exporter was given; None: it was given none."""
    exposure: Exposure | None = None
    """None: not checked."""
    device_check: DeviceCheckRecord | None = None
    """The last one; None: not checked."""


@dataclass(frozen=True, slots=True)
class StackSecurity:
    """What the settings say about the stack; nothing of it is checked."""

    host: str
    publish_address: str


@dataclass(frozen=True, slots=True)
class SecurityReport:
    """All endpoints, the activity log and the stack at one time."""

    made_at: datetime
    made_by: str
    installation_id: str
    version: str
    endpoints: tuple[EndpointSecurity, ...]
    chain: ChainCheck | None
    """None: not checked."""
    stack: StackSecurity

    def count(self, verdict: Verdict) -> int:
        """How many endpoints were found so."""
        return sum(each.exposure is not None and each.exposure.verdict is verdict for each in self.endpoints)

    @property
    def unchecked(self) -> int:
        """How many endpoints were not checked."""
        return sum(each.exposure is None for each in self.endpoints)
