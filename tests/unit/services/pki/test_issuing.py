"""Certificates as OpenSSL, which every TLS program here is built on, sees them: a handshake in memory between both sides."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from app.models.secret import Secret
from app.services.pki import issuing

NOW = datetime.now(UTC)


def authority() -> tuple[str, Secret]:
    key = issuing.new_key()
    return issuing.authority_certificate(key, "Plantwatch test", now=NOW), key


def server(certificate: str, key: Secret, *, names: tuple[str, ...] = ("10.0.0.7",)) -> x509.Certificate:
    public = issuing.public_key_of(issuing.new_key())
    return issuing.load(issuing.server_certificate(certificate, key, public, name="turbine 07", names=names, now=NOW))


def request_of(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    subject = x509.Name([])
    asked = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    return asked.public_bytes(serialization.Encoding.PEM).decode()


def test_an_authority_signs_leaves_and_no_further_authority() -> None:
    made = issuing.load(authority()[0])
    constraints = made.extensions.get_extension_for_class(x509.BasicConstraints)
    assert constraints.critical
    assert (constraints.value.ca, constraints.value.path_length) == (True, 0)
    usage = made.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.key_cert_sign
    assert not usage.digital_signature


def test_a_server_answers_to_its_names_and_may_not_pose_as_a_client() -> None:
    made = server(*authority(), names=("10.0.0.7", "fd00::7", "turbine-07.plant.example"))
    assert issuing.names_of(made) == ("10.0.0.7", "fd00::7", "turbine-07.plant.example")
    purposes = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH]


def test_a_clock_a_day_behind_is_no_obstacle_and_the_end_is_the_authoritys_at_most() -> None:
    certificate, key = authority()
    made = server(certificate, key)
    assert made.not_valid_before_utc <= NOW - timedelta(hours=23)
    late = NOW + timedelta(days=issuing.AUTHORITY_DAYS - 10)
    public = issuing.public_key_of(issuing.new_key())
    last = issuing.load(issuing.server_certificate(certificate, key, public, name="t", names=("10.0.0.7",), now=late))
    assert last.not_valid_after_utc == issuing.load(certificate).not_valid_after_utc


def test_it_is_signed_by_the_authority_and_by_no_other() -> None:
    certificate, key = authority()
    made = server(certificate, key)
    made.verify_directly_issued_by(issuing.load(certificate))
    with pytest.raises(InvalidSignature):
        made.verify_directly_issued_by(issuing.load(authority()[0]))


@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP384R1())])
def test_the_key_of_a_request_counts_and_nothing_else_in_it(key: ec.EllipticCurvePrivateKey) -> None:
    assert issuing.requested_key(request_of(key)).public_numbers() == key.public_key().public_numbers()


def test_a_weak_key_is_not_signed() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(issuing.BadRequestError, match="too weak"):
        issuing.requested_key(request_of(weak))


def test_a_request_that_another_key_signed_is_not_signed() -> None:
    text = request_of(ec.generate_private_key(ec.SECP256R1()))
    der = bytearray(x509.load_pem_x509_csr(text.encode()).public_bytes(serialization.Encoding.DER))
    der[-1] ^= 1
    damaged = "-----BEGIN CERTIFICATE REQUEST-----\n" + ssl.DER_cert_to_PEM_cert(bytes(der)).split("\n", 1)[1]
    damaged = damaged.replace("END CERTIFICATE", "END CERTIFICATE REQUEST")
    with pytest.raises(issuing.BadRequestError):
        issuing.requested_key(damaged)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 10_000,
        "x" * 1_000_000,
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----",
        "\u2603",
    ],
)
def test_what_is_no_request_is_refused_in_words(text: str) -> None:
    with pytest.raises(issuing.BadRequestError, match="cannot be"):
        issuing.requested_key(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Turbine-07", "turbine-07"),
        ("wtg_1.site", "wtg_1.site"),
        ("turbine 07", None),
        ("-a", None),
        ("", None),
        ("a" * 64, None),
    ],
)
def test_which_names_of_endpoints_are_dns_names(text: str, name: str | None) -> None:
    assert issuing.dns_name(text) == name
