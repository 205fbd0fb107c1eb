"""Servers on a loopback address for the probe: well-behaved, refusing, silent, slow and endless."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Behaviour = Callable[[socket.socket], None]
ENDS_AT = datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC)


@contextmanager
def serving(behave: Behaviour, context: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of a server that lets `behave` loose on each connection, after the handshake when there is a `context`."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threads: list[threading.Thread] = []

        def handle(connection: socket.socket) -> None:
            with suppress(OSError), connection:
                connection.settimeout(5)
                if context is None:
                    behave(connection)
                else:
                    with context.wrap_socket(connection, server_side=True) as secured:
                        behave(secured)

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = server.accept()
                    threads.append(threading.Thread(target=handle, args=(connection,)))
                    threads[-1].start()

        accepting = threading.Thread(target=accept)
        accepting.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()


def answering(status: int, body: bytes = b"node_load1 0.5\n") -> Behaviour:
    """An HTTP server that gives everybody this status, and 400 for what is no HTTP."""

    def behave(connection: socket.socket) -> None:
        asked = connection.recv(4096).startswith(b"GET /metrics ")
        connection.sendall(b"HTTP/1.1 %d Word\r\nConnection: close\r\n\r\n" % (status if asked else 400) + body)

    return behave


def saying(text: bytes) -> Behaviour:
    def behave(connection: socket.socket) -> None:
        connection.sendall(text)
        connection.recv(4096)

    return behave


def silent(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def dripping(connection: socket.socket) -> None:
    """A byte every now and then, never a line."""
    connection.settimeout(0.05)
    while True:
        connection.sendall(b"H")
        with suppress(TimeoutError):
            if not connection.recv(4096):
                return


def endless(connection: socket.socket) -> None:
    while True:
        connection.sendall(b"x" * 65536)


def certificate_in(folder: Path) -> Path:
    """A self-signed certificate that ends at ENDS_AT, and its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "turbine-07")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ENDS_AT - timedelta(days=3650))
        .not_valid_after(ENDS_AT)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / "server.pem"
    file.write_bytes(plain + certificate.public_bytes(pem))
    return file


def tls(folder: Path, *, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, demanding: bool = False) -> ssl.SSLContext:
    """A server's side of TLS; a `demanding` one wants a client certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = certificate_in(folder)
    context.load_cert_chain(file)
    context.maximum_version = version
    if demanding:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(file)
    return context
