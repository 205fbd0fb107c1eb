"""Making keys and certificates: the only module that builds X.509. Nothing is stored here.

ECDSA on P-256 throughout: every TLS library and every device's OpenSSL of the last ten years has it, and a key is short enough for each
keyring. Profiles follow RFC 5280 and, where it says more, the CA/Browser Forum's baseline for the lengths of serial numbers.
"""

import ipaddress
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from app.models.secret import Secret

AUTHORITY_DAYS = 3652
LEAF_DAYS = 730
#: A device's clock may be behind: certificates are good from a day before they are made.
_BACKDATED = timedelta(days=1)
_DNS = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*")
_LEAST_RSA_BITS = 2048
#: One with the largest key that OpenSSL verifies with has about 8,000.
_LONGEST_REQUEST = 16_384


class BadRequestError(ValueError):
    """A signing request that is not to be signed; the text says why."""


def new_key() -> Secret:
    """A private key, PEM (PKCS #8)."""
    return _pem(ec.generate_private_key(ec.SECP256R1()))


def _pem(key: ec.EllipticCurvePrivateKey) -> Secret:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return Secret(encoded.decode("ascii"))


def authority_certificate(key: Secret, name: str, *, now: datetime | None = None) -> str:
    """A self-signed certificate of an authority that may sign leaves only, PEM."""
    private = private_key(key)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = (now or datetime.now(UTC)) - _BACKDATED
    builder = _builder(subject, subject, private.public_key(), begins=begins, days=AUTHORITY_DAYS)
    return _signed(
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(for_authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False),
        private,
    )


def server_certificate(
    authority: str,
    authority_key: Secret,
    public_key: Any,
    name: str,
    names: tuple[str, ...],
    *,
    now: datetime | None = None,
) -> str:
    """A certificate for an exporter that answers under `names` (addresses and DNS names), PEM. `public_key`: of `public_key_of` or a request."""
    alternatives = x509.SubjectAlternativeName([_general(each) for each in names])
    builder = _leaf(authority, public_key, name=name, purpose=ExtendedKeyUsageOID.SERVER_AUTH, now=now)
    return _signed(builder.add_extension(alternatives, critical=False), private_key(authority_key))


def client_certificate(
    authority: str, authority_key: Secret, key: Secret, name: str, *, days: float, now: datetime | None = None
) -> str:
    """A certificate with which the holder of `key` is let in by exporters, PEM."""
    public = private_key(key).public_key()
    return _signed(
        _leaf(authority, public, name=name, purpose=ExtendedKeyUsageOID.CLIENT_AUTH, now=now, days=days),
        private_key(authority_key),
    )


def public_key_of(key: Secret) -> Any:
    """The public half of a private key in PEM."""
    return private_key(key).public_key()


def belong_together(certificate: str, key: Secret) -> bool:
    """Whether the certificate is for this private key (both PEM)."""
    return bool(load(certificate).public_key() == public_key_of(key))


def requested_key(request: str) -> Any:
    """The public key of a signing request (PKCS #10, PEM) of a device. Nothing else in it counts: names are ours to say.

    Raises BadRequestError for what is no request, is not signed by its own key, or asks for a weak key.
    """
    if len(request) > _LONGEST_REQUEST:
        raise BadRequestError(f"It cannot be one: it is longer than {_LONGEST_REQUEST} characters.")
    try:
        asked = x509.load_pem_x509_csr(request.encode("ascii"))
        key = asked.public_key()
        is_signed = asked.is_signature_valid
    except (ValueError, TypeError, UnicodeEncodeError, InvalidSignature) as error:
        raise BadRequestError(f"It cannot be read: {error}") from error
    except Exception as error:  # the library raises its own UnsupportedAlgorithm for keys that it does not know
        raise BadRequestError(f"It cannot be used: {type(error).__name__}") from error
    if not is_signed:
        raise BadRequestError("It is not signed by the key that it names.")
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.key_size >= 256:
        return key
    if isinstance(key, rsa.RSAPublicKey) and key.key_size >= _LEAST_RSA_BITS:
        return key
    raise BadRequestError("Its key is too weak or of an unusual kind.")


def fingerprint(certificate: str) -> str:
    """SHA-256 of the DER form, hexadecimal."""
    return load(certificate).fingerprint(hashes.SHA256()).hex()


def load(certificate: str) -> x509.Certificate:
    """A certificate from PEM."""
    return x509.load_pem_x509_certificate(certificate.encode("ascii"))


def load_several(certificates: str) -> list[x509.Certificate]:
    """Certificates from PEM, one after the other."""
    return x509.load_pem_x509_certificates(certificates.encode("ascii"))


def names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    """The subject alternative names as text."""
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return tuple(str(each.value) for each in found)


def dns_name(text: str) -> str | None:
    """`text` as a DNS name in lower case, or None when it cannot be one."""
    name = text.strip().lower()
    return name if _DNS.fullmatch(name) else None


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _leaf(
    authority: str,
    public_key: Any,
    *,
    name: str,
    purpose: x509.ObjectIdentifier,
    now: datetime | None,
    days: float = LEAF_DAYS,
) -> x509.CertificateBuilder:
    issuer = load(authority)
    begins = (now or datetime.now(UTC)) - _BACKDATED
    # Common names are at most 64 characters long (RFC 5280, appendix A).
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    return (
        _builder(subject, issuer.subject, public_key, begins=begins, days=days, latest=issuer.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(for_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
    )


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: Any,
    *,
    begins: datetime,
    days: float,
    latest: datetime | None = None,
) -> x509.CertificateBuilder:
    ends = begins + _BACKDATED + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(min(ends, latest) if latest else ends)
    )


def _usage(*, for_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not for_authority,
        key_cert_sign=for_authority,
        crl_sign=for_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def private_key(key: Secret) -> ec.EllipticCurvePrivateKey:
    """A private key of `new_key`, from its PEM."""
    private = serialization.load_pem_private_key(key.reveal().encode("ascii"), password=None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError("not a key of this installation")
    return private


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> str:
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode("ascii")
