"""TLS as a device speaks it, with the certificate and the key that it has just been given."""

import ssl
import tempfile
from typing import Any

import paramiko


class TlsChannel:
    """A channel of SSH with TLS within. Reads and writes are what scripts need of a channel."""

    def __init__(self, channel: paramiko.Channel, pair: str) -> None:
        self._channel = channel
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
            file.write(pair)
            file.flush()
            context.load_cert_chain(file.name)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)
        self._drive(self._tls.do_handshake)

    def recv(self, size: int) -> bytes:
        data: bytes = self._drive(lambda: self._tls.read(size))
        return data

    def sendall(self, data: bytes) -> None:
        self._drive(lambda: self._tls.write(data))

    def get_transport(self) -> paramiko.Transport:
        return self._channel.get_transport()

    def _drive(self, act: Any) -> Any:
        while True:
            try:
                done = act()
            except ssl.SSLWantReadError:
                self._flush()
                received = self._channel.recv(16384)
                if not received:
                    raise EOFError from None
                self._incoming.write(received)
            else:
                self._flush()
                return done

    def _flush(self) -> None:
        if pending := self._outgoing.read():
            self._channel.sendall(pending)
