"""Who should not be let in, asking an exporter again and again from outside while something is done to it."""

import socket
import ssl
import tempfile
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.services.pki import issuing

_SECONDS = 3.0
_REQUEST = b"GET /metrics HTTP/1.0\r\nHost: probe\r\n\r\n"


class Prober:
    """Asks in plain HTTP, in TLS without a certificate, with one of another authority, and below TLS 1.2. `let_in` says what was answered."""

    def __init__(self, address: str, port: int = 9100) -> None:
        self._place = (address, port)
        self.rounds = 0
        self.answered = 0
        """Rounds in which something listened."""
        self.let_in: list[str] = []
        self._ended = threading.Event()
        key = issuing.new_key()
        authority = issuing.authority_certificate(key, "stranger")
        client = issuing.new_key()
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as pair:
            pair.write(issuing.client_certificate(authority, key, client, "stranger", days=1) + client.reveal())
            pair.flush()
            stranger = _context()
            stranger.load_cert_chain(pair.name)
        old = _context()
        with warnings.catch_warnings():
            # That it is out of use is why it is asked for.
            warnings.simplefilter("ignore", DeprecationWarning)
            old.minimum_version, old.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        self._ways = {
            "plain HTTP": None,
            "no certificate": _context(),
            "a stranger's certificate": stranger,
            "TLS 1.1": old,
        }

    def probe(self) -> None:
        """One round."""
        self.rounds += 1
        answers = [self._ask(name, context) for name, context in self._ways.items()]
        self.answered += any(answers)

    def _ask(self, name: str, context: ssl.SSLContext | None) -> bool:
        """Whether something listened."""
        try:
            connected = socket.create_connection(self._place, timeout=_SECONDS)
        except OSError:
            return False
        with connected, suppress(OSError):
            stream = context.wrap_socket(connected) if context else connected
            with stream:
                stream.sendall(_REQUEST)
                heard = b""
                while piece := stream.recv(65536):
                    heard += piece
                if b" 200 " in heard[:40] or b"node_" in heard:
                    self.let_in.append(name)
        return True

    @contextmanager
    def asking(self) -> Iterator["Prober"]:
        """Round after round, from now to the end of the block."""
        thread = threading.Thread(target=self._go_on)
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join()

    def _go_on(self) -> None:
        while not self._ended.is_set():
            self.probe()
            self._ended.wait(0.02)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
