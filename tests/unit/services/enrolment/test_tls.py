"""Both sides in memory: the client under test, and a server of Python's own ssl module that asks for a client certificate as exporters do."""

import ssl
from pathlib import Path

import pytest

from app.models.certificate import Identity
from app.models.secret import Secret
from app.services.enrolment.tls import TlsStream
from app.services.pki import issuing


class Server:
    """The other end of a stream. What it hears is answered at once, so nothing ever waits."""

    def __init__(
        self, folder: Path, authority: tuple[str, Secret], *, asks: bool = True, most: ssl.TLSVersion | None = None
    ) -> None:
        key = issuing.new_key()
        self.certificate = issuing.server_certificate(
            *authority, issuing.public_key_of(key), name="t", names=("10.0.0.7",)
        )
        pair, trusted = folder / "pair.pem", folder / "trusted.pem"
        pair.write_text(self.certificate + key.reveal())
        trusted.write_text(authority[0])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pair)
        if most is not None:
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, most
            context.set_ciphers("ALL:@SECLEVEL=0")
        if asks:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(trusted)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._is_open = False
        self.heard = b""
        self.answer = b""

    def settimeout(self, _seconds: float, /) -> None: ...

    def sendall(self, data: bytes, /) -> None:
        self._incoming.write(data)
        try:
            if not self._is_open:
                self._tls.do_handshake()
                self._is_open = True
            self.heard += self._tls.read(65536)
            self._tls.write(self.answer)
            self._tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError:
            pass  # its alert goes out

    def recv(self, _size: int, /) -> bytes:
        return self._outgoing.read()


def authority() -> tuple[str, Secret]:
    key = issuing.new_key()
    return issuing.authority_certificate(key, "test"), key


def client_of(made: tuple[str, Secret], *, trusting: str = "") -> Identity:
    key = issuing.new_key()
    return Identity(issuing.client_certificate(*made, key, "client", days=1), key, trusting or made[0])


@pytest.fixture
def made() -> tuple[str, Secret]:
    return authority()


def test_what_is_sent_arrives_and_is_answered(tmp_path: Path, made: tuple[str, Secret]) -> None:
    server = Server(tmp_path, made)
    server.answer = b"node_exporter_build_info{" * 4000
    stream = TlsStream(server, client_of(made), issuing.fingerprint(server.certificate))
    stream.sendall(b"GET /metrics")
    received = b""
    while piece := stream.recv(4096):
        received += piece
    assert server.heard == b"GET /metrics"
    assert received == server.answer


def test_another_certificate_of_the_same_authority_is_refused(tmp_path: Path, made: tuple[str, Secret]) -> None:
    server = Server(tmp_path, made)
    with pytest.raises(ConnectionError, match="another certificate"):
        TlsStream(server, client_of(made), "0" * 64)


def test_another_authority_is_refused(tmp_path: Path, made: tuple[str, Secret]) -> None:
    server = Server(tmp_path, made)
    with pytest.raises(ConnectionError, match="verify failed"):
        TlsStream(server, client_of(made, trusting=authority()[0]), issuing.fingerprint(server.certificate))


def test_a_client_of_another_authority_is_told_so(tmp_path: Path, made: tuple[str, Secret]) -> None:
    server = Server(tmp_path, made)
    stranger = client_of(authority(), trusting=made[0])
    # In TLS 1.3 the server judges after the client has finished.
    stream = TlsStream(server, stranger, issuing.fingerprint(server.certificate))
    stream.sendall(b"GET /metrics")
    with pytest.raises(ConnectionError, match="alert"):
        stream.recv(100)
    assert server.heard == b""


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_nothing_older_than_tls_1_2(tmp_path: Path, made: tuple[str, Secret]) -> None:
    server = Server(tmp_path, made, most=ssl.TLSVersion.TLSv1_1)
    with pytest.raises(ConnectionError, match="TLS"):
        TlsStream(server, client_of(made), issuing.fingerprint(server.certificate))


def test_what_is_no_tls_is_refused() -> None:
    class Plain:
        def settimeout(self, _seconds: float, /) -> None: ...
        def sendall(self, _data: bytes, /) -> None: ...
        def recv(self, _size: int, /) -> bytes:
            return b"HTTP/1.0 400 Bad Request\r\n\r\n"

    with pytest.raises(ConnectionError, match="TLS"):
        TlsStream(Plain(), client_of(authority()), "0" * 64)
