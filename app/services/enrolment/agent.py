"""The keys of the operator's ssh-agent: offered by their public halves and signed with by the agent. Nothing of them is seen or kept."""

import os
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import paramiko

from app.errors import InputError
from app.models.endpoint import HostKey
from app.services.enrolment.failures import AgentEmptyError, AgentFailedError, AgentLacksKeyError, AgentMissingError

_LIST_SECONDS = 5.0
#: As long as a login may take: the agent may ask its owner for a confirmation or a touch.
SIGN_SECONDS = 30.0
_ANSWER_LIMIT = 256 * 1024
_KEYS_LIMIT = 200

# draft-miller-ssh-agent
_REQUEST_IDENTITIES, _IDENTITIES = 11, 12
_SIGN, _SIGNATURE = 13, 14
_FLAGS = {"rsa-sha2-256": 2, "rsa-sha2-512": 4}


class Line(Protocol):
    """The way to an agent: a socket, or what stands for one on Windows."""

    def send(self, data: bytes, /) -> object: ...

    def recv(self, size: int, /) -> bytes: ...

    def close(self) -> object: ...


class Agent:
    """A conversation with the agent. One thread at a time; `close()` may be called from another, and ends a wait."""

    def __init__(self, line: Line | None = None) -> None:
        """By `line`, or to the session's own agent. Raises AgentMissingError."""
        self._line = line or _line()
        self.problem = ""
        """Why it did not sign; empty when it did."""

    def keys(self, only: str = "") -> list["AgentKey"]:
        """All its keys, or the one whose public half is in the file `only`. Raises AgentEmptyError, AgentLacksKeyError, AgentFailedError."""
        self._limit(_LIST_SECONDS)
        try:
            kind, answer = self._ask(bytes([_REQUEST_IDENTITIES]))
        except (OSError, ValueError) as error:
            raise AgentFailedError(why=f"{error}.") from error
        if kind != _IDENTITIES:
            raise AgentFailedError(why="it does not tell its keys.")
        message = paramiko.Message(answer)
        count = message.get_int()
        if count > _KEYS_LIMIT:
            raise AgentFailedError(why=f"it claims to have {count} keys.")
        found = []
        for _ in range(count):
            found.append(AgentKey(self, message.get_string()))
            message.get_string()  # the comment
        if not found:
            raise AgentEmptyError
        return [_chosen(found, only)] if only else found

    def sign(self, blob: bytes, data: bytes, algorithm: str) -> bytes:
        """Raises SSHException when the agent does not; `problem` says why."""
        self._limit(SIGN_SECONDS)
        flags = struct.pack(">I", _FLAGS.get(algorithm, 0))
        try:
            kind, answer = self._ask(bytes([_SIGN]) + _text(blob) + _text(data) + flags)
        except (OSError, ValueError) as error:
            self.problem = f"{error}."
            raise paramiko.SSHException(self.problem) from error
        if kind != _SIGNATURE:
            self.problem = "it refuses to sign."
            raise paramiko.SSHException(self.problem)
        return paramiko.Message(answer).get_string()

    def close(self) -> None:
        if isinstance(self._line, socket.socket):
            with suppress(OSError):  # the other side has closed already
                self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()

    def _limit(self, seconds: float) -> None:
        if isinstance(self._line, socket.socket):
            self._line.settimeout(seconds)

    def _ask(self, request: bytes) -> tuple[int, bytes]:
        self._line.send(_text(request))
        size = struct.unpack(">I", self._read(4))[0]
        if not 1 <= size <= _ANSWER_LIMIT:
            raise ValueError("its answer is not one of an agent")
        answer = self._read(size)
        return answer[0], answer[1:]

    def _read(self, size: int) -> bytes:
        received = b""
        while len(received) < size:
            piece = self._line.recv(size - len(received))
            if not piece:
                raise ConnectionError("it has ended")
            received += piece
        return received


def _line() -> Line:
    if sys.platform == "win32":
        from paramiko.agent import get_agent_connection  # noqa: PLC0415 - knows Pageant and the service's pipe

        found: Line | None = get_agent_connection()
        if found is None:
            raise AgentMissingError
        return found
    place = os.environ.get("SSH_AUTH_SOCK", "")
    if not place:
        raise AgentMissingError("SSH_AUTH_SOCK is not set.")
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    made.settimeout(_LIST_SECONDS)
    try:
        made.connect(place)
    except OSError as error:
        made.close()
        raise AgentMissingError(f"SSH_AUTH_SOCK is {place}: {error.strerror or error}") from error
    return made


class AgentKey(paramiko.PKey):
    """A key for Paramiko whose private half is the agent's."""

    public_blob = None

    def __init__(self, agent: Agent, blob: bytes) -> None:
        self._agent = agent
        self._blob = blob
        self._name = paramiko.Message(blob).get_string().decode("ascii", "replace")

    def asbytes(self) -> bytes:
        return self._blob

    def get_name(self) -> str:
        return self._name

    def sign_ssh_data(self, data: bytes, algorithm: str | None = None) -> paramiko.Message:
        return paramiko.Message(self._agent.sign(self._blob, bytes(data), algorithm or ""))


def _chosen(keys: list[AgentKey], file: str) -> AgentKey:
    try:
        wanted = HostKey.parse(Path(file).expanduser().read_text("utf-8"))
    except (OSError, UnicodeDecodeError, InputError) as error:
        raise AgentLacksKeyError("It is not the public half of a key.", file=file) from error
    for key in keys:
        if key.get_base64() == wanted.blob:
            return key
    raise AgentLacksKeyError(file=file)


def _text(data: bytes) -> bytes:
    """As SSH writes a string."""
    return struct.pack(">I", len(data)) + data
