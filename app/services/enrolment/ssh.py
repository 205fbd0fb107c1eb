"""SSH by Paramiko, which only this module, `ssh_login`, `interview`, `agent`, `keys` and `ssh_stream` know. Its exceptions end here."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace

import paramiko
from paramiko.ssh_exception import ChannelException, IncompatiblePeer

from app.errors import Cancelled, DeviceError
from app.models.endpoint import HostKey, Login
from app.services.enrolment import failures
from app.services.enrolment.network import ChannelSocket, Wire, open_socket
from app.services.enrolment.program import plain
from app.services.enrolment.questions import Asker, nobody
from app.services.enrolment.shell import LOOPBACK, Ended, Expected, Outbox
from app.services.enrolment.ssh_login import LogIn
from app.services.enrolment.ssh_packets import UNREAD_SECONDS, BoundedPacketizer
from app.services.enrolment.ssh_stream import RUN_BYTES, Exchange, StreamLimits, http_body
from app.services.enrolment.tls import TlsStream
from app.services.progress import CancelToken

_KEYS_AGAIN_SECONDS = 10.0
_THREAD_SECONDS = 5.0
_POLL_SECONDS = 0.1
#: How long a cancelled command may take to see that its input has ended. Longer runs are waited for by the program that undoes them.
_ENDING_SECONDS = 5.0
#: How often the library's thread looks up from a silent connection; its own 0.1 cost a device that waits for its first scrape 8 ms of CPU.
_IDLE_SECONDS = 2.0

#: Cheapest first: for the exporter's 13.7 MB the first takes 21 ms of CPU, Paramiko's own first choice 30. No CBC, no 3DES.
_CIPHERS = ("aes128-gcm@openssh.com", "aes128-ctr", "aes256-gcm@openssh.com", "aes256-ctr", "aes192-ctr")
_KEY_ALGORITHMS = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}

# The library logs, with tracebacks, what it also raises.
logging.getLogger("paramiko").setLevel(logging.CRITICAL + 1)


def target_of(address: str, port: int) -> str:
    """host:port for people; IPv6 in brackets."""
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@dataclass(frozen=True)
class SshConnector:
    """A `Connector`. Seconds are how long each part may take; `ask` answers what servers ask at a login.

    `retry_waits` are the waits before connecting again to a server that closed at once: by default sshd drops connections at random
    when ten are logging in. It is not tried again later than `retry_seconds` after the first time.
    """

    connect_seconds: float = 10.0
    greeting_seconds: float = 10.0
    exchange_seconds: float = 20.0
    login_seconds: float = 30.0
    channel_seconds: float = 10.0
    retry_waits: tuple[float, ...] = (0.3, 0.8, 2.0)
    retry_seconds: float = 10.0
    stream: StreamLimits = field(default_factory=StreamLimits)
    ask: Asker = nobody
    jump: "SshShell | None" = None
    """Where connections start; None: here."""

    def __call__(self, address: str, port: int, *, expected: HostKey | None, token: CancelToken) -> "SshConnection":
        """See `Connector`."""
        try:
            return self._patiently(address, port, expected, token)
        except failures.NoCommonAlgorithmError:
            if expected is None:
                raise
            # Perhaps the device has a key of another kind now: the caller compares and tells.
            return self._patiently(address, port, None, token)

    def _patiently(self, address: str, port: int, expected: HostKey | None, token: CancelToken) -> "SshConnection":
        last = time.monotonic() + self.retry_seconds
        for wait in self.retry_waits:
            try:
                return SshConnection(address, port, expected, self, token)
            except failures.DroppedError:
                if time.monotonic() + wait > last:
                    raise
                token.sleep(wait)
        return SshConnection(address, port, expected, self, token)


def fetch_host_key(address: str, port: int = 22, *, timeout: float = 10.0) -> HostKey:
    """The key that answers at an address now, to be shown to the operator. Nothing is trusted, and nothing but the protocol is sent.

    Ed25519 before ECDSA before RSA. `timeout` is for connecting. Raises one of the failures on the way to a device.
    """
    connection = SshConnector(connect_seconds=timeout)(address, port, expected=None, token=CancelToken())
    try:
        return connection.host_key
    finally:
        connection.close()


class SshConnection:
    """A `Connection` with keys agreed on: on `connected`, if there is a connection already, which is closed in any case."""

    def __init__(
        self,
        address: str,
        port: int,
        expected: HostKey | None,
        limits: SshConnector,
        token: CancelToken,
        *,
        connected: Wire | None = None,
    ) -> None:
        self._target = target_of(address, port)
        self._limits = limits
        self._socket: Wire = connected or (
            limits.jump.open_stream(address, port, timeout=limits.connect_seconds, token=token)
            if limits.jump
            else open_socket(address, port, timeout=limits.connect_seconds, token=token)
        )
        try:
            # A channel has what it uses of a socket.
            self._transport = paramiko.Transport(self._socket, packetizer_class=BoundedPacketizer)  # type: ignore[arg-type]
        except BaseException:
            self._socket.close()
            raise
        try:
            with token.on_cancel(self._socket.interrupt):
                self._agree(expected, token)
        except BaseException:
            self.close()
            raise

    @property
    def host_key(self) -> HostKey:
        key = self._transport.get_remote_server_key()
        return HostKey(key.get_name(), key.get_base64())

    def close(self) -> None:
        _end(self._transport, self._socket)

    def log_in(self, login: Login, token: CancelToken) -> "SshShell":
        """Raises one of the failures of logging in, StalledError or ConnectionLostError; Cancelled."""
        LogIn(
            self._transport,
            self._socket,
            login,
            self._target,
            ask=self._limits.ask,
            seconds=self._limits.login_seconds,
            token=token,
        ).run()
        self._socket.settimeout(_IDLE_SECONDS)
        return SshShell(self._target, self._transport, self._socket, self._limits)

    def _agree(self, expected: HostKey | None, token: CancelToken) -> None:
        options = self._transport.get_security_options()
        options.ciphers = _CIPHERS
        if expected is not None:
            if expected.kind not in _KEY_ALGORITHMS:
                raise failures.NoCommonAlgorithmError(expected.kind, target=self._target, what="kind of host key")
            options.key_types = _KEY_ALGORITHMS[expected.kind]
        self._transport.banner_timeout = self._limits.greeting_seconds
        self._transport.handshake_timeout = 2 * self._limits.exchange_seconds  # ours is the one that counts
        self._transport.clear_to_send_timeout = _KEYS_AGAIN_SECONDS
        done = threading.Event()
        self._transport.start_client(event=done)
        deadline = time.monotonic() + self._limits.exchange_seconds
        while not done.wait(_POLL_SECONDS) and time.monotonic() < deadline and self._transport.is_active():
            token.check()
        token.check()
        is_late = self._transport.is_active() and not done.is_set()
        if is_late or not self._transport.is_active():
            raise self._negotiation_failure(self._transport.get_exception(), is_late=is_late)

    def _negotiation_failure(self, error: Exception | None, *, is_late: bool) -> DeviceError:
        if isinstance(error, IncompatiblePeer):
            what = "kind of host key" if "host key" in str(error) else "encryption"
            return failures.NoCommonAlgorithmError(str(error), target=self._target, what=what)
        if self._socket.is_ssh:
            if error is not None and not isinstance(error, (EOFError, OSError)):
                return failures.ProtocolBrokenError(_told(error), target=self._target)
            if is_late:
                return failures.StalledError(target=self._target, seconds=f"{self._limits.exchange_seconds:g}")
            return failures.DroppedError(str(error or ""), target=self._target)
        if self._socket.greeting:
            evidence = f"It begins with: {self._socket.greeting_text}"
            return failures.NotAnSshServerError(evidence, target=self._target)
        if self._socket.ended or isinstance(error, (OSError, EOFError)):
            return failures.DroppedError("It closed before its greeting.", target=self._target)
        return failures.SilentError(f"No greeting within {self._limits.greeting_seconds:g} s.", target=self._target)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _end(transport: paramiko.Transport, connected: Wire) -> None:
    """Close, and wait for the library's thread, which sees the end at once."""
    connected.end()
    if transport.is_alive():
        transport.join(_THREAD_SECONDS)
    transport.packetizer.complete_handshake()  # else its timer goes on as a thread
    transport.close()
    connected.close()


class SshShell:
    """A `RemoteShell` on a transport that is logged in."""

    def __init__(self, target: str, transport: paramiko.Transport, connected: Wire, limits: SshConnector) -> None:
        self._target = target
        self._transport = transport
        self._socket = connected
        self._limits = limits
        self._is_late = False

    def run(
        self,
        command: str,
        outbox: Outbox,
        *,
        on_line: Callable[[str], None],
        on_errors: Callable[[str], None],
        on_sent: Callable[[int], None],
        seconds: float,
        token: CancelToken,
    ) -> Ended:
        token.check()
        self._allow(RUN_BYTES)
        with self._translated():
            with self._guarded():
                channel = self._transport.open_session()
                channel.exec_command(command)
            try:
                ended = Exchange(
                    self._target,
                    channel,
                    outbox,
                    self._limits.stream,
                    on_line=on_line,
                    on_errors=on_errors,
                    on_sent=on_sent,
                    together=self._together,
                ).run(seconds, token)
            except Cancelled:
                _let_end(channel)
                raise
            finally:
                _close(channel)
        if ended.status is None and (reason := self._reason()):
            raise reason
        return ended

    def https_get(
        self, port: int, path: str, tls: Expected, *, timeout: float, limit: int, address: str = LOOPBACK
    ) -> bytes | None:
        self._allow(RUN_BYTES + 2 * limit)
        with self._translated(but=ConnectionError):
            try:
                with self._guarded():
                    channel = self._transport.open_channel("direct-tcpip", (address, port), (LOOPBACK, 0))
            except ChannelException as error:
                if error.code == _PROHIBITED:
                    return None
                raise ConnectionRefusedError(error.text) from error
            except paramiko.SSHException as error:
                if not self._transport.is_active():
                    raise
                raise ConnectionResetError("it ended at once") from error
            try:
                stream = TlsStream(channel, tls.identity, tls.fingerprint, seconds=timeout)
                return http_body(stream, path, timeout=timeout, limit=limit)
            except OSError as error:
                if isinstance(error, ConnectionError) or not self._transport.is_active():
                    raise
                # It is the tunnel that has ended, or says nothing, and not the connection.
                raise ConnectionResetError(str(error) or f"no answer within {timeout:g} s") from error
            finally:
                _close(channel)

    def onward(self) -> SshConnector:
        return replace(self._limits, jump=self)

    def open_stream(self, address: str, port: int, *, timeout: float, token: CancelToken) -> ChannelSocket:
        """A connection from this host to another. Raises JumpForbiddenError, JumpFailedError, ConnectionLostError, Cancelled."""
        told = {"target": target_of(address, port), "jump": self._target}
        self._allow(RUN_BYTES)
        with self._translated(), token.on_cancel(self._socket.interrupt):
            try:
                channel = self._transport.open_channel("direct-tcpip", (address, port), (LOOPBACK, 0), timeout=timeout)
            except ChannelException as error:
                if error.code == _PROHIBITED:
                    raise failures.JumpForbiddenError(plain(error.text), **told) from error
                raise failures.JumpFailedError(plain(error.text), **told) from error
            except (paramiko.SSHException, OSError) as error:
                token.check()
                if not self._transport.is_active():
                    raise
                raise failures.JumpFailedError(f"No answer within {timeout:g} s.", **told) from error
        return ChannelSocket(channel, self._socket.interrupt)

    def close(self) -> None:
        _end(self._transport, self._socket)

    def _together(self) -> AbstractContextManager[None]:
        """See `BoundedPacketizer.together`."""
        packets = self._transport.packetizer
        return packets.together() if isinstance(packets, BoundedPacketizer) else nullcontext()

    def _allow(self, size: int) -> None:
        """What the device may send from now on, all in all; a jump host carries that, in packets of its own."""
        if isinstance(packets := self._transport.packetizer, BoundedPacketizer):
            packets.allow(size)
        if self._limits.jump:
            self._limits.jump._allow(2 * size)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """The library waits without limit for some answers about a channel; a silent server is cut off instead."""

        def cut() -> None:
            self._is_late = True
            self._socket.interrupt()

        guard = threading.Timer(self._limits.channel_seconds, cut)
        guard.daemon = True
        guard.start()
        try:
            yield
        finally:
            guard.cancel()
            guard.join()

    @contextmanager
    def _translated(self, *, but: type[Exception] = DeviceError) -> Iterator[None]:
        """One of our failures for whatever the library raises, or for why it ended the connection."""
        try:
            yield
        except (DeviceError, Cancelled, but) as error:
            if isinstance(error, failures.ConnectionLostError) and (reason := self._reason()):
                raise reason from error
            raise
        except (OSError, paramiko.SSHException, EOFError) as error:
            raise self._reason() or failures.ConnectionLostError(_told(error), target=self._target) from error

    def _reason(self) -> DeviceError | None:
        """Why we, not the device, have ended the connection; None when we have not."""
        packets = self._transport.packetizer
        if isinstance(packets, BoundedPacketizer) and packets.has_exceeded:
            return failures.FloodedError(target=self._target)
        if self._is_late:
            return failures.StalledError(target=self._target, seconds=f"{self._limits.channel_seconds:g}")
        if isinstance(packets, BoundedPacketizer) and packets.is_unread:
            return failures.StalledError("It reads nothing.", target=self._target, seconds=f"{UNREAD_SECONDS:g}")
        error = None if self._transport.is_active() else self._transport.get_exception()
        if error is None or isinstance(error, (EOFError, OSError)):
            return None
        return failures.ProtocolBrokenError(_told(error), target=self._target)


def _let_end(channel: paramiko.Channel) -> None:
    """Tell a command that nothing more comes, and give it a moment to end.

    One that has not even begun, because the device is slow, must not do so after whatever undoes it.
    """
    with suppress(OSError, paramiko.SSHException, EOFError):
        channel.shutdown_write()
        channel.status_event.wait(_ENDING_SECONDS)


def _close(channel: paramiko.Channel) -> None:
    """Tell the other side, if it still listens."""
    with suppress(OSError, paramiko.SSHException, EOFError):
        channel.close()


#: SSH_OPEN_ADMINISTRATIVELY_PROHIBITED of RFC 4254.
_PROHIBITED = 1
