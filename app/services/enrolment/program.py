"""The conversation with resources/remote/*.sh: how a program gets onto the device, becomes root, and is understood."""

import re
import secrets
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from app.errors import DeviceError
from app.models.device import Privilege
from app.models.endpoint import Login, LoginKind
from app.models.secret import NO_SECRET, Secret
from app.paths import resource
from app.services.enrolment import failures
from app.services.enrolment.shell import Outbox, RemoteShell
from app.services.progress import CancelToken

_KEY = re.compile(r"[a-z_0-9]{1,32}")
_VALUE_LENGTH = 1000
_NOISE_LINES = 20
#: The longest that is honest has some fifty.
_MOST_ANSWERS = 1000
#: Looking takes a second or two; the rest waits for another run of itself, for 20 seconds, and for the unit to start, for 15.
_LOOK_SECONDS = 30.0
_WORK_SECONDS = 45.0
_NAME = re.compile(r"PW_[A-Z0-9_]+")
#: A user that a command may name: nothing that sudo, su or a shell would read otherwise.
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,63}")


class Mode(StrEnum):
    """What the programs can do; see their heads."""

    FACTS = "facts"
    IDENTITY = "identity"
    ROOT_FACTS = "root_facts"
    REQUEST = "request"
    INSTALL = "install"
    KEEP = "keep"
    UNDO = "undo"
    REMOVE = "remove"
    CHECK = "check"
    KEY_LOOK = "key_look"
    KEY_ADD = "key_add"
    KEY_REMOVE = "key_remove"

    @property
    def is_for_key(self) -> bool:
        """Whether it is one of plantwatch-key.sh, which works with the user's own rights."""
        return self in (Mode.KEY_LOOK, Mode.KEY_ADD, Mode.KEY_REMOVE)


@dataclass
class Answers:
    """What the program has said: pairs of key and value, in order. `failure` is a code and a text, empty when it went well."""

    pairs: list[tuple[str, str]] = field(default_factory=list)
    failure: tuple[str, str] = ("", "")
    is_complete: bool = False
    errors: str = ""
    """The end of standard error, or what came on standard output beside the program's answers."""

    def get(self, key: str) -> str:
        """The first value of `key`; empty for none."""
        return next((value for name, value in self.pairs if name == key), "")

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.pairs if name == key]

    def has(self, key: str) -> bool:
        return any(name == key for name, _ in self.pairs)


class AnswerReader:
    """Picks the program's lines out of all that comes, and parses them strictly."""

    def __init__(self, nonce: str, on_answer: Callable[[str, str], None], target: str) -> None:
        self._target = target
        self.answers = Answers()
        self.noise: list[str] = []
        self.mark = f"@{nonce} "
        self._on_answer = on_answer

    def read(self, line: str) -> None:
        """One line of output, whoever wrote it. Raises FloodedError for more answers than the program has."""
        if not line.startswith(self.mark):
            if line.strip():
                self.noise = [*self.noise[-_NOISE_LINES:], plain(line)]
            return
        key, _, value = line[len(self.mark) :].partition(" ")
        if not _KEY.fullmatch(key):
            return
        value = plain(value)
        if key == "done":
            self.answers.is_complete = True
        elif key == "failed":
            code, _, text = value.partition(" ")
            self.answers.is_complete = True
            self.answers.failure = (code, text)
        elif len(self.answers.pairs) >= _MOST_ANSWERS:
            raise failures.FloodedError(f"More than {_MOST_ANSWERS} answers.", target=self._target)
        else:
            self.answers.pairs.append((key, value))
            self._on_answer(key, value)


def plain(text: str) -> str:
    """Text of a device without control characters, bounded."""
    text = text[:_VALUE_LENGTH]
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return text.strip()


@cache
def program_text(name: str = "plantwatch.sh") -> str:
    """A remote program. ASCII only: the bootstrap counts characters, and must not depend on the device's locale."""
    return resource("remote", name).read_text("ascii")


def with_header(mode: Mode, nonce: str, arguments: Mapping[str, str | int | Secret]) -> bytes:
    """The program behind its arguments. They are quoted for the shell; a name or value that cannot be is a ValueError."""
    lines = [f"PW_MODE={mode.value}", f"PW_NONCE={nonce}"]
    for name, value in arguments.items():
        text = value.reveal() if isinstance(value, Secret) else str(value)
        if not _NAME.fullmatch(name) or not text.isascii() or "\0" in text:
            raise ValueError(f"not an argument for the remote program: {name}")
        lines.append(f"{name}={shlex.quote(text)}")
    program = program_text("plantwatch-key.sh") if mode.is_for_key else program_text()
    return ("\n".join(lines) + "\n" + program).encode("ascii")


def bootstrap(nonce: str, size: int) -> str:
    """The command that reads `size` bytes of program from its input, exactly, and runs them; what follows is left for the program.

    It has to pass through any login shell: one argument in single quotes, without backslash, exclamation mark or line end, means the
    same to sh, bash, fish and csh. `dd` asks for no more than is missing, so it takes nothing of what follows, however the stream is cut.
    """
    return (
        f"sh -c 'echo; echo @{nonce} ready; n={size}; program=; while [ $n -gt 0 ]; do "
        'c=$(dd bs=$n count=1 2>/dev/null; echo .); c=${c%.}; [ "$c" ] || exit 9; '
        'program=$program$c; n=$((n-${#c})); done; eval "$program"\''
    )


class RemoteProgram:
    """Runs the program's modes in one session."""

    def __init__(self, shell: RemoteShell, target: str, login: Login) -> None:
        self.shell = shell
        self.target = target
        self.user = login.user
        self._sudo_password = login.sudo_password or (login.secret if login.kind is LoginKind.PASSWORD else NO_SECRET)
        self.privilege: Privilege | None = None
        """How this login becomes root; None until the facts have told."""

    @property
    def needed_sudo_password(self) -> Secret:
        """What has to be kept for becoming root later; empty when no password is needed for it."""
        return self._sudo_password if self.privilege is Privilege.SUDO_PASSWORD else NO_SECRET

    def run(
        self,
        mode: Mode,
        arguments: Mapping[str, str | int | Secret],
        *,
        payload: bytes = b"",
        on_answer: Callable[[str, str], None] = lambda _key, _value: None,
        on_sent: Callable[[int], None] = lambda _sent: None,
        as_user: str = "",
        token: CancelToken,
    ) -> Answers:
        """Run a mode, as root unless it is FACTS, IDENTITY or for a key, and return its complete answers; whether it went well is in them.

        One for a key runs with the rights of the user that logged in, or of `as_user`: nothing of a user's own is changed as root.
        `on_sent` counts bytes of the payload. Raises NoRootRightsError, SudoPasswordMissingError, SudoPasswordWrongError,
        DoasNeedsTerminalError, NoAnswerError, and what the shell raises.
        """
        nonce = secrets.token_hex(8)
        text = with_header(mode, nonce, arguments)
        command = bootstrap(nonce, len(text))
        reader = AnswerReader(nonce, on_answer, self.target)
        head = len(text)
        conversation = _Conversation(reader, text, payload)
        password = NO_SECRET
        if as_user and as_user != self.user:
            command, password = self._as(command, as_user)
        elif mode not in (Mode.FACTS, Mode.IDENTITY) and not mode.is_for_key:
            command, password = self._as(command)
        if password:
            head += conversation.prove(password)
        looks = mode in (Mode.FACTS, Mode.ROOT_FACTS, Mode.KEY_LOOK)
        ended = self.shell.run(
            command,
            conversation.outbox,
            on_line=conversation.hear,
            on_errors=conversation.hear_errors,
            on_sent=lambda sent: on_sent(max(0, sent - head)),
            seconds=_LOOK_SECONDS if looks else _WORK_SECONDS,
            token=token,
        )
        answers = reader.answers
        answers.errors = plain_lines(ended.errors) or "\n".join(reader.noise)
        if not answers.is_complete:
            raise self._why_incomplete(is_ready=conversation.is_ready, errors=answers.errors, status=ended.status)
        return answers

    def _as(self, command: str, user: str = "") -> tuple[str, Secret]:
        """The command as root, or as another user, and the password that it asks for before anything else."""
        if user and not _USER.fullmatch(user):
            raise failures.NoRootRightsError(f"{user} is no name of a user.", target=self.target, user=self.user)
        whose = f"-u {user} " if user else ""
        if self.privilege is Privilege.ROOT:
            return (f"su -s /bin/sh {user} -c {shlex.quote(command)}" if user else command), NO_SECRET
        if self.privilege is Privilege.SUDO:
            return f"sudo -n {whose}{command}", NO_SECRET
        if self.privilege is Privilege.DOAS:
            return f"doas -n {whose}{command}", NO_SECRET
        if self.privilege is Privilege.DOAS_PASSWORD:
            raise failures.DoasNeedsTerminalError(target=self.target, user=self.user)
        if self.privilege is not Privilege.SUDO_PASSWORD:
            raise failures.NoRootRightsError(
                "There is neither sudo nor doas for this user.", target=self.target, user=self.user
            )
        if not self._sudo_password:
            raise failures.SudoPasswordMissingError(target=self.target, user=self.user)
        # -k: a remembered success must not leave the password unread, for the program to stumble over.
        return f"env LC_ALL=C sudo -k -S -p '' {whose}{command}", self._sudo_password

    def _why_incomplete(self, *, is_ready: bool, errors: str, status: int | None) -> DeviceError:
        told = {"target": self.target, "user": self.user}
        if not is_ready:
            if re.search(r"not in the sudoers|not allowed to|may not run sudo|must have a tty", errors):
                return failures.NoRootRightsError(errors, **told)
            if re.search(r"try again|incorrect password|no password was provided|password is required", errors):
                return failures.SudoPasswordWrongError(errors, **told)
        if status is None:
            return failures.ConnectionLostError("The program's last answer is missing.", target=self.target)
        evidence = errors or f"It ended with status {status} and said nothing."
        return failures.NoAnswerError(evidence, **told)


class _Conversation:
    """What is sent when. A password goes alone, and the rest only after sudo has let the bootstrap run: it must never read the program
    as further guesses."""

    def __init__(self, reader: AnswerReader, text: bytes, payload: bytes) -> None:
        self.is_ready = False
        self.outbox = Outbox(text, payload)
        self._rest = (text, payload)
        self._reader = reader
        self._ready = f"{reader.mark}ready"
        self._waits = False

    def prove(self, password: Secret) -> int:
        """Send `password` first, if there is one, and wait for its success. Returns how many bytes that takes."""
        if not password:
            return 0
        line = f"{password.reveal()}\n".encode()
        self._waits = True
        self.outbox = Outbox(line, finished=False)
        return len(line)

    def hear(self, line: str) -> None:
        """A line of standard output."""
        if not self.is_ready and line == self._ready:
            self.is_ready = True
            if self._waits:
                for piece in self._rest:
                    self.outbox.add(piece)
                self.outbox.finish()
            return
        self._reader.read(line)

    def hear_errors(self, text: str) -> None:
        """All of standard error so far: a second question of sudo gets the end of the input for an answer."""
        if self._waits and not self.is_ready and "try again" in text:
            self.outbox.finish()


def plain_lines(text: str) -> str:
    """Several lines of a device, each made plain."""
    return "\n".join(line for line in (plain(each) for each in text.splitlines()) if line)
