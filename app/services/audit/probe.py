"""Connects to an exporter as a stranger would, and says what the stranger gets.

Two questions, each on a connection of its own: is `/metrics` given over plain HTTP, and what does TLS without a client certificate lead to.
What answers is not trusted: the whole of it is bounded in time and size, and nothing is sent but the request.
"""

import hashlib
import re
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cryptography import x509

from app.models.security import CertificateSummary, Demand, Exposure, Verdict
from app.services.progress import CancelToken

#: For everything about one endpoint, after its name was looked up.
SECONDS = 10.0
_CONNECT_SECONDS = 3.0
#: How long a server may take to refuse after a handshake of TLS 1.3, in which the client is done before the server has judged.
_REFUSAL_SECONDS = 0.5
_HEAD_BYTES = 16 * 1024
_EVIDENCE = 200
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3})\b")
_UNAUTHORISED = (401, 403)
#: Alerts of TLS by which a server says that it wants a certificate, as OpenSSL words them.
_WANTS_CERTIFICATE = ("CERTIFICATE_REQUIRED", "BAD_CERTIFICATE")


@dataclass(frozen=True, slots=True)
class _Deadline:
    at: float

    def left(self, longest: float = SECONDS) -> float:
        """Seconds for the next wait. Raises TimeoutError when there are none left."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return min(left, longest)


@dataclass(frozen=True, slots=True)
class _Tls:
    """How TLS went. `status` is that of the HTTP answer, None for none."""

    spoken: bool | None = None
    """None: could not be found out."""
    version: str = ""
    certificate: CertificateSummary | None = None
    wants_certificate: bool = False
    status: int | None = None
    evidence: str = ""


def probe(address: str, port: int, *, token: CancelToken, seconds: float = SECONDS) -> Exposure:
    """Look at the exporter at `address` and `port` for at most `seconds`, and the time that its name takes. Raises Cancelled only."""
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    found = Exposure(target, datetime.now(UTC), Verdict.NOT_REACHED)
    token.check()
    try:
        places = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return replace(found, evidence=_described(error))
    deadline = _Deadline(time.monotonic() + seconds)
    place: tuple[object, ...] = ()
    problem: OSError = OSError("no address")
    for family, _, _, _, place in places:
        try:
            with _connected(family, place, deadline, token) as raw:
                status = _ask(raw, target, deadline)
            break
        except OSError as error:
            problem = error
            token.check()
    else:
        return replace(found, evidence=_described(problem))
    token.check()
    if status is not None and 200 <= status < 300:
        return replace(
            found, verdict=Verdict.OPEN, serves_plain_http=True, demand=Demand.NOTHING, evidence=f"HTTP {status}"
        )
    tls = _try_tls(family, place, target, deadline, token)
    token.check()
    return _judged(found, status, tls)


def _judged(found: Exposure, plain_status: int | None, tls: _Tls) -> Exposure:
    seen = "; ".join(filter(None, (f"plain HTTP {plain_status}" if plain_status else "no plain HTTP", tls.evidence)))
    found = replace(
        found,
        verdict=Verdict.UNCLEAR,
        # No answer at all proves nothing, unless it is TLS that is spoken here.
        serves_plain_http=False if plain_status or tls.spoken else None,
        serves_tls=tls.spoken,
        tls_version=tls.version,
        certificate=tls.certificate,
        evidence=seen,
    )
    if tls.wants_certificate:
        return replace(found, verdict=Verdict.PROTECTED, demand=Demand.CLIENT_CERTIFICATE)
    if tls.status is not None and 200 <= tls.status < 300:
        return replace(found, verdict=Verdict.OPEN, demand=Demand.NOTHING)
    if tls.status in _UNAUTHORISED:
        return replace(found, verdict=Verdict.PROTECTED, demand=Demand.PASSWORD)
    if plain_status in _UNAUTHORISED:
        return replace(found, verdict=Verdict.UNENCRYPTED, demand=Demand.PASSWORD)
    return found


@contextmanager
def _connected(
    family: int, place: tuple[object, ...], deadline: _Deadline, token: CancelToken
) -> Iterator[socket.socket]:
    """A connection that ends when `token` is cancelled. Raises OSError."""
    with socket.socket(family, socket.SOCK_STREAM) as raw, token.on_cancel(lambda: _interrupt(raw)):
        raw.settimeout(deadline.left(_CONNECT_SECONDS))
        raw.connect(place)
        yield raw


def _interrupt(raw: socket.socket) -> None:
    with suppress(OSError):  # not connected yet, or no more
        # Not that of a TLS socket, which would take the session away from the thread that uses it.
        socket.socket.shutdown(raw, socket.SHUT_RDWR)


def _ask(connection: socket.socket, target: str, deadline: _Deadline) -> int | None:
    """The status of the answer to a request for the metrics; None when what comes is not HTTP, or nothing comes."""
    request = f"GET /metrics HTTP/1.1\r\nHost: {target}\r\nConnection: close\r\nAccept: text/plain\r\n\r\n"
    head = b""
    with suppress(TimeoutError, ConnectionError):
        connection.settimeout(deadline.left())
        connection.sendall(request.encode("ascii"))
        while b"\n" not in head and len(head) < _HEAD_BYTES:
            connection.settimeout(deadline.left())
            received = connection.recv(4096)
            if not received:
                break
            head += received
    status = _STATUS.match(head)
    return int(status[1]) if status else None


def _try_tls(family: int, place: tuple[object, ...], target: str, deadline: _Deadline, token: CancelToken) -> _Tls:
    """A handshake without a client certificate, and, when the server is content with that, the request."""
    # A stranger looks at what is shown; nothing secret is sent, so there is nothing to protect by verifying.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    found = _Tls()
    try:
        with _connected(family, place, deadline, token) as raw:
            raw.settimeout(deadline.left())
            with (
                context.wrap_socket(raw, do_handshake_on_connect=False) as secured,
                token.on_cancel(lambda: _interrupt(secured)),
            ):
                secured.do_handshake()
                version = secured.version() or ""
                certificate = _certificate(secured.getpeercert(binary_form=True))
                found = _Tls(spoken=True, version=version, certificate=certificate, evidence=version)
                _wait_for_refusal(secured, deadline)
                status = _ask(secured, target, deadline)
                return replace(
                    found, status=status, evidence=f"{version}, {f'HTTP {status}' if status else 'no answer'}"
                )
    except ssl.SSLError as error:
        reason = error.reason or str(error)
        wants = any(alert in reason for alert in _WANTS_CERTIFICATE)
        # An alert is TLS; what is no TLS is called a wrong version.
        spoken = found.spoken or (False if "WRONG_VERSION" in reason else "ALERT" in reason or None)
        told = "demands a client certificate" if wants else f"TLS: {reason}"
        evidence = ", ".join(filter(None, (found.version, told)))[:_EVIDENCE]
        return replace(found, spoken=spoken, wants_certificate=wants, evidence=evidence)
    except OSError as error:
        return replace(found, evidence=", ".join(filter(None, (found.version, _described(error)))))


def _wait_for_refusal(secured: ssl.SSLSocket, deadline: _Deadline) -> None:
    """Raises the SSLError of a server that refuses. Had the request been sent before, its end could overtake the reason."""
    secured.settimeout(deadline.left(_REFUSAL_SECONDS))
    with suppress(TimeoutError):
        secured.recv(1)


def _certificate(encoded: bytes | None) -> CertificateSummary | None:
    if not encoded:
        return None
    try:
        ends_at = x509.load_der_x509_certificate(encoded).not_valid_after_utc
    except ValueError:
        return None
    return CertificateSummary("SHA256:" + hashlib.sha256(encoded).hexdigest(), ends_at)


def _described(error: Exception) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return "".join(c if c.isprintable() else " " for c in str(text))[:_EVIDENCE]
