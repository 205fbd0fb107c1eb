"""TLS over any byte stream, a channel of an SSH connection for instance: for one look at an exporter before Prometheus knows it."""

import math
import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from cryptography.hazmat.primitives import hashes
from OpenSSL import SSL, crypto

from app.models.certificate import Identity
from app.services.pki import issuing

_PIECE = 16384
_LEAST_SECONDS = 0.01
T = TypeVar("T")


class Stream(Protocol):
    """A connected byte stream."""

    def settimeout(self, seconds: float, /) -> None: ...
    def sendall(self, data: bytes, /) -> None: ...
    def recv(self, size: int, /) -> bytes: ...


class TlsError(ConnectionError):
    """The other side does not speak TLS, is not who it should be, or refuses us; the text is evidence."""


class TlsStream:
    """A `Stream` within TLS 1.2 or newer on another one, as the client `identity`.

    The other side must show exactly the certificate with the SHA-256 `fingerprint` (hexadecimal, of the DER form), signed by an authority
    that `identity` trusts; the handshake may take `seconds` in all, however slowly it trickles. Raises TlsError at construction when that
    fails, ConnectionError when it takes longer. Keys stay in memory: Python's own ssl module takes them from files only.
    """

    def __init__(self, stream: Stream, identity: Identity, fingerprint: str, *, seconds: float = 10.0) -> None:
        self._stream = stream
        self._deadline = time.monotonic() + seconds
        context = SSL.Context(SSL.TLS_CLIENT_METHOD)
        context.set_min_proto_version(SSL.TLS1_2_VERSION)
        context.use_privatekey(issuing.private_key(identity.key))
        context.use_certificate(issuing.load(identity.certificate))
        if (store := context.get_cert_store()) is not None:
            for trusted in issuing.load_several(identity.trusted):
                store.add_cert(crypto.X509.from_cryptography(trusted))
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT)
        self._tls = SSL.Connection(context, None)
        self._tls.set_connect_state()
        try:
            self._drive(self._tls.do_handshake)
        except EOFError:
            raise TlsError("TLS: it closed the connection") from None
        except TimeoutError:
            raise ConnectionError(f"TLS: no whole handshake within {seconds:g} s") from None
        self._deadline = math.inf
        shown = self._tls.get_peer_certificate(as_cryptography=True)
        if shown is None or shown.fingerprint(hashes.SHA256()).hex() != fingerprint:
            raise TlsError("it shows another certificate than the one that it was given")

    def settimeout(self, seconds: float, /) -> None:
        """For each reading from the stream below."""
        self._stream.settimeout(seconds)

    def sendall(self, data: bytes, /) -> None:
        self._drive(lambda: self._tls.sendall(data))

    def recv(self, size: int, /) -> bytes:
        """At most `size` bytes; empty at the end. Raises TlsError for an alert: the other side refuses this client."""
        try:
            return self._drive(lambda: self._tls.recv(size))
        except EOFError:
            return b""

    def _drive(self, act: Callable[[], T]) -> T:
        """Do `act`, moving bytes between OpenSSL and the stream as it asks. Raises EOFError at the end of the stream."""
        while True:
            try:
                done = act()
            except SSL.WantReadError:
                self._flush()
                if math.isfinite(self._deadline):
                    self._stream.settimeout(max(_LEAST_SECONDS, self._deadline - time.monotonic()))
                received = self._stream.recv(_PIECE)
                if time.monotonic() > self._deadline:
                    raise TimeoutError from None
                if not received:
                    raise EOFError from None
                self._tls.bio_write(received)
            except SSL.ZeroReturnError:
                raise EOFError from None
            except SSL.Error as error:
                raise TlsError(_said(error)) from error
            else:
                self._flush()
                return done

    def _flush(self) -> None:
        try:
            while pending := self._tls.bio_read(1 << 16):
                self._stream.sendall(pending)
        except SSL.WantReadError:
            pass  # nothing is left to send


def _said(error: SSL.Error) -> str:
    """OpenSSL's reasons: triples of library, function and reason."""
    reasons = error.args[0] if error.args and isinstance(error.args[0], (list, tuple)) else []
    words = [str(each[-1]) for each in reasons if isinstance(each, (list, tuple)) and each]
    return "TLS: " + (", ".join(words) or type(error).__name__)
