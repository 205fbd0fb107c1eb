"""The authority of this installation: made at first use, its keys in the keyring, its certificates in the inventory."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.errors import AppError
from app.models.certificate import Authority, Certificate, Identity
from app.models.endpoint import Endpoint, EndpointDraft
from app.models.secret import NO_SECRET, Secret
from app.services.inventory import Inventory
from app.services.pki import issuing
from app.services.secrets import SecretStore

#: Prometheus' own certificate is renewed by the first deployment within this time of its end.
_RENEW_BEFORE = timedelta(days=60)
#: For one look at an exporter. It and its key are never stored.
_OWN_DAYS = 0.05
_OWN_SHARED = timedelta(minutes=5)


class AuthorityKeyError(AppError):
    """The keyring lacks the private key of the certificate authority."""

    title = "This desktop's keyring does not hold the key of the certificate authority {fingerprint}."
    hint = (
        "It is in the keyring of whoever made the installation: work from there, or make a new authority with "
        "“plantwatch certificates rotate”, which gives every endpoint a new certificate."
    )
    exit_status = 5


class RequestRefusedError(AppError):
    """What a device sent as a signing request is not signed."""

    title = "{target} asked for a certificate with a request that cannot be signed."
    hint = "Enrol again. If it happens again, the device's OpenSSL is broken or the device is not what it seems."


@dataclass(frozen=True, slots=True)
class Issued:
    """A new certificate for an exporter."""

    certificate: Certificate
    pem: str
    trusted: str
    """PEM of the authorities whose clients the exporter is to let in."""
    key: Secret = NO_SECRET
    """PEM of its private key, if it was made here; to be sent to the device and forgotten."""


@dataclass(frozen=True, slots=True)
class _OwnIdentity:
    """One that was made a while ago, and the authorities that there were then."""

    at: datetime
    trusted: list[Authority]
    identity: Identity


class AuthorityService:
    """Issues and renews. Safe to use from several threads and processes: the inventory decides which authority is current."""

    def __init__(
        self, inventory: Inventory, secrets: SecretStore, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._inventory = inventory
        self._secrets = secrets
        self._now = now
        self._own: _OwnIdentity | None = None

    def current(self) -> Authority:
        """The authority that signs. Made at the first call. Raises SecretStoreError, InventoryError."""
        found = next((each for each in self._inventory.authorities() if each.is_current), None)
        return found or self._make(replacing="")

    def trusted(self) -> list[Authority]:
        """All whose certificates count, the current one among them."""
        found = self._inventory.authorities()
        if any(each.is_current for each in found):
            return found
        self._make(replacing="")
        return self._inventory.authorities()

    def trusted_pem(self) -> str:
        """Their certificates, one after the other."""
        return "".join(each.certificate for each in self.trusted())

    def issue_server(self, subject: Endpoint | EndpointDraft, target: str, *, request: str = "") -> Issued:
        """A certificate for the exporter of `subject`, good for its name, address and scrape address.

        `request`: the device's signing request (PEM); empty to have the key made here. Raises RequestRefusedError, AuthorityKeyError.
        """
        trusted = self.trusted()
        authority = next(each for each in trusted if each.is_current)
        signing_key = self._key_of(authority)
        key = NO_SECRET if request else issuing.new_key()
        try:
            public = issuing.requested_key(request) if request else issuing.public_key_of(key)
        except issuing.BadRequestError as error:
            raise RequestRefusedError(str(error), target=target) from error
        names = names_of(subject)
        pem = issuing.server_certificate(
            authority.certificate, signing_key, public, name=subject.name, names=names, now=self._now()
        )
        certificate = _described(pem, authority, tuple(each.fingerprint for each in trusted))
        return Issued(certificate, pem, "".join(each.certificate for each in trusted), key)

    def prometheus_identity(self) -> Identity:
        """What Prometheus proves itself with to exporters. Made at first use and renewed before it ends.

        The certificate comes from the oldest trusted authority whose key is here: it is let in everywhere, also by exporters that do not
        know the current one yet. Raises AuthorityKeyError.
        """
        if (known := self.known_identity()).key:
            return known
        authority = self._able_to_sign()
        key = issuing.new_key()
        pem = issuing.client_certificate(
            authority.certificate,
            self._key_of(authority),
            key,
            "Plantwatch Prometheus",
            days=issuing.LEAF_DAYS,
            now=self._now(),
        )
        self._secrets.put(authority.client_secret_name, key)
        self._inventory.set_client_certificate(authority.fingerprint, pem)
        return Identity(pem, key, self.trusted_pem())

    def known_identity(self) -> Identity:
        """The same, as far as it is there: empty texts for what `prometheus_identity` would make."""
        authorities = self._inventory.authorities()
        if not authorities:
            return Identity("", NO_SECRET, "")
        first, trusted = authorities[0], "".join(each.certificate for each in authorities)
        key = self._secrets.get(first.client_secret_name) if first.client_certificate else None
        # Two processes may have made one at the same moment, and kept the key of one and the certificate of the other.
        is_whole = key is not None and issuing.belong_together(first.client_certificate, key)
        if (
            key
            and is_whole
            and issuing.load(first.client_certificate).not_valid_after_utc - self._now() > _RENEW_BEFORE
        ):
            return Identity(first.client_certificate, key, trusted)
        return Identity("", NO_SECRET, trusted)

    def own_identity(self) -> Identity:
        """For looks at exporters by Plantwatch itself: good for about an hour, and never stored. Raises AuthorityKeyError.

        The looks of some minutes share one, as long as the authorities are the same: each would cost 3 ms.
        """
        trusted = self.trusted()
        made = self._own
        if made is not None and made.trusted == trusted and self._now() - made.at < _OWN_SHARED:
            return made.identity
        identity = self._new_own_identity()
        self._own = _OwnIdentity(self._now(), trusted, identity)
        return identity

    def _new_own_identity(self) -> Identity:
        authority = self._able_to_sign()
        key = issuing.new_key()
        pem = issuing.client_certificate(
            authority.certificate, self._key_of(authority), key, "Plantwatch", days=_OWN_DAYS, now=self._now()
        )
        return Identity(pem, key, self.trusted_pem())

    def can_sign(self) -> bool:
        """Whether the keyring has the key of the current authority."""
        return self._secrets.get(self.current().secret_name) is not None

    def begin_rotation(self) -> Authority:
        """Make a new current authority beside the trusted ones; the next certificates come from it."""
        return self._make(replacing=self.current().fingerprint)

    def retire(self, authority: Authority) -> None:
        """Trust `authority` no more, and forget its keys. Raises ValueError for the current one."""
        if authority.is_current:
            raise ValueError("the current authority")
        self._inventory.remove_authority(authority.fingerprint)
        self._secrets.delete(authority.secret_name)
        self._secrets.delete(authority.client_secret_name)

    def _able_to_sign(self) -> Authority:
        """The oldest trusted authority whose key is here. When none is, and no exporter relies on them, there is a new one from now on."""
        trusted = self.trusted()
        able = next((each for each in trusted if self._secrets.get(each.secret_name) is not None), None)
        if able is not None:
            return able
        if any(endpoint.certificate is not None for endpoint in self._inventory.endpoints()):
            raise AuthorityKeyError(fingerprint=trusted[-1].fingerprint[:16])
        made = self.begin_rotation()
        for each in trusted:
            self.retire(replace(each, is_current=False))
        return made

    def _make(self, *, replacing: str) -> Authority:
        key = issuing.new_key()
        name = f"Plantwatch {self._inventory.installation_id[:8]}"
        pem = issuing.authority_certificate(key, name, now=self._now())
        made = issuing.load(pem)
        authority = Authority(
            fingerprint=issuing.fingerprint(pem),
            certificate=pem,
            is_current=True,
            begins_at=made.not_valid_before_utc,
            ends_at=made.not_valid_after_utc,
        )
        # The key first: an authority without one would be of no use. One that lost the race leaves no key behind.
        self._secrets.put(authority.secret_name, key)
        winner = self._inventory.make_authority_current(authority, replacing=replacing)
        if winner.fingerprint != authority.fingerprint:
            self._secrets.delete(authority.secret_name)
        return winner

    def _key_of(self, authority: Authority) -> Secret:
        key = self._secrets.get(authority.secret_name)
        if key is None:
            raise AuthorityKeyError(fingerprint=authority.fingerprint[:16])
        return key


def names_of(subject: Endpoint | EndpointDraft) -> tuple[str, ...]:
    """What the exporter of `subject` answers to: its addresses, and its name where that can be a DNS name. Without duplicates."""
    wanted = [subject.scrape_address, subject.listen_address, subject.address, issuing.dns_name(subject.name) or ""]
    return tuple(dict.fromkeys(each for each in wanted if each))


def _described(pem: str, authority: Authority, trusts: tuple[str, ...]) -> Certificate:
    made = issuing.load(pem)
    return Certificate(
        serial=f"{made.serial_number:x}",
        fingerprint=issuing.fingerprint(pem),
        names=issuing.names_of(made),
        begins_at=made.not_valid_before_utc,
        ends_at=made.not_valid_after_utc,
        authority=authority.fingerprint,
        trusts=trusts,
    )
