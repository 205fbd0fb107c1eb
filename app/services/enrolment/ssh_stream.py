"""The stream to and from one command, and one HTTP request, each on a channel of its own. Bounded in size and in time."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import paramiko

from app.services.enrolment.failures import ConnectionLostError, FloodedError, StalledError, TooSlowError
from app.services.enrolment.shell import Ended, Outbox
from app.services.enrolment.tls import Stream
from app.services.progress import CancelToken

#: sshd's cost grows when its window is filled: with this cap, 59 devices take less than half of its CPU and of the time.
IN_FLIGHT_BYTES = 256 * 1024
OUTPUT_BYTES = 1024 * 1024
#: What a device may send, whatever it calls it, while a command runs: its output, and the packets about it.
RUN_BYTES = 4 * OUTPUT_BYTES
LINE_BYTES = 4096
#: Sending less than this is no progress: the exporter would need hours.
_PROGRESS_BYTES = 64 * 1024
_ERROR_BYTES = 4096
_POLL_SECONDS = 0.1
_WINDOW_POLL_SECONDS = 0.05
_STATUS_SECONDS = 10.0
#: What is left of a packet for data (RFC 4253, 6.1).
_PIECE_BYTES = 32 * 1024 - 64


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """`silence_seconds` is how long a device may make no progress (a whole line, 64 KiB read), `longest_seconds` how long anything may take."""

    silence_seconds: float = 35.0
    longest_seconds: float = 1800.0


class Exchange:
    """Feeds a command and reads its answers, on one thread: what can be sent is sent, else whatever comes is waited for."""

    def __init__(
        self,
        target: str,
        channel: paramiko.Channel,
        outbox: Outbox,
        limits: StreamLimits,
        *,
        on_line: Callable[[str], None],
        on_errors: Callable[[str], None],
        on_sent: Callable[[int], None],
        together: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        """`together` makes a block whose packets leave as one."""
        self._together = together
        self._target = target
        self._channel = channel
        self._outbox = outbox
        self._limits = limits
        self._on_line = on_line
        self._on_errors = on_errors
        self._on_sent = on_sent
        self._window = channel.out_window_size
        # Room for less than a piece is waited for, but a server with a small window may never make more than half of that free.
        self._least = max(1, min(_PIECE_BYTES, self._window // 4))
        self._sent = 0
        self._received = 0
        self._line = b""
        self._errors = b""
        self._closed_input = False
        self._lines = 0

    def run(self, seconds: float, token: CancelToken) -> Ended:
        """Until the command has closed its output; see `RemoteShell.run`. Raises what callbacks raise, too."""
        limits = self._limits
        begun = moved = fed = time.monotonic()
        taken = lines = 0
        self._channel.settimeout(_POLL_SECONDS)
        while True:
            token.check()
            busy = self._send()
            if self._receive(wait=not busy):
                return self._end()
            now = time.monotonic()
            takes = self._taken() - taken >= _PROGRESS_BYTES
            if busy or takes:
                fed = now
            if takes or self._lines > lines or (busy and self._outbox.is_empty):
                moved, lines, taken = now, self._lines, self._taken()
            elif now - moved > limits.silence_seconds:
                raise StalledError(target=self._target, seconds=f"{limits.silence_seconds:g}")
            longest = limits.longest_seconds
            if now - begun > longest or (self._outbox.is_empty and now - fed > min(seconds, longest)):
                raise TooSlowError(target=self._target, seconds=f"{min(seconds, longest):g}")

    def _taken(self) -> int:
        """Bytes that the other side has read, as far as it tells: on a slow link the last are long under way."""
        return self._sent - max(0, self._window - int(self._channel.out_window_size))

    def _send(self) -> bool:
        """Send as many pieces as the cap lets. True if anything was done.

        Whole pieces, and all that there is room for, which is three of them at a time with sshd: a third of the turns.
        """
        if self._outbox.is_empty:
            if self._outbox.is_finished and not self._closed_input:
                self._closed_input = True
                self._channel.shutdown_write()
            return False
        room = self._room()
        if room < self._least:
            return False
        with self._together():
            while room >= self._least and not self._outbox.is_empty:
                # Never sendall(): it copies what is left for each packet, 280 ms of CPU for the exporter instead of 21.
                piece = self._outbox.take(min(room, _PIECE_BYTES))
                room -= len(piece)
                while piece:
                    done = self._send_piece(piece)
                    if done == 0:
                        return False  # the command has ended; its answer tells why
                    self._sent += done
                    piece = piece[done:]
        self._on_sent(self._sent)
        return True

    def _send_piece(self, piece: bytes) -> int:
        """Bytes sent; 0 when the other side has closed the channel, whether before the call or during it."""
        try:
            return self._channel.send(piece)
        except OSError:
            if self._channel.closed:
                return 0
            raise

    def _room(self) -> int:
        """Bytes that may be sent now; waits a moment for some."""
        channel = self._channel
        floor = max(0, self._window - IN_FLIGHT_BYTES)
        with channel.lock:
            if channel.out_window_size < floor + self._least and not channel.closed:
                channel.out_buffer_cv.wait(_WINDOW_POLL_SECONDS)
            return int(channel.out_window_size) - floor

    def _receive(self, *, wait: bool) -> bool:
        """Read what has come. True when output has ended."""
        self._receive_errors()
        if not wait and not self._channel.recv_ready():
            return False
        if not self._outbox.is_empty and not self._channel.recv_ready() and not self._channel.closed:
            return False  # the wait was for room to send
        try:
            data = self._channel.recv(32768)
        except TimeoutError:
            self._receive_errors()
            return False
        if not data:
            return True
        self._count(len(data))
        *lines, rest = (self._line + data).split(b"\n")
        self._line = rest[:LINE_BYTES]
        self._lines += len(lines)
        for line in lines:
            self._on_line(line[:LINE_BYTES].decode("utf-8", "replace"))
        return False

    def _receive_errors(self) -> None:
        heard = False
        while self._channel.recv_stderr_ready():
            data = self._channel.recv_stderr(4096)
            self._count(len(data))
            self._errors = (self._errors + data)[-_ERROR_BYTES:]
            heard = True
        if heard:
            self._on_errors(self._errors.decode("utf-8", "replace"))

    def _count(self, size: int) -> None:
        self._received += size
        if self._received > OUTPUT_BYTES:
            raise FloodedError(f"More than {OUTPUT_BYTES >> 10} KiB.", target=self._target)

    def _end(self) -> Ended:
        if self._line:
            self._on_line(self._line.decode("utf-8", "replace"))
        self._receive_errors()
        if not self._channel.status_event.wait(_STATUS_SECONDS):
            raise ConnectionLostError("The command's end was not told.", target=self._target)
        self._receive_errors()
        status = self._channel.exit_status
        return Ended(status if status >= 0 else None, self._errors.decode("utf-8", "replace"))


def http_body(channel: Stream, path: str, *, timeout: float, limit: int) -> bytes:
    """GET over an open connection: the body. Raises ConnectionError for anything but an answer with status 200 of at most `limit` bytes."""
    deadline = time.monotonic() + timeout
    channel.settimeout(_POLL_SECONDS)
    answer = bytearray()
    try:
        channel.sendall(f"GET {path} HTTP/1.0\r\nHost: localhost\r\nUser-Agent: plantwatch\r\n\r\n".encode("ascii"))
        while (data := _received(channel, deadline)) and len(answer) <= limit:
            answer += data
    except TimeoutError as error:
        raise ConnectionError(f"no whole answer within {timeout:g} s") from error
    if len(answer) > limit:
        raise ConnectionError(f"the answer is longer than {limit >> 10} KiB")
    head, _, body = bytes(answer).partition(b"\r\n\r\n")
    status = head.split(b"\r\n", 1)[0].split(b" ", 2)
    if not status[0].startswith(b"HTTP/") or len(status) < 2 or status[1] != b"200":
        raise ConnectionError(f"it begins with: {head[:100].decode('latin-1')!a}")
    return body


def _received(channel: Stream, deadline: float) -> bytes:
    """What comes next, empty at the end. Raises TimeoutError at the deadline, whatever else comes."""
    while time.monotonic() < deadline:
        try:
            return channel.recv(65536)
        except TimeoutError:
            continue
    raise TimeoutError
