"""What a stranger gets from an exporter, told apart on real connections; and what a hostile one can cost."""

import hashlib
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from app.errors import Cancelled
from app.models.security import CertificateSummary, Demand, Exposure, Verdict
from app.services.audit.probe import probe
from app.services.progress import CancelToken
from tests.unit.services.audit.strangers import (
    ENDS_AT,
    Behaviour,
    answering,
    dripping,
    endless,
    saying,
    serving,
    silent,
    tls,
)

pytestmark = pytest.mark.usefixtures("loopback")


def look(behave: Behaviour, context: ssl.SSLContext | None = None, *, seconds: float = 5.0) -> Exposure:
    with serving(behave, context) as port:
        return probe("127.0.0.1", port, token=CancelToken(), seconds=seconds)


def test_metrics_for_anyone_over_plain_http_are_found() -> None:
    found = look(answering(200))
    assert (found.verdict, found.serves_plain_http, found.demand) == (Verdict.OPEN, True, Demand.NOTHING)
    assert found.evidence == "HTTP 200"


def test_a_password_over_plain_http_is_no_protection() -> None:
    found = look(answering(401))
    assert (found.verdict, found.serves_plain_http, found.serves_tls) == (Verdict.UNENCRYPTED, False, False)
    assert found.demand is Demand.PASSWORD


def test_metrics_for_anyone_over_tls_are_found(tmp_path: Path) -> None:
    context = tls(tmp_path)
    found = look(answering(200), context)
    assert (found.verdict, found.serves_plain_http, found.serves_tls) == (Verdict.OPEN, False, True)
    encoded = ssl.PEM_cert_to_DER_cert(
        (tmp_path / "server.pem").read_text().partition("KEY-----\n")[2].partition("KEY-----\n")[2]
    )
    assert found.certificate == CertificateSummary("SHA256:" + hashlib.sha256(encoded).hexdigest(), ENDS_AT)
    assert found.tls_version == "TLSv1.3"


def test_a_password_over_tls_protects(tmp_path: Path) -> None:
    found = look(answering(401), tls(tmp_path))
    assert (found.verdict, found.demand) == (Verdict.PROTECTED, Demand.PASSWORD)


def test_a_demanded_client_certificate_protects(tmp_path: Path) -> None:
    found = look(answering(200), tls(tmp_path, demanding=True))
    assert (found.verdict, found.demand) == (Verdict.PROTECTED, Demand.CLIENT_CERTIFICATE)
    assert found.certificate is not None
    assert "demands a client certificate" in found.evidence


def test_a_refused_handshake_without_a_reason_is_unclear(tmp_path: Path) -> None:
    """OpenSSL's servers with TLS 1.2 do not say why."""
    found = look(answering(200), tls(tmp_path, version=ssl.TLSVersion.TLSv1_2, demanding=True))
    assert (found.verdict, found.demand, found.serves_tls) == (Verdict.UNCLEAR, Demand.UNKNOWN, True)
    assert "HANDSHAKE_FAILURE" in found.evidence


@pytest.mark.parametrize(
    "behave", [answering(404), answering(500), saying(b"SSH-2.0-OpenSSH_9.2\r\n"), saying(b"\x1b[2J\xff\0")]
)
def test_whatever_else_answers_is_unclear(behave: Behaviour) -> None:
    found = look(behave, seconds=2)
    assert found.verdict is Verdict.UNCLEAR
    assert found.evidence.isprintable()


@pytest.mark.parametrize("behave", [silent, dripping, endless])
def test_a_hostile_one_costs_a_bounded_time(behave: Behaviour) -> None:
    begun = time.monotonic()
    found = look(behave, seconds=0.3)
    assert time.monotonic() - begun < 10  # this machine may be busy
    assert found.verdict is Verdict.UNCLEAR
    assert found.serves_plain_http is not True


def test_a_closed_port_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = probe("127.0.0.1", port, token=CancelToken())
    assert (found.verdict, found.target) == (Verdict.NOT_REACHED, f"127.0.0.1:{port}")
    assert "refused" in found.evidence.lower()


def test_an_address_of_ipv6_is_written_in_brackets() -> None:
    assert probe("::1", 9, token=CancelToken(), seconds=1).target == "[::1]:9"


@pytest.mark.parametrize("behind_tls", [False, True])
def test_cancelling_ends_the_wait(tmp_path: Path, behind_tls: bool) -> None:
    token = CancelToken()
    reached = threading.Event()

    def behave(connection: socket.socket) -> None:
        reached.set()
        silent(connection)

    with serving(behave, tls(tmp_path) if behind_tls else None) as port:

        def cancel() -> None:
            assert reached.wait(10)
            token.cancel()

        canceller = threading.Thread(target=cancel)
        canceller.start()
        with pytest.raises(Cancelled):
            probe("127.0.0.1", port, token=token, seconds=60)
        canceller.join()


def test_nothing_is_sent_once_cancelled() -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        probe("127.0.0.1", 9, token=token)
