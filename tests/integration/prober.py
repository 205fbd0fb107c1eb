"""Who should not be let in, asking exporters again and again from outside while something is done to them."""

import socket
import ssl
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from app.services.pki import issuing
from tests.lab import Device

_SECONDS = 3.0
#: The patrol must neither hold up the tests nor wear out the devices.
_PATROL_SECONDS, _LOOK_SECONDS, _AGAIN_SECONDS = 1.0, 0.2, 0.5
_REQUEST = b"GET /metrics HTTP/1.0\r\nHost: probe\r\n\r\n"
Place = tuple[str, int]


class Strangers:
    """They ask in plain HTTP, in TLS without a certificate, with one of another authority, and below TLS 1.2."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
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

    def ask(self, place: Place) -> tuple[bool, list[str]]:
        """One after the other. Whether something listened, and who of them was let in."""
        answers = {name: self._ask(place, context) for name, context in self._ways.items()}
        return any(heard is not None for heard in answers.values()), [name for name, heard in answers.items() if heard]

    def _ask(self, place: Place, context: ssl.SSLContext | None) -> bool | None:
        """Whether one is let in; None when nothing listens."""
        try:
            connected = socket.create_connection(place, timeout=self._seconds)
        except OSError:
            return None
        heard = b""
        with connected, suppress(OSError):
            stream = context.wrap_socket(connected) if context else connected
            with stream:
                stream.sendall(_REQUEST)
                while piece := stream.recv(65536):
                    heard += piece
        return b" 200 " in heard[:40] or b"node_" in heard


class Prober:
    """Strangers at one place. `let_in` says who was answered."""

    def __init__(self, address: str, port: int = 9100) -> None:
        self._place = (address, port)
        self._strangers = Strangers()
        self.rounds = 0
        self.answered = 0
        """Rounds in which something listened."""
        self.let_in: list[str] = []
        self._ended = threading.Event()

    def probe(self) -> None:
        """One round."""
        self.rounds += 1
        listened, let_in = self._strangers.ask(self._place)
        self.answered += listened
        self.let_in += let_in

    @contextmanager
    def asking(self, pause: float = 0.02) -> Iterator["Prober"]:
        """Round after round, `pause` seconds apart, from now to the end of the block."""
        thread = threading.Thread(target=self._go_on, args=(pause,))
        thread.start()
        try:
            yield self
        finally:
            self._ended.set()
            thread.join()

    def _go_on(self, pause: float) -> None:
        while not self._ended.is_set():
            self.probe()
            self._ended.wait(pause)


class Patrol:
    """Strangers at whatever listens on the devices that `devices` tells, sshd apart, until it is ended: a context manager.

    A port is tried as soon as it is seen open and then every half a second, all by one thread, one connection at a time.
    """

    def __init__(self, devices: Callable[[], Sequence[Device]]) -> None:
        self._devices = devices
        self._strangers = Strangers(_PATROL_SECONDS)
        self._due: dict[Place, float] = {}
        self._found: list[str] = []
        self.visits = 0
        """Rounds of all strangers at one port."""
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_round, name="patrol")

    def __enter__(self) -> "Patrol":
        self._thread.start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._ended.set()
        self._thread.join()

    def take(self) -> list[str]:
        """Who was let in where since the last call, up to now: a visit that is under way is waited for."""
        assert self._thread.is_alive(), "nobody asks any more"
        with self._lock:
            found, self._found = self._found, []
        return found

    def _go_round(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            with self._lock:
                self._visit_the_longest_waiting()

    def _visit_the_longest_waiting(self) -> None:
        now = time.monotonic()
        open_now = {
            (address, port): device.name
            for device in self._devices()
            for address, port in device.listening
            if port != device.port
        }
        self._due = {place: self._due.get(place, 0.0) for place in open_now}
        place = min(self._due, key=self._due.__getitem__, default=None)
        if place is None or self._due[place] > now:
            return
        self.visits += 1
        _, let_in = self._strangers.ask(place)
        self._found += [f"{open_now[place]}, port {place[1]}: {way}" for way in let_in]
        self._due[place] = time.monotonic() + _AGAIN_SECONDS


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
