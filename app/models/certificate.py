"""Certificates: what is known of those that Plantwatch has issued. Never a private key."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.models.secret import Secret

#: An endpoint says so when its certificate ends within this time.
EXPIRES_SOON = timedelta(days=30)
#: It is renewed within this time, so that nobody ever has to be told.
RENEWED_WITHIN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that an exporter serves with. Times are aware and in UTC."""

    serial: str
    """Hexadecimal, lower case."""
    fingerprint: str
    """SHA-256 of the DER form, hexadecimal, lower case."""
    names: tuple[str, ...]
    """The subject alternative names: addresses in canonical form, DNS names in lower case."""
    begins_at: datetime
    ends_at: datetime
    authority: str
    """Fingerprint of the authority that signed it."""
    trusts: tuple[str, ...] = ()
    """Fingerprints of the authorities whose clients the exporter was told to let in."""

    def expires_soon(self, now: datetime) -> bool:
        """Whether it ends within `EXPIRES_SOON`, or has ended."""
        return self.ends_at - now < EXPIRES_SOON

    def is_due(self, now: datetime) -> bool:
        """Whether it is time to renew it."""
        return self.ends_at - now < RENEWED_WITHIN

    def covers(self, *names: str) -> bool:
        """Whether it is good for each of these names or addresses."""
        return set(names) <= set(self.names)


@dataclass(frozen=True, slots=True)
class Authority:
    """A certificate authority of this installation. Its private key is in the keyring, under `secret_name`."""

    fingerprint: str
    """SHA-256 of the DER form, hexadecimal, lower case."""
    certificate: str
    """PEM."""
    is_current: bool
    """New certificates come from it. Of several that are trusted exactly one is current."""
    begins_at: datetime
    ends_at: datetime
    client_certificate: str = ""
    """PEM of the certificate that Prometheus shows to exporters; empty while there is none."""

    @property
    def secret_name(self) -> str:
        """Where the keyring holds its private key."""
        return f"authority/{self.fingerprint[:32]}/key"

    @property
    def client_secret_name(self) -> str:
        """Where the keyring holds the private key of `client_certificate`."""
        return f"authority/{self.fingerprint[:32]}/client-key"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a client proves itself with and trusts. PEM texts."""

    certificate: str
    key: Secret
    trusted: str
    """The certificates of the authorities to trust, one after the other."""
